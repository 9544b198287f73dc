"""What the page of the map carries: the tables as JSON that is inert inside HTML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from planning.errors import InputError, fail
from planning.outputs.inlining import inert_json
from planning.outputs.map.basemap import (
    drawn_basemap,
    polygons,
    rings,
    steps,
    tolerance_of,
    with_room_for_buildings,
)
from planning.outputs.map.maps import COLUMNS, MapContent, MapService
from planning.outputs.map.tianditu import CREDIT, tile_addresses

UNREACHABLE = 65_535
"""Code of a cell from which no facility can be reached."""
NO_FACILITY = 65_534
"""Code of a cell on the network while no such facility is open anywhere."""

_CELL_UNIT = 1e-6  # [degree] about 0.1 m: cells may be small residential areas
_MOST_VERTICES = 12  # of one drawn cell


def payload(content: MapContent) -> str:
    """The content as JSON that is inert inside HTML."""
    units, cells = content.units.to_crs(4326), content.cells.to_crs(4326)
    box = _bounds(units if len(units) else cells)
    base, said_of_base = with_room_for_buildings(content.basemap.to_crs(4326))
    data = {
        "title": content.title,
        "subtitle": content.subtitle,
        "of_year": content.of_year,
        "lang": content.lang,
        "borders": content.borders,
        "attribution": content.attribution,
        "notes": [*content.notes, *said_of_base],
        "bounds": [round(value, 6) for value in box],
        "states": content.states,
        "groups": [
            {"key": one.key, "label": one.label, "unit": one.counted_in, "edges": one.edges}
            for one in content.groups
        ],
        "services": [_service(service) for service in content.services],
        "cells": _cells(cells, content, box),
        "units": _units(units, content, box),
        "findings": _packed(content.findings, COLUMNS["findings"].split()),
        "facilities": _points(content, "facilities"),
        "sites": _points(content, "sites"),
        "basemap": drawn_basemap(base, box),
        "tiles": _tiles(content.tianditu_key),
    }
    return inert_json(data)


def _bounds(frame: gpd.GeoDataFrame) -> tuple[float, float, float, float]:
    west, south, east, north = (float(value) for value in frame.total_bounds)
    if not np.isfinite([west, south, east, north]).all():
        raise fail(
            InputError,
            "MapContent",
            found=("没有单元也没有人口格网", "neither units nor cells"),
            expected=("至少一个图形", "at least one geometry"),
            to_do=("检查研究范围", "check the study area"),
        )
    return west, south, east, north


def _service(service: MapService) -> dict[str, Any]:
    return {
        "key": service.key,
        "label": service.label_zh,
        "group": service.group,
        "limit": service.limit_min,
        "limitCode": limit_code(service.limit_min),
    }


def _tiles(key: str | None) -> dict[str, Any] | None:
    return None if key is None else {"addresses": tile_addresses(key), "credit": CREDIT}


# ---- minutes -------------------------------------------------------------------------------------


def limit_code(limit_min: float) -> int:
    """The last code [0.1 min] that is within the limit.

    A limit such as 4.04 min lies between two codes; its own code is then kept apart from that of
    4 min, so that the whole minutes of the slider and the limit are both told exactly.
    """
    tenths = round(limit_min * 10, 6)
    code = int(tenths)
    return code + 1 if code != tenths and code % 10 == 0 else code


def minute_codes(minutes: np.ndarray[Any, Any], limit_min: float) -> list[int]:
    """Minutes as integers [0.1 min] that fall on the true side of every whole minute and the limit.

    Rounded up, because within means <=: 15.04 min is beyond 15 and must not read as 15.0.
    """
    timed = np.isfinite(minutes)
    safe = np.where(timed, minutes, 0.0)
    codes = np.ceil(np.round(safe * 10, 6))
    last = limit_code(limit_min)
    codes = np.where(safe <= limit_min, np.minimum(codes, last), np.maximum(codes, last + 1))
    codes = np.where(timed, np.minimum(codes, NO_FACILITY - 1), NO_FACILITY)
    codes = np.where(np.isnan(minutes), UNREACHABLE, codes)
    return [int(code) for code in codes]


# ---- cells and units -----------------------------------------------------------------------------


def _cells(cells: gpd.GeoDataFrame, content: MapContent, box: Sequence[float]) -> dict[str, Any]:
    counts: list[int] = []
    moves: list[int] = []
    last = np.rint(np.array(box[:2]) / _CELL_UNIT).astype(np.int64)
    for corners in _corners(cells.geometry.to_numpy()):
        grid = np.rint(corners / _CELL_UNIT).astype(np.int64)
        counts.append(len(grid))
        if len(grid):
            moves += np.diff(grid, axis=0, prepend=last[None]).ravel().tolist()
            last = grid[0]
    minutes = {
        f"{state}:{service.key}": minute_codes(
            cells[f"minutes_{state}_{service.key}"].to_numpy(dtype=float, na_value=np.nan),
            service.limit_min,
        )
        for state in content.states
        for service in content.services
    }
    people = {one.key: _persons(cells[content.column_of(one.key)]) for one in content.groups}
    return {"count": counts, "step": moves, "people": people, "minutes": minutes}


def _persons(column: Iterable[Any]) -> list[int | float]:
    rounded = (round(float(value), 6) for value in column)
    return [int(value) if value.is_integer() else value for value in rounded]


def _corners(geometry: np.ndarray[Any, Any]) -> list[np.ndarray[Any, Any]]:
    """Corners of each cell as drawn [degree]; none for an empty cell, whose people still count."""
    largest = [_largest_part(shape) for shape in geometry]
    drawn = shapely.simplify(np.array(largest, dtype=object), _CELL_UNIT / 10)
    corners = []
    for shape in drawn:
        tolerance = np.sqrt(shape.area) / 50
        while shapely.get_num_coordinates(shape) - 1 > _MOST_VERTICES:
            shape, tolerance = shapely.simplify(shape, tolerance), tolerance * 2
        corners.append(shapely.get_coordinates(shape.exterior)[:-1])
    return corners


def _largest_part(shape: Any) -> Any:
    largest = max(polygons(shape), key=lambda part: part.area, default=shapely.Polygon())
    return shapely.Polygon(largest.exterior)


def _units(
    units: gpd.GeoDataFrame, content: MapContent, box: Sequence[float]
) -> list[dict[str, Any]]:
    people = units[[content.column_of(one.key) for one in content.groups]].to_numpy(dtype=float)
    inside = shapely.get_coordinates(units.geometry.representative_point().to_numpy())
    shapes = shapely.simplify(units.geometry.to_numpy(), tolerance_of(box))
    return [
        {
            "id": str(row.unit_id),
            "level": str(row.level),
            "name": str(row.name),
            "parent": _plain(row.parent_id),
            "people": [_plain(float(persons)) for persons in held],
            "at": [round(float(lon), 6), round(float(lat), 6)],
            "rings": [steps(ring, box) for ring in rings(shape)],
        }
        for row, held, (lon, lat), shape in zip(
            units[["unit_id", "level", "name", "parent_id"]].itertuples(index=False),
            people,
            inside,
            shapes,
            strict=True,
        )
    ]


# ---- tables --------------------------------------------------------------------------------------


def _packed(frame: pd.DataFrame, columns: Sequence[str]) -> dict[str, Any]:
    """A long table by columns: every text once in `words`, in the columns only its number."""
    number: dict[str, int] = {}
    packed: dict[str, list[Any]] = {}
    texts = []
    for name in columns:
        values = [_plain(value) for value in frame[name]]
        if any(isinstance(value, str) for value in values):
            texts.append(name)
            values = [
                None if value is None else number.setdefault(str(value), len(number))
                for value in values
            ]
        packed[name] = values
    return {"rows": len(frame), "words": list(number), "texts": texts, "columns": packed}


def _points(content: MapContent, table: str) -> list[dict[str, Any]]:
    frame = getattr(content, table).to_crs(4326)
    rows = _rows(frame, [name for name in COLUMNS[table].split() if name != "geometry"])
    for row, point in zip(rows, frame.geometry, strict=True):
        row["at"] = [round(float(point.x), 6), round(float(point.y), 6)]
    return rows


def _rows(frame: pd.DataFrame, columns: Sequence[str]) -> list[dict[str, Any]]:
    values = zip(*(frame[name] for name in columns), strict=True)
    return [{name: _plain(v) for name, v in zip(columns, row, strict=True)} for row in values]


def _plain(value: Any) -> str | int | float | None:
    """One table entry for JSON; absent stays absent."""
    if value is None or value is pd.NA or (isinstance(value, float) and not np.isfinite(value)):
        return None
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, int | str):
        return value
    return round(value, 6) if isinstance(value, float) else str(value)
