"""What may be done with a facility that stands: 改造、扩建、转型、关停 (UPG of STANDARDS §0)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from planning.area import Index
from planning.facilities import ELDER_FUNCTIONS, NO, YES, Candidates, Facilities
from planning.standards.choosing import chosen
from planning.standards.terms import Trait, Which

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

ChangedIn = Literal["", "places", "beds", "nursing_beds", "m2"]
"""What a change is sized in; "" where it is done or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that may be done with facilities that stand, for a service.

    With those that are surely `which`, of `ids` where any are named. It `closes` them, or they then
    do what they did and what it `adds`, without what it `drops`. It is sized in whole places, beds
    or m² of floor that come to them, at most `most` of them, or in ordinary beds turned into
    nursing beds (`nursing_beds`), at most as many as there are; each unit of size adds
    `floor_m2_per_unit` [m²]. `places` and `beds` come with every one of it, and with `is_nursing`
    the beds it brings are of the nursing type. `traits`, `operator`, `grade` and `tier_min` are
    what the register will say. It costs `yuan`, and `yuan_per_unit` for each unit of size.
    """

    name: str
    service: str
    which: Which
    ids: frozenset[str] = frozenset()
    closes: bool = False
    adds: frozenset[str] = frozenset()
    drops: frozenset[str] = frozenset()
    sized_in: ChangedIn = ""
    most: int | None = None
    floor_m2_per_unit: float = 0.0
    places: int = 0
    beds: int = 0
    is_nursing: bool = False
    traits: Mapping[Trait, bool] = field(default_factory=dict)
    operator: str = ""
    grade: int = -1
    tier_min: int = -1
    yuan: float = 0.0
    yuan_per_unit: float = 0.0


def changeable(stands: Facilities, change: Change) -> list[tuple[int, int]]:
    """The facilities that a change can be made to, each with the largest size it has room for."""
    sure = chosen(stands, change.which, year=None).sure
    most = _most(stands, change)
    return [
        (row, int(most[row]))
        for row in np.flatnonzero(sure).tolist()
        if most[row] >= 1 and (not change.ids or stands.ids[row] in change.ids)
    ]


def _most(stands: Facilities, change: Change) -> Floats:
    if change.sized_in == "nursing_beds":
        ordinary = np.nan_to_num(stands.beds - stands.nursing_beds)
        return np.minimum(np.floor(ordinary), np.inf if change.most is None else change.most)
    return np.full(len(stands), 1.0 if change.most is None else float(change.most))


def as_changed(
    stands: Facilities, rows: Longs, changes: Sequence[Change], size: Longs
) -> Facilities:
    """Facilities `rows` as the register would list them once changed, each by its own change.

    `rows` (r,), `changes` and `size` (r,) belong together. What nobody knows of a facility nobody
    knows afterwards either: so many more than an unknown number is unknown. Floor that turns to
    elder care is elder-care floor whole where nothing else is left there, else only what comes to
    it; no land becomes elder-care land by it.
    """
    was = stands.take(rows)
    functions = tuple(
        (done | change.adds) - change.drops
        for done, change in zip(was.functions, changes, strict=True)
    )
    floor_m2 = size * np.array([change.floor_m2_per_unit for change in changes], dtype=np.float64)
    is_elder = np.array([bool(done & ELDER_FUNCTIONS) for done in functions], dtype=bool)
    was_elder = was.doing(ELDER_FUNCTIONS)
    turned = is_elder & ~was_elder & np.array([bool(c.drops) for c in changes], dtype=bool)
    elder_floor_m2 = np.where(turned, was.floor_m2, was.elder_floor_m2) + floor_m2
    closes = np.array([change.closes for change in changes], dtype=bool)
    return replace(
        was,
        functions=functions,
        places=was.places + brought(changes, size, "places"),
        beds=was.beds + brought(changes, size, "beds"),
        nursing_beds=was.nursing_beds + brought(changes, size, "nursing_beds"),
        floor_m2=was.floor_m2 + floor_m2,
        elder_floor_m2=np.where(is_elder, elder_floor_m2, 0.0),
        elder_land_m2=np.where(is_elder, was.elder_land_m2, 0.0),
        is_open=was.is_open & ~closes,
        is_preparing=was.is_preparing & ~closes,
        operator=tuple(c.operator or op for c, op in zip(changes, was.operator, strict=True)),
        grade=_said([c.grade for c in changes], was.grade),
        tier_min=_said([c.tier_min for c in changes], was.tier_min),
        traits={
            trait: _said([_answer(c, trait) for c in changes], now).astype(np.int8)
            for trait, now in was.traits.items()
        },
    )


Held = Literal["places", "beds", "nursing_beds"]


def brought(changes: Sequence[Change], size: Longs, kind: Held) -> Floats:
    """What changes of these sizes, (r,) each, bring: known whatever the register says of before."""
    each = zip(changes, size.tolist(), strict=True)
    return np.array([_brings(change, n, kind) for change, n in each], dtype=np.float64)


def _brings(change: Change, size: int, kind: Held) -> float:
    sized = float(size) if change.sized_in == kind else 0.0
    match kind:
        case "places":
            return change.places + sized
        case "beds":
            return change.beds + sized
        case "nursing_beds":
            return sized + (_brings(change, size, "beds") if change.is_nursing else 0.0)


def _said(now: Sequence[int], was: npt.NDArray[np.int32] | npt.NDArray[np.int8]) -> Index:
    """What changes say, and where they say nothing what was."""
    said = np.array(now, dtype=np.int32)
    found: Index = np.where(said >= 0, said, was).astype(np.int32)
    return found


def _answer(change: Change, trait: str) -> int:
    wanted = next((is_so for name, is_so in change.traits.items() if name == trait), None)
    return -1 if wanted is None else YES if wanted else NO


def as_candidates(stands: Facilities, rows: Longs) -> Candidates:
    """Facilities that may be changed as places where something may be done.

    What is done there is priced by the change, and needs no floor but what it brings.
    """
    n = len(rows)
    at = rows.tolist()
    return Candidates(
        ids=tuple(stands.ids[row] for row in at),
        source_classes=tuple(stands.types[row] for row in at),
        services=(frozenset(),) * n,
        x_m=stands.x_m[rows],
        y_m=stands.y_m[rows],
        floor_m2=np.full(n, np.inf),
        land_m2=np.zeros(n),
        yuan_per_m2=np.zeros(n),
        fixed_yuan=np.zeros(n),
        assumed=(frozenset(),) * n,
        place={level: index[rows] for level, index in stands.place.items()},
    )
