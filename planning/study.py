"""The study: what a user writes, frozen; `inputs.study_file` reads it."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from planning.demand import TOTAL, rate_of
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


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Input(_Model):
    """A file or table the study reads: where it is and under which licence it may be used."""

    path: str = Field(
        description="文件，或 PostGIS 中的表 a file, or postgis://host/database?table=schema.table"
    )
    licence: str = Field(default="", description="许可与署名 licence line, printed in every output")


class Layer(Input):
    """A vector layer; `columns` maps our names to the user's where they differ."""

    layer: str | None = None
    columns: dict[str, str] = {}


class MadeUnits(_Model):
    """Units made below the given ones where no boundaries exist; labelled as made."""

    level: Level = "community"
    hexagon_m: Annotated[Number, Field(ge=50, le=20_000, allow_inf_nan=False)] | None = Field(
        default=None, description="六边形对边宽 width of hexagons across flats [m]"
    )
    seats: Layer | None = Field(
        default=None,
        description="驻地（点），按最近驻地划分 seats, each with the land nearest to it",
    )


class AreaSpec(_Model):
    """Which area, from planning units, a boundary file, or a box [lon, lat, lon, lat]."""

    units: Layer | None = None
    boundary: Layer | None = None
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


Link = tuple[Number, Number, Number, Number]


class NetworkSpec(Layer):
    """The street network, what is added to it, and who travels on it."""

    profile: Literal["elder", "adult", "stroller", "wheelchair", "e-bike", "drive"] = "elder"
    speed_m_s: Speed | None = Field(default=None, description="步速 [m/s]; profile's own if absent")
    crossing_s: NotNegative | None = Field(
        default=None, description="过街横道耗时 time at a tagged crossing [s]"
    )
    signal_s: NotNegative | None = Field(
        default=None, description="信号灯耗时 time at a signalised crossing [s]"
    )
    max_snap_m: Metres = Field(default=300.0, description="到最近道路的最大距离 [m]")
    island_km: NotNegative = Field(
        default=1.0,
        description="短于此的孤立路网视为孤岛 parts shorter than this are islands [km]",
    )
    dem: Input | None = Field(default=None, description="高程 GeoTIFF terrain model; slope counts")
    slope: Literal["tobler", "minetti", "campbell2019"] = Field(
        default="tobler", description="坡度函数 function of the slope, where dem is given"
    )
    planned_roads: Layer | None = Field(
        default=None, description="规划道路，并入路网 planned roads, joined to the network"
    )
    links: tuple[Link, ...] = Field(
        default=(), description="手工连接 links by hand [lon, lat, lon, lat]"
    )
    join_m: Metres = Field(
        default=20.0, description="规划道路与连接的接入距离 how far an end is led on to join [m]"
    )
    compounds: Layer | None = Field(
        default=None, description="封闭小区（面），围墙只在出入口开 walled compounds (polygons)"
    )
    gates: Layer | None = Field(
        default=None, description="小区出入口（点） gates of the compounds (points)"
    )


class TableSpec(Input):
    """A table, its sheet, and the names of its columns where they differ from the known ones."""

    sheet: str | None = None
    columns: dict[str, str] = {}


