"""New areas, and their people, come and not yet come, so that both can be looked at."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from planning.access import along_streets
from planning.area import RESIDENTIAL, ResidentialAreas
from planning.demand import Demand, moved_in, newcomers, shares_of, with_groups
from planning.result import Town
from planning.units import rational

Flags = npt.NDArray[np.bool_]


def new_areas(areas: ResidentialAreas | None) -> Flags:
    """Which areas get a sheet, (areas,): new ones, and those that answer for planned people."""
    if areas is None:
        return np.zeros(0, dtype=bool)
    is_new = np.array([status == "new" for status in areas.status], dtype=bool)
    return is_new | areas.by_plan


def still_to_come(town: Town) -> Demand | None:
    """The planned people who are among the residents of no year yet; None where there are none.

    They stand along the streets of their area, as they will once they are counted.
    """
    areas, spec = town.area.residential, town.study.residential_areas
    if areas is None or spec is None:
        return None
    come = _have_come(town.demand, len(areas))
    counted = areas.in_count(town.study.population.year)
    who = (areas.planned_people > 0) & ~counted & ~come
    if not who.any():
        return None
    declared = {name: rational(share.count) / share.of for name, share in spec.groups.items()}
    planned = newcomers(town.area, areas, who)
    planned = with_groups(planned, shares_of(town.area, town.demand, planned, declared))
    return along_streets(planned, town.network)


def _have_come(demand: Demand, areas: int) -> Flags:
    come = np.zeros(areas, dtype=bool)
    come[demand.place[RESIDENTIAL][demand.is_planned]] = True
    return come


def with_and_without(
    demand: Demand, coming: Demand | None, at: int, *, stays: bool
) -> tuple[Demand, Demand] | None:
    """The demand with the planned people of an area and without; None where it has none to come.

    Whoever lives there now stays only where `stays`.
    """
    here = demand.place[RESIDENTIAL] == at
    if (come := here & demand.is_planned).any():
        return demand, _less(demand, come)
    if coming is None:
        return None
    others = coming.place[RESIDENTIAL] != at
    if others.all():
        return None
    goes = np.zeros(len(demand), dtype=bool) if stays else here
    return moved_in(demand, _less(coming, others), goes), demand


def _less(demand: Demand, who: Flags) -> Demand:
    people = {group: np.where(who, 0.0, some) for group, some in demand.people.items()}
    return replace(demand, people=people)
