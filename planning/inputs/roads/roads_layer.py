"""Roads from vector layers, planned ones as a rule: the words of designers become OSM tags."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from planning.errors import Fault, InputError, fail, raise_all
from planning.inputs.roads.ways import OUTSIDE, like_the_one_before, whole_runs
from planning.inputs.vectors import check_columns, column, read_rows
from planning.network.roads import Flags, Floats, Longs, Roads, SetAside
from planning.projection import WGS84, transformer
from planning.provenance import Tell

DEFAULT_HIGHWAY = "residential"
"""What a road is where its layer does not say: a street open to everybody."""

NO_GEOMETRY = "lines without geometry"
NOT_NUMBERS = "lines with coordinates that are no numbers"
NO_LENGTH = "lines without length"

_EXAMPLES = 5

# Our fields and the columns they are looked for in; fclass is what Geofabrik calls highway.
_COLUMNS = {
    "highway": ["highway", "fclass", "道路等级", "道路类型"],
    "oneway": ["oneway", "单行", "单向通行"],
    "access": ["access", "通行"],
    "foot": ["foot", "步行"],
    "bridge": ["bridge", "桥梁"],
    "tunnel": ["tunnel", "隧道"],
    "layer": ["layer", "层位"],
}
# Classes of streets as Chinese plans name them (CJJ 37, GB/T 51328), then what Geofabrik adds.
_CLASSES = {
    "高速公路": "motorway", "快速路": "trunk", "主干路": "primary", "主干道": "primary",
    "次干路": "secondary", "次干道": "secondary", "支路": "tertiary", "街巷": "residential",
    "巷道": "residential", "小区路": "service", "步行街": "pedestrian", "人行道": "footway",
    "步道": "footway", "绿道": "path", "台阶": "steps", "梯道": "steps", "自行车道": "cycleway",
    "track_grade1": "track", "track_grade2": "track", "track_grade3": "track",
    "track_grade4": "track", "track_grade5": "track", "unknown": "road",
}  # fmt: skip
_YES_NO = {"是": "yes", "否": "no", "1": "yes", "0": "no", "true": "yes", "false": "no"}
# Geofabrik writes oneway as B, F, T (both, forward, backward), but bridge as T, F (true, false).
_WORDS: Mapping[str, Mapping[str, str]] = {
    "highway": _CLASSES,
    "oneway": {**_YES_NO, "双向": "no", "单向": "yes", "b": "no", "f": "yes", "t": "-1"},
    "access": _YES_NO,
    "foot": _YES_NO,
    "bridge": {**_YES_NO, "t": "yes", "f": "no"},
    "tunnel": {**_YES_NO, "t": "yes", "f": "no"},
    "layer": {},
}
_OWN_WORDS = {"oneway": r"yes|no|-1|reverse|reversible|alternating", "layer": r"-?\d+"}
_OSM_WORD = r"[a-z]+(_[a-z]+)*"


def read_roads_layer(
    path: Path,
    *,
    key: str = "network.planned_roads",
    layer: str | None = None,
    columns: Mapping[str, str] | None = None,
    tell: Tell,
) -> Roads:
    """Planned roads: the lines of a layer in any CRS, with tags from its columns.

    `columns` says under which name the layer keeps highway, oneway, access, foot, bridge, tunnel or
    layer; without it the usual names are looked for. A road of no class is `DEFAULT_HIGHWAY`. Lines
    meet where the end of one has exactly the coordinates of a corner of another: lines that merely
    cross do not meet, for one may be a bridge. Line ids are row numbers, the first row being 1.
    `key` is what the study calls the layer, for errors; what was guessed to read it is told.
    """
    where = f"{key}: {path.name}"
    chosen = dict(columns or {})
    check_columns(chosen, _COLUMNS, key)
    frame = _read(path, layer, key, tell)
    tags = _tags(frame, chosen, where)
    parts, row = shapely.get_parts(frame.geometry.to_numpy(), return_index=True)
    parts, row = parts[~shapely.is_empty(parts)], row[~shapely.is_empty(parts)]
    xy, part = shapely.get_coordinates(parts, return_index=True)
    lonlat = _degrees(xy, frame.crs)
    usable, aside = _usable(frame, xy, lonlat, part, row)
    kept, starts = whole_runs(part, usable[part], like_the_one_before(xy))
    if len(starts) == 1:
        raise fail(
            InputError,
            where,
            found=("没有一条可用的线", "not a single usable line"),
            expected=("道路的中心线", "centre lines of roads"),
            to_do=("检查图层名与导出过程", "check the layer's name and how it was exported"),
        )
    nodes = _shared(xy[kept], starts)
    _, first = np.unique(nodes, return_index=True)
    line_row = row[part[kept[starts[:-1]]]]
    return Roads.from_runs(
        lonlat[kept][first, 0],
        lonlat[kept][first, 1],
        [run.tolist() for run in np.split(nodes, starts[1:-1])],
        tags=[tags[k] for k in line_row],
        line_ids=(line_row + 1).tolist(),
        set_aside=aside,
    )


def _read(path: Path, layer: str | None, key: str, tell: Tell) -> gpd.GeoDataFrame:
    """The layer with its geometry as it stands; anything but lines is refused."""
    where = f"{key}: {path.name}"
    frame = read_rows(path, key, layer=layer, tell=tell)
    if not isinstance(frame, gpd.GeoDataFrame):
        raise _no_lines(where, "无", "none")
    kinds = sorted(set(frame.geometry.geom_type.dropna()) - {"LineString", "MultiLineString"})
    if kinds:
        raise _no_lines(where, "、".join(kinds), ", ".join(kinds))
    return frame


def _no_lines(where: str, zh: str, en: str) -> Exception:
    return fail(
        InputError,
        where,
        found=(f"几何类型 {zh}", f"geometry of type {en}"),
        expected=("线（LineString）", "lines"),
        to_do=("改用道路中心线图层", "give a layer of centre lines"),
    )


def _tags(frame: gpd.GeoDataFrame, chosen: dict[str, str], where: str) -> list[dict[str, str]]:
    """OSM tags of every row; all words that nobody understands are named at once."""
    tags: list[dict[str, str]] = [{} for _ in range(len(frame))]
    faults = []
    for field, names in _COLUMNS.items():
        values = column(frame, names, chosen.get(field), where=where, needed=False)
        words = [""] * len(frame) if values is None else [_word(value) for value in values]
        if field == "highway":
            words = [word or DEFAULT_HIGHWAY for word in words]
        translated = {word: _translated(field, word) for word in set(words)}
        unknown = sorted(word for word, meant in translated.items() if meant is None)
        if unknown and field == "layer" and field not in chosen:
            continue  # QGIS writes the names of layers it has merged into a column of this name
        if unknown:
            faults.append(_unknown_words(field, unknown, where))
        for row, word in enumerate(words):
            if word:
                tags[row][field] = translated[word] or ""
    raise_all(InputError, faults)
    return tags


def _word(value: Any) -> str:
    """A cell as a word, empty where the cell is."""
    if pd.isna(value):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip().lower()


def _translated(field: str, word: str) -> str | None:
    """The OSM value a word stands for; None if nobody knows."""
    known = _WORDS[field].get(word)
    if known is None and re.fullmatch(_OWN_WORDS.get(field, _OSM_WORD), word):
        return word
    return known if word else ""


def _unknown_words(field: str, words: list[str], where: str) -> Fault:
    listed = "、".join(words[:_EXAMPLES])
    meant = "、".join(_WORDS[field]) or "…-1、0、1…"
    return Fault(
        where=f"{where} {field}",
        found=(f"不认识的值 {listed}", f"unknown values {listed}"),
        expected=(f"OSM 的取值，或 {meant}", f"values of OSM, or {meant}"),
        to_do=(
            "改正该字段，或用 columns 指定另一字段",
            "mend the column, or name another under columns",
        ),
    )


def _degrees(xy: Floats, crs: Any) -> Floats:
    """Places in the layer's CRS as longitude and latitude, (p, 2)."""
    return np.column_stack(transformer(crs, WGS84).transform(xy[:, 0], xy[:, 1]))


