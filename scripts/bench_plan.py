"""Time and gap of a whole plan under the clauses of a document: see docs/benchmarks.md.

The invented city of bench_city.py under Chengdu's plan: three services, four sizes of each, four
years. The plan is posed, solved, laid over the years and audited as `planning site` does it; people
walk straight lines with a detour. That it is what its audit finds is asserted by the audit itself.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from bench_city import BEELINE_MS_PER_M, QUICK, Size, beelines, invented
from racing import Took, machine, peak_mb, rewritten, timed
from scipy.spatial import cKDTree

from planning.inputs.standard_file import chain_of
from planning.siting import (
    Module,
    Proposal,
    Requirement,
    SitingPlan,
    SitingProblem,
    Solution,
    audit,
    pose,
    solve,
)
from planning.siting.phasing import phases_of, settled, with_pooled
from planning.siting.stopping import Seconds
from planning.standards import Profile, Situation, binding_levels, evaluate, in_year, profile_of
from planning.standards.situation import Ground
from planning.travel import Reach

FULL = Size(
    counties=10, streets=200, communities=400, points=100_000, facilities=1_500, candidates=3_000,
    areas=100,
)  # fmt: skip
YEARS = (2022, 2023, 2024, 2025)
CIRCLES = ("CD-YLYX/2.5/circle-15#elder", "CD-YLYX/2.5/circle-15#nursery")
"""Circles for which the document prints no mark, and the study sets one."""
GOALS = (Fraction(11, 20), Fraction(9, 10))
"""One that the candidates can reach, one that all of them together cannot."""
LIMIT_S, GAP = 40.0, 0.01
"""Of each of the three aims."""


def modules() -> list[Module]:
    """Three services, four sizes of each; illustrative floors."""
    kinds: list[tuple[str, str, frozenset[str], dict[str, Any]]] = [
        ("home", "elder_care", frozenset({"elder_institution"}),
         {"sized_in": "beds", "floor_m2_per_unit": 40.0, "is_nursing": True}),
        ("complex", "elder_care", frozenset({"elder_complex", "elder_community", "day_care"}), {}),
        ("nursery", "nursery", frozenset({"nursery"}),
         {"sized_in": "places", "floor_m2_per_unit": 10.0, "traits": {"inclusive": True}}),
        ("meals", "meals", frozenset({"meals"}), {}),
    ]  # fmt: skip
    sizes = {"meals": (60.0, 100.0, 200.0, 300.0), "nursery": (200.0, 400.0, 800.0, 1600.0)}
    return [
        Module(
            name=name, service=service, functions=does,
            sizes_m2=sizes.get(name, (400.0, 750.0, 1500.0, 3000.0)), **more,
        )
        for name, service, does, more in kinds
    ]  # fmt: skip


class Posed(NamedTuple):
    """The problem of the last year, with room for what every year adds, and what each asks."""

    problem: SitingProblem
    asked: dict[int | None, tuple[Requirement, ...]]


def city(size: Size, goal: Fraction) -> tuple[Profile, Situation]:
    """The city, its goal for the circles, premises that may host anything, coverage by service."""
    profile = profile_of(chain_of("CD", []))
    made = invented(size, [profile])
    assert made.candidates is not None
    services = frozenset({"elder_care", "nursery", "meals"})
    rng = np.random.default_rng(1)
    n = len(made.candidates)
    candidates = replace(
        made.candidates,
        services=(services,) * n,
        land_m2=np.where(rng.random(n) < 0.3, rng.integers(200, 3_000, n), 0).astype(float),
        fixed_yuan=rng.integers(5, 60, n) * 10_000.0,
        yuan_per_m2=rng.integers(10, 40, n) * 100.0,
    )
    goals = dict.fromkeys(CIRCLES, goal)
    return profile, replace(made, candidates=candidates, goals=goals)


def posed(profile: Profile, situation: Situation) -> Posed:
    """Every year's requirements, as `planning.proposing` poses them."""
    ways, candidates = beelines(situation.demand), situation.candidates
    assert candidates is not None
    kept: dict[tuple[str, int], Reach] = {}

    def walks_to(mode: Ground, limit_ms: int) -> Reach:
        if (mode, limit_ms) not in kept:
            kept[mode, limit_ms] = _within(situation, mode, limit_ms)
        return kept[mode, limit_ms]

    problems = {}
    for year in YEARS:
        then = situation if year == situation.year else in_year(situation, profile, ways, year)
        problems[year] = pose(
            profile=profile,
            findings=evaluate(profile, then, binding_levels(profile, {}, year)),
            situation=then,
            candidates=candidates,
            walks_to=walks_to,
            modules=modules(),
        )
    asked: dict[int | None, tuple[Requirement, ...]] = {
        year: problem.requirements for year, problem in problems.items()
    }
    return Posed(with_pooled(problems[YEARS[-1]], asked), asked)


