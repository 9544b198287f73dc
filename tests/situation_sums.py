"""The bare functions of the measures, by name, for examples that are arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np

from planning.demand import AgeBands, people_of
from planning.inputs.standard_file import chain_of
from planning.standards import profile_of
from planning.standards.measures.evenness import gini
from planning.standards.measures.floor_per_100_households import required_floor_m2
from planning.standards.measures.land_per_resident import apportioned_m2, required_land_m2
from planning.standards.measures.per_thousand import rate_per_thousand, required_per_thousand
from planning.standards.measures.share_of_capacity import share
from planning.standards.measures.share_of_units import required_units
from planning.standards.measures.travel_time_coverage import share_covered
from planning.standards.outcome import Range, gap, held
from planning.standards.residential import status_of
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


def _status_of(*, planned: Any, dated: Any, old_town: Any, new_since: date) -> str:
    return " ".join(status_of(planned=planned, dated=dated, old_town=old_town, new_since=new_since))


def _new_since(*, document: str) -> date | None:
    found = profile_of(chain_of(document, [])).new_since
    return None if found is None else found.date


def _people_of(
    *, from_ages: list[Fraction], people: list[Fraction], from_age: Fraction,
    below_age: Fraction | None,
) -> Fraction:  # fmt: skip
    bands = AgeBands(
        from_age=tuple(map(int, from_ages)), people=np.array([[float(n) for n in people]])
    )
    last = None if below_age is None else int(below_age)
    return Fraction(float(people_of(bands, from_age=int(from_age), below_age=last)[0]))


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
    "status_of": _status_of,
    "new_since": _new_since,
    "people_of": _people_of,
}
_WHOLE = ("persons", "units", "households", "covered")
_AS_THEY_STAND = ("operator", "planned", "dated", "old_town", "new_since", "document")
_FLOATS = ("floor_m2", "far")


def answer(name: str, given: Mapping[str, Any]) -> Any:
    """What the function gives for what is given, as written: exact."""
    return SUMS[name](**{key: _of(key, value) for key, value in given.items()})


def _of(key: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_of(key, one) for one in value]
    if key in _AS_THEY_STAND or value is None:
        return value
    exact = written(str(value))
    if key in _WHOLE or (key == "people" and exact.denominator == 1):
        return int(exact)
    return float(exact) if key in _FLOATS else exact
