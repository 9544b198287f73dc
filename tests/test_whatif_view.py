"""whatif.html in use: sites added, dragged, resized, removed; streets closed; homes drawn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from whatif_hands import Hands
from whatif_sample import sample_page

from planning.outputs.inlining import inert_json
from planning.outputs.whatif.arrays import unpacked
from planning.outputs.whatif.page import whatif_page


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample_page(tmp_path_factory.mktemp("推演 what if"))


@pytest.fixture
def hands(browser: Browser, path: Path) -> Iterator[Hands]:
    opened = Hands.on(browser, path)
    yield opened
    opened.leave()


def somewhere(hands: Hands, right: float = 0.72, down: float = 0.5) -> tuple[float, float]:
    """A point of the map, by its share of the width and the height."""
    box = hands.page.locator("#map").bounding_box()
    assert box is not None
    return box["x"] + right * box["width"], box["y"] + down * box["height"]


def test_it_opens_on_the_present_and_says_when_it_was_ready(hands: Hands) -> None:
    ready = hands.page.evaluate("performance.getEntriesByName('whatif:ready').length")
    assert ready == 1
    assert hands.edits == []
    assert "±0" in hands.page.inner_text(".against")
    assert hands.tally["not_live"] == 0


def test_a_site_added_here_covers_more_and_can_be_undone_and_done_again(hands: Hands) -> None:
    before = hands.covered
    site = hands.add(*somewhere(hands))
    after = hands.covered
    assert after > before
    assert hands.edits[0].startswith(f"增设 {site}")
    assert "另有 1 处无费用依据" in hands.page.inner_text(".cost")
    hands.press("undo")
    assert (hands.covered, hands.edits) == (before, [])
    hands.press("redo")
    assert (hands.covered, len(hands.edits)) == (after, 1)


def test_figures_follow_the_drag_and_are_those_of_the_drop(hands: Hands) -> None:
    site = hands.add(*somewhere(hands))
    start = hands.covered
    hands.drag(site, *somewhere(hands, 0.3, 0.4), drop=False)
    dragged = hands.covered
    assert dragged != start
    hands.page.mouse.up()
    hands.settle()
    assert hands.covered == dragged
    times = hands.page.evaluate(
        "performance.getEntriesByName('whatif:drag').map((one) => one.duration)"
    )
    assert len(times) >= 3
    assert all(one > 0 for one in times)
    hands.press("undo")
    assert hands.covered == start


def test_escape_gives_a_drag_up(hands: Hands) -> None:
    site = hands.add(*somewhere(hands))
    start, at = hands.covered, hands.centre(site)
    hands.drag(site, *somewhere(hands, 0.3, 0.4), drop=False)
    hands.page.keyboard.press("Escape")
    hands.settle()
    hands.page.mouse.up()
    assert hands.centre(site) == pytest.approx(at, abs=1)
    assert (hands.covered, len(hands.edits)) == (start, 1)


def test_a_facility_that_stands_can_be_dragged_and_put_back(hands: Hands) -> None:
    before, first = hands.covered, hands.marks("F")[0]
    hands.drag(first, *somewhere(hands, 0.75, 0.5))
    assert hands.edits[0].startswith("移位")
    assert hands.covered != before
    hands.press("card:back")
    assert (hands.covered, hands.edits) == (before, [])


def test_a_site_snaps_to_a_candidate_near_by_and_alt_keeps_it_free(hands: Hands) -> None:
    site = hands.add(*somewhere(hands))
    premises = hands.content["candidates"]
    kind = hands.page.locator("[data-key='add:kind']")
    assert kind.count() == 0  # the tool is put away
    options = unpacked(premises["options"]).reshape(-1, 4)
    at = int(options[options[:, 1] == 0][0][0])
    x, y = (float(unpacked(premises[name])[at]) for name in ("x_m", "y_m"))
    px, py = hands.pixel(x, y)
    hands.drag(site, px + 7, py + 5, free=False)
    assert f"已贴合候选点 {premises['ids'][at]}" in hands.notes
    assert premises["ids"][at] in hands.edits[0]
    assert f"{x:.2f}, {y:.2f}" in hands.page.inner_text(".card .coordinates")
    assert hands.cost > 0
    hands.drag(site, px + 7, py + 5, free=True)
    assert premises["ids"][at] not in hands.edits[0]
    assert hands.cost == 0


def test_a_site_dragged_out_of_the_area_goes_back_and_says_so(hands: Hands) -> None:
    site = hands.add(*somewhere(hands))
    start, at = hands.covered, hands.centre(site)
    hands.drag(site, *somewhere(hands, 0.99, 0.03))
    assert "研究范围之外" in hands.notes
    assert hands.centre(site) == pytest.approx(at, abs=1)
    assert (hands.covered, len(hands.edits)) == (start, 1)


def test_what_is_taken_away_can_be_brought_back_alone(hands: Hands) -> None:
    before = hands.covered
    site = hands.add(*somewhere(hands))
    first = hands.marks("F")[0]
    with_site = hands.covered
    hands.press("tool:remove")
    hands.click(*hands.centre(first))
    assert first not in hands.marks("F")
    assert hands.covered < with_site
    hands.press("shown:change")
    assert "失去覆盖" in hands.page.inner_text(".legend")
    hands.press("unedit:0")  # the site that was added first; the removal stays
    assert site not in hands.marks("W")
    assert hands.edits[0].startswith("移除")
    hands.press("unedit:0")
    assert (hands.covered, hands.edits) == (before, [])


def test_an_added_site_is_resized_within_its_range(hands: Hands) -> None:
    hands.press("service:nursery")
    site = hands.add(*somewhere(hands))
    kind = next(one for one in hands.content["kinds"] if one["service"] == "nursery")
    hands.click(*hands.centre(site))
    size = kind["min"] + 5
    hands.type("card:size:number", str(size))
    assert f" {size} " in f"{hands.edits[0]} "
    hands.type("card:size:number", "0")
    assert "应为" in hands.notes
    assert f" {size} " in f"{hands.edits[0]} "
    hands.page.focus("[data-key='card:size:range']")
    hands.page.keyboard.press("ArrowRight")
    hands.settle()
    assert f" {size} " not in f"{hands.edits[0]} "


def test_a_facility_that_stands_is_resized_and_clauses_follow(hands: Hands) -> None:
    hands.press("service:nursery")
    hands.press("tool:resize")
    hands.click(*hands.centre(hands.marks("F")[0]))
    hands.type("card:places:number", "5000")
    assert hands.edits[0].startswith("调整规模")
    changed = hands.page.inner_text(".rows.changed")
    assert "未达标" in changed
    assert "→" in changed
    hands.press("card:original")
    assert hands.edits == []


def test_homes_are_drawn_and_their_people_counted(hands: Hands) -> None:
    everybody = hands.page.inner_text(".figures .headline .share")
    bare = hands.page.locator("#map").screenshot()
    hands.press("tool:area")
    hands.type("area:name", "东园")
    hands.type("area:households", "2000")
    hands.type("area:persons", "2.5")
    for right, down in [(0.6, 0.3), (0.7, 0.3)]:
        hands.click(*somewhere(hands, right, down))
    hands.press("area:finish")
    assert "至少点 3 点" in hands.notes
    hands.click(*somewhere(hands, 0.7, 0.45))
    hands.page.mouse.dblclick(*somewhere(hands, 0.6, 0.45))
    hands.settle()
    assert hands.edits == ["规划居住区 东园 2,000 户"]
    assert hands.page.inner_text(".figures .headline .share") != everybody
    hands.press("unedit:0")
    assert hands.page.inner_text(".figures .headline .share") == everybody
    hands.page.mouse.move(2, 2)
    assert hands.page.locator("#map").screenshot() == bare


def test_an_outline_ends_with_enter_and_goes_back_by_a_corner(hands: Hands) -> None:
    hands.press("tool:area")
    hands.type("area:persons", "2.5")
    for right, down in [(0.6, 0.3), (0.7, 0.3), (0.7, 0.4), (0.5, 0.6)]:
        hands.click(*somewhere(hands, right, down))
    hands.page.keyboard.press("Backspace")
    assert "已点 3 点" in hands.page.inner_text(".wishes")
    hands.page.keyboard.press("Enter")
    hands.settle()
    assert len(hands.edits) == 1
    hands.press("tool:area")
    hands.click(*somewhere(hands, 0.5, 0.5))
    hands.page.keyboard.press("Escape")
    assert "已点 0 点" in hands.page.inner_text(".wishes")


def test_homes_want_a_size_of_households_where_the_study_has_none(hands: Hands) -> None:
    assert hands.content["persons_per_household"] is None
    hands.press("tool:area")
    for right, down in [(0.2, 0.3), (0.35, 0.3), (0.35, 0.5)]:  # where people are within reach
        hands.click(*somewhere(hands, right, down))
    hands.press("area:finish")
    assert "户均人数应大于 0" in hands.notes
    assert hands.edits == []
    hands.type("area:persons", "2.4")
    hands.press("area:finish")
    assert len(hands.edits) == 1
    hands.press("edit:0")  # opens their card
    before = hands.people("total")
    hands.type("home:households", "3000")
    assert "3,000 户" in hands.edits[0]
    assert hands.people("total") > before
    hands.type("home:households", "-4")
    assert "应为" in hands.notes
    hands.press("home:remove")
    assert hands.edits == []


def test_homes_take_the_size_of_households_of_the_study(
    browser: Browser, path: Path, tmp_path: Path
) -> None:
    sized = Hands.on(browser, path)
    content = {**sized.content, "persons_per_household": 2.6}
    sized.leave()
    other = tmp_path / "sized.html"
    other.write_text(whatif_page("", inert_json(content)), encoding="utf-8")
    hands = Hands.on(browser, other)
    hands.press("tool:area")
    assert "2.6" in str(hands.page.get_attribute("[data-key='area:persons']", "placeholder"))
    for right, down in [(0.6, 0.3), (0.7, 0.3), (0.7, 0.45)]:
        hands.click(*somewhere(hands, right, down))
    hands.press("area:finish")
    assert len(hands.edits) == 1
    hands.leave()


def test_a_closed_bridge_parts_the_town_until_it_is_opened_again(hands: Hands) -> None:
    before = hands.covered
    hands.press("tool:road")
    lines = bridges(hands)
    for x, y in lines:
        hands.click(x, y)
    assert hands.edits
    assert all(one.startswith("断开道路") for one in hands.edits)
    assert hands.covered < before
    assert "断开的道路" in hands.page.inner_text(".legend")
    hands.press("unedit:0")
    for _ in hands.edits:
        hands.press("unedit:0")
    assert (hands.covered, hands.edits) == (before, [])


def bridges(hands: Hands) -> list[tuple[float, float]]:
    """Where streets cross the river of the sample, on the screen: clicks from north to south."""
    streets = hands.content["streets"]
    xy = unpacked(streets["shape_xy"]).reshape(-1, 2)
    start = unpacked(streets["shape_start"])
    middle = (xy[:, 0].min() + xy[:, 0].max()) / 2
    longest = max(
        range(len(start) - 1), key=lambda edge: abs(xy[start[edge + 1] - 1, 0] - xy[start[edge], 0])
    )
    around = [
        edge
        for edge in range(len(start) - 1)
        if (xy[start[edge], 0] - middle) * (xy[start[edge + 1] - 1, 0] - middle) < 0
    ]
    chosen = around or [longest]
    points = [(xy[start[edge]] + xy[start[edge + 1] - 1]) / 2 for edge in chosen]
    return [hands.pixel(float(x), float(y)) for x, y in points]
