"""Runs set side by side: everything the table, the page and the Word section have to say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planning.errors import InputError, fail
from planning.outputs.bilingual import Says
from planning.outputs.comparison.caveats import caveats_of
from planning.outputs.comparison.coverage_figures import (
    UnitCoverage,
    by_unit,
    coverage_section,
    groups_section,
)
from planning.outputs.comparison.equity_figures import equity_section
from planning.outputs.comparison.figure import Section
from planning.outputs.comparison.finding_figures import findings_section
from planning.outputs.comparison.ground import Ground, read_ground
from planning.outputs.comparison.plan_figures import plan_section, within_the_gap
from planning.outputs.comparison.run_files import read_runs
from planning.outputs.comparison.shared import Shared, check_common_ground, shared_with
from planning.outputs.comparison.sides import Side, is_before_and_after, sides_of
from planning.outputs.comparison.site_changes import SiteChange, site_changes
from planning.outputs.comparison.turned import Turned, clauses_of_one, turned_findings
from planning.provenance import digest_of

_MOST_DIGESTS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One side against the base.

    `clauses_base` and `clauses_other` have findings on one side only; `remarks` say which
    differences are too small to mean anything.
    """

    base: Side
    other: Side
    shared: Shared
    turned: tuple[Turned, ...]
    clauses_base: tuple[str, ...]
    clauses_other: tuple[str, ...]
    sites: tuple[SiteChange, ...]
    remarks: tuple[Says, ...]

    @property
    def planned(self) -> Side | None:
        """The only side that has a plan; None where both have one, or neither."""
        sides = [side for side in (self.base, self.other) if side.plan is not None]
        return sides[0] if len(sides) == 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """All sides, the base first; `pairs` has one for each of the others, in their order.

    `caveats` come before any figure; a section without figures is left out, as that of money is
    where nobody has a plan. `grounds` are the shapes of every side.
    """

    sides: tuple[Side, ...]
    caveats: tuple[Says, ...]
    sections: tuple[Section, ...]
    groups: Section
    units: tuple[UnitCoverage, ...]
    pairs: tuple[Pair, ...]
    grounds: tuple[Ground, ...]

    @property
    def title(self) -> str:
        """What the base's area is called."""
        return self.sides[0].run.title

    @property
    def is_before_and_after(self) -> bool:
        """Whether it is one run, before and after its plan."""
        return is_before_and_after(self.sides)

    @property
    def name(self) -> str:
        """``compare-<digest>-<digest>…``, of many runs one digest over all."""
        digests = list(dict.fromkeys(side.run.digest for side in self.sides))
        if len(digests) > _MOST_DIGESTS:
            digests = [digest_of(digests)]
        return "compare-" + "-".join("".join(filter(str.isalnum, one)) for one in digests)

    def clause_says(self, clause: str) -> Says:
        """What a clause is called; its id where no run names it."""
        for side in self.sides:
            words = side.run.summary["clauses"].get(clause)
            if isinstance(words, list) and len(words) == 2:
                return str(words[0]), str(words[1])
        return clause, clause

    def service_label(self, service: str) -> str:
        """What a service is called."""
        found: Mapping[str, Any] | None = next(
            (s for side in self.sides if (s := side.run.summary["services"].get(service))), None
        )
        return service if found is None else str(found["label"])


def compare_runs(folders: Sequence[Path], *, base: Path | None = None) -> Comparison:
    """Read run folders and set them side by side; `base` is the first unless it is named.

    One folder alone is compared with itself, before and after its plan. Raises InputError for
    folders that are no runs, are given twice, or have nothing in common; and for a base that is
    not among them.
    """
    runs = read_runs(folders)
    places = [folder.resolve() for folder in folders]
    if base is not None and base.resolve() not in places:
        raise fail(
            InputError,
            f"--base {base}",
            found=("不在所给的成果目录之中", "none of the run folders given"),
            expected=("其中之一", "one of them"),
            to_do=("把它也列出来，或改正 --base", "name it among them, or mend --base"),
        )
    sides = sides_of(runs, runs[0 if base is None else places.index(base.resolve())])
    read = {id(side.run): side.run for side in sides}
    ground_of = {key: read_ground(run) for key, run in read.items()}
    grounds = tuple(ground_of[id(side.run)] for side in sides)
    shared = tuple(
        shared_with(sides[0], side, (grounds[0], ground))
        for side, ground in zip(sides[1:], grounds[1:], strict=True)
    )
    check_common_ground(sides, shared)
    one_area = (True, *(one.is_one_area for one in shared))
    return Comparison(
        sides=sides,
        caveats=caveats_of(sides, shared),
        sections=tuple(
            section
            for section in (
                plan_section(sides, one_area),
                coverage_section(sides, one_area),
                equity_section(sides, one_area),
                findings_section(sides),
            )
            if section.figures
        ),
        groups=groups_section(sides, one_area),
        units=by_unit(sides, shared),
        pairs=tuple(
            _pair(sides[0], side, one) for side, one in zip(sides[1:], shared, strict=True)
        ),
        grounds=grounds,
    )


def _pair(base: Side, other: Side, shared: Shared) -> Pair:
    clauses_base, clauses_other = clauses_of_one(base, other)
    return Pair(
        base=base,
        other=other,
        shared=shared,
        turned=turned_findings(base, other, shared),
        clauses_base=clauses_base,
        clauses_other=clauses_other,
        sites=site_changes(base, other),
        remarks=within_the_gap(base, other),
    )
