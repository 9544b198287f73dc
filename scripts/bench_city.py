"""An invented city for the benchmark of clauses: a thousand units, and facts that nobody states.

Its streets are not drawn: times to walk are straight lines with a detour, for the benchmark is of
clauses and not of the streets (see bench_network.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from scipy.spatial import cKDTree

from planning.access import Coverage
from planning.area import Index, ResidentialAreas, StudyArea, UnitLevel
from planning.demand import Demand
from planning.facilities import TRAITS, Candidates, Facilities
from planning.inputs.vocabulary import vocabulary
from planning.standards import Profile, Situation, walks
from planning.standards.functions import building_functions
from planning.standards.source_classes import source_classes
from planning.travel import Nearest

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

YEAR = 2025
CITY_M = 60_000.0
WALK_M_S, STEP_FREE_M_S, RIDE_M_S, DETOUR = 1.0, 0.7, 15 / 3.6, 1.3
BEELINE_MS_PER_M = {
    "walk": 1000 * DETOUR / WALK_M_S,
    "step_free": 1000 * DETOUR / STEP_FREE_M_S,
    "delivery": 1000 * DETOUR / RIDE_M_S,
    "metres": 1000 * DETOUR,
}
SHARES = {"elderly": 0.2, "aged_65": 0.15, "aged_80": 0.03, "under_3": 0.027, "age_2": 0.009,
          "households": 0.4}  # fmt: skip
"""Parts of one resident, on average."""
UNSAID = 0.1
"""Part of the facts about facilities that the register does not state, and of flags of streets."""


@dataclass(frozen=True, kw_only=True)
class Size:
    """How much there is of everything."""

    counties: int
    streets: int
    communities: int
    points: int
    facilities: int
    candidates: int
    areas: int

    @property
    def units(self) -> int:
        """Planning units of all levels."""
        return 1 + self.counties + self.streets + self.communities


FULL = Size(
    counties=10, streets=100, communities=889, points=200_000, facilities=3_000, candidates=500,
    areas=100,
)  # fmt: skip
QUICK = Size(
    counties=2, streets=6, communities=21, points=600, facilities=150, candidates=30, areas=6
)


@dataclass(frozen=True)
class Beeline:
    """A way of travel along straight lines: what clauses ask of `planning.access.Way`."""

    demand: Demand
    ms_per_m: float

    def coverage(self, x_m: Floats, y_m: Floats, *, counting: Flags, limit_ms: int) -> Coverage:
        """The two nearest of the sites that are counting."""
        rows, n = np.flatnonzero(counting), len(self.demand)
        site, ms = (np.full((n, 2), -1, dtype=np.int32) for _ in range(2))
        if len(rows):
            k = min(2, len(rows))
            tree = cKDTree(np.stack([x_m[rows], y_m[rows]], axis=1))
            away_m, at = tree.query(np.stack([self.demand.x_m, self.demand.y_m], axis=1), k=[1, k])
            site[:, :k], ms[:, :k] = rows[at[:, :k]], np.rint(away_m[:, :k] * self.ms_per_m)
        first, second = (Nearest(site=site[:, i].copy(), ms=ms[:, i].copy()) for i in range(2))
        return Coverage(limit_ms=limit_ms, nearest=first, second=second, reachable=first.site >= 0)


def invented(size: Size, profiles: Iterable[Profile], *, seed: int = 0) -> Situation:
    """The city with the travel times that the profiles ask about, the same for the same seed."""
    rng = np.random.default_rng(seed)
    area = _area(size, rng)
    demand = _demand(size, area, rng)
    facilities = _facilities(size, area, rng)
    return Situation(
        area=area,
        demand=demand,
        facilities=facilities,
        functions={"elder_care": frozenset({"elder_institution", "elder_community"}),
                   "nursery": frozenset({"nursery"})},
        group={"elder_care": "elderly", "nursery": "under_3"},
        coverage={},
        goals={},
        candidates=_candidates(size, area, rng),
        walks=walks(
            [clause for profile in profiles for clause in profile.clauses],
            facilities, beelines(demand), year=YEAR, strict_tiers=False,
        ),
        year=YEAR,
    )  # fmt: skip


def beelines(demand: Demand) -> Any:
    """Every way of travel, along straight lines."""
    return {mode: Beeline(demand, ms_per_m) for mode, ms_per_m in BEELINE_MS_PER_M.items()}


def _area(size: Size, rng: np.random.Generator) -> StudyArea:
    """Stripes of counties, of streets within them, and of communities within these."""
    city = shapely.box(0, 0, CITY_M, CITY_M)
    counties, _ = _stripes([city], size.counties, upright=True)
    streets, street_in = _stripes(counties, size.streets, upright=False)
    communities, community_in = _stripes(streets, size.communities, upright=True)
    zone = np.array(["urban", "suburb", "rural"])[3 * np.arange(size.counties) // size.counties]
    is_urban = zone == "urban"
    central, agricultural = np.where(is_urban, "yes", "no"), np.where(is_urban, "no", "yes")
    town = rng.choice(["old", "new"], size.streets)
    by_county = {"zone": zone, "central": central, "agricultural": agricultural}
    by_street = {name: said[street_in] for name, said in by_county.items()} | {"town": town}
    by_community = {name: said[community_in] for name, said in by_street.items()}
    asked = ("eligible", "poverty", "migrants")
    return StudyArea(
        name="bench",
        epsg=4544,
        boundary=city,
        levels=(
            _level("city", [city]),
            _level("county", counties, **by_county, form=np.full(len(counties), "district")),
            _level(
                "street", streets, **by_street,
                form=np.where(by_street["zone"] == "urban", "street", "town"),
                **{name: _flags(rng, size.streets) for name in (*asked, "central_town")},
            ),
            _level(
                "community", communities, **by_community,
                form=np.where(by_community["zone"] == "rural", "village", "neighbourhood"),
                **{name: _flags(rng, size.communities) for name in asked},
            ),
        ),
        residential=_areas(size, rng),
    )  # fmt: skip


def _stripes(
    above: Sequence[shapely.Polygon], n: int, *, upright: bool
) -> tuple[list[shapely.Polygon], Index]:
    """The boxes above cut into `n` stripes, as evenly as whole numbers allow; whose each is."""
    of = np.arange(n) * len(above) // n
    counts = np.bincount(of)
    found = []
    for box, count in zip(above, counts.tolist(), strict=True):
        west, south, east, north = box.bounds
        x, y = np.linspace(west, east, count + 1), np.linspace(south, north, count + 1)
        found += [
            shapely.box(x[i], south, x[i + 1], north)
            if upright
            else shapely.box(west, y[i], east, y[i + 1])
            for i in range(count)
        ]
    return found, of.astype(np.int32)


def _level(name: str, shapes: Sequence[shapely.Polygon], **said: Any) -> UnitLevel:
    ids = tuple(f"{name}-{i:04d}" for i in range(len(shapes)))
    return UnitLevel(
        level=name, ids=ids, names=ids, parent_ids=(None,) * len(ids),
        geometry=_geometries(shapes),
        attributes={key: tuple(words.tolist()) for key, words in said.items()},
    )  # fmt: skip


def _geometries(shapes: Sequence[shapely.Polygon]) -> npt.NDArray[np.object_]:
    found = np.empty(len(shapes), dtype=object)
    found[:] = shapes
    return found


def _flags(rng: np.random.Generator, n: int) -> Any:
    """Yes or no, and now and then nothing said."""
    return np.where(rng.random(n) < UNSAID, "", rng.choice(["yes", "no"], n))


def _areas(size: Size, rng: np.random.Generator) -> ResidentialAreas:
    """Squares that do not meet, half of them new."""
    side = int(np.ceil(np.sqrt(size.areas)))
    step = CITY_M / side
    shapes = [
        shapely.box(x * step, y * step, x * step + 800, y * step + 800)
        for x in range(side) for y in range(side)
    ][: size.areas]  # fmt: skip
    n = len(shapes)
    is_new = rng.random(n) < 0.5
    ids = tuple(f"area-{i:03d}" for i in range(n))
    people = np.where(is_new, rng.integers(1_000, 15_000, n), -1)
    return ResidentialAreas(
        ids=ids, names=ids,
        status=tuple("new" if new else "built" for new in is_new),
        status_by=("status",) * n, dated=("",) * n, built=~is_new,
        planned_people=people, households=np.where(is_new, people * 2 // 5, -1),
        delivery_year=np.where(is_new, rng.integers(2022, 2028, n), -1).astype(np.int32),
        stays=np.ones(n, dtype=bool), geometry=_geometries(shapes),
    )  # fmt: skip


def _demand(size: Size, area: StudyArea, rng: np.random.Generator) -> Demand:
    x_m, y_m = _positions(size.points, rng)
    people = {"total": rng.gamma(2.0, 50.0, size.points)}
    for group, share in SHARES.items():
        people[group] = people["total"] * share * rng.uniform(0.5, 1.5, size.points)
    return Demand(
        x_m=x_m, y_m=y_m, people=people, place=area.locate(x_m, y_m),
        outline=np.empty(size.points, dtype=object), year=YEAR,
        people_in_source=float(people["total"].sum()), people_outside=0.0,
    )  # fmt: skip


def _positions(n: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Places in the city, on whole metres as registers have them."""
    x_m, y_m = (np.rint(rng.uniform(0, CITY_M, n)) for _ in "xy")
    return x_m, y_m


