"""What may be opened where: one module in one candidate, or one change to one facility."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from planning.area import Index
from planning.facilities import Candidates, Facilities
from planning.siting.changes import Change, as_candidates, changeable
from planning.siting.modules import Module
from planning.units import rational

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]


_UNSAID: Any = None
"""Stands for the default of a field, of the length of the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What may be opened: a module in a candidate, or a change to a facility; shape (k,).

    An option of `size` units takes ``size · floor_per_unit`` m² of floor; size is 0 (not opened) or
    between `min_size` and `max_size`. Of options of one `slot`, which are all of one candidate, at
    most one is opened: the sizes of one module in it, the changes of one facility. Land is the part
    of the candidate's own parcel that goes with the floor used. An option costs `yuan_fixed`, and
    each unit of its size `yuan_per_unit`, beside the candidate's own fixed cost. `facility` is the
    row of the facility that is changed, −1 where something new is built (all, where it is left
    out).
    """

    modules: tuple[Module | Change, ...]
    candidate: Index
    module: Index
    slot: Index
    min_size: Longs
    max_size: Longs
    floor_per_unit: Floats
    land_per_unit: Floats
    yuan_per_unit: Floats
    yuan_fixed: Floats = _UNSAID
    facility: Index = _UNSAID

    def __post_init__(self) -> None:
        n = len(self)
        if self.yuan_fixed is _UNSAID:
            object.__setattr__(self, "yuan_fixed", np.zeros(n))
        if self.facility is _UNSAID:
            object.__setattr__(self, "facility", np.full(n, -1, dtype=np.int32))

    def __len__(self) -> int:
        return len(self.candidate)

    def joined(self, other: Options, *, n_candidates: int) -> Options:
        """These options followed by `other`, whose candidates come after these `n_candidates`."""
        after = {
            "candidate": n_candidates,
            "module": len(self.modules),
            "slot": int(self.slot.max(initial=-1)) + 1,
        }
        arrays = {
            name: np.concatenate([getattr(self, name), getattr(other, name) + after.get(name, 0)])
            for name in (*_Row._fields, "yuan_fixed", "facility")
        }
        kinds = {name: getattr(self, name).dtype for name in arrays}
        return Options(
            modules=self.modules + other.modules,
            **{name: values.astype(kinds[name]) for name, values in arrays.items()},
        )

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
            sizes = sizes_of(module, float(candidates.floor_m2[at]))
            rows += [_row(candidates, at, m, module, slots, least, most) for least, most in sizes]
            slots += bool(sizes)
    columns = list(zip(*rows, strict=True)) or [()] * len(_Row._fields)
    whole, real = (np.int32, np.int32, np.int32, np.int64, np.int64), (np.float64,) * 3
    arrays = (
        np.array(column, dtype=kind) for column, kind in zip(columns, (*whole, *real), strict=True)
    )
    return Options(modules=tuple(modules), **dict(zip(_Row._fields, arrays, strict=True)))


def sizes_of(module: Module, floor_m2: float) -> list[tuple[int, int]]:
    """The ranges of size that a floor allows: one from least to most, or one a size of its own.

    None where the floor is too small for any.
    """
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


def conversion_yuan(options: Options, candidates: Candidates, k: int, size: int) -> float:
    """What an option costs: its floor at its module's price or the candidate's, or its change.

    Recomputed from the prices, not from what the option says of itself.
    """
    module = options.modules[options.module[k]]
    if isinstance(module, Change):
        return module.yuan + module.yuan_per_unit * size
    price = module.yuan_per_m2
    if price is None:
        price = float(candidates.yuan_per_m2[options.candidate[k]])
    return float(price) * float(options.floor_per_unit[k]) * size


def changes_of(stands: Facilities, changes: Sequence[Change]) -> tuple[Candidates, Options]:
    """The facilities that may be changed, as candidates, and every change that fits one of them."""
    fits = sorted(
        (row, c, most)
        for c, change in enumerate(changes)
        for row, most in changeable(stands, change)
    )
    rows = np.array(sorted({row for row, _, _ in fits}), dtype=np.int64)
    facility = np.array([row for row, _, _ in fits], dtype=np.int32)
    of = [changes[c] for _, c, _ in fits]
    at = np.searchsorted(rows, facility).astype(np.int32)
    return as_candidates(stands, rows), Options(
        modules=tuple(changes),
        candidate=at,
        module=np.array([c for _, c, _ in fits], dtype=np.int32),
        slot=at.copy(),
        min_size=np.ones(len(fits), dtype=np.int64),
        max_size=np.array([most for _, _, most in fits], dtype=np.int64),
        floor_per_unit=np.array([change.floor_m2_per_unit for change in of], dtype=np.float64),
        land_per_unit=np.zeros(len(fits)),
        yuan_per_unit=np.array([change.yuan_per_unit for change in of], dtype=np.float64),
        yuan_fixed=np.array([change.yuan for change in of], dtype=np.float64),
        facility=facility,
    )
