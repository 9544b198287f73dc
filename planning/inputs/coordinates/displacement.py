"""How near to streets rows stand, and how near they would stand if they were displaced as a whole.

The permutation test of `detection`, which says what it is for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from planning.inputs.coordinates.ground import Ground
from planning.inputs.coordinates.reading import Flags, Floats, Reading

DistanceTo = Callable[[Floats, Floats], Floats]
"""From longitude and latitude [degrees WGS 84] to the nearest street [m]; NaN or inf where far."""

UNKNOWN_SPACING_M = 60.0
"""What a town's typical street distance is taken for where no street is near at all [m]."""

_COPIES = 400
_NEAREST_COPY_M, _FARTHEST_COPY_M = 250.0, 1_500.0
_GOLDEN_ANGLE = np.pi * (3.0 - np.sqrt(5.0))
_LEAST_SPACING, _MOST_SPACING = 0.7, 6.0
_ROWS_LEFT = 0.5
_METRES_PER_DEGREE = 111_195.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Rows where one reading puts them, shape (n,), and where copies of it do, shape (copies, n).

    Distances to streets [m], far ones infinite; `inside` and `copies_inside` the area, within
    which the streets are known.
    """

    own_m: Floats
    inside: Flags
    copies_m: Floats
    copies_inside: Flags

    @classmethod
    def of(
        cls, reading: Reading, x: Floats, y: Floats, ground: Ground, distance_m: DistanceTo
    ) -> Placed:
        """The rows x and y, shape (n,), under one reading."""
        lon, lat = reading.to_wgs84(x, y)
        inside = ground.holds(lon, lat)
        east_m, north_m = _displacements()
        per_degree = _METRES_PER_DEGREE * np.cos(np.radians(lat))
        copy_lon = lon + east_m[:, np.newaxis] / per_degree
        copy_lat = lat + north_m[:, np.newaxis] / _METRES_PER_DEGREE
        copies_inside = np.zeros(copy_lon.shape, dtype=bool)
        copies_inside[:, inside] = ground.holds(
            copy_lon[:, inside].ravel(), copy_lat[:, inside].ravel()
        ).reshape(len(east_m), -1)
        return cls(
            own_m=_distances(distance_m, lon, lat, inside),
            inside=inside,
            copies_m=_distances(distance_m, copy_lon, copy_lat, copies_inside),
            copies_inside=copies_inside,
        )

    def take(self, rows: Flags) -> Placed:
        """Some of the rows."""
        return Placed(
            own_m=self.own_m[rows],
            inside=self.inside[rows],
            copies_m=self.copies_m[:, rows],
            copies_inside=self.copies_inside[:, rows],
        )

    def near_m(self, spacing_m: float) -> float:
        """The mean distance of the rows in the area, held within its limits [m]."""
        held = _held(self.own_m[self.inside], spacing_m)
        return float(held.mean()) if len(held) else np.nan

    def chance(self, spacing_m: float) -> float:
        """Share of the copies that stand as near; those that left the area by half do not count."""
        here = np.count_nonzero(self.inside)
        rows = np.count_nonzero(self.copies_inside, axis=1)
        kept = rows >= max(1.0, _ROWS_LEFT * here)
        if not here or not kept.any():
            return 1.0
        held = np.where(self.copies_inside, _held(self.copies_m, spacing_m), 0.0)[kept]
        copies = held.sum(axis=1) / rows[kept]
        as_near = np.count_nonzero(copies <= self.near_m(spacing_m) + 1e-9)
        return float((1 + as_near) / (1 + len(copies)))

    def lead(self, rival: Placed, spacing_m: float) -> float:
        """How much nearer its rows stand than the rival's, of √Σ difference²; 0 where none does."""
        both = self.inside & rival.inside
        ahead = _held(rival.own_m[both], spacing_m) - _held(self.own_m[both], spacing_m)
        spread = float(np.sqrt(np.sum(ahead**2)))
        return float(ahead.sum()) / spread if spread > 0 else 0.0


def _displacements() -> tuple[Floats, Floats]:
    """East and north [m] of the copies: a sunflower over the ring, each for the same ground."""
    step = np.arange(_COPIES)
    inner, outer = _NEAREST_COPY_M**2, _FARTHEST_COPY_M**2
    radius = np.sqrt(inner + (outer - inner) * (step + 0.5) / _COPIES)
    return radius * np.cos(step * _GOLDEN_ANGLE), radius * np.sin(step * _GOLDEN_ANGLE)


def _distances(distance_m: DistanceTo, lon: Floats, lat: Floats, rows: Flags) -> Floats:
    """Street distances of some places, infinite for the others and where the measure is silent."""
    found = np.full(lon.shape, np.inf)
    if rows.any():
        measured = np.asarray(distance_m(lon[rows], lat[rows]), dtype=np.float64)
        found[rows] = np.where(np.isnan(measured), np.inf, measured)
    return found


def _held(found_m: Floats, spacing_m: float) -> Floats:
    return np.clip(found_m, _LEAST_SPACING * spacing_m, _MOST_SPACING * spacing_m)


def on_known_streets(placed: list[Placed]) -> list[Placed]:
    """Without the rows that no reading puts near a street: there the streets are not drawn.

    Held at the same distance by every reading, they could tell nothing, and their copies, some of
    which do come upon streets, would hide what the other rows tell. A lone reading keeps its rows.
    """
    if len(placed) < 2:
        return placed
    nearest_m = np.min([each.own_m for each in placed], axis=0)
    known = nearest_m <= _MOST_SPACING * typical_m(placed)
    return [each.take(known) for each in placed]


def typical_m(placed: list[Placed]) -> float:
    """The median of the street distances that are known, of all copies of all readings [m]."""
    known = np.concatenate([np.ravel(each.copies_m) for each in placed])
    known = known[np.isfinite(known)]
    return float(np.median(known)) if len(known) else UNKNOWN_SPACING_M
