"""The map opens without a network, counts as the tables do, and runs nothing of the data."""

from __future__ import annotations

import dataclasses
import html
import json
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from planning.errors import InputError
from planning.outputs import maps
from planning.outputs import page as page_maker
from planning.outputs.maps import MapContent, MapService, write_map
from planning.outputs.page import OutsideReferenceError

ROOT = Path(__file__).parents[1]
EAST, NORTH = 640_000.0, 3_455_000.0  # EPSG:4549 [m]: the cells are quads that lean against north
HOSTILE = (
    "<img src=x onerror=\"document.body.dataset.hacked='1'\">",
    "</script><script>document.body.dataset.hacked='1'</script>",
    "{{ 7 * 7 }}{% raw %}{# x #}",
    "'\"\\ & url(http://example.org/a.png) @import fetch(1)",
    "𠮷野家\u2028养老\u202e院",
    "六十个字的名称" * 9,
)
SERVICES = (
    MapService(key="day_care", label_zh="日间照料", group_label_zh="养老服务", limit_min=15),
    MapService(key="nursery", label_zh="托育", group_label_zh="托育服务", limit_min=7.46),
)


def grid(rows: int = 18, columns: int = 20) -> gpd.GeoDataFrame:
    """Cells of 100 m with people in sixteenths and minutes on both sides of the limits."""
    n = rows * columns
    x = EAST + 100.0 * (np.arange(n) % columns)
    y = NORTH + 100.0 * (np.arange(n) // columns)
    minutes = (np.arange(n) % 300) / 10
    minutes[5], minutes[6], minutes[7:9] = 15.0, 15.04, np.nan
    table = {"people": (np.arange(n) % 37) + 3 / 16}
    for service in SERVICES:
        table[f"minutes_now_{service.key}"] = minutes
        table[f"minutes_after_{service.key}"] = minutes * 0.5
    return gpd.GeoDataFrame(table, geometry=shapely.box(x, y, x + 100, y + 100), crs=4549)


def units() -> gpd.GeoDataFrame:
    whole = shapely.box(EAST, NORTH, EAST + 2000, NORTH + 1800)
    half = [shapely.box(EAST + dx, NORTH, EAST + dx + 1000, NORTH + 1800) for dx in (0, 1000)]
    table = {
        "unit_id": ["1", "11", "12"],
        "level": ["county", "street", "street"],
        "name": ["示例区", *HOSTILE[:2]],
        "parent_id": [None, "1", "1"],
    }
    return gpd.GeoDataFrame(table, geometry=[whole, *half], crs=4549)


def findings() -> pd.DataFrame:
    common = {"article": "第五条", "clause_zh": HOSTILE[1], "service": "nursery", "level": "street"}
    rows = [
        {"unit_id": "11", "verdict": "met", "measured": 4.5, "required": 4.5, "gap": 0.0},
        {"unit_id": "12", "verdict": "not_assessable", "measured": np.nan, "required": 4.5},
    ]
    table = pd.DataFrame([{"clause_id": "N-1", **common, **row} for row in rows])
    return table.assign(unit="个/千人", because_zh=HOSTILE[0])


def points(table: dict[str, list[Any]]) -> gpd.GeoDataFrame:
    n = len(next(iter(table.values())))
    x, y = EAST + 150.0 * np.arange(n) + 50, NORTH + 130.0 * np.arange(n) + 50
    return gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(x, y), crs=4549)


