"""People: who is counted where, of what age, in which groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from planning.study.figures import Band, Level, NotNegative, Number, Whole
from planning.study.files import Input, Layer, LayerName, Model, SheetName, UnitTable


def _ages_as_text(value: object) -> object:
    """`ages: 3` of YAML, which is a number there, as it is written."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Ages = Annotated[str, BeforeValidator(_ages_as_text, json_schema_input_type=str | int)]


class AgeCells(Input):
    """People of some ages by cell: a raster or one of its bands, or a column of the polygons.

    Without `ages` it names WorldPop's rasters by age and sex, by a folder or a pattern such as
    ages/chn_?_*_2020.tif; their names say which ages they hold.
    """

    path: str = Field(
        default="", description="栅格；缺省为 population.path a raster; population.path if absent"
    )
    ages: Ages | None = Field(
        default=None,
        description="周岁，如 0、1-4、80+；相同者相加 completed ages; equal ones add up",
    )
    band: Band | None = Field(default=None, description="栅格的波段 band of the raster, from 1")
    column: str | None = Field(default=None, description="矢量图层的字段 column of the polygons")


def _listed(value: object) -> object:
    """One entry is a list of one."""
    return [value] if isinstance(value, Mapping) else value


class BuildingsSpec(Layer):
    """Footprints of buildings, with storeys or heights and uses where they are known."""

    residential: tuple[str, ...] = Field(
        default=(), description="图层中表示住人的其他用途 further uses that mean homes"
    )
    coords: Literal["gcj02", "bd09"] | None = Field(
        default=None, description="取自地图商时的坐标 shifted coordinates of a map vendor"
    )


class PopulationSpec(Input):
    """Who lives where: counts by cell (raster, polygons, points), totals of units, or both."""

    path: str = Field(
        default="",
        description="计数栅格、面或点表；缺省按 by_age 或 totals counts, else by_age or totals",
    )
    unit: Literal["persons", "persons_per_km2", "persons_per_ha"] = Field(
        description="每格人数，或声明的密度（按像元真实面积折算） persons per cell, or a declared "
        "density, counted by the true area of each cell"
    )
    layer: LayerName = None
    column: str | None = Field(default=None, description="人数字段 column of persons")
    columns: dict[str, str] = Field(
        default={}, description="点表的坐标字段 x、y columns of coordinates in a table of points"
    )
    coords: str | None = Field(
        default=None,
        description="点表坐标的含义：wgs84、cgcs2000、gcj02、bd09 或 EPSG:nnnn "
        "what the coordinates of a table of points are",
    )
    band: Band | None = Field(
        default=None, description="全部居民所在的波段 band of all residents, from 1"
    )
    by_age: Annotated[tuple[AgeCells, ...], BeforeValidator(_listed)] = Field(
        default=(), description="各年龄组的栅格、波段或字段 rasters, bands or columns by age"
    )
    absent_ages: tuple[Number, ...] = Field(
        default=(),
        description="年龄字段中表示保密的数值，如 99 values of age columns that mean withheld",
    )
    year: Whole | None = Field(
        default=None, description="人口年份，有 projection 时必填 year of the counts"
    )
    base: Literal["residents", "registered"] = Field(
        default="residents", description="口径：常住或户籍 who is counted: residents or registered"
    )
    buildings: BuildingsSpec | None = Field(
        default=None,
        description="建筑轮廓，人口按面积 × 层数落到其中 buildings to spread the people over",
    )
    over: Literal["streets", "area"] | None = Field(
        default=None,
        description="没有建筑时沿街还是按面积分摊 spread the people along streets or over the area",
    )
    spread_m: Annotated[Number, Field(ge=5, le=5000, allow_inf_nan=False)] | None = Field(
        default=None, description="分摊点的间距，默认 50 米 how far made points lie apart [m]"
    )
    totals: UnitTable | None = Field(
        default=None, description="各单元官方人口，据以校准 official people by unit, to fit to"
    )
    official_total: NotNegative | None = Field(
        default=None, description="官方总人口，用于核对 official total, to check against"
    )

    @property
    def has_counts(self) -> bool:
        """Whether people are counted by cell, and not by the totals of units alone."""
        return bool(self.path or self.by_age)

    def inputs(self) -> dict[str, Input]:
        """Each file of cells once, by its place in the study."""
        named: dict[str, Input] = {"population": self} if self.path else {}
        seen = {self.path, ""}
        for at, cells in enumerate(self.by_age):
            if cells.path not in seen:
                licence = cells.licence or self.licence
                vintage = cells.vintage or self.vintage
                named[f"population.by_age.{at}"] = Input(
                    path=cells.path, licence=licence, vintage=vintage
                )
            seen.add(cells.path)
        return named


class AgesSpec(Input):
    """A census table of people by unit and age band, from which groups take their shares."""

    level: Level = Field(default="county", description="表中单元的层级 level of the table's units")
    ids: dict[str, str] = Field(
        default={}, description="单元在表中的编号，与图层不同时 ids in the table where they differ"
    )
    sheet: SheetName = None


class GroupSpec(Model):
    """A group of residents: by `ages`, as `count` of every `of` persons, or by a `table` of units.

    What a table counts is spread over its units as the people of the group `within` are.
    """

    label: str = Field(description="人群的叫法 what people call the group")
    ages: Ages | None = Field(
        default=None,
        description="周岁，如 60+、0-2，取自 population.by_age 或 ages 表 completed ages, by the "
        "cells of population.by_age or the table under `ages`",
    )
    count: Annotated[Whole, Field(ge=0)] | None = Field(
        default=None, description="每 `of` 人中的人数 so many of every `of` persons"
    )
    of: Annotated[Whole, Field(gt=0)] | None = Field(
        default=None, description="占比的分母 the whole that `count` is part of"
    )
    table: UnitTable | None = Field(
        default=None, description="各单元人数（people）或占比（share）表 people or share by unit"
    )
    within: str = Field(
        default="total", description="表中人数属于哪一人群 the group that a table counts part of"
    )
    unit: Literal["persons", "households"] = Field(
        default="persons", description="计量单位：人或户 what is counted"
    )
    source: str = Field(description="出处 where the figure or the rule comes from")
