"""How far a document is met in a unit."""

from __future__ import annotations

from planning.standards.asks import Scorecard
from planning.standards.measures.case import Case, NotAssessableError
from planning.standards.outcome import Outcome, Range


def judge(_ask: Scorecard, case: Case) -> Outcome:
    """The clauses that bind the unit: how many could be assessed, and how many of these are met."""
    place = case.place
    own = [
        e.verdict for e in case.before.of_place(place.level, place.at)
        if e.place.role == "requirement" and e.verdict != "not_applicable"
    ]  # fmt: skip
    if not own:
        raise NotAssessableError("本单元没有可考核的条文", "no clause binds this unit")
    met = own.count("met")
    judged = met + own.count("not_met")
    return Outcome(
        zh=f"{len(own)}条约束性条文中{judged}条可评估，{met}条达标",
        en=f"{judged} of {len(own)} binding clauses can be assessed, {met} are met",
        unit="clauses", measured=Range.exactly(judged), required=case.clause.value,
    )  # fmt: skip
