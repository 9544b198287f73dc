"""A hypothetical present: sites added, moved, resized or gone, streets closed, areas sketched."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from planning.study.figures import KindName, NotNegative, Number, Persons, Text, Whole
from planning.study.files import Model

MOST_SITES = 2_000
"""Sites that one scenario adds, and facilities that it moves, takes away or resizes."""
MOST_STREETS = 5_000
"""Streets that one scenario closes."""
MOST_AREAS = 200
MOST_CORNERS = 2_000
"""Corners of one sketched outline."""
MOST_SIZE = 1_000_000
"""More places, beds or m² than any facility has."""
MOST_HOUSEHOLDS = 1_000_000
"""More households than any residential area has."""

_MOST_METRES = 1e8
"""Coordinates of any metric CRS lie within this [m]."""
_LONGEST_NAME = 100
LARGEST_ID = 2**53 - 1
"""Whole numbers are exact in any reader of JSON as far as this (RFC 8259, section 6)."""


def _at_most(most: int) -> BeforeValidator:
    """Refuse a longer list at once, before anything is said of what is in it."""

    def counted(entries: object) -> object:
        if isinstance(entries, list | tuple | dict) and len(entries) > most:
            raise PydanticCustomError("too_many", "too many", {"n": len(entries), "most": most})
        return entries

    return BeforeValidator(counted)


def _one_line(text: str) -> str:
    """A name as it is printed: one line of a bounded length."""
    if len(text) > _LONGEST_NAME or not all(sign.isprintable() for sign in text):
        raise PydanticCustomError("one_line", "one line of text")
    return text


Line = Annotated[str, AfterValidator(_one_line)]
Metric = Annotated[Number, Field(ge=-_MOST_METRES, le=_MOST_METRES, allow_inf_nan=False)]
Place = tuple[Metric, Metric]
"""x and y in the study's metric CRS [m]."""
Known = Annotated[Text, Field(max_length=200)]
"""The id of something that the study's files list."""
Count = Annotated[Whole, Field(ge=0, le=MOST_SIZE)]
LineId = Annotated[Whole, Field(ge=-LARGEST_ID, le=LARGEST_ID)]


class AddedSite(Model):
    """A facility that stands as if it had been built: of a kind that the study may build."""

    id: KindName = Field(description="编号，不得与现有设施相同 its id, one that no facility has")
    name: Line = Field(default="", description="名称，默认同编号 its name; its id if blank")
    service: Text = Field(description="服务 the service it is built for")
    kind: KindName = Field(description="该服务 build 中的设施种类 a kind of the service's `build`")
    size: Annotated[Whole, Field(ge=1, le=MOST_SIZE)] = Field(
        description="规模，按该种类的计量：托位、床位或平方米 in its kind's unit: places, beds, m²"
    )
    x_m: Metric | None = Field(default=None, description="坐标 east in the study's CRS [m]")
    y_m: Metric | None = Field(default=None, description="坐标 north in the study's CRS [m]")
    candidate: Known | None = Field(
        default=None, description="设在该候选点，面积以其为限 in this candidate, within its floor"
    )
    yuan: NotNegative | None = Field(
        default=None,
        description="不在候选点时的费用 what it costs where it stands in no candidate [yuan]",
    )


class Resized(Model):
    """New amounts of a facility that stands; what is left out stays as it is."""

    places: Count | None = Field(default=None, description="托位数 nursery places")
    beds: Count | None = Field(default=None, description="床位数 beds")
    nursing_beds: Count | None = Field(
        default=None, description="护理型床位数 beds of the nursing type"
    )
    floor_m2: Annotated[Number, Field(ge=0, le=MOST_SIZE, allow_inf_nan=False)] | None = Field(
        default=None, description="建筑面积 floor [m²]"
    )


class SketchedArea(Model):
    """A planned residential area drawn by hand: new, and lived in by now."""

    id: KindName = Field(description="编号 its id, one that no residential area has")
    name: Line = Field(default="", description="名称，默认同编号 its name; its id if blank")
    households: Annotated[Whole, Field(ge=1, le=MOST_HOUSEHOLDS)] = Field(
        description="户数 households"
    )
    persons_per_household: Persons | None = Field(
        default=None,
        description="户均人口，默认同 residential_areas persons per household; that of "
        "residential_areas if absent",
    )
    outline: Annotated[tuple[Place, ...], _at_most(MOST_CORNERS)] = Field(
        description="各角点，至少三个 its corners [m], at least three"
    )


class WhatIf(Model):
    """A hypothetical present 推演：新增、迁移、撤销、调整设施，封闭道路，勾画居住区."""

    epsg: Whole = Field(description="坐标所用投影，须与研究相同 the CRS of all places, the study's")
    added: Annotated[tuple[AddedSite, ...], _at_most(MOST_SITES)] = Field(
        default=(), description="新增设施 facilities that are added"
    )
    moved: Annotated[dict[Known, Place], _at_most(MOST_SITES)] = Field(
        default={}, description="迁址：编号 → [x, y] facilities elsewhere"
    )
    removed: Annotated[tuple[Known, ...], _at_most(MOST_SITES)] = Field(
        default=(),
        description="撤销的设施，如同从未有过 facilities taken away, as if they never stood",
    )
    resized: Annotated[dict[Known, Resized], _at_most(MOST_SITES)] = Field(
        default={}, description="规模改变 facilities of another size"
    )
    closed_streets: Annotated[tuple[LineId, ...], _at_most(MOST_STREETS)] = Field(
        default=(),
        description="封闭的道路，按线的编号 streets nobody passes, by the ids of their lines",
    )
    areas: Annotated[tuple[SketchedArea, ...], _at_most(MOST_AREAS)] = Field(
        default=(), description="勾画的规划居住区 residential areas, sketched"
    )
