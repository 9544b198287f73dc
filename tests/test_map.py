"""The map opens without a network, counts as the tables do, and runs nothing of the data."""

from __future__ import annotations

import csv
import dataclasses
import html
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from browser import Reader, open_page

from planning import workflow
from planning.errors import InputError
from planning.outputs.frames.results import findings_frame, plan_frame
from planning.outputs.inlining import OutsideReferenceError
from planning.outputs.map import page as page_maker
from planning.outputs.map.content import map_content
from planning.outputs.map.maps import MapContent, MapGroup, MapService, write_map
from planning.outputs.map.payload import NO_FACILITY, UNREACHABLE, limit_code, minute_codes

ROOT = Path(__file__).parents[1]
PEOPLE = {"day_care": "people_elderly", "nursery": "people"}
EAST, NORTH = 640_000.0, 3_455_000.0  # EPSG:4549 [m]: the cells are quads that lean against north
HOSTILE = (
    "<img src=x onerror=\"document.body.dataset.hacked='1'\">",
    "</script><script>document.body.dataset.hacked='1'</script>",
    "{{ 7 * 7 }}{% raw %}{# x #}",
    "'\"\\ & url(http://example.org/a.png) @import fetch(1)",
    "𠮷野家\u2028养老\u202e院",
    "六十个字的名称" * 9,
)
GROUPS = (
    MapGroup(key="total", label=("全体居民", "All residents"), edges=(9.0, 18.0, 30.0)),
    MapGroup(key="elderly", label=("60岁及以上", "60 and over"), edges=(2.5, 5.0)),
    MapGroup(key="families", label=("家庭", "Families"), counted_in=("户", "households")),
)
SERVICES = (
    MapService(
        key="day_care",
        label_zh="日间照料",
        group="elderly",
        limit_min=15,
    ),
    MapService(
        key="nursery",
        label_zh="托育",
        group="total",
        limit_min=7.46,
    ),
)


def grid(rows: int = 18, columns: int = 20) -> gpd.GeoDataFrame:
    """Cells of 100 m with people in sixteenths and minutes on both sides of the limits."""
    n = rows * columns
    x = EAST + 100.0 * (np.arange(n) % columns)
    y = NORTH + 100.0 * (np.arange(n) // columns)
    minutes = (np.arange(n) % 300) / 10
    minutes[5], minutes[6], minutes[7:9] = 15.0, 15.04, np.nan
    people = (np.arange(n) % 37) + 3 / 16
    table = {"people": people, "people_elderly": people / 4, "people_families": people / 2}
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
        "people": [6_500.5, 3_200.25, np.nan],
        "people_elderly": [1_600.0, 800.0, np.nan],
        "people_families": [3_250.0, 1_600.0, np.nan],
    }
    return gpd.GeoDataFrame(table, geometry=[whole, *half], crs=4549)


