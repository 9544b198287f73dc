"""tables.xlsx, opened again: its figures are those of the run, its formulas compute them."""

from __future__ import annotations

import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from planning import workflow
from planning.outputs.workbook import write_workbook
from planning.result import StudyResult

pytestmark = pytest.mark.filterwarnings(
    "ignore:(Unknown|Conditional Formatting) extension:UserWarning"
)
"""openpyxl leaves out Excel's own form of data bars, which Excel and LibreOffice draw."""

SHEETS = ["指标总表", "分区县", "分街道", "分社区", "缺口清单", "选址方案", "分年度", "数据说明"]
HEADER = 2


@pytest.fixture(scope="module")
def done(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[StudyResult, Path]:
    return workflow.run(sample_folder / "study.yaml", out_dir=tmp_path_factory.mktemp("out"))


@pytest.fixture(scope="module")
def summary(done: tuple[StudyResult, Path]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((done[1] / "summary.json").read_text(encoding="utf-8"))
    return found


def sheet(path: Path, name: str) -> list[dict[str, Any]]:
    """The rows of a sheet by heading, as Excel would show them without computing; totals last."""
    rows = CalamineWorkbook.from_path(path).get_sheet_by_name(name).to_python()
    return [dict(zip(rows[HEADER], row, strict=True)) for row in rows[HEADER + 1 :]]


def body(path: Path, name: str) -> list[dict[str, Any]]:
    rows = sheet(path, name)
    return [row for row in rows if next(iter(row.values())) != "合计"]


def test_the_sheets_stand_in_their_order(done: tuple[StudyResult, Path]) -> None:
    result, folder = done
    names = CalamineWorkbook.from_path(folder / "tables.xlsx").sheet_names
    levels = {level.level for level in result.town.area.levels}
    wanted = {"county": "分区县", "street": "分街道", "community": "分社区"}
    absent = {name for level, name in wanted.items() if level not in levels}
    assert names == [name for name in SHEETS if name not in absent]


def test_units_have_the_people_of_the_coverage_table(
    done: tuple[StudyResult, Path], summary: dict[str, Any]
) -> None:
    result, folder = done
    labels = {key: one.label for key, one in result.town.study.services.items()}
    minutes = {key: f"{one.limit_min:g}" for key, one in result.town.study.services.items()}
    words = {"now": "现状", "after": "规划后"}
    seen = 0
    for level, name in (("street", "分街道"), ("community", "分社区")):
        rows = {row["编号"]: row for row in body(folder / "tables.xlsx", name)}
        for line in summary["coverage"]:
            group = result.situation.group[line["service"]]
            limit = result.town.study.services[line["service"]].limit_min
            if (line["level"], line["group"], line["limit_min"]) != (level, group, limit):
                continue
            row, label = rows[line["unit_id"]], labels[line["service"]]
            state = words[line["state"]]
            inside = f"{label}{minutes[line['service']]}分钟圈内（人，{state}）"
            assert row[f"{label}应覆盖（人，{state}）"] == pytest.approx(line["people"])
            assert row[inside] == pytest.approx(line["covered"])
            share = row[f"{label}覆盖率（{state}）"]
            assert share == ("" if line["share"] is None else pytest.approx(line["share"]))
            seen += 1
    assert seen > 20


def test_requirements_are_counted_as_the_findings_are(
    done: tuple[StudyResult, Path], summary: dict[str, Any]
) -> None:
    _, folder = done
    own = [f for f in summary["findings"] if f["role"] == "requirement"]
    streets = {row["编号"]: row for row in body(folder / "tables.xlsx", "分街道")}
    for state, word in (("now", "现状"), ("after", "规划后")):
        for unit_id, row in streets.items():
            of = [f["verdict"] for f in own if f["state"] == state and f["level"] == "street"
                  and f["unit_id"] == unit_id]  # fmt: skip
            assert row[f"达标（项，{word}）"] == of.count("met")
            assert row[f"未达标（项，{word}）"] == of.count("not_met")
    gaps = body(folder / "tables.xlsx", "缺口清单")
    failing = [f for f in own if f["state"] == "now" and f["verdict"] == "not_met"]
    assert len(gaps) == len(failing) > 0
    assert sorted((g["条文编号"], g["单元"]) for g in gaps) == sorted(
        (f["clause_id"], f["unit_name"]) for f in failing
    )


def test_a_share_of_units_is_of_those_that_can_be_assessed(
    done: tuple[StudyResult, Path],
) -> None:
    _, folder = done
    rows = body(folder / "tables.xlsx", "指标总表")
    blind = [row for row in rows if row["无法评估（个）"] == row["单元（个）"]]
    assert blind and all(row["现状达标率"] == "" for row in blind)
    seen = [row for row in rows if row["现状达标率"] != ""]
    assert seen
    for row in seen:
        met, failed = row["现状达标（个）"], row["现状未达标（个）"]
        assert row["现状达标率"] == pytest.approx(met / (met + failed))


def test_sites_and_years_add_up_to_the_plan(
    done: tuple[StudyResult, Path], summary: dict[str, Any]
) -> None:
    result, folder = done
    plan, labels = summary["plan"], result.town.study.services
    sites = body(folder / "tables.xlsx", "选址方案")
    assert [row["候选编号"] for row in sites] == [one["candidate_id"] for one in plan["sites"]]
    assert [row["选址编号"] for row in sites] == [one["site"] for one in plan["sites"]]
    assert sum(row["投资（万元）"] for row in sites) == pytest.approx(plan["cost_yuan"] / 1e4)
    (total,) = [r for r in sheet(folder / "tables.xlsx", "选址方案") if r["选址编号"] == "合计"]
    assert total["投资（万元）"] == pytest.approx(plan["cost_yuan"] / 1e4)
    assert total["托位（个）"] == plan["places"]
    for service, one in labels.items():
        newly = sum(r["新增覆盖人口（人）"] for r in sites if r["服务"] == one.label)
        covered = {
            line["state"]: line["covered"] for line in summary["coverage"]
            if line["level"] == "area" and line["service"] == service
            and line["group"] == result.situation.group[service]
            and line["limit_min"] == one.limit_min
        }  # fmt: skip
        assert newly == pytest.approx(covered["after"] - covered["now"], abs=1e-6)
    years = body(folder / "tables.xlsx", "分年度")
    assert [row["年度"] for row in years] == [one["year"] for one in plan["years"]]
    for row, one in zip(years, plan["years"], strict=True):
        assert row["投资（万元）"] == pytest.approx(one["yuan"] / 1e4)
        assert row["年末仍缺服务人次"] == pytest.approx(one["people_short"])


def test_formulas_are_live_and_name_cells_that_hold_what_they_say(
    done: tuple[StudyResult, Path],
) -> None:
    """Shares and sums recomputed by hand from the cells that the formulas name."""
    _, folder = done
    book = openpyxl.load_workbook(folder / "tables.xlsx")
    values = openpyxl.load_workbook(folder / "tables.xlsx", data_only=True)
    shares = sums = 0
    for page in book:
        for line in page.iter_rows():
            for cell in line:
                formula = cell.value
                if cell.data_type != "f":
                    continue
                said = values[page.title][cell.coordinate].value
                at = values[page.title]
                part = re.fullmatch(r'=IF\((\w+)>0,(\w+)/\1,""\)', formula)
                if part:
                    whole, some = at[part[1]].value, at[part[2]].value
                    assert said == (pytest.approx(some / whole) if whole > 0 else None)
                    shares += 1
                total = re.fullmatch(r"=SUBTOTAL\(9,(\w+):(\w+)\)", formula)
                if total:
                    inside = [c.value or 0 for (c,) in at[f"{total[1]}:{total[2]}"]]
                    assert said == pytest.approx(sum(inside))
                    sums += 1
    assert shares > 20 and sums > 10
    assert book["分年度"]["C4"].value.startswith("=SUMIFS('选址方案'!$")


def test_the_headings_stay_and_the_rows_can_be_filtered(done: tuple[StudyResult, Path]) -> None:
    book = openpyxl.load_workbook(done[1] / "tables.xlsx")
    for page in book:
        assert page.freeze_panes is not None and page.freeze_panes.endswith("4")
        assert page.auto_filter.ref is not None and page.print_title_rows == "$3:$3"
    bars = book["选址方案"].conditional_formatting
    assert any(rule.type == "dataBar" for one in bars for rule in one.rules)


def test_what_would_compute_is_text(done: tuple[StudyResult, Path], tmp_path: Path) -> None:
    result, _ = done
    assert result.plan is not None and result.plan.sites
    hostile = ["=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)", "<script>x</script>", "𠮷" * 60]
    sites = tuple(
        replace(site, because_zh=hostile[at % len(hostile)])
        for at, site in enumerate(result.plan.sites)
    )
    write_workbook(tmp_path / "t.xlsx", replace(result, plan=replace(result.plan, sites=sites)))
    page = openpyxl.load_workbook(tmp_path / "t.xlsx")["选址方案"]
    head = [cell.value for cell in page[3]]
    cells = [row[head.index("依据")] for row in page.iter_rows(min_row=4, max_row=3 + len(sites))]
    assert [cell.value for cell in cells] == [site.because_zh for site in sites]
    assert all(cell.data_type == "s" for cell in cells)
    assert all(cell.quotePrefix for cell in cells if cell.value[0] in "=+-@")


def test_without_a_plan_and_in_english(sample_folder: Path, tmp_path: Path) -> None:
    result, folder = workflow.run(sample_folder / "study.yaml", out_dir=tmp_path, until="assess")
    assert sheet(folder / "tables.xlsx", "选址方案")[0]["选址编号"] == "无"
    assert "规划后达标率" not in sheet(folder / "tables.xlsx", "指标总表")[0]
    write_workbook(tmp_path / "en.xlsx", result, lang="en")
    names = CalamineWorkbook.from_path(tmp_path / "en.xlsx").sheet_names
    assert names[0] == "Indicators" and names[-1] == "About the data"


def test_the_same_result_gives_the_same_bytes(
    done: tuple[StudyResult, Path], tmp_path: Path
) -> None:
    result, folder = done
    write_workbook(tmp_path / "again.xlsx", result)
    assert (tmp_path / "again.xlsx").read_bytes() == (folder / "tables.xlsx").read_bytes()
    with zipfile.ZipFile(tmp_path / "again.xlsx") as inside:
        assert {one.date_time[0] for one in inside.infolist()} == {1980}
