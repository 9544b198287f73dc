"""What lies below the results: water, green and buildings of ways and of multipolygons."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from test_map import EAST, NORTH, content, payload, written

from planning.inputs.roads.basemap import basemap_of
from planning.inputs.roads.osm import read_osm
from planning.inputs.roads.overpass import read_overpass
from planning.outputs.map import basemap as map_basemap

# A lake of two ways, with an island that has a pond; a river of which the file lacks the far bank.
PLACES = {
    1: (121.0, 31.0), 2: (121.01, 31.0), 3: (121.01, 31.01), 4: (121.0, 31.01),
    5: (121.002, 31.002), 6: (121.008, 31.002), 7: (121.008, 31.008), 8: (121.002, 31.008),
    9: (121.004, 31.004), 10: (121.006, 31.004), 11: (121.006, 31.006),
    21: (121.02, 31.0), 22: (121.02, 31.01),
}  # fmt: skip
WAYS = {
    1: [1, 2, 3], 2: [3, 4, 1], 3: [5, 6, 7, 8, 5], 4: [9, 10, 11, 9], 5: [21, 22], 6: [1, 21],
}  # fmt: skip
LAKE = (("outer", 1), ("outer", 2), ("inner", 3), ("outer", 4))
RIVER = (("outer", 5), ("outer", 77))
RELATIONS = {
    1: ({"type": "multipolygon", "natural": "water"}, LAKE),
    2: ({"type": "multipolygon", "natural": "water"}, RIVER),
    3: ({"type": "multipolygon", "amenity": "school"}, LAKE),
    4: ({"type": "route", "natural": "water"}, LAKE),
}
TAGS = {6: {"highway": "primary"}}


def osm_text(*, relations_first: bool = False) -> str:
    def tagged(tags: dict[str, str]) -> str:
        return "".join(f'<tag k="{k}" v="{v}"/>' for k, v in tags.items())

    nodes = [f'<node id="{n}" lon="{x}" lat="{y}"/>' for n, (x, y) in PLACES.items()]
    ways = [
        f'<way id="{w}">{"".join(f"<nd ref={n!r}/>" for n in map(str, refs))}'
        f"{tagged(TAGS.get(w, {}))}</way>"
        for w, refs in WAYS.items()
    ]
    relations = [
        f'<relation id="{r}">'
        + "".join(f'<member type="way" ref="{w}" role="{role}"/>' for role, w in members)
        + f"{tagged(tags)}</relation>"
        for r, (tags, members) in RELATIONS.items()
    ]
    order = [relations, ways, nodes] if relations_first else [nodes, ways, relations]
    return "\n".join(['<osm version="0.6">', *(line for part in order for line in part), "</osm>"])


def overpass_text(*, with_corners: bool) -> str:
    def corners(way: int) -> list[dict[str, float]]:
        return [{"lon": PLACES[n][0], "lat": PLACES[n][1]} for n in WAYS[way]]

    relations = [
        {
            "type": "relation", "id": r, "tags": tags,
            "members": [
                {"type": "way", "ref": w, "role": role}
                | ({"geometry": corners(w)} if with_corners and w in WAYS else {})
                for role, w in members
            ],
        }
        for r, (tags, members) in RELATIONS.items()
    ]  # fmt: skip
    ways = [
        {"type": "way", "id": w, "nodes": refs, "tags": TAGS.get(w, {})}
        for w, refs in WAYS.items()
        if w == 6 or not with_corners
    ]
    nodes = [{"type": "node", "id": n, "lon": x, "lat": y} for n, (x, y) in PLACES.items()]
    return json.dumps({"elements": [*nodes, *ways, *relations]})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("town.osm", osm_text()),
        ("town.osm", osm_text(relations_first=True)),
        ("town.json", overpass_text(with_corners=False)),
        ("town.json", overpass_text(with_corners=True)),
    ],
    ids=["osm", "osm turned round", "overpass", "overpass with corners"],
)
def test_multipolygons_are_drawn_with_holes_and_islands(
    name: str, text: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    roads, shapes = read_overpass(path) if name.endswith(".json") else read_osm(path)
    drawn = basemap_of(roads, shapes)
    kinds = Counter(zip(drawn.kind, drawn.geometry.geom_type, strict=True))
    assert kinds == {
        ("road_major", "LineString"): 1,
        ("water", "Polygon"): 2,
        ("water", "LineString"): 1,
    }
    water = drawn.geometry[drawn.geometry.geom_type == "Polygon"]
    assert shapely.area(water.to_numpy()).sum() == pytest.approx(1e-4 - 3.6e-5 + 2e-6)
    assert not water.contains(shapely.Point(121.0025, 31.0025)).any()
    assert water.contains(shapely.Point(121.0055, 31.0045)).any()
    assert water.contains(shapely.Point(121.001, 31.001)).any()


def blocks(rows: int) -> gpd.GeoDataFrame:
    """Buildings that grow towards the east, and one pond."""
    k = np.arange(rows)
    x, y = EAST + 20.0 * (k % 90), NORTH + 20.0 * (k // 90)
    size = 8 + k % 90 / 10
    shapes = [*shapely.box(x, y, x + size, y + size), shapely.box(EAST, NORTH, EAST + 5, NORTH + 5)]
    return gpd.GeoDataFrame({"kind": ["building"] * rows + ["water"]}, geometry=shapes, crs=4549)


def test_only_as_many_buildings_as_the_page_has_room_for_and_the_page_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = payload(written(tmp_path, dataclasses.replace(content(), basemap=blocks(900))))
    assert len(whole["basemap"]["building"]["areas"]) == 900
    assert not [note for note in whole["notes"] if "栋建筑" in note[0]]
    monkeypatch.setattr(map_basemap, "MOST_BUILDING_CORNERS", 1_000)
    some = payload(written(tmp_path, dataclasses.replace(content(), basemap=blocks(900))))
    assert len(some["basemap"]["building"]["areas"]) == 200
    assert len(some["basemap"]["water"]["areas"]) == 1
    assert some["notes"][-1] == [
        "底图只画出最大的 200 栋建筑（共 900 栋），以免文件过大",
        "of 900 buildings the base map shows the 200 largest, to keep the file small",
    ]
    widths = [max(np.abs(ring[2::2])) for ring in some["basemap"]["building"]["areas"]]
    assert min(widths) >= 14
