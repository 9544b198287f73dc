"""Aims of coverage, travel and equity: every plan of a street, counted by its people's walks."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_changes import CLOSE_HOME, TO_NURSERY
from test_siting import BOTH, PEOPLE, Town, a_town

from planning.siting import SitingProblem, Solution, solve
from planning.siting.aims import Aim
from planning.siting.problem import Budget
from planning.siting.stopping import Seconds

AIMS: tuple[Aim, ...] = ("uncovered", "person_minutes", "worst_unit")
often = settings(
    derandomize=True, database=None, deadline=None, max_examples=30,
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip


def best(problem: SitingProblem, aim: Aim, size: np.ndarray) -> float:
    assert problem.served is not None
    count = {
        "uncovered": problem.served.uncovered,
        "person_minutes": problem.served.person_minutes,
        "worst_unit": problem.served.worst_unit,
    }
    return count[aim](size)


def yuan(problem: SitingProblem, size: np.ndarray) -> float:
    options = problem.options
    opened = np.unique(options.candidate[size > 0])
    own = float(np.dot(options.yuan_per_unit, size) + np.dot(options.yuan_fixed, size > 0))
    return own + float(np.sum(problem.candidates.fixed_yuan[opened]))


def plans(problem: SitingProblem) -> Iterator[np.ndarray]:
    """Every set of options at their smallest: who is reached does not hang on the size."""
    options = problem.options
    for opened in itertools.product([False, True], repeat=len(options)):
        size = np.where(opened, options.min_size, 0)
        once = np.bincount(options.slot[size > 0], minlength=1).max(initial=0) <= 1
        floor = np.bincount(
            options.candidate, weights=options.floor_per_unit * size,
            minlength=len(problem.candidates),
        )  # fmt: skip
        if once and np.all(floor <= problem.candidates.floor_m2):
            yield size


@st.composite
def streets(draw: st.DrawFn) -> Town:
    """A street with a few homes, some of which may go, and two candidates."""
    every = [*range(0, 4000, 400)]
    at = draw(st.lists(st.sampled_from(every), min_size=1, max_size=2, unique=True))
    homes = draw(st.lists(st.sampled_from(every), max_size=2, unique=True))
    people = {
        north: float(draw(st.sampled_from([1, 40, 300])))
        for north in draw(st.lists(st.sampled_from([*PEOPLE, 2000]), min_size=1, unique=True))
    }
    return a_town(
        at=[float(north) for north in at],
        services=(BOTH, BOTH),
        stands=(*((float(north), "elder_care") for north in homes), (700.0, "nursery")),
        people=people,
        changes=draw(st.sampled_from([(), (CLOSE_HOME,), (TO_NURSERY,)])),
        aims=AIMS,
    )


@often
@given(town=streets(), share=st.sampled_from([0.0, 0.3, 0.6, 1.0]), data=st.data())
def test_each_aim_alone_is_the_best_of_all_plans_within_a_budget(
    town: Town, share: float, data: st.DataObject
) -> None:
    aim = data.draw(st.sampled_from(AIMS))
    every = list(plans(town.problem))
    most = share * max(yuan(town.problem, size) for size in every)
    problem = replace(town.problem, budgets=(Budget(yuan=most),))
    found = solve(problem, stop=lambda: Seconds(20.0), aims=(aim,))
    (stage,) = found.stages
    within = [size for size in every if yuan(problem, size) <= most + 1e-6]
    least = min(best(problem, aim, size) for size in within)
    assert stage.found == pytest.approx(least, abs=1e-5)
    assert stage.bound <= stage.found + 1e-9
    # And what is claimed is what the walks of the town with the plan say.
    replace(town, problem=problem).audited(found)


@often
@given(town=streets())
def test_what_a_plan_is_said_to_reach_is_what_the_walks_say(town: Town) -> None:
    """For every plan, not only the best; the audit walks anew and compares."""
    for size in itertools.islice(plans(town.problem), 8):
        claimed = tuple(
            replace(A_STAGE, aim=aim, found=best(town.problem, aim, size)) for aim in AIMS
        )
        town.audited(Solution(status=A_STAGE.status, size=size, stages=claimed))


A_STAGE = solve(a_town(people={100: 1.0}).problem, stop=lambda: Seconds(20.0)).stages[0]


def test_aims_follow_each_other() -> None:
    """With money for one site, it goes where most are; of equal ones where the worst street is."""
    people = {400: 100.0, 2400: 100.0, 3600: 60.0}
    town = a_town(
        at=(400, 2400, 3600), floor=(400,) * 3, land=(0,) * 3, services=(BOTH,) * 3,
        price=(1000,) * 3, stands=((700.0, "nursery"),), people=people, aims=("uncovered",),
    )  # fmt: skip
    one = min(yuan(town.problem, size) for size in plans(town.problem) if size.any())
    problem = replace(town.problem, budgets=(Budget(yuan=one),), requirements=())
    first = solve(problem, stop=lambda: Seconds(20.0), aims=("uncovered", "worst_unit", "yuan"))
    opened = problem.options.candidate[first.size > 0].tolist()
    assert opened == [1], "2,400 m reaches 3,600 m as well"
    assert [stage.aim for stage in first.stages] == ["uncovered", "worst_unit", "yuan"]


def test_nothing_is_counted_that_no_aim_asks_for() -> None:
    assert a_town().problem.served is None
    served = a_town(aims=("uncovered",)).problem.served
    assert served is not None and served.minutes == () and served.level == "street"


def test_a_plan_that_does_not_seek_the_least_cost_claims_no_gap_of_it() -> None:
    aims: tuple[Aim, ...] = ("people_left", "uncovered")
    town = a_town(aims=aims)
    plan = town.audited(solve(town.problem, stop=lambda: Seconds(20.0), aims=aims))
    assert not plan.is_cost_sought and plan.bound_yuan == 0.0
    own = a_town()
    assert own.audited(solve(own.problem, stop=lambda: Seconds(20.0))).is_cost_sought