def findings() -> pd.DataFrame:
    common = {
        "article": "第五条",
        "clause_zh": HOSTILE[1],
        "clause_en": "Clause",
        "service": "nursery",
        "level": "street",
    }
    rows = [
        {"unit_id": "11", "verdict": "met", "measured": 4.5, "required": 4.5, "gap": 0.0},
        {"unit_id": "12", "verdict": "not_assessable", "measured": np.nan, "required": 4.5},
    ]
    table = pd.DataFrame([{"clause_id": "N-1", **common, **row} for row in rows])
    now = table.assign(unit="个/千人", because_zh=HOSTILE[0], because_en="so it is", state="now")
    after = now.assign(state="after", because_zh="规划两处")
    after.loc[1, ["verdict", "measured", "gap"]] = "met", 6.0, 0.0
    return pd.concat([now, after], ignore_index=True)


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
        "places": [20.0, 0.0, np.nan, 6.0, 7.0, 8.0],
        "floor_m2": [0.0, 850.0, 0.0, 0.0, 0.0, 0.0],
        "elder_land_m2": [0.0, 120.5, np.nan, 0.0, 0.0, 0.0],
        "status": ["现状"] * n,
    }
    sites = {
        "site": ["S001", "S001", "S002"],
        "candidate_id": ["C1", "C1", "C2"],
        "action": ["build", "build", "change"],
        "service": ["day_care", "nursery", "nursery"],
        "kind": ["日间照料中心", "托育点", HOSTILE[5]],
        "year": [2026, 2027, 2027],
        "unit_name": [HOSTILE[2], HOSTILE[2], HOSTILE[5]],
        "places": [30, 20, 40],
        "beds": [10, 0, 0],
        "floor_m2": [500.0, 400.0, 800.0],
        "land_m2": [np.nan, np.nan, 900.0],
        "cost_wan": [120.5, 80.0, np.nan],
        "because_zh": list(HOSTILE[:3]),
        "because_en": list(HOSTILE[:3]),
        "source_class": ["存量闲置用房"] * 3,
        "assumed": ["", "", "place|floor_m2"],
    }
    # Both services of C1 in one building.
    at = gpd.GeoSeries.from_xy(EAST + np.array([900, 900, 1500.0]), [NORTH + 400] * 3, crs=4549)
    street = shapely.LineString([(EAST, NORTH), (EAST + 900, NORTH + 900)])
    pond = shapely.Point(EAST + 700, NORTH + 700).buffer(90)
    return MapContent(
        title=HOSTILE[1],
        subtitle=(HOSTILE[0], f"in English: {HOSTILE[0]}"),
        of_year=(HOSTILE[2], f"in English: {HOSTILE[2]}"),
        groups=GROUPS,
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
        borders=(f"审图号：{HOSTILE[3]}", f"Map review number: {HOSTILE[3]}"),
        notes=tuple((text, f"in English: {text}") for text in HOSTILE),
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
        page_maker.inlined(
            page_maker._skeleton("图", "zh").replace("<body>", f"<body>{extra}"),
            page_maker._assets("{}"),
            page="map.html",
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
        env={
            **os.environ,
            "PYTHONHASHSEED": "5",
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "scripts")]),
        },
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
    minutes = np.array([15.0, 15.0000001, 15.04, 14.96, 0.0, np.nan, 1e9, np.inf])
    codes = minute_codes(minutes, 15.0)
    far = NO_FACILITY - 1
    assert codes == [150, 151, 151, 150, 0, UNREACHABLE, far, NO_FACILITY]


@pytest.mark.parametrize("limit", [15.0, 7.46, 4.04, 14.98, 15.15, 0.5, 30.0])
def test_codes_tell_every_whole_minute_and_the_limit_exactly(limit: float) -> None:
    minutes = np.concatenate([np.arange(0, 32, 0.01), [limit, limit + 1e-4, limit - 1e-4]])
    codes = np.array(minute_codes(minutes, limit))
    for whole in range(1, 31):
        if whole != limit:
            np.testing.assert_array_equal(codes <= whole * 10, np.round(minutes, 7) <= whole)
    np.testing.assert_array_equal(codes <= limit_code(limit), minutes <= limit)
    assert np.abs(codes / 10 - minutes).max() <= 0.2


def test_cells_keep_their_place_and_people(page: Path) -> None:
    cells = payload(page.read_text(encoding="utf-8"))
    table = grid()
    assert cells["cells"]["people"] == {
        "total": table["people"].tolist(),
        "elderly": table["people_elderly"].tolist(),
        "families": table["people_families"].tolist(),
    }
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
    assert len(drawn["people"]["total"]) == len(cells)


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
    bad = grid().drop(columns="minutes_after_nursery").assign(people=-1.0, people_families=np.nan)
    strange = findings().assign(verdict="ok", state="later")
    with pytest.raises(InputError) as caught:
        dataclasses.replace(content(), cells=bad, findings=strange)
    assert len(caught.value.faults) == 5
    for word in ("minutes_after_nursery", "people_families", "ok", "later"):
        assert word in str(caught.value)


