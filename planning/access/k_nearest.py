"""The way to the k nearest sites: what it costs to have a choice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planning.travel import Nearest, Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class KNearest:
    """The k nearest sites of every demand point within a reach.

    `nearest` has shapes (n, k), nearest first, −1 where fewer are in reach. `mean_ms` (n,) is the
    mean time to all k of them, NaN where fewer are in reach.
    """

    nearest: Nearest
    mean_ms: npt.NDArray[np.float64]


def k_nearest(reach: Reach, *, k: int) -> KNearest:
    """The k nearest sites of a reach; of sites equally far, those that stand first.

    “Average cost to reach diversity”: Apparicio et al. (2008), International Journal of Health
    Geographics 7:7, table 1. Raises ValueError for k below 1.
    """
    if k < 1:
        raise ValueError(f"found k = {k}, expected 1 or more")
    demand, ms = np.asarray(reach.demand), np.asarray(reach.ms)
    site = np.repeat(np.arange(reach.n_sites, dtype=np.int32), np.diff(reach.start))
    # The sort is stable, so that of sites equally far the first stays first.
    order = np.lexsort((ms, demand))
    counts = np.bincount(demand, minlength=reach.n_demand)
    nth = np.arange(len(order)) - np.repeat(np.cumsum(counts) - counts, counts)
    order, nth = order[nth < k], nth[nth < k]
    found = Nearest(
        site=np.full((reach.n_demand, k), -1, dtype=np.int32),
        ms=np.full((reach.n_demand, k), -1, dtype=np.int32),
    )
    found.site[demand[order], nth] = site[order]
    found.ms[demand[order], nth] = ms[order]
    return KNearest(nearest=found, mean_ms=mean_of_nearest(found, k=k))


def mean_of_nearest(nearest: Nearest, *, k: int) -> npt.NDArray[np.float64]:
    """Mean time to the first k of the sites listed, (n,) [ms]; NaN where fewer are there.

    Of `travel.nearest_k`, which looks however far, nobody is left out for living far away.
    """
    first = nearest.ms[:, :k]
    return np.where(nearest.site[:, k - 1] >= 0, first.mean(axis=1), np.nan)
