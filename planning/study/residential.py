"""Residential areas."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from planning.study.figures import Persons, Text, Whole
from planning.study.files import Layer, Model


class HouseholdSize(Model):
    """Persons per household where a register of residential areas has households alone."""

    persons: Persons = Field(description="户均人口 persons per household")
    source: Text


class ShareSpec(Model):
    """A group's exact share: `count` of every `of` persons."""

    count: Annotated[Whole, Field(ge=0)]
    of: Annotated[Whole, Field(gt=0)]
    source: Text


class ResidentialSpec(Layer):
    """Residential areas: what the layer leaves open about households and who moves in."""

    persons_per_household: HouseholdSize | None = Field(
        default=None, description="没有户均人口列时的户均人口 where no column says"
    )
    groups: dict[str, ShareSpec] = Field(
        default={},
        description="新居住区各人群的占比，默认同所在单元 groups among those who move in; "
        "by default as in the unit around",
    )
