"""A candidate hosts what the documents let its source class host; every cut is told by row."""

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from planning import workflow
from planning.inputs.storeys import storey_of
from planning.provenance import RowNote
from planning.result import Town
from planning.sample import write_sample

Say = Callable[..., Town]


@pytest.fixture
def listed(tmp_path: Path) -> Say:
    """The sample town with further candidates: (id, class, services, land, storey)."""
    write_sample(tmp_path)
    file = tmp_path / "candidates.csv"
    table = pd.read_csv(file, encoding="gb18030", dtype=str)
    table["所在楼层"] = ""

    def check(*rows: tuple[str, str, str, str, str]) -> Town:
        more = []
        for name, source, services, land, storey in rows:
            row = table.iloc[0].copy()
            row["候选编号"], row["来源类别"], row["可设服务"] = name, source, services
            row["地块面积"], row["所在楼层"] = land, storey
            more.append(row)
        together = pd.concat([table, pd.DataFrame(more)])
        together.to_csv(file, index=False, encoding="gb18030")
        return workflow.check(tmp_path / "study.yaml")

    return check


def of(town: Town, name: str) -> list[RowNote]:
    return [note for note in town.row_notes if note.id == name]


def services(town: Town, name: str) -> frozenset[str]:
    assert town.candidates is not None
    return town.candidates.services[town.candidates.ids.index(name)]


def test_the_sample_has_nothing_to_remark(listed: Say) -> None:
    assert listed().row_notes == ()


def test_public_rental_housing_hosts_no_nursery(listed: Say) -> None:
    town = listed(("X1", "空置公租房", "养老|托育", "0", ""))
    assert services(town, "X1") == {"elder_care"}
    (note,) = of(town, "X1")
    assert (note.table, note.done) == ("candidates", "repaired")
    assert note.en == "vacant public rental housing may not host nursery: left out"


def test_a_candidate_without_a_service_left_is_rejected(listed: Say) -> None:
    town = listed(("X1", "幼儿园", "养老", "0", ""))
    assert town.candidates is not None
    assert "X1" not in town.candidates.ids
    assert [note.done for note in of(town, "X1")] == ["repaired", "rejected"]


def test_a_source_no_document_names_is_doubtful_and_counts(listed: Say) -> None:
    town = listed(("X1", "游轮", "养老|托育", "0", ""))
    assert services(town, "X1") == {"elder_care", "nursery"}
    (note,) = of(town, "X1")
    assert note.done == "doubtful"


@pytest.mark.parametrize(
    ("storey", "hosts"),
    [
        ("1", True),
        ("2", True),
        ("3", False),
        ("-1", False),
        ("", True),
        ("第3层", False),
        ("二层", True),
        ("首层", True),
        ("２Ｆ", True),
        ("B1", False),
        ("地下一层", False),
        ("地下室", False),
        ("十二层", False),
    ],
)
def test_nurseries_lie_low(listed: Say, storey: str, hosts: bool) -> None:
    town = listed(("X1", "社区用房", "养老|托育", "0", storey))
    assert ("nursery" in services(town, "X1")) is hosts
    assert len(of(town, "X1")) == (not hosts)


def test_storeys_as_they_are_written() -> None:
    said = ["负二层", "第十层", "二十一楼", "3.0", "1-2层", "裙楼", "三五", "十十"]
    assert [storey_of(text) for text in said] == [-2, 10, 21, 3, None, None, None, None]


def test_nurseries_lie_low_whatever_the_source(listed: Say) -> None:
    town = listed(("X1", "游轮", "养老|托育", "0", "5"))
    assert services(town, "X1") == {"elder_care"}
    assert [note.done for note in of(town, "X1")] == ["doubtful", "repaired"]


def test_a_storey_that_cannot_be_read_is_doubtful(listed: Say) -> None:
    town = listed(("X1", "社区用房", "养老|托育", "0", "裙楼"))
    assert "nursery" in services(town, "X1")
    (note,) = of(town, "X1")
    assert (note.done, "'裙楼' that cannot be read" in note.en) == ("doubtful", True)


def test_rooms_in_another_building_bring_no_plot(listed: Say) -> None:
    town = listed(
        ("X1", "社区综合服务设施", "养老", "800", ""), ("X2", "商业服务用地", "养老", "800", "")
    )
    assert town.candidates is not None
    land = dict(zip(town.candidates.ids, town.candidates.land_m2.tolist(), strict=True))
    assert (land["X1"], land["X2"]) == (0.0, 800.0)
    assert [note.done for note in of(town, "X1")] == ["repaired"]
    assert of(town, "X2") == []


def test_rows_are_numbered_as_a_spreadsheet_shows_them(listed: Say, tmp_path: Path) -> None:
    town = listed(("X1", "幼儿园", "养老|托育", "0", ""))
    lines = (tmp_path / "candidates.csv").read_text(encoding="gb18030").splitlines()
    (note,) = of(town, "X1")
    assert lines[note.row - 1].startswith("X1,幼儿园")


def test_the_check_prints_every_row_and_the_run_keeps_them(
    listed: Say, tmp_path: Path, planning_cli: Callable[..., tuple[int, str, str]]
) -> None:
    listed(("X1", "幼儿园", "养老", "0", ""), ("X2", "=1+1", "养老", "0", ""))
    code, out, _ = planning_cli("check", tmp_path / "study.yaml")
    assert code == 0
    assert "数据检查 data check: 剔除 rejected 1，改读 repaired 1，存疑 doubtful 1" in out
    code, out, _ = planning_cli("check", tmp_path / "study.yaml", "--json")
    rows = json.loads(out)["rows"]
    assert [row["done"] for row in rows] == ["repaired", "rejected", "doubtful"]
    _, folder = workflow.run(tmp_path / "study.yaml", until="assess", out_dir=tmp_path / "out")
    kept = pd.read_csv(folder / "data_check.csv")
    assert kept["done"].tolist() == [row["done"] for row in rows]
    assert kept["row"].tolist() == [row["row"] for row in rows]


def test_huangpus_candidates_are_what_their_classes_allow(shared_data: Path) -> None:
    study = Path(__file__).parents[1] / "scripts" / "studies" / "huangpu.yaml"
    town = workflow.check(study, data_dir=shared_data)
    assert [note for note in town.row_notes if note.table == "candidates"] == []
    assert town.candidates is not None
    assert len(town.candidates) == 360
