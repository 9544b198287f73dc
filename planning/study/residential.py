"""Residential areas."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from planning.study.figures import Persons, Text, Whole
from planning.study.files import Layer, Model


class HouseholdSize(Model):
    """Persons per household where a register of residential areas has households alone."""

    persons: Persons = Field(description="户均人口 persons per household")
    source: Text = Field(description="出处 where the figure comes from")


class ShareSpec(Model):
    """A group's exact share: `count` of every `of` persons."""

    count: Annotated[Whole, Field(ge=0)] = Field(
        description="每 `of` 人中的人数 so many of every `of` persons"
    )
    of: Annotated[Whole, Field(gt=0)] = Field(
        description="占比的分母 the whole that `count` is part of"
    )
    source: Text = Field(description="出处 where the share comes from")


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
