"""What each clause that the page computes asks for, in numbers and choices."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from planning.demand import TOTAL
from planning.outputs.whatif.choices_data import Choices
from planning.outputs.whatif.exact import exact_pair
from planning.outputs.whatif.texts import Texts
from planning.standards.asks import (
    Compliance,
    Count,
    FloorPer100Households,
    Hierarchy,
    LandPerResident,
    People,
    PerThousand,
    Presence,
    ShareOfCapacity,
    ShareOfFacilities,
    ShareOfUnits,
    Total,
    TravelTimeCoverage,
)
from planning.standards.conditions import applies
from planning.standards.measures.case import Case
from planning.standards.measures.share_of_capacity import whole_of
from planning.standards.measures.share_of_units import is_walked_to
from planning.standards.measures.travel_time_coverage import counted_group, limit_words
from planning.standards.terms import Where, Which
from planning.standards.words import LEVEL_WORDS, does_words
from planning.units import limit_ms

_HUNDRED = 100
YES, NO, UNSAID = 0, 1, 2
"""Whether a clause applies to a unit by what is said of it, however many people live there."""


def ask_data(case: Case, choices: Choices, texts: Texts) -> dict[str, Any]:
    """What a live clause asks for, by its measure; `case` is the clause in any of its places."""
    ask, year = case.clause.measure, case.year
    now = case.accounts.situation.year
    match ask:
        case PerThousand():
            return {
                "which": choices.number(ask.which, year), "amount": ask.amount, "group": ask.group,
            }  # fmt: skip
        case LandPerResident():
            readings = case.accounts.readings
            return {
                "which": choices.number(ask.which, year),
                "group": "elderly" if readings["land_denominator"] == "elderly" else TOTAL,
                "counts_both": readings["land_account"] == "apportioned",
            }
        case FloorPer100Households() | Presence() | Count():
            return {"which": choices.number(ask.which, year)}
        case Total():
            return {"which": choices.number(ask.which, year), "amount": ask.amount}
        case ShareOfCapacity():
            whole = whole_of(ask, case)
            return {
                "which": choices.number(whole, year),
                "amount": ask.amount,
                "part": choices.number(ask.part or whole, year),
                "part_amount": ask.part_amount or ask.amount,
                "names_part": ask.part is not None,
            }
        case ShareOfFacilities():
            return {
                "which": choices.number(ask.which, year), "part": choices.number(ask.part, year),
            }  # fmt: skip
        case ShareOfUnits():
            return _of_units(ask, case, choices, texts)
        case Hierarchy():
            return {"tiers": [_of_tier(tier, case, choices, texts) for tier in ask.tiers]}
        case TravelTimeCoverage():
            return _of_travel(ask, case, choices, now)
        case People():
            return {"group": ask.group}
        case Compliance():
            return {"services": list(ask.services), "status": ask.status}
    raise AssertionError(ask.kind)


def _of_units(ask: ShareOfUnits, case: Case, choices: Choices, texts: Texts) -> dict[str, Any]:
    accounts = case.accounts
    is_walked = is_walked_to(ask, case)
    minutes = accounts.readings.figure("regional_centre_min") if is_walked else None
    return {
        **_units_asked(ask.of_level, ask.where, ask.which, case, choices, texts),
        "walked": choices.number(ask.which, accounts.situation.year) if is_walked else -1,
        "limit_ms": None if minutes is None else limit_ms(minutes),
        "limit_min": exact_pair(minutes),
        "amount": ask.amount,
        "at_least": exact_pair(ask.at_least),
    }


def _of_tier(tier: Hierarchy.Tier, case: Case, choices: Choices, texts: Texts) -> dict[str, Any]:
    zh, en = does_words(tier.which.does)
    asked = _units_asked(tier.level, tier.where, tier.which, case, choices, texts)
    return {**asked, "what_zh": zh, "what_en": en}


def _units_asked(
    level: str, where: Where, which: Which, case: Case, choices: Choices, texts: Texts
) -> dict[str, Any]:
    """Lower units that are asked for something, by what is said of each."""
    accounts = case.accounts
    said = [
        said_of(where, accounts.attributes(level, row), name, texts)
        for row, name in enumerate(accounts.unit_names(level))
    ]
    zh, en = LEVEL_WORDS[level]
    return {
        "which": choices.number(which, case.year),
        "of_level": level,
        "level_zh": zh,
        "level_en": en,
        "applies": [code for code, _ in said],
        "why": [why for _, why in said],
        **people_asked(where),
    }


def _of_travel(
    ask: TravelTimeCoverage, case: Case, choices: Choices, year: int | None
) -> dict[str, Any]:
    """Walks are to what counts in the study's own year."""
    clause, situation = case.clause, case.accounts.situation
    goal, mark = situation.goals.get(clause.id), clause.value
    required = goal if goal is not None else None if mark is None else mark / _HUNDRED
    group = counted_group(ask, clause, situation)
    zh, en = limit_words(ask, case)
    asked = [ask.which] if ask.also is None else [ask.which, ask.also]
    return {
        "walked": [choices.number(which, year) for which in asked],
        "group": group,
        "of_all": group == TOTAL and ask.group != TOTAL,
        "limit_ms": None if ask.limit_min is None else limit_ms(ask.limit_min),
        "limit_by_zone": {zone: limit_ms(minutes) for zone, minutes in ask.limit_by_zone.items()},
        "limit_zh": zh,
        "limit_en": en,
        "required": exact_pair(required),
    }


def said_of(
    where: Where, attributes: Any, name: str, texts: Texts, but: tuple[str, ...] = ()
) -> tuple[int, int]:
    """Whether conditions hold of a unit whoever lives there, and the number of why not."""
    holds = applies(where, attributes, name=name, persons=None, but=but)
    if holds.yes:
        return YES, -1
    return (UNSAID if holds.yes is None else NO), texts.number(holds.why)


def people_asked(where: Where) -> dict[str, Any]:
    """The least people and the people to be exceeded, where a clause has such a condition."""
    asked: dict[str, Fraction | None] = {
        "people_min": where.people_min, "people_over": where.people_over,
    }  # fmt: skip
    return {name: exact_pair(n) for name, n in asked.items()}
