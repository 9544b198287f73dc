"""Premises and land that a document names: how many there are, and where they are wanted."""

from __future__ import annotations

from collections.abc import Set

import numpy as np
import numpy.typing as npt

from planning.facilities import Candidates
from planning.standards.asks import CandidateClasses, Exposure
from planning.standards.measures.case import SMALL_UNITS, Case, NotAssessableError
from planning.standards.outcome import NOTHING, Outcome, Range
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
    floor_m2 = hundredths(float(np.nansum(candidates.floor_m2[rows]))) if len(rows) else NOTHING
    zh = f"{len(rows)}处候选点，可用建筑面积{plain(floor_m2)}平方米"
    en = f"{len(rows)} candidates with {plain(floor_m2)} m² of floor"
    short = _short_within(case, ask.service)
    if short:
        levels = {level for level, _ in short}
        there = {(name, at) for name in levels for at in candidates.place[name][rows].tolist()}
        helped = len(there & short)
        zh += f"；{len(short)}个缺口单元中{helped}个内有此类候选点"
        en += f"; {helped} of {len(short)} units that fall short have one"
    return Outcome(
        zh=zh, en=en, unit="candidates", measured=Range.exactly(len(rows)),
        required=case.clause.value,
    )  # fmt: skip


def judge_exposure(ask: Exposure, case: Case) -> Outcome:
    """Residents within some metres of candidates: premises to be converted, and plots."""
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

        near = demand.place[place.level] == place.at
        tree = cKDTree(np.stack([candidates.x_m[rows], candidates.y_m[rows]], axis=1))
        homes = np.stack([demand.x_m[near], demand.y_m[near]], axis=1)
        away_m = tree.query(homes, distance_upper_bound=float(near_m) + 1)[0]
        near[near] = away_m <= float(near_m)
        exposed = whole_persons(demand.total("total", near))
    limit = plain(near_m)
    return Outcome(
        zh=f"{persons:,}人中{exposed:,}人住在候选点（房屋或地块）{limit}米内（该距离为假定）",
        en=f"{exposed:,} of {persons:,} live within {limit} m of candidates, premises or plots "
        "(an assumed distance)",
        unit="persons", measured=Range.exactly(exposed), required=case.clause.value,
    )  # fmt: skip


def _of_classes(ask: CandidateClasses, case: Case) -> npt.NDArray[np.intp]:
    """Rows of the unit's candidates of the classes that may host the service."""
    candidates = case.accounts.situation.candidates
    if candidates is None:
        raise NotAssessableError("研究未给出候选点", "the study gives no candidates")
    counts = case.accounts.once(
        ("candidates", ask.classes, ask.service), lambda: _counting(ask, candidates)
    )
    return np.flatnonzero(case.inside(candidates) & counts)


def _counting(ask: CandidateClasses, candidates: Candidates) -> Flags:
    """Which candidates are of the classes, may host the service, and stand in a register."""
    known = source_classes()
    words = {word: known.of_word(word) for word in set(candidates.source_classes)}
    ids = [found.id if (found := words[word]) else "" for word in candidates.source_classes]
    is_of = np.array([not ask.classes or name in ask.classes for name in ids], dtype=bool)
    hosts = np.array(
        [ask.service is None or ask.service in some for some in candidates.services], dtype=bool
    )
    return np.asarray(is_of & hosts & ~candidates.is_made)


def _short_within(case: Case, service: str | None) -> Set[tuple[str, int]]:
    """The small units of the case's own unit that lack something of the service."""
    place, short = case.place, case.before.short_of(service)
    if not short:
        return short
    accounts = case.accounts
    return short & {
        (level, at)
        for level in SMALL_UNITS
        for at in np.flatnonzero(accounts.ancestors(level, place.level) == place.at).tolist()
    }