class UnitTable(TableSpec):
    """A table of figures by unit, at one level or at several; `ids` where its ids differ."""

    ids: dict[str, str] = Field(
        default={}, description="单元在表中的编号，与图层不同时 ids in the table where they differ"
    )


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
    layer: str | None = None
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
    year: Whole | None = None
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
    spread_m: Metres | None = Field(
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
                named[f"population.by_age.{at}"] = Input(path=cells.path, licence=licence)
            seen.add(cells.path)
        return named


class AgesSpec(Input):
    """A census table of people by unit and age band, from which groups take their shares."""

    level: Level = Field(default="county", description="表中单元的层级 level of the table's units")
    ids: dict[str, str] = Field(
        default={}, description="单元在表中的编号，与图层不同时 ids in the table where they differ"
    )
    sheet: str | None = None


class GroupSpec(_Model):
    """A group of residents: by `ages`, as `count` of every `of` persons, or by a `table` of units.

    What a table counts is spread over its units as the people of the group `within` are.
    """

    label: str
    ages: Ages | None = Field(
        default=None,
        description="周岁，如 60+、0-2，取自 population.by_age 或 ages 表 completed ages, by the "
        "cells of population.by_age or the table under `ages`",
    )
    count: Annotated[Whole, Field(ge=0)] | None = None
    of: Annotated[Whole, Field(gt=0)] | None = None
    table: UnitTable | None = Field(
        default=None, description="各单元人数（people）或占比（share）表 people or share by unit"
    )
    within: str = Field(
        default="total", description="表中人数属于哪一人群 the group that a table counts part of"
    )
    unit: Literal["persons", "households"] = Field(
        default="persons", description="计量单位：人或户 what is counted"
    )
    source: str


class RatesSpec(TableSpec):
    """A table of yearly growth by unit; a column of `columns` may be that of a group."""

    level: Level = Field(default="county", description="表中单元的层级 level of the table's units")
    ids: dict[str, str] = Field(
        default={}, description="单元在表中的编号，与图层不同时 ids in the table where they differ"
    )


class CountSpec(_Model):
    """People of one year as a document prints them."""

    people: Positive
    year: Whole
    share: Annotated[Share, Field(gt=0)] | None = Field(
        default=None, description="占常住人口比重，据以推出总人口 share of all residents"
    )


class GrowthSpec(_Model):
    """Counts of one group in two years; the yearly rate is the one that leads between them."""

    first: CountSpec
    last: CountSpec
    source: str


class CohortsSpec(_Model):
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


class ProjectionSpec(_Model):
    """The year whose people are planned for, and how they follow from those of the base year.

    One of `rate`, `rates`, `counts`, `cohorts`; the base year is the population's.
    """

    year: Whole
    source: str = Field(description="这些假定从何而来 where the assumptions come from")
    rate: Rate | None = Field(
        default=None, description="全体居民年均增长率，1.2% 或 0.012 of all residents, a year"
    )
    rates: RatesSpec | None = None
    group_rates: dict[str, Rate] = Field(
        default={}, description="人群自己的年均增长率 yearly rates of groups that go otherwise"
    )
    counts: dict[str, GrowthSpec] = Field(
        default={}, description="两个年份的人数，按人群 counts of two years, by group or total"
    )
    cohorts: CohortsSpec | None = None


class HouseholdSize(_Model):
    """Persons per household where a register of residential areas has households alone."""

    persons: Persons = Field(description="户均人口 persons per household")
    source: Text


class ShareSpec(_Model):
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


class PlacesSpec(Input):
    """A table or layer of places; `coords` says in which coordinates."""

    coords: str = Field(
        default="auto",
        description="auto（按范围与路网判定）| wgs84 | cgcs2000 | gcj02 | bd09 | EPSG:nnnn "
        "表中坐标的含义 what the table's coordinates are",
    )
    sheet: str | None = None
    columns: dict[str, str] = {}
    types: dict[str, tuple[str, ...]] = Field(
        default={}, description="设施类型的功能 what buildings of a type do, beside the known ones"
    )


class WordsSpec(Input):
    """A file of words for columns, types, statuses and services, in the form of ours."""

    licence: str = "自备词表 the study's own words"


class AssumedPremises(_Model):
    """What is taken for granted of premises where their register is silent; labelled as assumed."""

    source_class: str = Field(
        default="闲置房屋", description="来源类别 their source class, a word of source_classes.yaml"
    )
    floor_m2: Positive | None = None
    yuan_per_m2: NotNegative | None = None
    fixed_yuan: NotNegative | None = None
    services: tuple[str, ...] = ()
    source: str = Field(description="这些假定从何而来 where these assumptions come from")


class CandidatesSpec(PlacesSpec):
    """A table or layer of premises and parcels; `assume` fills what it lacks."""

    assume: AssumedPremises | None = Field(
        default=None,
        description="台账所缺（如空置用房无单价）以此填补 fills columns and cells that are empty",
    )


class LandUse(Layer):
    """Land on which candidates may be made: the polygons of the classes that are allowed."""

    allowed: tuple[str, ...] = Field(
        min_length=1,
        description="允许的地类；带数字的按编码前缀，如 07 含 0702 classes; a code covers what "
        "begins with it",
    )
    beside_m: Metres = Field(
        default=50.0,
        description="沿街时，街口到允许用地的最大距离 from a junction to allowed land [m]",
    )


class MadeCandidates(_Model):
    """Candidate sites made where the user has none; labelled as made."""

    on: Literal["streets", "grid", "seats"] = Field(
        default="streets", description="沿街、网格或驻地 at street junctions, on a grid, at seats"
    )
    spacing_m: Positive | None = Field(
        default=None,
        description="沿街或网格的间距，与登记的候选点也保持此距离 of streets and grid; also kept "
        "from listed candidates [m]",
    )
    seats: Layer | None = Field(default=None, description="驻地（点） the seats (points)")
    land_use: LandUse | None = Field(default=None, description="限于允许的用地 allowed land only")
    floor_m2: Positive
    land_m2: NotNegative = Field(
        default=0.0, description="独立占地，0 为在他用房屋内 own plot; 0: rooms in a building [m²]"
    )
    yuan_per_m2: NotNegative
    fixed_yuan: NotNegative
    services: tuple[str, ...]
    source: str = Field(description="这些假定从何而来 where these assumptions come from")


class Exclusion(Layer):
    """Polygons on which no candidate may lie, listed or made; their borders belong to them."""

    classes: tuple[str, ...] = Field(
        default=(), description="只取这些地类的面 polygons of these classes only; all if empty"
    )
    buffer_m: Annotated[Number, Field(ge=0, le=5000, allow_inf_nan=False)] = Field(
        default=0.0, description="外扩距离 as far around them [m]"
    )


class BuildSpec(_Model):
    """How a new site is sized; parameters outside the documents, so with their source."""

    min_floor_m2: NotNegative
    floor_m2_per_place: FloorOfPlace | None = None
    source: str


class PrioritySpec(_Model):
    """A group that a service is to reach before others: a floor, and what missing it weighs."""

    at_least: Share = Field(description="时限内至少覆盖的比例 share within the limit, at least")
    levels: tuple[ClauseLevel, ...] = Field(
        default=(),
        description="分别达到的层级 levels whose units each reach it; the top if absent",
    )
    weight: Positive = Field(
        default=1.0, description="未覆盖者按几人计 as how many each of them left without counts"
    )
    source: str


class ServiceSpec(_Model):
    """A service: whom it is for, within how many minutes, what buildings offer it."""

    label: str
    group: str = "total"
    limit_min: Minutes
    priorities: dict[str, PrioritySpec] = Field(
        default={}, description="重点人群及其覆盖下限 groups that come first, with their floors"
    )
    bands_min: tuple[Minutes, ...] = Field(
        default=(5.0, 10.0, 15.0), description="另行统计的时间档 further limits to report [min]"
    )
    functions: tuple[str, ...]
    build: BuildSpec | None = None


class StandardsSpec(_Model):
    """Which document holds, the goals it leaves open, the levels the study adopts."""

    profile: str = "sichuan-2021-57"
    year: Whole | None = Field(
        default=None,
        description="评估年份 year of the assessment; targets of later years are only shown",
    )
    goals: dict[str, Share] = {}
    levels: dict[str, tuple[ClauseLevel, ...]] = {}


class SitingSpec(_Model):
    """How long to look for a plan and how close to the bound to come."""

    time_limit_s: Positive = Field(
        default=60.0, description="每一步求解的时限 limit of each of the two solves [s]"
    )
    gap: NotNegative = 0.001
    seed: Annotated[Whole, Field(ge=0, le=2**31 - 1)] = 0


class Study(_Model):
    """A whole study, as `planning schema` prints it."""

    name: Name
    title: str = ""
    area: AreaSpec
    network: NetworkSpec
    population: PopulationSpec
    ages: AgesSpec | None = None
    groups: dict[str, GroupSpec] = {}
    projection: ProjectionSpec | None = None
    facilities: PlacesSpec | None = None
    candidates: CandidatesSpec | None = None
    made_candidates: MadeCandidates | None = None
    exclusions: dict[str, Exclusion] = {}
    residential_areas: ResidentialSpec | None = None
    vocabulary: WordsSpec | None = Field(
        default=None, description="自备词表（YAML） words of one's own for tables, over ours"
    )
    standards: StandardsSpec = StandardsSpec()
    services: dict[str, ServiceSpec]
    siting: SitingSpec | None = SitingSpec()
    scenarios: dict[str, dict[str, Any]] = {}

    @property
    def labels(self) -> dict[str, tuple[str, str]]:
        """What people call each group, all residents first, (中文, English)."""
        own = {name: (group.label, group.label) for name, group in self.groups.items()}
        return {TOTAL: ("全体居民", "All residents"), **own}

    def counted_in(self, group: str) -> tuple[str, str]:
        """What a group is counted in (中文, English)."""
        households = group in self.groups and self.groups[group].unit == "households"
        return ("户", "households") if households else ("人", "people")

    def inputs(self) -> dict[str, Input]:
        """Every file the study names, by its place in the study."""
        made, sites = self.area.made_units, self.made_candidates
        rates = self.projection.rates if self.projection else None
        cohorts = self.projection.cohorts if self.projection else None
        named: dict[str, Input | None] = {
            "area.units": self.area.units,
            "area.boundary": self.area.boundary,
            "area.made_units.seats": made.seats if made else None,
            "network": self.network,
            "network.dem": self.network.dem,
            "network.planned_roads": self.network.planned_roads,
            "network.compounds": self.network.compounds,
            "network.gates": self.network.gates,
            **self.population.inputs(),
            "population.buildings": self.population.buildings,
            "population.totals": self.population.totals,
            "ages": self.ages,
            "projection.rates": rates,
            "projection.cohorts.people": cohorts.people if cohorts else None,
            "projection.cohorts.survival": cohorts.survival if cohorts else None,
            "projection.cohorts.fertility": cohorts.fertility if cohorts else None,
            "projection.cohorts.migration": cohorts.migration if cohorts else None,
            "facilities": self.facilities,
            "candidates": self.candidates,
            "made_candidates.seats": sites.seats if sites else None,
            "made_candidates.land_use": sites.land_use if sites else None,
            **{f"exclusions.{name}": zones for name, zones in self.exclusions.items()},
            "residential_areas": self.residential_areas,
            **{f"groups.{name}.table": group.table for name, group in self.groups.items()},
            "vocabulary": self.vocabulary,
        }
        return {key: value for key, value in named.items() if value is not None}
