"""Who moves into planned residential areas, by which year, and what is assumed about them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from planning.access import along_streets
from planning.area import RESIDENTIAL, ResidentialAreas, StudyArea
from planning.demand import (
    TOTAL,
    Demand,
    moved_in,
    newcomers,
    shares_of,
    with_groups,
)
from planning.inputs.shortened import shortened
from planning.network import StreetNetwork
from planning.provenance import Note
from planning.study import ShareSpec, Study
from planning.units import rational

Flags = npt.NDArray[np.bool_]

_ABOUT = "residential_areas"
_HALF_PERSON = 0.5


def with_planned_people(
    study: Study, area: StudyArea, demand: Demand, network: StreetNetwork
) -> tuple[Demand, tuple[Note, ...]]:
    """The demand with the people of planned areas that are delivered by the year of assessment.

    They come on top of those counted inside, unless the layer says that these do not stay, and
    stand along the streets and planned streets of their area; where there are none, on a grid.
    """
    areas = area.residential
    if areas is None or study.residential_areas is None:
        return demand, ()
    moves = _moves(areas, counted_in=study.population.year, year=year_of(study))
    others = (*_counted(areas, moves, demand), *_uncounted(areas, moves), *_later(areas, moves))
    if not moves.in_now.any():
        return demand, others
    declared = study.residential_areas.groups
    shares = {name: rational(share.count) / share.of for name, share in declared.items()}
    planned = newcomers(area, areas, moves.in_now)
    planned = with_groups(planned, shares_of(area, demand, planned, shares))
    inside = np.append(moves.in_now, False)[demand.place[RESIDENTIAL]]
    goes = inside & ~np.append(areas.stays, True)[demand.place[RESIDENTIAL]]
    notes = (
        *_arrivals(moves, planned),
        *_groups(study, declared, planned),
        *_without_streets(areas, moves, network),
        *_counted_inside(demand, inside, goes),
        *others,
    )
    if demand.base is not None:
        notes = (*notes, _beside_projection(planned))
    return moved_in(demand, along_streets(planned, network), goes), notes


def year_of(study: Study) -> int | None:
    """The year for which residents are counted; None where the study names none."""
    return study.projection.year if study.projection is not None else study.standards.year


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moves:
    """Of n areas, whose planned people live there in `year`, come later, or are counted already.

    Without a year of the assessment all have moved in.
    """

    year: int | None
    counted_in: int | None
    in_now: Flags
    later: Flags
    counted: Flags


def _moves(areas: ResidentialAreas, *, counted_in: int | None, year: int | None) -> _Moves:
    """Homes delivered by the year of the count are in it; where a year is missing, those built."""
    known = areas.delivery_year >= 0
    in_count = areas.in_count(counted_in)
    delivered = np.ones(len(areas), dtype=bool)
    if year is not None:
        delivered = known & (areas.delivery_year <= year)
    to_come = (areas.planned_people > 0) & ~in_count
    return _Moves(
        year=year,
        counted_in=counted_in,
        in_now=to_come & delivered,
        later=to_come & ~delivered,
        counted=areas.by_plan & in_count,
    )


def _arrivals(moves: _Moves, planned: Demand) -> Iterator[Note]:
    many, people = int(moves.in_now.sum()), planned.people_in_source
    by_zh = f"{moves.year} 年及以前交付" if moves.year is not None else "未给出评估年份，全部计入"
    by_en = f"delivered by {moves.year}" if moves.year is not None else "no year is given: all"
    yield Note(
        about=_ABOUT,
        zh=f"{many} 个居住区（{by_zh}）的规划人口 {people:,.0f} 人计入居民，"
        "参与步行覆盖、各级单元标准与选址",
        en=f"{people:,.0f} planned people count as residents, in coverage, in the clauses of every "
        f"unit and in siting (areas {by_en}: {many})",
    )
    if moves.counted_in is None:
        yield Note(
            about=_ABOUT,
            zh="未给出人口数据年份 population.year：未建成居住区的规划人口一律视为不在人口数据中",
            en="population.year is not given: planned people of areas not built are taken to be in "
            "no count",
        )
    if planned.people_outside > _HALF_PERSON:
        yield Note(
            about=_ABOUT,
            zh=f"其中 {planned.people_outside:,.0f} 人（按面积）在研究范围以外的部分，不计入居民",
            en=f"{planned.people_outside:,.0f} of them, by land, are planned beyond the study area "
            "and are not among its residents",
        )


def _beside_projection(planned: Demand) -> Note:
    people = planned.total(TOTAL)
    return Note(
        about="projection",
        zh=f"规划居住区的 {people:,.0f} 人加在推算人口之上；推算若已含新区居民，即重复计算，"
        "请以 residential_areas: null 的情景对照",
        en=f"the {people:,.0f} people of planned areas come on top of those projected; where the "
        "projection has them already they count twice: compare a scenario with "
        "residential_areas: null",
    )


def _groups(study: Study, declared: Mapping[str, ShareSpec], planned: Demand) -> Iterator[Note]:
    """Which part of the newcomers each group is, and by whose word."""
    total = planned.total(TOTAL)
    said_zh, said_en = [], []
    for name, group in study.groups.items():
        share = f"{planned.total(name) / total:.1%}" if total else "—"
        own = declared.get(name)
        said_zh.append(f"{group.label} {share}（{own.source if own else '同所在单元'}）")
        said_en.append(f"{name} {share} ({own.source if own else 'as in the unit around'})")
    if said_zh:
        yield Note(
            about=_ABOUT,
            zh=f"规划居住区居民中：{'，'.join(said_zh)}",
            en=f"among the people of planned areas: {', '.join(said_en)}",
        )


def _without_streets(
    areas: ResidentialAreas, moves: _Moves, network: StreetNetwork
) -> Iterator[Note]:
    at = np.flatnonzero(moves.in_now)
    streets = shapely.STRtree(network.lines())
    crossed = np.unique(streets.query(areas.geometry[at], predicate="intersects")[0])
    bare = np.setdiff1d(at, at[crossed])
    if len(bare):
        names = shortened([areas.names[i] for i in bare])
        yield Note(
            about=_ABOUT,
            zh=f"{len(bare)} 个居住区内没有任何道路（{'、'.join(names)}）：规划人口按格网放置，"
            "走到区外最近的道路；可在 network.planned_roads 给出规划道路",
            en=f"planned areas without any street inside: {len(bare)} ({', '.join(names)}); their "
            "people stand on a grid and walk to the nearest street; planned streets can be given "
            "as network.planned_roads",
        )


def _counted_inside(demand: Demand, inside: Flags, goes: Flags) -> Iterator[Note]:
    stay, go = demand.total(TOTAL, inside & ~goes), demand.total(TOTAL, goes)
    if stay > 0:
        yield Note(
            about=_ABOUT,
            zh=f"人口数据在这些居住区内已有 {stay:,.0f} 人：予以保留，规划人口另加；"
            "若将迁出或已含在规划人口内，请在“保留现状人口”列写“否”",
            en=f"{stay:,.0f} people are counted inside these areas: they stay, the planned come on "
            "top; where they leave, or are among the planned, say no under residents_stay",
        )
    if go > 0:
        yield Note(
            about=_ABOUT,
            zh=f"人口数据中的 {go:,.0f} 人不保留（保留现状人口为“否”），由规划人口取代",
            en=f"{go:,.0f} people counted make way for the planned (no under residents_stay)",
        )


def _counted(areas: ResidentialAreas, moves: _Moves, demand: Demand) -> Iterator[Note]:
    if moves.counted.any():
        inside = np.append(moves.counted, False)[demand.place[RESIDENTIAL]]
        planned = int(areas.planned_people[moves.counted].sum())
        many, held = int(moves.counted.sum()), demand.total(TOTAL, inside)
        yield Note(
            about=_ABOUT,
            zh=f"{many} 个有规划人口的居住区在人口数据之时已交付或已建成：居民以人口数据为准"
            f"（{held:,.0f} 人），规划人口 {planned:,} 人只用于该区自身的标准",
            en=f"planned areas that stood when people were counted: {many}; their residents are "
            f"those counted ({held:,.0f}), their {planned:,} planned people serve their own "
            "clauses alone",
        )


def _uncounted(areas: ResidentialAreas, moves: _Moves) -> Iterator[Note]:
    """Built after the count, and nobody says for how many: the people may be missing."""
    if moves.counted_in is None:
        return
    younger = areas.built & (areas.delivery_year > moves.counted_in) & (areas.planned_people < 1)
    if younger.any():
        yield Note(
            about=_ABOUT,
            zh=f"{int(younger.sum())} 个已建成居住区在人口数据年份 {moves.counted_in} 年以后交付，"
            "又没有规划人口：其居民可能未计入",
            en=f"areas built after people were counted in {moves.counted_in}, without planned "
            f"people: {int(younger.sum())}; their residents may be missing",
        )


def _later(areas: ResidentialAreas, moves: _Moves) -> Iterator[Note]:
    if moves.later.any():
        many = int(moves.later.sum())
        planned = int(areas.planned_people[moves.later].sum())
        unknown = int(np.sum(moves.later & (areas.delivery_year < 0)))
        yield Note(
            about=_ABOUT,
            zh=f"{many} 个居住区在 {moves.year} 年以后交付"
            + (f"或未写交付年份（{unknown} 个）" if unknown else "")
            + f"：规划人口 {planned:,} 人尚不计入居民，只用于该区自身的标准",
            en=f"planned areas delivered after {moves.year}"
            + (f" or without a year ({unknown})" if unknown else "")
            + f": {many}; their {planned:,} planned people are no residents yet and serve their "
            "own clauses alone",
        )
