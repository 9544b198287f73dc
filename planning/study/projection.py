"""The people of a later year."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from planning.study.figures import Level, Number, Positive, Rate, Share, Whole
from planning.study.files import Model, TableSpec


class RatesSpec(TableSpec):
    """A table of yearly growth by unit; a column of `columns` may be that of a group."""

    level: Level = Field(default="county", description="表中单元的层级 level of the table's units")
    ids: dict[str, str] = Field(
        default={}, description="单元在表中的编号，与图层不同时 ids in the table where they differ"
    )


class CountSpec(Model):
    """People of one year as a document prints them."""

    people: Positive = Field(description="人数 persons")
    year: Whole = Field(description="年份 of this year")
    share: Annotated[Share, Field(gt=0)] | None = Field(
        default=None, description="占常住人口比重，据以推出总人口 share of all residents"
    )


class GrowthSpec(Model):
    """Counts of one group in two years; the yearly rate is the one that leads between them."""

    first: CountSpec = Field(description="前一年 the count of the earlier year")
    last: CountSpec = Field(description="后一年 the count of the later year")
    source: str = Field(description="原文出处 the document that prints both")


class CohortsSpec(Model):
    """Tables of a cohort-component projection by five-year ages and sex; see docs/projection.md."""

    level: Level = Field(default="county", description="表中单元的层级 level of the tables' units")
    ids: dict[str, str] = Field(
        default={}, description="单元在表中的编号，与图层不同时 ids in the tables where they differ"
    )
    people: TableSpec = Field(
        description="基年分性别五岁组人数 people of the base year by age and sex"
    )
    survival: TableSpec = Field(description="五年存活率 the part that lives on into the next age")
    fertility: TableSpec = Field(description="分年龄生育率 births per woman and year by her age")
    migration: TableSpec | None = Field(
        default=None, description="五年净迁入人数 net migrants in five years; absent = nobody moves"
    )
    boys_per_girl: Annotated[Number, Field(ge=0.8, le=1.5, allow_inf_nan=False)] = Field(
        description="出生性别比，女=1，如 1.113 sex ratio at birth"
    )


class ProjectionSpec(Model):
    """The year whose people are planned for, and how they follow from those of the base year.

    One of `rate`, `rates`, `counts`, `cohorts`; the base year is the population's.
    """

    year: Whole = Field(description="目标年 the year whose people are planned for")
    source: str = Field(description="这些假定从何而来 where the assumptions come from")
    rate: Rate | None = Field(
        default=None, description="全体居民年均增长率，1.2% 或 0.012 of all residents, a year"
    )
    rates: RatesSpec | None = Field(
        default=None, description="各单元年均增长率表 yearly rates by unit, in a table"
    )
    group_rates: dict[str, Rate] = Field(
        default={}, description="人群自己的年均增长率 yearly rates of groups that go otherwise"
    )
    counts: dict[str, GrowthSpec] = Field(
        default={}, description="两个年份的人数，按人群 counts of two years, by group or total"
    )
    cohorts: CohortsSpec | None = Field(
        default=None, description="队列要素法的表 tables of a cohort-component projection"
    )
