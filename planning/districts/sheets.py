"""Obligations sheets 配套清单: one a new residential area."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from planning.area import LEVELS, RESIDENTIAL, ResidentialAreas
from planning.demand import Demand
from planning.districts.around import changed_around
from planning.districts.arrivals import new_areas, still_to_come
from planning.districts.obligations import (
    Basis,
    Judged,
    Obligation,
    Says,
    obligations,
    of_areas,
)
from planning.judging import levels_of
from planning.result import StudyResult
from planning.standards import Finding, Profile, Situation
from planning.standards.accounts import Accounts


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What one residential area must be given, under every document.

    `at` is its number; `described` says what it is and by what; `people` are those it answers for:
    the planned ones where it `by_plan`, else its residents [persons]. `households` and `delivered`
    are −1 where nobody says. `within` names the units it lies in, the largest first.
    """

    at: int
    id: str
    name: str
    described: Says
    by_plan: bool
    people: int
    households: int
    delivered: int
    within: tuple[str, ...]
    obligations: tuple[Obligation, ...]


def sheets_of(result: StudyResult) -> tuple[Sheet, ...]:
    """The sheets of a study, as things stand, in the order of the areas."""
    town = result.town
    documents = [
        Judged(
            profile=profile,
            levels=levels_of(town, profile),
            findings=result.findings_of(profile),
        )
        for profile in town.documents
    ]
    return sheets(documents, result.situation, still_to_come(town))


def sheets(
    documents: Sequence[Judged], situation: Situation, coming: Demand | None = None
) -> tuple[Sheet, ...]:
    """A sheet for every new area of a situation; `coming` are planned people not yet among it.

    The planned people of areas already come are marked in the demand.
    """
    areas = situation.area.residential
    who = np.flatnonzero(new_areas(areas)).tolist()
    if areas is None or not who:
        return ()
    accounts = Accounts(situation, documents[0].profile.readings)
    of_documents = [of_areas(one, situation) for one in documents]
    return tuple(
        _sheet(at, areas, accounts, _cards(at, areas, documents, of_documents, situation, coming))
        for at in who
    )


_Cards = list[tuple[Profile, list[tuple[Basis, Finding, Says]]]]


def _cards(
    at: int,
    areas: ResidentialAreas,
    documents: Sequence[Judged],
    of_documents: Sequence[Mapping[str, Sequence[tuple[Basis, Finding]]]],
    situation: Situation,
    coming: Demand | None,
) -> _Cards:
    around = changed_around(documents, situation, coming, at)
    return [
        (
            one.profile,
            [
                *((basis, finding, ("", "")) for basis, finding in own.get(areas.ids[at], ())),
                *(("around", finding, said) for finding, said in changed),
            ],
        )
        for one, own, changed in zip(documents, of_documents, around, strict=True)
    ]


def _sheet(at: int, areas: ResidentialAreas, accounts: Accounts, cards: _Cards) -> Sheet:
    by_plan = bool(areas.by_plan[at])
    residents = accounts.persons(RESIDENTIAL)[at]
    return Sheet(
        at=at,
        id=areas.ids[at],
        name=areas.names[at],
        described=areas.described(at),
        by_plan=by_plan,
        people=int(areas.planned_people[at]) if by_plan else residents,
        households=int(areas.households[at]),
        delivered=int(areas.delivery_year[at]),
        within=tuple(_above(at, accounts)),
        obligations=obligations(cards),
    )


def _above(at: int, accounts: Accounts) -> list[str]:
    found = []
    for level in LEVELS:
        unit = int(accounts.ancestors(RESIDENTIAL, level)[at])
        if unit >= 0:
            found.append(accounts.unit_names(level)[unit])
    return found
