"""Vacant premises without prices or services are candidates; what is assumed of them is told."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from ruamel.yaml import YAML

from planning import workflow
from planning.errors import PlanningError
from planning.result import Town
from planning.sample import write_sample

ASSUME = {
    "yuan_per_m2": 1_234.5,
    "fixed_yuan": 123_456.7,
    "services": ["elder_care", "nursery"],
    "source": "街道摸排",
}
Vacant = Callable[..., Town]


@pytest.fixture
def vacant(tmp_path: Path) -> Vacant:
    """The sample town with a register of (id, x east, y north, columns …) and assumptions."""
    write_sample(tmp_path)
    file, yaml = tmp_path / "study.yaml", YAML(typ="safe", pure=True)
    base = yaml.load(file.read_text(encoding="utf-8"))

    def check(columns: dict[str, list[Any]], assume: dict[str, Any] | None = None) -> Town:
        n = len(next(iter(columns.values())))
        x, y = 499_500 + 100 * np.arange(n), [3_386_600] * n
        table = {"编号": [f"V{k}" for k in range(n)], "x": x, "y": y, **columns}
        pd.DataFrame(table).to_csv(tmp_path / "vacant.csv", index=False)
        base["candidates"] = {"path": "vacant.csv", "coords": "EPSG:4544"}
        if assume is not None:
            base["candidates"]["assume"] = assume
        with file.open("w", encoding="utf-8") as stream:
            yaml.dump(base, stream)
        return workflow.check(file)

    return check


def notes(town: Town) -> str:
    return "\n".join(note.en for note in town.notes if note.about == "candidates")


PRICED: dict[str, list[Any]] = {
    "可用建筑面积": [300, 900, 500],
    "可设服务": ["养老"] * 3,
    "改造单价_元每平方米": [1_000] * 3,
}


def test_without_a_fixed_cost_it_is_0_and_told(vacant: Vacant) -> None:
    town = vacant(PRICED)
    assert town.candidates is not None and town.candidates.fixed_yuan.tolist() == [0, 0, 0]
    assert "3 without a fixed cost, which counts as 0: V0、V1、V2" in notes(town)
    some = vacant({**PRICED, "固定成本_万元": ["5", "", "—"]})
    assert "2 without a fixed cost, which counts as 0: V1、V2" in notes(some)
    assert "fixed cost" not in notes(vacant({**PRICED, "固定成本_万元": [5, 0, 1]}))
    assert "fixed cost" not in notes(vacant(PRICED, ASSUME))


def test_sums_of_money_may_bear_their_unit(vacant: Vacant) -> None:
    """Under a heading in 万元 or 元 they say it twice; another unit is refused."""
    money = {"改造单价_元每平方米": ["1000元", "1,000元/㎡", 1_000]}
    found = vacant({**PRICED, **money, "固定成本_万元": ["5万元", "约5万", 5]})
    assert found.candidates is not None
    assert found.candidates.fixed_yuan.tolist() == [50_000] * 3
    assert found.candidates.yuan_per_m2.tolist() == [1_000] * 3
    assert len(found.row_notes) == 4
    for column, cell in (("固定成本_万元", "5元"), ("可用建筑面积", "5万元")):
        with pytest.raises(PlanningError, match=cell):
            vacant({**PRICED, column: [cell, 5, 5]})


def test_a_cell_that_says_nothing_is_assumed_as_a_blank_is(vacant: Vacant) -> None:
    columns = {**PRICED, "可用建筑面积": ["300", "不详", ""], "固定成本_万元": ["5", "—", "/"]}
    found = vacant(columns, {**ASSUME, "floor_m2": 400}).candidates
    assert found is not None
    assert found.floor_m2.tolist() == [300, 400, 400]
    assert found.fixed_yuan.tolist() == [50_000, 123_456.7, 123_456.7]
    assert [{"floor_m2", "fixed_yuan"} <= fields for fields in found.assumed] == [False, True, True]


def test_missing_columns_are_filled_and_every_candidate_says_which(vacant: Vacant) -> None:
    town = vacant({"可用建筑面积": [300, 900]}, ASSUME)
    found = town.candidates
    assert found is not None
    assert found.ids == ("V0", "V1")
    assert found.source_classes == ("闲置房屋", "闲置房屋")
    assert found.floor_m2.tolist() == [300, 900]
    assert found.yuan_per_m2.tolist() == [1_234.5, 1_234.5]
    assert found.fixed_yuan.tolist() == [123_456.7, 123_456.7]
    assert found.services == (frozenset({"elder_care", "nursery"}),) * 2
    assumed = frozenset({"source_class", "services", "yuan_per_m2", "fixed_yuan"})
    assert found.assumed == (assumed, assumed)
    assert not found.is_made.any()
    assert town.row_notes == ()
    for told in (
        "taken for '闲置房屋'",
        "1,234.5 yuan per m2",
        "they may host elder_care、nursery",
    ):
        assert f"2 of which the register is silent: {told}" in notes(town)
    assert "after: 街道摸排" in notes(town)


def test_blank_cells_are_filled_and_filled_ones_stay(vacant: Vacant) -> None:
    town = vacant(
        {
            "可用建筑面积": [300, None, 500],
            "改造单价_元每平方米": [None, 900, 800],
            "固定成本_万元": [5, None, 0],
            "可设服务": ["养老", None, "托育"],
            "来源类别": ["厂房", "", "社区用房"],
        },
        {**ASSUME, "floor_m2": 444},
    )
    found = town.candidates
    assert found is not None
    assert found.floor_m2.tolist() == [300, 444, 500]
    assert found.yuan_per_m2.tolist() == [1_234.5, 900, 800]
    assert found.fixed_yuan.tolist() == [50_000, 123_456.7, 0]
    assert found.source_classes == ("厂房", "闲置房屋", "社区用房")
    assert [set(services) for services in found.services] == [
        {"elder_care"}, {"elder_care", "nursery"}, {"nursery"},
    ]  # fmt: skip
    assert [set(fields) for fields in found.assumed] == [
        {"yuan_per_m2"}, {"floor_m2", "fixed_yuan", "services", "source_class"}, set(),
    ]  # fmt: skip
    assert "1 of which the register is silent: 444 m2 of floor" in notes(town)


def test_without_assumptions_a_register_must_say_it_all(vacant: Vacant) -> None:
    with pytest.raises(PlanningError) as error:
        vacant({"可用建筑面积": [300]})
    for field in ("services", "yuan_per_m2"):
        assert f"found no column for {field}" in str(error.value)
    with pytest.raises(PlanningError, match="found no column for floor_m2"):
        vacant({"地块面积": [300]}, ASSUME)


def test_assumed_services_are_those_the_source_may_host_and_no_row_is_changed(
    vacant: Vacant,
) -> None:
    town = vacant({"可用建筑面积": [300] * 3, "来源类别": ["公租房", "幼儿园", "厂房"]}, ASSUME)
    found = town.candidates
    assert found is not None
    assert [set(services) for services in found.services] == [
        {"elder_care"}, {"nursery"}, {"elder_care", "nursery"},
    ]  # fmt: skip
    assert town.row_notes == ()


def test_an_assumed_nursery_still_lies_low(vacant: Vacant) -> None:
    town = vacant({"可用建筑面积": [300, 300], "楼层": ["5", "1"]}, ASSUME)
    assert town.candidates is not None
    assert [set(services) for services in town.candidates.services] == [
        {"elder_care"}, {"elder_care", "nursery"},
    ]  # fmt: skip
    assert [(row.id, row.done) for row in town.row_notes] == [("V0", "repaired")]


def test_what_may_not_be_assumed(vacant: Vacant) -> None:
    wrong = {**ASSUME, "source_class": "游轮", "services": ["meals"]}
    with pytest.raises(PlanningError) as error:
        vacant({"可用建筑面积": [300]}, wrong)
    said = str(error.value)
    assert "candidates.assume.source_class: found '游轮'; expected one of 新供地块" in said
    assert "candidates.assume.services: found 'meals'; expected a service with a build" in said


def test_a_layer_of_vacant_units_is_a_register_too(vacant: Vacant, tmp_path: Path) -> None:
    town = vacant({"可用建筑面积": [300, 900]}, ASSUME)
    here = gpd.GeoSeries.from_xy(town.candidates.x_m, town.candidates.y_m, crs=4544)
    table = {"编号": ["V0", "V1"], "可用建筑面积": [300, 900]}
    gpd.GeoDataFrame(table, geometry=here.buffer(4)).to_file(tmp_path / "vacant.gpkg")
    study = tmp_path / "study.yaml"
    text = study.read_text(encoding="utf-8").replace("vacant.csv", "vacant.gpkg")
    study.write_text(text.replace("coords: EPSG:4544", "coords: auto"), encoding="utf-8")
    again = workflow.check(study)
    assert again.candidates is not None
    assert again.candidates.ids == town.candidates.ids
    assert again.candidates.assumed == town.candidates.assumed
    np.testing.assert_allclose(again.candidates.x_m, town.candidates.x_m, atol=0.01)


def test_a_service_without_a_build_is_told_before_siting(vacant: Vacant, tmp_path: Path) -> None:
    told = "has no build: siting builds none of it, though 3 candidates could host it"
    assert all(told not in note.en for note in vacant(PRICED).notes)
    study = tmp_path / "study.yaml"
    plain = YAML(typ="safe", pure=True).load(study.read_text(encoding="utf-8"))
    for service in plain["services"].values():
        del service["build"]
    with study.open("w", encoding="utf-8") as stream:
        YAML(typ="safe", pure=True).dump(plain, stream)
    found = [note.about for note in workflow.check(study).notes if told in note.en]
    assert found == ["services.elder_care"]
