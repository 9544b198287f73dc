"""One amount as a share of another; facilities of one kind as a share of those of another."""

from __future__ import annotations

from fractions import Fraction

from planning.standards.asks import ShareOfCapacity, ShareOfFacilities
from planning.standards.measures.case import Case, NotAssessableError
from planning.standards.outcome import Outcome, Range
from planning.standards.terms import Which
from planning.standards.words import amount_words, percent, plain, which_words

_HUNDRED = 100


def share(*, part: Range, whole: Range) -> Range | None:
    """``part / whole``, between bounds where either is not all known.

    None where the whole may be nothing (D-5).
    """
    if whole.low == 0:
        return None
    low = Fraction(0) if whole.high is None else part.low / whole.high
    high = Fraction(1) if part.high is None else min(Fraction(1), part.high / whole.low)
    return Range(low, max(low, high))


def judge(ask: ShareOfCapacity, case: Case) -> Outcome:
    """A share of capacity: nursing beds of beds, inclusive places of places (A-16, A-20)."""
    which = whole_of(ask, case)
    whole = case.held(which, ask.amount)
    part_amount = ask.part_amount or ask.amount
    part = case.held(ask.part or which, part_amount)
    found = share(part=part.amount, whole=whole.amount)
    whole_zh, whole_en = amount_words(ask.amount, whole.amount.low)
    if found is None:
        said = ("总量不详", "of an unknown total") if whole.unclear else ("总量为0", "of nothing")
        raise NotAssessableError(f"{said[0]}，比例无从计算", f"a share {said[1]}")
    what_zh, what_en = which_words(ask.part) if ask.part else ("", "")
    part_zh, part_en = amount_words(part_amount, part.amount.low)
    zh, en = f"{whole_zh}中{what_zh}{part_zh}", f"{what_en} {part_en} of {whole_en}"
    unclear = max(part.unclear, whole.unclear)
    return against(case, found, zh, en.strip(), unclear)


def whole_of(ask: ShareOfCapacity, case: Case) -> Which:
    """Beds of institutions, or all elder-care beds where the reading says so (A-20)."""
    if ask.part_amount == "nursing_beds" and case.accounts.readings["nursing_share_of"] == "all":
        return ask.which.model_copy(update={"does": "elder_institution | elder_community"})
    return ask.which


def judge_facilities(ask: ShareOfFacilities, case: Case) -> Outcome:
    """How many of the facilities are also of another kind, counted by facility (D-12).

    Of a kind that the register does not list any of them may be.
    """
    whole = case.held(ask.which, "facilities")
    sure, maybe = case.chosen(ask.which)
    also_sure, also_maybe = case.chosen(ask.part)
    if not case.accounts.is_listed(ask.part) or case.accounts.is_partly_listed(ask.part):
        also_maybe = ~also_sure
    inside = case.inside()
    most = int((inside & (sure | maybe) & (also_sure | also_maybe)).sum())
    part = Range(
        Fraction(int((inside & sure & also_sure).sum())),
        None if case.accounts.is_partly_listed(ask.which) else Fraction(most),
    )
    found = share(part=part, whole=whole.amount)
    what_zh, what_en = which_words(ask.which)
    part_zh, part_en = which_words(ask.part)
    if found is None and whole.unclear:
        raise NotAssessableError(
            f"{what_zh}：{whole.unclear}处不详，比例无从计算",
            f"of {whole.unclear} it is not known whether they are {what_en}",
        )
    if found is None:
        raise NotAssessableError(
            f"没有{what_zh}，比例无从计算", f"there is no {what_en} to take a share of"
        )
    zh = f"{plain(whole.amount.low)}处{what_zh}中{plain(part.low)}处为{part_zh}"
    en = f"{plain(part.low)} of {plain(whole.amount.low)} ({what_en}) are {part_en}"
    return against(case, found, zh, en, whole.unclear + most - int(part.low))


def against(case: Case, found: Range, zh: str, en: str, unclear: int) -> Outcome:
    """A share held against the clause's percentage, with what is not known of it."""
    required = None if case.clause.value is None else case.clause.value / _HUNDRED
    if found.is_known:
        zh, en = f"{zh}，占{percent(found.low, required)}", f"{en}: {percent(found.low, required)}"
    else:
        assert found.high is not None
        span = f"{percent(found.low)}—{percent(found.high)}"
        if unclear:
            zh, en = f"{zh}，另有{unclear}处不详，占{span}", f"{en}, {unclear} not known: {span}"
        else:
            zh = f"{zh}，台账不含其中部分类别的设施，占{span}"
            en = f"{en}, of some of the kinds the register lists none: {span}"
    if required is not None:
        zh, en = f"{zh}；标准{percent(required)}", f"{en}; the standard is {percent(required)}"
    return Outcome(zh=zh, en=en, unit="share", measured=found, required=required)
