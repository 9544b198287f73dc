"""Where the people of large cells and of units are put, and by what: what a study says of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import shapely

from planning.access import SPACING_M, Kind, Spread, spread_over_land
from planning.area import StudyArea, first_containing, only_polygons
from planning.demand import Buildings, PopulationCells
from planning.inputs.population.buildings import read_buildings
from planning.network import StreetNetwork
from planning.provenance import Note
from planning.study import PopulationSpec

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_KEY = "population"
_WIDE_M = 500.0
"""Cells so wide on average [m] that one point for each is worth a remark: from their rim to their
middle it is more than a quarter of a walk of 15 minutes."""

_LOOKED_AT = 1000
"""So many cells, spread over all of them, tell how wide they are."""

_NONE = 1e-6
"""Less of a cell than this is what rounding leaves along the boundary."""

_BY = {
    "buildings": ("建筑面积", "floor area", "平方米", "m²"),
    "streets": (
        "街道长度（假定次干路及以下沿街住人，桥、隧道、大路、人行道不住人；站在街上，家门到街的路未计）",
        "length of streets (assumed: homes along all up to secondary roads, none on bridges, in "
        "tunnels, along larger roads and footways; the way from door to street is left out)",
        "米",
        "m",
    ),
    "area": ("用地面积（没有更多依据，假定均匀）", "land (nothing more is known)", "平方米", "m²"),
}


def placed(
    spec: PopulationSpec,
    cells: PopulationCells,
    area: StudyArea,
    network: StreetNetwork,
    buildings_path: Path | None,
) -> tuple[PopulationCells, tuple[Note, ...]]:
    """The cells as they are, or their people at points, as the study asks; and what is to tell.

    Totals of units are always spread, over streets where the study does not say over what. Only
    the people of the area are: of a cell that its boundary cuts as large a part as of its land.
    """
    kinds = _kinds(spec)
    if not kinds:
        return cells, tuple(_wide_note(cells))
    cells = replace(cells, outline=np.asarray(cells.outline))
    cells, inside, notes = _cut(cells, area)
    buildings: Buildings | None = None
    if spec.buildings is not None and buildings_path is not None and inside.any():
        buildings, told = read_buildings(
            spec.buildings, buildings_path, epsg=area.epsg, land=np.asarray(cells.outline[inside])
        )
        notes += told
    spread = spread_over_land(
        cells,
        network,
        wanted=inside,
        kinds=kinds,
        buildings=buildings,
        spacing_m=spec.spread_m or SPACING_M,
    )
    return spread.cells, (*notes, *_how_notes(spec, cells, area, inside, spread))


def spreads(spec: PopulationSpec) -> bool:
    """Whether people are put anywhere else than at the centre of their cell."""
    return bool(_kinds(spec))


def _cut(
    cells: PopulationCells, area: StudyArea
) -> tuple[PopulationCells, Flags, tuple[Note, ...]]:
    """The cells cut at the boundary by their land, which of the pieces lie inside, and a word.

    By land and not by streets or buildings, which as a rule are given for the inside alone.
    """
    shapely.prepare(area.boundary)
    meets = np.asarray(shapely.intersects(area.boundary, cells.outline), dtype=bool)
    share = meets.astype(np.float64)
    rim = np.flatnonzero(meets & ~shapely.covers(area.boundary, cells.outline))
    inner = only_polygons(shapely.intersection(cells.outline[rim], area.boundary))
    share[rim] = shapely.area(inner) / shapely.area(cells.outline[rim])
    share[share < _NONE], share[share > 1 - _NONE] = 0.0, 1.0
    crosses = (share > 0) & (share < 1)
    is_cut = crosses[rim]
    cut, inner = rim[is_cut], inner[is_cut]
    if not len(cut):
        return cells, share > 0, ()
    of = np.concatenate([np.flatnonzero(~crosses), cut, cut])
    part = np.concatenate([np.ones(len(of) - 2 * len(cut)), share[cut], 1 - share[cut]])
    outer = only_polygons(shapely.difference(cells.outline[cut], area.boundary))
    outline = np.concatenate([cells.outline[~crosses], inner, outer])
    inside = np.concatenate(
        [share[~crosses] > 0, np.ones(len(cut), bool), np.zeros(len(cut), bool)]
    )
    middle = shapely.point_on_surface(outline)
    x_m, y_m = shapely.get_x(middle), shapely.get_y(middle)
    x_m[part == 1], y_m[part == 1] = cells.x_m[~crosses], cells.y_m[~crosses]
    order = np.argsort(of, kind="stable")
    pieces = replace(
        cells,
        x_m=x_m[order],
        y_m=y_m[order],
        people=(cells.people[of] * part)[order],
        outline=outline[order],
        ages=None if cells.ages is None else cells.ages.take(of[order]),
    )
    people, here = cells.people[cut].sum(), cells.people[cut] @ share[cut]
    note = Note(
        about=_KEY,
        zh=f"{len(cut):,} 个人口单元跨越边界，共 {people:,.0f} 人，按面积计 {here:,.0f} 人在范围内",
        en=f"{len(cut):,} population units cross the boundary: by area, {here:,.0f} of their "
        f"{people:,.0f} people are inside",
    )
    return pieces, inside[order], (note,)


def _kinds(spec: PopulationSpec) -> tuple[Kind, ...]:
    """By what people are placed, in the order of preference; none for cells that keep a centre."""
    if spec.buildings is not None:
        return "buildings", "streets", "area"
    if spec.over == "area":
        return ("area",)
    spreads = spec.over is not None or spec.spread_m is not None or not spec.has_counts
    return ("streets", "area") if spreads else ()


def _how_notes(
    spec: PopulationSpec, cells: PopulationCells, area: StudyArea, wanted: Flags, spread: Spread
) -> Iterator[Note]:
    """How many units were placed by what, and where there is least and most of it to a person."""
    step_m = spec.spread_m or SPACING_M
    points = int(np.sum(wanted[spread.cell]))
    yield Note(
        about=_KEY,
        zh=f"{int(wanted.sum()):,} 个人口单元的人落到 {points:,} 个点"
        f"（沿街与地块上点距 {step_m:g} 米）",
        en=f"the people of {int(wanted.sum()):,} population units stand at {points:,} points "
        f"({step_m:g} m apart along streets and over land)",
    )
    kind = np.array(spread.kind, dtype=object)
    for name, (zh, en, unit_zh, unit_en) in _BY.items():
        rows = np.flatnonzero((kind == name) & wanted)
        if not len(rows):
            continue
        each = spread.weight[rows] / cells.people[rows]
        least, most = rows[np.argmin(each)], rows[np.argmax(each)]
        at_least, at_most = (_unit_at(cells, area, row) for row in (least, most))
        yield Note(
            about=_KEY,
            zh=f"{len(rows):,} 个单元 {cells.people[rows].sum():,.0f} 人按{zh}：每人 "
            f"{each.min():,.1f}（{at_least}）至 {each.max():,.1f}（{at_most}）{unit_zh}，"
            f"中位 {np.median(each):,.1f}",
            en=f"{len(rows):,} units, {cells.people[rows].sum():,.0f} people, by {en}: "
            f"{each.min():,.1f} ({at_least}) to {each.max():,.1f} {unit_en} ({at_most}) a person, "
            f"{np.median(each):,.1f} in the middle",
        )


def _unit_at(cells: PopulationCells, area: StudyArea, row: int) -> str:
    """The smallest unit of the area in whose land the middle of a cell lies, by name."""
    x_m, y_m = cells.x_m[[row]], cells.y_m[[row]]
    for level in reversed(area.levels):
        at = int(first_containing(level.geometry, x_m, y_m)[0])
        if at >= 0:
            return level.names[at]
    return "—"


def _wide_note(cells: PopulationCells) -> Iterator[Note]:
    """One point for each of some large cells."""
    if not len(cells):
        return
    rows = slice(None, None, 1 + len(cells) // _LOOKED_AT)
    width_m = np.sqrt(shapely.area(np.asarray(cells.outline[rows])))
    width_m = float(np.average(width_m, weights=cells.people[rows]))
    if width_m > _WIDE_M:
        yield Note(
            about=_KEY,
            zh=f"人口单元平均宽 {width_m:,.0f} 米，每个单元的人只落在一个点上；"
            "用 population.buildings 或 population.over 分摊到建筑或沿街更接近实际",
            en=f"population units are {width_m:,.0f} m wide on average and the people of each "
            "stand at one point: population.buildings or population.over would spread them",
        )
