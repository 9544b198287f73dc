"""Units that are each to have enough: shares of them, levels of a network, compliant areas."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from planning.siting.need import Amount, Need, Units
from planning.siting.posing.ground import Asked
from planning.siting.requirement import NotPosed
from planning.standards.asks import Hierarchy, ShareOfUnits
from planning.standards.measures import NotAssessableError
from planning.standards.measures.share_of_units import units_asked
from planning.standards.terms import Amount as Kind
from planning.standards.terms import Level, Which


def pose_share_of_units(ask: ShareOfUnits, asked: Asked) -> Need | NotPosed:
    """PRES-SHARE: so many more of the lower units get enough by what is built in them."""
    by_presence = asked.ground.accounts.readings["regional_centre_by"] == "presence"
    if ask.which.functions == {"regional_centre"} and not by_presence:
        return asked.not_posed(
            "按居民步行可及计，选址时尚不按此求解", "by who reaches a centre: not posed for siting"
        )
    if asked.clause.operator not in (">=", ">", None):
        return asked.not_posed("不是下限，不靠新增解决", "no least amount: nothing to be added")
    rows = units_asked(ask, asked.case)
    least = float(ask.at_least)
    parts = (_part(asked, ask.of_level, row, ask.which, ask.amount, least) for row in rows)
    return _units(asked, [(part,) for part in parts if part is not None])


def pose_hierarchy(ask: Hierarchy, asked: Asked) -> Need | NotPosed:
    """Levels that become complete: every unit of one has its facility."""
    levels = []
    for tier in ask.tiers:
        share = ShareOfUnits(
            kind="share_of_units", of_level=tier.level, where=tier.where, which=tier.which
        )
        try:
            rows = units_asked(share, asked.case)
        except NotAssessableError:
            continue
        each = (_part(asked, tier.level, row, tier.which, "facilities", 1.0) for row in rows)
        parts = tuple(part for part in each if part is not None)
        if parts:
            levels.append(parts)
    return _units(asked, levels)


def _units(asked: Asked, each: Sequence[tuple[Amount, ...]]) -> Units:
    """So many more are to have enough; those that have it today, and may lose it, to keep it."""
    kept = sum(all(part.short <= 0 for part in parts) for parts in each)
    return Units(short=asked.short + kept, each=tuple(each))


def _part(
    asked: Asked, level: Level, row: int, which: Which, kind: Kind, least: float
) -> Amount | None:
    """What one unit still lacks of an amount; None where it has enough, whatever is changed."""
    ground, year = asked.ground, asked.case.year
    has = float(ground.accounts.held(level, which, kind, year)[row].amount.low)
    at = ground.candidates.place[level][ground.options.candidate]
    adds = ground.adds(which, kind, np.asarray(at == row), year=year)
    part = Amount(short=least - has, adds=(adds,))
    return part if has < least or part.worst(ground.options) > 0 else None
