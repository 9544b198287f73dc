"""What stands today and what could be used: facilities and candidate premises."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

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


TRAITS = (
    "inclusive", "demo", "filed", "in_use", "fire_safe", "clinic", "medical_contract", "county_run",
    "general_hospital", "public", "geriatric_department", "health_manager", "standardised",
    "upgraded",
)  # fmt: skip
"""What a register may say of a facility with yes or no.

普惠, 示范, 备案, 在用, 消防达标, 内设医务室或护理站, 签约医疗机构, 县级直管, 综合医院, 公立,
设老年医学科, 配健康管理员, 标准化, 已改造提升.
"""
YES, NO, UNKNOWN = 1, 0, -1
"""The three values of a trait."""

OPERATORS = ("government", "market")
"""Who operates a facility; what the public built and others run is of the market (A-16)."""

_UNSAID: Any = None
"""Stands for the default of a field: unknown, of the length of the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facilities:
    """Facilities, shape (n,) each, in the order of their ids.

    `functions` is the set of things a building does (STANDARDS A-11); `places` nursery places
    [places] (0: no nursery, NaN: a nursery that does not say); `elder_land_m2` the independent land
    that counts for elder care [m²] (NaN: unknown); `is_open` whether it counts today,
    `is_preparing` whether it is being built or set up; `place` the unit index per level.

    All that follows is unknown where it is left out. `beds` are beds [beds], elder-care beds where
    the building is for elder care (a stated number counts in any case; 0: no institution, NaN: an
    institution that does not say), `nursing_beds` those of the nursing type 护理型床位 [beds] (0:
    there are no beds, NaN: there are or may be, and it does not say). `elder_floor_m2` is the floor
    used for elder care [m²] (0: none, NaN: unknown), `far` the floor-area ratio of the plot 容积率
    [m² of floor per m² of land] (NaN: unknown), so that the share of land of rooms is their floor
    over it (A-2). `operator` is one of `OPERATORS`, "" unknown; `opened_year` −1 unknown;
    `tier_min` the life circle it belongs to 生活圈层级 [minutes: 5, 10 or 15], −1 unknown; `grade`
    its grade 等级, of institutions 1 to 5, of hospitals 1 to 3 (0: said to have none, −1: unknown);
    `hub` the id of the facility that runs it, "" none or unknown. `traits` are `YES`, `NO` or
    `UNKNOWN` by every name of `TRAITS`.
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
    is_preparing: Flags = _UNSAID
    beds: Floats = _UNSAID
    nursing_beds: Floats = _UNSAID
    elder_floor_m2: Floats = _UNSAID
    far: Floats = _UNSAID
    operator: tuple[str, ...] = _UNSAID
    opened_year: Index = _UNSAID
    tier_min: Index = _UNSAID
    grade: Index = _UNSAID
    hub: tuple[str, ...] = _UNSAID
    traits: Mapping[str, npt.NDArray[np.int8]] = _UNSAID

    def __post_init__(self) -> None:
        n = len(self)
        institution = self.doing(frozenset({"elder_institution"}))
        self._unless_said("is_preparing", np.zeros(n, dtype=bool))
        self._unless_said("beds", np.where(institution, np.nan, 0.0))
        self._unless_said("nursing_beds", np.where(self.beds == 0, 0.0, np.nan))
        self._unless_said("elder_floor_m2", np.where(self.doing(ELDER_FUNCTIONS), np.nan, 0.0))
        self._unless_said("far", np.full(n, np.nan))
        for name in ("operator", "hub"):
            self._unless_said(name, ("",) * n)
        for name in ("opened_year", "tier_min", "grade"):
            self._unless_said(name, np.full(n, -1, dtype=np.int32))
        self._unless_said("traits", {})
        assert set(self.traits) <= set(TRAITS)
        unknown = np.full(n, UNKNOWN, dtype=np.int8)
        traits = {name: self.traits.get(name, unknown) for name in TRAITS}
        object.__setattr__(self, "traits", traits)

    def _unless_said(self, name: str, unknown: object) -> None:
        if getattr(self, name) is _UNSAID:
            object.__setattr__(self, name, unknown)

    def __len__(self) -> int:
        return len(self.ids)

    def doing(self, functions: frozenset[str]) -> Flags:
        """Which facilities do any of `functions`, open or not, shape (n,)."""
        return np.array([bool(done & functions) for done in self.functions], dtype=bool)

    def offering(self, functions: frozenset[str]) -> Flags:
        """Which facilities are open and do any of `functions`, shape (n,)."""
        offering: Flags = self.is_open & self.doing(functions)
        return offering

    def take(self, rows: npt.NDArray[np.int64]) -> Facilities:
        """The facilities of some rows, in their order; one may come several times."""
        at = rows.tolist()
        by_name = ("place", "traits")
        taken: dict[str, Any] = {}
        for field in fields(self):
            values = getattr(self, field.name)
            if field.name in by_name:
                taken[field.name] = {key: column[rows] for key, column in values.items()}
            elif isinstance(values, tuple):
                taken[field.name] = tuple(values[row] for row in at)
            else:
                taken[field.name] = values[rows]
        return Facilities(**taken)

    def joined(self, other: Facilities) -> Facilities:
        """These facilities followed by `other`."""
        by_name = ("place", "traits")
        rows: dict[str, Any] = {
            field.name: _end_to_end(getattr(self, field.name), getattr(other, field.name))
            for field in fields(self)
            if field.name not in by_name
        }
        for name in by_name:
            one, two = getattr(self, name), getattr(other, name)
            rows[name] = {key: np.r_[values, two[key]] for key, values in one.items()}
        return replace(self, **rows)


def _end_to_end(one: Any, other: Any) -> Any:
    return one + other if isinstance(one, tuple) else np.r_[one, other]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """Premises and parcels that could host a service, shape (n,) each.

    Those of a register stand first, in the order of their ids, then those that are made.
    `services` are the services each may host; `floor_m2` the usable floor; `land_m2` its own
    parcel (0 where it is part of another building); `yuan_per_m2` the conversion price;
    `fixed_yuan` the cost of opening at all. `assumed` are the fields that no register says, of
    `ASSUMABLE`: where even the place is, the candidate is made. `available_year` is the first year
    in which anything may open there, −1 where none is said: at any time.
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
    available_year: Index = _UNSAID

    def __post_init__(self) -> None:
        if self.available_year is _UNSAID:
            object.__setattr__(self, "available_year", np.full(len(self), -1, dtype=np.int32))

    def __len__(self) -> int:
        return len(self.ids)

    @staticmethod
    def none(levels: Iterable[str]) -> Candidates:
        """No candidates, in units of these levels."""
        nothing = np.zeros(0)
        return Candidates(
            ids=(), source_classes=(), services=(), x_m=nothing, y_m=nothing, floor_m2=nothing,
            land_m2=nothing, yuan_per_m2=nothing, fixed_yuan=nothing, assumed=(),
            place={level: np.zeros(0, dtype=np.int32) for level in levels},
        )  # fmt: skip

    @property
    def is_made(self) -> Flags:
        """Which candidates nobody listed, shape (n,)."""
        return np.array(["place" in fields for fields in self.assumed], dtype=bool)

    def assumed_in_words(self, candidate: int) -> str:
        """The assumed fields of one candidate in their order, joined by ``|``; "" where none."""
        return "|".join(name for name in ASSUMABLE if name in self.assumed[candidate])

    def take(self, rows: npt.NDArray[np.int64]) -> Candidates:
        """The candidates of some rows, in their order; one may come several times."""
        chosen: dict[str, Any] = {
            name: tuple(getattr(self, name)[row] for row in rows.tolist())
            for name in ("ids", "source_classes", "services", "assumed")
        }
        arrays = (
            "x_m", "y_m", "floor_m2", "land_m2", "yuan_per_m2", "fixed_yuan", "available_year",
        )  # fmt: skip
        chosen |= {name: getattr(self, name)[rows] for name in arrays}
        place = {level: index[rows] for level, index in self.place.items()}
        return Candidates(**chosen, place=place)

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
            available_year=np.r_[self.available_year, other.available_year],
            place={level: np.r_[index, other.place[level]] for level, index in self.place.items()},
        )

    def is_available(self, year: int | None) -> Flags:
        """Where something may open in a year, (n,); everywhere where no year is asked about."""
        return self.available_year <= (np.inf if year is None else year)
