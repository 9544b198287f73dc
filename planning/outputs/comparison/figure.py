"""One figure of every side, and how it and its differences are written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from planning.outputs.bilingual import Says

Form = Literal["whole", "people", "wan", "yuan", "share", "amount", "index"]
Better = Literal["more", "less", ""]
ABSENT = "—"
_WAN = 10_000.0
_HALF_PERSON = 0.5
_DECIMALS = {"whole": 0, "people": 0, "wan": 2, "yuan": 0, "share": 1, "amount": 2, "index": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure by side, the base first; None where a side does not have it.

    `subject` is the service it is of, where it is of one. `comparable` says by side whether a
    difference from the base means anything; `beside` is what stands below each value, such as the
    unit it is of; `better` is what one would rather have.
    """

    says: Says
    form: Form
    values: tuple[float | None, ...]
    comparable: tuple[bool, ...]
    subject: Says = ("", "")
    beside: tuple[str, ...] = ()
    better: Better = ""

    def difference(self, at: int) -> float | None:
        """How much more a side has than the base; None where that says nothing."""
        base, value = self.values[0], self.values[at]
        if at == 0 or base is None or value is None or not self.comparable[at]:
            return None
        return value - base

    def sign(self, at: int) -> Literal["good", "bad", ""]:
        """Whether the difference is for the better; "" where it is none as written."""
        difference = self.difference(at)
        if not self.better or difference is None or not _counts(self.form, difference):
            return ""
        return "good" if (difference > 0) == (self.better == "more") else "bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Figures of one matter, with what has to be said below them."""

    name: str
    title: Says
    figures: tuple[Figure, ...]
    notes: tuple[Says, ...] = ()

    @property
    def sides(self) -> tuple[int, ...]:
        """Which sides have anything to show: a town without a plan has no costs."""
        n = max((len(one.values) for one in self.figures), default=0)
        return tuple(
            at for at in range(n) if any(one.values[at] is not None for one in self.figures)
        )


def shown(form: Form, value: float | None) -> str:
    """A value as tables have it."""
    if value is None:
        return ABSENT
    if form == "people" and 0 < value < _HALF_PERSON:
        return "<1"
    if form == "share":
        return f"{value:.1%}"
    return f"{_scaled(form, value):,.{_DECIMALS[form]}f}"


def shown_difference(form: Form, difference: float | None) -> str:
    """A difference with its sign; of shares in percentage points, 0 where none is left."""
    if difference is None:
        return ABSENT
    if not _counts(form, difference):
        return "0"
    points = 100 * difference if form == "share" else _scaled(form, difference)
    return f"{points:+,.{_DECIMALS[form]}f}".replace("-", "−")


def unit_of_difference(form: Form) -> Says:
    """What stands behind a difference of shares; nothing behind others."""
    return (" 个百分点", " points") if form == "share" else ("", "")


def _scaled(form: Form, value: float) -> float:
    return value / _WAN if form == "wan" else value


def _counts(form: Form, difference: float) -> bool:
    """Whether a difference is more than 0 as written."""
    points = 100 * difference if form == "share" else _scaled(form, difference)
    return round(abs(points), _DECIMALS[form]) > 0


def by_subject(figures: Iterable[Figure]) -> tuple[Figure, ...]:
    """The figures of one service together, services in the order in which they come first."""
    listed = tuple(figures)
    order = list(dict.fromkeys(one.subject for one in listed))
    return tuple(sorted(listed, key=lambda one: order.index(one.subject)))


def known(figures: Iterable[Figure]) -> tuple[Figure, ...]:
    """The figures that at least one side has."""
    return tuple(one for one in figures if any(value is not None for value in one.values))
