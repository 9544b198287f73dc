"""Sums by unit that clauses share: people, facilities, their amounts, people within reach.

Every sum is made once for all units of a level, and kept.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
import numpy.typing as npt

from planning.access import Coverage
from planning.area import LEVELS, RESIDENTIAL, Index, UnitLevel, first_containing
from planning.demand import TOTAL
from planning.facilities import Candidates, Facilities
from planning.standards.choosing import Chosen, amounts, chosen, most
from planning.standards.functions import building_functions
from planning.standards.outcome import Range
from planning.standards.readings import Readings
from planning.standards.situation import Situation, Walk
from planning.standards.terms import Amount, Which, does_any_of
from planning.units import hundredths, limit_ms

Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.object_]
Only = tuple[tuple[str, tuple[str, ...]], ...]
"""What units must say of themselves: an attribute and its words, one or more of them."""
ByZone = tuple[tuple[str, Fraction], ...]
"""Limits [min] by the zone of the home."""
Flags = npt.NDArray[np.bool_]
Made = TypeVar("Made")

_HALF = 0.5


class Held(NamedTuple):
    """What a unit holds: how much, of how many facilities, and of how many it is unclear."""

    amount: Range
    facilities: int
    unclear: int


class Reached(NamedTuple):
    """Who is within a limit [min] of a walk, another one by the zone of the home."""

    walk: Walk
    limit: Fraction | None
    by_zone: ByZone = ()


class Accounts:
    """The sums of one situation. Units are numbered as in their level."""

    def __init__(self, situation: Situation, readings: Readings) -> None:
        self.situation = situation
        self.readings = readings
        self._kept: dict[Hashable, Any] = {}

    def once(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """What is made the first time it is asked for, and kept under its key."""
        if key not in self._kept:
            self._kept[key] = make()
        return cast(Made, self._kept[key])

    # --- units -------------------------------------------------------------------------------

    def n_units(self, level: str) -> int:
        """How many units the level has; 0 where the study has none."""
        area = self.situation.area
        if level == RESIDENTIAL:
            return 0 if area.residential is None else len(area.residential)
        found = area.level(level)
        return 0 if found is None else len(found)

    def unit_names(self, level: str) -> tuple[str, ...]:
        """The names of a level's units."""
        area = self.situation.area
        found = area.residential if level == RESIDENTIAL else area.level(level)
        return () if found is None else found.names

    def said(self, level: str, at: int) -> Mapping[str, str]:
        """What is said of a unit, "" where nothing is.

        Of a residential area what is said of the units it lies in, the smallest first.
        """
        if level == RESIDENTIAL:
            return self.once(("said", level), self._said_of_areas)[at]
        found = self.situation.area.level(level)
        if found is None:
            return {}
        return self.once(("said", level), lambda: _unit_by_unit(found))[at]

    def _said_of_areas(self) -> list[Mapping[str, str]]:
        said: list[dict[str, str]] = [{} for _ in range(self.n_units(RESIDENTIAL))]
        for level in reversed(LEVELS):
            for area, unit in zip(said, self.ancestors(RESIDENTIAL, level).tolist(), strict=True):
                for name, word in self.said(level, unit).items() if unit >= 0 else ():
                    area[name] = area.get(name) or word
        return list(said)

    def attributes(self, level: str, at: int) -> Mapping[str, str]:
        """What a unit is: what is said of it, and old or new town by its residents (A-17)."""
        said = self.said(level, at)
        return said if said.get("town", "-") else {**said, "town": self.town(level)[at]}

    def town(self, level: str) -> list[str]:
        """Old town or new, by the areas that residents of each unit live in; "" where none do.

        The kind of most of them; a tie is new, and so is any of both under the reading `strict`,
        for the new town is held to the higher figure (A-17). Only streets and communities have one.
        """
        return self.once(("town", level), lambda: self._town(level))

    def _town(self, level: str) -> list[str]:
        areas, n = self.situation.area.residential, self.n_units(level)
        if areas is None or level not in ("street", "community"):
            return [""] * n
        is_new = np.array([status == "new" for status in areas.status], dtype=bool)
        counted = self.situation.demand.by_unit(RESIDENTIAL, len(areas))
        people = np.where(areas.by_plan, areas.planned_people, counted)
        unit = self.ancestors(RESIDENTIAL, level)
        new, old = (_sums(unit, np.where(kind, people, 0.0), n) for kind in (is_new, ~is_new))
        is_strict = self.readings["mixed_streets"] == "strict"
        return [
            "" if new[at] + old[at] == 0
            else "new" if new[at] >= old[at] or (is_strict and new[at] > 0)
            else "old"
            for at in range(n)
        ]  # fmt: skip

    def ancestors(self, level: str, above: str) -> Index:
        """For every unit of a level the unit of a level above it that it lies in; −1 none."""
        return self.once(("ancestors", level, above), lambda: self._ancestors(level, above))

    def _ancestors(self, level: str, above: str) -> Index:
        area = self.situation.area
        upper = area.level(above)
        lower = area.residential if level == RESIDENTIAL else area.level(level)
        if upper is None or lower is None:
            return np.full(self.n_units(level), -1, dtype=np.int32)
        if level == above:
            return np.arange(len(lower), dtype=np.int32)
        # Borders decide: registers of parents may stop halfway up.
        inside = [shape.representative_point() for shape in lower.geometry]
        x_m, y_m = (np.array([getattr(p, axis) for p in inside]) for axis in "xy")
        return first_containing(upper.geometry, x_m, y_m)

    # --- people ------------------------------------------------------------------------------

    def has_group(self, group: str) -> bool:
        """Whether the study knows how many people of a group live where."""
        return group in self.situation.demand.people

    def persons(self, level: str, group: str = TOTAL, only: Only = ()) -> list[int]:
        """Whole persons of a group in every unit of a level, all or those of units that are so."""
        return self.once(
            ("persons", level, group, only),
            lambda: self._people(level, group, self.so(only) if only else None),
        )

    def _people(self, level: str, group: str, where: Flags | None = None) -> list[int]:
        """Whole persons of a group in every unit of a level, all or only `where`.

        The sums of `planning.demand.people_by_unit`, bit for bit; the order they are made in is
        found once a group.
        """
        order, people = self.once(("rising", group), lambda: self._rising(group))
        at = self.once(
            ("rising", group, level), lambda: self.situation.demand.place[level][order] + 1
        )
        counted = people if where is None else np.where(where[order], people, 0.0)
        found = np.bincount(at, weights=counted, minlength=self.n_units(level) + 1)[1:]
        # As `planning.units.whole_persons` rounds: what is over whole persons is exact in floats.
        whole = np.floor(found)
        persons: list[int] = (whole + (found - whole >= _HALF)).astype(np.int64).tolist()
        return persons

    def _rising(self, group: str) -> tuple[npt.NDArray[np.int64], Floats]:
        """Demand points from the fewest people of a group on, and these people."""
        people = self.situation.demand.people[group]
        order = np.argsort(people, kind="stable")
        return order, people[order]

    def unsaid(self, level: str, only: Only) -> list[int]:
        """Whole persons of whom nobody says where they belong, in every unit of a level."""

        def count() -> list[int]:
            missing = [self.attribute(name) == "" for name, _ in only]
            return self._people(level, TOTAL, np.logical_or.reduce(missing))

        return self.once(("unsaid", level, only), count)

    @cached_property
    def arrived(self) -> bool:
        """Whether people of planned areas are among the residents."""
        return bool(self.situation.demand.is_planned.any())

    def moved_in(self, level: str) -> list[int]:
        """Whole persons who have moved into planned areas, in every unit of a level."""
        demand = self.situation.demand
        return self.once(("moved in", level), lambda: self._people(level, TOTAL, demand.is_planned))

    def all_of(self, group: str) -> float:
        """Persons of a group in the whole area."""
        return self.once(("all of", group), lambda: self.situation.demand.total(group))

    # --- facilities --------------------------------------------------------------------------

    @cached_property
    def domains(self) -> frozenset[str]:
        """The domains of which the register lists anything, or of which nothing stands yet."""
        situation = self.situation
        done = situation.absent.union(*situation.facilities.functions)
        return building_functions().domains_of(done)

    def is_listed(self, which: Which) -> bool:
        """Whether the register is about such facilities: else their absence says nothing.

        One that lists nothing that is closed says nothing of what was closed.
        """
        if which.status == "closed" and not self._lists_closed:
            return False
        return any(self._listed(which))

    def is_partly_listed(self, which: Which) -> bool:
        """Whether the register is about some of the alternatives, and not about others."""
        return any(self._listed(which)) and not all(self._listed(which))

    def _listed(self, which: Which) -> list[bool]:
        """For every alternative whether the register lists all that its buildings do."""
        functions = building_functions()
        return self.once(
            ("listed", which.does),
            lambda: [
                functions.domains_of(some) <= self.domains for some in does_any_of(which.does)
            ],
        )

    @cached_property
    def _lists_closed(self) -> bool:
        facilities = self.situation.facilities
        return bool((~facilities.is_open & ~facilities.is_preparing).any())

    @property
    def strict_tiers(self) -> bool:
        """Whether facilities of one life circle do not stand in for those of another."""
        return self.readings["tiers"] == "strict"

    def chosen(self, which: Which, year: int | None) -> Chosen:
        """The facilities that count in a year."""
        facilities = self.situation.facilities
        return self.once(
            ("chosen", which.text, year),
            lambda: chosen(
                facilities,
                which,
                year=year,
                register=self.situation.year,
                strict_tiers=self.strict_tiers,
            ),
        )

    def held(
        self, level: str, which: Which, amount: Amount, year: int | None, only: Only = ()
    ) -> list[Held]:
        """What every unit of a level holds of an amount in a year, all or where units are so."""
        return self.once(
            ("held", level, which.text, amount, year, only),
            lambda: self._held(level, which, amount, year, only),
        )

    def _held(
        self, level: str, which: Which, amount: Amount, year: int | None, only: Only
    ) -> list[Held]:
        n, facilities = self.n_units(level), self.situation.facilities
        place = facilities.place.get(level, _nowhere(len(facilities)))
        sure, maybe = self.chosen(which, year)
        counts = self.places_so(facilities, only)
        sure, maybe = sure & counts, maybe & counts
        each, top = amounts(facilities, amount), most(facilities, amount)
        blank, unbounded = np.isnan(each), np.isnan(top)
        low = _sums(place, np.where(sure & ~blank, each, 0.0), n)
        high = _sums(place, np.where((sure | maybe) & ~unbounded, top, 0.0), n)
        unclear = _sums(place, (maybe | (sure & blank)).astype(np.float64), n)
        endless = _sums(place, ((sure | maybe) & unbounded).astype(np.float64), n)
        count = _sums(place, sure.astype(np.float64), n)
        exact = _EXACT.get(amount, Fraction)
        is_open_ended = self.is_partly_listed(which)
        sums = (low, high, endless, count, unclear)
        return [
            Held(
                amount=Range(exact(least), None if lacks or is_open_ended else exact(greatest)),
                facilities=int(of),
                unclear=int(of_more),
            )
            for least, greatest, lacks, of, of_more in zip(*(s.tolist() for s in sums), strict=True)
        ]

    # --- travel ------------------------------------------------------------------------------

    def coverage(self, walk: Walk) -> Coverage | None:
        """Travel times to the facilities asked for, None where nobody worked them out."""
        return self.situation.walks.get(walk)

    def reached(self, asked: Reached) -> Flags:
        """Which demand points are within their limits, those at it inside.

        The walk must have been worked out, and the limits be known.
        """
        return self.once(("reached", asked), lambda: self._reached(asked))

    def _reached(self, asked: Reached) -> Flags:
        limits, found = self.limits_ms(asked), self.situation.walks[asked.walk].nearest
        assert limits is not None
        return np.asarray((found.site >= 0) & (found.ms <= limits))

    def limits_ms(self, asked: Reached) -> Floats | None:
        """The limit of every demand point [ms]; None where the zone of an inhabited one is unsaid.

        Infinite where there is no limit at all.
        """
        limit, by_zone = asked.limit, asked.by_zone
        return self.once(("limits", limit, by_zone), lambda: self._limits_ms(limit, by_zone))

    def _limits_ms(self, limit: Fraction | None, by_zone: ByZone) -> Floats | None:
        n = len(self.situation.demand)
        if not by_zone:
            return np.full(n, np.inf if limit is None else float(limit_ms(limit)))
        found = np.full(n, np.nan if limit is None else float(limit_ms(limit)))
        for zone, minutes in by_zone:
            found[self.attribute("zone") == zone] = limit_ms(minutes)
        inhabited = np.any([people > 0 for people in self.situation.demand.people.values()], axis=0)
        return None if np.isnan(found[inhabited]).any() else found

    def attribute(self, name: str) -> Words:
        """What is said of every demand point's units: the smallest that says anything, else ""."""
        return self.once(
            ("attribute", name), lambda: self._said_at(name, self.situation.demand.place)
        )

    def so(self, only: Only) -> Flags:
        """Which demand points lie in units that are so."""
        return self.once(("so", only), lambda: self._so(self.situation.demand.place, only))

    def places_so(self, places: Facilities | Candidates, only: Only) -> Flags:
        """Which facilities or candidates lie in units that are so."""
        return self.once((type(places), "so", only), lambda: self._so(places.place, only))

    def _so(self, place: Mapping[str, Index], only: Only) -> Flags:
        inside = np.ones(len(next(iter(place.values()))), dtype=bool)
        for name, words in only:
            inside &= np.isin(self._said_at(name, place), words)
        return inside

    def places_unsaid(self, places: Facilities | Candidates, only: Only) -> Flags:
        """Of which of them nobody says whether they lie in units that are so."""
        return self.once((type(places), "unsaid", only), lambda: self._unsaid(places.place, only))

    def _unsaid(self, place: Mapping[str, Index], only: Only) -> Flags:
        unsaid = np.zeros(len(next(iter(place.values()))), dtype=bool)
        for name, _ in only:
            unsaid |= self._said_at(name, place) == ""
        return unsaid

    def _said_at(self, name: str, place: Mapping[str, Index]) -> Words:
        found: Words = np.full(len(next(iter(place.values()))), "", dtype=object)
        for level_name in reversed(LEVELS):
            level = self.situation.area.level(level_name)
            if level is not None:
                said = [*level.attributes.get(name, ("",) * len(level)), ""]
                found = np.where(
                    found == "", np.array(said, dtype=object)[place[level_name]], found
                )
        return found

    def within(
        self, level: str, asked: tuple[Reached, ...], group: str, only: Only = ()
    ) -> list[int]:
        """Whole persons of a group within all limits asked, in every unit of a level."""
        return self.once(
            ("within", level, asked, group, only),
            lambda: self._people(
                level, group, np.logical_and.reduce([self.so(only), *map(self.reached, asked)])
            ),
        )


def _unit_by_unit(level: UnitLevel) -> list[dict[str, str]]:
    names, values = level.attributes.keys(), level.attributes.values()
    return [dict(zip(names, said, strict=True)) for said in zip(*values, strict=True)]


def _sums(place: Index, values: Floats, n: int) -> Floats:
    inside = place >= 0
    # Of nothing at all NumPy counts in integers.
    return np.bincount(place[inside], weights=values[inside], minlength=n).astype(np.float64)


def _nowhere(n: int) -> Index:
    return np.full(n, -1, dtype=np.int32)


_EXACT: dict[str, Callable[[float], Fraction]] = {
    "floor_m2": hundredths,
    "elder_floor_m2": hundredths,
    "elder_land_m2": hundredths,
}
"""Areas are compared at 0.01 m² (STANDARDS D); what is counted is a whole number."""
