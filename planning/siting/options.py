"""What may be opened where: one module in one candidate, and what it would be as a facility."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from planning.area import Index
from planning.facilities import ELDER_FUNCTIONS, NO, TRAITS, UNKNOWN, YES, Candidates, Facilities
from planning.siting.modules import Module
from planning.units import rational

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What may be opened: a module in a candidate, shape (k,).

    An option of `size` units takes ``size · floor_per_unit`` m² of floor; size is 0 (not opened) or
    between `min_size` and `max_size`. Of options of one `slot` at most one is opened: the sizes of
    one module in one candidate. Land is the part of the candidate's own parcel that goes with the
    floor used. Sizes cost `yuan_per_unit` each, beside the candidate's own fixed cost.
    """

    modules: tuple[Module, ...]
    candidate: Index
    module: Index
    slot: Index
    min_size: Longs
    max_size: Longs
    floor_per_unit: Floats
    land_per_unit: Floats
    yuan_per_unit: Floats

    def __len__(self) -> int:
        return len(self.candidate)

    @property
    def service(self) -> tuple[str, ...]:
        """The service of every option."""
        return tuple(self.modules[m].service for m in self.module)


class _Row(NamedTuple):
    candidate: int
    module: int
    slot: int
    min_size: int
    max_size: int
    floor_per_unit: float
    land_per_unit: float
    yuan_per_unit: float


def options_of(candidates: Candidates, modules: Sequence[Module]) -> Options:
    """Every module in every candidate that may host its service and has the floor for it."""
    rows: list[_Row] = []
    slots = 0
    for at in range(len(candidates)):
        for m, module in enumerate(modules):
            if module.service not in candidates.services[at]:
                continue
            sizes = _sizes(module, float(candidates.floor_m2[at]))
            rows += [_row(candidates, at, m, module, slots, least, most) for least, most in sizes]
            slots += bool(sizes)
    columns = list(zip(*rows, strict=True)) or [()] * len(_Row._fields)
    whole, real = (np.int32, np.int32, np.int32, np.int64, np.int64), (np.float64,) * 3
    arrays = (
        np.array(column, dtype=kind) for column, kind in zip(columns, (*whole, *real), strict=True)
    )
    return Options(modules=tuple(modules), **dict(zip(_Row._fields, arrays, strict=True)))


def _sizes(module: Module, floor_m2: float) -> list[tuple[int, int]]:
    """The ranges of size that a floor allows: one from least to most, or one a size of its own."""
    unit_m2 = rational(module.floor_m2_per_unit)
    floor = rational(floor_m2)
    if module.sizes_m2:
        fitting = [rational(size) for size in module.sizes_m2 if rational(size) <= floor]
        return [(n, n) for n in sorted({math.floor(size / unit_m2) for size in fitting}) if n > 0]
    if module.max_floor_m2 is not None:
        floor = min(floor, rational(module.max_floor_m2))
    least = max(1, math.ceil(rational(module.min_floor_m2) / unit_m2))
    most = math.floor(floor / unit_m2)
    return [(least, most)] if most >= least else []


def _row(
    candidates: Candidates, at: int, m: int, module: Module, slot: int, least: int, most: int
) -> _Row:
    unit_m2, floor_m2 = module.floor_m2_per_unit, float(candidates.floor_m2[at])
    price = candidates.yuan_per_m2[at] if module.yuan_per_m2 is None else module.yuan_per_m2
    return _Row(
        candidate=at,
        module=m,
        slot=slot,
        min_size=least,
        max_size=most,
        floor_per_unit=unit_m2,
        land_per_unit=float(candidates.land_m2[at]) * unit_m2 / floor_m2,
        yuan_per_unit=float(price) * unit_m2,
    )


def as_facilities(
    options: Options,
    candidates: Candidates,
    rows: Longs,
    size: Longs,
    *,
    opened: Longs,
) -> Facilities:
    """Options `rows` of these sizes, (r,) each, as a register would list them once they are open.

    `opened` (r,) is the year of each, −1 unknown. What a module does not say is unknown, but beds,
    places and land it does not have are none.
    """
    at = options.candidate[rows]
    modules = [options.modules[m] for m in options.module[rows]]
    floor_m2 = options.floor_per_unit[rows] * size
    is_elder = np.array([bool(m.functions & ELDER_FUNCTIONS) for m in modules], dtype=bool)
    beds = _held(modules, size, "beds")
    said = {
        trait: np.array([_answer(m, trait) for m in modules], dtype=np.int8) for trait in TRAITS
    }
    return Facilities(
        ids=tuple(candidates.ids[j] for j in at),
        names=tuple(candidates.ids[j] for j in at),
        types=tuple(candidates.source_classes[j] for j in at),
        functions=tuple(m.functions for m in modules),
        x_m=candidates.x_m[at],
        y_m=candidates.y_m[at],
        places=_held(modules, size, "places"),
        beds=beds,
        nursing_beds=np.where([m.is_nursing for m in modules], beds, 0.0).astype(np.float64),
        elder_land_m2=np.where(is_elder, options.land_per_unit[rows] * size, 0.0),
        floor_m2=floor_m2,
        elder_floor_m2=np.where(is_elder, floor_m2, 0.0),
        is_open=np.ones(len(rows), dtype=bool),
        place={level: index[at] for level, index in candidates.place.items()},
        operator=tuple(m.operator for m in modules),
        opened_year=opened.astype(np.int32),
        tier_min=np.array([m.tier_min for m in modules], dtype=np.int32),
        grade=np.array([m.grade for m in modules], dtype=np.int32),
        traits=said,
    )


def _held(modules: Sequence[Module], size: Longs, kind: str) -> Floats:
    each = [m.places if kind == "places" else m.beds for m in modules]
    counted = np.array([m.sized_in == kind for m in modules], dtype=bool)
    return np.array(each, dtype=np.float64) + np.where(counted, size, 0)


def _answer(module: Module, trait: str) -> int:
    said = next((wanted for name, wanted in module.traits.items() if name == trait), None)
    return UNKNOWN if said is None else YES if said else NO
