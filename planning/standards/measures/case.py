"""One clause in one unit, as every measure is asked about it, and what it may ask back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from planning.demand import TOTAL
from planning.facilities import Candidates, Facilities
from planning.standards.accounts import Accounts, Held, Only
from planning.standards.choosing import Chosen, amounts
from planning.standards.clauses import Clause
from planning.standards.conditions import only_in
from planning.standards.outcome import Verdict
from planning.standards.situation import BASES, Base
from planning.standards.terms import Amount, Group, Which
from planning.standards.words import amount_words, group_words, which_words

Role = Literal["requirement", "goal", "indicator", "benchmark"]
Says = tuple[str, str]
Flags = npt.NDArray[np.bool_]

_KIND_UNSAID: Says = ("部分单元未注明所属类别", "nobody says of what kind some units are")


_OF_BASE: Mapping[Base, Says] = {"residents": ("", ""), "registered": ("户籍", "registered ")}
"""Who is counted, before the name of a group (A-7)."""


class Place(NamedTuple):
    """A unit as a clause meets it; `at` its number in its level, −1 where there is no such unit.

    `planned` are the planned people of a residential area that answers for them, None where
    residents count (A-1); `households` the same of its homes; `said` what else is to be told of it.
    """

    level: str
    at: int
    unit_id: str
    name: str
    role: Role
    planned: int | None = None
    households: int | None = None
    said: Says = ("", "")


class Earlier(NamedTuple):
    """What has been found before of another clause: for measures that judge other clauses."""

    clause: Clause
    place: Place
    verdict: Verdict
    gap: Fraction | None


SMALL_UNITS = ("street", "community", "residential_area")
"""Levels at which one asks whether premises lie where they are wanted."""


class Before:
    """What has been found before, by what measures ask of it."""

    def __init__(self) -> None:
        self._of_place: dict[tuple[str, int], list[Earlier]] = {}
        self._of_key: dict[str, list[Earlier]] = {}
        self._short: dict[str | None, set[tuple[str, int]]] = {}

    def add(self, found: Iterable[Earlier]) -> None:
        """Findings behind those that there are."""
        for one in found:
            at = one.place.level, one.place.at
            self._of_place.setdefault(at, []).append(one)
            self._of_key.setdefault(one.clause.key, []).append(one)
            if one.verdict == "not_met" and one.place.level in SMALL_UNITS:
                for service in (one.clause.service, None):
                    self._short.setdefault(service, set()).add(at)

    def of_place(self, level: str, at: int) -> Sequence[Earlier]:
        """Findings about one unit."""
        return self._of_place.get((level, at), ())

    def of_key(self, key: str) -> Sequence[Earlier]:
        """Findings about one standard, in all units."""
        return self._of_key.get(key, ())

    def short_of(self, service: str | None) -> Set[tuple[str, int]]:
        """Small units, by level and number, that lack something of a service; of any where None."""
        return self._short.get(service, frozenset())


@dataclass(slots=True)
class Trail:
    """How an answer came about, step by step."""

    steps: list[Says] = field(default_factory=list)

    def say(self, zh: str, en: str) -> None:
        """One more step."""
        self.steps.append((zh, en))


class Case(NamedTuple):
    """A clause, a unit, the sums, what was found before, and the trail if one is kept."""

    clause: Clause
    place: Place
    accounts: Accounts
    before: Before
    trail: Trail | None = None

    @property
    def year(self) -> int | None:
        """Of which year facilities are asked: what is due in one year is looked for in that one."""
        clause = self.clause
        return clause.year if clause.when == "in" else self.accounts.situation.year

    @property
    def only(self) -> Only:
        """What a clause about large units says of the smaller ones in them: only these count."""
        return only_in(self.clause.applies, self.place.level)

    def chosen(self, which: Which) -> Chosen:
        """The facilities that count."""
        return self.accounts.chosen(which, self.year)

    def held(self, which: Which, amount: Amount) -> Held:
        """What the unit holds.

        Raises NotAssessableError where the register is not about it, or where nobody says of what
        kind the smaller units are.
        """
        self.check_listed(which)
        self.check_said(which)
        found = self.accounts.held(self.place.level, which, amount, self.year, self.only)[
            self.place.at
        ]
        self.tell(which, amount)
        return found

    def tell(self, which: Which, amount: Amount) -> None:
        """Name the facilities of the unit that count one by one, where a trail is kept."""
        if self.trail is not None:
            _tell_facilities(self.trail, self, which, amount)

    def persons(self, group: Group) -> int:
        """Whole persons of a group; planned people where the area answers for them.

        Raises NotAssessableError where the study does not know the group, or nobody lives there.
        """
        place = self.place
        if place.planned is not None and group == TOTAL:
            found = place.planned
        else:
            self.check_group(group)
            if self.only and self.accounts.unsaid(place.level, self.only)[place.at]:
                raise NotAssessableError(*_KIND_UNSAID)
            found = self.accounts.persons(place.level, group, self.only)[place.at]
        if self.trail is not None:
            zh, en = self.who(group, found)
            self.trail.say(f"人口：{zh}", f"people: {en}")
        if found == 0:
            raise NotAssessableError("无居民，不评估", "nobody lives there, not assessed")
        return found

    def check_listed(self, which: Which) -> None:
        """Raise NotAssessableError where the register is not about such facilities."""
        if not self.accounts.is_listed(which):
            zh, en = which_words(which)
            raise NotAssessableError(
                f"台账不含此类设施（{zh}）", f"the register lists none of the kind ({en})"
            )

    def check_said(self, which: Which) -> None:
        """Raise NotAssessableError where nobody says if the units of facilities count."""
        if not self.only:
            return
        sure, maybe = self.chosen(which)
        facilities = self.accounts.situation.facilities
        unsaid = self.accounts.places_unsaid(facilities, self.only)
        n = int((self._lies_here(facilities) & (sure | maybe) & unsaid).sum())
        if n:
            raise NotAssessableError(
                f"{n}处设施所在单元未注明所属类别", f"nobody says of what kind the units of {n} are"
            )

    def inside(self, places: Facilities | Candidates | None = None) -> Flags:
        """Which facilities lie in the unit, or in those of its smaller units that count.

        Candidates where these are given. Raises NotAssessableError where nobody says of some of
        them whether they lie in units that count.
        """
        accounts = self.accounts
        among = accounts.situation.facilities if places is None else places
        here = self._lies_here(among)
        if places is not None and (here & accounts.places_unsaid(among, self.only)).any():
            raise NotAssessableError(*_KIND_UNSAID)
        return np.asarray(here & accounts.places_so(among, self.only))

    def _lies_here(self, places: Facilities | Candidates) -> Flags:
        lies_in = places.place.get(self.place.level)
        if lies_in is None:
            return np.zeros(len(places), dtype=bool)
        return np.asarray(lies_in == self.place.at)

    def check_group(self, group: str) -> None:
        """Raise NotAssessableError where the study does not know a group."""
        if not self.accounts.has_group(group):
            zh, en = group_words(group)
            raise NotAssessableError(
                f"研究未给出{zh}人口（groups.{group}）", f"the study has no {en} (groups.{group})"
            )

    def who(self, group: Group, persons: int) -> Says:
        """Which people are counted, and how many of them have moved into planned areas."""
        place, accounts = self.place, self.accounts
        if group != TOTAL:
            zh, en = group_words(group)
            of_zh, of_en = _OF_BASE[accounts.situation.base]
            return f"{of_zh}{zh}{persons:,}人", f"{persons:,} {of_en}{en}"
        if place.planned is not None:
            return f"规划人口{persons:,}人", f"{persons:,} planned people"
        zh, en = BASES[accounts.situation.base]
        new = accounts.moved_in(place.level)[place.at] if accounts.arrived else 0
        if new == 0:
            return f"{zh}{persons:,}人", f"{persons:,} {en}"
        return (
            f"{zh}{persons:,}人（含规划居住区{new:,}人）",
            f"{persons:,} {en} ({new:,} of planned areas)",
        )


class NotAssessableError(Exception):
    """A question that cannot be answered here, with the reason."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} {en}")
        self.zh = zh
        self.en = en


