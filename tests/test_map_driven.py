"""The map as a reader uses it: dragged, clicked, searched and compared in headless Chromium."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from browser import chromium_or_skip
from driven_page import DrivenPage, driven_page
from PIL import Image
from test_map import HOSTILE, content, grid

from planning.outputs.map.maps import write_map

NEAR_WHITE = 235


@pytest.fixture(scope="module")
def browser() -> Iterator[DrivenPage]:
    chromium_or_skip()
    with driven_page() as page:
        yield page


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("driven") / "地图 map.html"
    write_map(path, content())
    return path


@pytest.fixture
def page(browser: DrivenPage, path: Path) -> Iterator[DrivenPage]:
    """The page, which must never have asked for anything, nor have said a word."""
    browser.go(path)
    yield browser
    assert browser.requests == []
    assert browser.console == []
    assert "hacked" not in browser.dataset


def picture(page: DrivenPage) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(page.screenshot())).convert("RGB")).astype(int)


def changed(before: np.ndarray, after: np.ndarray) -> float:
    """Which part of the map, right of the panel, differs."""
    return float((before != after).any(axis=2)[:, 320:].mean())


def within(state: str, limit: float) -> int:
    table = grid()
    return round(table["people_elderly"][table[f"minutes_{state}_day_care"] <= limit].sum())


def test_the_map_is_not_empty_and_the_slider_recolours_it(page: DrivenPage) -> None:
    before = picture(page)
    coloured = (before.min(axis=2) < NEAR_WHITE)[:700, 320:].mean()
    assert coloured > 0.15
    page.value(
        "(() => { const s = document.querySelector('#limit'); s.value = 5;"
        "s.dispatchEvent(new Event('input', { bubbles: true })); })()"
    )
    page.settled()
    assert page.dataset["limit"] == "5"
    assert int(page.dataset["covered"]) == within("now", 5)
    assert changed(before, picture(page)) > 0.05


def test_the_slider_is_moved_by_the_keyboard(page: DrivenPage) -> None:
    page.value("document.querySelector('#limit').focus()")
    page.press("ArrowLeft", "ArrowLeft")
    assert page.dataset["limit"] == "13"
    assert int(page.dataset["covered"]) == within("now", 13)


def test_now_and_after_stand_side_by_side(page: DrivenPage) -> None:
    now = picture(page)
    page.click(*page.middle(".switch label:nth-of-type(2)"))
    after = picture(page)
    page.click(*page.middle(".switch label:nth-of-type(3)"))
    both, said = picture(page), page.dataset
    assert said["state"] == "compare"
    assert (int(said["coveredNow"]), int(said["covered"])) == (
        within("now", 15),
        within("after", 15),
    )
    middle = round(page.middle(".grip")[0])
    assert changed(now, after) > 0.05
    left, right = slice(330, middle - 70), slice(middle + 70, 1300)
    rows = slice(100, 650)
    assert (both[rows, left] != now[rows, left]).any(axis=2).mean() < 0.02
    assert (both[rows, right] != after[rows, right]).any(axis=2).mean() < 0.02


def test_the_divider_is_dragged_and_moved_by_keys(page: DrivenPage) -> None:
    page.click(*page.middle(".switch label:nth-of-type(3)"))
    x, y = page.middle(".grip")
    page.drag((x, y), (x - 200, y))
    moved = page.middle(".grip")[0]
    assert moved == pytest.approx(x - 200, abs=3)
    page.press("ArrowRight")
    assert page.middle(".grip")[0] == pytest.approx(moved + 0.02 * 1366, abs=3)
    assert page.value("document.querySelectorAll('.leaflet-popup').length") == 0


def test_a_site_is_clicked_on_the_map_and_from_the_list(page: DrivenPage) -> None:
    page.value("document.querySelectorAll('.panel details')[1].open = true")
    page.value("document.querySelector('.sites button').click()")
    page.settled()
    card = page.value("document.querySelector('.card').textContent")
    assert "推荐选址 S001" in card and "候选点 C1" in card and "新建" in card
    page.wait("!document.querySelector('.leaflet-pan-anim')")  # the card has found its room
    tip = page.value(
        "(() => { const b = document.querySelector('.leaflet-popup-tip').getBoundingClientRect();"
        "return [b.x + b.width / 2, b.bottom]; })()"
    )
    page.value("document.querySelector('.leaflet-popup-close-button').click()")
    page.wait("!document.querySelector('.leaflet-popup')")
    page.click(tip[0], tip[1] + 4)
    assert "S001" in page.value("document.querySelector('.card').textContent")


def test_a_cell_is_clicked_and_hovered(page: DrivenPage) -> None:
    page.click(700, 560)
    card = page.value("document.querySelector('.card').textContent")
    assert "此处人口格" in card and "60岁及以上" in card and "户" in card
    page.ask("Input.dispatchMouseEvent", type="mouseMoved", x=760, y=600)
    page.settled()
    assert "全体居民" in page.value("document.querySelector('.tip').textContent")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("示例", ["示例区"]),
        ("s00", ["S001", "S002"]),
        ("c2", ["S002"]),
        ("Ｃ2", ["S002"]),
        ("𠮷", [HOSTILE[4]]),
        ("没有这样的名称", []),
    ],
)
def test_things_are_found_by_name_or_number(asked: str, found: list[str], page: DrivenPage) -> None:
    page.value("document.querySelector('.search input').focus()")
    page.type(asked)
    names = page.value("[...document.querySelectorAll('#found b')].map((b) => b.textContent)")
    assert names == found


def test_the_search_is_used_without_a_mouse(page: DrivenPage) -> None:
    before = page.value("document.querySelector('.leaflet-map-pane').innerHTML.length")
    page.press("/")
    page.type("s00")
    page.press("ArrowDown", "ArrowDown", "Enter")
    assert "推荐选址" in page.value("document.querySelector('.card h3').textContent")
    assert "S002" in page.value("document.querySelector('.card h3').textContent")
    assert page.value("document.querySelector('#found').hidden") is True
    assert before > 0


def test_hostile_names_are_found_as_text_and_nothing_overflows(page: DrivenPage) -> None:
    page.value("document.querySelector('.search input').focus()")
    page.type("六十个字")
    page.press("Enter")
    card = page.value("document.querySelector('.card').textContent")
    assert HOSTILE[5] in card or HOSTILE[5][:20] in card
    wide = page.value(
        "[...document.querySelectorAll('.panel header, .glance, .body, .card, .search, .foot')]"
        ".filter((n) => n.scrollWidth > n.clientWidth + 1).map((n) => n.className)"
    )
    assert wide == []


@pytest.mark.parametrize(
    ("group", "column", "unit"),
    [("total", "people", "人"), ("elderly", "people_elderly", "人"),
     ("families", "people_families", "户")],
)  # fmt: skip
def test_people_are_shown_by_group(
    group: str, column: str, unit: str, browser: DrivenPage, path: Path
) -> None:
    browser.go(path, "theme=people")
    browser.value(f"document.querySelector('input[name=group][value={group}]').click()")
    browser.settled()
    assert browser.dataset["group"] == group
    assert int(browser.dataset["total"]) == round(grid()[column].sum())
    headline = browser.value("document.querySelector('.figure').textContent")
    assert f"{round(grid()[column].sum()):,}" in headline and unit in headline
    assert (picture(browser).min(axis=2) < NEAR_WHITE)[:700, 320:].mean() > 0.1


def test_the_page_opens_in_the_language_asked_for_and_can_be_changed(
    browser: DrivenPage, tmp_path: Path
) -> None:
    path = tmp_path / "map.html"
    borders = ("审图号：GS（2026）0001号", "Map review number: GS（2026）0001号")
    write_map(path, dataclasses.replace(content(), lang="en", borders=borders))
    assert '<html lang="en">' in path.read_text(encoding="utf-8")
    browser.go(path)
    foot = "document.querySelector('.foot').textContent"
    assert borders[1] in browser.value(foot)
    browser.click(*browser.middle(".language"))
    assert browser.value("document.documentElement.lang") == "zh-CN"
    assert borders[0] in browser.value(foot)


@pytest.mark.parametrize("view", ["", "theme=clauses&state=compare", "theme=people"])
@pytest.mark.parametrize("size", [(390, 844), (1366, 768), (1920, 1080)])
def test_no_word_is_missing_and_nothing_is_wider_than_the_page(
    view: str, size: tuple[int, int], path: Path, browser: DrivenPage
) -> None:
    with driven_page(width=size[0], height=size[1]) as page:
        page.go(path, view)
        assert page.value("document.documentElement.scrollWidth") <= size[0]
        assert page.console == []
        text = page.value("document.body.innerText")
        assert "undefined" not in text and "NaN" not in text


def test_a_unit_is_told_with_its_people_of_every_group(browser: DrivenPage, path: Path) -> None:
    said = "document.querySelector('.card').textContent"
    browser.go(path, "unit=11")
    assert "全体居民 3,200 人60岁及以上 800 人家庭 1,600 户" in browser.value(said)
    browser.go(path, "unit=12")
    assert "全体居民" not in browser.value(said)
