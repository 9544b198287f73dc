"""whatif.html by keyboard alone, on a phone, in English, and on paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from test_whatif_view import somewhere
from whatif_hands import DESK, PHONE, Hands
from whatif_sample import sample_page


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample_page(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def hands(browser: Browser, path: Path) -> Iterator[Hands]:
    opened = Hands.on(browser, path)
    yield opened
    opened.leave()


@pytest.fixture
def phone(browser: Browser, path: Path) -> Iterator[Hands]:
    opened = Hands.on(browser, path, PHONE)
    yield opened
    opened.leave()


def keys(hands: Hands, *names: str) -> None:
    for name in names:
        hands.page.keyboard.press(name)
        hands.settle()


def tab_to(hands: Hands, wanted: str) -> None:
    """Press Tab until the focus is on the part whose `data-key` or id is wanted."""
    for _ in range(200):
        hands.page.keyboard.press("Tab")
        at = hands.page.evaluate(
            "[document.activeElement.dataset.key, document.activeElement.id].join('|')"
        )
        if wanted in at:
            return
    pytest.fail(f"Tab never comes to {wanted}")


def coordinates(hands: Hands) -> tuple[float, float]:
    x, y = hands.page.inner_text(".card .coordinates").split(", ")
    return float(x), float(y)


def test_everything_can_be_done_without_a_pointer(hands: Hands) -> None:
    start = hands.covered
    tab_to(hands, "tool:select")
    keys(hands, "ArrowRight")  # from 选择 to 增设, as among radio buttons
    assert "增设" in hands.page.inner_text(".tool-group [aria-checked=true]")
    tab_to(hands, "map")
    keys(hands, "ArrowRight", "Enter")  # the map pans; a site at its centre
    (site,) = hands.marks("W")
    with_site = hands.covered
    tab_to(hands, f"mark:{site}")
    keys(hands, "Enter")
    assert hands.page.evaluate("document.activeElement.closest('.card') !== null")
    hands.page.focus(f"[data-mark='{site}']")
    x, y = coordinates(hands)
    keys(hands, "ArrowRight")
    assert coordinates(hands) == pytest.approx((x + 10, y))
    keys(hands, "Shift+ArrowUp")
    assert coordinates(hands) == pytest.approx((x + 10, y + 100))
    assert hands.page.evaluate("document.activeElement.dataset.mark") == site
    hands.page.wait_for_timeout(1300)  # strokes further apart are steps of their own
    keys(hands, "ArrowDown", "Control+z")
    assert coordinates(hands) == pytest.approx((x + 10, y + 100))
    keys(hands, "Control+z")
    assert coordinates(hands) == pytest.approx((x, y))
    keys(hands, "Control+y")
    assert coordinates(hands) == pytest.approx((x + 10, y + 100))
    keys(hands, "Delete")
    assert hands.marks("W") == []
    assert hands.covered == start
    keys(hands, "Control+z", "Control+z")
    assert hands.covered == with_site
    keys(hands, "Escape")
    assert "选择" in hands.page.inner_text(".tool-group [aria-checked=true]")


def test_keys_do_not_carry_a_site_out_of_the_area(hands: Hands) -> None:
    site = hands.add(*somewhere(hands))
    hands.page.focus(f"[data-mark='{site}']")
    for _ in range(60):
        hands.page.keyboard.press("Shift+ArrowRight")
    hands.settle()
    assert "研究范围之外" in hands.notes
    assert hands.page.locator(f"[data-mark='{site}']").count() == 1


def test_an_outline_by_keys(hands: Hands) -> None:
    hands.press("tool:area")
    hands.type("area:persons", "2.5")
    hands.page.focus("#map")
    for arrow in ("ArrowRight", "ArrowDown", "ArrowLeft"):
        keys(hands, "Space")
        keys(hands, arrow)
        hands.page.wait_for_timeout(400)  # the map pans softly
    keys(hands, "Enter")
    assert len(hands.edits) == 1


def test_a_picked_unit_filters_the_list_and_the_chip_lets_go(hands: Hands) -> None:
    everything = hands.page.locator(".rows.unmet li").count()
    hands.click(*somewhere(hands, 0.8, 0.65))
    chip = hands.page.inner_text("[data-key='unit:clear']")
    assert chip.startswith("只看")
    assert 0 < hands.page.locator(".rows.unmet li").count() < everything
    assert hands.page.locator(".unit-line").count() == 1
    hands.press("unit:clear")
    assert hands.page.locator(".rows.unmet li").count() == everything


def test_limit_and_speed_by_slider_and_field(hands: Hands) -> None:
    before = hands.covered
    hands.page.focus("[data-key='limit:range']")
    keys(hands, "ArrowRight", "ArrowRight")
    assert hands.page.input_value("[data-key='limit:number']") == "17"
    wider = hands.covered
    assert wider > before
    assert hands.page.evaluate("document.activeElement.dataset.key") == "limit:range"
    hands.press("limit:reset")
    assert hands.covered == before
    hands.type("speed:number", "1.4")
    assert hands.covered > before
    for wrong in ("0", "-1", "99", ""):
        hands.type("speed:number", wrong)
        assert "步速" in hands.notes
        assert hands.page.input_value("[data-key='speed:number']") == "1.4"
    assert [one.split()[0] for one in hands.edits] == ["步速"]


def test_what_is_shown_changes_the_map_and_the_legend(hands: Hands) -> None:
    hands.add(*somewhere(hands))
    scenario = hands.page.locator("#map").screenshot()
    pictures = [scenario]
    for shown, legend in [("present", "现有设施"), ("plan", "推荐选址"), ("change", "新增覆盖")]:
        hands.press(f"shown:{shown}")
        assert legend in hands.page.inner_text(".legend")
        pictures.append(hands.page.locator("#map").screenshot())
    assert len(set(pictures)) == len(pictures)
    hands.press("shown:present")
    assert hands.marks("W") == []


def test_another_service_has_its_own_figures_and_marks(hands: Hands) -> None:
    before, marks = hands.covered, hands.marks("F")
    hands.press("service:nursery")
    assert "3岁以下" in hands.page.inner_text(".figures .who")
    assert hands.covered != before
    assert hands.marks("F") != marks


def test_in_english_nothing_of_ours_stays_chinese(hands: Hands) -> None:
    hands.add(*somewhere(hands))
    hands.press("language")
    assert hands.page.evaluate("document.documentElement.lang") == "en"
    ours = [".switch", ".tool-bar", ".wishes", ".figures thead", ".tally", ".conditions",
            ".legend", ".menu", ".against", ".cost"]  # fmt: skip
    for part in ours:
        text = hands.page.locator(part).first.text_content() or ""
        assert not re.search(r"[\u4e00-\u9fff]", text), (part, text)
    hands.press("help")
    assert "Drag a site" in hands.page.inner_text("dialog")
    keys(hands, "Escape")
    assert hands.page.locator("dialog").count() == 0
    hands.press("language")
    assert hands.page.evaluate("document.documentElement.lang") == "zh-CN"


def test_on_a_phone_nothing_hangs_over_and_the_sheet_unfolds(phone: Hands) -> None:
    def widths() -> tuple[int, int]:
        wide: int = phone.page.evaluate("document.documentElement.scrollWidth")
        return wide, PHONE[0]

    assert widths()[0] <= widths()[1]
    phone.press("tool:add")
    box = phone.page.locator("#map").bounding_box()
    assert box is not None
    phone.page.touchscreen.tap(box["x"] + 0.75 * box["width"], box["y"] + box["height"] / 2)
    phone.settle()
    assert len(phone.marks("W")) == 1
    assert not phone.page.is_visible(".edits")
    phone.press("handle")
    assert phone.page.is_visible(".edits")
    assert widths()[0] <= widths()[1]
    phone.press("language")
    assert widths()[0] <= widths()[1]
    phone.press("handle")
    assert not phone.page.is_visible(".edits")


def test_a_finger_drags_a_site(phone: Hands) -> None:
    site = phone.add(*somewhere(phone, 0.7, 0.5))
    before, (x, y) = phone.covered, phone.centre(site)
    touch = phone.page.context.new_cdp_session(phone.page)
    send = lambda kind, points: touch.send(  # noqa: E731
        "Input.dispatchTouchEvent", {"type": kind, "touchPoints": points}
    )
    send("touchStart", [{"x": x, "y": y}])
    for step in range(1, 9):
        send("touchMove", [{"x": x - 15 * step, "y": y - 2 * step}])
    send("touchEnd", [])
    phone.settle()
    assert phone.centre(site) == pytest.approx((x - 120, y - 16), abs=13)  # it may have snapped
    assert phone.covered != before


def test_it_prints_on_one_page(hands: Hands, tmp_path: Path) -> None:
    hands.add(*somewhere(hands))
    paper = tmp_path / "page.pdf"
    hands.page.pdf(path=paper, prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper.read_bytes())) == 1


def test_it_is_readable_on_a_small_desk(hands: Hands) -> None:
    size = hands.page.evaluate("[document.documentElement.scrollWidth, innerWidth, innerHeight]")
    assert size == [DESK[0], *DESK]
    for part in (".head", ".tools", ".map-side", ".panel", ".foot"):
        box = hands.page.locator(part).bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= DESK[0] + 0.5
        assert box["y"] + box["height"] <= DESK[1] + 0.5
