"""What the page knows of places: facilities that stand, kinds to be built, premises, services."""

from __future__ import annotations

from typing import Any

import numpy as np

from planning.buildable import modules_of
from planning.facilities import ELDER_FUNCTIONS, Candidates
from planning.outputs.whatif.arrays import packed
from planning.result import Town
from planning.siting.built import as_new
from planning.siting.modules import Module
from planning.siting.options import Options, options_of, sizes_of

AMOUNTS = ("places", "beds", "nursing_beds", "floor_m2", "elder_floor_m2", "elder_land_m2")
"""What facilities hold of a quantity; NaN where the register does not say."""

_ANY_FLOOR_M2 = 1e9


def facilities_data(town: Town) -> dict[str, Any]:
    """The register in its order, with the unit of every facility at every level."""
    stands = town.facilities
    return {
        "ids": list(stands.ids),
        "names": list(stands.names),
        "types": list(stands.types),
        "x_m": packed(stands.x_m, "f64"),
        "y_m": packed(stands.y_m, "f64"),
        "is_open": packed(stands.is_open, "u8"),
        "far": packed(stands.far, "f64"),
        **{name: packed(getattr(stands, name), "f64") for name in AMOUNTS},
        "place": {level: packed(at, "i32") for level, at in stands.place.items()},
    }


def services_data(town: Town) -> list[dict[str, Any]]:
    """Every service: whom it is for, its limit, and which facilities and kinds offer it."""
    modules = modules_of(town.study)
    return [
        {
            "key": key,
            "label": spec.label,
            "group": spec.group,
            "limit_min": spec.limit_min,
            "offers": packed(town.facilities.offering(frozenset(spec.functions)), "u8"),
            "kinds": [bool(module.functions & set(spec.functions)) for module in modules],
        }
        for key, spec in town.study.services.items()
    ]


def kinds_data(town: Town) -> list[dict[str, Any]]:
    """Every kind of facility that the study may build, in the order of `modules_of`.

    ``per_open`` and ``per_unit`` are what one has of each of `AMOUNTS` with its opening and with
    each unit of its size, land aside: that hangs on the premises.
    """
    modules = modules_of(town.study)
    made = _Made(modules)
    return [
        {
            "service": module.service,
            "name": module.name,
            "label": module.called,
            "sized_in": module.sized_in,
            **_range(module),
            "floor_m2_per_unit": module.floor_m2_per_unit,
            "yuan_per_m2": module.yuan_per_m2,
            "takes_elder_land": bool(module.functions & ELDER_FUNCTIONS),
            "per_open": made.per_open(at),
            "per_unit": made.per_unit(at),
        }
        for at, module in enumerate(modules)
    ]


def candidates_data(town: Town) -> dict[str, Any]:
    """Premises and parcels, and the sizes at which each can host each kind.

    ``options`` has rows of candidate, kind, least and greatest size.
    """
    candidates = town.candidates or Candidates.none([level.level for level in town.area.levels])
    options = options_of(candidates, modules_of(town.study))
    rows = (options.candidate, options.module, options.min_size, options.max_size)
    return {
        "ids": list(candidates.ids),
        "classes": list(candidates.source_classes),
        "assumed": [candidates.assumed_in_words(at) for at in range(len(candidates))],
        **{
            name: packed(getattr(candidates, name), "f64")
            for name in ("x_m", "y_m", "floor_m2", "land_m2", "yuan_per_m2", "fixed_yuan")
        },
        "options": packed(np.column_stack(rows) if len(options) else np.zeros((0, 4)), "i32"),
    }


def _range(module: Module) -> dict[str, Any]:
    """Sizes at which a kind is built where there is floor enough, in its own unit."""
    ranges = sizes_of(module, _ANY_FLOOR_M2)
    is_endless = not module.sizes_m2 and module.max_floor_m2 is None
    return {
        "min": ranges[0][0] if ranges else 1,
        "max": None if is_endless or not ranges else ranges[-1][1],
        "sizes": [least for least, _ in ranges] if module.sizes_m2 else None,
    }


class _Made:
    """Every kind as a facility of size 1 and of size 2: what it holds is a line through both."""

    def __init__(self, modules: list[Module]) -> None:
        premises = _bare_premises(modules)
        options = options_of(premises, modules)
        rows = np.array([_row(options, at) for at in range(len(modules))], dtype=np.int64)
        ones = np.ones(len(rows), dtype=np.int64)
        self._one, self._two = (
            as_new(options, premises, rows, n * ones, opened=-ones) for n in (1, 2)
        )

    def per_open(self, at: int) -> dict[str, float]:
        return {
            name: float(2 * getattr(self._one, name)[at] - getattr(self._two, name)[at])
            for name in AMOUNTS
        }

    def per_unit(self, at: int) -> dict[str, float]:
        return {
            name: float(getattr(self._two, name)[at] - getattr(self._one, name)[at])
            for name in AMOUNTS
        }


def _row(options: Options, module: int) -> int:
    return int(np.flatnonzero(options.module == module)[0])


def _bare_premises(modules: list[Module]) -> Candidates:
    """One place without land that may host everything."""
    zero = np.zeros(1)
    return Candidates(
        ids=("",),
        source_classes=("",),
        services=(frozenset(module.service for module in modules),),
        x_m=zero,
        y_m=zero,
        floor_m2=zero + _ANY_FLOOR_M2,
        land_m2=zero,
        yuan_per_m2=zero,
        fixed_yuan=zero,
        assumed=(frozenset(),),
        place={},
    )
