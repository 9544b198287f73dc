"""Race the classic location models against spopt, and hold them to their goals: docs/benchmarks.md.

Invented grid cities with heavy-tailed people, and OR-Library's published optima. That both sides
found the same where both end is asserted (exit code 1); times never are. spopt is left out and
named where it is not installed: `pip install -e ".[bench]"` brings it.
"""

from __future__ import annotations

import argparse
import importlib.util
import math
import os
import sys
import warnings
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from racing import Took, machine, named, peak_mb, rewritten, timed
from scipy.sparse.csgraph import floyd_warshall

from planning.siting import cover_models
from planning.siting.classic import (
    Costs,
    Effort,
    Location,
    coverage_frontier,
    facility_location,
    lscp,
    mclp,
    p_center,
    p_median,
)
from planning.siting.cover import cover_of
from planning.siting.stopping import Gap, Seconds, first_of
from planning.travel import Reach

ROOT = Path(__file__).resolve().parents[1]
Floats = npt.NDArray[np.float64]


class City(NamedTuple):
    """A grid of `side` × `side` cells, candidates anywhere, who reach so many cells [cells]."""

    side: int
    candidates: int
    radius: float
    p: int
    seed: int = 20_261_123

    def __str__(self) -> str:
        return f"{self.side**2:,} × {self.candidates:,}, p = {self.p}"


RACED = (City(32, 100, 8, 10), City(50, 200, 8, 20))
LARGE = City(100, 500, 8, 50)
HUGE = City(1_000, 5_000, 25, 200)
MANY = City(316, 2_000, 11, 100)
HELD_OUT = (City(120, 400, 11, 20, 7), City(90, 600, 6, 90, 8))
"""Cities that nothing was tried on: other seeds, other radii, other numbers of sites."""
QUICK_RACED, QUICK_LARGE, QUICK_HUGE, QUICK_MANY, QUICK_HELD_OUT = (
    (City(16, 30, 4, 5),),
    City(32, 100, 8, 10),
    City(60, 100, 9, 12),
    City(30, 40, 5, 20),
    (City(30, 60, 6, 6, 7),),
)
LARGE_S, HUGE_S = 10.0, 60.0
"""Seconds that the goals allow."""
BUDGETS, FRONTIER_GAP, REPEATS = 20, 0.005, 3


class Line(NamedTuple):
    """One line of the table."""

    goal: int
    what: str
    ours: str
    peer: str
    target: str
    agrees: bool
    check: str

    def __str__(self) -> str:
        mark = "✓" if self.agrees else "✗"
        cells = (self.what, self.ours, self.peer, self.target, f"{mark} {self.check}")
        return f"| {self.goal} | " + " | ".join(cells) + " |"


def reach_of_city(city: City) -> tuple[Reach, Floats]:
    """The same city every time: cells within the radius [thousandths of a cell], and people."""
    rng = np.random.default_rng(city.seed)
    people = np.floor(40 * rng.pareto(1.6, city.side**2))
    x, y = rng.random((2, city.candidates)) * city.side
    around = np.arange(-math.ceil(city.radius), math.ceil(city.radius) + 1)
    demand, ms, counts = [], [], []
    for east, north in zip(x, y, strict=True):
        row, column = np.meshgrid(int(north) + around, int(east) + around, indexing="ij")
        away = np.hypot(column + 0.5 - east, row + 0.5 - north)
        inside = (away <= city.radius) & (row >= 0) & (column >= 0)
        inside &= (row < city.side) & (column < city.side)
        demand.append((row[inside] * city.side + column[inside]).astype(np.int32))
        ms.append((away[inside] * 1_000).astype(np.int32))
        counts.append(len(demand[-1]))
    start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return Reach(
        start=start, demand=np.concatenate(demand), ms=np.concatenate(ms),
        limit_ms=int(city.radius * 1_000), n_demand=city.side**2,
    ), people  # fmt: skip


