"""What a clause may ask for: the closed list of measures, each with what it needs to be told.

One class a measure, `kind` its name in YAML. How it is computed stands in the module of that name
in `planning.standards.measures`. Unknown keys are refused.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field

from planning.standards.terms import Amount, Exact, Group, Level, Mode, Model, Trait, Where, Which


class PerThousand(Model):
    """Amount per 1,000 of a group; ``ceil(value · P / 1000)`` (D-1, D-4)."""

    kind: Literal["per_thousand"]
    amount: Amount
    which: Which
    group: Group = "total"


class LandPerResident(Model):
    """Elder-care land a person, by two accounts (A-1, A-2); ``value · P`` m² (D-1, D-18)."""

    kind: Literal["land_per_resident"]
    which: Which


class FloorPer100Households(Model):
    """Elder-care rooms by households, pro rata; ``value · H / 100`` m² (A-18, D-9)."""

    kind: Literal["floor_per_100_households"]
    which: Which


class Presence(Model):
    """At least `value` qualifying facilities in every unit where people live (A-17, A-27, D-3)."""

    kind: Literal["presence"]
    which: Which


class Count(Model):
    """So many qualifying facilities in the unit, whoever lives there."""

    kind: Literal["count"]
    which: Which


class Total(Model):
    """An amount added up over the unit, held against a figure (D-6, D-11)."""

    kind: Literal["total"]
    amount: Amount
    which: Which


class YearlyAdditions(Model):
    """What facilities opened in the clause's year add, or since `since` (A-5, D-17)."""

    kind: Literal["yearly_additions"]
    amount: Amount
    which: Which
    since: int | None = Field(default=None, description="自该年起累计 from this year on, together")


class ShareOfUnits(Model):
    """Share [%] of lower units that have enough; ``ceil(value · n)`` of n (A-14, A-19, D-10).

    `each` unit of `of_level` that is `where` must hold `at_least` of the amount.
    """

    kind: Literal["share_of_units"]
    of_level: Level
    where: Where = Where()
    amount: Amount = "facilities"
    which: Which
    at_least: Exact = Fraction(1)


class ShareOfCapacity(Model):
    """Share [%] of one amount in another: ``value · whole`` is the least, or the most (A-16, A-20).

    `part_amount` or `part` narrows the whole.
    """

    kind: Literal["share_of_capacity"]
    amount: Amount
    which: Which
    part_amount: Amount | None = None
    part: Which | None = None


class ShareOfFacilities(Model):
    """Share [%] of the facilities that are `part` as well (D-12)."""

    kind: Literal["share_of_facilities"]
    which: Which
    part: Which


class TravelTimeCoverage(Model):
    """Share [%] of a group with a facility within the limit, a time at it inside (A-9, D-14).

    `limit_by_zone` sets another limit by the zone of the home (A-10). `also` asks for a second
    facility within the same limit. `limit_m` is shown beside the minutes where distances are known.
    """

    kind: Literal["travel_time_coverage"]
    which: Which
    also: Which | None = None
    group: Group
    mode: Mode = "walk"
    limit_min: Exact | None = None
    limit_by_zone: dict[Literal["urban", "suburb", "rural"], Exact] = Field(default={})
    limit_m: Exact | None = None


class Hierarchy(Model):
    """Levels of a network that are complete: every unit of each has its facility."""

    class Tier(Model):
        """One level: the units of it that are `where` each have one."""

        level: Level
        where: Where = Where()
        which: Which

    kind: Literal["hierarchy"]
    tiers: tuple[Tier, ...]


class CoLocation(Model):
    """Share [%] of facilities with another at the same site or adjacent, or of the same trait.

    Adjacent is within `within_m`, where it is not given within the profile's reading of 邻近.
    `traits` satisfy it at home (a clinic of its own).
    """

    kind: Literal["co_location"]
    which: Which
    beside: Which
    within_m: Exact | None = None
    traits: tuple[Trait, ...] = ()


