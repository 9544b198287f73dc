"""The bare functions of the measures, by name, for examples that are arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from planning.standards.measures.evenness import gini
from planning.standards.measures.floor_per_100_households import required_floor_m2
from planning.standards.measures.land_per_resident import apportioned_m2, required_land_m2
from planning.standards.measures.per_thousand import rate_per_thousand, required_per_thousand
from planning.standards.measures.share_of_capacity import share
from planning.standards.measures.share_of_units import required_units
from planning.standards.measures.travel_time_coverage import share_covered
from planning.standards.outcome import Range, gap, held
from planning.units import whole_persons, written


def _verdict(*, measured: Fraction, operator: Any, required: Fraction) -> str:
    return held(Range.exactly(measured), operator, required)


def _gap(*, measured: Fraction, operator: Any, required: Fraction) -> Fraction:
    return gap(Range.exactly(measured), operator, required)


def _share(*, part: Fraction, whole: Fraction) -> Fraction | None:
    found = share(part=Range.exactly(part), whole=Range.exactly(whole))
    return None if found is None else found.low


def _sum(*, of: list[Fraction]) -> Fraction:
    return sum(of, Fraction(0))


def _rounded(*, rate: Fraction, decimals: Fraction) -> Fraction:
    """Half up, as a document prints a rate."""
    scale = 10 ** int(decimals)
    return Fraction(int(rate * scale + Fraction(1, 2)), scale)


def _share_shown(*, part: Fraction, whole: Fraction) -> Fraction | None:
    found = _share(part=part, whole=whole)
    return None if found is None else _rounded(rate=found, decimals=Fraction(4))


def _rate_shown(*, persons: int, amount: Fraction) -> Fraction | None:
    found = rate_per_thousand(persons=persons, amount=amount)
    return None if found is None else _rounded(rate=found, decimals=Fraction(2))


SUMS: Mapping[str, Callable[..., Any]] = {
    "required_per_thousand": required_per_thousand,
    "rate_per_thousand": rate_per_thousand,
    "rate_at_two_decimals": _rate_shown,
    "required_land_m2": required_land_m2,
    "apportioned_m2": apportioned_m2,
    "required_floor_m2": required_floor_m2,
    "required_units": required_units,
    "share": _share,
    "share_at_two_decimals": _share_shown,
    "share_covered": share_covered,
    "gini": gini,
    "verdict": _verdict,
    "gap": _gap,
    "whole_persons": whole_persons,
    "sum": _sum,
}
_WHOLE = ("persons", "units", "households", "covered")
_FLOATS = ("floor_m2", "far")


def answer(name: str, given: Mapping[str, Any]) -> Any:
    """What the function gives for what is given, as written: exact."""
    return SUMS[name](**{key: _of(key, value) for key, value in given.items()})


def _of(key: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_of(key, one) for one in value]
    if key == "operator":
        return value
    exact = written(str(value))
    if key in _WHOLE or (key == "people" and exact.denominator == 1):
        return int(exact)
    return float(exact) if key in _FLOATS else exact