def build(reach: Reach, people: Floats, p: int) -> object:
    """The sparse model, as HiGHS takes it."""
    cover = cover_of(reach, people, limit_ms=reach.limit_ms)
    return cover_models.most_weight(cover, np.ones(reach.n_sites), float(p))


# --- goals 1 and 2: against spopt ----------------------------------------------------------------


def against_spopt(cities: tuple[City, ...], large: City, limit_s: float) -> Iterator[Line]:
    """Building and solving where both end; then a city where the peer does not."""
    if importlib.util.find_spec("spopt") is None:
        return
    for city in (*cities, large):
        ends = city != large
        reach, people = reach_of_city(city)
        seconds = None if ends else LARGE_S
        ours, took = _mclp(reach, people, city.p, seconds)
        _, built = min((timed(lambda: build(reach, people, city.p)) for _ in range(5)),  # noqa: B023
                       key=lambda done: done[1].wall)  # fmt: skip
        theirs, peer_built, peer_took = _spopt(reach, people, city.p, None if ends else limit_s)
        ratio = min(peer_built.wall / built.wall, peer_built.cpu / built.cpu)
        met = "met" if ratio >= 200 else "missed"
        same = math.isclose(ours.objective, theirs, rel_tol=1e-9)
        yield Line(
            1, f"build MCLP {city}", f"{built}", f"{named('spopt')} {peer_built}",
            f"{ratio:,.0f} ×, **≥ 200 {met}**" if not ends else f"{ratio:,.0f} ×",
            same or not ends, "the same optimum" if ends else "see goal 2",
        )  # fmt: skip
        if ends:
            yield Line(
                1, f"solve MCLP {city}", f"{took}", f"{peer_took}", "–", same,
                f"{ours.objective:,.0f} both",
            )  # fmt: skip
            continue
        good = ours.gap <= 0.002 and ours.objective >= theirs
        yield Line(
            2, f"MCLP {city}, {LARGE_S:g} s", f"{ours.objective:,.0f} in {took}",
            f"{theirs:,.0f} in {peer_took}",
            f"gap {ours.gap:.2%}, **≤ 0.2 % and no less than the peer {_said(good)}**",
            ours.objective <= ours.bound, f"bound {ours.bound:,.0f}",
        )  # fmt: skip


def _said(good: bool) -> str:
    return "met" if good else "missed"


def _mclp(reach: Reach, people: Floats, p: int, limit_s: float | None) -> tuple[Location, Took]:
    """Ours, with compiled code loaded."""
    mclp(reach, people, limit_ms=reach.limit_ms, p=p, effort=Effort(stop=Seconds(0.0)))
    stop = {} if limit_s is None else {"stop": Seconds(limit_s)}
    found, took = timed(
        lambda: mclp(reach, people, limit_ms=reach.limit_ms, p=p, effort=Effort(**stop))
    )
    return found, took


def _spopt(reach: Reach, people: Floats, p: int, limit_s: float | None) -> tuple[float, Took, Took]:
    """spopt with CBC on a full matrix: the weight covered, times of building and of solving."""
    import pulp
    from spopt.locate import MCLP

    table = np.full((reach.n_demand, reach.n_sites), 1e9)
    table[reach.demand, np.repeat(np.arange(reach.n_sites), np.diff(reach.start))] = reach.ms
    model, built = timed(
        lambda: MCLP.from_cost_matrix(table, people, reach.limit_ms, p_facilities=p)
    )
    solver = pulp.PULP_CBC_CMD(msg=False, timeLimit=limit_s)
    _, took = timed(lambda: _quietly(model, solver))
    opened = [s for s, y in enumerate(model.fac_vars) if (y.value() or 0) > 0.5]
    covered = np.unique(np.concatenate([reach.of_site(s) for s in opened]))
    return float(people[covered].sum()), built, took


def _quietly(model: Any, solver: Any) -> None:
    """Solve without the report: at the limit spopt cannot write one."""
    model.problem.solve(solver)


