"""Places of OpenStreetMap as a register, from an OSM file or an answer of Overpass."""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import pandas as pd
import shapely
from osmium.filter import TagFilter
from osmium.osm import NODE, RELATION, WAY, Node, Way
from ruamel.yaml import YAML

from planning.errors import InputError
from planning.inputs.tables.osm_sizes import refuse_hostile_osm
from planning.inputs.tables.packed_json import unpacked_json
from planning.inputs.tables.sheet import Remark, Sheet, unreadable

PLACES_SUFFIXES = (".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.bz2")

_COLUMNS = ("编号", "名称", "类型", "状态", "托位数")
_NURSERY = "托育机构"
_EXAMPLES = 5
_FIRST = 2
_CORNERS_OF_A_RING = 4
_KINDS = {"node": 0, "way": 1, "relation": 2}

_NOT_CLOSED = ("未闭合或缺节点的线", "ways that are not closed, or lack nodes")
_RELATIONS = ("关系（relation）", "relations")
_INSIDE = ("位于同类场所之内的建筑", "buildings inside a place of the same type")
_UNTRANSLATED = ("没有对应类型的福利设施", "social facilities of no type we know")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Thing:
    """A tagged node, way or relation; `ring` are its corners where it is an area."""

    kind: str
    id: int
    tags: Mapping[str, str]
    ring: tuple[tuple[float, float], ...]

    @property
    def name(self) -> str:
        """Its id as OSM writes it."""
        return f"{self.kind}/{self.id}"


def read_osm_places(path: Path, key: str) -> Sheet:
    """All nodes and closed ways of an OSM file that `osm_tags.yaml` has a type for."""
    where = f"{key}: {path.name}"
    refuse_hostile_osm(path, where)
    try:
        things = list(_of_file(path))
    except (RuntimeError, osmium.InvalidLocationError, UnicodeDecodeError, ValueError) as error:
        raise unreadable(
            where,
            f"文件损坏或不是 OSM 数据：{error}",
            f"a damaged file or none of OSM: {error}",
            to_do=("重新下载或重新导出", "download or export it again"),
        ) from None
    return _sheet(things, where)


def read_overpass_places(path: Path, key: str) -> Sheet:
    """The same of an answer of Overpass (``out center;``, ``out geom;`` or with the nodes)."""
    where = f"{key}: {path.name}"
    answer = json_of(path, where)
    if answer.get("remark"):
        remark = answer["remark"]
        raise unreadable(
            where, f"不完整的应答：{remark}", f"an answer that broke off: {remark}",
            to_do=("缩小范围后重新查询", "ask for a smaller area"),
        )  # fmt: skip
    try:
        return _sheet(list(_of_answer(answer["elements"])), where)
    except InputError:
        raise
    except (
        AttributeError, LookupError, OverflowError, TypeError, ValueError, shapely.GEOSException,
    ) as error:  # fmt: skip
        why = f"{type(error).__name__}: {error}"
        raise unreadable(
            where, f"不是 Overpass 应答：{why}", f"no answer of Overpass: {why}"
        ) from None


def is_overpass(path: Path, where: str) -> bool:
    """Whether a JSON file is an answer of Overpass rather than GeoJSON."""
    answer = json_of(path, where)
    return isinstance(answer.get("elements"), list) and "type" not in answer


def json_of(path: Path, where: str) -> dict[str, Any]:
    """The object a JSON file holds, also where it is packed."""
    try:
        answer = json.loads(unpacked_json(path, where))
    except (OSError, EOFError, ValueError, RecursionError, zlib.error) as error:
        if isinstance(error, ValueError) and error.__class__.__module__.startswith("planning"):
            raise
        raise unreadable(where, f"不是完整的 JSON：{error}", f"no whole JSON: {error}") from None
    if not isinstance(answer, dict):
        raise unreadable(where, "不是 JSON 对象", "no JSON object")
    return answer


