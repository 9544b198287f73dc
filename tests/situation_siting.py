"""Where to build, in towns small enough to try everything: what the solver opens, and what is best.

The slow plain oracle of STANDARDS D-16: every set of candidates, and greed.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from situation_form import Siting, Situation
from situation_town import homes_of, town, ways

from planning.siting import Module, pose, solve
from planning.siting.stopping import Seconds
from planning.standards import binding_levels, evaluate
from planning.standards.asks import TravelTimeCoverage
from planning.travel import Reach
from planning.units import limit_ms, whole_persons

Flags = npt.NDArray[np.bool_]


def siting_faults(sought: Siting, situation: Situation) -> Iterator[str]:
    """What came out otherwise, a line each."""
    covered, people, names = _table(sought, situation)
    if sought.by == "posed":
        opened = _posed(sought, situation, covered)
    else:
        assert sought.sites is not None
        choose = _best if sought.by == "best" else _greedy
        opened = choose(covered, people, sought.sites)
    covers = _covers(covered, people, opened)
    came = tuple(names[j] for j in opened)
    if came not in sought.opens or covers != sought.covers:
        yield (
            f"  {sought.by} of {sought.sites or sought.goal}: expected {sought.opens} with "
            f"{sought.covers} people, came {came} with {covers}"
        )


def _table(sought: Siting, situation: Situation) -> tuple[Flags, list[float], list[str]]:
    """Whom each candidate covers, shape (candidates, homes); the people; the candidates' names."""
    here, profile = town(situation)
    clause = profile.clause(sought.clause)
    assert clause is not None and isinstance(clause.measure, TravelTimeCoverage)
    assert clause.measure.limit_min is not None and situation.could is not None
    way = dict(ways(situation, homes_of(situation)))["walk"]
    ms = way.ms[:, len(here.facilities) :].T
    covered = (ms >= 0) & (ms <= limit_ms(clause.measure.limit_min))
    people = here.demand.people[clause.measure.group].tolist()
    return covered, people, [row.name for row in situation.could]


def _covers(covered: Flags, people: list[float], opened: tuple[int, ...]) -> int:
    return whole_persons(
        sum(n for home, n in enumerate(people) if any(covered[j, home] for j in opened))
    )


def _best(covered: Flags, people: list[float], sites: int) -> tuple[int, ...]:
    every = itertools.combinations(range(len(covered)), sites)
    return max(every, key=lambda opened: _covers(covered, people, opened))


def _greedy(covered: Flags, people: list[float], sites: int) -> tuple[int, ...]:
    opened: tuple[int, ...] = ()
    for _ in range(sites):
        left = [j for j in range(len(covered)) if j not in opened]
        opened = (*opened, max(left, key=lambda j: _covers(covered, people, (*opened, j))))
    return opened


def _posed(sought: Siting, situation: Situation, covered: Flags) -> tuple[int, ...]:
    """As the program sites: the clause is judged, what is missing is posed and solved."""
    assert sought.goal is not None
    here, profile = town(situation.model_copy(update={"goals": {sought.clause: sought.goal}}))
    assert here.candidates is not None
    levels = binding_levels(profile, situation.adopted, situation.year)
    stands = [0] * len(here.facilities)  # nobody is asked about those
    reach = Reach(
        start=np.cumsum([0, *stands, *covered.sum(axis=1)]).astype(np.int64),
        demand=np.nonzero(covered)[1].astype(np.int32),
        ms=np.zeros(int(covered.sum()), dtype=np.int32),
        limit_ms=0,
        n_demand=covered.shape[1],
    )
    problem = pose(
        profile=profile,
        findings=evaluate(profile, here, levels),
        situation=here,
        candidates=here.candidates,
        walks_to=lambda *_: reach,
        modules=[_home(here.functions["elder_care"])],
    )
    assert [r.finding.clause_id for r in problem.requirements] == [sought.clause]
    solution = solve(problem, stop=lambda: Seconds(20.0))
    opened = problem.options.candidate[solution.size > 0]
    return tuple(sorted({int(j) for j in opened}))


def _home(functions: frozenset[str]) -> Module:
    return Module(name="home", service="elder_care", functions=functions, min_floor_m2=1.0)
