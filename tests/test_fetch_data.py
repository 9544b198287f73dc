"""scripts/fetch_data.py: what is fetched is whole and as registered, or it is not there."""

from __future__ import annotations

import hashlib
import json
import shutil
import socket
from collections.abc import Callable, Iterator
from datetime import date
from importlib import import_module
from pathlib import Path
from urllib.parse import unquote_plus

import geopandas as gpd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from web_server import Served, Site, serving

from planning.inputs.roads.overpass import read_overpass

ROOT = Path(__file__).resolve().parents[1]
COMMITTED = ROOT / "data" / "raw" / "CATALOGUE"
BODY = bytes(range(256)) * 40
REGISTER = """\
# 登记册 the register
town:
  what: 一个文件 a file
  publisher: 某处 somebody
  licence: CC BY 4.0
  vintage: "2020"
  files:
    - file: town/people.tif
      url: {url}/people.tif   # 地址 its address
"""
BOX = "121.4,31.1,121.5,31.2"


class Fetching:
    """The script over a data folder, and what it said."""

    def __init__(
        self, data: Path, main: Callable[[list[str]], int], capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.data, self._main, self._capsys = data, main, capsys

    def __call__(self, *arguments: str) -> tuple[int, str]:
        self._capsys.readouterr()
        code = self._main([*arguments, "--data", str(self.data), "--timeout", "10"])
        out, err = self._capsys.readouterr()
        return code, out + err

    @property
    def entries(self) -> dict[str, dict[str, object]]:
        text = (self.data / "CATALOGUE").read_text(encoding="utf-8")
        loaded: dict[str, dict[str, object]] = YAML(typ="safe").load(text)
        return loaded

    def digest(self, key: str = "town") -> str | None:
        (one,) = self.entries[key]["files"]  # type: ignore[misc]
        return one.get("sha256")  # type: ignore[attr-defined,no-any-return]

    def files(self) -> set[str]:
        return {
            path.relative_to(self.data).as_posix()
            for path in self.data.rglob("*")
            if path.is_file() and path.name != "CATALOGUE"
        }


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with serving() as running:
        yield running


@pytest.fixture
def fetching(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Fetching:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    (tmp_path / "CATALOGUE").write_text(REGISTER.format(url=site.url), encoding="utf-8")
    site.files["/people.tif"] = Served(BODY)
    return Fetching(tmp_path, import_module("fetch_data").main, capsys)


def sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def test_the_first_fetch_writes_the_digest_and_the_second_needs_no_network(
    fetching: Fetching, site: Site
) -> None:
    assert fetching.digest() is None
    code, said = fetching("town")
    assert code == 0 and sha256(BODY) in said
    assert (fetching.data / "town/people.tif").read_bytes() == BODY
    assert fetching.digest() == sha256(BODY)
    (one,) = fetching.entries["town"]["files"]  # type: ignore[misc]
    assert one["bytes"] == len(BODY) and one["fetched"] == date.today().isoformat()  # type: ignore[index]
    text = (fetching.data / "CATALOGUE").read_text(encoding="utf-8")
    assert "# 登记册 the register" in text and "# 地址 its address" in text, "comments stay"
    assert fetching("town")[0] == 0
    assert len(site.asked) == 1
    assert fetching.files() == {"town/people.tif"}


def test_other_bytes_than_registered_are_refused_and_not_kept(
    fetching: Fetching, site: Site
) -> None:
    fetching("town")
    (fetching.data / "town/people.tif").unlink()
    site.files["/people.tif"] = Served(BODY + b"!", version='"2"')
    code, said = fetching("town")
    assert code == 2
    assert f"发现 sha256 {sha256(BODY + b'!')}" in said and f"应为 sha256 {sha256(BODY)}" in said
    assert "--accept" in said and "found" in said
    assert fetching.files() == set()
    assert fetching.digest() == sha256(BODY)
    assert fetching("town", "--accept")[0] == 0
    assert fetching.digest() == sha256(BODY + b"!")


def test_verify_tells_every_file_and_needs_no_network(fetching: Fetching, site: Site) -> None:
    assert fetching("--verify") == (0, "town town/people.tif：不在 absent\n")
    fetching("town")
    asked = len(site.asked)
    assert "相符" in fetching("--verify")[1]
    (fetching.data / "town/people.tif").write_bytes(BODY[:-1])
    code, said = fetching("--verify", "town")
    assert code == 2 and sha256(BODY[:-1]) in said and sha256(BODY) in said
    code, said = fetching("town")
    assert code == 2 and sha256(BODY[:-1]) in said, "nor is it fetched over"
    assert len(site.asked) == asked


def test_a_file_that_a_browser_put_there_is_entered_only_when_told(
    fetching: Fetching, site: Site
) -> None:
    (fetching.data / "town").mkdir()
    (fetching.data / "town/people.tif").write_bytes(b"by hand")
    assert "no digest" in fetching("--verify")[1]
    assert fetching("town")[0] == 2
    assert fetching("town", "--accept")[0] == 0
    assert fetching.digest() == sha256(b"by hand")
    assert site.asked == []


def test_a_download_that_broke_off_goes_on_where_it_was(fetching: Fetching, site: Site) -> None:
    site.files["/people.tif"].breaks_after = [1000, 2000]
    code, said = fetching("town")
    assert code == 2 and "1,000 字节，共 10,240" in said and "run it again" in said
    assert not (fetching.data / "town/people.tif").exists()
    assert fetching.digest() is None
    assert fetching("town")[0] == 2
    code, said = fetching("town")
    assert code == 0 and "resuming at 3,000" in said
    assert [asked_for for _, asked_for in site.asked] == [None, "bytes=1000-", "bytes=3000-"]
    assert (fetching.data / "town/people.tif").read_bytes() == BODY
    assert fetching.files() == {"town/people.tif"}


def test_a_file_that_changed_meanwhile_is_fetched_anew(fetching: Fetching, site: Site) -> None:
    site.files["/people.tif"].breaks_after = [1000]
    fetching("town")
    newer = BODY[::-1]
    site.files["/people.tif"] = Served(newer, version='"2"')
    assert fetching("town")[0] == 0
    assert (fetching.data / "town/people.tif").read_bytes() == newer


@pytest.mark.parametrize("ranges", ["ignored", "wrong"])
def test_a_server_that_cannot_go_on_is_asked_for_the_whole(
    fetching: Fetching, site: Site, ranges: str
) -> None:
    site.files["/people.tif"] = Served(BODY, breaks_after=[1000], ranges=ranges)
    fetching("town")
    assert fetching("town")[0] == 0
    assert (fetching.data / "town/people.tif").read_bytes() == BODY


@pytest.mark.parametrize("version", ["", 'W/"1"'])
def test_without_a_sure_version_nothing_is_continued(
    fetching: Fetching, site: Site, version: str
) -> None:
    site.files["/people.tif"] = Served(BODY, breaks_after=[1000], version=version)
    fetching("town")
    assert fetching("town")[0] == 0
    assert [asked_for for _, asked_for in site.asked] == [None, None]


def test_a_whole_part_of_a_run_that_was_ended_is_not_taken_on_trust(
    fetching: Fetching, site: Site
) -> None:
    part = fetching.data / "town/people.tif.part"
    part.parent.mkdir()
    part.write_bytes(BODY + b"more")
    part.with_name(part.name + ".from").write_text(f'{site.url}/people.tif\n"1"', encoding="utf-8")
    assert fetching("town")[0] == 0, "the server answers 416, and it is fetched anew"
    assert (fetching.data / "town/people.tif").read_bytes() == BODY


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(body=st.binary(min_size=1, max_size=400), cuts=st.lists(st.integers(0, 150), max_size=4))
def test_however_often_it_breaks_off_the_file_is_whole_or_absent(
    fetching: Fetching, site: Site, body: bytes, cuts: list[int]
) -> None:
    shutil.rmtree(fetching.data / "town", ignore_errors=True)
    (fetching.data / "CATALOGUE").write_text(REGISTER.format(url=site.url), encoding="utf-8")
    site.files["/people.tif"] = Served(body, breaks_after=list(cuts))
    path = fetching.data / "town/people.tif"
    for _ in range(len(cuts) + 1):
        code, _ = fetching("town")
        assert path.exists() == (code == 0)
        if code == 0:
            break
    assert path.read_bytes() == body
    assert fetching.digest() == sha256(body)


def test_the_next_address_is_tried_where_one_is_gone(fetching: Fetching, site: Site) -> None:
    text = REGISTER.format(url=site.url).replace(
        f"{site.url}/people.tif", f"[{site.url}/gone.tif, {site.url}/people.tif]"
    )
    (fetching.data / "CATALOGUE").write_text(text, encoding="utf-8")
    assert fetching("town")[0] == 0
    del site.files["/people.tif"]
    (fetching.data / "town/people.tif").unlink()
    code, said = fetching("town")
    assert code == 2 and "HTTP 404" in said and "gone.tif" in said and "people.tif" in said


def test_a_login_page_is_not_taken_for_the_file(fetching: Fetching, site: Site) -> None:
    site.files["/people.tif"] = Served(b"<html>login</html>", kind="text/html; charset=utf-8")
    code, said = fetching("town")
    assert code == 2 and "登录页" in said
    assert fetching.files() == set()
    assert fetching.digest() is None


def test_an_answer_without_an_end_is_refused(fetching: Fetching, site: Site) -> None:
    site.files["/people.tif"] = Served(BODY, says_length=False)
    code, said = fetching("town")
    assert code == 2 and "no length" in said
    assert fetching.files() == set()


def test_offline_it_says_what_to_do(fetching: Fetching, site: Site) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{free.getsockname()[1]}"
    (fetching.data / "CATALOGUE").write_text(REGISTER.format(url=nowhere), encoding="utf-8")
    code, said = fetching("town")
    assert code == 2 and "无法连接" in said and "https_proxy" in said
    assert "Traceback" not in said


def test_the_proxy_of_the_environment_is_used(
    fetching: Fetching, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", site.url)
    text = REGISTER.format(url="http://data.example.invalid")
    (fetching.data / "CATALOGUE").write_text(text, encoding="utf-8")
    assert fetching("town")[0] == 0
    assert site.asked == [("http://data.example.invalid/people.tif", None)]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("town/people.tif", "../people.tif", "outside"),
        ("town/people.tif", "/etc/passwd", "outside"),
        ("  licence: CC BY 4.0\n", "", "licence"),
        ("url:", "link:", "a file with"),
        ("      url: http://", "      sha256: abc\n      url: http://", "no SHA-256"),
        ("url: http://", "url: file://", "no address"),
        ("town:", "[", ""),
    ],
)
def test_a_register_that_is_at_fault_is_refused(
    fetching: Fetching, old: str, new: str, said: str
) -> None:
    path = fetching.data / "CATALOGUE"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    code, told = fetching("--list")
    assert code == 2 and said in told and "登记册" in told


def test_an_unknown_key_and_a_missing_register_are_told(fetching: Fetching) -> None:
    code, said = fetching("towns")
    assert code == 2 and "没有“towns”" in said and "town" in said
    (fetching.data / "CATALOGUE").unlink()
    code, said = fetching("--list")
    assert code == 2 and "没有登记册" in said


STREETS = {
    "osm3s": {"timestamp_osm_base": "2026-06-08T07:47:00Z"},
    "elements": [
        {"type": "way", "id": 1, "nodes": [1, 2], "tags": {"highway": "footway"}},
        {"type": "node", "id": 1, "lon": 121.41, "lat": 31.11},
        {"type": "node", "id": 2, "lon": 121.42, "lat": 31.12},
    ],
}


def ring(*corners: tuple[float, float]) -> list[dict[str, float]]:
    return [{"lon": x, "lat": y} for x, y in corners]


BOUNDARY = {
    "osm3s": {"timestamp_osm_base": "2026-06-08T07:47:00Z"},
    "elements": [
        {
            "type": "relation",
            "id": 7,
            "tags": {"name": "某区", "admin_level": "6"},
            "members": [
                {"type": "way", "role": "outer", "geometry": ring((0, 0), (4, 0), (4, 4))},
                {"type": "way", "role": "outer", "geometry": ring((4, 4), (0, 4), (0, 0))},
                {
                    "type": "way",
                    "role": "inner",
                    "geometry": ring((1, 1), (2, 1), (2, 2), (1, 2), (1, 1)),
                },
                {"type": "node", "role": "admin_centre", "lon": 1, "lat": 1},
            ],
        }
    ],
}


def overpass(site: Site, answer: object) -> tuple[str, str]:
    body = json.dumps(answer).encode()
    site.files["/api"] = Served(body, version="", kind="application/json")
    return "--overpass", f"{site.url}/api"


def test_streets_of_a_rectangle_are_fetched_entered_and_read(
    fetching: Fetching, site: Site
) -> None:
    code, said = fetching("--streets", "某镇", "--bbox", BOX, *overpass(site, STREETS))
    assert code == 0, said
    assert "way[highway](31.1,121.4,31.2,121.5)" in unquote_plus(site.asked[0][0])
    entry = fetching.entries["osm-streets-某镇"]
    assert entry["licence"] == "© OpenStreetMap contributors, ODbL 1.0"
    assert str(entry["vintage"]) == "2026-06-08"
    path = fetching.data / "osm/streets-某镇.json"
    assert fetching.digest("osm-streets-某镇") == sha256(path.read_bytes())
    roads, _ = read_overpass(path)
    assert roads.line_ids.tolist() == [1]
    assert fetching("--verify")[0] == 0
    assert fetching("--streets", "某镇", "--bbox", BOX, *overpass(site, STREETS))[0] == 2
    assert (
        fetching("--streets", "某镇", "--bbox", BOX, "--accept", *overpass(site, STREETS))[0] == 0
    )


def test_a_boundary_is_put_together_and_says_that_it_is_not_official(
    fetching: Fetching, site: Site
) -> None:
    code, said = fetching("--boundary", "某区", "--bbox", BOX, *overpass(site, BOUNDARY))
    assert code == 0, said
    assert '["name"="某区"]' in unquote_plus(site.asked[0][0])
    frame = gpd.read_file(fetching.data / "osm/boundary-某区.geojson")
    assert frame.geometry.iloc[0].area == 15
    assert "非官方" in frame["note"].iloc[0]
    assert "非官方" in str(fetching.entries["osm-boundary-某区"]["what"])


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"elements": []}, "为空"),
        ({**STREETS, "remark": "runtime error: timed out"}, "timed out"),
        ([], "不完整"),
        ({"elements": BOUNDARY["elements"] * 2}, "2 个同名界线"),  # type: ignore[operator]
        (
            {"elements": [{**BOUNDARY["elements"][0], "members": []}]},  # type: ignore[dict-item]
            "不闭合",
        ),
    ],
)
def test_an_answer_that_is_no_boundary_leaves_nothing(
    fetching: Fetching, site: Site, answer: object, said: str
) -> None:
    code, told = fetching("--boundary", "某区", "--bbox", BOX, *overpass(site, answer))
    assert code == 2 and said in told
    assert fetching.files() == set()
    assert list(fetching.entries) == ["town"]


