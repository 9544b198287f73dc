"""Land that is still to be supplied."""

from __future__ import annotations

from planning.standards.asks import LandNeeded
from planning.standards.measures.case import Case, NotAssessableError
from planning.standards.outcome import Outcome, Range
from planning.standards.words import plain


def judge(ask: LandNeeded, case: Case) -> Outcome:
    """What the land clause found missing in the same unit [m²]; of several clauses the most."""
    place = case.place
    of_key = case.before.of_key(ask.key)
    if not of_key:
        raise NotAssessableError(
            "本文件未定人均用地，无从推算", "no figure of land a person is in force"
        )
    gaps = [
        e.gap for e in of_key
        if (e.place.level, e.place.at) == (place.level, place.at) and e.verdict != "not_applicable"
    ]  # fmt: skip
    known = [missing for missing in gaps if missing is not None]
    if not known or len(known) < len(gaps):
        raise NotAssessableError("用地缺口无法评估", "the land missing cannot be assessed")
    missing = max(known)
    return Outcome(
        zh=f"尚需供应养老服务设施用地{plain(missing)}平方米",
        en=f"{plain(missing)} m² of elder-care land still to be supplied",
        unit="m2",
        measured=Range.exactly(missing),
        required=case.clause.value,
    )
