"""What stands today and what could be used: facilities and candidate premises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from planning.area import Index

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

ELDER_FUNCTIONS = frozenset({"elder_institution", "elder_community"})
"""Functions whose land is elder-care land (STANDARDS A-2)."""

ASSUMABLE = (
    "place", "source_class", "services", "floor_m2", "land_m2", "yuan_per_m2", "fixed_yuan",
)  # fmt: skip
"""What of a candidate may be assumed where no register says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facilities:
    """Facilities, shape (n,) each, in the order of their ids.

    `functions` is the set of things a building does (STANDARDS A-11); `places` nursery places
    [places] (0: no nursery, NaN: a nursery that does not say); `elder_land_m2` the independent land
    that counts for elder care [m²] (NaN: unknown); `is_open` whether it counts today; `place` the
    unit index per level. `carried` are columns of the register that nothing here counts by, as they
    are written, by our name ("" where they say nothing).
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    types: tuple[str, ...]
    functions: tuple[frozenset[str], ...]
    x_m: Floats
    y_m: Floats
    places: Floats
    elder_land_m2: Floats
    floor_m2: Floats
    is_open: Flags
    place: Mapping[str, Index]
    carried: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.ids)

    def offering(self, functions: frozenset[str]) -> Flags:
        """Which facilities are open and do any of `functions`, shape (n,)."""
        does = np.array([bool(done & functions) for done in self.functions], dtype=bool)
        offering: Flags = self.is_open & does
        return offering

    def joined(self, other: Facilities) -> Facilities:
        """These facilities followed by `other`."""
        return Facilities(
            ids=self.ids + other.ids,
            names=self.names + other.names,
            types=self.types + other.types,
            functions=self.functions + other.functions,
            x_m=np.r_[self.x_m, other.x_m],
            y_m=np.r_[self.y_m, other.y_m],
            places=np.r_[self.places, other.places],
            elder_land_m2=np.r_[self.elder_land_m2, other.elder_land_m2],
            floor_m2=np.r_[self.floor_m2, other.floor_m2],
            is_open=np.r_[self.is_open, other.is_open],
            place={level: np.r_[index, other.place[level]] for level, index in self.place.items()},
            carried={
                name: self.carried.get(name, ("",) * len(self))
                + other.carried.get(name, ("",) * len(other))
                for name in {**self.carried, **other.carried}
            },
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """Premises and parcels that could host a service, shape (n,) each.

    Those of a register stand first, in the order of their ids, then those that are made.
    `services` are the services each may host; `floor_m2` the usable floor; `land_m2` its own
    parcel (0 where it is part of another building); `yuan_per_m2` the conversion price;
    `fixed_yuan` the cost of opening at all. `assumed` are the fields that no register says, of
    `ASSUMABLE`: where even the place is, the candidate is made.
    """

    ids: tuple[str, ...]
    source_classes: tuple[str, ...]
    services: tuple[frozenset[str], ...]
    x_m: Floats
    y_m: Floats
    floor_m2: Floats
    land_m2: Floats
    yuan_per_m2: Floats
    fixed_yuan: Floats
    assumed: tuple[frozenset[str], ...]
    place: Mapping[str, Index]

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def is_made(self) -> Flags:
        """Which candidates nobody listed, shape (n,)."""
        return np.array(["place" in fields for fields in self.assumed], dtype=bool)

    def assumed_in_words(self, candidate: int) -> str:
        """The assumed fields of one candidate in their order, joined by ``|``; "" where none."""
        return "|".join(name for name in ASSUMABLE if name in self.assumed[candidate])

    def joined(self, other: Candidates) -> Candidates:
        """These candidates followed by `other`."""
        return Candidates(
            ids=self.ids + other.ids,
            source_classes=self.source_classes + other.source_classes,
            services=self.services + other.services,
            x_m=np.r_[self.x_m, other.x_m],
            y_m=np.r_[self.y_m, other.y_m],
            floor_m2=np.r_[self.floor_m2, other.floor_m2],
            land_m2=np.r_[self.land_m2, other.land_m2],
            yuan_per_m2=np.r_[self.yuan_per_m2, other.yuan_per_m2],
            fixed_yuan=np.r_[self.fixed_yuan, other.fixed_yuan],
            assumed=self.assumed + other.assumed,
            place={level: np.r_[index, other.place[level]] for level, index in self.place.items()},
        )
