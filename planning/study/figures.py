"""Figures as a study may give them: bounded, exact where they are shares."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from planning.demand import rate_of
from planning.units import rational


def _no_yes(value: object) -> object:
    """Refuse true and false where a number is meant: YAML gives them for a slip of the pen."""
    return str(value).lower() if isinstance(value, bool) else value


Number = Annotated[float, BeforeValidator(_no_yes, json_schema_input_type=float)]
Positive = Annotated[Number, Field(gt=0, allow_inf_nan=False)]
NotNegative = Annotated[Number, Field(ge=0, allow_inf_nan=False)]
Minutes = Annotated[Number, Field(gt=0, le=240, allow_inf_nan=False)]
Speed = Annotated[Number, Field(ge=0.1, le=10, allow_inf_nan=False)]
Metres = Annotated[Number, Field(gt=0, le=5000, allow_inf_nan=False)]
FloorOfPlace = Annotated[Number, Field(ge=1, le=1000, allow_inf_nan=False)]
Whole = Annotated[int, BeforeValidator(_no_yes, json_schema_input_type=int)]
Band = Annotated[Whole, Field(ge=1)]
Level = Literal["province", "city", "county", "street", "community"]
ClauseLevel = Literal["province", "city", "county", "street", "community", "residential_area"]
_WORD = r"A-Za-z0-9\u3400-\u9fff"
KindName = Annotated[str, Field(pattern=rf"^[{_WORD}][{_WORD}_.·()（）-]{{0,63}}$")]
"""What a study calls a kind of facility that it may build, or a change: Chinese words too."""
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]


def _exact(value: object) -> object:
    """A share as it is written, kept exact."""
    try:
        return rational(str(_no_yes(value)))
    except (ValueError, ZeroDivisionError):
        return str(value)


Persons = Annotated[
    Fraction,
    Field(gt=0, le=20),
    BeforeValidator(_exact, json_schema_input_type=Annotated[float, Field(gt=0, le=20)]),
]
Text = Annotated[str, Field(min_length=1)]
Share = Annotated[
    Fraction,
    Field(ge=0, le=1),
    BeforeValidator(_exact, json_schema_input_type=Annotated[float, Field(ge=0, le=1)]),
]


def _yearly_rate(value: object) -> float:
    """A rate as it is written, with or without its per cent sign."""
    try:
        return rate_of(str(_no_yes(value)))
    except ValueError:
        raise PydanticCustomError("yearly_rate", "a yearly rate") from None


Rate = Annotated[float, BeforeValidator(_yearly_rate, json_schema_input_type=float | str)]
