"""Facilities that a scenario adds: built by the rules of a plan, in a candidate or in the open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from planning.buildable import modules_of
from planning.facilities import Candidates, Facilities
from planning.inputs.what_if.checks import is_size, size_words
from planning.inputs.what_if.ground import Edits
from planning.result import AddedCost
from planning.siting import Module
from planning.siting.built import as_new
from planning.siting.options import Options, conversion_yuan, options_of, sizes_of
from planning.standards.alike import alike
from planning.study import AddedSite
from planning.study.what_if import MOST_SIZE

Longs = npt.NDArray[np.int64]

_SAME_PLACE_M = 0.011
"""The page rounds places to the centimetre [m]."""
_SLACK_M2 = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What is added, what it costs, and the candidates with the floor that is left."""

    facilities: Facilities
    candidates: Candidates | None
    cost: AddedCost


def added(
    edits: Edits,
    sites: Sequence[AddedSite],
    stands: Facilities,
    candidates: Candidates | None,
    *,
    year: int | None,
) -> Added | None:
    """The sites as a register would list them once they are open, by `siting.built.as_new`.

    They open in `year`, the study's own. None where there are none, or their faults are noted.
    """
    before = len(edits.faults)
    modules = {(m.service, m.name): m for m in modules_of(edits.study)}
    listed = candidates or Candidates.none(stands.place)
    rows = {name: row for row, name in enumerate(listed.ids)}
    at = [-1 if site.candidate is None else rows.get(site.candidate, -1) for site in sites]
    taken = set(stands.ids)
    for n, (site, row) in enumerate(zip(sites, at, strict=True)):
        if site.id in taken:
            edits.wrong(
                ("added", n, "id"),
                (f"现有设施“{site.id}”", f"'{site.id}', a facility that stands"),
                ("尚无设施用的编号", "an id that no facility has"),
            )
        _check_place(edits, n, site, row, listed, modules[site.service, site.kind])
    own = [modules[site.service, site.kind] for site in sites]
    _check_floor(edits, sites, at, own, listed)
    if len(edits.faults) > before or not sites or not edits.is_placed:
        return None
    places = _as_candidates(edits, sites, at, own, listed)
    options = options_of(places, [*modules.values()])
    size = np.array([site.size for site in sites], dtype=np.int64)
    picked = _options_picked(options, own, size)
    opened = np.full(len(sites), -1 if year is None else year, dtype=np.int64)
    fresh = as_new(options, places, picked, size, opened=opened)
    fresh = replace(fresh, names=tuple(site.name or site.id for site in sites))
    used_m2 = np.zeros(len(listed))
    for row, k, of in zip(at, picked.tolist(), size.tolist(), strict=True):
        if row >= 0:
            used_m2[row] += options.floor_per_unit[k] * of
    return Added(
        facilities=fresh,
        candidates=None if candidates is None else _left(listed, used_m2),
        cost=_cost(sites, at, listed, options, places, picked),
    )


def _check_place(
    edits: Edits, n: int, site: AddedSite, row: int, listed: Candidates, module: Module
) -> None:
    if site.x_m is not None and site.y_m is not None:
        edits.check_inside(("added", n), site.x_m, site.y_m)
    if site.candidate is None:
        return
    loc = ("added", n, "candidate")
    if row < 0:
        near = alike(site.candidate, listed.ids) or list(listed.ids[:5])
        edits.wrong(
            loc,
            (f"没有候选点“{site.candidate}”", f"no candidate '{site.candidate}'"),
            (
                f"候选点编号，如 {'、'.join(near)}" if near else "有候选点的研究",
                f"the id of one, such as {', '.join(near)}" if near else "a study with candidates",
            ),
        )
        return
    if site.service not in listed.services[row]:
        hosts = sorted(listed.services[row])
        edits.wrong(
            loc,
            (f"不可设 {site.service} 的候选点", f"one that may not host {site.service}"),
            (
                f"可设该服务的候选点（该处可设 {'、'.join(hosts)}），或不写 candidate",
                f"one that may (this hosts {', '.join(hosts)}), or no candidate",
            ),
        )
    ranges = sizes_of(module, float(listed.floor_m2[row]))
    if not is_size(site.size, ranges):
        edits.wrong(("added", n, "size"), *size_words(module, site.size, ranges))
    if site.x_m is None or site.y_m is None or not edits.is_placed:
        return
    off_m = max(abs(site.x_m - listed.x_m[row]), abs(site.y_m - listed.y_m[row]))
    if off_m > _SAME_PLACE_M:
        edits.wrong(
            ("added", n),
            (
                f"坐标距候选点 {site.candidate} {off_m:,.2f} 米",
                f"a place {off_m:,.2f} m from candidate {site.candidate}",
            ),
            ("候选点的坐标，或不写坐标", "that of the candidate, or none"),
        )


