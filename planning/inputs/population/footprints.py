"""Layers of buildings as they are sent: footprints, and what their rows say of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from ruamel.yaml import YAML

from planning.area import Geometries, only_polygons
from planning.errors import InputError, fail
from planning.inputs.coordinates.datum import wgs84_from_bd09, wgs84_from_gcj02
from planning.inputs.population.osm_buildings import read_osm_buildings
from planning.inputs.roads.osm import OSM_SUFFIXES
from planning.inputs.tables.headings import stripped
from planning.inputs.tables.sheet import cell_text
from planning.inputs.vectors import check_columns, column, read_rows
from planning.inputs.vocabulary import column_words
from planning.projection import WGS84
from planning.provenance import Note, Tell
from planning.study import BuildingsSpec

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_KEY = "population.buildings"
_NUMBER = r"^\s*([+-]?\d+(?:\.\d+)?)\s*(?:层|楼|米|F|f|M|m)?\s*$"
"""A number as clerks write one: 6, 6层, 6F, 18.5米."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Footprints:
    """Footprints with an area and what their rows say, shape (n,).

    `storeys`, `height_m` are NaN where a row says nothing of use, `absurd` the values that cannot
    be; `empty` counts the shapes without an area.
    """

    footprint: Geometries
    storeys: Floats
    height_m: Floats
    use: npt.NDArray[np.object_]
    absurd: npt.NDArray[np.object_]
    empty: int

    def __len__(self) -> int:
        return len(self.footprint)

    def take(self, rows: Longs | Flags) -> Footprints:
        """Some of them."""
        return replace(
            self,
            footprint=self.footprint[rows],
            storeys=self.storeys[rows],
            height_m=self.height_m[rows],
            use=self.use[rows],
            absurd=self.absurd[rows],
        )

    def inside(self) -> tuple[Floats, Floats]:
        """A point in every footprint, as x and y [m]."""
        points = shapely.point_on_surface(self.footprint)
        return shapely.get_x(points), shapely.get_y(points)


def read_footprints(
    spec: BuildingsSpec, path: Path, epsg: int, where: str, tell: Tell
) -> Footprints:
    """Every footprint of a layer, or of OSM data, that has an area, in the metric CRS.

    Refused are files without polygons, and columns the study names but the file lacks.
    """
    words = column_words("buildings")
    check_columns(spec.columns, words, _KEY)
    if path.name.lower().endswith(OSM_SUFFIXES):
        frame = read_osm_buildings(path, where)
    else:
        frame = _flat(read_rows(path, _KEY, layer=spec.layer, tell=tell), where, tell)
    said = {
        field: _texts(column(frame, known, spec.columns.get(field), where=where, needed=False))
        for field, known in words.items()
    }
    footprint = _on_the_ground(frame, spec).to_crs(epsg).to_numpy()
    area_m2 = shapely.area(footprint)
    if not np.any(area_m2 > 0):
        raise _no_polygons(where, frame)
    storeys, odd_storeys = _numbers(said["storeys"], len(frame), most=figure("most_storeys"))
    height_m, odd_height = _numbers(said["height_m"], len(frame), most=figure("most_height_m"))
    nothing = np.full(len(frame), "", dtype=object)
    layer = Footprints(
        footprint=footprint,
        storeys=storeys,
        height_m=height_m,
        use=nothing if said["use"] is None else said["use"],
        absurd=np.where(odd_storeys != "", odd_storeys, odd_height),
        empty=int(np.sum(~(area_m2 > 0))),
    )
    return layer.take(area_m2 > 0)


