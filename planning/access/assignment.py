"""Who gets a place: people served within the limit and within capacity, by a named rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from planning.access.claims import Claims, Flags, Floats, Ints, Longs, claims, point_of_pairs
from planning.access.nearest_first import nearest_first
from planning.access.transport import transport_optimum
from planning.errors import AuditError, fail
from planning.travel import Reach

Rule = Literal["nearest_first", "transport_optimum"]
"""Who goes before whom: the nearer; or whoever it takes to serve most, and then walk least."""

_RULES: dict[Rule, Callable[[Claims], Longs]] = {
    "nearest_first": nearest_first,
    "transport_optimum": transport_optimum,
}

_CONSERVED = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityLedger:
    """Persons in one place; ``people == served + full + unserved + unreachable``.

    `full` are within the limit of a site, but every place within their reach is taken; `perhaps`
    are those of `full` and `unserved` who have a site of unknown capacity within the limit.
    """

    people: float
    served: float
    full: float
    unserved: float
    unreachable: float
    perhaps: float

    @property
    def covered(self) -> float:
        """Persons within the limit, place or no place: plain coverage by the same sites."""
        return self.served + self.full

    @property
    def share(self) -> float | None:
        """Served part of all people; None where nobody lives."""
        return self.served / self.people if self.people > 0 else None

    @property
    def covered_share(self) -> float | None:
        """Covered part of all people, to stand beside `share`; None where nobody lives."""
        return self.covered / self.people if self.people > 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """People of n demand points on the places of s sites: who goes where, and who gets none.

    Of point i ``taken[k]`` persons go to ``site[k]`` in ``ms[k]``, k from ``start[i]`` to
    ``start[i + 1]``; sites of a point rise, nobody is listed for nothing. `people` (n,) are those
    who ask for a place, `served` (n,) those who get one, `load` (s,) the persons at each site and
    `capacity` (s,) its places: NaN where unknown or not counting. `covered` (n,) is who has a
    counting site of known capacity within the limit, even one without a place; `near_unknown` (n,)
    who has one of unknown capacity there. Within is `<=`.
    """

    rule: Rule
    limit_ms: int
    start: Longs
    site: Ints
    ms: Ints
    taken: Floats
    people: Floats
    served: Floats
    load: Floats
    capacity: Floats
    unknown: Flags
    covered: Flags
    near_unknown: Flags
    reachable: Flags

    @property
    def person_ms(self) -> float:
        """Time of all who are served together [person-ms]."""
        return float(np.dot(self.taken, self.ms))

    def ledger(self, people: Floats, where: Flags | None = None) -> CapacityLedger:
        """The account of `people` (persons by demand point), all of them or only `where`.

        They are the people assigned or a part of them: of a point's people every part is served in
        the same proportion. Raises ValueError where there are more than were assigned.
        """
        if np.any(people > self.people * (1 + _CONSERVED)):
            raise ValueError(
                "found more people than were assigned, expected them or a part of them"
            )
        everywhere = np.ones(len(people), dtype=bool) if where is None else where
        share = np.divide(self.served, self.people, out=np.zeros(len(people)), where=people > 0)
        served = people * share
        left = people - served

        def persons(of: Floats, who: Flags) -> float:
            return float(np.sum(np.where(who & everywhere, of, 0.0)))

        return CapacityLedger(
            people=persons(people, everywhere),
            served=persons(served, self.covered),
            full=persons(left, self.covered),
            unserved=persons(people, self.reachable & ~self.covered),
            unreachable=persons(people, ~self.reachable),
            perhaps=persons(left, self.near_unknown),
        )


def assign(
    reach: Reach,
    people: Floats,
    capacity: Floats,
    *,
    rule: Rule,
    counting: Flags,
    limit_ms: int,
    reachable: Flags,
) -> Assignment:
    """Give `people` (n,) [persons who ask] the places of `capacity` (s,) [places] within the limit.

    A fraction of a person takes that fraction of a place. Only sites `counting` (s,) take part; of
    those a capacity of 0 is a site without a place, NaN one that is not known, left out and told in
    `unknown`. `reachable` (n,) is who could walk to a site at all, see `Coverage.reachable`; a
    reach cannot tell, as it ends at its limit. Where not all of a group ask (入托率), scale the
    people first. `nearest_first` works pairs off by rising time, then point, then site;
    `transport_optimum` serves most and then walks least. docs/capacity.md says what each is for.

    Raises ValueError where the arguments do not fit each other, AuditError where the assignment,
    recomputed from itself and the reach, breaks a limit, a capacity or the account.
    """
    _check(reach, people, capacity, rule, counting, limit_ms, reachable)
    unknown = counting & np.isnan(capacity)
    known = counting & ~unknown
    owner = np.repeat(np.arange(reach.n_sites, dtype=np.int32), np.diff(reach.start))
    within = reach.ms <= limit_ms
    asked = claims(reach, within & known[owner], people, np.where(known, capacity, 0.0))
    grains = _RULES[rule](asked)
    used = np.flatnonzero(grains)
    point, site = point_of_pairs(asked.start)[used], asked.site[used]
    # Shares of a point's grains, so that a point of whom all are served has exactly its people.
    taken = people[point] * (grains[used] / asked.people[point])
    served_grains = np.zeros(len(people), dtype=np.int64)
    np.add.at(served_grains, point, grains[used])
    found = Assignment(
        rule=rule,
        limit_ms=limit_ms,
        start=np.searchsorted(point, np.arange(len(people) + 1)).astype(np.int64),
        site=site,
        ms=asked.ms[used],
        taken=taken,
        people=people,
        served=people * (served_grains / np.maximum(asked.people, 1)),
        load=_sums(site, taken, reach.n_sites),
        capacity=np.where(known, capacity, np.nan),
        unknown=unknown,
        covered=_any_of(reach, within & known[owner]),
        near_unknown=_any_of(reach, within & unknown[owner]),
        reachable=reachable,
    )
    _audit(found, reach)
    return found


def _any_of(reach: Reach, pairs: Flags) -> Flags:
    """Which demand points are in any of some pairs."""
    points = np.zeros(reach.n_demand, dtype=bool)
    points[reach.demand[pairs]] = True
    return points


def _sums(of: Ints, values: Floats, n: int) -> Floats:
    # Of nothing at all NumPy counts in integers.
    return np.bincount(of, weights=values, minlength=n).astype(np.float64)


def _check(
    reach: Reach,
    people: Floats,
    capacity: Floats,
    rule: str,
    counting: Flags,
    limit_ms: int,
    reachable: Flags,
) -> None:
    """Raise ValueError with everything that does not fit."""
    shapes = (people.shape, reachable.shape, capacity.shape, counting.shape)
    n, s = (reach.n_demand,), (reach.n_sites,)
    faults = []
    if rule not in _RULES:
        faults.append(f"found rule {rule!r}, expected {' or '.join(_RULES)}")
    if shapes != (n, n, s, s):
        faults.append(f"found shapes {shapes}, expected {(n, n, s, s)}")
    if not np.all(np.isfinite(people) & (people >= 0)):
        faults.append("found people that are negative or unknown, expected numbers from 0")
    if np.any(capacity < 0):
        faults.append("found capacities below 0, expected numbers from 0, or NaN where unknown")
    if limit_ms > reach.limit_ms:
        faults.append(f"found a limit of {limit_ms} ms, expected {reach.limit_ms} or less")
    if not faults:
        owner = np.repeat(counting, np.diff(reach.start))
        if np.any(_any_of(reach, owner & (reach.ms <= limit_ms)) & ~reachable):
            faults.append("found people within the limit, expected nobody: not reachable")
    if faults:
        raise ValueError("; ".join(faults))


def _audit(found: Assignment, reach: Reach) -> None:
    """Recompute an assignment from its pairs and the reach alone; AuditError where it is wrong."""
    n = reach.n_demand
    point = point_of_pairs(found.start)
    served = _sums(point, found.taken, n)
    load = _sums(found.site, found.taken, reach.n_sites)
    left, free = found.people - served, found.capacity - load
    slack = _CONSERVED * max(float(np.sum(found.people)), np.finfo(np.float64).tiny)
    owner = np.repeat(np.arange(reach.n_sites), np.diff(reach.start))
    keys, used = owner * n + reach.demand, found.site.astype(np.int64) * n + point
    at = np.minimum(np.searchsorted(keys, used), max(len(keys) - 1, 0))
    usable = reach.ms <= found.limit_ms
    ledger = found.ledger(found.people)
    parts = ledger.served + ledger.full + ledger.unserved + ledger.unreachable
    wrong = {
        "pairs": np.any(keys[at] != used) or len(np.unique(at)) < len(at),
        "limit": np.any(found.ms > found.limit_ms) or np.any(reach.ms[at] != found.ms),
        "people": np.any(found.taken <= 0) or np.any(left < -_CONSERVED * found.people),
        # So that a site without a number is over capacity too.
        "capacity": not np.all((load == 0) | (free >= -_CONSERVED * load)),
        "sums": not (_near(served, found.served) and _near(load, found.load)),
        "free": np.any(usable & (left[reach.demand] > slack) & (free[owner] > slack)),
        "ledger": abs(parts - ledger.people) > slack,
    }
    broken = ", ".join(name for name, is_wrong in wrong.items() if is_wrong)
    if broken:
        raise fail(
            AuditError,
            f"{found.rule} / 复核",
            found=(f"分配结果有误：{broken}", f"an assignment that is wrong: {broken}"),
            expected=("复算一致", "one that holds when recomputed"),
            to_do=("把研究文件发给我们", "send us the study, this is our fault"),
        )


def _near(one: Floats, other: Floats) -> bool:
    return bool(np.allclose(one, other, rtol=_CONSERVED, atol=0.0))
