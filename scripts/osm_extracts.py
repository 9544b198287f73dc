"""Streets and boundaries of a rectangle from the Overpass API, as addresses and as files.

A boundary is what the volunteers of OpenStreetMap have drawn; it is never an official one.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import shapely

from planning.errors import InputError, fail
from planning.provenance import OSM_LICENCE

OVERPASS = "https://overpass-api.de/api/interpreter"
NOT_OFFICIAL = "非官方界线，仅作示意 not an official boundary"
_TIMEOUT_S = 180
_DRAWN = ("natural", "waterway", "leisure", "landuse")
_LARGEST_DEG2 = 0.25

Box = tuple[float, float, float, float]


def box_of(text: str) -> Box:
    """West, south, east, north [degrees]. Raises InputError where it is none, or too large."""
    try:
        west, south, east, north = map(float, text.split(","))
        ordered = -180 <= west < east <= 180 and -90 <= south < north <= 90
    except ValueError:
        ordered = False
    if not ordered or (east - west) * (north - south) > _LARGEST_DEG2:
        raise fail(
            InputError,
            f"--bbox {text}",
            found=("不是可用的范围", "no usable rectangle"),
            expected=(
                f"西,南,东,北（度），不超过 {_LARGEST_DEG2} 平方度",
                f"west,south,east,north in degrees, at most {_LARGEST_DEG2} square degrees",
            ),
            to_do=(
                "写如 121.46,31.19,121.51,31.25；更大的范围用 Geofabrik 的文件",
                "such as 121.46,31.19,121.51,31.25; for more take a file of Geofabrik",
            ),
        )
    return west, south, east, north


def streets_url(box: Box, *, server: str = OVERPASS) -> str:
    """Every way tagged highway, with water and green to draw below, of a rectangle."""
    west, south, east, north = box
    within = f"({south},{west},{north},{east})"
    ways = "".join(f"way[{key}]{within};" for key in ("highway", *_DRAWN))
    return _url(f"[out:json][timeout:{_TIMEOUT_S}];({ways});out body;>;out skel qt;", server)


def boundary_url(name: str, box: Box, *, server: str = OVERPASS) -> str:
    """The administrative relation of that name that touches a rectangle."""
    west, south, east, north = box
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return _url(
        f'[out:json][timeout:{_TIMEOUT_S}];relation["boundary"="administrative"]'
        f'["name"="{quoted}"]({south},{west},{north},{east});out geom;',
        server,
    )


def _url(query: str, server: str) -> str:
    return f"{server}?{urlencode({'data': query})}"


def answer_of(path: Path, *, where: str) -> tuple[dict[str, Any], str]:
    """The answer in a file and the day of its data; one that broke off is refused."""
    try:
        answer = json.loads(path.read_bytes())
        elements = answer["elements"]
        remark = answer.get("remark")
    except (ValueError, KeyError, TypeError, AttributeError):
        elements, remark = [], "no JSON answer"
    if remark or not elements:
        what = remark or "no element"
        raise fail(
            InputError,
            where,
            found=(f"应答不完整或为空（{what}）", f"an answer that broke off or is empty ({what})"),
            expected=("含 elements 的完整应答", "a whole answer with elements"),
            to_do=("核对名称与范围，或稍后再试", "see name and rectangle, or try again later"),
        )
    return answer, str(answer.get("osm3s", {}).get("timestamp_osm_base", ""))[:10]


def boundary_geojson(answer: dict[str, Any], *, where: str) -> str:
    """The one relation of an answer as GeoJSON text, its licence and its caution inside."""
    relations = [one for one in answer["elements"] if one.get("type") == "relation"]
    if len(relations) != 1:
        ids = ", ".join(str(one.get("id")) for one in relations) or "0"
        raise fail(
            InputError,
            where,
            found=(f"{len(relations)} 个同名界线（{ids}）", f"{len(relations)} relations ({ids})"),
            expected=("一个", "one"),
            to_do=("缩小 --bbox", "give a smaller --bbox"),
        )
    (relation,) = relations
    tags = relation.get("tags", {})
    feature = {
        "type": "Feature",
        "properties": {
            "name": tags.get("name", ""),
            "admin_level": tags.get("admin_level", ""),
            "osm_relation": relation["id"],
            "licence": OSM_LICENCE,
            "note": NOT_OFFICIAL,
        },
        "geometry": json.loads(shapely.to_geojson(_area_of(relation, where=where))),
    }
    collection = {"type": "FeatureCollection", "features": [feature]}
    return json.dumps(collection, ensure_ascii=False, indent=1) + "\n"


def _area_of(relation: dict[str, Any], *, where: str) -> shapely.Geometry:
    """The rings of a relation put together; one that does not close is refused."""
    outer = _polygons(relation, ("outer", ""))
    if outer is None or outer.is_empty:
        raise fail(
            InputError,
            where,
            found=(f"界线 {relation.get('id')} 不闭合", f"relation {relation.get('id')} is open"),
            expected=("闭合的界线", "a closed boundary"),
            to_do=("在 OpenStreetMap 核对，或自备界线", "see OpenStreetMap, or bring a boundary"),
        )
    inner = _polygons(relation, ("inner",))
    return outer if inner is None else outer.difference(inner)


def _polygons(relation: dict[str, Any], roles: tuple[str, ...]) -> shapely.Geometry | None:
    """What the ways of some roles enclose; None where there are none, empty where one is open."""
    lines = [
        shapely.LineString([(at["lon"], at["lat"]) for at in member["geometry"]])
        for member in relation.get("members", ())
        if member.get("type") == "way" and member.get("role", "") in roles
        if len(member.get("geometry") or ()) > 1 and None not in member["geometry"]
    ]
    if not lines:
        return None
    polygons, cuts, dangles, invalid = shapely.polygonize_full(lines)
    if any(len(shapely.get_parts(rest)) for rest in (cuts, dangles, invalid)):
        return shapely.Polygon()
    return shapely.union_all(shapely.get_parts(polygons))


def file_name(name: str) -> str:
    """A name as it may stand in a file name and in a key. Raises InputError where it may not."""
    if re.fullmatch(r"\w[\w-]{0,59}", name):
        return name
    raise fail(
        InputError,
        name,
        found=("不能用作文件名的名称", "a name that is no file name"),
        expected=("汉字、字母、数字与“-”，至多60个", "letters, digits and '-', at most 60"),
        to_do=("换一个名称", "give another name"),
    )
