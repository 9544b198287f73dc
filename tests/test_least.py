"""The least that does, and the fewest left, of small problems: against every plan."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_model import left, plans, problems, thorough, yuan

from planning.siting import SitingProblem
from planning.siting.reasons.least import cheapest, cheapest_of, fewest_left


@thorough
@given(problem=problems(), times=st.sampled_from([1.0, 1e7 / 3]))
def test_of_the_plans_that_leave_fewest_without_the_cheapest(
    problem: SitingProblem, times: float
) -> None:
    # As many people as a city has: a millionth of one is lost in sums of floats.
    problem = replace(
        problem,
        requirements=tuple(replace(one, weight=one.weight * times) for one in problem.requirements),
    )
    each = [(left(problem, size), yuan(problem, size)) for size in plans(problem)]
    few = min(people for people, _ in each)
    fewest = fewest_left(problem)
    assert fewest.people == pytest.approx(few, rel=1e-8, abs=1e-5)
    found = cheapest_of(problem, fewest)
    assert left(problem, found.size) == pytest.approx(few, rel=1e-8, abs=1e-5)
    least = min(cost for people, cost in each if people <= few * (1 + 1e-9) + 1e-5)
    assert found.yuan == pytest.approx(least, abs=1e-5)


@thorough
@given(problem=problems(), data=st.data())
def test_what_must_not_be_shorter_is_not_and_costs_least(
    problem: SitingProblem, data: st.DataObject
) -> None:
    most = np.array([float(data.draw(st.integers(0, 9))) for _ in problem.requirements])
    each = [
        yuan(problem, size)
        for size in plans(problem)
        if all(
            one.need.missing(size) <= limit + 1e-9
            for one, limit in zip(problem.requirements, most, strict=True)
        )
    ]
    found = cheapest(problem, most)
    if found is None:
        assert not each
    else:
        assert found.yuan == pytest.approx(min(each), abs=1e-5) and found.is_proven
