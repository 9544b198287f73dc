"""Answers of the Overpass API as JSON: the same roads and base map as the OSM file of the data."""

from __future__ import annotations

import json
import zlib
from array import array
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from planning.errors import InputError, fail
from planning.inputs.roads.basemap import drawn_shapes, kind_of
from planning.inputs.roads.drawn_relations import DrawnRelation, drawn_areas, with_areas
from planning.inputs.roads.ways import Tags, Ways, known_tags, roads_of_ways
from planning.inputs.tables.packed_json import unpacked_json
from planning.network.roads import Floats, Roads

_NOWHERE = (np.nan, np.nan)
_Place = tuple[float, float]


def read_overpass(path: Path) -> tuple[Roads, gpd.GeoDataFrame]:
    """All ways tagged highway=* of an answer, and what else of it can be drawn (see `basemap`).

    Both forms are read: ways and nodes apart (``out body; >; out skel;``), and ways that carry
    their corners (``out geom;``). An answer that broke off is refused: it says so in a remark.
    """
    where = f"network: {path.name}"
    answer = _load(path, where)
    try:
        ways, shapes = _ways(answer["elements"])
    except (
        AttributeError, LookupError, OverflowError, TypeError, ValueError, shapely.GEOSException,
    ) as error:  # fmt: skip
        raise _no_answer(where, f"{type(error).__name__}: {error}") from None
    return roads_of_ways(ways, where=where), shapes


def _load(path: Path, where: str) -> dict[str, Any]:
    try:
        data = unpacked_json(path, where)
        answer = json.loads(data)
    except InputError:
        raise
    except (OSError, EOFError, ValueError, RecursionError, zlib.error) as error:
        raise _no_answer(where, str(error)) from None
    if not isinstance(answer, dict) or not isinstance(answer.get("elements"), list):
        raise _no_answer(where, "no list of elements")
    remark = answer.get("remark")
    if remark:
        raise fail(
            InputError,
            where,
            found=(f"不完整的应答（{remark}）", f"an answer that broke off ({remark})"),
            expected=("没有 remark 的完整应答", "a whole answer, without a remark"),
            to_do=(
                "缩小范围或加大 [timeout:…] 与 [maxsize:…] 后重新查询",
                "ask for a smaller area, or with a larger [timeout:…] and [maxsize:…]",
            ),
        )
    return answer


def _no_answer(where: str, why: str) -> Exception:
    return fail(
        InputError,
        where,
        found=(f"不是 Overpass 的 JSON 应答（{why}）", f"no JSON answer of Overpass ({why})"),
        expected=(
            "[out:json] 查询的应答，含 elements",
            "the answer to an [out:json] query, with its elements",
        ),
        to_do=("重新下载完整的应答", "download the whole answer again"),
    )


def _ways(elements: list[dict[str, Any]]) -> tuple[Ways, gpd.GeoDataFrame]:
    """Roads as arrays, and what is only drawn."""
    places = {e["id"]: (float(e["lon"]), float(e["lat"])) for e in _of_type(elements, "node")}
    tagged = ((e["id"], known_tags(e.get("tags", {}))) for e in _of_type(elements, "node"))
    node_tags = {node: tags for node, tags in tagged if tags}
    number: dict[Tags, int] = {}
    ids, of_tags, sizes, refs = array("q"), array("i"), array("q"), array("q")
    lonlat: list[_Place] = []
    kinds: list[str] = []
    shape_sizes, shape_lonlat = array("q"), list[_Place]()
    invented: dict[_Place, int] = {}
    for way in _of_type(elements, "way"):
        tags = way.get("tags", {})
        corners = _corners(way, places)
        if "highway" in tags:
            nodes = way.get("nodes") or [_invent(place, invented) for place in corners]
            ids.append(way["id"])
            of_tags.append(number.setdefault(known_tags(tags), len(number)))
            sizes.append(len(nodes))
            refs.extend(nodes)
            lonlat += corners
        elif kind := kind_of(tags.get):
            kinds.append(kind)
            shape_sizes.append(len(corners))
            shape_lonlat += corners
    degrees = _degrees(lonlat)
    ways = Ways(
        ids=np.array(ids, dtype=np.int64),
        tags=np.array(of_tags, dtype=np.int32),
        tag_sets=tuple(number),
        starts=np.cumsum([0, *sizes], dtype=np.int64),
        refs=np.array(refs, dtype=np.int64),
        lon=degrees[:, 0].copy(),
        lat=degrees[:, 1].copy(),
        node_tags=node_tags,
    )
    starts = np.cumsum([0, *shape_sizes], dtype=np.int64)
    shapes = drawn_shapes(kinds, starts, _degrees(shape_lonlat))
    return ways, with_areas(shapes, drawn_areas(_relations(elements, places)))


def _relations(
    elements: list[dict[str, Any]], places: Mapping[int, _Place]
) -> Iterator[DrawnRelation]:
    """Multipolygons that are drawn; their ways stand in the answer or, by ``out geom``, in them."""
    by_id = {way["id"]: way for way in _of_type(elements, "way")}
    for relation in _of_type(elements, "relation"):
        tags = relation.get("tags", {})
        kind = kind_of(tags.get) if tags.get("type") == "multipolygon" else None
        if kind is None:
            continue
        found = [
            _corners(member if "geometry" in member else by_id[member["ref"]], places)
            for member in relation.get("members", [])
            if member["type"] == "way" and ("geometry" in member or member["ref"] in by_id)
        ]
        yield DrawnRelation(kind=kind, ways=tuple(_degrees(corners) for corners in found))


def _of_type(elements: list[dict[str, Any]], kind: str) -> Iterator[dict[str, Any]]:
    return (element for element in elements if element["type"] == kind)


def _corners(way: Mapping[str, Any], places: Mapping[int, _Place]) -> list[_Place]:
    """Where the corners of a way are, as many as it has nodes; NaN where the answer lacks one."""
    nodes, shape = way.get("nodes"), way.get("geometry")
    if shape is None:
        return [places.get(node, _NOWHERE) for node in nodes or []]
    if nodes and len(nodes) != len(shape):
        raise ValueError(f"way {way['id']}: {len(nodes)} nodes, {len(shape)} corners")
    return [(float(c["lon"]), float(c["lat"])) if c else _NOWHERE for c in shape]


def _invent(place: _Place, invented: dict[_Place, int]) -> int:
    """A node id for ways that give only corners (``out tags geom;``): one for each place."""
    return invented.setdefault(place, -1 - len(invented))


def _degrees(places: list[_Place]) -> Floats:
    return np.array(places, dtype=np.float64).reshape(-1, 2)