def _facilities(size: Size, area: StudyArea, rng: np.random.Generator) -> Facilities:
    """Buildings of the types that registers know; a part of every fact unknown."""
    n = size.facilities
    types = [building_functions().completed(does) for does in vocabulary()["functions"].values()]
    does = [types[i] for i in rng.integers(0, len(types), n).tolist()]
    x_m, y_m = _positions(n, rng)
    elder = np.array([bool(done & {"elder_institution", "elder_community"}) for done in does])
    nursery = np.array(["nursery" in done for done in does])
    beds = _known(rng, np.where(elder, rng.integers(0, 200, n), 0), of=elder)
    floor_m2 = _known(rng, rng.integers(200, 6_000, n))
    traits = {name: rng.integers(0, 2, n).astype(np.int8) for name in TRAITS}
    for values in traits.values():
        values[rng.random(n) < UNSAID] = -1
    is_open = rng.random(n) < 0.9
    return Facilities(
        ids=tuple(f"f{i:04d}" for i in range(n)),
        names=tuple(f"设施{i:04d}" for i in range(n)),
        types=("",) * n,
        functions=tuple(does),
        x_m=x_m, y_m=y_m,
        places=_known(rng, np.where(nursery, rng.integers(10, 150, n), 0), of=nursery),
        elder_land_m2=_known(rng, np.where(elder, rng.integers(0, 4_000, n), 0), of=elder),
        floor_m2=floor_m2,
        is_open=is_open,
        is_preparing=~is_open & (rng.random(n) < 0.5),
        place=area.locate(x_m, y_m),
        beds=beds,
        nursing_beds=_known(rng, np.floor(beds * rng.random(n)), of=elder),
        elder_floor_m2=np.where(elder, floor_m2, 0.0),
        far=_known(rng, rng.integers(10, 40, n) / 10),
        operator=tuple(rng.choice(["government", "market", ""], n).tolist()),
        opened_year=np.where(rng.random(n) < UNSAID, -1, rng.integers(2005, 2026, n)).astype("i4"),
        tier_min=rng.choice(np.array([-1, 5, 10, 15], dtype=np.int32), n),
        grade=rng.integers(-1, 6, n).astype(np.int32),
        hub=tuple(f"f{i:04d}" if i % 3 else "" for i in rng.integers(0, n, n).tolist()),
        traits=traits,
    )  # fmt: skip


def _known(rng: np.random.Generator, values: Any, *, of: Flags | None = None) -> Floats:
    """The values with some unknown, only `of` some."""
    unsaid = rng.random(len(values)) < UNSAID
    found: Floats = np.where(unsaid if of is None else unsaid & of, np.nan, values)
    return found


def _candidates(size: Size, area: StudyArea, rng: np.random.Generator) -> Candidates:
    n, classes = size.candidates, source_classes()
    kinds = [classes.classes[i] for i in rng.integers(0, len(classes.classes), n)]
    x_m, y_m = _positions(n, rng)
    return Candidates(
        ids=tuple(f"c{i:04d}" for i in range(n)),
        source_classes=tuple(kind.words[0] for kind in kinds),
        services=tuple(classes.services(kind) for kind in kinds),
        x_m=x_m, y_m=y_m,
        floor_m2=rng.integers(100, 3_000, n).astype(float), land_m2=np.zeros(n),
        yuan_per_m2=np.full(n, 3_000.0), fixed_yuan=np.zeros(n), assumed=(frozenset(),) * n,
        place=area.locate(x_m, y_m),
    )  # fmt: skip
