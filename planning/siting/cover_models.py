"""Covers as mixed-integer models: what is left for HiGHS when bounds have fixed what they can."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from planning.siting.cover import Cover
from planning.siting.highs import FREE, Model

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]


def full_cover(cover: Cover, cost: Floats) -> Model:
    """Least cost with a site open for every group; one column a site."""
    n, g = cover.n_sites, cover.n_groups
    return Model(
        cost=cost,
        lower=np.zeros(n),
        upper=np.ones(n),
        whole=np.ones(n, dtype=bool),
        start=cover.sites.start,
        column=cover.sites.item,
        value=np.ones(len(cover.sites.item)),
        row_lower=np.ones(g),
        row_upper=np.full(g, FREE),
    )


def least_cost(cover: Cover, cost: Floats, need: float) -> Model:
    """Least cost that covers groups of weight `need`; columns are sites, then groups covered."""
    ones = np.ones(cover.n_groups)
    return _linked(
        cover,
        cost=np.concatenate([cost, 0.0 * ones]),
        last=(cover.n_sites + np.arange(cover.n_groups), cover.weight),
        limits=(need, FREE),
    )


def most_weight(cover: Cover, cost: Floats, budget: float) -> Model:
    """Most weight (as the least of its negative) that a budget covers; columns as `least_cost`."""
    return _linked(
        cover,
        cost=np.concatenate([0.0 * cost, -cover.weight]),
        last=(np.arange(cover.n_sites), cost),
        limits=(-FREE, budget),
    )


def _linked(
    cover: Cover, *, cost: Floats, last: tuple[Longs, Floats], limits: tuple[float, float]
) -> Model:
    """A row ``covered ≤ Σ its sites`` for every group, and one last row of its own."""
    n, g = cover.n_sites, cover.n_groups
    start = cover.sites.start + np.arange(g + 1)
    heads = np.zeros(start[-1], dtype=bool)
    heads[start[:-1]] = True
    column = np.empty(len(heads), dtype=np.int64)
    column[heads], column[~heads] = n + np.arange(g), cover.sites.item
    return Model(
        cost=cost,
        lower=np.zeros(n + g),
        upper=np.ones(n + g),
        whole=np.arange(n + g) < n,
        start=np.append(start, start[-1] + len(last[0])),
        column=np.concatenate([column, last[0]]),
        value=np.concatenate([np.where(heads, 1.0, -1.0), last[1]]),
        row_lower=np.append(np.full(g, -FREE), limits[0]),
        row_upper=np.append(np.zeros(g), limits[1]),
    )
