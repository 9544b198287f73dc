"""Tianditu tiles are an option: the page asks for them with the user's key, and else nobody."""

from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path

import pytest
from driven_page import chromium, driven_page
from test_map import content, written
from typer.testing import CliRunner

from planning.cli.commands import app
from planning.errors import InputError, StudyError
from planning.outputs.edition import Edition
from planning.outputs.map.tianditu import HOSTS, KEY_VARIABLE, key_from_environment, tile_addresses

KEY = "0123456789abcdef0123456789abcdef"
TOWN = Path(__file__).parent / "tiny_town"


def test_the_key_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, f" {KEY}\n")
    assert key_from_environment() == KEY


@pytest.mark.parametrize("value", [None, "", "short", "0123456789&tk=<script>", "密钥密钥密钥密钥"])
def test_without_a_key_the_option_is_refused_and_the_value_is_not_told(
    value: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    if value is not None:
        monkeypatch.setenv(KEY_VARIABLE, value)
    with pytest.raises(InputError) as caught:
        key_from_environment()
    said = str(caught.value)
    assert KEY_VARIABLE in said and "天地图" in said and "Tianditu" in said
    assert not value or value not in said


def test_tiles_are_those_of_the_projection_that_the_page_is_drawn_in() -> None:
    lower, upper = tile_addresses(KEY)
    assert "/vec_w/" in lower and "/cva_w/" in upper
    for address in (lower, upper):
        assert "TILEMATRIXSET=w&" in address and address.endswith(f"tk={KEY}")
        assert address.replace("{s}", "0").startswith(HOSTS[0])


def test_only_a_page_that_was_asked_for_may_ask(tmp_path: Path) -> None:
    plain = written(tmp_path, content())
    assert "tianditu.gov.cn" not in plain
    assert 'img-src data:"' in plain
    asking = written(tmp_path, dataclasses.replace(content(), tianditu_key=KEY))
    assert f"img-src data: {' '.join(HOSTS)}" in asking
    assert asking.count(KEY) == 2
    assert "default-src 'none'" in asking


def test_an_edition_with_a_key_does_not_show_it_and_has_a_folder_of_its_own() -> None:
    edition = Edition(lang="en", tianditu_key=KEY)
    assert KEY not in repr(edition)
    assert edition.suffix == "-en-tianditu"


def test_what_is_published_has_no_map_to_put_tiles_on() -> None:
    with pytest.raises(StudyError, match="--tianditu"):
        Edition(suppress_below=5, tianditu_key=KEY)


def test_a_run_says_nothing_of_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    study = ["run", str(TOWN / "study.yaml"), "--out", str(tmp_path), "--tianditu"]
    done = CliRunner().invoke(app, study)
    assert done.exit_code == 0, done.output
    assert KEY not in done.output
    holding = [
        path.name
        for path in tmp_path.rglob("*")
        if path.is_file() and KEY.encode() in path.read_bytes()
    ]
    assert holding == ["map.html"]
    (record,) = tmp_path.rglob("record.json")
    assert "tianditu" not in json.dumps(json.loads(record.read_text(encoding="utf-8")))


def test_tiles_are_asked_for_once_they_are_switched_on_and_of_nobody_else(tmp_path: Path) -> None:
    if chromium() is None:
        if os.environ.get("PLANNING_REQUIRE_BROWSER") == "1":
            pytest.fail("PLANNING_REQUIRE_BROWSER=1, but no Chromium is on the path")
        pytest.skip("no Chromium on the path")
    written(tmp_path, dataclasses.replace(content(), tianditu_key=KEY))
    box = "[...document.querySelectorAll('.check')].find((c) => /天地图/.test(c.textContent))"
    with driven_page() as page:
        page.go(tmp_path / "map.html")
        page.settled()
        assert page.requests == []
        assert page.console == []
        page.value(f"{box}.querySelector('input').click()")
        page.wait("document.querySelectorAll('.leaflet-tile').length > 20")
        page.value("new Promise((done) => setTimeout(done, 500)).then(() => 1)")
        assert "天地图" in page.value("document.querySelector('.foot').textContent")
        assert page.requests
        assert all(address.startswith(HOSTS) for address in page.requests)
        assert {"vec_w", "cva_w"} == {address.split("/")[3] for address in page.requests}
        page.value(f"{box}.querySelector('input').click()")
        page.settled()
        assert page.value("document.querySelectorAll('.leaflet-tile').length") == 0
