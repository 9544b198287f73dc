"""Published optima: OR-Library's p-medians, k-centers and warehouses, and spopt's San Francisco."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from scipy.sparse.csgraph import floyd_warshall

from planning.siting.classic import Costs, facility_location, lscp, mclp, p_center, p_median
from planning.siting.highs import Status
from planning.travel import Reach

Floats = npt.NDArray[np.float64]
QUICK = [1, 2, 3, 4, 5, 7, 8, 9, 10, 13, 15]
"""The p-medians that take less than a second; scripts/bench_siting.py does all twenty."""


@pytest.fixture(scope="module")
def home(shared_data: Path) -> Path:
    return shared_data / "benchmarks"


def graph(home: Path, name: str) -> tuple[Floats, int]:
    """Shortest ways of a graph, and its p; of an edge written twice the last length counts."""
    numbers = np.array((home / "orlib_pmed" / f"{name}.txt").read_text().split(), dtype=int)
    n, m, p = numbers[:3].tolist()
    table = np.full((n, n), np.inf)
    for i, j, length in numbers[3 : 3 + 3 * m].reshape(-1, 3) - np.array([1, 1, 0]):
        table[i, j] = table[j, i] = length
    np.fill_diagonal(table, 0.0)
    return np.asarray(floyd_warshall(table)), p


def warehouses(home: Path, name: str) -> tuple[Floats, Floats, Floats, Floats]:
    """Capacity and cost of sites, demand of customers, cost of sites × customers."""
    numbers = np.array((home / "orlib_cap" / f"{name}.txt").read_text().split(), dtype=float)
    n, m = int(numbers[0]), int(numbers[1])
    sites = numbers[2 : 2 + 2 * n].reshape(n, 2)
    customers = numbers[2 + 2 * n :].reshape(m, n + 1)
    return sites[:, 0], sites[:, 1], customers[:, 0], customers[:, 1:].T


def published(home: Path, file: str) -> dict[str, float]:
    lines = (home / file).read_text().splitlines()
    pairs = [line.split() for line in lines if line.startswith(("pmed", "cap"))]
    return {name: float(value) for name, value in (pair[:2] for pair in pairs)}


@pytest.mark.parametrize("number", QUICK)
def test_published_medians_and_centers(home: Path, number: int) -> None:
    name = f"pmed{number}"
    table, p = graph(home, name)
    median, center = p_median(Costs.of_table(table), None, p), p_center(Costs.of_table(table), p)
    assert median.objective == median.bound == published(home, "orlib_pmed/pmedopt.txt")[name]
    assert center.objective == center.bound == published(home, "orlib_pmed/kcenteropt.txt")[name]
    assert median.status == center.status == Status.OPTIMAL
    assert len(median.opened) == p and table[median.opened].min(axis=0).sum() == median.objective


def test_published_warehouses(home: Path) -> None:
    best = published(home, "orlib_cap/capopt.txt")
    names = [path.stem for path in sorted((home / "orlib_cap").glob("cap[0-9]*.txt"))]
    assert len(names) == 25
    for name in names:
        capacity, opening, demand, cost = warehouses(home, name)
        found = facility_location(Costs.of_table(cost), opening, demand=demand, capacity=capacity)
        assert found.status == Status.OPTIMAL
        assert found.objective == pytest.approx(best[name], abs=0.01)


def san_francisco(home: Path) -> tuple[Costs, Floats]:
    """spopt's example: 16 stores, 205 tracts, metres of streets."""
    file = home / "spopt_sf" / "SF_network_distance_candidateStore_16_censusTract_205_new.csv"
    with file.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    stores, site = np.unique([row["name"] for row in rows], return_inverse=True)
    tracts, point = np.unique([row["DestinationName"] for row in rows], return_inverse=True)
    metres, people = np.full((len(stores), len(tracts)), np.nan), np.zeros(len(tracts))
    metres[site, point] = [float(row["distance"]) for row in rows]
    people[point] = [float(row["demand"]) for row in rows]
    return Costs.of_table(metres), people


def test_san_francisco_as_spopt_has_it(home: Path) -> None:
    """What spopt 0.7 with CBC finds on the tables of its own tutorials."""
    metres, people = san_francisco(home)
    assert (metres.n_sites, metres.n_demand) == (16, 205)
    # A reach has whole numbers; upwards, so that what is within 5,000 m stays what it is.
    reach = Reach(
        start=metres.start,
        demand=metres.demand,
        ms=np.ceil(metres.cost).astype(np.int32),
        limit_ms=int(np.ceil(metres.cost.max())),
        n_demand=205,
    )
    assert lscp(reach, limit_ms=5_000).objective == 8
    most = mclp(reach, people, limit_ms=5_000, p=4)
    assert most.objective == most.bound == 875_247
    medians, centers = p_median(metres, people, 4), p_center(metres, 4)
    assert medians.objective == pytest.approx(2_848_268_129.7145, rel=1e-12)
    assert centers.objective == centers.bound == pytest.approx(7_403.0638, abs=1e-4)
    assert medians.status == Status.OPTIMAL