def content() -> MapContent:
    n = len(HOSTILE)
    facilities = {
        "facility_id": [f"F{i}" for i in range(n)],
        "name": list(HOSTILE),
        "type": ["日间照料中心"] * n,
        "services": ["day_care|nursery"] * n,
        "places": [20.0, np.nan, 5.0, 6.0, 7.0, 8.0],
        "status": ["现状"] * n,
    }
    sites = {
        "candidate_id": ["C1", "C1", "C2"],
        "service": ["day_care", "nursery", "nursery"],
        "places": [30, 20, 40],
        "floor_m2": [500.0, 400.0, 800.0],
        "land_m2": [np.nan, np.nan, 900.0],
        "cost_wan": [120.5, 80.0, np.nan],
        "because_zh": list(HOSTILE[:3]),
        "source_class": ["存量闲置用房"] * 3,
    }
    # Both services of C1 in one building.
    at = gpd.GeoSeries.from_xy(EAST + np.array([900, 900, 1500.0]), [NORTH + 400] * 3, crs=4549)
    street = shapely.LineString([(EAST, NORTH), (EAST + 900, NORTH + 900)])
    pond = shapely.Point(EAST + 700, NORTH + 700).buffer(90)
    return MapContent(
        title=HOSTILE[1],
        subtitle=HOSTILE[0],
        services=SERVICES,
        units=units(),
        findings=findings(),
        cells=grid(),
        facilities=points(facilities),
        sites=points(sites).set_geometry(at),
        basemap=gpd.GeoDataFrame(
            {"kind": ["road_major", "water"]}, geometry=[street, pond], crs=4549
        ),
        attribution=("© OpenStreetMap contributors (ODbL)",),
        notes=HOSTILE,
    )


def written(folder: Path, what: MapContent) -> str:
    path = folder / "map.html"
    write_map(path, what)
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("map") / "地图 map.html"
    write_map(path, content())
    return path


