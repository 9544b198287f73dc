"""OSMnx GraphML: every edge becomes a line; both directions of a street are one street on foot."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import geopandas as gpd
import numpy as np
import shapely

from planning.errors import InputError, fail
from planning.network import RoadLines, is_private, is_walkable


def read_graphml(path: Path) -> tuple[RoadLines, gpd.GeoDataFrame]:
    """Walkable lines of an OSMnx graph in EPSG:4326, and its streets as a base map."""
    import osmnx  # takes 1.5 s to import, and only this format needs it

    try:
        graph = osmnx.load_graphml(path)
        nodes, edges = osmnx.graph_to_gdfs(graph)
    except (ParseError, KeyError, ValueError) as error:
        raise fail(
            InputError,
            f"network: {path.name}",
            found=(
                f"不是 OSMnx 写出的 GraphML（{error}）",
                f"no GraphML written by OSMnx ({error})",
            ),
            expected=("osmnx.save_graphml 的文件", "a file of osmnx.save_graphml"),
            to_do=("用 OSMnx 重新保存", "save it again with OSMnx"),
        ) from None
    if edges.crs.to_epsg() != 4326:
        raise fail(
            InputError,
            f"network: {path.name}",
            found=(f"坐标系 {edges.crs.to_string()}", f"CRS {edges.crs.to_string()}"),
            expected=("EPSG:4326 经纬度", "EPSG:4326, degrees"),
            to_do=("保存未投影的图", "save the graph before projecting it"),
        )
    edges = edges.reset_index()
    columns = [c for c in ("highway", "access", "foot", "motorroad") if c in edges.columns]
    tags = [_tags(row, columns) for row in edges[columns].to_dict("records")]
    walkable = np.array([is_walkable(t) for t in tags], dtype=bool)
    once = walkable & _first_of_both_directions(edges)
    lines = _lines(nodes, edges[once], [t for t, k in zip(tags, once, strict=True) if k])
    aside = (
        ("second direction of a street", int(np.sum(walkable & ~once))),
        ("ways not for walking", int(np.sum(~walkable))),
    )
    kinds = ["road_major" if "primary" in t.get("highway", "") else "road_minor" for t in tags]
    basemap = gpd.GeoDataFrame({"kind": kinds}, geometry=edges.geometry.to_numpy(), crs=4326)
    return RoadLines(**lines, set_aside=aside), basemap[once].reset_index(drop=True)


def _tags(row: dict[Any, Any], columns: list[str]) -> dict[str, str]:
    """OSM tags of an edge; a simplified edge of several ways is judged by the first."""
    found = {}
    for name in columns:
        value = row[name]
        value = value[0] if isinstance(value, list) else value
        if isinstance(value, str):
            found[name] = value
    return found


def _first_of_both_directions(edges: gpd.GeoDataFrame) -> np.ndarray:
    """Which rows are not the reverse of an earlier row."""
    seen: set[tuple[Any, ...]] = set()
    first = np.zeros(len(edges), dtype=bool)
    for i, (u, v, shape) in enumerate(
        zip(edges["u"], edges["v"], edges.geometry.to_numpy(), strict=True)
    ):
        corners = tuple(map(tuple, shapely.get_coordinates(shape)))
        key = min((u, v, corners), (v, u, corners[::-1]))
        first[i] = key not in seen
        seen.add(key)
    return first


def _lines(
    nodes: gpd.GeoDataFrame, edges: gpd.GeoDataFrame, tags: list[dict[str, str]]
) -> dict[str, Any]:
    index = {node: i for i, node in enumerate(nodes.index)}
    lonlat = [np.column_stack([nodes["x"].to_numpy(float), nodes["y"].to_numpy(float)])]
    count, runs = len(index), []
    for u, v, shape in zip(edges["u"], edges["v"], edges.geometry.to_numpy(), strict=True):
        inner = shapely.get_coordinates(shape)[1:-1]
        runs.append(np.r_[index[u], np.arange(count, count + len(inner)), index[v]])
        lonlat.append(inner)
        count += len(inner)
    corners = np.concatenate(lonlat)
    return {
        "lon": corners[:, 0].copy(),
        "lat": corners[:, 1].copy(),
        "nodes": np.concatenate(runs).astype(np.int32),
        "starts": np.cumsum([0, *map(len, runs)]).astype(np.int64),
        "private": np.array([is_private(t) for t in tags], dtype=bool),
    }
