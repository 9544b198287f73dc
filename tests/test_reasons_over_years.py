"""Reasons of a plan over years: what opens in a year counts from then on, or in its window."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import test_phasing
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_phasing import YEARS, cases

from planning.siting.reasons import Due, Plan, best_alternative
from planning.siting.reasons.due import changing
from planning.siting.reasons.loss import shorter

thorough = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
SAME = 1e-4


def counting(
    size: np.ndarray, opened: np.ndarray, year: int, window: tuple[int, int] | None
) -> np.ndarray:
    """The sizes of what is open at the end of a year and opened in the window, by hand."""
    counts = [
        at >= 0 and at <= year and (window is None or window[0] <= at <= window[1])
        for at in opened.tolist()
    ]
    return np.where(counts, size, 0)


def plan_of(case: test_phasing.Case, opened: np.ndarray) -> Plan:
    """Every requirement of a unit of its own, so that none stands for another."""
    number = itertools.count()
    dues = tuple(
        Due(
            requirement=replace(one, finding=replace(one.finding, unit_id=f"U{next(number)}")),
            year=year,
            size=counting(case.size, opened, year, one.window),
        )
        for year, some in case.by_year.items()
        for one in some
    )
    return Plan(
        problem=replace(case.problem, requirements=()),
        size=case.size,
        opened=opened,
        dues=dues,
        budgets=case.budgets,
    )


def others(case: test_phasing.Case, j: int) -> Iterator[np.ndarray]:
    """Every other candidate that the plan leaves closed, at all sizes."""
    o = case.problem.options
    closed = set(o.candidate.tolist()) - set(o.candidate[case.size > 0].tolist()) - {j}
    for i in sorted(closed):
        rows = np.flatnonzero(o.candidate == i)
        ranges = [[0, *range(int(o.min_size[k]), int(o.max_size[k]) + 1)] for k in rows]
        for sizes in itertools.product(*ranges):
            if any(sizes):
                found = np.zeros(len(o), dtype=np.int64)
                found[rows] = sizes
                yield found


def yuan(case: test_phasing.Case, size: np.ndarray) -> float:
    o, fixed = case.problem.options, case.problem.candidates.fixed_yuan
    at = np.unique(o.candidate[size > 0])
    return float(np.sum(fixed[at]) + np.dot(o.yuan_per_unit, size))


@thorough
@given(case=cases(), closed=st.integers(0, 2), when=st.lists(st.sampled_from(YEARS), min_size=3))
def test_losses_and_alternatives_over_years_are_those_of_every_swap(
    case: test_phasing.Case, closed: int, when: list[int]
) -> None:
    at = case.problem.options.candidate
    case = replace(case, size=np.where(at == closed, 0, case.size))
    opened = np.where(case.size > 0, np.array(when)[at], -1)
    plan = plan_of(case, opened)
    for j in np.unique(at[case.size > 0]).tolist():
        own = at == j
        year = int(opened[own & (case.size > 0)][0])
        was = [due.missing for due in plan.dues]

        def missing(other: np.ndarray, own: np.ndarray = own, year: int = year) -> list[float]:
            size = np.where(own, other, case.size + other)
            then = np.where(other > 0, year, np.where(own, -1, opened))
            return [
                due.requirement.need.missing(
                    counting(size, then, due.year or 0, due.requirement.window)
                )
                for due in plan.dues
            ]

        gone = missing(np.zeros_like(case.size))
        lost = {one.unit_id: one for one in shorter(plan.dues, plan.rows_of(j))}
        worse = {
            due.requirement.finding.unit_id
            for due, a, b in zip(plan.dues, gone, was, strict=True)
            if a > b + 1e-6
        }
        assert set(lost) == worse
        found = best_alternative(plan, j)
        if not worse:
            assert found is None
            continue
        # In its place comes what has to do with anything lost, and is to be had by then.
        about = {
            int(at[k])
            for due, a, b in zip(plan.dues, gone, was, strict=True)
            if a > b + 1e-6
            for rows in changing(due.requirement.need)
            for k in rows
            if case.problem.candidates.available_year[at[k]] <= year
        }
        swaps = [
            (yuan(case, other), missing(other))
            for other in others(case, j)
            if set(at[other > 0].tolist()) <= about
        ]
        good = [
            cost for cost, short in swaps
            if all(a <= b + SAME for a, b in zip(short, was, strict=True))
        ]  # fmt: skip
        if good:
            assert found is not None and not found.leaves
            assert found.yuan == pytest.approx(min(good), abs=1e-3)
            spent = sum(
                yuan(case, np.where(at == i, case.size, 0))
                for i in np.unique(at[case.size > 0])
                if opened[(at == i) & (case.size > 0)][0] == year
            )
            most = case.budgets.get(year, np.inf)
            over = max(0.0, spent + found.extra_yuan - most)
            assert found.over_budget_yuan == pytest.approx(over, abs=1e-3)
            continue
        weight = [due.requirement.weight for due in plan.dues]
        left = [(float(np.dot(weight, short)), cost) for cost, short in swaps]
        fewest = min((people for people, _ in left), default=np.inf)
        if fewest >= np.dot(weight, gone) - SAME:
            assert found is None
            continue
        assert found is not None and found.leaves
        cheapest = min(cost for people, cost in left if people <= fewest + SAME)
        assert found.yuan == pytest.approx(cheapest, abs=1e-3)