class Reader(HTMLParser):
    """What a browser sees: tags with attributes, and the text of each script and style."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.bodies: list[tuple[str, str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] in ("script", "style"):
            kind = "json" if self.tags[-1][1].get("type") else self.tags[-1][0]
            self.bodies.append((kind, data))


def payload(text: str) -> dict[str, Any]:
    found = re.search(r'id="map-content">(.*?)</script>', text, flags=re.DOTALL)
    assert found
    return json.loads(found[1])


# ---- without a browser ---------------------------------------------------------------------------


def test_nothing_beyond_the_file_is_referred_to(page: Path) -> None:
    seen = Reader(page.read_text(encoding="utf-8"))
    loading = {"src", "href", "srcset", "data", "poster", "action"}
    assert [t for t in seen.tags if loading & set(t[1])] == []
    for kind, body in seen.bodies:
        if kind == "style":
            assert "@import" not in body
            assert re.findall(r"url\((?!data:|#)[^)]*", body) == []
        if kind == "script":
            assert not re.search(r"\bfetch\(|XMLHttpRequest|sourceMappingURL", body)


def test_the_page_forbids_itself_to_load_and_lists_its_scripts(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    policy = next(
        t[1]["content"]
        for t in Reader(text).tags
        if "http-equiv" in t[1] and t[1]["http-equiv"] == "Content-Security-Policy"
    )
    assert policy is not None
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-inline" not in policy.split("script-src")[1].split(";")[0]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("map.css", "b { background: url(http://a.example/x.png) }"),
        ("map.css", "@import 'more.css';"),
        ("map.js", "fetch('tiles.json')"),
        ("leaflet.js", "//# sourceMappingURL=leaflet.js.map"),
    ],
)
def test_an_asset_that_would_ask_the_network_is_refused(
    name: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = page_maker._assets
    monkeypatch.setattr(page_maker, "_assets", lambda json_text: {**whole(json_text), name: text})
    with pytest.raises(OutsideReferenceError, match=r"map\.html"):
        write_map(tmp_path / "map.html", content())
    assert not (tmp_path / "map.html").exists()


@pytest.mark.parametrize("extra", ['<script src="jquery.js"></script>', '<img src="a.png">'])
def test_a_link_nobody_inlines_is_refused(extra: str) -> None:
    with pytest.raises(OutsideReferenceError):
        page_maker._inline(
            page_maker._skeleton("图").replace("<body>", f"<body>{extra}"), page_maker._assets("{}")
        )


def test_the_same_content_gives_the_same_bytes(page: Path, tmp_path: Path) -> None:
    assert written(tmp_path, content()) == page.read_text(encoding="utf-8")


def test_another_process_gives_the_same_bytes(page: Path, tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; sys.path.insert(0, sys.argv[1]); import test_map;"
        "test_map.write_map(pathlib.Path(sys.argv[2]), test_map.content())"
    )
    path = tmp_path / "again.html"
    subprocess.run(
        [sys.executable, "-c", code, str(ROOT / "tests"), str(path)],
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "5", "PYTHONPATH": str(ROOT)},
    )
    assert path.read_bytes() == page.read_bytes()


def test_hostile_text_stays_text(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    seen = Reader(text)
    assert [tag for tag, _ in seen.tags].count("img") == 0
    assert [tag for tag, _ in seen.tags].count(
        "script"
    ) == 5  # Leaflet, two of folium's, ours, data
    assert f"<title>{html.escape(HOSTILE[1])}</title>" in text
    body = payload(text)
    assert [f["name"] for f in body["facilities"]] == list(HOSTILE)
    raw = next(data for kind, data in seen.bodies if kind == "json")
    assert not set("<>&\u2028\u2029") & set(raw)


def test_our_script_never_writes_html() -> None:
    scripts = (ROOT / "planning/outputs/static").glob("*.js")
    script = "".join(path.read_text(encoding="utf-8") for path in scripts)
    for call in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert call not in script


def test_a_time_at_the_limit_is_within_and_just_above_is_not() -> None:
    minutes = np.array([15.0, 15.0000001, 15.04, 14.96, 0.0, np.nan, 1e9])
    codes = maps._minute_codes(minutes, 15.0)
    assert codes == [150, 151, 151, 150, 0, maps.UNREACHABLE, maps.UNREACHABLE - 1]


@pytest.mark.parametrize("limit", [15.0, 7.46, 4.04, 14.98, 15.15, 0.5, 30.0])
def test_codes_tell_every_whole_minute_and_the_limit_exactly(limit: float) -> None:
    minutes = np.concatenate([np.arange(0, 32, 0.01), [limit, limit + 1e-4, limit - 1e-4]])
    codes = np.array(maps._minute_codes(minutes, limit))
    for whole in range(1, 31):
        if whole != limit:
            np.testing.assert_array_equal(codes <= whole * 10, np.round(minutes, 7) <= whole)
    np.testing.assert_array_equal(codes <= maps._limit_code(limit), minutes <= limit)
    assert np.abs(codes / 10 - minutes).max() <= 0.2


def test_cells_keep_their_place_and_people(page: Path) -> None:
    cells = payload(page.read_text(encoding="utf-8"))
    table = grid()
    assert cells["cells"]["people"] == table["people"].tolist()
    assert cells["cells"]["count"] == [4] * len(table)
    west, south = cells["bounds"][:2]
    steps = np.array(cells["cells"]["step"]).reshape(-1, 4, 2)
    firsts = np.rint(np.array([west, south]) * 1e6) + np.cumsum(steps[:, 0], axis=0)
    corners = (
        firsts[:, None] + np.concatenate([0 * steps[:, :1], steps[:, 1:]], 1).cumsum(1)
    ) / 1e6
    true = table.to_crs(4326).geometry
    centre = shapely.get_coordinates(shapely.centroid(true.to_numpy()))
    np.testing.assert_allclose(corners.mean(axis=1), centre, atol=2e-6)


def test_irregular_and_empty_cells_are_drawn_simply_and_counted(tmp_path: Path) -> None:
    cells = grid()
    shapes = cells.geometry.to_numpy().copy()
    shapes[0] = shapely.Point(EAST, NORTH).buffer(60, quad_segs=30)
    shapes[1] = shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapes[1]])
    shapes[2] = shapely.Polygon()
    cells = cells.set_geometry(gpd.GeoSeries(shapes, crs=4549))
    drawn = payload(written(tmp_path, dataclasses.replace(content(), cells=cells)))["cells"]
    assert 3 <= drawn["count"][0] <= 12
    assert drawn["count"][1:4] == [4, 0, 4]
    assert len(drawn["people"]) == len(cells)


def test_holes_run_against_their_outline_so_that_overlapping_greens_are_filled(
    tmp_path: Path,
) -> None:
    hill = shapely.Point(EAST + 900, NORTH + 900).buffer(400)
    park = shapely.Point(EAST + 900, NORTH + 900).buffer(300)
    court = shapely.Polygon(park.exterior.coords, [hill.buffer(-300).exterior.coords])
    base = gpd.GeoDataFrame({"kind": ["green"] * 2}, geometry=[hill.reverse(), court], crs=4549)
    body = payload(written(tmp_path, dataclasses.replace(content(), basemap=base)))
    turns = []
    for steps in body["basemap"]["green"]["areas"]:
        ring = np.array(steps).reshape(-1, 2).cumsum(axis=0)
        turns.append(shapely.is_ccw(shapely.LinearRing(ring)))
    assert turns[0] == turns[1] != turns[2]


def test_every_fault_of_the_content_is_told_at_once() -> None:
    bad = grid().drop(columns="minutes_after_nursery").assign(people=-1.0)
    with pytest.raises(InputError) as caught:
        dataclasses.replace(content(), cells=bad, findings=findings().assign(verdict="ok"))
    assert len(caught.value.faults) == 3
    assert "minutes_after_nursery" in str(caught.value)


def test_without_sites_nothing_after_is_asked_for(tmp_path: Path) -> None:
    now = grid().drop(columns=[f"minutes_after_{s.key}" for s in SERVICES])
    sites = content().sites.iloc[:0]
    body = payload(written(tmp_path, dataclasses.replace(content(), cells=now, sites=sites)))
    assert body["states"] == ["now"]
    assert set(body["cells"]["minutes"]) == {"now:day_care", "now:nursery"}


# ---- in a browser --------------------------------------------------------------------------------


OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--virtual-time-budget=6000",
    "--window-size=1366,768",
    "--enable-logging=stderr",
    "--dump-dom",
)
LEAK = "<body><img src='http://leak.example/x.png' onerror='document.body.dataset.hacked=1'>"


def browser() -> str:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    if os.environ.get("PLANNING_REQUIRE_BROWSER") == "1":
        pytest.fail("PLANNING_REQUIRE_BROWSER=1, but no Chromium is on the path")
    pytest.skip("no Chromium on the path")


def opened(page: Path, view: str, folder: Path) -> tuple[str, str, list[str]]:
    """The document after its scripts, what the console said, every address asked for."""
    log = folder / "net.json"
    run = subprocess.run(
        [
            browser(),
            *OPTIONS,
            f"--log-net-log={log}",
            f"--user-data-dir={folder / 'profile'}",
            f"{page.as_uri()}#{view}",
        ],
        capture_output=True,
        check=True,
        timeout=120,
    )
    said = "\n".join(x for x in run.stderr.decode().splitlines() if "CONSOLE" in x)
    return run.stdout.decode(), said, requests_of_the_page(log)


def requests_of_the_page(log: Path) -> list[str]:
    """Addresses in Chromium's network log; its own errands start at `not an origin`."""
    events = [x for x in log.read_text(encoding="utf-8").splitlines() if '"initiator":"' in x]
    return [
        found[1]
        for event in events
        if '"initiator":"not an origin"' not in event
        and (found := re.search(r'"url":"([^"]+)"', event))
    ]


