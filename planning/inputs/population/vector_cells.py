"""Inhabited cells of a layer of polygons: a column of all residents, others of each age."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pandas.api.types import is_numeric_dtype
from pyproj import CRS

from planning.demand import PopulationCells
from planning.errors import InputError, fail
from planning.inputs.population.age_cells import KEY, AgeLayout, parts_by_age
from planning.inputs.population.densities import M2_OF_UNIT, refuse_undeclared_density
from planning.inputs.population.ground_area import polygon_areas_m2
from planning.inputs.population.raster_band import refuse_impossible
from planning.inputs.tables.counts import counts_of, told_of
from planning.inputs.tables.sheet import cell_text
from planning.inputs.vectors import read_polygons
from planning.provenance import Note
from planning.study import PopulationSpec
from planning.units import per_of

Floats = npt.NDArray[np.float64]

_ROUNDING = 0.5
"""What rounding may add to the people of each age [persons]."""


def read_vector_cells(
    spec: PopulationSpec, path: Path, epsg: int, layout: AgeLayout | None
) -> tuple[PopulationCells, tuple[Note, ...]]:
    """Every polygon with people, in the metric CRS, and what was made of its ages."""
    told: list[Note] = []
    frame = read_polygons(path, "population", layer=spec.layer, tell=told.append)
    units = np.ones(len(frame))
    if spec.unit in M2_OF_UNIT:
        crs = CRS.from_user_input(frame.crs)
        units = polygon_areas_m2(frame.geometry.to_numpy(), crs) / M2_OF_UNIT[spec.unit]
    by_age = None if layout is None else _by_age(spec, frame, path, layout) * units
    if spec.path:
        name = spec.column or "population"
        people = _column(frame, name, path, "population.column") * units
        refuse_undeclared_density(spec, path, {"column": name})
    else:
        assert by_age is not None
        people = by_age.sum(axis=0)
    held = people > 0
    ages, notes = None, tuple[Note, ...]()
    if layout is not None and by_age is not None:
        _refuse_codes(path, by_age[:, held], people[held], n_columns=len(spec.by_age))
        ages, notes = parts_by_age(layout, by_age[:, held], people[held], name=path.name)
    shapes = frame.geometry.to_crs(epsg).to_numpy()[held]
    middle = shapely.point_on_surface(shapes)
    cells = PopulationCells(
        x_m=shapely.get_x(middle),
        y_m=shapely.get_y(middle),
        people=people[held],
        outline=shapes,
        ages=ages,
        blank=int(np.isnan(people).sum()),
    )
    headings = dict.fromkeys(
        name for name in (spec.column, *(e.column for e in spec.by_age)) if name
    )
    told += [Note(about="population", zh=zh, en=en) for h in headings for zh, en in told_of(h)]
    told += _twins(cells)
    return cells, (*told, *notes)


def _twins(cells: PopulationCells) -> Iterator[Note]:
    """Cells in one and the same place may be one, drawn or exported twice."""
    places = np.unique(np.column_stack([cells.x_m, cells.y_m]), axis=0)
    if many := len(cells) - len(places):
        yield Note(
            about="population",
            zh=f"{many:,} 格与别的格在同一位置，人数各自计入，请核对是否重复",
            en=f"{many:,} cells lie in the place of others and count as well: check for doubles",
        )


def _by_age(spec: PopulationSpec, frame: gpd.GeoDataFrame, path: Path, layout: AgeLayout) -> Floats:
    """People of each age told, shape (ages, n); NaN where a column is blank or says withheld."""
    by_age = np.zeros((len(layout.told), len(frame)))
    for number, (entry, at) in enumerate(zip(spec.by_age, layout.of_entry, strict=True)):
        key = f"{KEY}.{number}.column"
        if entry.column is None or entry.path not in ("", spec.path or spec.by_age[0].path):
            raise fail(
                InputError,
                f"{KEY}.{number}",
                found=(f"path “{entry.path}”，没有 column", f"path '{entry.path}' and no column")
                if entry.column is None
                else (f"另一个图层“{entry.path}”", f"another layer '{entry.path}'"),
                expected=("同一矢量图层的字段", "a column of the same layer of polygons"),
                to_do=("写明 column，不写 path", "give a column, and no path"),
            )
        by_age[at] += _column(frame, entry.column, path, key, absent=spec.absent_ages)
    return by_age


def _column(
    frame: gpd.GeoDataFrame, name: str, path: Path, key: str, absent: tuple[float, ...] = ()
) -> Floats:
    """Numbers of a column, shape (n,); NaN where it is blank or has one of the `absent` values."""
    if name not in frame.columns:
        raise fail(
            InputError,
            f"population: {path.name}",
            found=(
                f"字段 {list(map(str, frame.columns))}",
                f"columns {list(map(str, frame.columns))}",
            ),
            expected=(f"人数字段“{name}”", f"a column of persons '{name}'"),
            to_do=(f"在 {key} 中指明", f"name it in {key}"),
        )
    values = _numbers(frame[name], f"{key}: {name}")
    values[np.isin(values, absent)] = np.nan
    refuse_impossible(f"population: {path.name}", values)
    return values


def _numbers(column: pd.Series, where: str) -> Floats:
    """The counts of a column, of numbers or of text; NaN where it is blank."""
    per = per_of(str(column.name))
    if is_numeric_dtype(column) and per <= 1:
        numbers = column.to_numpy(dtype=np.float64, copy=True)
        return np.asarray(numbers / float(per))
    texts = [cell_text(value) for value in column]
    counts = counts_of(texts, heading=str(column.name))
    unread = [text for text, count in zip(texts, counts, strict=True) if text and np.isnan(count)]
    if unread:
        raise fail(
            InputError,
            where,
            found=(
                f"{len(unread)} 个不是数字的值（如“{unread[0]}”）",
                f"{len(unread)} values that are no numbers (such as '{unread[0]}')",
            ),
            expected=("每格人数", "persons per cell"),
            to_do=("清理该字段", "clean the column"),
        )
    return counts


def _refuse_codes(path: Path, by_age: Floats, people: Floats, *, n_columns: int) -> None:
    """In one table nobody has an age without being a resident; codes such as 99 look like that."""
    sums = by_age.sum(axis=0)
    over = np.flatnonzero(sums > people + _ROUNDING * n_columns)
    if len(over):
        first = over[0]
        values = ", ".join(f"{value:g}" for value in by_age[:, first])
        raise fail(
            InputError,
            f"{KEY}: {path.name}",
            found=(
                f"{len(over)} 格各年龄之和多于居民数（如 {people[first]:g} 人的格：{values}）",
                f"{len(over)} cells with more people by age than residents (one of "
                f"{people[first]:g}: {values})",
            ),
            expected=("各年龄之和不超过居民数", "ages that add up to the residents at most"),
            to_do=(
                "若某数值表示保密（如 99、-1），写明 population.absent_ages: [99]",
                "if a value means withheld (such as 99 or -1), say population.absent_ages: [99]",
            ),
        )