def _check_floor(
    edits: Edits,
    sites: Sequence[AddedSite],
    at: Sequence[int],
    own: Sequence[Module],
    listed: Candidates,
) -> None:
    """Several sites in one candidate share its floor."""
    for row in sorted({row for row in at if row >= 0 and at.count(row) > 1}):
        there = [n for n, other in enumerate(at) if other == row]
        floor_m2 = sum(own[n].floor_m2_per_unit * sites[n].size for n in there)
        if floor_m2 > listed.floor_m2[row] + _SLACK_M2:
            edits.wrong(
                ("added", there[-1], "size"),
                (
                    f"候选点 {listed.ids[row]} 内合计 {floor_m2:,.0f} 平方米",
                    f"{floor_m2:,.0f} m² in all in candidate {listed.ids[row]}",
                ),
                (
                    f"至多 {listed.floor_m2[row]:,.0f} 平方米",
                    f"{listed.floor_m2[row]:,.0f} m² at most",
                ),
            )


def _as_candidates(
    edits: Edits,
    sites: Sequence[AddedSite],
    at: Sequence[int],
    own: Sequence[Module],
    listed: Candidates,
) -> Candidates:
    """A place of its own for every site: its candidate's floor and land, or open ground."""
    each = list(zip(sites, at, own, strict=True))
    x_m = [site.x_m if row < 0 else listed.x_m[row] for site, row, _ in each]
    y_m = [site.y_m if row < 0 else listed.y_m[row] for site, row, _ in each]
    x, y = np.array(x_m, dtype=np.float64), np.array(y_m, dtype=np.float64)
    n = len(sites)
    return Candidates(
        ids=tuple(site.id for site in sites),
        source_classes=tuple(
            listed.source_classes[row] if row >= 0 else module.called for _, row, module in each
        ),
        services=tuple(frozenset({site.service}) for site in sites),
        x_m=x,
        y_m=y,
        floor_m2=np.array(
            [
                listed.floor_m2[row] if row >= 0 else module.floor_m2_per_unit * MOST_SIZE
                for _, row, module in each
            ]
        ),
        land_m2=np.array([listed.land_m2[row] if row >= 0 else 0.0 for row in at]),
        yuan_per_m2=np.array([listed.yuan_per_m2[row] if row >= 0 else 0.0 for row in at]),
        fixed_yuan=np.zeros(n),
        assumed=(frozenset(),) * n,
        place=edits.area.locate(x, y),
    )


def _options_picked(options: Options, own: Sequence[Module], size: Longs) -> Longs:
    """The option of every site: that of its place, its module and its size."""
    found = np.full(len(own), -1, dtype=np.int64)
    for k, n in enumerate(options.candidate.tolist()):
        fits = options.min_size[k] <= size[n] <= options.max_size[k]
        if options.modules[options.module[k]] is own[n] and fits:
            found[n] = k
    assert (found >= 0).all()
    return found


def _left(listed: Candidates, used_m2: npt.NDArray[np.float64]) -> Candidates:
    """The candidates with what is used of them taken off: floor, its land, the cost of opening."""
    left_m2 = np.maximum(listed.floor_m2 - used_m2, 0.0)
    is_used = used_m2 > 0
    share = np.divide(left_m2, listed.floor_m2, out=np.ones(len(listed)), where=is_used)
    return replace(
        listed,
        floor_m2=left_m2,
        land_m2=listed.land_m2 * share,
        fixed_yuan=np.where(is_used, 0.0, listed.fixed_yuan),
    )


def _cost(
    sites: Sequence[AddedSite],
    at: Sequence[int],
    listed: Candidates,
    options: Options,
    places: Candidates,
    picked: Longs,
) -> AddedCost:
    """Conversion in candidates and the opening of each; elsewhere what the scenario says."""
    yuan, unknown = 0.0, 0
    opened: set[int] = set()
    for site, row, k in zip(sites, at, picked.tolist(), strict=True):
        if row >= 0:
            yuan += conversion_yuan(options, places, k, site.size)
            yuan += 0.0 if row in opened else float(listed.fixed_yuan[row])
            opened.add(row)
        elif site.yuan is not None:
            yuan += site.yuan
        else:
            unknown += 1
    return AddedCost(yuan=yuan, unknown=unknown)