def test_without_sites_nothing_after_is_asked_for(tmp_path: Path) -> None:
    now = grid().drop(columns=[f"minutes_after_{s.key}" for s in SERVICES])
    table = findings().query("state == 'now'")
    bare = dataclasses.replace(content(), cells=now, sites=content().sites.iloc[:0], findings=table)
    body = payload(written(tmp_path, bare))
    assert body["states"] == ["now"]
    assert set(body["cells"]["minutes"]) == {"now:day_care", "now:nursery"}


# ---- in a browser --------------------------------------------------------------------------------


LEAK = "<body><img src='http://leak.example/x.png' onerror='document.body.dataset.hacked=1'>"


@pytest.mark.parametrize(
    ("view", "state", "service", "limit"),
    [
        ("", "now", "day_care", 15),
        ("service=day_care&limit=9", "now", "day_care", 9),
        ("service=nursery&state=after&lang=en", "after", "nursery", 7.46),
        ("service=nursery&limit=99999", "now", "nursery", 99999),
    ],
)
def test_the_page_counts_as_the_tables_do(
    view: str, state: str, service: str, limit: float, page: Path
) -> None:
    seen, cells = open_page(page, view), grid()
    people, minutes = cells[PEOPLE[service]], cells[f"minutes_{state}_{service}"]
    shown = seen.dataset
    assert seen.console == []
    assert seen.requests == []
    assert shown["ready"] == "1"
    assert "hacked" not in shown
    assert int(shown["covered"]) == round(people[minutes <= limit].sum())
    assert int(shown["unreachable"]) == round(people[minutes.isna()].sum())
    assert int(shown["total"]) == round(people.sum())
    parts = [int(shown[key]) for key in ("covered", "beyond", "unreachable")]
    assert sum(parts) == int(shown["total"])
    assert f"{parts[0]:,}" in seen.dom
    assert f"{people[minutes <= limit].sum() / people.sum():.1%}" in seen.dom


def text_of(dom: str) -> str:
    """What stands on the page, tags left out."""
    return html.unescape(re.sub(r"<[^>]+>", "", re.sub(r"(?s)<(script|style).*?</\1>", "", dom)))


def card_of(dom: str) -> str:
    return dom[dom.index('class="card"') - 5 :].partition("leaflet-popup-tip-container")[0]


@pytest.fixture(scope="module")
def in_both(page: Path) -> tuple[str, str]:
    """The document in Chinese and in English."""
    return open_page(page).dom, open_page(page, "lang=en").dom


def test_the_headline_names_the_group_in_both_languages(in_both: tuple[str, str]) -> None:
    table = grid()
    people, minutes = table["people_elderly"], table["minutes_now_day_care"]
    within = people[minutes <= 15].sum()
    count, share, total = round(within), within / people.sum(), round(people.sum())
    zh, en = map(text_of, in_both)
    assert f"15 分钟内 60岁及以上 {count:,} 人（{share:.1%}）" in zh
    assert f"60岁及以上{total:,}" in zh
    assert f"Within 15 min 60 and over {count:,} people ({share:.1%})" in en
    assert f"60 and over{total:,}" in en


def test_notes_follow_the_language(in_both: tuple[str, str]) -> None:
    zh, en = in_both
    said = html.escape(HOSTILE[2])
    assert f"<li>{said}</li>" in zh
    assert f"<li>in English: {said}</li>" in en
    assert f"<li>{said}</li>" not in en