# --- goals 3 and 4: a million cells --------------------------------------------------------------


def million(city: City) -> Iterator[Line]:
    """MCLP and partial cover from the arrays of a reach, in a minute each."""
    reach, people = reach_of_city(city)
    pairs = f"{city}, {len(reach.ms):,} pairs, {HUGE_S:g} s"
    found, took = _mclp(reach, people, city.p, HUGE_S)
    peak = peak_mb()
    good = found.gap <= 0.01 and peak <= 4_096
    covered = people[found.served].sum()
    yield Line(
        3, f"MCLP {pairs}", f"{found.objective:,.0f} in {took}", "–",
        f"gap {found.gap:.2%}, {peak:,.0f} MB, **≤ 1 %, ≤ 4 GB {_said(good)}**",
        covered == found.objective <= found.bound and len(found.opened) <= city.p,
        f"recounted; bound {found.bound:,.0f}",
    )  # fmt: skip
    part, took = timed(lambda: _part(reach, people, HUGE_S))
    share = people[part.served].sum() / people.sum()
    yield Line(
        4, f"partial cover, 95 %, {pairs}", f"{part.objective:,.0f} sites in {took}", "–",
        f"gap {part.gap:.2%}, **≤ 2 % {_said(part.gap <= 0.02)}**",
        share >= 0.95 and part.bound <= part.objective, f"{share:.3%}; bound {part.bound:,.0f}",
    )  # fmt: skip


# --- goals 2 and 4 again: cities held out --------------------------------------------------------


def held_out(cities: tuple[City, ...]) -> Iterator[Line]:
    """MCLP and partial cover of cities that nothing was tried on, as long as goal 2 allows."""
    for city in cities:
        reach, people = reach_of_city(city)
        found, took = _mclp(reach, people, city.p, LARGE_S)
        yield Line(
            2, f"held out: MCLP {city}, radius {city.radius:g}, {LARGE_S:g} s",
            f"{found.objective:,.0f} in {took}", "–", f"gap {found.gap:.2%}",
            people[found.served].sum() == found.objective <= found.bound,
            f"recounted; bound {found.bound:,.0f}",
        )  # fmt: skip
        part, took = timed(lambda: _part(reach, people, LARGE_S))  # noqa: B023
        share = people[part.served].sum() / people.sum()
        yield Line(
            4, f"held out: partial cover, 95 %, {city}, radius {city.radius:g}, {LARGE_S:g} s",
            f"{part.objective:,.0f} sites in {took}", "–", f"gap {part.gap:.2%}",
            share >= 0.95 and part.bound <= part.objective, f"{share:.3%}; bound {part.bound:,.0f}",
        )  # fmt: skip


def _part(reach: Reach, people: Floats, limit_s: float) -> Location:
    return lscp(
        reach, limit_ms=reach.limit_ms, share=0.95, people=people,
        effort=Effort(stop=Seconds(limit_s)),
    )  # fmt: skip


# --- goal 7: a frontier --------------------------------------------------------------------------


