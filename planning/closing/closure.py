"""The town without some of its facilities, held against the town as it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from planning.closing.capacity import PlacesLost, places_lost
from planning.closing.coverage import Loss, NextSite, losses, next_sites
from planning.closing.turned import Turned, turned
from planning.facilities import Facilities
from planning.judging import findings_of, situation_of
from planning.progress import Progress, silent
from planning.result import Town


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """What shutting some facilities does.

    `closed` are their rows, `idle` those of them that are not open today, which nobody loses.
    `turned` are findings by document, in the order in which these are shown.
    """

    closed: tuple[int, ...]
    idle: tuple[int, ...]
    losses: tuple[Loss, ...]
    next_sites: tuple[NextSite, ...]
    places: tuple[PlacesLost, ...]
    turned: tuple[tuple[str, tuple[Turned, ...]], ...]


def close(town: Town, rows: Sequence[int], *, progress: Progress | None = None) -> Closure:
    """Shut the facilities of `rows`, and judge the town again by the same evaluator.

    They stay in the register as closed ones, so that clauses about these see them.
    """
    show = progress or silent()
    shut = replace(town, facilities=without(town.facilities, rows))
    with show.step("步行与体检，关停前", "walks and clauses as things stand"):
        before = situation_of(town)
    with show.step("步行与体检，关停后", "walks and clauses without them"):
        after = situation_of(shut)
        changes = tuple(
            (
                profile.standard.short,
                turned(
                    findings_of(town, before, profile),
                    findings_of(town, after, profile),
                ),
            )
            for profile in town.documents
        )
    return Closure(
        closed=tuple(rows),
        idle=tuple(row for row in rows if not town.facilities.is_open[row]),
        losses=tuple(losses(town, before, after)),
        next_sites=tuple(next_sites(town, before, after)),
        places=tuple(places_lost(town, before, after, rows)),
        turned=changes,
    )


def without(facilities: Facilities, rows: Sequence[int]) -> Facilities:
    """The same register with some facilities closed."""
    stays = np.ones(len(facilities), dtype=bool)
    stays[list(rows)] = False
    return replace(
        facilities,
        is_open=facilities.is_open & stays,
        is_preparing=facilities.is_preparing & stays,
    )