@cache
def osm_tags() -> dict[str, Any]:
    """The translation of tags, as its file has it."""
    text = (resources.files("planning.inputs.tables") / "osm_tags.yaml").read_text(encoding="utf-8")
    table: dict[str, Any] = YAML(typ="safe", pure=True).load(text)
    return table


def type_of(tags: Mapping[str, str]) -> str | None:
    """The type of a thing with such tags; None where the table has none."""
    for line in osm_tags()["types"]:
        fits = all(_has(tags, key, values) for key, values in line["tags"].items())
        if fits and not any(key in tags for key in line.get("without", ())):
            return str(line["type"])
    return None


def _has(tags: Mapping[str, str], key: str, values: Iterable[str]) -> bool:
    said = {word.strip() for word in tags.get(key, "").split(";")}
    return not said.isdisjoint(values)


def _of_interest() -> list[tuple[str, str]]:
    """Tags of which a thing has at least one."""
    lines = osm_tags()["types"]
    pairs = {(k, v) for line in lines for k, values in line["tags"].items() for v in values}
    return sorted(p for p in pairs if not p[0].endswith(":for"))


def _of_file(path: Path) -> Iterator[_Thing]:
    wanted = TagFilter(*_of_interest(), ("amenity", "social_facility"))
    file = osmium.FileProcessor(str(path), NODE | WAY | RELATION)
    for thing in file.with_locations().with_filter(wanted):
        tags = {tag.k: tag.v for tag in thing.tags}
        ring: tuple[tuple[float, float], ...] = ()
        kind = "relation"
        if isinstance(thing, Node):
            kind = "node"
            if thing.location.valid():
                ring = ((thing.location.lon, thing.location.lat),)
        elif isinstance(thing, Way):
            kind = "way"
            if thing.is_closed() and all(node.location.valid() for node in thing.nodes):
                ring = tuple((node.lon, node.lat) for node in thing.nodes)
        yield _Thing(kind=kind, id=thing.id, tags=tags, ring=ring)


def _of_answer(elements: list[dict[str, Any]]) -> Iterator[_Thing]:
    places = {e["id"]: (float(e["lon"]), float(e["lat"])) for e in elements if e["type"] == "node"}
    seen = set()
    for element in elements:
        tags, kind, number = element.get("tags"), element["type"], element["id"]
        if not tags or kind not in _KINDS or (kind, number) in seen:
            continue
        seen.add((kind, number))
        if not isinstance(number, int) or not all(isinstance(said, str) for said in tags.values()):
            raise TypeError(f"{kind} {number}: an id that is no number, or a tag that is no text")
        corners: list[tuple[float, float] | None] = []
        if kind == "node":
            corners = [places[number]]
        elif "geometry" in element:
            corners = [
                (float(c["lon"]), float(c["lat"])) if c else None for c in element["geometry"]
            ]
        elif "nodes" in element and all(node in places for node in element["nodes"]):
            corners = [places[node] for node in element["nodes"]]
        elif "center" in element:
            corners = [(float(element["center"]["lon"]), float(element["center"]["lat"]))]
        ring = tuple(c for c in corners if c is not None)
        is_open = len(ring) > 1 and ring[0] != ring[-1]
        whole = len(ring) == len(corners) and not is_open
        yield _Thing(kind=kind, id=number, tags=tags, ring=ring if whole else ())


