"""A share of units each of which must hold enough."""

from __future__ import annotations

from fractions import Fraction

from planning.demand import TOTAL
from planning.standards.accounts import Accounts, Reached
from planning.standards.asks import ShareOfUnits
from planning.standards.clauses import Operator
from planning.standards.conditions import Applies, applies
from planning.standards.measures.case import Case, NotAssessableError, Says
from planning.standards.outcome import Outcome, Range, held, whole_bound
from planning.standards.situation import Walk
from planning.standards.words import LEVEL_WORDS, amount_words, plain, which_words

_HUNDRED = 100
_MOST_NAMED = 5


def required_units(
    *, units: int, percent: Fraction, operator: Operator | None = ">="
) -> int | None:
    """``ceil(percent · n / 100)`` of n units (D-10, D-19); None where there are none (D-5).

    The floor of it where it is to be passed, or not to be.
    """
    return None if units == 0 else whole_bound(percent * units / _HUNDRED, operator)


def judge(ask: ShareOfUnits, case: Case) -> Outcome:
    """How many of the lower units hold enough. Units where nobody lives are left out (A-27)."""
    accounts = case.accounts
    rows = units_asked(ask, case)
    within, (by_zh, by_en) = _within_reach(ask, case)
    holds = accounts.held(ask.of_level, ask.which, ask.amount, case.year)
    verdicts = [
        held(within[row] if within else holds[row].amount, ">=", ask.at_least) for row in rows
    ]
    low = verdicts.count("met")
    high = low + verdicts.count("not_assessable")
    level_zh, level_en = LEVEL_WORDS[ask.of_level]
    what_zh, what_en = which_words(ask.which)
    each_zh, each_en = amount_words(ask.amount, ask.at_least)
    said = f"{low}" if low == high else f"{low}—{high}"
    zh = f"{len(rows)}个{level_zh}中{said}个有{what_zh}{each_zh}及以上{by_zh}"
    en = f"{said} of {len(rows)} {level_en} have {each_en} or more ({what_en}){by_en}"
    lacking = [row for row, verdict in zip(rows, verdicts, strict=True) if verdict == "not_met"]
    if case.trail is not None and lacking:
        names = accounts.unit_names(ask.of_level)
        case.trail.say(
            f"缺：{'、'.join(names[row] for row in lacking)}",
            f"lacking: {', '.join(names[row] for row in lacking)}",
        )
    one_percent = Fraction(len(rows), _HUNDRED)
    if case.clause.value is None:
        return Outcome(zh=zh, en=en, unit="units", measured=_range(low, high), of_one=one_percent)
    required = required_units(
        units=len(rows), percent=case.clause.value, operator=case.clause.operator
    )
    assert required is not None
    people = accounts.persons(ask.of_level, TOTAL)
    return Outcome(
        zh=f"{zh}；{plain(case.clause.value)}%即需{required}个",
        en=f"{en}; {plain(case.clause.value)} % is {required}",
        unit="units",
        measured=_range(low, high),
        required=Fraction(required),
        people=sum(people[row] for row in lacking),
        of_one=one_percent,
    )


def _within_reach(ask: ShareOfUnits, case: Case) -> tuple[list[Range] | None, Says]:
    """Of every unit 1 where half of its people or more reach a regional centre in time, else 0.

    None where a centre must lie in the unit (A-14). Raises NotAssessableError where nobody walked.
    """
    accounts = case.accounts
    if not is_walked_to(ask, case):
        return None, ("", "")
    minutes = accounts.readings.figure("regional_centre_min")
    people = accounts.persons(ask.of_level, TOTAL)
    reached = []
    for at_most in (False, True):
        walk = Walk("walk", ask.which.text, at_most)
        if accounts.coverage(walk) is None:
            raise NotAssessableError("未计算步行时间", "walking times were not worked out")
        reached.append(accounts.within(ask.of_level, (Reached(walk, minutes),), TOTAL))
    said = plain(minutes)
    return [
        _range(*(int(2 * covered[row] >= people[row]) for covered in reached))
        for row in range(len(people))
    ], (f"（半数以上居民步行{said}分钟内可及）", f", half of the people within {said} min on foot")


def is_walked_to(ask: ShareOfUnits, case: Case) -> bool:
    """Whether it asks for a regional centre that may stand outside the unit (A-14)."""
    is_regional = ask.which.functions == {"regional_centre"}
    return is_regional and case.accounts.readings["regional_centre_by"] != "presence"


def _range(low: int, high: int) -> Range:
    return Range(Fraction(low), Fraction(high))


def units_asked(ask: ShareOfUnits, case: Case) -> list[int]:
    """The lower units that a share is of. Raises NotAssessableError where there are none."""
    accounts, place = case.accounts, case.place
    case.check_listed(ask.which)
    level_zh, level_en = LEVEL_WORDS[ask.of_level]
    if not accounts.n_units(ask.of_level):
        raise NotAssessableError(f"研究没有{level_zh}一级的单元", f"the study has no {level_en}")
    inside = (accounts.ancestors(ask.of_level, place.level) == place.at).nonzero()[0].tolist()
    people = accounts.persons(ask.of_level, TOTAL)
    said = accounts.once(
        ("applies", ask.where.text, ask.of_level), lambda: _said(ask, accounts, people)
    )
    lived_in = [row for row in inside if people[row] > 0]
    rows = [row for row in lived_in if said[row].yes]
    unsaid = [said[row].why for row in lived_in if said[row].yes is None]
    if unsaid:
        (zh, en), n = unsaid[0], len(unsaid)
        raise NotAssessableError(f"{n}个{level_zh}：{zh}", f"{n} {level_en}: {en}")
    if not rows:
        raise NotAssessableError(
            f"没有适用的{level_zh}（或均无居民）",
            f"no {level_en} it applies to, or nobody lives there",
        )
    return rows


def _said(ask: ShareOfUnits, accounts: Accounts, people: list[int]) -> list[Applies]:
    """Whether each unit of the lower level is `where`."""
    return [
        applies(ask.where, accounts.attributes(ask.of_level, row), name=name, persons=people[row])
        for row, name in enumerate(accounts.unit_names(ask.of_level))
    ]
