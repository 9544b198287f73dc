"""Figures that a statistics office gives 统计填报值, for clauses that no map can measure."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure as it was typed in: exact, a share as a part of 1; its year, its source.

    `year` is None and `source` "" where nobody says.
    """

    value: Fraction
    year: int | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The figures of a study by clause, or name of a figure, and unit.

    `listed` holds them by key, as `figure_key` writes it, and id of the unit; "" is the whole area,
    or, where one unit is the whole area, its id, which is `whole`.
    """

    listed: Mapping[tuple[str, str], tuple[Figure, ...]] = field(default_factory=dict)
    whole: str = ""

    def __len__(self) -> int:
        return sum(len(figures) for figures in self.listed.values())

    def of(self, key: str, unit_id: str, *, year: int | None) -> Figure | None:
        """The figure of a unit ("" = the whole area) in a year; None where there is none.

        Where there are several, that of the year, else the latest before it; one of no year comes
        before all. Without a `year`, the latest.
        """
        found = self.listed.get((figure_key(key), unit_id or self.whole), ())
        in_time = [f for f in found if f.year is None or year is None or f.year <= year]
        return max(in_time, key=_order, default=None)


def figure_key(text: str) -> str:
    """A clause's id or a figure's name in half width, without blanks, as tables differ in them."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _order(figure: Figure) -> int:
    return -1 if figure.year is None else figure.year