@pytest.mark.parametrize(
    ("state", "verdicts"), [("now", ("1", "0", "1")), ("after", ("2", "0", "0"))]
)
def test_a_clause_is_shown_with_its_verdicts_and_hostile_names_as_text(
    state: str, verdicts: tuple[str, str, str], page: Path
) -> None:
    seen = open_page(page, f"theme=clauses&unit=12&state={state}")
    shown = seen.dataset
    assert seen.console == []
    assert (shown["met"], shown["notMet"], shown["notAssessable"]) == verdicts
    assert "hacked" not in shown
    assert 'name="state"' in seen.dom
    card = card_of(seen.dom)
    assert html.escape(HOSTILE[1], quote=False) in card
    assert "无法评估 → 达标" in text_of(card)
    assert "— → 6" in text_of(card)
    assert "（规划后）：规划两处" in card


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
    seen = open_page(path, "theme=clauses&clause=N-1&level=residential_area&unit=R1")
    assert seen.console == []
    assert (seen.dataset["met"], seen.dataset["notMet"]) == ("0", "1")
    levels = re.findall(r'name="level"[^>]*><span title="([^"]+)"', seen.dom)
    assert levels == ["街道", "居住区"]
    card = card_of(seen.dom)
    assert all(text in card for text in ("谷仓苑", "3.9%", "90.0%", "86.1个百分点"))


def test_a_proposed_site_is_opened_with_each_of_its_services(page: Path) -> None:
    seen = open_page(page, "site=C1")
    card = card_of(seen.dom)
    assert card.count("<table>") == 2
    assert seen.console == []
    assert "120.5 万元" in card
    assert "日间照料" in card
    assert "托育" in card
    assert html.escape(HOSTILE[0], quote=False) in card


@pytest.mark.parametrize(
    ("facility", "told", "untold"),
    [
        ("F0", ["托位20"], ["建筑面积", "养老服务用地"]),
        ("F1", ["建筑面积850 m²", "养老服务用地120.5 m²"], ["托位", "未知"]),
        ("F2", ["托位未知", "养老服务用地未知"], ["托位0", "NaN", "null"]),
    ],
)
def test_a_facility_is_told_by_its_places_or_its_floor_and_what_is_unknown(
    facility: str, told: list[str], untold: list[str], page: Path
) -> None:
    seen = open_page(page, f"facility={facility}")
    card = text_of(card_of(seen.dom))
    assert [text for text in told if text not in card] == []
    assert [text for text in untold if text in card] == []


def test_the_network_log_would_show_a_request_and_the_policy_stops_it(
    page: Path, tmp_path: Path
) -> None:
    guarded = page.read_text(encoding="utf-8").replace("<body>", LEAK, 1)
    bare = re.sub(r"<meta http-equiv=\"Content-Security[^>]*>", "", guarded)
    asked, hacked = {}, {}
    for name, text in {"guarded": guarded, "bare": bare}.items():
        path = tmp_path / f"{name}.html"
        path.write_text(text, encoding="utf-8", newline="\n")
        seen = open_page(path)
        asked[name], hacked[name] = seen.requests, "hacked" in seen.dataset
    assert asked == {"guarded": [], "bare": ["http://leak.example/x.png"]}
    assert hacked == {"guarded": False, "bare": True}


# ---- in a browser, after a real run --------------------------------------------------------------


TOWN = ROOT / "tests/tiny_town"
PARTS = ("covered", "beyond", "unreachable", "total")


@pytest.fixture(scope="module")
def tiny_map(tmp_path_factory: pytest.TempPathFactory) -> Path:
    _, folder = workflow.run(TOWN / "study.yaml", out_dir=tmp_path_factory.mktemp("tiny"))
    return folder / "map.html"


@pytest.mark.parametrize(
    ("view", "by_hand"),
    [
        ("service=elder_care", (115, 50, 17, 182)),
        ("service=elder_care&state=after", (165, 0, 17, 182)),
        ("service=nursery", (560, 100, 68, 728)),
    ],
)
def test_the_map_of_the_tiny_town_counts_the_people_of_each_service(
    view: str, by_hand: tuple[int, int, int, int], tiny_map: Path
) -> None:
    seen = open_page(tiny_map, view)
    assert (seen.console, seen.requests) == ([], [])
    assert tuple(int(seen.dataset[part]) for part in PARTS) == by_hand