def figures(dom: str) -> dict[str, str]:
    body = next(attributes for tag, attributes in Reader(dom).tags if tag == "body")
    return {k.removeprefix("data-"): v or "" for k, v in body.items() if k.startswith("data-")}


@pytest.mark.parametrize(
    ("view", "column", "limit"),
    [
        ("", "minutes_now_day_care", 15),
        ("service=day_care&limit=9", "minutes_now_day_care", 9),
        ("service=nursery&state=after&lang=en", "minutes_after_nursery", 7.46),
    ],
)
def test_the_page_counts_as_the_tables_do(
    view: str, column: str, limit: float, page: Path, tmp_path: Path
) -> None:
    dom, said, asked = opened(page, view, tmp_path)
    shown, cells = figures(dom), grid()
    people, minutes = cells["people"], cells[column]
    assert said == ""
    assert asked == []
    assert shown["ready"] == "1"
    assert "hacked" not in shown
    assert int(shown["covered"]) == round(people[minutes <= limit].sum())
    assert int(shown["unreachable"]) == round(people[minutes.isna()].sum())
    assert int(shown["total"]) == round(people.sum())
    parts = [int(shown[key]) for key in ("covered", "beyond", "unreachable")]
    assert sum(parts) == int(shown["total"])
    assert f"{parts[0]:,}" in dom
    assert f"{people[minutes <= limit].sum() / people.sum():.1%}" in dom


