"""Registers of facilities and candidates, candidates that are made, and where none may lie."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from planning.study.figures import Metres, NotNegative, Number, Positive
from planning.study.files import Columns, Input, Layer, Model, SheetName


class PlacesSpec(Input):
    """A table or layer of places; `coords` says in which coordinates."""

    coords: str = Field(
        default="auto",
        description="auto（按范围与路网判定）| wgs84 | cgcs2000 | gcj02 | bd09 | EPSG:nnnn "
        "表中坐标的含义 what the table's coordinates are",
    )
    sheet: SheetName = None
    columns: Columns = Field(default={})
    types: dict[str, tuple[str, ...]] = Field(
        default={}, description="设施类型的功能 what buildings of a type do, beside the known ones"
    )


class WordsSpec(Input):
    """A file of words for columns, types, statuses and services, in the form of ours."""

    licence: str = Field(
        default="自备词表 the study's own words", description="许可与署名 licence line"
    )


class AssumedPremises(Model):
    """What is taken for granted of premises where their register is silent; labelled as assumed."""

    source_class: str = Field(
        default="闲置房屋", description="来源类别 their source class, a word of source_classes.yaml"
    )
    floor_m2: Positive | None = Field(
        default=None, description="建筑面积 floor of each [m²]; asked of the register if absent"
    )
    yuan_per_m2: NotNegative | None = Field(
        default=None, description="单价 price of a square metre [yuan/m²]"
    )
    fixed_yuan: NotNegative | None = Field(
        default=None, description="固定费用 what opening it costs, however large [yuan]"
    )
    services: tuple[str, ...] = Field(
        default=(), description="可设的服务 services that it may house"
    )
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


class MadeCandidates(Model):
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
    floor_m2: Positive = Field(description="建筑面积 floor of each [m²]")
    land_m2: NotNegative = Field(
        default=0.0, description="独立占地，0 为在他用房屋内 own plot; 0: rooms in a building [m²]"
    )
    yuan_per_m2: NotNegative = Field(description="单价 price of a square metre [yuan/m²]")
    fixed_yuan: NotNegative = Field(
        description="固定费用 what opening it costs, however large [yuan]"
    )
    services: tuple[str, ...] = Field(description="可设的服务 services that it may house")
    source: str = Field(description="这些假定从何而来 where these assumptions come from")


class Exclusion(Layer):
    """Polygons on which no candidate may lie, listed or made; their borders belong to them."""

    classes: tuple[str, ...] = Field(
        default=(), description="只取这些地类的面 polygons of these classes only; all if empty"
    )
    buffer_m: Annotated[Number, Field(ge=0, le=5000, allow_inf_nan=False)] = Field(
        default=0.0, description="外扩距离 as far around them [m]"
    )
