"""Where a clause is to be judged, and what it is there: required, striven for, or only shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from planning.area import LEVELS, RESIDENTIAL
from planning.standards.accounts import Accounts
from planning.standards.clauses import Clause
from planning.standards.conditions import Says
from planning.standards.measures import Place, Role
from planning.standards.profiles import Profile


class Places:
    """The units of a situation, as the clauses of a profile meet them.

    `levels` replaces, by clause id, where a clause binds.
    """

    def __init__(
        self, profile: Profile, accounts: Accounts, levels: Mapping[str, Sequence[str]]
    ) -> None:
        self.profile = profile
        self.accounts = accounts
        self.levels = levels
        self.area = accounts.situation.area
        self._orders = [level.level for level in self.area.levels] + [RESIDENTIAL]

    def of(self, clause: Clause) -> Iterator[Place]:
        """Where a clause is to be judged; a nameless place for a level the study ought to have."""
        binding = tuple(self.levels.get(clause.id, self.profile.levels_of(clause)))
        wanted, seen = {*binding, *clause.levels, *clause.benchmark_levels}, False
        for name in self._orders:
            if name in wanted:
                for place in self._units(clause, name, self.role_of(clause, binds=name in binding)):
                    seen = True
                    yield place
        expected = binding or clause.levels
        for name in expected:
            if not self.accounts.n_units(name) and (not seen or self._is_within(name)):
                seen = True
                role = self.role_of(clause, binds=name in binding)
                yield Place(level=name, at=-1, unit_id="", name="", role=role)
        if not seen:
            yield Place(
                level=next(iter(expected), ""), at=-1, unit_id="", name="", role="benchmark"
            )

    def role_of(self, clause: Clause, *, binds: bool) -> Role:
        """What a clause is where it binds, or does not."""
        if clause.strength in ("soft", "info") or self._asks_nothing(clause):
            return "indicator"
        if not binds:
            return "benchmark"
        return "requirement" if clause.strength == "binding" else "goal"

    def _asks_nothing(self, clause: Clause) -> bool:
        """Whether nothing can be held against it, whatever else becomes known.

        What is only listed, the rate of a subsidy, and a clause that prints no figure and leaves
        none to be set. A circle prints its limit, of which the study may set the share; one that
        borrows even that asks for nothing unless the study does (A-9).
        """
        if clause.treatment == "listed" or clause.measure.kind == "cost":
            return True
        if clause.value is not None or clause.set_by:
            return False
        if clause.measure.kind != "travel_time_coverage":
            return True
        return clause.limit_from == "borrowed" and clause.id not in self.accounts.situation.goals

    def _is_within(self, level: str) -> bool:
        """Whether a level lies below the top of the study: its units could have been given."""
        order = [*LEVELS, RESIDENTIAL]
        top = self.area.levels[0].level
        return top in order and level in order and order.index(level) > order.index(top)

    def _units(self, clause: Clause, name: str, role: Role) -> Iterator[Place]:
        """The units of one level, or the residential areas of the clause's status."""
        level, areas = self.area.level(name), self.area.residential
        if level is not None:
            for at in range(len(level)):
                if clause.applies.names and level.names[at] not in clause.applies.names:
                    continue
                shown = self._shown(clause, name, at, role)
                said = self._town(clause, name, at)
                yield Place(name, at, level.ids[at], level.names[at], shown, said=said)
        elif name == RESIDENTIAL and areas is not None:
            by_plan = areas.by_plan
            for at in range(len(areas)):
                if clause.applies.status in (None, areas.status[at]):
                    households = int(areas.households[at])
                    yield Place(
                        level=RESIDENTIAL,
                        at=at,
                        unit_id=areas.ids[at],
                        name=areas.names[at],
                        role=role,
                        planned=int(areas.planned_people[at]) if by_plan[at] else None,
                        households=households if households >= 0 else None,
                        said=areas.described(at),
                    )

    def _town(self, clause: Clause, level: str, at: int) -> Says:
        """How a unit that does not say whether it is old town or new is taken (A-17)."""
        if clause.applies.town is None or self.accounts.said(level, at)["town"]:
            return "", ""
        return _TOWNS[self.accounts.town(level)[at]]

    def _shown(self, clause: Clause, level: str, at: int, role: Role) -> Role:
        """What is asked of every county is shown of functional areas, not failed (A-21)."""
        asks_each = clause.measure.kind in ("presence", "count") and level == "county"
        if role != "requirement" or not asks_each or clause.functional_areas == "counted":
            return role
        if self.profile.readings["functional_areas"] == "counted":
            return role
        form = self.accounts.attributes(level, at).get("form")
        return "benchmark" if form == "functional_area" else role


_TOWNS = {
    "": ("", ""),
    "old": ("按居民所在居住区划为旧城区", "old town by the areas its residents live in"),
    "new": ("按居民所在居住区划为新城区", "new town by the areas its residents live in"),
}
