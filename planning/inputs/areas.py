"""Planning units and boundaries from vector layers: where the study looks."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from planning.area import ATTRIBUTES, LEVELS, ResidentialAreas, StudyArea, UnitLevel
from planning.errors import Fault, InputError, fail, raise_all
from planning.inputs.made_units import made_level
from planning.inputs.residential.areas import read_residential
from planning.inputs.tables.sheet import cell_text
from planning.inputs.unit_attributes import Attributes, UnitRows, attributes_of, form_in_name
from planning.inputs.unit_remarks import attribute_notes, unit_notes
from planning.inputs.vectors import (
    check_columns,
    column,
    is_metric,
    metric_epsg,
    read_polygons,
)
from planning.inputs.vocabulary import column_words, meaning, words_of
from planning.provenance import Tell
from planning.study import Study


def read_area(study: Study, paths: dict[str, Path], *, new_since: date, tell: Tell) -> StudyArea:
    """The study area from units, a boundary, or a box, in the metric CRS of the study.

    Land granted or permitted from `new_since` on makes a residential area new. What had to be
    mended or assumed goes to `tell`.
    """
    spec = study.area
    if spec.units is not None:
        layer = spec.units.layer
        frame = read_polygons(paths["area.units"], "area.units", layer=layer, tell=tell)
        epsg = _epsg(study, frame)
        levels, attributes = _levels(frame.to_crs(epsg), spec.units.columns, "area.units")
        for note in (*attribute_notes(attributes), *unit_notes(levels)):
            tell(note)
        boundary = shapely.union_all(levels[0].geometry)
    else:
        if spec.boundary is not None:
            path = paths["area.boundary"]
            layer = spec.boundary.layer
            frame = read_polygons(path, "area.boundary", layer=layer, tell=tell)
        else:
            assert spec.box is not None
            frame = gpd.GeoDataFrame(geometry=[shapely.box(*spec.box)], crs=4326)
        epsg = _epsg(study, frame)
        boundary = shapely.union_all(frame.to_crs(epsg).geometry.to_numpy())
        levels = (_one_unit(study, boundary),)
    if spec.made_units is not None:
        seats = paths.get("area.made_units.seats")
        made = made_level(spec.made_units, levels, epsg=epsg, seats_path=seats, tell=tell)
        levels = (*levels, made)
    residential: ResidentialAreas | None = None
    if study.residential_areas is not None:
        residential = read_residential(
            study.residential_areas,
            paths["residential_areas"],
            epsg=epsg,
            boundary=boundary,
            levels=levels,
            new_since=new_since,
            tell=tell,
        )
    return StudyArea(
        name=study.title or study.name,
        epsg=epsg,
        boundary=boundary,
        levels=levels,
        residential=residential,
    )


def _epsg(study: Study, frame: gpd.GeoDataFrame) -> int:
    west, south, east, north = frame.to_crs(4326).total_bounds
    epsg = study.area.epsg or metric_epsg((west + east) / 2, (south + north) / 2)
    if not is_metric(epsg, (west + east) / 2, (south + north) / 2):
        raise fail(
            InputError,
            "area.epsg",
            found=(
                f"EPSG:{epsg}，不以米为单位，或在此处长度变形超过 0.2%",
                f"EPSG:{epsg}, not in metres, or stretched by over 0.2 % here",
            ),
            expected=("以米为单位的投影坐标系", "a projected CRS in metres"),
            to_do=("删去该键或改用如 4545", "leave the key out, or use one such as 4545"),
        )
    return epsg


def _one_unit(study: Study, boundary: shapely.Geometry) -> UnitLevel:
    geometry = np.empty(1, dtype=object)
    geometry[0] = boundary
    level, name = study.area.level, study.area.name or study.title or study.name
    return UnitLevel(
        level=level,
        ids=(study.name,),
        names=(name,),
        parent_ids=(None,),
        geometry=geometry,
        attributes={"form": (form_in_name(name, level),)},
    )


def _text(values: np.ndarray | None, n: int) -> tuple[str, ...]:
    if values is None:
        return ("",) * n
    return tuple("" if pd.isna(v) else cell_text(v) for v in values)


def _levels(
    frame: gpd.GeoDataFrame, columns: dict[str, str], key: str
) -> tuple[tuple[UnitLevel, ...], Attributes]:
    words, n = column_words("units"), len(frame)
    check_columns(columns, words, key)

    def said(name: str, *, needed: bool = False) -> np.ndarray | None:
        return column(frame, words[name], columns.get(name), where=key, needed=needed)

    ids = _text(said("id", needed=True), n)
    level = tuple(meaning("level", word) or word for word in _text(said("level", needed=True), n))
    parents, names = _text(said("parent"), n), _text(said("name"), n)
    _check_units(ids, level, parents, key)
    given = {name: _text(values, n) for name in ATTRIBUTES if (values := said(name)) is not None}
    rows = UnitRows(ids=ids, names=names, levels=level, parents=parents)
    attributes = attributes_of(rows, given)
    geometry = frame.geometry.to_numpy()
    found = []
    for level_name in [level_name for level_name in LEVELS if level_name in level]:
        at = sorted((i for i in range(n) if level[i] == level_name), key=lambda i: ids[i])
        found.append(
            UnitLevel(
                level=level_name,
                ids=tuple(ids[i] for i in at),
                names=tuple(names[i] or ids[i] for i in at),
                parent_ids=tuple(parents[i] or None for i in at),
                geometry=geometry[at],
                attributes={
                    name: tuple(values[i] for i in at) for name, values in attributes.values.items()
                },
            )
        )
    return tuple(found), attributes


def _check_units(
    ids: tuple[str, ...], level: tuple[str, ...], parent: tuple[str, ...], key: str
) -> None:
    faults = []
    seen: set[str] = set()
    level_of = dict(zip(ids, level, strict=True))
    for row, (unit, its_level, above) in enumerate(zip(ids, level, parent, strict=True), start=1):
        if not unit or unit in seen:
            faults.append(
                Fault(
                    where=f"{key} 第{row}行 row {row}",
                    found=(f"编号“{unit}”为空或重复", f"id '{unit}' empty or twice"),
                    expected=("每个单元一个唯一编号", "one id a unit"),
                    to_do=("改正编号", "mend the id"),
                )
            )
        seen.add(unit)
        if its_level not in LEVELS:
            faults.append(
                Fault(
                    where=f"{key} 第{row}行 row {row}",
                    found=(f"层级“{its_level}”", f"level '{its_level}'"),
                    expected=(f"以下之一：{words_of('level')}", f"one of {words_of('level')}"),
                    to_do=("改正层级", "mend the level"),
                )
            )
        if above and above not in ids:
            faults.append(
                Fault(
                    where=f"{key} 第{row}行 row {row}",
                    found=(f"上级“{above}”不在图层中", f"parent '{above}' is not in the layer"),
                    expected=("图层中已有的单元编号", "an id of the layer"),
                    to_do=("改正上级编号", "mend the parent"),
                )
            )
        elif above and not _is_above(level_of[above], its_level):
            faults.append(
                Fault(
                    where=f"{key} 第{row}行 row {row}",
                    found=(
                        f"上级“{above}”的层级 {level_of[above]} 不高于 {its_level}",
                        f"parent '{above}' of level {level_of[above]}, not above {its_level}",
                    ),
                    expected=("层级更高的单元", "a unit of a higher level"),
                    to_do=("改正上级编号", "mend the parent"),
                )
            )
    raise_all(InputError, faults)


def _is_above(level: str, other: str) -> bool:
    """Whether a level is above another; of words that are none nothing is said here."""
    known = level in LEVELS and other in LEVELS
    return not known or LEVELS.index(level) < LEVELS.index(other)


def check_residential(area: StudyArea, name: str) -> None:
    """Refuse residential areas that all lie elsewhere."""
    if area.residential is not None and not len(area.residential):
        raise fail(
            InputError,
            f"residential_areas: {name}",
            found=("没有一个居住区与研究范围相交", "no residential area that meets the study area"),
            expected=("研究范围内的居住区", "areas inside the study area"),
            to_do=("检查两者的坐标系", "check the CRS of both"),
        )