class Attached(Model):
    """Share [%] of points attached to a hub: the register names it.

    `same_county` lets a hub serve points of its own county only.
    """

    kind: Literal["attached"]
    which: Which
    hub: Which
    same_county: bool = False


class CandidateClasses(Model):
    """Candidates of some source classes: how many, how much floor, and where units fall short.

    Without `classes` all candidates count.
    """

    kind: Literal["candidates"]
    classes: tuple[str, ...] = ()
    service: Literal["elder_care", "nursery", "meals"] | None = None


class People(Model):
    """How many people of a group, in the year of the study and in its base year."""

    kind: Literal["people"]
    group: Group


class Evenness(Model):
    """How evenly an amount per 1,000 of a group lies over lower units: their Gini coefficient.

    `by` compares classes of units instead: the supply's share over the people's.
    """

    kind: Literal["evenness"]
    amount: Amount
    which: Which
    group: Group = "total"
    of_level: Level
    by: Literal["zone", "town", "central"] | None = None


class Compliance(Model):
    """Share [%] of residential areas in which every clause about areas is met (A-19, D-19).

    Counted by area; clauses of `services` that bind there.
    """

    kind: Literal["compliance"]
    services: tuple[str, ...]
    status: Literal["new", "built"] = "new"


class OnTime(Model):
    """Share [%] of delivered new areas whose facilities were open when the homes were."""

    kind: Literal["on_time"]
    which: Which


class Closure(Model):
    """People of a group left without a facility within the limit when the worst one closes."""

    kind: Literal["closure"]
    which: Which
    group: Group
    limit_min: Exact


class Exposure(Model):
    """Residents within some metres of candidates that would be converted."""

    kind: Literal["exposure"]
    within_m: Exact | None = None


class LandNeeded(Model):
    """Land still missing for the clause under this key [m²]."""

    kind: Literal["land_needed"]
    key: str


class Average(Model):
    """Mean amount of a facility, or mean people a facility stands for."""

    kind: Literal["average"]
    amount: Amount | None = None
    group: Group | None = None
    which: Which


class Completeness(Model):
    """Share [%] of the facts asked for that the register of facilities holds."""

    kind: Literal["completeness"]
    which: Which
    fields: tuple[
        Literal[
            "name", "places", "beds", "nursing_beds", "floor_m2", "elder_land_m2", "inclusive",
            "operator", "opened_year", "grade", "fire_safe",
        ],
        ...,
    ]  # fmt: skip


class Scorecard(Model):
    """How many clauses of the document could be assessed in the unit, and how many are met."""

    kind: Literal["scorecard"]


class Cost(Model):
    """What the figure comes to a year: value [yuan] × amount."""

    kind: Literal["cost"]
    amount: Amount
    which: Which


class TypedIn(Model):
    """A figure from the statistics office, held against the clause's.

    `figure` names it where several clauses share one; else it goes by the clause's id.
    """

    kind: Literal["typed_in"]
    figure: str | None = None


class Budget(Model):
    """A yearly budget [yuan], typed in as no map tells it, held against the least."""

    kind: Literal["budget"]
    figure: str | None = None


class Enrolment(Model):
    """Children enrolled, as typed in, over children under 3 [%] (D-22)."""

    kind: Literal["enrolment"]
    figure: str
    which: Which


class Listed(Model):
    """A document or a process: nothing to compute, so it is listed and not scored."""

    kind: Literal["listed"]


Ask = Annotated[
    PerThousand
    | LandPerResident
    | FloorPer100Households
    | Presence
    | Count
    | Total
    | YearlyAdditions
    | ShareOfUnits
    | ShareOfCapacity
    | ShareOfFacilities
    | TravelTimeCoverage
    | Hierarchy
    | CoLocation
    | Attached
    | CandidateClasses
    | People
    | Evenness
    | Compliance
    | OnTime
    | Closure
    | Exposure
    | LandNeeded
    | Average
    | Completeness
    | Scorecard
    | Cost
    | TypedIn
    | Budget
    | Enrolment
    | Listed,
    Field(discriminator="kind"),
]
"""Any of the measures."""
