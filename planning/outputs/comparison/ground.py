"""Where the sides lie: units and borders as `result.gpkg` has them, and which are the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyogrio
import shapely

from planning.errors import InputError, fail
from planning.outputs.comparison.run_files import Run
from planning.outputs.comparison.sides import UnitKey

_UNITS, _RESIDENTIAL = "units_单元体检", "residential_居住区体检"
_FACILITIES = "facilities_现有设施"
_SAME = 0.999
"""Two shapes are one unit where this part of what either covers is covered by both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The shapes of a run's units and the places of its facilities [m, in EPSG:`epsg`].

    `names` are those of the layer; both empty where the folder has no `result.gpkg`.
    """

    epsg: int
    shapes: Mapping[UnitKey, Any]
    names: Mapping[UnitKey, str]
    facilities: npt.NDArray[np.float64]


def read_ground(run: Run) -> Ground:
    """The ground of a run. Raises InputError where its GeoPackage cannot be read."""
    path, epsg = run.folder / "result.gpkg", int(run.summary["epsg"])
    none = np.zeros((0, 2))
    if not path.is_file():
        return Ground(epsg=epsg, shapes={}, names={}, facilities=none)
    try:
        layers = {name for name, _ in pyogrio.list_layers(path)}
        shapes: dict[UnitKey, Any] = {}
        names: dict[UnitKey, str] = {}
        if _UNITS in layers:
            units = _layer(path, _UNITS, ["unit_id", "level", "name"])
            _add(shapes, names, units["level"], units["unit_id"], units["name"], units.geometry)
        if _RESIDENTIAL in layers:
            areas = _layer(path, _RESIDENTIAL, ["area_id", "name"])
            level = ["residential_area"] * len(areas)
            _add(shapes, names, level, areas["area_id"], areas["name"], areas.geometry)
        points = none
        if _FACILITIES in layers:
            points = shapely.get_coordinates(_layer(path, _FACILITIES, ["status"]).geometry)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, KeyError) as error:
        raise fail(
            InputError,
            str(path),
            found=(f"读不出图层（{error}）", f"layers that cannot be read ({error})"),
            expected=("planning run 写出的 result.gpkg", "a result.gpkg of `planning run`"),
            to_do=("重新运行该研究", "run the study again"),
        ) from None
    return Ground(epsg=epsg, shapes=shapes, names=names, facilities=points)


def _layer(path: Path, layer: str, columns: list[str]) -> gpd.GeoDataFrame:
    found: gpd.GeoDataFrame = gpd.read_file(path, layer=layer, columns=columns, engine="pyogrio")
    return found


def _add(
    shapes: dict[UnitKey, Any], names: dict[UnitKey, str], levels: Any, ids: Any, called: Any,
    geometry: Any,
) -> None:  # fmt: skip
    for level, unit_id, name, shape in zip(levels, ids, called, geometry, strict=True):
        if shape is not None and not shape.is_empty:
            shapes[str(level), str(unit_id)] = shape
            names[str(level), str(unit_id)] = str(name or unit_id)


def moved_units(grounds: Sequence[Ground]) -> frozenset[UnitKey]:
    """Units of one id whose borders are not the same on every ground that has them."""
    first, moved = grounds[0], set()
    for other in grounds[1:]:
        if other.epsg != first.epsg:
            continue
        for key in first.shapes.keys() & other.shapes.keys():
            if not _is_same(first.shapes[key], other.shapes[key]):
                moved.add(key)
    return frozenset(moved)


def _is_same(one: Any, other: Any) -> bool:
    if shapely.equals_exact(one, other, tolerance=0.01):
        return True
    both = shapely.intersection(one, other).area
    return bool(both >= _SAME * shapely.union(one, other).area)
