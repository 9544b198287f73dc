"""The coverage table as sums: which rows and columns add up to which, and so give others away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from planning.area import StudyArea
from planning.outputs.privacy.determined import Equation
from planning.outputs.privacy.pattern import hidden_numbers

COUNTS = ("people", "covered", "backup", "unserved", "unreachable")
AREA = "area"
_NOTHING = 1e-6
"""Persons by which sums of parts may differ from the whole by rounding."""

Unit = tuple[str, str]
Number = tuple[object, ...]
"""What a number is: people of a unit, or a count of a unit, service, state and limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenCounts:
    """What of the coverage table is not shown.

    `cells` marks its counts, shape (rows, 5) in the order of `COUNTS`; `units` holds, by group, the
    units (level, id) of which anything is hidden.
    """

    cells: npt.NDArray[np.bool_]
    units: Mapping[str, frozenset[Unit]]


def hidden_counts(coverage: pd.DataFrame, area: StudyArea, *, below: int) -> HiddenCounts:
    """What of a coverage table is not to be shown: counts below `below`, and what gives them away.

    Beside what the table prints, counts that a reader gets by subtraction are not to be small
    either: people outside the limit, people between two limits, people with one facility only,
    people whom the plan brings inside, people of a unit who live in none of its parts.
    """
    cells = np.zeros((len(coverage), len(COUNTS)), dtype=bool)
    units: dict[str, frozenset[Unit]] = {}
    for group, rows in coverage.groupby("group", sort=False):
        sums = _Sums(rows, area)
        hidden = hidden_numbers(
            np.array(sums.values),
            np.array(sums.published),
            sums.equations,
            below=below,
            weight=np.array(sums.weight),
        )
        at = coverage.index.get_indexer(rows.index)
        for n, count in enumerate(COUNTS):
            cells[at, n] = [hidden[sums.index[name]] for name in sums.names_of(count)]
        closed = [bool(one) for one in np.any(cells[at], axis=1)]
        pairs = zip(rows["level"], rows["unit_id"], closed, strict=True)
        units[str(group)] = frozenset((level, one) for level, one, is_closed in pairs if is_closed)
    return HiddenCounts(cells=cells, units=units)


class _Sums:
    """The numbers of one group and what adds up to what.

    `index` finds a number by what it is; `values` [persons], `published` and `equations` are as
    `hidden_numbers` takes them. What is hidden beside small numbers is sought among small units
    first, and people themselves, who stand in every line, last: so has `weight` it.
    """

    def __init__(self, rows: pd.DataFrame, area: StudyArea) -> None:
        self.index: dict[Number, int] = {}
        self.weight: list[int] = []
        self.values: list[float] = []
        self.published: list[bool] = []
        self.equations: list[Equation] = []
        self._rows = rows
        self._area = area
        smallest_first = [level.level for level in reversed(area.levels)] + [AREA]
        self._rank = {level: rank for rank, level in enumerate(smallest_first)}
        for count in COUNTS:
            for name, value in zip(self.names_of(count), rows[count], strict=True):
                if name not in self.index:
                    self._add(name, float(value), published=True)
        self._add_lines()
        self._add_rings()
        self._add_gains()
        self._add_hierarchy()

    def names_of(self, count: str) -> Iterator[Number]:
        """What every row's count is: of people and unreachable ones several rows say the same."""
        columns = ("level", "unit_id", "service", "state", "limit_min")
        for level, unit_id, *rest in self._rows[list(columns)].itertuples(index=False, name=None):
            if count == "people":
                yield count, (level, unit_id)
            elif count == "unreachable":
                yield count, (level, unit_id), rest[0], rest[1]
            else:
                yield count, (level, unit_id), *rest

    def _add(self, name: Number, value: float, *, published: bool) -> int:
        self.index[name] = len(self.values)
        self.values.append(value if abs(value) > _NOTHING else 0.0)
        self.published.append(published)
        self.weight.append(self._weight(name) if published else 0)
        return self.index[name]

    def _weight(self, name: Number) -> int:
        level: str = name[1][0]  # type: ignore[index]
        return self._rank[level] + (len(self._rank) if name[0] == "people" else 0)

    def _difference(self, name: Number, whole: Number, part: Number) -> None:
        """A number that nobody prints, and anybody gets by subtraction."""
        a, b = self.index[whole], self.index[part]
        value = self.values[a] - self.values[b]
        if value < 0:
            a, b, value = b, a, -value
        self.equations.append({a: 1, b: -1, self._add(name, value, published=False): -1})

    def _add_lines(self) -> None:
        """Each line of the table: who is inside, outside, and with one facility only."""
        named = {count: list(self.names_of(count)) for count in COUNTS}
        for people, covered, backup, unserved, unreachable in zip(*named.values(), strict=True):
            tail = covered[1:]
            self._difference(("outside", *tail), people, covered)
            self._difference(("single", *tail), covered, backup)
            outside = self.index["outside", *tail]
            parts = self.index[unserved], self.index[unreachable]
            self.equations.append({outside: 1, parts[0]: -1, parts[1]: -1})

    def _add_rings(self) -> None:
        """Between one limit and the next."""
        limits: dict[Number, set[float]] = {}
        for _, unit, service, state, limit in self.names_of("covered"):
            limits.setdefault((unit, service, state), set()).add(float(limit))  # type: ignore[arg-type]
        for tail, found in limits.items():
            for less, more in pairwise(sorted(found)):
                self._difference(
                    ("ring", *tail, more), ("covered", *tail, more), ("covered", *tail, less)
                )

    def _add_gains(self) -> None:
        """Between now and after the plan."""
        for name in self.names_of("covered"):
            _, unit, service, state, limit = name
            after = ("covered", unit, service, "after", limit)
            if state == "now" and after in self.index:
                self._difference(("gain", unit, service, limit), after, name)

    def _add_hierarchy(self) -> None:
        """Each whole, its parts of the next level, and whoever lives in none of them."""
        parts = self._parts()
        for count in COUNTS:
            for name in list(dict.fromkeys(self.names_of(count))):
                for level, units in parts.get(name[1], {}).items():  # type: ignore[call-overload]
                    self._add_sum(name, level, [(count, unit, *name[2:]) for unit in units])

    def _parts(self) -> dict[Unit, dict[str, list[Unit]]]:
        """The units of the level below that each unit has, the whole area among them."""
        found: dict[Unit, dict[str, list[Unit]]] = {}
        above: Sequence[Unit] = [unit for unit in self._units() if unit[0] == AREA]
        for rank, level in enumerate(self._area.levels):
            for unit_id, parent in zip(level.ids, level.parent_ids, strict=True):
                whole = above[0] if rank == 0 else (self._area.levels[rank - 1].level, parent or "")
                found.setdefault(whole, {}).setdefault(level.level, []).append(
                    (level.level, unit_id)
                )
        return found

    def _units(self) -> Iterator[Unit]:
        for name in self.names_of("people"):
            yield name[1]  # type: ignore[misc]

    def _add_sum(self, whole: Number, level: str, parts: Sequence[Number]) -> None:
        terms = {self.index[whole]: 1} | {self.index[part]: -1 for part in parts}
        rest = self.values[self.index[whole]] - sum(self.values[self.index[p]] for p in parts)
        if abs(rest) > _NOTHING:
            name = ("rest", level, *whole)
            terms[self._add(name, abs(rest), published=False)] = -1 if rest > 0 else 1
        self.equations.append(terms)
