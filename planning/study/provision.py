"""What a service is asked beyond coverage: places for all who ask, and how access is measured."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field

from planning.access import Rule
from planning.study.figures import Minutes, NotNegative, Positive, Share, Whole
from planning.study.files import Model

Amount = Literal["places", "beds"]
Supply = Literal["places", "beds", "facilities"]
Measure = Literal[
    "two_step", "enhanced_two_step", "three_step", "gravity", "cumulative", "k_nearest"
]
DecayName = Literal[
    "zones", "gaussian", "ending_gaussian", "exponential", "power", "butterworth", "kernel"
]
Count = Annotated[Whole, Field(ge=1, le=20)]


class CapacitySpec(Model):
    """Who of those within the limit gets a place; docs/capacity.md says how."""

    amount: Amount = Field(description="托位或床位 what a place is: places of nurseries, or beds")
    uptake: Annotated[Share, Field(gt=0)] = Field(
        default=Fraction(1),
        description="人群中要位子的比例，如入托率 share of the group that asks for a place",
    )
    source: str = Field(default="", description="该比例的出处 where the uptake comes from")
    rule: Rule | None = Field(
        default=None,
        description="谁先得：nearest_first 近者先得，transport_optimum 统筹调配；省略则两种并列 "
        "who goes first: the nearer, or whoever it takes to serve most; both if absent",
    )

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules to work out, the one that is today's first."""
        return ("nearest_first", "transport_optimum") if self.rule is None else (self.rule,)


class DecaySpec(Model):
    """How much less a place counts the longer the way: a name of docs/access.md, its parameters."""

    name: DecayName = Field(description="衰减函数 the function; formulas in docs/access.md")
    until_min: tuple[Minutes, ...] | None = Field(
        default=None, description="zones：各段的终点 where each zone ends [min]"
    )
    weights: tuple[NotNegative, ...] | None = Field(
        default=None, description="zones：各段的权重 the weight of each zone"
    )
    sigma_min: Minutes | None = Field(default=None, description="gaussian σ [min]")
    tau_min: Minutes | None = Field(default=None, description="exponential τ [min]")
    unit_min: Minutes | None = Field(
        default=None, description="power：时间单位 the unit of time [min]"
    )
    half_min: Minutes | None = Field(
        default=None, description="butterworth：权重减半处 where the weight is one half [min]"
    )
    exponent: Positive | None = Field(default=None, description="power β，butterworth p")
    source: str = Field(default="", description="参数的出处 where the parameters come from")


class AccessSpec(Model):
    """How much everybody has within reach, and how evenly; docs/access.md has the formulas."""

    measures: Annotated[tuple[Measure, ...], Field(min_length=1)] = Field(
        default=("two_step", "k_nearest"),
        description="指标 measures: 2SFCA and the way to the nearest if absent",
    )
    amount: Supply | None = Field(
        default=None,
        description="供给按什么计：托位、床位或处数；默认同 capacity.amount，没有则按处数 "
        "what is shared out; as capacity.amount, else facilities",
    )
    limit_min: Minutes | None = Field(
        default=None, description="搜寻半径，默认为服务时限 the catchment, else the service's [min]"
    )
    decay: DecaySpec | None = Field(
        default=None,
        description="远近衰减，默认 ending_gaussian（Dai 2010），无需参数 of enhanced_two_step, "
        "three_step and gravity; a Gaussian that ends at the limit if absent (Dai 2010)",
    )
    k: Annotated[tuple[Count, ...], Field(min_length=1)] = Field(
        default=(1,), description="k_nearest：到最近几处的平均时间 mean time to the k nearest"
    )
