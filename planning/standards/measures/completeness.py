"""How much of what is asked for the register says."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy.typing as npt

from planning.facilities import Facilities
from planning.standards.accounts import Accounts
from planning.standards.asks import Completeness
from planning.standards.measures.case import Case, NotAssessableError
from planning.standards.measures.share_of_capacity import against
from planning.standards.outcome import Outcome, Range
from planning.standards.words import which_words


def judge(ask: Completeness, case: Case) -> Outcome:
    """Facts stated over facts asked for, of all facilities of the kind in the unit."""
    case.check_listed(ask.which)
    case.check_said(ask.which)
    accounts = case.accounts
    sure, maybe = case.chosen(ask.which)
    rows = case.inside() & (sure | maybe)
    asked = int(rows.sum()) * len(ask.fields)
    what_zh, what_en = which_words(ask.which)
    if asked == 0:
        raise NotAssessableError(f"没有{what_zh}", f"there is none ({what_en})")
    said = sum(int((rows & _said(accounts, name)).sum()) for name in ask.fields)
    return against(
        case, Range.exactly(Fraction(said, asked)),
        f"{int(rows.sum())}处{what_zh}应填{asked}项，已填{said}项",
        f"{said} of {asked} facts stated of {int(rows.sum())} ({what_en})", 0,
    )  # fmt: skip


def _said(accounts: Accounts, name: str) -> npt.NDArray[np.bool_]:
    facilities = accounts.situation.facilities
    return accounts.once(("is said", name), lambda: _is_said(facilities, name))


def _is_said(facilities: Facilities, name: str) -> npt.NDArray[np.bool_]:
    if name in facilities.traits:
        return facilities.traits[name] >= 0
    values = facilities.names if name == "name" else getattr(facilities, name)
    if isinstance(values, tuple):
        return np.array([bool(value) for value in values], dtype=bool)
    said = ~np.isnan(values) if values.dtype.kind == "f" else values >= 0
    return np.asarray(said, dtype=bool)
