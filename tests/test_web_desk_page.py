"""The desk of the served page as a planner uses it: the server walks, keeps, compares, sites."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from test_whatif_view import somewhere
from web_desk import Server, server
from whatif_hands import Hands

from planning import workflow

PATIENCE_MS = 120_000


@pytest.fixture(scope="module")
def served(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    out = tmp_path_factory.mktemp("desk")
    _, run = workflow.run(sample_folder / "study.yaml", out_dir=out)
    with server(run) as one:
        yield one


class ServedHands(Hands):
    """The same hands on a page whose content a server sends, and which the server walks for."""

    @classmethod
    def at(cls, browser: Browser, address: str) -> ServedHands:
        page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
        page.set_default_timeout(PATIENCE_MS)
        hands = cls(page)
        page.on("console", lambda message: hands.said.append(message.text))
        page.on("pageerror", lambda error: hands.said.append(str(error)))
        hands.go(address)
        return hands

    def go(self, address: str) -> None:
        self.page.goto(address)
        self.page.wait_for_selector("body[data-ready='1']")


@pytest.fixture
def hands(served: Server, browser: Browser) -> Iterator[ServedHands]:
    one = ServedHands.at(browser, f"{served.url}?walk=server")
    yield one
    one.page.context.close()
    assert one.said == []


def names(page: Page) -> list[str]:
    return page.locator(".desk-list .name").all_inner_texts()


def test_what_the_server_walks_is_what_the_page_walks(served: Server, hands: ServedHands) -> None:
    hands.add(*somewhere(hands))
    hands.press("tool:road")
    hands.click(*somewhere(hands, 0.4, 0.45))
    by_server = (hands.covered, hands.tally, hands.cost, hands.edits)
    assert any("断开" in edit for edit in hands.edits)
    hands.press("desk")
    hands.press("desk:save")
    hands.page.wait_for_selector(".desk-list li")
    hands.go(served.url)
    hands.press("desk")
    hands.page.wait_for_selector(".desk-list li")
    hands.page.locator("[data-key^='desk:open:']").first.click()
    hands.page.wait_for_selector(".edits li")
    hands.settle()
    assert (hands.covered, hands.tally, hands.cost, hands.edits) == by_server
    hands.press("desk:close")


def test_a_scenario_is_compared_by_the_figures_of_assess(hands: ServedHands) -> None:
    hands.add(*somewhere(hands))
    now = hands.tally
    hands.press("desk")
    hands.press("desk:save")
    hands.page.wait_for_selector(".desk-list li")
    hands.page.locator("[data-key^='desk:tick:']").last.check()
    hands.press("desk:compare")
    rows = hands.page.wait_for_selector(".desk-table").inner_text().splitlines()
    cells = {row.split("\t")[0].strip(): row.split("\t")[1:] for row in rows if "\t" in row}
    assert int(cells["达标"][-1].replace(",", "")) == now["met"]
    assert int(cells["未达标"][-1].replace(",", "")) == now["not_met"]
    assert "另有 1 处无依据" in cells["费用（万元）"][-1]


def test_a_siting_is_watched_to_its_end_and_its_deliverables_open(
    served: Server, hands: ServedHands
) -> None:
    hands.add(*somewhere(hands))
    hands.press("desk")
    hands.press("desk:site")
    hands.page.wait_for_selector(".job.done")
    hands.page.locator(".job.done [data-key^='desk:files:']").first.click()
    link = hands.page.locator(".job.done a", has_text="report.docx").first
    address = link.get_attribute("href")
    assert address is not None
    answer = served.client.get(address)
    assert answer.status_code == 200
    assert answer.content.startswith(b"PK")


def test_a_siting_is_cancelled(hands: ServedHands) -> None:
    hands.press("desk")
    before = hands.page.locator(".job").count()
    hands.press("desk:site")
    hands.page.locator(".job [data-key^='desk:end:']").first.click()
    hands.page.locator(".job.stopped, .job.stopping, .job.done").first.wait_for()
    assert hands.page.locator(".job").count() == before + 1


def test_the_deliverables_of_the_run_are_listed(served: Server, hands: ServedHands) -> None:
    hands.press("desk")
    link = hands.page.locator(".desk-files a", has_text="tables.xlsx").first
    answer = served.client.get(str(link.get_attribute("href")))
    assert answer.content.startswith(b"PK")
