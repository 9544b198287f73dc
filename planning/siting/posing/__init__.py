"""Clauses that are not met become requirements: one definition, its second reading."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from planning.siting.need import Need
from planning.siting.posing.amounts import pose_additions, pose_amount
from planning.siting.posing.coverage import pose_coverage
from planning.siting.posing.ground import Asked, Ground, WalksTo, asked
from planning.siting.posing.shares import (
    pose_co_location,
    pose_share_of_capacity,
    pose_share_of_facilities,
)
from planning.siting.posing.units import pose_hierarchy, pose_share_of_units
from planning.siting.requirement import NotPosed
from planning.standards.asks import Ask, Hierarchy
from planning.standards.terms import Which

POSERS: Mapping[str, Callable[[Any, Asked], Need | NotPosed]] = {
    "per_thousand": pose_amount,
    "land_per_resident": pose_amount,
    "floor_per_100_households": pose_amount,
    "presence": pose_amount,
    "count": pose_amount,
    "total": pose_amount,
    "yearly_additions": pose_additions,
    "share_of_units": pose_share_of_units,
    "share_of_capacity": pose_share_of_capacity,
    "share_of_facilities": pose_share_of_facilities,
    "travel_time_coverage": pose_coverage,
    "hierarchy": pose_hierarchy,
    "co_location": pose_co_location,
}
"""How each measure is posed; compliance of areas is made of what is posed of them."""

UNPOSED: Mapping[str, tuple[str, str]] = {
    "attached": ("由枢纽带动属运营安排", "which hub runs a point is a matter of operation"),
    "on_time": ("交付之时已过，新建不能补", "the day of delivery is past: no site mends it"),
    "typed_in": ("统计填报，不靠选址解决", "a figure typed in: no site changes it"),
    "budget": ("经费，不靠选址解决", "money: no site changes it"),
    "enrolment": ("入托率，不靠选址解决", "enrolment: no site by itself changes it"),
    "completeness": ("台账信息，不靠选址解决", "facts of the register: no site changes them"),
    "evenness": ("均衡程度，不按条文求解", "evenness: not posed as a clause"),
    "average": ("平均规模，不靠新增解决", "a mean size: nothing to be added"),
    "closure": ("关停影响，见 planning close", "what a closure does: see `planning close`"),
    "candidates": ("可用房屋用地，不靠选址解决", "premises and land there are: no site adds any"),
    "exposure": ("邻避影响，不靠选址解决", "who lives beside them: no site changes it"),
    "land_needed": ("随用地条文一并解决", "solved with the clause about land"),
    "people": ("人口，不靠选址解决", "people: no site changes them"),
    "scorecard": ("随各条文一并解决", "solved with the other clauses"),
    "cost": ("补助金额，不靠选址解决", "a grant: no site changes it"),
}
"""Why no site is asked to meet a clause of the other measures."""


def asked_for(ask: Ask) -> tuple[Which, ...]:
    """The kinds of facility that a measure asks for, none where it asks for none."""
    if isinstance(ask, Hierarchy):
        return tuple(tier.which for tier in ask.tiers)
    which: Which | None = getattr(ask, "which", None)
    return () if which is None else (which,)


__all__ = ["POSERS", "UNPOSED", "Asked", "Ground", "WalksTo", "asked", "asked_for"]
