"""Population counts by cell, of rasters, polygons or points, held against what is plausible."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import shapely

from planning.area import StudyArea
from planning.demand import PopulationCells
from planning.errors import Fault, InputError, fail, raise_all
from planning.inputs.population.age_cells import KEY, age_layout
from planning.inputs.population.densities import density_error, refuse_undeclared_density
from planning.inputs.population.point_table import is_point_table, read_points
from planning.inputs.population.raster_cells import read_raster_cells
from planning.inputs.population.vector_cells import read_vector_cells
from planning.provenance import Note
from planning.study import PopulationSpec, Study

_RASTERS = (".tif", ".tiff", ".asc", ".vrt", ".img")

_MOST_PER_KM2 = 20_000.0
"""Mean of the inhabited cells above which counts have to be confirmed by an official total.

A plausibility bound, not a policy number: persons per km² read as persons per 100 m cell come out a
hundredfold too high. Dense old towns lie above it too, so an official total settles the matter.
"""
_MEASURED_CELLS = 100_000
"""Of more cells than these some are measured for that mean, at equal distances."""
_FARTHEST_FROM_OFFICIAL = 2.0


def population_path(spec: PopulationSpec, paths: Mapping[str, Path]) -> Path:
    """The file that says where people live; that of the first age where there is no other."""
    return paths["population"] if spec.path else paths["population.by_age.0"]


def read_population(
    spec: PopulationSpec, paths: Mapping[str, Path], area: StudyArea
) -> tuple[PopulationCells, tuple[Note, ...]]:
    """Inhabited cells near the area in the metric CRS, and what had to be made of the source.

    `paths` are the study's files by their keys. Nobody is lost: the cells, and what they say lives
    elsewhere, add up to what was read of the source.
    """
    path = population_path(spec, paths)
    if is_point_table(path.name):
        refuse_undeclared_density(spec, path, {"column": spec.column or ""})
        cells, notes = read_points(spec, path, area.epsg)
        _check(spec, path, cells)
        return cells, notes
    has_residents = bool(spec.path)
    layout = age_layout(spec.by_age, has_residents=has_residents) if spec.by_age else None
    is_raster = path.suffix.lower() in _RASTERS
    _refuse_words_of_the_other_kind(spec, is_raster=is_raster)
    if is_raster:
        files = {given.path: paths[key] for key, given in spec.inputs().items()}
        cells, notes = read_raster_cells(spec, files, area, layout)
    else:
        cells, notes = read_vector_cells(spec, path, area.epsg, layout)
    _check(spec, path, cells)
    return cells, notes


def _refuse_words_of_the_other_kind(spec: PopulationSpec, *, is_raster: bool) -> None:
    """A raster has bands and polygons have columns; what would be passed over is refused."""
    word, right = ("column", "band") if is_raster else ("band", "column")
    said = [("population", spec), *((f"{KEY}.{at}", one) for at, one in enumerate(spec.by_age))]
    raise_all(
        InputError,
        [
            Fault(
                where=f"{key}.{word}",
                found=(f"“{getattr(given, word)}”", f"'{getattr(given, word)}'"),
                expected=(
                    f"{'栅格' if is_raster else '矢量图层'}的 {right}",
                    f"a {right} of the {'raster' if is_raster else 'layer of polygons'}",
                ),
                to_do=("改正研究文件", "mend the study file"),
            )
            for key, given in said
            if getattr(given, word) is not None
        ],
    )


def _check(spec: PopulationSpec, path: Path, cells: PopulationCells) -> None:
    people = float(np.sum(cells.people))
    if people + cells.elsewhere <= 0 and not cells.unread:
        raise fail(
            InputError,
            f"population: {path.name}",
            found=("没有一个人（全部为空或 0）", "nobody (all empty or 0)"),
            expected=("大于 0 的每格人数", "counts above 0"),
            to_do=("检查裁剪范围与 NoData", "check how it was clipped, and NoData"),
        )
    if not len(cells) or spec.official_total is not None:
        return
    some = cells.outline[:: 1 + len(cells) // _MEASURED_CELLS]
    area_km2 = float(np.mean(shapely.area(np.asarray(some)))) * len(cells) / 1e6
    density = people / area_km2
    if density > _MOST_PER_KM2:
        raise _too_dense(spec, path, density)


def check_total(study: Study, people: float, name: str) -> None:
    """Hold the people inside the area against the official total, within a factor of two."""
    official = study.population.official_total
    if official and not 1 / _FARTHEST_FROM_OFFICIAL < people / official < _FARTHEST_FROM_OFFICIAL:
        raise fail(
            InputError,
            f"population: {name}",
            found=(f"范围内合计 {people:,.0f} 人", f"{people:,.0f} people inside the area"),
            expected=(f"接近官方总数 {official:,.0f}", f"about the official {official:,.0f}"),
            to_do=(
                "检查是否为密度栅格、单位（unit）、范围或年份是否有误",
                "check whether it is a density raster, or of another unit, area or year",
            ),
        )


def _too_dense(spec: PopulationSpec, path: Path, density: float) -> Exception:
    if spec.unit == "persons":
        return density_error(
            path,
            f"按每格人数计，平均每平方公里 {density:,.0f} 人",
            f"read as counts they give {density:,.0f} persons/km² on average",
        )
    return fail(
        InputError,
        f"population: {path.name}",
        found=(
            f"按 {spec.unit} 计，平均每平方公里 {density:,.0f} 人",
            f"{density:,.0f} persons/km² on average, read as {spec.unit}",
        ),
        expected=(f"不超过 {_MOST_PER_KM2:,.0f}", f"{_MOST_PER_KM2:,.0f} at most"),
        to_do=(
            "检查 population.unit；若属实，在 population.official_total 写明官方总数",
            "check population.unit; if it is true, give population.official_total",
        ),
    )
