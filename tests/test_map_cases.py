"""The map of studies that lack something or have much of it, and its words in each language."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from browser import chromium_or_skip
from driven_page import DrivenPage, driven_page
from test_map import EAST, NORTH, SERVICES, content, findings, grid

from planning.outputs.map.maps import MapContent, write_map
from planning.standards.words import LEVEL_WORDS, UNIT_WORDS

VIEWS = (
    "", "state=after", "state=compare", "theme=people&group=elderly", "theme=clauses",
    "theme=clauses&state=compare", "site=S001", "unit=11", "facility=F0",
)  # fmt: skip
SHOWN = """(() => {
  const said = new Set(), walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  document.querySelectorAll('details').forEach((one) => { one.open = true; });
  while (walk.nextNode()) {
    const tag = walk.currentNode.parentElement.tagName;
    if (!['SCRIPT', 'STYLE', 'NOSCRIPT'].includes(tag)) said.add(walk.currentNode.textContent);
  }
  for (const name of ['title', 'aria-label', 'placeholder']) {
    for (const one of document.querySelectorAll(`[${name}]`)) said.add(one.getAttribute(name));
  }
  return [...said];
})()"""


@pytest.fixture(scope="module")
def page() -> Iterator[DrivenPage]:
    chromium_or_skip()
    with driven_page() as found:
        yield found


def no_plan() -> MapContent:
    now = grid().drop(columns=[f"minutes_after_{s.key}" for s in SERVICES])
    return dataclasses.replace(
        content(), cells=now, sites=content().sites.iloc[:0],
        findings=findings().query("state == 'now'"),
    )  # fmt: skip


def no_findings() -> MapContent:
    return dataclasses.replace(content(), findings=findings().iloc[:0])


def no_basemap() -> MapContent:
    return dataclasses.replace(content(), basemap=content().basemap.iloc[:0])


def one_site() -> MapContent:
    return dataclasses.replace(content(), sites=content().sites.iloc[:1])


def many_sites() -> MapContent:
    one = content().sites.iloc[[0] * 300].reset_index(drop=True)
    k = np.arange(300)
    one = one.assign(site=[f"S{i + 1:03d}" for i in k], candidate_id=[f"C{i}" for i in k])
    at = gpd.GeoSeries.from_xy(EAST + 97 * (k % 20), NORTH + 113 * (k // 20), crs=4549)
    return dataclasses.replace(content(), sites=one.set_geometry(at))


def closures() -> MapContent:
    return dataclasses.replace(content(), sites=content().sites.assign(action="close"))


def nobody_in_the_east() -> MapContent:
    return dataclasses.replace(content(), cells=grid().iloc[lambda t: t.index % 20 < 9])


def no_cells_at_all() -> MapContent:
    return dataclasses.replace(content(), cells=grid().iloc[:0])


def no_facilities() -> MapContent:
    return dataclasses.replace(content(), facilities=content().facilities.iloc[:0])


def no_units() -> MapContent:
    return dataclasses.replace(
        content(), units=content().units.iloc[:0], findings=findings().iloc[:0]
    )


@pytest.mark.parametrize(
    "case",
    [no_plan, no_findings, no_basemap, one_site, many_sites, closures, nobody_in_the_east,
     no_cells_at_all, no_facilities, no_units],
)  # fmt: skip
def test_the_page_opens_and_says_what_there_is(
    case: Callable[[], MapContent], page: DrivenPage, tmp_path: Path
) -> None:
    what = case()
    write_map(tmp_path / "map.html", what)
    page.console.clear()
    for view in VIEWS:
        page.go(tmp_path / "map.html", view)
        text = page.value("document.body.innerText")
        assert "undefined" not in text and "NaN" not in text and "null" not in text
    assert page.console == [] and page.requests == []
    page.go(tmp_path / "map.html")
    choices = page.value("document.querySelectorAll('.switch input').length")
    assert choices == (3 if len(what.sites) else 0)
    listed = page.value("document.querySelectorAll('.sites li').length")
    assert listed == what.sites["candidate_id"].nunique()
    assert int(page.dataset["total"]) == round(what.cells["people_elderly"].sum())


def plain() -> MapContent:
    """Every text that a user or a document gives is a number: what is left are our own words."""
    given = content()

    def told(table: pd.DataFrame, *columns: str) -> pd.DataFrame:
        return table.assign(**dict.fromkeys(columns, "12"))

    both, everyone = ("12", "12"), ("全体居民", "All residents")
    return dataclasses.replace(
        given,
        title="12", subtitle=both, of_year=both, notes=(both,), borders=both, attribution=("12",),
        groups=tuple(
            dataclasses.replace(g, label=everyone if g.key == "total" else both)
            for g in given.groups
        ),
        services=tuple(dataclasses.replace(s, label_zh="12") for s in given.services),
        units=told(given.units, "name"),
        findings=told(
            given.findings, "article", "clause_zh", "clause_en", "because_zh", "because_en"
        ).assign(
            unit=[*UNIT_WORDS][:4], service=["both", "health", "other", "nursery"],
            clause_id=["1", "1", "2", "2"],
        ),
        facilities=told(given.facilities, "name", "type").assign(
            status=["open", "not_open"] * 3
        ),
        sites=told(given.sites, "kind", "unit_name", "because_zh", "because_en", "source_class")
        .assign(assumed="place|services|floor_m2|land_m2|yuan_per_m2|fixed_yuan|source_class"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("lang", "foreign"), [("en", r"[\u3000-\u9fff\uff00-\uffef]"), ("zh", r"[A-Za-z]{3,}|[a-z]_")]
)
def test_every_word_of_ours_is_in_the_language_that_is_shown(
    lang: str, foreign: str, page: DrivenPage, tmp_path: Path
) -> None:
    write_map(tmp_path / "map.html", dataclasses.replace(plain(), lang=lang))
    said: set[str] = set()
    for view in VIEWS:
        page.go(tmp_path / "map.html", view)
        said |= set(page.value(SHOWN))
    assert len(said) > 60
    assert {text for text in said if re.search(foreign, text)} == (
        {"中文"} if lang == "en" else set()
    )


@pytest.mark.parametrize("unit", [unit for unit, words in UNIT_WORDS.items() if any(words)])
def test_the_map_has_a_word_for_every_unit_of_findings(unit: str) -> None:
    static = Path(__file__).parents[1] / "planning/outputs/static"
    words = "".join((static / name).read_text("utf-8") for name in ("words.js", "map_words.js"))
    assert re.search(rf"\b{unit}: \[", words)


@pytest.mark.parametrize("level", LEVEL_WORDS)
def test_the_map_has_a_word_for_every_level(level: str) -> None:
    words = Path(__file__).parents[1] / "planning/outputs/static/words.js"
    assert re.search(rf"\b{level}: \[", words.read_text("utf-8"))