def test_a_ring_that_does_not_close_is_refused(fetching: Fetching, site: Site) -> None:
    relation = json.loads(json.dumps(BOUNDARY["elements"]))[0]
    relation["members"].pop(1)
    told = fetching("--boundary", "某区", "--bbox", BOX, *overpass(site, {"elements": [relation]}))
    assert told[0] == 2 and "不闭合" in told[1]


@pytest.mark.parametrize(
    ("name", "box", "said"),
    [
        ("../x", BOX, "文件名"),
        ("a" * 61, BOX, "文件名"),
        ("某区", "", "--bbox"),
        ("某区", "121.5,31.1,121.4,31.2", "--bbox"),
        ("某区", "100,20,120,40", "Geofabrik"),
        ("某区", "nan,0,1,1", "--bbox"),
    ],
)
def test_a_name_or_rectangle_that_cannot_be_is_refused(
    fetching: Fetching, site: Site, name: str, box: str, said: str
) -> None:
    code, told = fetching("--boundary", name, "--bbox", box, *overpass(site, BOUNDARY))
    assert code == 2 and said in told
    assert site.asked == []


def test_a_name_cannot_end_its_quotes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    url = import_module("osm_extracts").boundary_url('a"];out;', (0, 0, 0.1, 0.1))
    assert r'["name"="a\"];out;"]' in unquote_plus(url)


def test_the_committed_register_is_read_and_invents_no_digest(fetching: Fetching) -> None:
    shutil.copy(COMMITTED, fetching.data / "CATALOGUE")
    code, said = fetching("--list")
    assert code == 0 and "worldpop-chn-2020" in said and "CC BY 4.0" in said
    for entry in fetching.entries.values():
        for one in entry["files"]:  # type: ignore[attr-defined]
            assert ("sha256" in one) == ("fetched" in one) == ("bytes" in one)