def _usable(
    frame: gpd.GeoDataFrame, xy: Floats, lonlat: Floats, part: Longs, row: Longs
) -> tuple[Flags, tuple[SetAside, ...]]:
    """Which parts, shape (parts,), are lines with a place and a length, and what the others are."""
    count = len(row)
    bad = np.zeros(count, dtype=bool)
    bad[part[~np.isfinite(xy).all(axis=1)]] = True
    outside = np.zeros(count, dtype=bool)
    outside[part[~(np.abs(lonlat) <= (180.0, 90.0)).all(axis=1)]] = True
    outside &= ~bad
    moves = ~like_the_one_before(xy)
    moves[1:] &= part[1:] == part[:-1]
    moves[:1] = False
    still = np.ones(count, dtype=bool)
    still[part[moves]] = False
    still &= ~bad & ~outside
    empty = np.flatnonzero(frame.geometry.isna() | frame.geometry.is_empty)
    aside = (
        _left_out(NO_GEOMETRY, empty),
        _left_out(NOT_NUMBERS, row[bad]),
        _left_out(OUTSIDE, row[outside]),
        _left_out(NO_LENGTH, row[still]),
    )
    return ~(bad | outside | still), tuple(found for found in aside if found.count)


def _left_out(reason: str, rows: Longs) -> SetAside:
    names = tuple(f"line {row + 1}" for row in rows[:_EXAMPLES].tolist())
    return SetAside(reason=reason, count=len(rows), examples=names)


def _shared(xy: Floats, starts: Longs) -> npt.NDArray[np.int64]:
    """Node of every corner, (p,): one for all corners at a place where some line ends."""
    is_end = np.zeros(len(xy), dtype=bool)
    is_end[starts[:-1]] = is_end[starts[1:] - 1] = True
    _, place = np.unique(xy + 0.0, axis=0, return_inverse=True)
    has_end = np.zeros(len(xy), dtype=bool)
    has_end[place[is_end]] = True
    alone = ~has_end[place]
    name = np.where(alone, len(xy) + np.arange(len(xy)), place)
    _, nodes = np.unique(name, return_inverse=True)
    return np.asarray(nodes, dtype=np.int64)
