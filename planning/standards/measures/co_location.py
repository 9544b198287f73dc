"""Facilities beside others, and points attached to a hub."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy.typing as npt

from planning.facilities import Facilities
from planning.standards.asks import Attached, CoLocation
from planning.standards.choosing import Chosen
from planning.standards.measures.case import Case, NotAssessableError
from planning.standards.measures.share_of_capacity import against, share
from planning.standards.outcome import Outcome, Range
from planning.standards.terms import Which
from planning.standards.words import plain, which_words

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


def judge(ask: CoLocation, case: Case) -> Outcome:
    """How many facilities have the other kind at the same site or adjacent (SC-2021-57/4.8).

    Metres are measured straight from door to door: 邻近 is no walk.
    """
    accounts = case.accounts
    case.check_listed(ask.which)
    case.check_said(ask.which)
    case.tell(ask.which, "facilities")
    whole, beside = case.chosen(ask.which), case.chosen(ask.beside)
    near_m = ask.within_m or accounts.readings.figure("adjacent_m")
    if not ask.traits:
        case.check_listed(ask.beside)
    # What the register does not list may stand next door.
    may_be_near = not accounts.is_listed(ask.beside) or accounts.is_partly_listed(ask.beside)
    at_home = _has_any(case, ask.traits)
    inside = case.inside()
    sure = inside & whole.sure & (_is_near(case, beside.sure, near_m) | at_home.sure)
    maybe = inside & (whole.sure | whole.maybe) & (
        _is_near(case, beside.sure | beside.maybe, near_m)
        | at_home.sure | at_home.maybe | may_be_near
    )  # fmt: skip
    beside_zh, beside_en = which_words(ask.beside)
    own_zh, own_en = ("或自有医疗服务", " or care of their own") if ask.traits else ("", "")
    words = (
        f"{plain(near_m)}米内有{beside_zh}{own_zh}",
        f"have {beside_en} within {plain(near_m)} m{own_en}",
    )
    return _share(case, ask.which, sure, maybe, words)


def judge_attached(ask: Attached, case: Case) -> Outcome:
    """How many points name a hub that counts, by the register's own word; a blank is unknown."""
    accounts = case.accounts
    case.check_listed(ask.which)
    case.check_said(ask.which)
    case.tell(ask.which, "facilities")
    facilities = accounts.situation.facilities
    whole, hubs = case.chosen(ask.which), case.chosen(ask.hub)
    unsaid = accounts.once(
        "no hub", lambda: np.array([not hub for hub in facilities.hub], dtype=bool)
    )
    attached = accounts.once(
        ("attached", ask.hub.text, ask.same_county, case.year),
        lambda: _attached(facilities, hubs, same_county=ask.same_county),
    )
    inside = case.inside()
    sure = inside & whole.sure & attached.sure
    maybe = inside & (whole.sure | whole.maybe) & (attached.sure | attached.maybe | unsaid)
    hub_zh, hub_en = which_words(ask.hub)
    words = f"由{hub_zh}带动", f"are run by a hub ({hub_en})"
    return _share(case, ask.which, sure, maybe, words)


def _attached(facilities: Facilities, hubs: Chosen, *, same_county: bool) -> Chosen:
    """Which facilities name one of the hubs, or one of their own county.

    A hub that only may count leaves it open, and so does a county that nobody knows.
    """
    row_of = {name: row for row, name in enumerate(facilities.ids)}
    hub = np.array([row_of.get(name, -1) for name in facilities.hub], dtype=np.int64)
    sure = (hub >= 0) & hubs.sure[hub] if len(hub) else hub >= 0
    maybe = (hub >= 0) & hubs.maybe[hub] if len(hub) else hub >= 0
    if not same_county:
        return Chosen(sure=sure, maybe=maybe)
    county = facilities.place.get("county", np.full(len(facilities), -1, dtype=np.int32))
    is_known = (county >= 0) & (county[hub] >= 0)
    is_same = county[hub] == county
    return Chosen(
        sure=sure & is_known & is_same,
        maybe=(maybe & (is_same | ~is_known)) | (sure & ~is_known),
    )


def _share(case: Case, which: Which, sure: Flags, maybe: Flags, words: tuple[str, str]) -> Outcome:
    inside, whole = case.inside(), case.chosen(which)
    what_zh, what_en = which_words(which)
    if case.trail is not None:
        case.trail.say(
            f"其中{words[0]}：{int(sure.sum())}处", f"of these {int(sure.sum())} {words[1]}"
        )
    n, most = int((inside & whole.sure).sum()), int((inside & (whole.sure | whole.maybe)).sum())
    is_partly = case.accounts.is_partly_listed(which)
    part = Range(Fraction(int(sure.sum())), None if is_partly else Fraction(int(maybe.sum())))
    found = share(part=part, whole=Range(Fraction(n), None if is_partly else Fraction(most)))
    if found is None and most:
        raise NotAssessableError(f"{what_zh}：{most}处不详", f"{most} not known ({what_en})")
    if found is None:
        raise NotAssessableError(f"没有{what_zh}", f"there is none ({what_en})")
    zh = f"{n}处{what_zh}中{plain(part.low)}处{words[0]}"
    en = f"{plain(part.low)} of {n} ({what_en}) {words[1]}"
    return against(case, found, zh, en, int((maybe & ~sure).sum()))


def _has_any(case: Case, traits: tuple[str, ...]) -> Chosen:
    facilities = case.accounts.situation.facilities
    yes = np.zeros(len(facilities), dtype=bool)
    unsaid = np.zeros(len(facilities), dtype=bool)
    for trait in traits:
        yes |= facilities.traits[trait] == 1
        unsaid |= facilities.traits[trait] < 0
    return Chosen(sure=yes, maybe=unsaid & ~yes)


def _is_near(case: Case, others: Flags, near_m: Fraction) -> Flags:
    """Which facilities have one of the others within so many metres."""
    facilities = case.accounts.situation.facilities
    distance_m = case.accounts.once(
        ("nearest m", np.packbits(others).tobytes()), lambda: _nearest_m(facilities, others)
    )
    return np.asarray(distance_m <= float(near_m))


def _nearest_m(facilities: Facilities, others: Flags) -> Floats:
    """Metres from every facility to the nearest of the others, infinite where there is none."""
    rows = np.flatnonzero(others)
    if not len(rows):
        return np.full(len(facilities), np.inf)
    # Only here: a run that asks for no neighbours does without.
    from scipy.spatial import cKDTree

    xy = np.stack([facilities.x_m, facilities.y_m], axis=1)
    found: Floats = cKDTree(xy[rows]).query(xy)[0]
    return found