def frontiers(city: City) -> Iterator[Line]:
    """Twenty numbers of sites, and twenty budgets, against each of them solved alone."""
    reach, people = reach_of_city(city)
    numbers = [city.p * k // BUDGETS for k in range(1, BUDGETS + 1)]
    cost = np.random.default_rng(city.seed).integers(50, 201, city.candidates).astype(float)
    for what, one, many in (
        ("numbers of sites", [{"p": p} for p in numbers], {"p": numbers}),
        (
            "budgets",
            [{"cost": cost, "budget": 100.0 * p} for p in numbers],
            {"cost": cost, "budgets": [100.0 * p for p in numbers]},
        ),
    ):
        yield _frontier(city, reach, people, what, one, many)


def _frontier(
    city: City, reach: Reach, people: Floats, what: str, one: list[Any], many: Any
) -> Line:
    def ask(model: Any, given: Any) -> tuple[Any, Took]:
        effort = Effort(stop=first_of(Gap(FRONTIER_GAP), Seconds(HUGE_S)))
        return timed(lambda: model(reach, people, limit_ms=reach.limit_ms, **given, effort=effort))

    ask(coverage_frontier, many)
    ask(mclp, one[-1])
    times, alone_times = [], []
    for _ in range(REPEATS):
        points, took = ask(coverage_frontier, many)
        alone = [ask(mclp, given) for given in one]
        times.append(took)
        alone_times.append([took for _, took in alone])
    took = _least(times)
    each = [_least(list(listed)) for listed in zip(*alone_times, strict=True)]
    longest = max(each, key=lambda one: one.cpu)
    sums = sum(one.cpu for one in each)
    ratio = max(took.wall / longest.wall, took.cpu / longest.cpu)
    reached = max(point.gap for point in points) <= FRONTIER_GAP
    agrees = all(
        people[point.served].sum() == point.objective <= point.bound
        and point.objective <= single.bound
        and single.objective <= point.bound
        for point, (single, _) in zip(points, alone, strict=True)
    ) and all(
        less.objective <= more.objective and less.bound <= more.bound
        for less, more in pairwise(points)
    )
    return Line(
        7, f"{BUDGETS} {what} to {city}, gap ≤ {FRONTIER_GAP:.1%}", f"{took}",
        f"alone: longest {longest}, mean {sums / len(each):.2g}",
        f"{ratio:.2g} × the longest, {took.cpu / sums:.2g} × all, **≤ 2 × one "
        f"{_said(reached and ratio <= 2)}**",
        agrees, "no bound below what the other found; rising",
    )  # fmt: skip


def _least(times: list[Took]) -> Took:
    return Took(*map(min, zip(*times, strict=True)))


# --- goal 6: published optima --------------------------------------------------------------------


def graph(file: Path) -> tuple[Floats, int]:
    """Shortest ways of an OR-Library graph, and its p; the last length of an edge counts."""
    numbers = np.array(file.read_text().split(), dtype=int)
    n, m, p = numbers[:3].tolist()
    table = np.full((n, n), np.inf)
    for i, j, length in numbers[3 : 3 + 3 * m].reshape(-1, 3) - np.array([1, 1, 0]):
        table[i, j] = table[j, i] = length
    np.fill_diagonal(table, 0.0)
    return np.asarray(floyd_warshall(table)), p


def warehouses(file: Path) -> tuple[Floats, Floats, Floats, Floats]:
    """Capacity and cost of sites, demand of customers, cost of sites × customers."""
    numbers = np.array(file.read_text().split(), dtype=float)
    n, m = int(numbers[0]), int(numbers[1])
    sites, customers = numbers[2 : 2 + 2 * n].reshape(n, 2), numbers[2 + 2 * n :].reshape(m, n + 1)
    return sites[:, 0], sites[:, 1], customers[:, 0], customers[:, 1:].T


def published(file: Path) -> dict[str, float]:
    """Optima by name."""
    lines = [line.split() for line in file.read_text().splitlines()]
    listed = [line for line in lines if len(line) == 2 and line[0].startswith(("pmed", "cap"))]
    return {name: float(value) for name, value in listed}


def orlib(home: Path, *, quick: bool) -> Iterator[Line]:
    """Every published optimum of p-medians, k-centers and warehouses, proven."""
    if not home.exists():
        return
    graphs = sorted((home / "orlib_pmed").glob("pmed[0-9]*.txt"), key=lambda f: (len(f.name), f))
    graphs = graphs[:5] if quick else graphs
    tables = {file.stem: graph(file) for file in graphs}
    medians = published(home / "orlib_pmed" / "pmedopt.txt")
    centers = published(home / "orlib_pmed" / "kcenteropt.txt")
    costs = {name: (Costs.of_table(table), p) for name, (table, p) in tables.items()}
    p_median(*_small())
    spent = 0.0
    for what, best, solve in (
        ("p-median", medians, lambda c, p: p_median(c, None, p)),
        ("k-center", centers, p_center),
    ):
        done = {name: timed(lambda: solve(c, p)) for name, (c, p) in costs.items()}  # noqa: B023
        line, seconds = _proven(what, {k: v[0] for k, v in done.items()},
                                {k: v[1] for k, v in done.items()}, best)  # fmt: skip
        spent += seconds
        yield line
    files = sorted((home / "orlib_cap").glob("cap[0-9]*.txt"))
    sites = {file.stem: warehouses(file) for file in files}
    done = {
        name: timed(
            lambda: facility_location(Costs.of_table(c), f, demand=d, capacity=k)  # noqa: B023
        )
        for name, (k, f, d, c) in sites.items()
    }
    line, seconds = _proven("warehouses", {k: v[0] for k, v in done.items()},
                            {k: v[1] for k, v in done.items()},
                            published(home / "orlib_cap" / "capopt.txt"))  # fmt: skip
    yield line
    spent += seconds
    yield Line(
        6, "all of them", f"{spent:.3g} s", "–", f"**≤ 5 min {_said(spent <= 300)}**", True, ""
    )


def _small() -> tuple[Costs, None, int]:
    return Costs.of_table(np.arange(9.0).reshape(3, 3)), None, 1


def _proven(
    what: str, found: dict[str, Location], took: dict[str, Took], best: dict[str, float]
) -> tuple[Line, float]:
    seconds = sum(one.wall for one in took.values())
    slowest = max(took, key=lambda name: took[name].wall)
    wrong = [
        name for name, one in found.items()
        if abs(one.objective - best[name]) > 0.01 or one.gap > 1e-8
    ]  # fmt: skip
    return Line(
        6, f"{what}, {len(found)} of OR-Library", f"{seconds:.3g} s",
        f"slowest {slowest}: {took[slowest].wall:.3g} s", "every optimum, proven", not wrong,
        "as published" if not wrong else f"not {', '.join(wrong)}",
    ), seconds  # fmt: skip


def main() -> int:
    """Race and print the table; 1 where anybody disagreed."""
    beside = Path(os.environ.get("PLANNING_SHARED_DATA") or ROOT.parent / "shared" / "data")
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="under a minute: small cities")
    parser.add_argument("--data", type=Path, default=beside, help="folder with benchmarks/orlib_*")
    parser.add_argument("--peer-limit", type=float, default=300.0, help="seconds for spopt [s]")
    parser.add_argument("--write", type=Path, help="page whose table is to be written anew")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    raced, large, huge, many, others = (
        (QUICK_RACED, QUICK_LARGE, QUICK_HUGE, QUICK_MANY, QUICK_HELD_OUT)
        if options.quick
        else (RACED, LARGE, HUGE, MANY, HELD_OUT)
    )
    lines: list[Line] = []
    # The million first: the peak of memory is then its own.
    for found in (
        million(huge),
        held_out(others),
        frontiers(many),
        against_spopt(raced, large, options.peer_limit),
        orlib(options.data / "benchmarks", quick=options.quick),
    ):
        for line in found:
            print(line, file=sys.stderr, flush=True)
            lines.append(line)
    head = "| goal | what | ours s (CPU) | peer s (CPU) | target | agreement |"
    rows = [head, "|" + "---|" * (head.count("|") - 1), *map(str, sorted(lines, key=_goal))]
    text = "\n".join([machine("numpy", "numba", "highspy", "spopt"), "", *rows])
    if not named("spopt"):
        text += "\n\n- spopt is not installed"
    print(text)
    if options.write:
        page = options.write.read_text(encoding="utf-8")
        options.write.write_text(rewritten(page, text, name="siting"), encoding="utf-8")
    return 0 if all(line.agrees for line in lines) else 1


def _goal(line: Line) -> int:
    return line.goal


if __name__ == "__main__":
    sys.exit(main())
