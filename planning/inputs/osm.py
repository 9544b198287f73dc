"""OpenStreetMap files (PBF, XML), read by osmium in one pass: walkable lines and a base map."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import osmium
import shapely

from planning.errors import InputError, fail
from planning.network import RoadLines, is_private, is_walkable

_MAJOR = frozenset(
    ["motorway", "trunk", "primary", "secondary", "motorway_link", "trunk_link", "primary_link"]
)
_PATH = frozenset(
    ["footway", "path", "steps", "pedestrian", "cycleway", "track", "corridor", "bridleway"]
)
_GREEN = {
    "leisure": {"park", "garden", "pitch", "golf_course", "nature_reserve"},
    "landuse": {"grass", "forest", "recreation_ground", "meadow", "cemetery"},
    "natural": {"wood", "scrub", "grassland"},
}


@dataclass(slots=True)
class _Gathered:
    """What one pass over the file collects."""

    runs: list[list[int]] = field(default_factory=list)
    private: list[bool] = field(default_factory=list)
    places: dict[int, tuple[float, float]] = field(default_factory=dict)
    set_aside: Counter[str] = field(default_factory=Counter)
    kinds: list[str] = field(default_factory=list)
    shapes: list[shapely.Geometry] = field(default_factory=list)


def read_osm(path: Path) -> tuple[RoadLines, gpd.GeoDataFrame]:
    """Walkable lines of an OSM file, and its base map (kind, geometry; EPSG:4326).

    Ways whose nodes are partly missing (a clipped extract) are cut at the gaps and counted.
    """
    gathered = _Gathered()
    try:
        for way in osmium.FileProcessor(
            str(path), osmium.osm.NODE | osmium.osm.WAY
        ).with_locations():
            if isinstance(way, osmium.osm.Way):
                _take(way, gathered)
    except RuntimeError as error:
        raise fail(
            InputError,
            f"network: {path.name}",
            found=(
                f"文件损坏或不是 OSM 数据（{error}）",
                f"a damaged file or none of OSM ({error})",
            ),
            expected=(".osm.pbf 或 .osm 文件", "an .osm.pbf or .osm file"),
            to_do=("重新下载或重新导出", "download or export it again"),
        ) from None
    if not gathered.runs:
        raise fail(
            InputError,
            f"network: {path.name}",
            found=("没有可步行的道路", "no walkable way"),
            expected=("带 highway 标签的道路", "ways tagged highway=*"),
            to_do=("确认导出时包含道路与节点坐标", "export ways together with their nodes"),
        )
    basemap = gpd.GeoDataFrame({"kind": gathered.kinds}, geometry=gathered.shapes, crs=4326)
    return _road_lines(gathered), basemap


def _take(way: Any, gathered: _Gathered) -> None:
    tags = way.tags
    kind = _kind(tags)
    if kind is None and "highway" not in tags:
        return
    runs: list[list[int]] = [[]]
    for node in way.nodes:
        where = node.location
        if not where.valid():
            gathered.set_aside["nodes missing from the file"] += 1
            runs.append([])
            continue
        gathered.places[node.ref] = (where.lon, where.lat)
        if not runs[-1] or runs[-1][-1] != node.ref:
            runs[-1].append(node.ref)
    runs = [run for run in runs if len(run) > 1]
    if "highway" in tags:
        if is_walkable(tags):
            gathered.runs += runs
            gathered.private += [is_private(tags)] * len(runs)
        else:
            gathered.set_aside["ways not for walking"] += 1
    if kind is not None:
        _draw(kind, runs, gathered)


def _kind(tags: Any) -> str | None:
    """What a way is on the base map."""
    highway = tags.get("highway")
    if highway in _MAJOR:
        return "road_major"
    if highway in _PATH:
        return "path"
    if highway is not None:
        return "road_minor"
    if tags.get("natural") == "water" or tags.get("waterway") in ("river", "canal", "riverbank"):
        return "water"
    if any(tags.get(key) in values for key, values in _GREEN.items()):
        return "green"
    return "building" if "building" in tags else None


def _draw(kind: str, runs: list[list[int]], gathered: _Gathered) -> None:
    for run in runs:
        corners = [gathered.places[ref] for ref in run]
        is_ring = run[0] == run[-1] and len(run) > 3
        is_area = is_ring and kind in ("water", "green", "building")
        gathered.kinds.append(kind)
        gathered.shapes.append(shapely.Polygon(corners) if is_area else shapely.LineString(corners))


def _road_lines(gathered: _Gathered) -> RoadLines:
    refs = np.fromiter((ref for run in gathered.runs for ref in run), dtype=np.int64)
    ids, nodes = np.unique(refs, return_inverse=True)
    lonlat = np.array([gathered.places[int(ref)] for ref in ids])
    return RoadLines(
        lon=lonlat[:, 0].copy(),
        lat=lonlat[:, 1].copy(),
        nodes=nodes.astype(np.int32),
        starts=np.cumsum([0, *map(len, gathered.runs)]).astype(np.int64),
        private=np.array(gathered.private, dtype=bool),
        set_aside=tuple(sorted(gathered.set_aside.items())),
    )