def there(held: Held, amount: Amount) -> Says:
    """How much there is, and how much nobody knows."""
    zh, en = amount_words(amount, held.amount.low)
    if held.unclear == 0 and held.amount.is_known:
        return f"现有{zh}", f"{en} there"
    if held.unclear == 0:
        return (
            f"已知{zh}，台账不含其中部分类别的设施",
            f"{en} known, of some of the kinds the register lists none",
        )
    return (
        f"已知{zh}，另有{held.unclear}处不详",
        f"{en} known, of {held.unclear} more facilities it is not",
    )


def _tell_facilities(trail: Trail, case: Case, which: Which, amount: Amount) -> None:
    """The facilities that count, with what each adds."""
    facilities = case.accounts.situation.facilities
    sure, maybe = case.chosen(which)
    inside = case.inside()
    each = amounts(facilities, amount)
    rows = np.flatnonzero(inside & (sure | maybe))
    zh, en = which_words(which)
    trail.say(f"设施（{zh}）：{len(rows)}处", f"facilities ({en}): {len(rows)}")
    for row in rows:
        size = "?" if np.isnan(each[row]) else f"{each[row]:g}"
        name = f"{facilities.ids[row]} {facilities.names[row]}".strip()
        doubt_zh, doubt_en = ("", "") if sure[row] else ("，未必计入", ", may not count")
        trail.say(f"· {name}：{size}{doubt_zh}", f"· {name}: {size}{doubt_en}")
