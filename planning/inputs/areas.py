"""Planning units, boundaries and residential areas from vector layers."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from planning.area import LEVELS, ResidentialAreas, StudyArea, UnitLevel
from planning.errors import Fault, InputError, fail, raise_all
from planning.inputs.made_units import made_level
from planning.inputs.vectors import (
    check_columns,
    column,
    is_metric,
    metric_epsg,
    read_polygons,
)
from planning.inputs.vocabulary import column_words, meaning
from planning.study import Study
from planning.units import whole_persons


def read_area(study: Study, paths: dict[str, Path]) -> StudyArea:
    """The study area from units, a boundary, or a box; in the metric CRS of the study."""
    spec = study.area
    if spec.units is not None:
        frame = read_polygons(paths["area.units"], "area.units", layer=spec.units.layer)
        epsg = _epsg(study, frame)
        levels = _levels(frame.to_crs(epsg), spec.units.columns, "area.units")
        boundary = shapely.union_all(levels[0].geometry)
    else:
        if spec.boundary is not None:
            path = paths["area.boundary"]
            frame = read_polygons(path, "area.boundary", layer=spec.boundary.layer)
        else:
            assert spec.box is not None
            frame = gpd.GeoDataFrame(geometry=[shapely.box(*spec.box)], crs=4326)
        epsg = _epsg(study, frame)
        boundary = shapely.union_all(frame.to_crs(epsg).geometry.to_numpy())
        levels = (_one_unit(study, boundary),)
    if spec.made_units is not None:
        seats = paths.get("area.made_units.seats")
        levels = (*levels, made_level(spec.made_units, levels, epsg=epsg, seats_path=seats))
    residential = None
    if study.residential_areas is not None:
        residential = _inside(_residential(study, paths["residential_areas"], epsg), boundary)
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
    return UnitLevel(
        level=study.area.level,
        ids=(study.name,),
        names=(study.area.name or study.title or study.name,),
        parent_ids=(None,),
        zones=("",),
        towns=("",),
        geometry=geometry,
    )


def _text(values: np.ndarray | None, n: int) -> tuple[str, ...]:
    if values is None:
        return ("",) * n
    return tuple("" if pd.isna(v) else str(v).strip() for v in values)


def _levels(frame: gpd.GeoDataFrame, columns: dict[str, str], key: str) -> tuple[UnitLevel, ...]:
    words, n = column_words("units"), len(frame)
    check_columns(columns, words, key)
    ids = _text(column(frame, words["id"], columns.get("id"), where=key), n)
    level = _text(column(frame, words["level"], columns.get("level"), where=key), n)
    rest = {
        name: _text(column(frame, words[name], columns.get(name), where=key, needed=False), n)
        for name in ("parent", "name", "zone", "town")
    }
    _check_units(ids, level, rest["parent"], key)
    geometry = frame.geometry.to_numpy()
    found = []
    for name in [name for name in LEVELS if name in level]:
        rows = sorted((i for i in range(n) if level[i] == name), key=lambda i: ids[i])
        found.append(
            UnitLevel(
                level=name,
                ids=tuple(ids[i] for i in rows),
                names=tuple(rest["name"][i] or ids[i] for i in rows),
                parent_ids=tuple(rest["parent"][i] or None for i in rows),
                zones=tuple(rest["zone"][i] for i in rows),
                towns=tuple(rest["town"][i] for i in rows),
                geometry=geometry[rows],
            )
        )
    return tuple(found)


def _check_units(
    ids: tuple[str, ...], level: tuple[str, ...], parent: tuple[str, ...], key: str
) -> None:
    faults = []
    seen: set[str] = set()
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
                    expected=(
                        f"以下之一：{'、'.join(LEVELS)}",
                        f"one of {', '.join(LEVELS)}",
                    ),
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
    raise_all(InputError, faults)


def _residential(study: Study, path: Path, epsg: int) -> ResidentialAreas:
    spec, key = study.residential_areas, "residential_areas"
    assert spec is not None
    frame = read_polygons(path, key, layer=spec.layer).to_crs(epsg)
    words, n = column_words("residential"), len(frame)
    check_columns(spec.columns, words, key)
    ids = _text(column(frame, words["id"], spec.columns.get("id"), where=key), n)
    names = _text(
        column(frame, words["name"], spec.columns.get("name"), where=key, needed=False), n
    )
    said = _text(column(frame, words["status"], spec.columns.get("status"), where=key), n)
    planned = column(
        frame, words["planned_people"], spec.columns.get("planned_people"), where=key, needed=False
    )
    year = column(
        frame, words["delivery_year"], spec.columns.get("delivery_year"), where=key, needed=False
    )
    status = [meaning("residential_status", word) for word in said]
    people = np.zeros(n) if planned is None else _numbers(planned)
    faults = []
    for i in range(n):
        where = f"{key} {ids[i]} 第{i + 1}行 row {i + 1}"
        if ids[i] in ids[:i] or not ids[i]:
            faults.append(
                Fault(
                    where=where,
                    found=("编号为空或重复", "an id that is empty or stands twice"),
                    expected=("唯一编号", "one id an area"),
                    to_do=("改正编号", "mend the id"),
                )
            )
        if status[i] is None:
            faults.append(
                Fault(
                    where=where,
                    found=(f"状态“{said[i]}”", f"status '{said[i]}'"),
                    expected=("planned/新建 或 built/已建成", "planned or built"),
                    to_do=("改正状态", "mend the status"),
                )
            )
        if status[i] == "new" and not 1 <= people[i] < np.inf:
            faults.append(
                Fault(
                    where=where,
                    found=("新建居住区没有规划人口", "a new area without planned people"),
                    expected=("不少于 1 人的规划人口", "at least one planned person"),
                    to_do=("补填 planned_people", "fill in planned_people"),
                )
            )
    raise_all(InputError, faults)
    order = sorted(range(n), key=lambda i: ids[i])
    years = np.full(n, -1.0) if year is None else _numbers(year)
    return ResidentialAreas(
        ids=tuple(ids[i] for i in order),
        names=tuple(names[i] or ids[i] for i in order),
        status=tuple("new" if status[i] == "new" else "built" for i in order),
        planned_people=np.array(
            [whole_persons(people[i]) if status[i] == "new" else 0 for i in order], dtype=np.int64
        ),
        delivery_year=np.nan_to_num(years, nan=-1)[order].astype(np.int32),
        geometry=frame.geometry.to_numpy()[order],
    )


def _inside(areas: ResidentialAreas, boundary: shapely.Geometry) -> ResidentialAreas:
    """The areas that meet the study area, unless none does; the others are counted."""
    meets = np.flatnonzero(shapely.intersects(boundary, areas.geometry))
    if not len(meets):
        return areas
    return ResidentialAreas(
        ids=tuple(areas.ids[i] for i in meets),
        names=tuple(areas.names[i] for i in meets),
        status=tuple(areas.status[i] for i in meets),
        planned_people=areas.planned_people[meets],
        delivery_year=areas.delivery_year[meets],
        geometry=areas.geometry[meets],
        elsewhere=len(areas) - len(meets),
    )


def _numbers(values: np.ndarray) -> npt.NDArray[np.float64]:
    """Numbers, NaN where there is none."""
    found = pd.to_numeric(pd.Series(values), errors="coerce")
    return found.to_numpy(dtype=np.float64, copy=True)


def check_residential(area: StudyArea, name: str) -> None:
    """Refuse residential areas that all lie elsewhere."""
    areas = area.residential
    if areas is not None and not shapely.intersects(area.boundary, areas.geometry).any():
        raise fail(
            InputError,
            f"residential_areas: {name}",
            found=("没有一个居住区与研究范围相交", "no residential area that meets the study area"),
            expected=("研究范围内的居住区", "areas inside the study area"),
            to_do=("检查两者的坐标系", "check the CRS of both"),
        )
