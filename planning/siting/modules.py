"""What can be built: kinds of facility, what each does, holds and needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from planning.standards.terms import Trait

SizedIn = Literal["places", "beds", "m2"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One kind of facility that a service may build in a candidate.

    It is sized in whole places, in whole beds or in whole m² of floor (`sized_in`), each unit of
    size taking `floor_m2_per_unit` [m²]; `min_floor_m2` is the smallest that is worth opening,
    `max_floor_m2` the largest that is wanted, and with `sizes_m2` only these floors are built
    规模档. `places` and `beds` come with every one of it, beside those that its size counts.
    `is_nursing` makes its beds beds of the nursing type. `traits`, `operator`, `grade` and `tier`
    are what it will be, and what the register will say of it (`Facilities`).
    `yuan_per_m2` is its price where it is not that of the candidate. `label` is what planners call
    it, "" where its name says it.
    """

    name: str
    service: str
    functions: frozenset[str]
    label: str = ""
    sized_in: SizedIn = "m2"
    floor_m2_per_unit: float = 1.0
    min_floor_m2: float = 0.0
    max_floor_m2: float | None = None
    sizes_m2: tuple[float, ...] = ()
    places: int = 0
    beds: int = 0
    is_nursing: bool = False
    traits: Mapping[Trait, bool] = field(default_factory=dict)
    operator: str = ""
    grade: int = -1
    tier_min: int = -1
    yuan_per_m2: float | None = None

    @property
    def called(self) -> str:
        """What planners read: its label, else its name."""
        return self.label or self.name
