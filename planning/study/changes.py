"""What may be done with facilities that stand: enlarged, converted, closed."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from planning.standards.terms import Trait, Which
from planning.study.figures import NotNegative, Whole
from planning.study.files import Model

Operator = Annotated[
    Literal["government", "market"] | None,
    Field(description="建成或改变后的运营主体 who runs it then; unknown if absent"),
]
Grade = Annotated[
    Annotated[Whole, Field(ge=0, le=5)] | None,
    Field(description="建成或改变后的等级 its grade then; unknown if absent"),
]
Tier = Annotated[
    Literal[5, 10, 15] | None,
    Field(description="建成或改变后的生活圈层级 the life circle it belongs to then [min]"),
]
"""What a facility is said to be once it has been built or changed."""


class ChangeSpec(Model):
    """One thing that may be done with facilities that stand 改造、扩建、转型、关停."""

    which: Which = Field(
        description="哪些现有设施（词同条文） which facilities, in the words of clauses"
    )
    ids: tuple[str, ...] = Field(
        default=(), description="仅限这些编号；省略则全部 only these, by id; all if absent"
    )
    close: bool = Field(default=False, description="关停 it is shut")
    adds: tuple[str, ...] = Field(default=(), description="增加的功能 functions it then has too")
    drops: tuple[str, ...] = Field(default=(), description="不再有的功能 functions it then lacks")
    sized_in: Literal["places", "beds", "nursing_beds", "m2"] | None = Field(
        default=None,
        description="计量：增托位、增床位、普通床改护理床、增面积；省略则做或不做 sized in places, "
        "beds or m² that come to it, or ordinary beds turned into nursing beds; done or not if "
        "absent",
    )
    most: Annotated[Whole, Field(gt=0)] | None = Field(
        default=None,
        description="每处至多；nursing_beds 省略则为全部普通床 the most at one facility; all "
        "ordinary beds if absent",
    )
    floor_m2_per_unit: NotNegative = Field(
        default=0.0, description="每托位、每床新增面积 floor that each unit of size adds"
    )
    places: Annotated[Whole, Field(ge=0)] = Field(
        default=0, description="另增托位 nursery places that come with every one of it"
    )
    beds: Annotated[Whole, Field(ge=0)] = Field(
        default=0, description="另增床位 beds that come with every one of it"
    )
    nursing: bool = Field(
        default=False, description="新增床位为护理型 beds it brings are of the nursing type"
    )
    traits: dict[Trait, bool] = Field(default={}, description="改造后的属性 what it will be")
    operator: Operator = None
    grade: Grade = None
    tier_min: Tier = None
    yuan: NotNegative = Field(default=0.0, description="每处费用 price of each")
    yuan_per_unit: NotNegative = Field(
        default=0.0, description="每托位、每床、每平方米费用 price of each unit of size"
    )
    source: str = Field(description="出处 where these parameters come from")

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        brings = (
            self.adds, self.drops, self.sized_in, self.places, self.beds, self.traits,
            self.operator, self.grade, self.tier_min,
        )  # fmt: skip
        said = any(one not in ((), None, 0, {}) for one in brings)
        if self.close and said:
            raise ValueError("found close beside other changes, expected one of the two")
        if not self.close and not said:
            raise ValueError("found nothing that changes, expected close, adds, sized_in or others")
        if self.sized_in not in (None, "nursing_beds") and self.most is None:
            raise ValueError(
                f"found sized_in: {self.sized_in} without most, expected the most of it"
            )
        if self.sized_in is None and self.most is not None:
            raise ValueError("found most without sized_in, expected what it counts")
        return self
