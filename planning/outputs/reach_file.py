"""``reach.npz``: who is within which walk of which site, as a sparse matrix."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from planning.result import StudyResult


def write_reach(result: StudyResult, path: Path) -> None:
    """Write the walking times of a run: sites by demand cells, in milliseconds; no people."""
    reach, town = result.reach, result.town
    candidates = () if town.candidates is None else town.candidates.ids
    sites = [*town.facilities.ids, *candidates]
    np.savez_compressed(
        path,
        start=reach.start,
        demand=reach.demand,
        ms=reach.ms,
        limit_ms=np.int64(reach.limit_ms),
        sites=np.array(sites, dtype=np.str_),
        facilities=np.int64(len(town.facilities)),
    )