def _within(situation: Situation, mode: str, limit_ms: int) -> Reach:
    """Who is within a limit of each facility, then of each candidate, along straight lines."""
    stands, candidates, demand = situation.facilities, situation.candidates, situation.demand
    assert candidates is not None
    ms_per_m = BEELINE_MS_PER_M[mode]
    sites = np.stack([np.r_[stands.x_m, candidates.x_m], np.r_[stands.y_m, candidates.y_m]], axis=1)
    points = np.stack([demand.x_m, demand.y_m], axis=1)
    near = cKDTree(points).query_ball_point(sites, (limit_ms + 1) / ms_per_m, return_sorted=True)
    rows = [np.asarray(row, dtype=np.int64) for row in near]
    ms = [
        np.rint(np.hypot(*(points[row] - site).T) * ms_per_m).astype(np.int64)
        for row, site in zip(rows, sites, strict=True)
    ]
    rows = [row[time <= limit_ms] for row, time in zip(rows, ms, strict=True)]
    ms = [time[time <= limit_ms] for time in ms]
    return Reach(
        start=np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64),
        demand=np.concatenate(rows).astype(np.int32),
        ms=np.concatenate(ms).astype(np.int32),
        limit_ms=limit_ms,
        n_demand=len(demand),
    )


def laid_over_years(found: Posed, solution: Solution) -> tuple[npt.NDArray[np.int64], Solution]:
    """The year in which each option opens."""
    by_year = {year: one for year, one in found.asked.items() if year is not None}
    phases = phases_of(found.problem, solution.size, by_year, {})
    shared = solve(phases.problem, stop=lambda: Seconds(LIMIT_S), aims=("people_left",))
    candidate = found.problem.options.candidate
    return settled(phases, shared, candidate, solution.size, may_wait=True)


def run(size: Size, goal: Fraction) -> tuple[list[tuple[str, Took]], Posed, SitingPlan]:
    """Pose, solve, lay over the years, audit; how long each took."""
    profile, situation = city(size, goal)
    found, posing = timed(lambda: posed(profile, situation))
    solution, solving = timed(
        lambda: solve(found.problem, stop=lambda: Seconds(LIMIT_S), relative_gap=GAP)
    )
    (opened, shared), sharing = timed(lambda: laid_over_years(found, solution))
    plan, auditing = timed(
        lambda: audit(
            proposal=Proposal(
                problem=found.problem, solution=solution, size=solution.size, opened=opened,
                asked=found.asked, shared=shared,
            ),
            profile=profile,
            levels=lambda year: binding_levels(profile, {}, year),
            situation=situation,
            ways=beelines(situation.demand),
        )
    )  # fmt: skip
    steps = [
        ("列题 posed", posing),
        ("求解 solved", solving),
        ("分年 laid over the years", sharing),
        ("复核与理由 audited, with reasons", auditing),
    ]
    return steps, found, plan


def section(size: Size, goal: Fraction) -> list[str]:
    """The lines about one goal."""
    steps, found, plan = run(size, goal)
    requirements = sum(map(len, found.asked.values()))
    return [
        f"### {float(goal):.0%} 在圈内 within the circles",
        "",
        f"{size.streets} 个街道、{size.points:,} 个人口点、{size.candidates:,} 个候选点、"
        f"{len(found.problem.options):,} 个选项、四年 {requirements:,} 项要求；"
        f"选址 {len({s.candidate for s in plan.sites}):,} 处。",
        "",
        "| 步骤 step | 秒 s (CPU) |",
        "|---|---|",
        *(f"| {name} | {took} |" for name, took in steps),
        "",
        "| 目标 aim | 结果 found | 界 bound | 差距 gap | 结束 ended | 秒 s |",
        "|---|---|---|---|---|---|",
        *(
            f"| {s.aim} | {s.found:,.0f} | {s.bound:,.0f} | {s.gap:.2%} | {s.status} "
            f"| {s.seconds:.1f} |"
            for s in plan.stages
        ),
        "",
    ]


def table(size: Size) -> str:
    """The lines of the page."""
    lines = [line for goal in GOALS for line in section(size, goal)]
    told = f"峰值内存 peak memory {peak_mb():,.0f} MB; {machine('numpy', 'highspy')}"
    return "\n".join([*lines, told])


def main(argv: list[str] | None = None) -> int:
    """Print the table, and write it into its place in a page where one is given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small city")
    parser.add_argument("--write", type=Path, help="the page to write into")
    asked = parser.parse_args(argv)
    text = table(QUICK if asked.quick else FULL)
    print(text)
    if asked.write is not None:
        page = asked.write.read_text(encoding="utf-8")
        asked.write.write_text(rewritten(page, text, name="plan"), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
