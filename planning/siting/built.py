"""What options are once they are opened: facilities of their own, or changed ones."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from planning.facilities import ELDER_FUNCTIONS, NO, TRAITS, UNKNOWN, YES, Candidates, Facilities
from planning.siting.changes import Change, as_changed
from planning.siting.modules import Module
from planning.siting.options import Options

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]


def built(
    options: Options,
    candidates: Candidates,
    stands: Facilities,
    rows: Longs,
    size: Longs,
    *,
    opened: Longs,
) -> Facilities:
    """What stands, changed where options `rows` change it, followed by what they build.

    `size` and `opened` are those of the rows, (r,) each; `opened` is the year, −1 unknown.
    """
    found = as_facilities(options, candidates, stands, rows, size, opened=opened)
    changed = options.facility[rows].astype(np.int64)
    is_new = changed < 0
    new = np.flatnonzero(is_new)
    # Of what stands the changed rows are taken from what the options are, the others as they are.
    both = stands.joined(found)
    order = np.arange(len(stands), dtype=np.int64)
    order[changed[~is_new]] = len(stands) + np.flatnonzero(~is_new)
    return both.take(np.concatenate([order, len(stands) + new]))


def given_up(stands: Facilities, facilities: Facilities) -> frozenset[str]:
    """What nobody does any more once what stands is changed; the register is about it all the same.

    Without that, a clause about it could not be judged: a register that lists none of a kind may be
    about others.
    """
    done: frozenset[str] = frozenset().union(*stands.functions)
    return done - frozenset().union(*facilities.functions)


def rows_of(options: Options, rows: Longs, n_stands: int) -> Longs:
    """Where options `rows` (r,) are among the facilities of `built`, of which so many stood."""
    facility = options.facility[rows].astype(np.int64)
    is_new = facility < 0
    return np.where(is_new, n_stands + np.cumsum(is_new) - 1, facility)


def as_facilities(
    options: Options,
    candidates: Candidates,
    stands: Facilities,
    rows: Longs,
    size: Longs,
    *,
    opened: Longs,
) -> Facilities:
    """Options `rows` of these sizes, (r,) each, as a register would list them once they are open.

    `opened` (r,) is the year of each, −1 unknown; a facility that is changed keeps its own.
    """
    new = np.flatnonzero(options.facility[rows] < 0)
    changed = np.flatnonzero(options.facility[rows] >= 0)
    fresh = as_new(options, candidates, rows[new], size[new], opened=opened[new])
    if not len(changed):
        return fresh
    changes = [options.modules[m] for m in options.module[rows[changed]]]
    assert all(isinstance(change, Change) for change in changes)
    other = as_changed(
        stands,
        options.facility[rows[changed]].astype(np.int64),
        [change for change in changes if isinstance(change, Change)],
        size[changed],
    )
    order = np.argsort(np.concatenate([new, changed]), kind="stable")
    return fresh.joined(other).take(order)


def as_new(
    options: Options, candidates: Candidates, rows: Longs, size: Longs, *, opened: Longs
) -> Facilities:
    """Options `rows` that build something, as `as_facilities` has them.

    What a module does not say is unknown; beds, places and land it does not have are none.
    """
    at = options.candidate[rows]
    numbers, of = np.unique(options.module[rows], return_inverse=True)
    kinds = [kind for m in numbers if isinstance(kind := options.modules[m], Module)]
    assert len(kinds) == len(numbers)

    def each(say: Callable[[Module], Any], dtype: type[Any]) -> npt.NDArray[Any]:
        """What is said of the module of every row."""
        return np.array([say(kind) for kind in kinds], dtype=dtype)[of]

    def held(counted: str, by_module: Callable[[Module], float]) -> Floats:
        is_counted = each(lambda m: m.sized_in == counted, bool)
        return each(by_module, np.float64) + np.where(is_counted, size, 0)

    floor_m2 = options.floor_per_unit[rows] * size
    is_elder = each(lambda m: bool(m.functions & ELDER_FUNCTIONS), bool)
    beds = held("beds", lambda m: m.beds)
    said = {trait: each(functools.partial(_answer, trait=trait), np.int8) for trait in TRAITS}
    own = of.tolist()
    return Facilities(
        ids=tuple(candidates.ids[j] for j in at),
        names=tuple(candidates.ids[j] for j in at),
        types=tuple(candidates.source_classes[j] for j in at),
        functions=tuple(kinds[m].functions for m in own),
        x_m=candidates.x_m[at],
        y_m=candidates.y_m[at],
        places=held("places", lambda m: m.places),
        beds=beds,
        nursing_beds=np.where(each(lambda m: m.is_nursing, bool), beds, 0.0),
        elder_land_m2=np.where(is_elder, options.land_per_unit[rows] * size, 0.0),
        floor_m2=floor_m2,
        elder_floor_m2=np.where(is_elder, floor_m2, 0.0),
        is_open=np.ones(len(rows), dtype=bool),
        place={level: index[at] for level, index in candidates.place.items()},
        operator=tuple(kinds[m].operator for m in own),
        opened_year=opened.astype(np.int32),
        tier_min=each(lambda m: m.tier_min, np.int32),
        grade=each(lambda m: m.grade, np.int32),
        traits=said,
    )


def _answer(module: Module, trait: str) -> int:
    said = next((wanted for name, wanted in module.traits.items() if name == trait), None)
    return UNKNOWN if said is None else YES if said else NO
