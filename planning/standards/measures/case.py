"""One clause in one unit, as every measure is asked about it, and what it may ask back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from planning.demand import TOTAL
from planning.standards.accounts import Accounts, Held, Only
from planning.standards.asks import Amount, Group, Which
from planning.standards.choosing import Chosen, amounts
from planning.standards.clauses import Clause
from planning.standards.conditions import said_of_smaller_units, words_wanted
from planning.standards.outcome import Verdict
from planning.standards.situation import BASES
from planning.standards.words import amount_words, group_words, which_words

Role = Literal["requirement", "goal", "indicator", "benchmark"]
Says = tuple[str, str]
Flags = npt.NDArray[np.bool_]


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


@dataclass(slots=True)
class Trail:
    """How an answer came about, step by step."""

    steps: list[Says] = field(default_factory=list)

    def say(self, zh: str, en: str) -> None:
        """One more step."""
        self.steps.append((zh, en))


class Case(NamedTuple):
    """A clause, a unit, the sums, what was found earlier, and the trail if one is kept."""

    clause: Clause
    place: Place
    accounts: Accounts
    earlier: Sequence[Earlier] = ()
    trail: Trail | None = None

    @property
    def year(self) -> int | None:
        """Of which year facilities are asked: what is due in one year is looked for in that one."""
        clause = self.clause
        return clause.year if clause.when == "in" else self.accounts.situation.year

    @property
    def only(self) -> Only:
        """What a clause about large units says of the smaller ones in them: only these count."""
        where = self.clause.applies
        return tuple(
            (name, words_wanted(getattr(where, name)))
            for name in said_of_smaller_units(self.place.level)
            if getattr(where, name) not in (None, ())
        )

    def chosen(self, which: Which) -> Chosen:
        """The facilities that count."""
        return self.accounts.chosen(which, self.year)

    def held(self, which: Which, amount: Amount) -> Held:
        """What the unit holds. Raises NotAssessableError where the register is not about it."""
        self.check_listed(which)
        self.check_said(which)
        found = self.accounts.held(self.place.level, which, amount, self.year, self.only)[
            self.place.at
        ]
        if self.trail is not None:
            _tell_facilities(self.trail, self, which, amount)
        return found

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
                raise NotAssessableError(
                    "部分单元未注明所属类别", "nobody says of what kind some units are"
                )
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
        at = self._lies_here() & (sure | maybe) & self.accounts.facilities_unsaid(self.only)
        if at.any():
            n = int(at.sum())
            raise NotAssessableError(
                f"{n}处设施所在单元未注明所属类别", f"nobody says of what kind the units of {n} are"
            )

    def _lies_here(self) -> Flags:
        facilities = self.accounts.situation.facilities
        lies_in = facilities.place.get(self.place.level)
        if lies_in is None:
            return np.zeros(len(facilities), dtype=bool)
        return np.asarray(lies_in == self.place.at)

    def inside(self) -> Flags:
        """Which facilities lie in the unit, or in those of its smaller units that count."""
        return self._lies_here() & self.accounts.facilities_so(self.only)

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
            # Residents go without saying; of the registered a figure is another.
            is_registered = accounts.situation.base == "registered"
            base_zh, base_en = ("户籍", "registered ") if is_registered else ("", "")
            return f"{base_zh}{zh}{persons:,}人", f"{persons:,} {base_en}{en}"
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
    return (
        f"已知{zh}，另有{held.unclear}处不详",
        f"{en} known, of {held.unclear} more facilities it is not",
    )


_MOST_NAMED = 12


def _tell_facilities(trail: Trail, case: Case, which: Which, amount: Amount) -> None:
    """Name the facilities that count, with what each adds."""
    facilities = case.accounts.situation.facilities
    sure, maybe = case.chosen(which)
    inside = case.inside()
    each = amounts(facilities, amount)
    named = []
    for row in (inside & (sure | maybe)).nonzero()[0]:
        value = each[row]
        size = "?" if value != value else f"{value:g}"
        doubt = "" if sure[row] else "（未必计入 not sure）"
        named.append(f"{facilities.ids[row]} {facilities.names[row]}{doubt}={size}")
    zh, en = which_words(which)
    more = f" … 共{len(named)}处" if len(named) > _MOST_NAMED else ""
    listed = "；".join(named[:_MOST_NAMED]) + more
    trail.say(
        f"设施（{zh}）{len(named)}处：{listed or '无'}",
        f"facilities ({en}), {len(named)}: {listed or 'none'}",
    )
