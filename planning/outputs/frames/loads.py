"""How full every facility is, and who goes to it, as tables: planned sites under their own id."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planning.outputs.frames.results import frame_of
from planning.outputs.goings import Going, goings, site_numbers, uptake
from planning.result import StudyResult
from planning.units import MS_PER_MIN


def loads_frame(result: StudyResult) -> pd.DataFrame:
    """A row for each state × service × rule × facility that offers the service."""
    numbers = site_numbers(result)
    rows: list[dict[str, object]] = []
    for going in goings(result):
        situation = result.situation_of(going.state)
        facilities = situation.facilities
        n = len(facilities)
        load = going.load(n)
        spent = np.bincount(going.site, weights=going.taken * going.ms, minlength=n)
        farthest = np.zeros(n)
        np.maximum.at(farthest, going.site, going.ms)
        level = result.town.area.levels[-1]
        for i in np.flatnonzero(facilities.offering(situation.functions[going.service])).tolist():
            has = None if np.isnan(going.capacity[i]) else float(going.capacity[i])
            at = int(facilities.place[level.level][i])
            rows.append(
                _head(result, going)
                | {
                    "facility_id": facilities.ids[i],
                    "facility_name": facilities.names[i],
                    "site": numbers.get(facilities.ids[i], "") if going.state == "after" else "",
                    "unit_id": level.ids[at] if at >= 0 else "",
                    "people": load[i],
                    "capacity": has,
                    "share": load[i] / has if has else None,
                    "mean_min": spent[i] / load[i] / MS_PER_MIN if load[i] > 0 else None,
                    "farthest_min": farthest[i] / MS_PER_MIN if load[i] > 0 else None,
                }
            )
    return frame_of("loads", rows)


def goings_frame(result: StudyResult) -> pd.DataFrame:
    """A row for each state × service × rule × smallest unit × facility that its people go to."""
    level = result.town.area.levels[-1]
    home = result.town.demand.place[level.level]
    rows: list[dict[str, object]] = []
    for going in goings(result):
        ids = result.situation_of(going.state).facilities.ids
        pairs = home[going.point].astype(np.int64) * len(ids) + going.site
        used, at = np.unique(pairs, return_inverse=True)
        people = np.bincount(at, weights=going.taken)
        spent = np.bincount(at, weights=going.taken * going.ms)
        for pair, persons, ms in zip(used.tolist(), people, spent, strict=True):
            unit, site = divmod(pair, len(ids))
            rows.append(
                _head(result, going)
                | {
                    "level": level.level,
                    "unit_id": level.ids[unit] if unit >= 0 else "",
                    "unit_name": level.names[unit] if unit >= 0 else "",
                    "facility_id": ids[site],
                    "people": persons,
                    "mean_min": ms / persons / MS_PER_MIN,
                }
            )
    return frame_of("goings", rows)


def _head(result: StudyResult, going: Going) -> dict[str, object]:
    """What every row of a going says."""
    spec = result.town.study.services[going.service]
    return {
        "state": going.state,
        "service": going.service,
        "limit_min": spec.limit_min,
        "rule": going.rule,
        "amount": "" if spec.capacity is None else spec.capacity.amount,
        "group": spec.group,
        "uptake": uptake(result, going.service),
        "people_year": result.town.demand.year,
    }
