"""The area and its units."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from planning.study.figures import Level, Number, Whole
from planning.study.files import Layer, Model


class MadeUnits(Model):
    """Units made below the given ones where no boundaries exist; labelled as made."""

    level: Level = Field(
        default="community", description="划分哪一级 level of the units that are made"
    )
    hexagon_m: Annotated[Number, Field(ge=50, le=20_000, allow_inf_nan=False)] | None = Field(
        default=None, description="六边形对边宽 width of hexagons across flats [m]"
    )
    seats: Layer | None = Field(
        default=None,
        description="驻地（点），按最近驻地划分 seats, each with the land nearest to it",
    )


class AreaSpec(Model):
    """Which area, from planning units, a boundary file, or a box [lon, lat, lon, lat]."""

    units: Layer | None = Field(
        default=None,
        description="规划单元图层，字段见 docs/study.md layer of the planning units at all levels",
    )
    boundary: Layer | None = Field(
        default=None, description="边界图层，代替规划单元 a boundary, in place of units"
    )
    box: tuple[Number, Number, Number, Number] | None = Field(
        default=None, description="西、南、东、北 west, south, east, north [degrees]"
    )
    level: Level = Field(default="county", description="边界所属层级 level of a boundary or box")
    name: str = Field(default="", description="边界名称 name of a boundary or box")
    epsg: Whole | None = Field(default=None, description="投影坐标系 metric CRS; chosen if absent")
    empty_units: tuple[str, ...] = Field(
        default=(), description="确无居民的单元编号 ids of units where nobody lives"
    )
    made_units: MadeUnits | None = Field(
        default=None, description="没有界线的层级，由程序划分 a level made where no borders exist"
    )
