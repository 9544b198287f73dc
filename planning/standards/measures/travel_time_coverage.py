"""People with a facility within the limit."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from planning.demand import TOTAL
from planning.standards.accounts import Reached
from planning.standards.asks import TravelTimeCoverage
from planning.standards.clauses import Clause
from planning.standards.measures.case import Case, NotAssessableError
from planning.standards.outcome import Outcome, Range
from planning.standards.situation import Situation, Walk
from planning.standards.terms import Group, Mode, Which
from planning.standards.words import percent, plain

_HUNDRED = 100
_M_PER_MIN = 60
"""Metres are walked at 1 m/s."""
_ZONES = {"urban": ("城区", "urban"), "suburb": ("郊区", "suburban"), "rural": ("农村", "rural")}
_MODE_WORDS = {
    "walk": ("", ""),
    "step_free": ("无台阶", " step-free"),
    "delivery": ("配送", " by delivery"),
}


def share_covered(*, persons: int, covered: int) -> Fraction | None:
    """Covered whole persons of all; None where nobody lives (D-5, D-14)."""
    return None if persons == 0 else Fraction(min(covered, persons), persons)


def judge(ask: TravelTimeCoverage, case: Case) -> Outcome:
    """The share of the unit's people within the limit, against the pass mark if there is one.

    The mark is the document's, or the study's own goal, or none: then it is only shown (A-9).
    """
    group = counted_group(ask, case.clause, case.accounts.situation)
    persons = case.persons(group)
    limit = limit_words(ask, case)
    low, high = (
        share_covered(persons=persons, covered=_here(ask, case, group, at_most=at_most))
        for at_most in (False, True)
    )
    assert low is not None and high is not None
    goal = case.accounts.situation.goals.get(case.clause.id)
    mark = case.clause.value
    required = goal if goal is not None else None if mark is None else mark / _HUNDRED
    covered = plain(low * persons)
    if case.trail is not None:
        case.tell(ask.which, "facilities")
        if ask.also is not None:
            case.tell(ask.also, "facilities")
        case.trail.say(
            f"步行时间由路网算出，单元以外的设施也算：{covered}÷{persons:,}＝{percent(low)}",
            "times are walked on the streets, to facilities outside the unit too: "
            f"{covered} / {persons:,} = {percent(low)}",
        )
    zh = f"{limit[0]}{covered}人，共{persons:,}人，占{percent(low, required)}"
    en = f"{covered} of {persons:,} {limit[1]}, {percent(low, required)}"
    if high > low:
        zh = f"{zh}（计入不详的设施至多{percent(high, required)}）"
        en = f"{en} (at most {percent(high, required)}, with facilities not fully known)"
    if group == TOTAL and ask.group != TOTAL:
        zh, en = zh + "（按全体居民计）", en + " (of all residents)"
    if ask.limit_m is not None and is_timed(ask):
        zh, en = _with_metres(ask, case, group, persons, zh, en)
    if required is not None:
        zh, en = f"{zh}；目标{percent(required)}", f"{en}; goal {percent(required)}"
    return Outcome(
        zh=zh, en=en, unit="share", measured=Range(low, high), required=required,
        people=persons, per_person=Fraction(1, persons),
    )  # fmt: skip


def counted_group(ask: TravelTimeCoverage, clause: Clause, situation: Situation) -> Group:
    """The group asked for; all residents where the study knows it not and serves all of them."""
    unknown = ask.group not in situation.demand.people
    return TOTAL if unknown and situation.group.get(clause.service) == TOTAL else ask.group


def is_timed(ask: TravelTimeCoverage) -> bool:
    """Whether minutes decide, or nothing does; else metres do."""
    return ask.limit_min is not None or bool(ask.limit_by_zone) or ask.limit_m is None


def limit_words(ask: TravelTimeCoverage, case: Case) -> tuple[str, str]:
    """The limit, as a finding words it (中文, English)."""
    if not is_timed(ask):
        assert ask.limit_m is not None
        return f"{plain(ask.limit_m)}米内", f"within {plain(ask.limit_m)} m"
    means_zh, means_en = _MODE_WORDS[mode_of(ask, case)]
    if ask.limit_min is not None:
        minutes = plain(ask.limit_min)
        return f"{means_zh}{minutes}分钟内", f"within {minutes} min{means_en}"
    if not ask.limit_by_zone:
        return f"{means_zh}路网可达（不限时）", f"can reach one{means_en} at all"
    zh = "、".join(f"{_ZONES[z][0]}{plain(m)}" for z, m in ask.limit_by_zone.items())
    en = ", ".join(f"{_ZONES[z][1]} {plain(m)}" for z, m in ask.limit_by_zone.items())
    return f"{means_zh}{zh}分钟内", f"within {en} min{means_en}"


def _here(ask: TravelTimeCoverage, case: Case, group: str, *, at_most: bool) -> int:
    """Whole persons within the limit of the facilities that count, or of those that may."""
    by_unit = case.accounts.once(
        ("circle", case.clause.id, case.place.level, at_most),
        lambda: _covered(ask, case, group, at_most=at_most),
    )
    return by_unit[case.place.at]


def _covered(ask: TravelTimeCoverage, case: Case, group: str, *, at_most: bool) -> Sequence[int]:
    """The same for every unit of the level."""
    if not is_timed(ask):
        return _within_metres(ask, case, group, at_most=at_most)
    mode, by_zone = mode_of(ask, case), tuple(ask.limit_by_zone.items())
    choices = (ask.which,) if ask.also is None else (ask.which, ask.also)
    asked = tuple(
        Reached(Walk(mode, which.text, at_most), ask.limit_min, by_zone) for which in choices
    )
    if case.accounts.limits_ms(asked[0]) is None:
        raise NotAssessableError("部分居民所在单元未注明城乡", "nobody says the zone of some units")
    return _within(case, asked, choices, group)


def mode_of(ask: TravelTimeCoverage, case: Case) -> Mode:
    """Deliveries ride, unless the reading has them walk (A-10)."""
    if ask.mode == "delivery" and case.accounts.readings["delivery_mode"] == "walk":
        return "walk"
    return ask.mode


def _within(
    case: Case, asked: tuple[Reached, ...], choices: tuple[Which, ...], group: str
) -> Sequence[int]:
    """Whole persons within all the limits asked, for every unit of the level.

    Of kinds that the register does not list one may stand anywhere.
    """
    for (walk, *_), which in zip(asked, choices, strict=True):
        case.check_listed(which)
        if case.accounts.coverage(walk) is None:
            _, what = _MODE_WORDS.get(walk.mode, ("", f" in {walk.mode}"))
            raise NotAssessableError(
                f"未计算该出行方式（standards.modes: [{walk.mode}]）",
                f"travel times{what} were not worked out (standards.modes: [{walk.mode}])",
            )
    by_listed = tuple(
        one for one, which in zip(asked, choices, strict=True)
        if not (one.walk.at_most and case.accounts.is_partly_listed(which))
    )  # fmt: skip
    return case.accounts.within(case.place.level, by_listed, group, case.only)


def _within_metres(
    ask: TravelTimeCoverage, case: Case, group: str, *, at_most: bool
) -> Sequence[int]:
    assert ask.limit_m is not None
    asked = Reached(Walk("metres", ask.which.text, at_most), ask.limit_m / _M_PER_MIN)
    return _within(case, (asked,), (ask.which,), group)


def _with_metres(
    ask: TravelTimeCoverage, case: Case, group: str, persons: int, zh: str, en: str
) -> tuple[str, str]:
    """The same limit in metres beside the minutes, where distances were worked out."""
    assert ask.limit_m is not None
    if case.accounts.coverage(Walk("metres", ask.which.text)) is None:
        return zh, en
    near = _within_metres(ask, case, group, at_most=False)[case.place.at]
    share, limit = percent(Fraction(min(near, persons), persons)), plain(ask.limit_m)
    return f"{zh}；{limit}米内{share}", f"{en}; {share} within {limit} m"