def _flat(rows: gpd.GeoDataFrame | pd.DataFrame, where: str, tell: Tell) -> gpd.GeoDataFrame:
    """The rows with valid polygons; of half a million footprints some are always drawn badly."""
    if not isinstance(rows, gpd.GeoDataFrame):
        raise _no_polygons(where, gpd.GeoDataFrame(rows, geometry=[None] * len(rows)))
    shapes = rows.geometry.to_numpy().copy()
    bad = ~(shapely.is_valid(shapes) | shapely.is_missing(shapes))
    if bad.any():
        shapes[bad] = only_polygons(shapely.make_valid(shapes[bad]))
        tell(
            Note(
                about=_KEY,
                zh=f"{int(bad.sum())} 个自相交的轮廓已修正",
                en=f"{int(bad.sum())} footprints that crossed themselves were mended",
            )
        )
    return rows.set_geometry(gpd.GeoSeries(shapes, index=rows.index, crs=rows.crs))


def _on_the_ground(frame: gpd.GeoDataFrame, spec: BuildingsSpec) -> gpd.GeoSeries:
    """The flat footprints, put back where a map vendor has shifted them."""
    shapes = frame.geometry.force_2d()
    if spec.coords is None:
        return shapes
    back = {"gcj02": wgs84_from_gcj02, "bd09": wgs84_from_bd09}[spec.coords]
    shapes = shapes.to_crs(WGS84)
    return gpd.GeoSeries(
        shapely.transform(shapes.to_numpy(), lambda at: np.column_stack(back(at[:, 0], at[:, 1]))),
        crs=WGS84,
    )


def each_once(layer: Footprints) -> Footprints:
    """In an order that is not that of the rows; of footprints drawn twice the highest stays."""
    footprint = shapely.normalize(layer.footprint)
    _, drawn = np.unique(shapely.to_wkb(footprint), return_inverse=True)
    _, use = np.unique(layer.use.astype(str), return_inverse=True)
    at = shapely.get_coordinates(shapely.centroid(layer.footprint))
    says = -np.nan_to_num(layer.height_m), -np.nan_to_num(layer.storeys)
    order = np.lexsort((use, *says, drawn, at[:, 1], at[:, 0]))
    first = order[np.diff(drawn[order], prepend=-1) != 0]
    return replace(layer, footprint=footprint).take(first)


def _texts(values: np.ndarray | None) -> npt.NDArray[np.object_] | None:
    """A column as plain text, "" for nothing."""
    if values is None:
        return None
    at, different = pd.factorize(pd.Series(values).astype(object))
    # at = −1, for nothing, finds the last entry.
    return np.array([*(cell_text(stripped(value)) for value in different), ""], dtype=object)[at]


def _numbers(
    said: npt.NDArray[np.object_] | None, n: int, *, most: float
) -> tuple[Floats, npt.NDArray[np.object_]]:
    """Numbers from 1 to `most`, NaN for all else; and what is neither blank, nor 0, nor such."""
    if said is None:
        return np.full(n, np.nan), np.full(n, "", dtype=object)
    at, different = pd.factorize(said)
    plain = pd.Series(different, dtype=object).str.normalize("NFKC").str.extract(_NUMBER)[0]
    numbers = pd.to_numeric(plain, errors="coerce").to_numpy(dtype=np.float64, copy=True)
    blank = (different == "") | (numbers == 0)
    numbers[~((numbers >= 1) & (numbers <= most))] = np.nan
    return numbers[at], np.where(np.isnan(numbers) & ~blank, different, "")[at]


@cache
def figures() -> dict[str, dict[str, Any]]:
    """Every figure of ``buildings.yaml``: its value, and its source in both languages."""
    file = resources.files("planning.inputs.population") / "buildings.yaml"
    text = file.read_text(encoding="utf-8")
    found: dict[str, dict[str, Any]] = YAML(typ="safe", pure=True).load(text)
    return found


def figure(name: str) -> float:
    """The value of one figure."""
    return float(figures()[name]["value"])


def _no_polygons(where: str, frame: gpd.GeoDataFrame) -> Exception:
    kinds = "、".join(sorted(set(frame.geometry.geom_type.fillna("—"))))
    return fail(
        InputError,
        where,
        found=(f"没有面，几何类型 {kinds}", f"no polygon; geometry of type {kinds}"),
        expected=("建筑轮廓（面）", "footprints of buildings (polygons)"),
        to_do=("改用面图层", "give a layer of polygons"),
    )