def _sheet(things: list[_Thing], where: str) -> Sheet:
    """The register of all things that have a type and a place, nodes first, in the order of ids."""
    left: dict[Remark, list[str]] = {}
    found: list[tuple[_Thing, str, Any]] = []
    for thing in sorted(things, key=lambda t: (_KINDS[t.kind], t.id)):
        kind = type_of(thing.tags)
        if kind is None:
            if any(key in (*thing.tags, thing.tags.get("amenity")) for key in _suspects()):
                left.setdefault(_UNTRANSLATED, []).append(thing.name)
        elif thing.kind == "relation" and not thing.ring:
            left.setdefault(_RELATIONS, []).append(thing.name)
        elif not (shape := _shape(thing)):
            left.setdefault(_NOT_CLOSED, []).append(thing.name)
        else:
            found.append((thing, kind, shape))
    inside = _buildings_inside(found)
    if inside:
        left[_INSIDE] = [found[k][0].name for k in sorted(inside)]
    kept = [place for k, place in enumerate(found) if k not in inside]
    if not kept:
        raise unreadable(
            where, "没有一处设施", "not a single place",
            expected=("amenity、social_facility 等标签", "tags such as amenity, social_facility"),
            to_do=("检查范围与查询条件", "check the area and the query"),
        )  # fmt: skip
    points = np.array([shape.representative_point().coords[0] for _, _, shape in kept])
    return Sheet(
        rows=_rows([(thing, kind) for thing, kind, _ in kept]),
        numbers=np.arange(len(kept)) + _FIRST,
        lon=points[:, 0].copy(),
        lat=points[:, 1].copy(),
        remarks=(_counted(kind for _, kind, _ in kept), *_left_out(left)),
        is_ours=True,
    )


def _suspects() -> list[str]:
    listed: list[str] = osm_tags()["untranslated"]
    return listed


def _shape(thing: _Thing) -> Any:
    """Where a thing is: a point, or the area of a ring; None where it has no place."""
    if not thing.ring:
        return None
    if len(thing.ring) == 1:
        return shapely.Point(thing.ring[0])
    if len(thing.ring) < _CORNERS_OF_A_RING:
        return None
    area = shapely.make_valid(shapely.Polygon(thing.ring))
    return area if area.area > 0 else None


def _buildings_inside(found: list[tuple[_Thing, str, Any]]) -> set[int]:
    """Places that are only tagged as buildings, inside a place of the same type."""
    grounds = [
        k for k, (thing, _, shape) in enumerate(found) if "amenity" in thing.tags and shape.area
    ]
    tree = shapely.STRtree([found[k][2] for k in grounds])
    inside = set()
    for k, (thing, kind, shape) in enumerate(found):
        if "amenity" not in thing.tags and "social_facility" not in thing.tags:
            around = tree.query(shape.representative_point(), predicate="within")
            if any(found[grounds[at]][1] == kind for at in around):
                inside.add(k)
    return inside


def _rows(places: list[tuple[_Thing, str]]) -> pd.DataFrame:
    table = [
        (thing.name, _named(thing.tags), kind, _status(thing.tags), _places(thing.tags, kind))
        for thing, kind in places
    ]
    keys = sorted({k for line in osm_tags()["types"] for k in line["tags"]})
    rows = pd.DataFrame(table, columns=pd.Index(_COLUMNS, dtype=object), dtype=object)
    for key in keys:
        rows[key] = pd.Series([thing.tags.get(key, "") for thing, _ in places], dtype=object)
    return rows


def _named(tags: Mapping[str, str]) -> str:
    return next((tags[key].strip() for key in osm_tags()["name"] if tags.get(key)), "")


def _status(tags: Mapping[str, str]) -> str:
    closed = osm_tags()["closed"].items()
    return "关停" if any(_has(tags, key, values) for key, values in closed) else "运营"


def _places(tags: Mapping[str, str], kind: str) -> str:
    """Places of a nursery; "" where the tag says none or no number ("yes", "20-30")."""
    said = tags.get("capacity", "").strip()
    return said if kind == _NURSERY and said.isdecimal() else ""


def _counted(kinds: Iterable[str]) -> Remark:
    counts = Counter(kinds).most_common()
    listed = "、".join(f"{kind} {count}" for kind, count in counts)
    return f"OSM 设施：{listed}", f"places of OSM: {listed}"


def _left_out(left: Mapping[Remark, list[str]]) -> Iterator[Remark]:
    for (zh, en), names in left.items():
        listed = "、".join(names[:_EXAMPLES])
        yield (
            f"未列入 {len(names)} 个{zh}，如 {listed}",
            f"left out: {len(names)} {en}, such as {listed}",
        )
