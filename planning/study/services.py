"""Services, the document they answer to, and how sites are sought."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from planning.standards.terms import Trait
from planning.study.changes import ChangeSpec, Grade, Operator, Tier
from planning.study.figures import (
    ClauseLevel,
    FloorOfPlace,
    KindName,
    Minutes,
    NotNegative,
    Positive,
    Share,
    Whole,
)
from planning.study.files import Model, TableSpec, UnitTable
from planning.study.provision import AccessSpec, CapacitySpec, Supply


def _named(entries: object) -> object:
    """Entries that a scenario sets to null are left out."""
    if not isinstance(entries, dict):
        return entries
    return {name: entry for name, entry in entries.items() if entry is not None}


Named = BeforeValidator(_named)
"""A mapping of names to what is said of each."""


class BuildSpec(Model):
    """One kind of facility that may be built: parameters outside the documents, with their source.

    It is sized in places or in beds where it says how much floor one takes, else in m².
    """

    functions: tuple[str, ...] = Field(
        default=(),
        description="建成后的功能；省略则为本服务的全部功能 what it does; all of the service's if "
        "absent",
    )
    min_floor_m2: NotNegative = Field(description="最小建筑面积 least floor [m²]")
    max_floor_m2: Positive | None = Field(
        default=None, description="最大建筑面积 most floor [m²]; the candidate's if absent"
    )
    sizes_m2: tuple[Positive, ...] = Field(
        default=(), description="规模档：只按这些面积建 built at these sizes only"
    )
    floor_m2_per_place: FloorOfPlace | None = Field(
        default=None, description="每托位面积，按整托位定规模 floor of a place: sized in places"
    )
    floor_m2_per_bed: FloorOfPlace | None = Field(
        default=None, description="每床面积，按整床定规模 floor of a bed: sized in beds"
    )
    places: Annotated[Whole, Field(ge=0)] = Field(
        default=0, description="每处另带托位 nursery places that come with every one of it"
    )
    beds: Annotated[Whole, Field(ge=0)] = Field(
        default=0, description="每处另带床位 beds that come with every one of it"
    )
    nursing: bool = Field(
        default=False, description="床位为护理型 its beds are of the nursing type"
    )
    traits: dict[Trait, bool] = Field(
        default={}, description="建成后的属性，如 inclusive: true（普惠） what it will be"
    )
    operator: Operator = None
    grade: Grade = None
    tier_min: Tier = None
    yuan_per_m2: NotNegative | None = Field(
        default=None, description="造价；省略则用候选点的 its price; the candidate's if absent"
    )
    source: str = Field(description="出处 where these parameters come from")

    @model_validator(mode="after")
    def _one_unit_of_size(self) -> Self:
        if self.floor_m2_per_place is not None and self.floor_m2_per_bed is not None:
            raise ValueError(
                "found floor_m2_per_place and floor_m2_per_bed, expected one of them: it is sized "
                "in one; give what comes with every one as `places` or `beds`"
            )
        return self


class PrioritySpec(Model):
    """A group that a service is to reach before others: a floor, and what missing it weighs."""

    at_least: Share = Field(description="时限内至少覆盖的比例 share within the limit, at least")
    levels: tuple[ClauseLevel, ...] = Field(
        default=(),
        description="分别达到的层级 levels whose units each reach it; the top if absent",
    )
    weight: Positive = Field(
        default=1.0, description="未覆盖者按几人计 as how many each of them left without counts"
    )
    source: str = Field(description="出处 where the priority comes from")


class ServiceSpec(Model):
    """A service: whom it is for, within how many minutes, what buildings offer it."""

    label: str = Field(description="服务的叫法 what people call the service")
    group: str = Field(
        default="total", description="为谁，`groups` 之一，默认全体居民 whom it is for: a group"
    )
    limit_min: Minutes = Field(
        description="步行时限，恰好等于时限算在内 walk within which one is served [min]"
    )
    priorities: dict[str, PrioritySpec] = Field(
        default={}, description="重点人群及其覆盖下限 groups that come first, with their floors"
    )
    bands_min: tuple[Minutes, ...] = Field(
        default=(5.0, 10.0, 15.0), description="另行统计的时间档 further limits to report [min]"
    )
    functions: tuple[str, ...] = Field(
        description="哪些功能算作该服务，见 docs/standards.md 第八节 what a building must do to "
        "offer it"
    )
    build: Annotated[dict[KindName, BuildSpec], Named] = Field(
        default={}, description="可新建的设施，按名称列出 kinds of facility to be built, by name"
    )
    change: Annotated[dict[KindName, ChangeSpec], Named] = Field(
        default={},
        description="现有设施可作的改变，按名称列出 what may be done with facilities that stand",
    )
    capacity: CapacitySpec | None = Field(
        default=None,
        description="位子够不够：省略则不算 who gets a place; not worked out if absent",
    )
    access: AccessSpec | None = Field(
        default=None,
        description="可达性与公平：省略则不算，{} 取默认指标 access and equity; not worked out if "
        "absent, by default measures if {}",
    )

    @property
    def supply(self) -> Supply:
        """What its access shares out."""
        if self.access is not None and self.access.amount is not None:
            return self.access.amount
        return "facilities" if self.capacity is None else self.capacity.amount


class StandardsSpec(Model):
    """Which documents hold, the goals and readings they leave open, the levels a study adopts."""

    profile: str = Field(
        default="sichuan-2021-57",
        description="库中文件的编号或简称（SC、GZ、CD、JS、DZ），或自备条文文件 a document of the "
        "library by id or short name, or a file of one's own",
    )
    beside: tuple[str, ...] = Field(
        default=(), description="一并对照的其他文件 documents to be held against as well"
    )
    readings: dict[str, str] = Field(
        default={},
        description="文字含混处的读法 how open words are taken; see docs/standards.md",
    )
    modes: tuple[Literal["step_free", "delivery", "metres"], ...] = Field(
        default=(),
        description="除步行外另算的出行：无障碍、配送、米数 ways beside walking to work out",
    )
    year: Whole | None = Field(
        default=None,
        description="评估年份 year of the assessment; targets of later years are only shown",
    )
    goals: Annotated[dict[str, Share], Named] = Field(
        default={},
        description="条文编号 → 占比：文件未定的合格线 clause → share, where no document says "
        "what passes",
    )
    levels: Annotated[dict[str, tuple[ClauseLevel, ...]], Named] = Field(
        default={},
        description="条文编号 → 约束的层级，[] 为不作约束 clause → levels at which it binds, [] "
        "for none",
    )
    figures: UnitTable | None = Field(
        default=None, description="统计填报值表 figures that a statistics office gives, by clause"
    )


class SitingSpec(Model):
    """How a plan is sought: its aims, its limits, and how close to the bound to come."""

    aims: tuple[Literal["yuan", "uncovered", "person_minutes", "worst_unit", "sites"], ...] = Field(
        default=("yuan", "sites"),
        description="条文缺口最小之后依次求：费用、圈外人次、步行人分钟、最差单元、点数 aims "
        "after fewest people left without, in their order",
    )
    time_limit_s: Positive = Field(
        default=60.0, description="每个目标的求解时限 limit for each of the aims [s]"
    )
    gap: NotNegative = Field(
        default=0.001, description="与界的差距小于此即停 stop this close to the bound, as a share"
    )
    seed: Annotated[Whole, Field(ge=0, le=2**31 - 1)] = Field(
        default=0, description="随机种子：同一种子，同一方案 the same seed gives the same plan"
    )
    budget_yuan: NotNegative | None = Field(
        default=None, description="投资上限（元） the most that may be spent"
    )
    years: tuple[Whole, ...] = Field(
        default=(),
        description="分年实施的年份，末年为评估年份 years over which the plan is laid, the last "
        "that of the study",
    )
    budgets_yuan: dict[int, NotNegative] = Field(
        default={}, description="各年投资上限（元） the most that may be spent in a year"
    )
    picked: TableSpec | None = Field(
        default=None,
        description="人工方案表：逐行照建、照样复核，不求解 a plan picked by hand: built row by "
        "row, audited, nothing sought",
    )
    required: tuple[str, ...] = Field(
        default=(), description="必选候选点编号 candidates that every plan opens, by id"
    )
    forbidden: tuple[str, ...] = Field(
        default=(), description="不得选用的候选点编号 candidates that no plan opens, by id"
    )
