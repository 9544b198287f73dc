"""Names, ids and classes of registers that are formulas or markup: text in every output."""

from __future__ import annotations

import csv
import html
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import geopandas as gpd
import pandas as pd
import pytest
from browser import open_page

from planning import workflow
from planning.inputs.tables.sheet import cell_text
from planning.sample import write_sample

FORMULAS = ('=HYPERLINK("http://leak.example","点")', "@SUM(1)", "+1", "-2+3", "＝1+1", "＠x")
MARKUP = (
    "<img src=x onerror=\"document.body.dataset.hacked='1'\">",
    "</script><script>document.body.dataset.hacked='1'</script>",
)
COMPUTED = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample town, hostile in all that a bureau may write: names, ids, classes, units."""
    folder = tmp_path_factory.mktemp("hostile")
    write_sample(folder)
    file = folder / "facilities.csv"
    table = pd.read_csv(file, dtype=str, encoding="utf-8-sig")
    table.loc[: len(FORMULAS) - 1, "名称"] = FORMULAS
    table.loc[len(FORMULAS) : len(FORMULAS) + 1, "名称"] = MARKUP
    table.loc[0, "编号"], table.loc[1, "编号"] = "=1+1", MARKUP[0]
    table.loc[4, "托位数"] = ""  # so that a row is told
    table.loc[4, "编号"] = "＝F05"
    table.loc[:, "床位数"] = "=1+1"  # no number
    table.loc[1:, "上级机构编号"] = "=1+1"  # the first one's id
    table.to_csv(file, index=False, encoding="utf-8-sig")
    file = folder / "candidates.csv"
    table = pd.read_csv(file, dtype=str, encoding="gb18030")
    table["候选编号"] = "=" + table["候选编号"]
    table.loc[table["来源类别"] == "新供地块", "来源类别"] = "@新供地块"
    table.to_csv(file, index=False, encoding="gb18030")
    units = gpd.read_file(folder / "units.gpkg")
    units.loc[units["level"] == "street", "name"] = ["=A1", MARKUP[0], MARKUP[1]]
    units.to_file(folder / "units.gpkg", layer="units")
    return folder


@pytest.fixture(scope="module")
def folder(town: Path) -> Path:
    return workflow.run(town / "study.yaml", out_dir=town / "out")[1]


def test_they_are_read_as_they_are_written(town: Path) -> None:
    facilities = workflow.check(town / "study.yaml").facilities
    assert {*FORMULAS, *MARKUP} <= set(facilities.names)
    assert {"=1+1", MARKUP[0]} <= set(facilities.ids)


def test_no_cell_of_any_table_is_computed(folder: Path) -> None:
    quoted = set()
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
        texts = {cell for row in rows for cell in row if not _is_number(cell)}
        assert not [cell for cell in texts if cell.startswith(COMPUTED)], path.name
        quoted |= {cell[1:] for cell in texts if cell.startswith("'")}
    assert {"＝F05", "=A1", "@新供地块"} <= quoted
    assert any(cell.startswith("=K") for cell in quoted)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def test_layers_hold_the_text_itself(folder: Path) -> None:
    layer = gpd.read_file(folder / "result.gpkg", layer="facilities_现有设施")
    assert {*FORMULAS, *MARKUP} <= set(layer["name"])
    assert set(layer.loc[layer["facility_id"] != "=1+1", "hub"]) == {"=1+1"}
    assert set(layer["beds"].dropna()) <= {0.0}
    units = gpd.read_file(folder / "result.gpkg", layer="units_单元体检")
    assert {"=A1", *MARKUP} <= set(units["name"])
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert {"=A1", *MARKUP} <= {row["unit_name"] for row in summary["findings"]}


@pytest.mark.parametrize("facility", [MARKUP[0], "F07", "F08", "=1+1"])
def test_the_map_shows_them_as_text_and_runs_nothing(folder: Path, facility: str) -> None:
    seen = open_page(folder / "map.html", f"facility={quote(facility)}")
    assert (seen.console, seen.requests) == ([], [])
    assert "hacked" not in seen.dataset
    name = {"F07": MARKUP[0], "F08": MARKUP[1], "=1+1": FORMULAS[0]}.get(facility, FORMULAS[1])
    card = seen.dom[seen.dom.index('class="card"') :]
    assert html.escape(name, quote=False) in card


def test_the_terminal_prints_them_plainly(
    town: Path, planning_cli: Callable[..., Any], tmp_path: Path
) -> None:
    done = planning_cli("check", town / "study.yaml")
    assert done.code == 0
    assert "＝F05" in done.out


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("\x1b[31m红\x1b[0m", "[31m红[0m"),  # would colour a terminal, and end an XML file
        ("a\x00b\x08c\x9bd", "abcd"),
        ("两\n行\t列", "两\n行\t列"),
        ("𠮷\u202e", "𠮷\u202e"),
    ],
)
def test_what_nobody_sees_is_left_away(cell: str, text: str) -> None:
    assert cell_text(cell) == text
