"""The words a clause is written in: which facilities it means, where it applies, whom it counts.

Unknown keys are refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from planning.area import ATTRIBUTES
from planning.standards.functions import building_functions
from planning.units import rational

Group = str
"""People whom a clause counts, by the name of the study's group: total, all residents; elderly,
aged_65, aged_80, 60 and over and so on; under_3, completed ages 0-2, age_2 the last of them (A-8);
households; or a group of the study's own."""

Amount = Literal[
    "places", "beds", "nursing_beds", "floor_m2", "elder_floor_m2", "elder_land_m2", "facilities"
]
"""What of a facility is added up; `facilities` counts each as one."""

Level = Literal["province", "city", "county", "street", "community", "residential_area"]
Mode = Literal["walk", "step_free", "delivery"]
Trait = Literal[
    "inclusive", "demo", "filed", "in_use", "fire_safe", "clinic", "medical_contract", "county_run",
    "general_hospital", "public", "geriatric_department", "health_manager", "standardised",
    "upgraded",
]  # fmt: skip


def _as_written(value: object) -> Fraction | None:
    return None if value is None else rational(str(value))


Exact = Annotated[Fraction, BeforeValidator(_as_written)]


class Model(BaseModel):
    """Frozen; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


def _alternatives(text: str) -> str:
    """Refuse functions that nobody knows; each alternative in its order."""
    unknown = sorted(
        {name for some in does_any_of(text) for name in some} - set(building_functions().ids)
    )
    if unknown:
        raise ValueError(f"found {', '.join(unknown)}, expected functions of functions.yaml")
    return text


def does_any_of(does: str) -> tuple[frozenset[str], ...]:
    """``a + b | c`` as alternatives: a building that does a and b, or one that does c (A-11)."""
    return tuple(frozenset(name.strip() for name in some.split("+")) for some in does.split("|"))


class Which(Model):
    """Which facilities count: those that do all of one alternative and are as the rest says.

    What the register does not say of a facility leaves it open whether it counts.
    """

    does: Annotated[str, AfterValidator(_alternatives)] = Field(
        description="功能：“+”为兼有，“|”为任一 what it does: + is both, | is either"
    )
    traits: dict[Trait, bool] = Field(
        default={}, description="属性，如 inclusive: true what it must be, or must not be"
    )
    operator: Literal["government", "market"] | None = Field(
        default=None, description="运营主体 who runs it: government or market (A-16)"
    )
    min_floor_m2: Exact | None = Field(default=None, description="单处最小面积 least floor [m²]")
    min_places: Exact | None = Field(default=None, description="单处最少托位 least places")
    min_grade: int | None = Field(default=None, description="最低等级 least grade")
    named: tuple[str, ...] = Field(
        default=(), description="名称含其中之一 the name contains one of these"
    )
    tier_min: Literal[5, 10, 15] | None = Field(
        default=None,
        description="生活圈层级；只有不互相替代时才看 the tier of the life circle, looked at only "
        "where tiers do not stand in for each other",
    )
    status: Literal["open", "preparing", "open_or_preparing", "closed"] = Field(
        default="open", description="运营、筹建或关停 whether it is open, preparing or closed"
    )
    opened_in_year: bool = Field(
        default=False, description="当年新开 opened in the year that is judged"
    )

    @cached_property
    def text(self) -> str:
        """The same text for the same choice: a key."""
        return self.model_dump_json(exclude_defaults=True)

    @cached_property
    def functions(self) -> frozenset[str]:
        """Every function that any alternative names."""
        return frozenset().union(*does_any_of(self.does))


class Where(Model):
    """Where a clause applies: what a unit must be. What nobody says of a unit leaves it open."""

    zone: tuple[Literal["urban", "suburb", "rural"], ...] = ()
    town: Literal["old", "new"] | None = None
    form: tuple[
        Literal[
            "street", "town", "township", "neighbourhood", "village", "county", "county_city",
            "district", "functional_area",
        ],
        ...,
    ] = ()  # fmt: skip
    central: bool | None = None
    agricultural: bool | None = None
    central_town: bool | None = None
    eligible: bool | None = None
    poverty: bool | None = None
    migrants: bool | None = None
    status: Literal["new", "built"] | None = Field(
        default=None, description="居住区：新建或已建 of residential areas (A-3)"
    )
    people_min: Exact | None = Field(default=None, description="…人以上（含） so many or more")
    people_over: Exact | None = Field(default=None, description="超过…人 more than so many")
    names: tuple[str, ...] = Field(default=(), description="仅限所列单元 the units named")

    @cached_property
    def text(self) -> str:
        """The same text for the same conditions: a key."""
        return self.model_dump_json(exclude_defaults=True)

    @cached_property
    def attributes(self) -> Mapping[str, tuple[str, ...]]:
        """What a unit must say of itself: the words that each attribute asked about may have."""
        asked = {name: getattr(self, name) for name in ATTRIBUTES}
        return {name: _words(wanted) for name, wanted in asked.items() if wanted not in (None, ())}


def _words(wanted: object) -> tuple[str, ...]:
    """A condition as the words that a unit may have."""
    if isinstance(wanted, bool):
        return ("yes",) if wanted else ("no",)
    return wanted if isinstance(wanted, tuple) else (str(wanted),)
