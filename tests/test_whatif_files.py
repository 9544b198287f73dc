"""whatif.html and files: scenarios saved and opened, tables, and what others put into names."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from test_changes import study_with
from test_whatif_view import somewhere
from whatif_hands import Hands
from whatif_sample import sample_page

from planning.outputs.inlining import inert_json
from planning.outputs.whatif.page import whatif_page
from planning.workflow import run

HOSTILE = '<script>document.body.dataset.hacked="1"</script><img src=x onerror=alert(1)>'
COMPUTING = '=HYPERLINK("http://x.test","y")'


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample_page(tmp_path_factory.mktemp("files"))


@pytest.fixture
def hands(browser: Browser, path: Path) -> Iterator[Hands]:
    opened = Hands.on(browser, path)
    yield opened
    opened.leave()


def test_a_saved_scenario_opened_again_gives_the_same_figures(hands: Hands, tmp_path: Path) -> None:
    site = hands.add(*somewhere(hands))
    hands.click(*hands.centre(site))
    hands.type("card:name", "东园/站")
    hands.type("card:yuan", "350")
    hands.drag(hands.marks("F")[0], *somewhere(hands, 0.3, 0.3))
    hands.type("limit:number", "12")
    hands.type("speed:number", "0.9")
    hands.type("scenario:name", "方案 A/1")
    figures = (hands.covered, hands.cost, hands.tally, hands.edits)
    assert hands.cost == 350
    saved = hands.saved("save", tmp_path)
    assert "/" not in saved.name
    said = json.loads(saved.read_text(encoding="utf-8"))
    assert said["format"] == "planning-scenario/1"
    assert said["name"] == "方案 A/1"
    assert said["override"]["network"] == {"speed_m_s": 0.9}
    hands.press("file")
    hands.press("file:from_present")
    assert hands.edits == []
    hands.open(saved)
    assert (hands.covered, hands.cost, hands.tally, hands.edits) == figures
    assert "已打开情景" in hands.notes


def test_starting_from_the_plan_gives_the_figures_of_the_plan(hands: Hands) -> None:
    plan = hands.content["plan"]
    hands.press("file")
    hands.press("file:from_plan")
    assert len(hands.marks("S")) == len(
        {one["candidate"] for one in plan["scenario"]["added"] if one["service"] == "elder_care"}
    )
    assert hands.cost == pytest.approx(plan["yuan"] / 10_000, abs=0.06)
    assert "比推荐方案 ±0" in " ".join(hands.page.inner_text(".against").split())


def test_what_of_the_plan_no_edit_of_the_page_does_is_told(
    browser: Browser, tmp_path: Path
) -> None:
    """F2 is to take in the old as well: no edit of the page turns a facility into another."""
    said = "      both: {which: {does: nursery}, adds: [elder_community], yuan: 1, source: 示意}\n"
    study = study_with(tmp_path, said)
    text = study.read_text(encoding="utf-8")
    study.write_text(text.replace("gap: 0.0", "gap: 0.0, forbidden: [K1]", 1), encoding="utf-8")
    _, folder = run(study, out_dir=tmp_path / "out")
    hands = Hands.on(browser, folder / "whatif.html")
    assert hands.content["plan"]["not_shown"] == [
        {"id": "F2", "module": "both", "action": "change"}
    ]
    told = "推荐方案另有 1 处改建或关停，本页不能表示"
    assert told in hands.page.inner_text(".cost")
    hands.press("file")
    hands.press("file:from_plan")
    assert told in hands.notes and "改建（both）" in hands.notes
    hands.leave()


def test_the_foot_says_what_the_page_was_made_from(hands: Hands) -> None:
    content, foot = hands.content, hands.page.inner_text(".foot")
    for said in (content["document"], content["digest"], content["traveller"][0],
                 content["people"]["of_year"][0], *content["attribution"]):  # fmt: skip
        assert said in foot


def test_the_card_says_of_which_register_a_candidate_is(hands: Hands) -> None:
    hands.press("file")
    hands.press("file:from_plan")
    site = hands.content["plan"]["scenario"]["added"][0]
    row = hands.content["candidates"]["ids"].index(site["candidate"])
    hands.press("edit:0")
    card = hands.page.inner_text(".card")
    assert f"候选点 {site['candidate']} · {hands.content['candidates']['classes'][row]}" in card


def scenario(hands: Hands, tmp_path: Path) -> dict[str, Any]:
    """What the page writes with one site added."""
    hands.add(*somewhere(hands))
    said: dict[str, Any] = json.loads(hands.saved("save", tmp_path).read_text(encoding="utf-8"))
    return said


def many(said: dict[str, Any]) -> None:
    (one,) = said["override"]["what_if"]["added"]
    said["override"]["what_if"]["added"] = [{**one, "id": f"W{n}"} for n in range(10_000)]


def outside(said: dict[str, Any]) -> None:
    said["override"]["what_if"]["added"][0]["x_m"] += 1e6


def homes(said: dict[str, Any], *corners: tuple[float, float]) -> None:
    """Homes with these corners, from the site of the file on [m]."""
    site = said["override"]["what_if"]["added"][0]
    outline = [[site["x_m"] + x, site["y_m"] + y] for x, y in corners]
    area = {"id": "P1", "name": "", "households": 100, "persons_per_household": 2.5}
    said["override"]["what_if"]["areas"] = [{**area, "outline": outline}]


def crossed(said: dict[str, Any]) -> None:
    homes(said, (0, 0), (200, 200), (200, 0), (0, 200))


def sticking_out(said: dict[str, Any]) -> None:
    homes(said, (0, 0), (9_000, 0), (9_000, 200), (0, 200))


WRONG = {
    "with homes that cross themselves": (crossed, "与自身相交"),
    "with homes that stick out": (sticking_out, "研究范围以外"),
    "of another run": (lambda said: said.update(ground="ffffffffff"), "来自另一次运行"),
    "of another study": (lambda said: said.update(study="elsewhere"), "另一个研究"),
    "no scenario at all": (lambda said: said.update(format="geojson"), "不是情景文件"),
    "with ten thousand sites": (many, "10000"),
    "with a site elsewhere": (outside, "研究范围以外"),
    "at no speed": (lambda said: said["override"].update(network={"speed_m_s": 0}), "步速应在"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_file_is_told_and_the_page_lives_on(
    hands: Hands, tmp_path: Path, what: str
) -> None:
    said = scenario(hands, tmp_path)
    before = (hands.covered, hands.edits)
    spoil, words = WRONG[what]
    spoil(said)
    wrong = tmp_path / "wrong.json"
    wrong.write_text(json.dumps(said), encoding="utf-8")
    hands.open(wrong)
    assert words in hands.notes
    assert (hands.covered, hands.edits) == before
    hands.press("undo")
    assert hands.edits == []


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", "null", "PK\x03\x04"])
def test_a_broken_file_is_told(hands: Hands, tmp_path: Path, text: str) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text(text, encoding="utf-8")
    hands.open(broken)
    assert "JSON" in hands.notes or "不是情景文件" in hands.notes
    assert hands.edits == []


def test_the_table_opens_in_excel_and_computes_nothing(hands: Hands, tmp_path: Path) -> None:
    site = hands.add(*somewhere(hands))
    hands.click(*hands.centre(site))
    hands.type("card:name", COMPUTING)
    hands.press("tool:area")
    hands.type("area:name", "@SUM(A1)")
    hands.type("area:persons", "2.5")
    for right, down in [(0.6, 0.3), (0.7, 0.3), (0.7, 0.45)]:
        hands.click(*somewhere(hands, right, down))
    hands.press("area:finish")
    table = hands.saved("table", tmp_path)
    assert table.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(table.read_text(encoding="utf-8-sig").splitlines()))
    cells = [cell for row in rows for cell in row]
    assert any("HYPERLINK" in cell for cell in cells)
    dangerous = ("=", "+", "@", "＝", "＋", "－", "＠")
    assert [cell for cell in cells if cell.startswith(dangerous)] == []
    found = next(row for row in rows[1:] if row[0] == "养老服务" and row[2] == "60岁及以上")
    elderly = dict(zip(rows[0], found, strict=True))
    assert found[3] == "人"
    assert int(elderly["情景"]) == hands.covered
    assert int(elderly["情景"]) - int(elderly["现状"]) == int(elderly["比现状"])


def test_names_that_are_code_stay_names(browser: Browser, path: Path, tmp_path: Path) -> None:
    hands = Hands.on(browser, path)
    content = hands.content
    hands.leave()
    content["title"] = HOSTILE
    content["facilities"]["names"] = [HOSTILE] * len(content["facilities"]["ids"])
    content["services"][0]["label"] = HOSTILE
    for level in content["units"].values():
        level["names"] = [HOSTILE] * len(level["names"])
    content["attribution"] = [HOSTILE, "</script><script>document.body.dataset.hacked=1</script>"]
    page = tmp_path / "hostile.html"
    page.write_text(whatif_page(HOSTILE, inert_json(content)), encoding="utf-8")
    hands = Hands.on(browser, page)
    site = hands.add(*somewhere(hands))
    hands.click(*hands.centre(site))
    hands.type("card:name", HOSTILE)
    hands.type("scenario:name", HOSTILE)
    hands.page.mouse.move(*hands.centre(hands.marks("F")[0]))
    assert "<script>" in hands.page.inner_text(".tip")
    hands.click(*hands.centre(hands.marks("F")[0]))
    assert HOSTILE in hands.page.inner_text(".card h2")
    hands.press("language")
    hands.drag(site, *somewhere(hands, 0.5, 0.4))
    hands.page.keyboard.press("Delete")
    hands.settle()
    assert hands.page.evaluate("document.body.dataset.hacked") is None
    assert hands.page.locator("main img[src='x'], main script").count() == 0
    hands.leave()
