"""What a user ought to know about the inputs: all that is left out or assumed is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import shapely

from planning.area import RESIDENTIAL, Status, StatusBy
from planning.demand import TOTAL
from planning.inputs.facility_remarks import facility_remarks
from planning.inputs.roads.set_aside import SET_ASIDE_ZH
from planning.inputs.shortened import shortened
from planning.inputs.siting_remarks import siting_remarks
from planning.inputs.source_remarks import sources_not_named
from planning.network import Place, Snaps
from planning.provenance import Note
from planning.result import Town
from planning.travel import forecast

_DIRECTIONS = 8


def with_remarks(town: Town) -> Town:
    """The town with its notes, those about one thing together."""
    notes = [
        *_people(town),
        *_network(town),
        *town.notes,
        *_memory(town),
        *facility_remarks(town),
        *_candidates(town),
        *_made_units(town),
        *_areas(town),
        *_years(town),
        *_priorities(town),
        *siting_remarks(town),
    ]
    about = list(dict.fromkeys(note.about for note in notes))
    return replace(town, notes=tuple(sorted(notes, key=lambda note: about.index(note.about))))


_MOST_CLAUSES = 6


def _years(town: Town) -> Iterator[Note]:
    year = town.study.standards.year
    demand = town.demand
    if year is not None and demand.year is not None and year != demand.year:
        zh, en = demand.of_year
        yield Note(
            about="standards",
            zh=f"评估年份为 {year} 年，而人口为 {zh}：标准与人口不是同一年",
            en=f"the assessment is of {year}, with {en}: standards and people are of other years",
        )
    later = [c for c in town.profile.clauses if year is not None and (c.year or 0) > year]
    if later:
        named = shortened([f"{c.title_zh}（{c.year}）" for c in later], most=_MOST_CLAUSES)
        yield Note(
            about="standards",
            zh=f"{len(later)} 条是 {year} 年以后的目标，仅作对照：{'、'.join(named)}",
            en=f"{len(later)} clauses are targets of years after {year}: only shown",
        )


def _priorities(town: Town) -> Iterator[Note]:
    for name, service in town.study.services.items():
        for group, priority in service.priorities.items():
            if priority.weight != 1:
                label = town.study.groups[group].label
                yield Note(
                    about=f"services.{name}.priorities",
                    zh=f"选址时{label}未覆盖者每人按 {priority.weight:g} 人计入仍缺服务人次",
                    en=f"in siting each of {group} left out counts as {priority.weight:g} people",
                )


def _people(town: Town) -> Iterator[Note]:
    demand, snaps = town.demand, town.demand_snaps
    source, year = demand.people_in_source, town.study.population.year
    is_counted = ~demand.is_planned
    points = int(np.sum(is_counted))
    read_inside = source - demand.people_outside
    of_zh, of_en = (f"{year} 年", f" of {year}") if year is not None else ("", "")
    yield Note(
        about="population",
        zh=f"{of_zh}数据共 {source:,.0f} 人，范围内 {read_inside:,.0f} 人（{points:,} 个点），"
        f"范围外 {demand.people_outside:,.0f} 人",
        en=f"{source:,.0f} people in the source{of_en}, {read_inside:,.0f} inside the area "
        f"({points:,} points), {demand.people_outside:,.0f} outside",
    )
    if town.study.population.coords is not None:
        yield Note(
            about="population",
            zh="点表没有格界：每点的范围由程序划定（离它最近且不远的地方），只用于画图与 spread_m",
            en="a table of points has no outlines: they are made, of the land nearest to each "
            "point, to be looked at and for spread_m",
        )
    if demand.unread:
        yield Note(
            about="population",
            zh=f"栅格很大，只读研究范围附近；其余 {demand.unread:,} 个像元未读，不在上述“数据”之内",
            en=f"of a large raster only what lies near the area was read: {demand.unread:,} other "
            "cells are not in that source's sum",
        )
    if demand.blank:
        yield Note(
            about="population",
            zh=f"{demand.blank} 格没有人数（空值），未计入",
            en=f"{demand.blank} cells hold no count (null): not among the people",
        )
    if town.study.population.base == "registered":
        yield Note(
            about="population.base",
            zh="人口为户籍人口；条文按常住人口计（STANDARDS A-1），两者可能相差很大",
            en="people are those registered; the clauses count residents (STANDARDS A-1), of whom "
            "there may be many more or fewer",
        )
    official = town.study.population.official_total
    if official:
        # Whom the official total counts: nobody projected, nobody of areas delivered since.
        counted = demand.total(TOTAL, is_counted) + demand.people_gone
        inside = demand.base.people[TOTAL] if demand.base else counted
        yield Note(
            about="population",
            zh=f"范围内人数与官方总数 {official:,.0f} 人相差 {inside - official:+,.1f} 人",
            en=f"{inside - official:+,.1f} people in the area against the official {official:,.0f}",
        )
    off = demand.total(TOTAL, ~snaps.on_network)
    if off > 0:
        yield Note(
            about="population",
            zh=f"{off:,.0f} 人距任何道路超过 {snaps.max_snap_m:g} 米，计为无法到达",
            en=f"{off:,.0f} people live over {snaps.max_snap_m:g} m from any street: unreachable",
        )
    for level in town.area.levels[1:]:
        outside = demand.total(TOTAL, demand.place[level.level] < 0)
        if outside > 0:
            yield Note(
                about="area.units",
                zh=f"{outside:,.0f} 人在范围内但不属于任何 {level.level}",
                en=f"{outside:,.0f} people are inside the area but in no {level.level}",
            )


def _network(town: Town) -> Iterator[Note]:
    network, demand = town.network, town.demand
    yield Note(
        about="network",
        zh=f"{network.n_nodes:,} 个节点，{network.n_edges:,} 条边，"
        f"{network.length_m.sum() / 1e3:,.0f} 公里；"
        f"步速 {network.profile.speed_m_s:g} 米/秒（{network.profile.source_zh}）",
        en=f"{network.n_nodes:,} nodes, {network.n_edges:,} edges, "
        f"{network.length_m.sum() / 1e3:,.0f} km; walking at {network.profile.speed_m_s:g} m/s "
        f"({network.profile.source_en})",
    )
    part = town.demand_snaps.component(network)
    people = demand.people[TOTAL]
    elsewhere = float(np.sum(people[part > 0]))
    km = network.component_km()
    yield Note(
        about="network",
        zh=f"路网分为 {network.n_components} 个连通块，最大一块占 {km[0] / km.sum():.1%} 里程；"
        f"其余各块上有 {elsewhere:,.0f} 人",
        en=f"{network.n_components} connected parts, the largest with {km[0] / km.sum():.1%} of "
        f"all kilometres; {elsewhere:,.0f} people stand on the others",
    )
    yield from _islands(town)
    for entry in network.set_aside:
        named = f"（{'、'.join(entry.examples)} …）" if entry.examples else ""
        yield Note(
            about="network",
            zh=f"{SET_ASIDE_ZH[entry.reason]} {entry.count:,}{named}",
            en=f"{entry.reason}: {entry.count:,}"
            + (f" ({', '.join(entry.examples)}, …)" if entry.examples else ""),
        )
    if network.private.any():
        private = float(network.length_m[network.private].sum()) / 1e3
        yield Note(
            about="network",
            zh=f"含 {private:,.1f} 公里仅限内部使用的道路：里面的人可走，不作穿行",
            en=f"{private:,.1f} km of private ways: they serve those inside and are no "
            "through-route",
        )
    yield from _edge_effects(town)


def _islands(town: Town) -> Iterator[Note]:
    """Who was moved from a street that leads nowhere, who stays there, and who is walled in."""
    demand, snaps = town.demand, town.demand_snaps
    moved = snaps.place == Place.MOVED
    if moved.any():
        yield Note(
            about="network",
            zh=f"{demand.total(TOTAL, moved):,.0f} 人（{int(moved.sum())} 个点）最近的道路是孤岛，"
            f"改接到相连路网，多走 {snaps.moved_m[moved].mean():,.0f} 米"
            f"（最多 {snaps.moved_m.max():,.0f} 米）",
            en=f"{demand.total(TOTAL, moved):,.0f} people ({int(moved.sum())} points) live nearest "
            f"to an island and stand on the connected network instead, "
            f"{snaps.moved_m[moved].mean():,.0f} m farther on average "
            f"(at most {snaps.moved_m.max():,.0f} m)",
        )
    for place, zh, en in (
        (Place.ISLAND, "只有孤岛道路可接", "have no street but an island"),
        (
            Place.WALLED_IN,
            "在封闭小区内，附近没有内部道路",
            "are inside a compound, far from its streets",
        ),
    ):
        there = snaps.place == place
        if there.any():
            yield Note(
                about="network",
                zh=f"{demand.total(TOTAL, there):,.0f} 人{zh}",
                en=f"{demand.total(TOTAL, there):,.0f} people {en}",
            )
    yield from _sites_astray("facilities", town.facilities.ids, town.facility_snaps)
    if town.candidates is not None and town.candidate_snaps is not None:
        yield from _sites_astray("candidates", town.candidates.ids, town.candidate_snaps)


_ASTRAY = (
    (
        Place.MOVED,
        "最近的道路是孤岛，改接到相连路网",
        "nearest to an island and moved to the connected network",
    ),
    (Place.ISLAND, "只有孤岛道路可接", "with no street but an island"),
    (Place.WALLED_IN, "在封闭小区内，附近没有内部道路", "inside a compound, far from its streets"),
    (Place.TOO_FAR, "附近没有道路", "with no street near"),
)


def _sites_astray(about: str, ids: tuple[str, ...], snaps: Snaps) -> Iterator[Note]:
    """The sites that do not stand on their nearest street, by name and reason."""
    for place, zh, en in _ASTRAY:
        rows = np.flatnonzero(snaps.place == place)
        if len(rows):
            named = shortened([ids[row] for row in rows])
            yield Note(
                about=about,
                zh=f"{len(rows)} 处{zh}：{'、'.join(named)}",
                en=f"{len(rows)} {en}: {', '.join(named)}",
            )


def _memory(town: Town) -> Iterator[Note]:
    """What the walking reach will hold, before it is computed."""
    held = forecast(town.network, town.sites, town.crowd, limit_ms=town.longest_ms)
    megabytes = held.n_bytes / (1 << 20)
    yield Note(
        about="reach",
        zh=f"步行矩阵约 {held.pairs:,} 对，需内存约 {megabytes:,.1f} MB（可用 --max-memory 限制）",
        en=f"the walking reach will hold about {held.pairs:,} pairs and take some "
        f"{megabytes:,.1f} MB (--max-memory caps it)",
    )


def _edge_effects(town: Town) -> Iterator[Note]:
    """Whether streets go on beyond the boundary as far as people could walk."""
    network = town.network
    longest_m = max(s.limit_min for s in town.study.services.values()) * 60
    longest_m *= network.profile.fastest_m_s
    outside = ~town.area.contains(network.x_m, network.y_m)
    x_m, y_m = network.x_m[outside], network.y_m[outside]
    middle = town.area.boundary.centroid
    turn = np.arctan2(y_m - middle.y, x_m - middle.x) / (2 * np.pi) * _DIRECTIONS
    direction = np.rint(turn).astype(np.int64) % _DIRECTIONS
    margin_m = np.zeros(_DIRECTIONS)
    beyond_m = shapely.distance(town.area.boundary, shapely.points(x_m, y_m))
    np.maximum.at(margin_m, direction, beyond_m)
    short = int(np.sum(margin_m < longest_m))
    if short:
        yield Note(
            about="network",
            zh=f"八个方向中有 {short} 个，路网在范围外延伸不到步行上限 {longest_m:,.0f} 米"
            f"（最短 {margin_m.min():,.0f} 米），边缘处的可达性可能偏低",
            en=f"in {short} of 8 directions streets end within the {longest_m:,.0f} m that can be "
            f"walked beyond the boundary (least: {margin_m.min():,.0f} m): reach near the edge "
            "may be too low",
        )


def _candidates(town: Town) -> Iterator[Note]:
    if town.candidates is not None and town.candidate_snaps is not None:
        made = int(town.candidates.is_made.sum())
        off = int((~town.candidate_snaps.on_network).sum())
        yield Note(
            about="candidates",
            zh=f"{len(town.candidates):,} 个候选点，"
            + (f"其中程序生成（假定）{made:,} 个，" if made else "")
            + f"上不了路网 {off:,} 个",
            en=f"{len(town.candidates):,} candidates, "
            + (f"{made:,} of them made (assumed), " if made else "")
            + f"{off:,} off the network",
        )
        yield from sources_not_named(town.candidates, town.profile)


def _made_units(town: Town) -> Iterator[Note]:
    made = town.study.area.made_units
    level = town.area.level(made.level) if made else None
    if made is not None and level is not None:
        how = (
            (f"{made.hexagon_m:g} 米六边形", f"hexagons {made.hexagon_m:g} m wide")
            if made.hexagon_m is not None
            else ("最近驻地", "the nearest seat")
        )
        yield Note(
            about="area.made_units",
            zh=f"{len(level)} 个 {made.level} 单元由程序按{how[0]}划分，并非行政界线",
            en=f"{len(level)} units of level {made.level} are made, by {how[1]}: "
            "no official borders",
        )


def _areas(town: Town) -> Iterator[Note]:
    areas = town.area.residential
    if areas is None:
        yield Note(
            about="residential_areas",
            zh="没有居住区数据，新建与已建成居住区的托位标准无法评估",
            en="no residential areas given: the clauses about them cannot be assessed",
        )
        return
    if areas.elsewhere:
        yield Note(
            about="residential_areas",
            zh=f"{areas.elsewhere} 个居住区与研究范围不相交，未采用",
            en=f"{areas.elsewhere} residential areas do not meet the study area: left out",
        )
    kinds = Counter(zip(areas.status, areas.status_by, strict=True))
    new = sum(many for (status, _), many in kinds.items() if status == "new")
    how_zh = "、".join(f"{_STATUS_BY[kind][0]} {kinds[kind]}" for kind in _STATUS_BY if kinds[kind])
    how_en = ", ".join(f"{_STATUS_BY[kind][1]} {kinds[kind]}" for kind in _STATUS_BY if kinds[kind])
    at = town.demand.place[RESIDENTIAL]
    residents = town.demand.total(TOTAL, np.append(~areas.by_plan, False)[at])
    planned = int(areas.planned_people[areas.by_plan].sum())
    yield Note(
        about="residential_areas",
        zh=f"{len(areas)} 个居住区：适用新建标准 {new} 个，已建成标准 {len(areas) - new} 个"
        f"（{how_zh}）；{int(areas.by_plan.sum())} 个按规划人口（{planned:,} 人），"
        f"其余按常住人口（{residents:,.0f} 人）",
        en=f"{len(areas)} residential areas: {new} under the clause for new ones, "
        f"{len(areas) - new} under that for built ones ({how_en}); "
        f"{int(areas.by_plan.sum())} by planned people ({planned:,}), the others by residents "
        f"({residents:,.0f})",
    )


_STATUS_BY: Mapping[tuple[Status, StatusBy], tuple[str, str]] = {
    ("new", "status"): ("新建按状态", "new by status"),
    ("new", "date"): ("新建按日期", "new by date"),
    ("built", "status"): ("已建成按状态", "built by status"),
    ("built", "date"): ("已建成按日期", "built by date"),
    ("built", "old_town"): ("旧城区", "old town"),
}
