"""Premises and land that a document names: how many there are, and where they are wanted."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from planning.standards.asks import CandidateClasses, Exposure
from planning.standards.measures.case import Case, NotAssessableError, Place
from planning.standards.outcome import Outcome, Range
from planning.standards.source_classes import source_classes
from planning.standards.words import plain
from planning.units import hundredths, whole_persons

Flags = npt.NDArray[np.bool_]


def judge(ask: CandidateClasses, case: Case) -> Outcome:
    """How many candidates of the classes lie in the unit, with how much floor.

    Also of how many lower units that are short of the service one lies in them.
    """
    candidates = case.accounts.situation.candidates
    rows = _of_classes(ask, case)
    assert candidates is not None
    floor_m2 = hundredths(float(np.nansum(candidates.floor_m2[rows])))
    zh = f"{len(rows)}处候选点，可用建筑面积{plain(floor_m2)}平方米"
    en = f"{len(rows)} candidates with {plain(floor_m2)} m² of floor"
    places = {
        (e.place.level, e.place.at)
        for e in case.earlier
        if e.verdict == "not_met" and _is_about(ask, e.clause.service) and _lies_in(case, e.place)
    }
    if places:
        helped = sum(bool(np.any(candidates.place[level][rows] == at)) for level, at in places)
        zh += f"；{len(places)}个缺口单元中{helped}个内有此类候选点"
        en += f"; {helped} of {len(places)} units that fall short have one"
    return Outcome(
        zh=zh, en=en, unit="candidates", measured=Range.exactly(len(rows)),
        required=case.clause.value,
    )  # fmt: skip


def judge_exposure(ask: Exposure, case: Case) -> Outcome:
    """Residents within some metres of premises that would be converted."""
    accounts, place = case.accounts, case.place
    candidates, demand = accounts.situation.candidates, accounts.situation.demand
    near_m = ask.within_m or accounts.readings.figure("exposure_m")
    persons = case.persons("total")
    rows = _of_classes(CandidateClasses(kind="candidates"), case)
    assert candidates is not None
    exposed = 0
    if len(rows):
        # Only here: a run that asks for no neighbours does without.
        from scipy.spatial import cKDTree

        tree = cKDTree(np.stack([candidates.x_m[rows], candidates.y_m[rows]], axis=1))
        away_m = tree.query(np.stack([demand.x_m, demand.y_m], axis=1))[0]
        near = (away_m <= float(near_m)) & (demand.place[place.level] == place.at)
        exposed = whole_persons(demand.total("total", near))
    limit = plain(near_m)
    return Outcome(
        zh=f"{persons:,}人中{exposed:,}人住在候选房屋{limit}米内（该距离为假定）",
        en=f"{exposed:,} of {persons:,} live within {limit} m of candidates (an assumed distance)",
        unit="persons", measured=Range.exactly(exposed), required=case.clause.value,
    )  # fmt: skip


def _of_classes(ask: CandidateClasses, case: Case) -> npt.NDArray[np.intp]:
    """Rows of the unit's candidates of the classes that may host the service."""
    candidates = case.accounts.situation.candidates
    if candidates is None:
        raise NotAssessableError("研究未给出候选点", "the study gives no candidates")
    classes = source_classes()
    ids = [
        found.id if (found := classes.of_word(word)) else "" for word in candidates.source_classes
    ]
    inside = case.inside(candidates)
    is_of = np.array([not ask.classes or name in ask.classes for name in ids], dtype=bool)
    hosts = np.array(
        [ask.service is None or ask.service in some for some in candidates.services], dtype=bool
    )
    return np.flatnonzero(inside & is_of & hosts & ~candidates.is_made)


def _lies_in(case: Case, place: Place) -> bool:
    """Whether a place is one of the small units of the case's own unit."""
    if place.level not in ("street", "community", "residential_area"):
        return False
    return bool(case.accounts.ancestors(place.level, case.place.level)[place.at] == case.place.at)


def _is_about(ask: CandidateClasses, service: str) -> bool:
    return ask.service is None or ask.service == service
