"""Towns with edits laid over them, as a scenario file has them, and edits made at random."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
from judging_page import FAR_MS
from scenarios import ground_of

from planning.access import Way
from planning.buildable import modules_of
from planning.inputs.what_if.laying import laid_over
from planning.result import Town
from planning.siting.options import sizes_of
from planning.study import WhatIf
from planning.travel import reach

_FARTHEST_MS = 60 * 60_000


def laid(town: Town, edits: Mapping[str, Any]) -> Town:
    """The town with edits laid over it, on the same streets."""
    what_if = WhatIf.model_validate({"epsg": town.area.epsg, **edits})
    study = town.study.model_copy(update={"what_if": what_if})
    ground = laid_over(study, ground_of(town))
    demand, spec = ground.demand, study.network
    ways = town.ways
    if demand is not town.demand:
        ways = {
            mode: Way.of(
                way.network,
                demand.x_m,
                demand.y_m,
                max_snap_m=spec.max_snap_m,
                island_km=spec.island_km,
            )
            for mode, way in town.ways.items()
        }
    walk, stands = ways["walk"], ground.facilities
    return replace(
        town,
        study=study,
        area=ground.area,
        demand=demand,
        ways=ways,
        demand_snaps=walk.demand,
        crowd=walk.crowd,
        facilities=stands,
        facility_snaps=walk.sites(stands.x_m, stands.y_m),
        absent=ground.absent,
    )


class Times:
    """Walks from everybody to every facility, by where it stands and who there is."""

    def __init__(self) -> None:
        self._kept: dict[str, npt.NDArray[np.int32]] = {}

    def of(self, town: Town) -> dict[str, npt.NDArray[np.int32]]:
        """Times [ms] by the name of a place, in the order of the facilities."""
        stands, n = town.facilities, len(town.demand)
        names = [f"{n} {x} {y}" for x, y in zip(stands.x_m, stands.y_m, strict=True)]
        # Two facilities at one place are told apart: the page's world has a row for each.
        names = [f"{name} {names[:at].count(name)}" for at, name in enumerate(names)]
        new = np.array([at for at, name in enumerate(names) if name not in self._kept], dtype=int)
        if len(new):
            found = reach(
                town.network, town.facility_snaps.take(new), town.crowd, limit_ms=_FARTHEST_MS
            )
            for site, at in enumerate(new.tolist()):
                row = np.full(n, FAR_MS, dtype=np.int32)
                pairs = slice(found.start[site], found.start[site + 1])
                row[found.demand[pairs]] = found.ms[pairs]
                self._kept[names[at]] = row
        return {name: self._kept[name] for name in names}


def some_edits(town: Town, luck: random.Random, *, areas: bool) -> dict[str, Any]:
    """A few edits of every sort that can be made to the town, areas only where they are asked."""
    stands, kinds = town.facilities, modules_of(town.study)
    ids = luck.sample(stands.ids, min(len(stands), luck.randint(0, 6)))
    removed, moved, resized = ids[::3], ids[1::3], ids[2::3]
    added = []
    for number in range(luck.randint(0, 4)):
        kind = luck.choice(kinds)
        x_m, y_m = some_place(town, luck)
        size = luck.choice(sizes_of(kind, 1e6))[0]
        added.append(
            {"id": f"W{number}", "name": luck.choice(["", "新日照", "某托育园"]), "size": size,
             "service": kind.service, "kind": kind.name, "x_m": x_m, "y_m": y_m}
        )  # fmt: skip
    drawn = [_area(town, luck, n) for n in range(luck.randint(1, 2))] if areas else []
    places = {name: list(some_place(town, luck)) for name in moved}
    for name, area in zip(luck.sample(moved, min(len(moved), len(drawn))), drawn, strict=False):
        places[name] = area["outline"][1]  # on the border of an area is inside it
    for site, area in zip(added, drawn, strict=False):
        (west, south), _, (east, north), _ = area["outline"]
        site["x_m"], site["y_m"] = round((2 * west + east) / 3, 2), round((south + north) / 2, 2)
    return {
        "added": added,
        "removed": removed,
        "moved": places,
        "resized": {name: _amounts(luck) for name in resized},
        "areas": drawn,
    }


def _amounts(luck: random.Random) -> dict[str, float]:
    beds = luck.choice([0, 20, 120])
    whole: dict[str, float] = {"beds": beds, "nursing_beds": luck.randint(0, beds)}
    return {**whole, "places": luck.choice([0, 30, 90]), "floor_m2": luck.choice([80.5, 750, 3000])}


def some_place(town: Town, luck: random.Random) -> tuple[float, float]:
    """Somewhere near where people live, to the centimetre, inside the area."""
    demand = town.demand
    at = luck.randrange(len(demand))
    x_m, y_m = (
        round(float(axis[at]) + luck.uniform(-150, 150), 2) for axis in (demand.x_m, demand.y_m)
    )
    if not town.area.contains(np.array([x_m]), np.array([y_m]))[0]:
        x_m, y_m = round(float(demand.x_m[at]), 2), round(float(demand.y_m[at]), 2)
    return x_m, y_m


def _area(town: Town, luck: random.Random, number: int) -> dict[str, Any]:
    """A square about a home, so small that it lies inside the study area or nearly so."""
    demand = town.demand
    at = luck.randrange(len(demand))
    x_m, y_m = float(demand.x_m[at]), float(demand.y_m[at])
    for half_m in (150.0, 60.0, 20.0, 5.0):
        corners = [(x_m + a * half_m, y_m + b * half_m) for a, b in ((-1, -1), (1, -1), (1, 1))]
        corners.append((x_m - half_m, y_m + half_m / 2))
        xs, ys = (np.array(axis) for axis in zip(*corners, strict=True))
        if town.area.contains(xs, ys).all():
            break
    return {
        "id": f"P{number}", "name": "", "households": luck.randint(1, 1500),
        "persons_per_household": luck.choice([2.0, 2.6, 3.25]),
        "outline": [[round(x, 2), round(y, 2)] for x, y in corners],
    }  # fmt: skip