def test_a_clause_is_shown_with_its_verdicts_and_hostile_names_as_text(
    page: Path, tmp_path: Path
) -> None:
    dom, said, _ = opened(page, "theme=clauses&unit=12", tmp_path)
    shown = figures(dom)
    assert said == ""
    assert (shown["met"], shown["not-met"], shown["not-assessable"]) == ("1", "0", "1")
    assert "hacked" not in shown
    card = dom[dom.index('class="card"') :]
    assert "无法评定" in card
    assert html.escape(HOSTILE[1], quote=False) in card


def test_residential_areas_are_a_level_and_shares_are_written_as_percentages(
    tmp_path: Path,
) -> None:
    area = units().iloc[[1]].assign(unit_id="R1", level="residential_area", name="谷仓苑")
    both = gpd.GeoDataFrame(pd.concat([units(), area], ignore_index=True), crs=4549)
    of_area = (
        findings()
        .iloc[[0]]
        .assign(unit_id="R1", level="residential_area", measured=0.0394, required=0.9, gap=0.8606)
    )
    table = pd.concat(
        [findings(), of_area.assign(unit="share", verdict="not_met")], ignore_index=True
    )
    path = tmp_path / "map.html"
    write_map(path, dataclasses.replace(content(), units=both, findings=table))
    dom, said, _ = opened(path, "theme=clauses&clause=N-1&level=residential_area&unit=R1", tmp_path)
    assert said == ""
    assert (figures(dom)["met"], figures(dom)["not-met"]) == ("0", "1")
    levels = re.findall(r'name="level"[^>]*><span title="([^"]+)"', dom)
    assert levels == ["街道", "居住区"]
    card = dom[dom.index('class="card"') :]
    assert all(text in card for text in ("谷仓苑", "3.9%", "90.0%", "86.1个百分点"))


def test_a_proposed_site_is_opened_with_each_of_its_services(page: Path, tmp_path: Path) -> None:
    dom, said, _ = opened(page, "site=C1", tmp_path)
    card = dom[dom.index('class="card"') :].partition("leaflet-popup-tip-container")[0]
    assert card.count("<table>") == 2
    assert said == ""
    assert "120.5 万元" in card
    assert "日间照料" in card
    assert "托育" in card
    assert html.escape(HOSTILE[0], quote=False) in card


def test_the_network_log_would_show_a_request_and_the_policy_stops_it(
    page: Path, tmp_path: Path
) -> None:
    guarded = page.read_text(encoding="utf-8").replace("<body>", LEAK, 1)
    bare = re.sub(r"<meta http-equiv=\"Content-Security[^>]*>", "", guarded)
    asked, hacked = {}, {}
    for name, text in {"guarded": guarded, "bare": bare}.items():
        folder = tmp_path / name
        folder.mkdir()
        (folder / "map.html").write_text(text, encoding="utf-8", newline="\n")
        dom, _, asked[name] = opened(folder / "map.html", "", folder)
        hacked[name] = "hacked" in figures(dom)
    assert asked == {"guarded": [], "bare": ["http://leak.example/x.png"]}
    assert hacked == {"guarded": False, "bare": True}
