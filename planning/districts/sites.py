"""Which facilities and candidates stand inside a residential area, or in reach of its people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import shapely

from planning.area import RESIDENTIAL, ResidentialAreas
from planning.demand import TOTAL, Demand
from planning.districts.arrivals import new_areas, still_to_come
from planning.network import snap
from planning.result import StudyResult, Town
from planning.travel import Reach, audience, reach
from planning.units import MS_PER_MIN, limit_ms

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

Kind = Literal["facility", "candidate"]
Status = Literal["open", "preparing", "closed", "candidate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaSite:
    """A facility or a candidate at hand for an area.

    `site` is its number among the facilities, or among the candidates. `distance_m` is straight to
    the area's ground [m], 0 inside. `people_within` are the area's people who walk there within
    `limit_min` [persons], `share` their part of all of them (None: nobody); `nearest_min` is the
    walk of the nearest of them, `mean_min` that of them all [min], None where nobody does.
    """

    area: int
    kind: Kind
    site: int
    status: Status
    is_inside: bool
    distance_m: float
    limit_min: float
    people_within: float
    share: float | None
    nearest_min: float | None
    mean_min: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Walks:
    """Who walks from where: demand points with their area, and the reach of every site."""

    people: Floats
    area: npt.NDArray[np.int32]
    reach: Reach


def sites_of(result: StudyResult) -> tuple[AreaSite, ...]:
    """The sites inside the new areas of a study, or in reach of their people.

    By area, facilities first, those inside before those outside, then by the people who reach them.

    Reach is the longest limit of the study's services. The people of an area are its planned ones,
    whether or not they have come; where there are none, those who live there.
    """
    town = result.town
    areas, who = town.area.residential, new_areas(town.area.residential)
    if areas is None or not who.any():
        return ()
    limit_min = max(service.limit_min for service in town.study.services.values())
    limit = limit_ms(limit_min)
    coming = still_to_come(town)
    walks = [_now(result, who, coming)]
    if coming is not None:
        walks.append(_later(town, coming, who, limit))
    found = [
        site
        for at in np.flatnonzero(who).tolist()
        for site in _around(town, areas, at, walks, limit_min)
    ]
    return tuple(sorted(found, key=_place))


def _now(result: StudyResult, who: Flags, coming: Demand | None) -> _Walks:
    """The planned people of areas who have come; who lives in those that have none to come."""
    demand = result.town.demand
    lives_in = demand.place[RESIDENTIAL]
    have_come = np.zeros(len(who) + 1, dtype=bool)
    have_come[lives_in[demand.is_planned]] = True
    waits = np.append(~who, True)
    if coming is not None:
        waits[coming.place[RESIDENTIAL]] = True
    counts = ~waits[lives_in] & (demand.is_planned | ~have_come[lives_in])
    area = np.where(counts, lives_in, -1).astype(np.int32)
    return _Walks(people=demand.people[TOTAL], area=area, reach=result.reach)


def _later(town: Town, coming: Demand, who: Flags, limit: int) -> _Walks:
    """Those still to come, walking the streets of today."""
    snaps = snap(
        town.network,
        coming.x_m,
        coming.y_m,
        max_snap_m=town.demand_snaps.max_snap_m,
        island_km=town.demand_snaps.island_km,
    )
    lives_in = coming.place[RESIDENTIAL]
    found = reach(town.network, town.sites, audience(town.network, snaps), limit_ms=limit)
    area = np.where(who[lives_in], lives_in, -1).astype(np.int32)
    return _Walks(people=coming.people[TOTAL], area=area, reach=found)


def _around(
    town: Town, areas: ResidentialAreas, at: int, walks: list[_Walks], limit_min: float
) -> Iterator[AreaSite]:
    """The sites of one area; its people are all in one of the `walks`."""
    own = next((w for w in walks if (w.area == at).any()), walks[0])
    people = np.where(own.area == at, own.people, 0.0)
    everybody = float(people.sum())
    x_m, y_m = (
        np.concatenate([getattr(town.facilities, axis), *_of_candidates(town, axis)])
        for axis in ("x_m", "y_m")
    )
    distance_m = shapely.distance(areas.geometry[at], shapely.points(x_m, y_m))
    first = len(town.facilities)
    is_ours = np.append(_serves(town), np.ones(len(x_m) - first, dtype=bool))
    limit = limit_ms(limit_min)
    for site in np.flatnonzero(is_ours).tolist():
        pairs = slice(own.reach.start[site], own.reach.start[site + 1])
        here = people[own.reach.demand[pairs]]
        ms = own.reach.ms[pairs]
        walkers = (here > 0) & (ms <= limit)
        if distance_m[site] > 0 and not walkers.any():
            continue
        within = float(here[walkers].sum())
        yield AreaSite(
            area=at,
            kind="facility" if site < first else "candidate",
            site=site if site < first else site - first,
            status=_status(town, site),
            is_inside=bool(distance_m[site] == 0),
            distance_m=float(distance_m[site]),
            limit_min=limit_min,
            people_within=within,
            share=within / everybody if everybody > 0 else None,
            nearest_min=float(ms[walkers].min()) / MS_PER_MIN if within else None,
            mean_min=float(np.dot(here[walkers], ms[walkers])) / within / MS_PER_MIN
            if within
            else None,
        )


def _of_candidates(town: Town, axis: str) -> list[Floats]:
    return [] if town.candidates is None else [getattr(town.candidates, axis)]


def _serves(town: Town) -> Flags:
    """Which facilities do what any service of the study is about, open or not."""
    asked = frozenset[str]().union(*(s.functions for s in town.study.services.values()))
    return town.facilities.doing(asked)


def _status(town: Town, site: int) -> Status:
    facilities = town.facilities
    if site >= len(facilities):
        return "candidate"
    if facilities.is_open[site]:
        return "open"
    return "preparing" if facilities.is_preparing[site] else "closed"


def _place(one: AreaSite) -> tuple[int, bool, bool, float, float, int]:
    return (
        one.area,
        one.kind == "candidate",
        not one.is_inside,
        -one.people_within,
        one.distance_m,
        one.site,
    )
