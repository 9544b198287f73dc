"""Sites that differ between two plans: only in one, of other size, service or year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from planning.outputs.comparison.run_files import Row
from planning.outputs.comparison.sides import Side

Change = Literal["only_base", "only_other", "service", "size", "year", "cost", "same"]
CHANGES: tuple[Change, ...] = (
    "only_base", "only_other", "service", "size", "year", "cost", "same"
)  # fmt: skip
SiteKey = tuple[str, float, float]
"""Id of the candidate, longitude, latitude: one id at two places is two sites."""
_NOISE = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What one plan puts on one site; `what` are (action, service, module) in order."""

    what: tuple[tuple[str, str, str], ...]
    years: tuple[int, ...]
    places: int
    beds: int
    floor_m2: float
    cost_yuan: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteChange:
    """One site, as the base uses it and as the other side does; None where it does not."""

    key: SiteKey
    unit_name: str
    base: Use | None
    other: Use | None
    changes: tuple[Change, ...]

    @property
    def first(self) -> Change:
        """The change that matters most."""
        return self.changes[0]


def site_changes(base: Side, other: Side) -> tuple[SiteChange, ...]:
    """Every site of either plan, those that differ first, in the order of `CHANGES`."""
    mine, theirs = uses_of(base), uses_of(other)
    names = {key: row["unit_name"] or "" for side in (base, other) for key, row in _rows(side)}
    found = []
    for key in dict.fromkeys((*mine, *theirs)):
        one, two = mine.get(key), theirs.get(key)
        found.append(
            SiteChange(
                key=key, unit_name=names[key], base=one, other=two, changes=_changes(one, two)
            )
        )
    return tuple(sorted(found, key=lambda one: CHANGES.index(one.first)))


def uses_of(side: Side) -> dict[SiteKey, Use]:
    """What the plan of a side puts where, in the order of plan.csv."""
    rows: dict[SiteKey, list[Row]] = {}
    for key, row in _rows(side):
        rows.setdefault(key, []).append(row)
    return {key: _use(of) for key, of in rows.items()}


def _rows(side: Side) -> list[tuple[SiteKey, Row]]:
    plan: Mapping[str, Any] = side.plan or {"sites": ()}
    return [((row["candidate_id"], row["lon"], row["lat"]), row) for row in plan["sites"]]


def _use(rows: list[Row]) -> Use:
    return Use(
        what=tuple(sorted((row["action"], row["service"], row["module"]) for row in rows)),
        years=tuple(sorted({int(row["year"]) for row in rows if row["year"] is not None})),
        places=sum(int(row["places"] or 0) for row in rows),
        beds=sum(int(row["beds"] or 0) for row in rows),
        floor_m2=sum(float(row["floor_m2"] or 0.0) for row in rows),
        cost_yuan=sum(float(row["cost_yuan"] or 0.0) for row in rows),
    )


def _changes(base: Use | None, other: Use | None) -> tuple[Change, ...]:
    if base is None or other is None:
        return ("only_other",) if base is None else ("only_base",)
    found: list[Change] = []
    if base.what != other.what:
        found.append("service")
    if (base.places, base.beds) != (other.places, other.beds) or _differ(
        base.floor_m2, other.floor_m2
    ):
        found.append("size")
    if base.years != other.years:
        found.append("year")
    if _differ(base.cost_yuan, other.cost_yuan) and "size" not in found:
        found.append("cost")
    return tuple(found) or ("same",)


def _differ(one: float, other: float) -> bool:
    return abs(one - other) > _NOISE * max(1.0, abs(one), abs(other))
