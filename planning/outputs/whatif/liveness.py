"""Which findings the page can judge again itself, and after which edits the others may be stale."""

from __future__ import annotations

from collections.abc import Iterable

from planning.area import RESIDENTIAL
from planning.standards.asks import Ask, Hierarchy, People, ShareOfUnits, TravelTimeCoverage
from planning.standards.clauses import Clause
from planning.standards.measures.case import Case
from planning.standards.measures.share_of_units import is_walked_to
from planning.standards.measures.travel_time_coverage import is_timed, mode_of
from planning.standards.situation import Walk
from planning.standards.terms import Where, Which

FACILITIES, AREAS, WALKS = 1, 2, 4
"""Edits, as bits: of what stands; of people, by areas that are drawn; of speed and streets."""
EVERYTHING = FACILITIES | AREAS | WALKS

LIVE = frozenset(
    {
        "per_thousand", "land_per_resident", "floor_per_100_households", "presence", "count",
        "total", "share_of_capacity", "share_of_facilities", "share_of_units",
        "travel_time_coverage", "compliance", "people", "hierarchy",
    }
)  # fmt: skip
"""Measures that the page computes."""

MOVED_BY = {
    "typed_in": 0,
    "budget": 0,
    "listed": 0,
    "people": AREAS,
    "exposure": AREAS,
    "yearly_additions": FACILITIES,
    "co_location": FACILITIES,
    "attached": FACILITIES,
    "completeness": FACILITIES,
    "cost": FACILITIES,
    "evenness": FACILITIES | AREAS,
    "average": FACILITIES | AREAS,
    "on_time": FACILITIES | AREAS,
    "enrolment": FACILITIES | AREAS,
    "land_needed": FACILITIES | AREAS,
    "closure": EVERYTHING,
    "candidates": EVERYTHING,
    "scorecard": EVERYTHING,
}
"""The other measures, by the edits that may change what they find."""

WHY = (
    ("此类指标不在页面上复算，须用 planning 复算",
     "the page does not compute this measure: planning does"),
    ("非步行的出行方式不在页面上复算，须用 planning 复算",
     "the page computes walking alone: planning computes the other ways to travel"),
    ("是否适用取决于新旧城区，随新绘居住区的人口而变，须用 planning 复算",
     "whether it applies depends on old or new town, which the areas drawn may change: "
     "planning tells"),
    ("新绘居住区是否达标含页面不复算的条文，须用 planning 复算",
     "the areas drawn answer to clauses that the page does not compute: planning does"),
    ("新绘居住区跨越单元界线，须用 planning 复算",
     "an area drawn lies across the borders of units: planning tells which it counts for"),
)  # fmt: skip
"""Why a finding is not computed in the page (中文, English)."""
NO_SUCH_MEASURE, NO_SUCH_MODE, OF_WHICH_TOWN, OF_OTHER_CLAUSES, ACROSS_BORDERS = range(len(WHY))


def is_live(clause: Clause, case: Case) -> bool:
    """Whether the page computes a clause: one of its measures, and on foot where it is a walk."""
    ask = clause.measure
    if isinstance(ask, TravelTimeCoverage):
        also = () if ask.also is None else (ask.also,)
        # Where there is no limit at all, one would have to walk the whole town for each site.
        is_limited = ask.limit_min is not None or bool(ask.limit_by_zone)
        is_walk = is_timed(ask) and is_limited and mode_of(ask, case) == "walk"
        return is_walk and _are_walked(case, (ask.which, *also))
    if isinstance(ask, ShareOfUnits) and is_walked_to(ask, case):
        return _are_walked(case, (ask.which,))
    if isinstance(ask, People):
        # Of a projection the sentence tells the growth of the whole area, a sum of all points.
        return case.accounts.situation.demand.base is None
    return ask.kind in LIVE


def _are_walked(case: Case, choices: Iterable[Which]) -> bool:
    """Whether walking times to all the choices were worked out."""
    return all(case.accounts.coverage(Walk("walk", which.text)) is not None for which in choices)


def stale_after(clause: Clause, case: Case) -> tuple[int, int]:
    """The edits after which the page cannot tell what a clause finds, and the number of why."""
    ask = clause.measure
    if not is_live(clause, case):
        if isinstance(ask, ShareOfUnits | TravelTimeCoverage):
            return EVERYTHING, NO_SUCH_MODE
        people = clause.applies.people_min is not None or clause.applies.people_over is not None
        return MOVED_BY[ask.kind] | (AREAS if people else 0), NO_SUCH_MEASURE
    lower = _lower_units(ask)
    if any(level == RESIDENTIAL for level, _ in lower):
        return AREAS, NO_SUCH_MEASURE
    if any(where.town is not None for _, where in lower):
        return AREAS, OF_WHICH_TOWN
    return 0, -1


def _lower_units(ask: Ask) -> list[tuple[str, Where]]:
    """The levels below its own of whose units a clause asks something, and of which of them."""
    match ask:
        case ShareOfUnits():
            return [(ask.of_level, ask.where)]
        case Hierarchy():
            return [(tier.level, tier.where) for tier in ask.tiers]
    return []
