"""How large facilities are, and for how many people each stands."""

from __future__ import annotations

from fractions import Fraction

from planning.demand import TOTAL
from planning.standards.asks import Average
from planning.standards.measures.case import Case, NotAssessableError
from planning.standards.outcome import NOTHING, Outcome, Range
from planning.standards.words import AMOUNT_UNITS, amount_words, plain, which_words


def judge(ask: Average, case: Case) -> Outcome:
    """The mean amount of a facility, or the people of a group over the number of facilities."""
    held = case.held(ask.which, ask.amount or "facilities")
    what_zh, what_en = which_words(ask.which)
    if held.facilities == 0 and held.unclear:
        raise NotAssessableError(
            f"{what_zh}：{held.unclear}处不详", f"{held.unclear} not known ({what_en})"
        )
    if held.facilities == 0:
        raise NotAssessableError(f"没有{what_zh}", f"there is none ({what_en})")
    if ask.amount is None:
        persons = Fraction(case.persons(ask.group or TOTAL))
        fewest, most = held.amount
        mean = persons / fewest
        return Outcome(
            zh=f"{held.facilities}处{what_zh}，平均每处服务{plain(mean)}人",
            en=f"{held.facilities} ({what_en}), {plain(mean)} people each",
            unit="persons",
            measured=Range(persons / most if most else NOTHING, mean),
            required=case.clause.value,
        )
    if not held.amount.is_known:
        raise NotAssessableError(
            f"{held.unclear}处规模未知", f"the size of {held.unclear} is not known"
        )
    mean = held.amount.low / held.facilities
    zh, en = amount_words(ask.amount, mean)
    return Outcome(
        zh=f"{held.facilities}处{what_zh}，平均{zh}",
        en=f"{held.facilities} ({what_en}), {en} on average",
        unit=AMOUNT_UNITS[ask.amount], measured=Range.exactly(mean), required=case.clause.value,
    )  # fmt: skip