@pytest.mark.parametrize(
    ("clause", "level", "now", "after"),
    [
        ("2.1/nursery-built", "residential_area", ("1", "2"), ("2", "1")),
        ("2.1/elder-land", "street", ("1", "1"), ("2", "0")),
    ],
)
def test_the_clauses_of_the_tiny_town_follow_the_plan(
    clause: str, level: str, now: tuple[str, str], after: tuple[str, str], tiny_map: Path
) -> None:
    for state, by_hand in {"now": now, "after": after}.items():
        view = f"theme=clauses&clause=SC-2021-57/{clause}&level={level}&state={state}"
        shown = open_page(tiny_map, view).dataset
        assert shown["clause"] == f"SC-2021-57/{clause}"
        assert (shown["level"], shown["state"]) == (level, state)
        assert (shown["met"], shown["notMet"]) == by_hand


def test_only_what_is_asked_of_units_that_exist_is_drawn(tmp_path: Path) -> None:
    """No indicators, nothing without a unit or for other units, nothing of documents beside."""
    text = (TOWN / "study.yaml").read_text(encoding="utf-8")
    study = tmp_path / "study.yaml"
    study.write_text(text.replace("standards:\n", "standards:\n  beside: [GZ]\n"), encoding="utf-8")
    result, _ = workflow.run(study, data_dir=TOWN, until="assess", out_dir=tmp_path / "out")
    findings = findings_frame(result)
    assert {"SC", "GZ"} == set(findings["profile"])
    assert "indicator" in set(findings["role"])
    streets = gpd.GeoDataFrame({"kind": [], "name": []}, geometry=[], crs=result.town.area.epsg)
    drawn = map_content(result, findings, plan_frame(result), streets).findings
    assert set(drawn["profile"]) == {"SC"}
    clauses = drawn["clause_id"].str.removeprefix("SC-2021-57/")
    assert set(zip(clauses, drawn["unit_id"], strict=True)) == {
        ("1.0/nursery-rate-2025", "T"), ("1.0/nursing-bed-share", "T"),
        ("2.1/elder-land", "T"), ("2.1/elder-land", "W"), ("2.1/elder-land", "O"),
        ("2.1/elder-land#new-areas", "R2"), ("2.1/nursery-new", "R2"),
        ("2.1/nursery-built", "R1"), ("2.1/nursery-built", "R3"), ("2.1/nursery-built", "R4"),
        ("2.1/rural-three-tier", "T"),
        ("2.3/circle-15min", "T"), ("2.3/circle-15min", "W"), ("2.3/circle-15min", "O"),
        ("5.13/lottery-55", "T"),
    }  # fmt: skip


def test_where_no_such_facility_is_open_the_map_still_counts_as_the_coverage_table(
    tmp_path: Path,
) -> None:
    town = shutil.copytree(TOWN, tmp_path / "town")
    register = town / "facilities.csv"
    lines = register.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    kept = "".join(line for line in lines if not line.startswith("F2,"))
    register.write_text(kept, encoding="utf-8", newline="\n")
    _, folder = workflow.run(town / "study.yaml", until="assess", out_dir=tmp_path / "out")
    with (folder / "coverage.csv").open(encoding="utf-8-sig", newline="") as stream:
        wanted = ("now", "nursery", "15.0", "total", "area")
        keys = ("state", "service", "limit_min", "group", "level")
        (row,) = (r for r in csv.DictReader(stream) if tuple(r[k] for k in keys) == wanted)
    shown = open_page(folder / "map.html", "service=nursery").dataset
    counted = tuple(int(shown[part]) for part in PARTS)
    assert counted == (0, 700, 28, 728)
    table = (row[k] for k in ("covered", "unserved", "unreachable", "people"))
    assert counted == tuple(round(float(value)) for value in table)
