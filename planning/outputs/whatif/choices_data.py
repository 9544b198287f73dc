"""Which facilities count for each clause, so that the page can tell it of edited ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from planning.facilities import Candidates, Facilities
from planning.outputs.whatif.arrays import packed
from planning.outputs.whatif.exact import exact_pair
from planning.siting import Module
from planning.siting.built import as_new
from planning.siting.options import Options
from planning.standards import Which, does_any_of
from planning.standards.choosing import chosen
from planning.standards.functions import building_functions
from planning.standards.words import which_words

Flags = npt.NDArray[np.bool_]

SURE, MAYBE = 1, 2
"""What a facility is for a choice beside 0, which is that it does not count."""


class Choices:
    """The choices of facilities that clauses make, each with a number; one asked twice has one."""

    def __init__(self) -> None:
        self.asked: list[tuple[Which, int | None]] = []
        self._numbers: dict[tuple[str, int | None], int] = {}

    def number(self, which: Which, year: int | None) -> int:
        """The number of a choice, as it counts in a year."""
        key = (which.text, year)
        if key not in self._numbers:
            self._numbers[key] = len(self.asked)
            self.asked.append((which, year))
        return self._numbers[key]


def choices_data(
    choices: Choices,
    facilities: Facilities,
    kinds: Sequence[Module],
    *,
    year: int | None,
    strict_tiers: bool,
) -> list[dict[str, Any]]:
    """Every choice with what counts for it: each facility, and each of the `kinds` if it is added.

    How large it must be is left to the page, which may change that; so is what the name of an added
    one must hold. `year` is the study's: its register tells of it, and what is added opens in it.
    """
    added = facilities_of(kinds, facilities, year=year)
    found = []
    for which, asked_year in choices.asked:
        bare = which.model_copy(update={"min_floor_m2": None, "min_places": None})
        nameless = bare.model_copy(update={"named": ()})
        here, there = (
            _counts(some, by, year=asked_year, register=year, strict_tiers=strict_tiers)
            for some, by in ((facilities, bare), (added, nameless))
        )
        zh, en = which_words(which)
        found.append(
            {
                "text": which.text,
                "zh": zh,
                "en": en,
                "counts": packed(here, "u8"),
                "kind_counts": there.tolist(),
                "min_floor_m2": exact_pair(which.min_floor_m2),
                "min_places": exact_pair(which.min_places),
                "named": list(which.named),
                "closed": which.status == "closed",
                "domains": [
                    sorted(building_functions().domains_of(some))
                    for some in does_any_of(which.does)
                ],
            }
        )
    return found


def facilities_of(kinds: Sequence[Module], stands: Facilities, *, year: int | None) -> Facilities:
    """One of each kind, of size 0, as the register would list it in a year; in no unit."""
    n = len(kinds)
    somewhere = Candidates.none(stands.place)
    nowhere = np.zeros(1)
    somewhere = Candidates(
        ids=("",), source_classes=("",), services=(frozenset(),), x_m=nowhere, y_m=nowhere,
        floor_m2=nowhere, land_m2=nowhere, yuan_per_m2=nowhere, fixed_yuan=nowhere,
        assumed=(frozenset(),),
        place={level: np.full(1, -1, dtype=np.int32) for level in somewhere.place},
    )  # fmt: skip
    each, none = np.arange(n, dtype=np.int32), np.zeros(n, dtype=np.int64)
    options = Options(
        modules=tuple(kinds),
        candidate=np.zeros(n, dtype=np.int32),
        module=each,
        slot=each,
        min_size=none,
        max_size=none,
        floor_per_unit=np.zeros(n),
        land_per_unit=np.zeros(n),
        yuan_per_unit=np.zeros(n),
    )
    opened = np.full(n, -1 if year is None else year, dtype=np.int64)
    return as_new(options, somewhere, each.astype(np.int64), none, opened=opened)


def _counts(
    facilities: Facilities,
    which: Which,
    *,
    year: int | None,
    register: int | None,
    strict_tiers: bool,
) -> npt.NDArray[np.uint8]:
    sure, maybe = chosen(facilities, which, year=year, register=register, strict_tiers=strict_tiers)
    return np.where(sure, SURE, np.where(maybe, MAYBE, 0)).astype(np.uint8)
