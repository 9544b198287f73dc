"""The mixed-integer model: options and what they are asked for, as one sparse matrix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from planning.area import Index
from planning.siting.conflicts import conflicts
from planning.siting.highs import Model
from planning.siting.matrix_writer import MatrixWriter
from planning.siting.need import Adds, Amount, Covered, Need, Units
from planning.siting.problem import Budget, SitingProblem
from planning.siting.served import Served

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class SitingModel:
    """The matrix of a problem, and where the columns of each family are.

    `candidate` (J,), `opened` and `size` (k,), `short` (r,) by requirement; `parts` are the columns
    of each requirement's own, by set or by unit; `served` those of the sets of each service, at its
    limit and then by minute, and `worst` that of the worst unit, none where no aim asks. `grown`
    and `counted` find, by option and size,
    the columns that say whether it has reached that size, and how large it is then.
    """

    problem: SitingProblem
    model: Model
    candidate: Longs
    opened: Longs
    size: Longs
    short: Longs
    parts: tuple[Longs, ...]
    served: tuple[Longs, ...]
    worst: Longs
    grown: Mapping[tuple[int, int], int]
    counted: Mapping[tuple[int, int], int]

    def sizes(self, values: Floats) -> Longs:
        """The size of every option in an answer, (k,)."""
        return np.rint(values[self.size]).astype(np.int64)

    def completed(self, size: Longs) -> Floats:
        """Every column as these sizes (k,) have it, nothing open that has no size."""
        values = np.zeros(len(self.model.cost))
        used = size > 0
        values[self.candidate[self.problem.options.candidate[used]]] = 1.0
        values[self.opened] = used
        values[self.size] = size
        for (k, c), column in self.grown.items():
            values[column] = size[k] >= c
        for (k, c), column in self.counted.items():
            values[column] = size[k] if size[k] >= c else 0
        for requirement, columns in zip(self.problem.requirements, self.parts, strict=True):
            match requirement.need:
                case Units() as need:
                    values[columns] = need.enough(size)
                case Covered() as need:
                    values[columns] = need.covered(size)
        values[self.short] = [one.need.missing(size) for one in self.problem.requirements]
        for one, columns in zip(served_in(self.problem), self.served, strict=True):
            values[columns] = one.cover.covered(size)
        if self.problem.served is not None:
            values[self.worst] = self.problem.served.worst_unit(size)
        return values


def served_in(problem: SitingProblem) -> tuple[Served, ...]:
    """All that the aims of a problem count of whom services reach."""
    served = problem.served
    return () if served is None else served.at_limit + served.minutes


class _Builder:
    """Writes the columns and rows of one problem."""

    def __init__(self, problem: SitingProblem) -> None:
        self.problem = problem
        self.to = MatrixWriter()
        options, n = problem.options, len(problem.candidates)
        forbidden = np.ones(n)
        forbidden[list(problem.forbidden)] = 0.0
        self.candidate = self.to.add_columns(n, upper=forbidden, whole=True)
        self.opened = self.to.add_columns(len(options), upper=1.0, whole=True)
        self.size = self.to.add_columns(
            len(options), upper=options.max_size.astype(np.float64), whole=True
        )
        self._grown: dict[tuple[int, int], int] = {}
        self._counted: dict[tuple[int, int], int] = {}

    def built(self) -> SitingModel:
        self._openings()
        short = self.to.add_columns(len(self.problem.requirements), whole=False)
        parts = [
            self._asked(requirement.need, column)
            for column, requirement in zip(short.tolist(), self.problem.requirements, strict=True)
        ]
        served = [self._sets(one.cover) for one in served_in(self.problem)]
        worst = self._worst(served)
        for budget in self.problem.budgets:
            self._within(budget)
        return SitingModel(
            problem=self.problem,
            model=self.to.matrix(),
            candidate=self.candidate,
            opened=self.opened,
            size=self.size,
            short=short,
            parts=tuple(parts),
            served=tuple(served),
            worst=worst,
            grown=self._grown,
            counted=self._counted,
        )

    def _within(self, budget: Budget) -> None:
        """What a budget pays for costs no more."""
        candidates, options = self.problem.candidates, self.problem.options
        rows = np.arange(len(candidates)) if budget.candidates is None else budget.candidates
        own = np.isin(options.candidate, rows)
        self.to.add_row(
            np.concatenate([self.candidate[rows], self.opened[own], self.size[own]]),
            np.concatenate(
                [candidates.fixed_yuan[rows], options.yuan_fixed[own], options.yuan_per_unit[own]]
            ),
            upper=budget.yuan,
        )

    def _asked(self, need: Need, short: int) -> Longs:
        """The rows of one need; the columns of its units or sets."""
        match need:
            case Amount():
                columns, values = self._sum(need)
                self.to.add_row(np.append(columns, short), np.append(values, 1.0), lower=need.short)
                return np.zeros(0, dtype=np.int64)
            case Units():
                return self._units(need, short)
            case Covered():
                return self._covered(need, short)

    def _openings(self) -> None:
        """An option needs its candidate, has a size while open, and shares the floor."""
        problem, options, k = self.problem, self.problem.options, len(self.problem.options)
        _, first, of_slot = np.unique(options.slot, return_index=True, return_inverse=True)
        self._one_at_most(of_slot.astype(np.int64), np.arange(k), options.candidate[first])
        each, both = np.repeat(np.arange(k), 2), _woven(self.size, self.opened)
        least, most = (size.astype(np.float64) for size in (options.min_size, options.max_size))
        self.to.add_rows(each, both, _woven(np.ones(k), -least), n=k, lower=0.0)
        self.to.add_rows(each, both, _woven(np.ones(k), -most), n=k, upper=0.0)
        self._floors(of_slot)
        if problem.alternatives is not None:
            rows = np.flatnonzero(problem.alternatives >= 0)
            _, at_row = np.unique(problem.alternatives[rows], return_inverse=True)
            self.to.add_rows(at_row.astype(np.int64), self.candidate[rows], 1.0, upper=1.0)
        for j in problem.required:
            own = self.opened[np.isin(options.candidate, self._alternatives(j))]
            self.to.add_row(own, np.ones(len(own)), lower=1.0)

    def _one_at_most(self, row: Longs, option: Longs, candidate: Index) -> None:
        """Of the options of each row one at most is open, and only if the row's candidate is."""
        n = len(candidate)
        self.to.add_rows(
            np.concatenate([row, np.arange(n)]),
            np.concatenate([self.opened[option], self.candidate[candidate]]),
            np.repeat([1.0, -1.0], [len(row), n]),
            n=n,
            upper=0.0,
        )

    def _floors(self, of_slot: Longs) -> None:
        """What is open in a candidate fits on its floor."""
        options, n = self.problem.options, len(self.problem.candidates)
        most_m2 = np.zeros(int(of_slot.max(initial=-1)) + 1)
        np.maximum.at(most_m2, of_slot, options.floor_per_unit * options.max_size)
        home = np.zeros(len(most_m2), dtype=np.int64)
        home[of_slot] = options.candidate
        floor_m2 = self.problem.candidates.floor_m2
        scarce = np.flatnonzero(np.bincount(home, weights=most_m2, minlength=n) > floor_m2)
        rows = np.flatnonzero(np.isin(options.candidate, scarce))
        self.to.add_rows(
            np.concatenate(
                [np.searchsorted(scarce, options.candidate[rows]), np.arange(len(scarce))]
            ),
            np.concatenate([self.size[rows], self.candidate[scarce]]),
            np.concatenate([options.floor_per_unit[rows], -floor_m2[scarce]]),
            n=len(scarce),
            upper=0.0,
        )
        sets = list(conflicts(options, floor_m2))
        row = np.repeat(np.arange(len(sets)), [len(one) for one in sets])
        option = np.concatenate([np.zeros(0, dtype=np.int64), *sets])
        self._one_at_most(row, option, options.candidate[[one[0] for one in sets]])

    def _alternatives(self, j: int) -> Longs:
        """A candidate, and those of which one at most is opened with it."""
        group = self.problem.alternatives
        if group is None or group[j] < 0:
            return np.array([j])
        return np.flatnonzero(group == group[j])

    def _terms(self, adds: Adds) -> tuple[list[int], list[float]]:
        """An addition as columns and values."""
        options = self.problem.options
        columns: list[int] = []
        values: list[float] = []
        rows = zip(adds.option, adds.from_size, adds.per_open, adds.per_unit, strict=True)
        for option, from_size, per_open, per_unit in rows:
            k, c = int(option), int(from_size)
            least, most = int(options.min_size[k]), int(options.max_size[k])
            if c <= least == most:
                columns.append(int(self.opened[k]))
                values.append(float(per_open + per_unit * least))
                continue
            from_first = c <= least
            if per_open:
                columns.append(int(self.opened[k]) if from_first else self._is_grown(k, c))
                values.append(float(per_open))
            if per_unit:
                columns.append(int(self.size[k]) if from_first else self._counting(k, c))
                values.append(float(per_unit))
        return columns, values

    def _is_grown(self, k: int, c: int) -> int:
        """Whether option k has a size of c or more."""
        if (k, c) not in self._grown:
            column = int(self.to.add_columns(1, upper=1.0, whole=True)[0])
            size, most = int(self.size[k]), float(self.problem.options.max_size[k])
            self.to.add_row([size, column], [1.0, -float(c)], lower=0.0)
            self.to.add_row([size, column], [1.0, -(most - c + 1.0)], upper=c - 1.0)
            self._grown[k, c] = column
        return self._grown[k, c]

    def _counting(self, k: int, c: int) -> int:
        """The size of option k where it is c or more, else 0."""
        if (k, c) not in self._counted:
            grown = self._is_grown(k, c)
            column = int(self.to.add_columns(1, whole=False)[0])
            size, most = int(self.size[k]), float(self.problem.options.max_size[k])
            self.to.add_row([column, size], [1.0, -1.0], upper=0.0)
            self.to.add_row([column, grown], [1.0, -most], upper=0.0)
            self.to.add_row([column, size, grown], [1.0, -1.0, -most], lower=-most)
            self._counted[k, c] = column
        return self._counted[k, c]

    def _sum(self, need: Amount) -> tuple[Longs, Floats]:
        """What is added, as columns and values.

        What an option adds beyond all that is short is of no use, and left out: a part of it would
        seem to do what only the whole does.
        """
        columns: list[int] = []
        values: list[float] = []
        for one in need.adds:
            more, by = self._terms(one)
            columns += more
            values += by
        # A column may come twice: a part and its whole.
        unique, at = np.unique(np.array(columns, dtype=np.int64), return_inverse=True)
        total = np.bincount(at, weights=values, minlength=len(unique)).astype(np.float64)
        if need.short > 0 and (total >= 0).all():
            total = np.where(np.isin(unique, self.opened), np.minimum(total, need.short), total)
        return unique, total

    def _units(self, need: Units, short: int) -> Longs:
        """Units with enough, of which each part must be there in full."""
        able = need.able(self.problem.options).astype(np.float64)
        enough = self.to.add_columns(len(need.each), upper=able, whole=True)
        for column, parts in zip(enough.tolist(), need.each, strict=True):
            for part in parts:
                columns, values = self._sum(part)
                lost = part.short - part.worst(self.problem.options)
                self.to.add_row(
                    np.append(columns, column), np.append(values, lost - part.short), lower=lost
                )
        self.to.add_row([*enough.tolist(), short], [1.0] * (len(enough) + 1), lower=need.short)
        return enough

    def _covered(self, need: Covered, short: int) -> Longs:
        """People covered by any of the options that reach them, so many of them or short of it."""
        sets = self._sets(need)
        self.to.add_row(np.append(sets, short), np.append(need.people, 1.0), lower=need.short)
        return sets

    def _worst(self, served: Sequence[Longs]) -> Longs:
        """The largest part of a unit's people whom a service leaves outside."""
        if self.problem.served is None:
            return np.zeros(0, dtype=np.int64)
        worst = self.to.add_columns(1, upper=1.0, whole=False)
        at_limit = self.problem.served.at_limit
        for one, sets in zip(at_limit, served[: len(at_limit)], strict=True):
            for unit in np.flatnonzero((one.people > one.kept)[:-1]).tolist():
                own = one.unit == unit
                people = one.people[unit]
                self.to.add_row(
                    np.append(sets[own], worst),
                    np.append(one.cover.people[own] / people, 1.0),
                    lower=1.0 - one.kept[unit] / people,
                )
        return worst

    def _sets(self, need: Covered) -> Longs:
        """Columns of the sets that are covered once one of their options is open."""
        n = len(need.people)
        sets = self.to.add_columns(n, upper=1.0, whole=False)
        least = self.problem.options.min_size
        on = self.opened.copy()
        for k in np.unique(need.option).tolist():
            if need.from_size[k] > least[k]:
                on[k] = self._is_grown(k, int(need.from_size[k]))
        each = np.arange(n)
        self.to.add_rows(
            np.concatenate(
                [each, np.repeat(each, np.diff(need.start)),
                 np.repeat(each, np.diff(need.ends_start))]
            ),
            np.concatenate([sets, on[need.option], self.opened[need.ends]]),
            np.concatenate([np.ones(n), -np.ones(len(need.option)), np.ones(len(need.ends))]),
            n=n,
            upper=need.today.astype(np.float64),
        )  # fmt: skip
        return sets


def model_of(problem: SitingProblem) -> SitingModel:
    """The matrix of a problem; its costs are 0, to be set by an objective."""
    return _Builder(problem).built()


def _woven(one: Any, other: Any) -> Any:
    """Two arrays, element by element in turn."""
    return np.stack([one, other], axis=1).ravel()
