"""Which buildings house people, over how many storeys, and what was assumed of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from planning.area import Geometries, first_containing
from planning.demand import Buildings
from planning.errors import InputError, fail
from planning.inputs.population.footprints import (
    Footprints,
    each_once,
    figure,
    figures,
    read_footprints,
)
from planning.inputs.vocabulary import vocabulary
from planning.provenance import Note
from planning.study import BuildingsSpec

Floats = npt.NDArray[np.float64]

_KEY = "population.buildings"
_SHOWN = 8


def read_buildings(
    spec: BuildingsSpec, path: Path, *, epsg: int, land: Geometries
) -> tuple[Buildings, tuple[Note, ...]]:
    """The buildings that house people on some land [m], and what was left out or assumed.

    `path` is a layer of polygons, or OSM data with buildings. Refused are a file without a building
    on the land, and one in which nobody lives by the words of its uses.
    """
    where = f"{_KEY}: {path.name}"
    told: list[Note] = []
    found = read_footprints(spec, path, epsg, where, told.append)
    on_land = first_containing(land, *found.inside()) >= 0
    if not on_land.any():
        raise _elsewhere(where, len(on_land))
    elsewhere = int(np.sum(~on_land))
    found = found.take(on_land)
    at, uses = pd.factorize(found.use)
    is_home = np.array([_is_home(use, spec.residential) for use in uses], dtype=bool)[at]
    if not is_home.any():
        raise _no_homes(where, found.use)
    homes = each_once(found.take(is_home))
    notes = [
        *told,
        *_use_notes(homes, found.use[~is_home], spec.residential),
        *_left_out_notes(elsewhere, twice=int(is_home.sum()) - len(homes), empty=found.empty),
        *_storey_notes(homes),
        *_overlap_notes(homes),
    ]
    x_m, y_m = homes.inside()
    by_height = np.maximum(homes.height_m / figure("storey_m"), 1.0)
    buildings = Buildings(
        x_m=x_m,
        y_m=y_m,
        footprint=homes.footprint,
        storeys=np.where(np.isnan(homes.storeys), by_height, homes.storeys),
    )
    return buildings, tuple(notes)


def _is_home(use: str, own: Sequence[str]) -> bool:
    """Whether people may live in a building of a use; where nothing is said they may."""
    words, use = vocabulary()["building_use"], use.strip()
    if not use or use in own or use.lower() in (*words["homes"], *words["unsaid"]):
        return True
    denied = any(word in use for word in words["denied"])
    return not denied and any(word in use for word in words["within"])


# --- what is told ----------------------------------------------------------------------------


def _counted(words: Sequence[str]) -> str:
    """Words by falling number of rows, as 商业 312、办公 45."""
    counts = sorted(Counter(words).items(), key=lambda item: (-item[1], item[0]))
    more = " …" if len(counts) > _SHOWN else ""
    return "、".join(f"{word} {count}" for word, count in counts[:_SHOWN]) + more


def _use_notes(
    homes: Footprints, others: npt.NDArray[np.object_], own: Sequence[str]
) -> Iterator[Note]:
    nothing = ("", *vocabulary()["building_use"]["unsaid"])
    known = [use for use in homes.use.tolist() if use in own or use.lower() not in nothing]
    said, blank = _counted(known), len(homes) - len(known)
    yield Note(
        about=_KEY,
        zh=f"住人的建筑 {len(homes):,} 栋"
        + (f"：{said}" if said else "")
        + (f"；用途未注明 {blank:,} 栋，按住人计（假定）" if blank else ""),
        en=f"{len(homes):,} buildings house people"
        + (f": {said}" if said else "")
        + (f"; of {blank:,} the use is not said, assumed to be homes" if blank else ""),
    )
    if len(others):
        listed = _counted(others.tolist())
        yield Note(
            about=_KEY,
            zh=f"{len(others):,} 栋不住人：{listed}（如有住人的，列入 residential）",
            en=f"{len(others):,} house nobody: {listed} (name those that do under residential)",
        )


def _left_out_notes(elsewhere: int, *, twice: int, empty: int) -> Iterator[Note]:
    if elsewhere or twice or empty:
        yield Note(
            about=_KEY,
            zh=f"未采用：{elsewhere:,} 栋不在有人口的单元内，{twice:,} 栋重复绘制，"
            f"{empty:,} 个图形没有面积",
            en=f"left out: {elsewhere:,} on land without people, {twice:,} drawn twice, "
            f"{empty:,} shapes without area",
        )


def _storey_notes(layer: Footprints) -> Iterator[Note]:
    known = ~np.isnan(layer.storeys)
    by_height = int(np.sum(~known & ~np.isnan(layer.height_m)))
    unknown = len(known) - int(known.sum()) - by_height
    storey = figures()["storey_m"]
    zh, en = [f"{int(known.sum()):,} 栋有记录"], [f"{int(known.sum()):,} recorded"]
    if by_height:
        zh.append(f"{by_height:,} 栋按高度，每层 {storey['value']} 米（{storey['source_zh']}）")
        en.append(f"{by_height:,} by height, {storey['value']} m each ({storey['source_en']})")
    if unknown:
        zh.append(
            f"{unknown:,} 栋不详，取同一单元已知层数的中位数，都不详的单元只按占地面积（假定）"
        )
        en.append(
            f"{unknown:,} unknown, taken as the median of the known ones of their unit, or by "
            "footprint alone where none is (assumption)"
        )
    yield Note(about=_KEY, zh=f"层数：{'；'.join(zh)}", en=f"storeys: {'; '.join(en)}")
    absurd = layer.absurd[layer.absurd != ""]
    if len(absurd):
        listed = _counted(absurd.tolist())
        yield Note(
            about=_KEY,
            zh=f"{len(absurd):,} 栋的层数或高度不可信，不采用：{listed}",
            en=f"{len(absurd):,} numbers of storeys or heights cannot be and are not used: "
            f"{listed}",
        )


def _overlap_notes(layer: Footprints) -> Iterator[Note]:
    """Buildings drawn over others: podium and tower, or one thing twice."""
    point, under = shapely.STRtree(layer.footprint).query(
        shapely.points(*layer.inside()), predicate="intersects"
    )
    count = len(np.unique(point[point != under]))
    if count:
        yield Note(
            about=_KEY,
            zh=f"{count:,} 栋画在另一栋之上（裙房与塔楼，或重复绘制）：各自计入",
            en=f"{count:,} buildings are drawn over another (podium and tower, or one thing "
            "twice): each counts",
        )


# --- what is refused -------------------------------------------------------------------------


def _elsewhere(where: str, count: int) -> Exception:
    return fail(
        InputError,
        where,
        found=(
            f"{count:,} 栋建筑，没有一栋在有人口的单元内",
            f"{count:,} buildings, none of them on land that has people",
        ),
        expected=("研究范围内的建筑", "buildings inside the study area"),
        to_do=("检查建筑图层的坐标系与范围", "check the layer's CRS and extent"),
    )


def _no_homes(where: str, uses: npt.NDArray[np.object_]) -> Exception:
    listed = _counted(uses.tolist())
    return fail(
        InputError,
        where,
        found=(f"没有住人的建筑，用途为 {listed}", f"no building with homes; uses {listed}"),
        expected=("表示住人的用途，如 住宅、公寓", "uses that mean homes, such as apartments"),
        to_do=(
            "把表示住人的用途列入 population.buildings.residential，或用 columns.use 指明用途字段",
            "name the uses that mean homes under population.buildings.residential, or the column "
            "under columns.use",
        ),
    )
