"""A share of units each of which must hold enough."""

from __future__ import annotations

import math
from fractions import Fraction

from planning.demand import TOTAL
from planning.standards.asks import ShareOfUnits
from planning.standards.conditions import applies
from planning.standards.measures.case import Case, NotAssessableError
from planning.standards.outcome import Outcome, Range, held
from planning.standards.words import LEVEL_WORDS, amount_words, plain, which_words

_HUNDRED = 100
_MOST_NAMED = 5


def required_units(*, units: int, percent: Fraction) -> int | None:
    """``ceil(percent · n / 100)`` of n units (D-10, D-19); None where there are none (D-5)."""
    return None if units == 0 else math.ceil(percent * units / _HUNDRED)


def judge(ask: ShareOfUnits, case: Case) -> Outcome:
    """How many of the lower units hold enough. Units where nobody lives are left out (A-27)."""
    accounts = case.accounts
    rows = units_asked(ask, case)
    holds = accounts.held(ask.of_level, ask.which, ask.amount, case.year)
    verdicts = [held(holds[row].amount, ">=", ask.at_least) for row in rows]
    low = verdicts.count("met")
    high = low + verdicts.count("not_assessable")
    level_zh, level_en = LEVEL_WORDS[ask.of_level]
    what_zh, what_en = which_words(ask.which)
    each_zh, each_en = amount_words(ask.amount, ask.at_least)
    said = f"{low}" if low == high else f"{low}—{high}"
    zh = f"{len(rows)}个{level_zh}中{said}个有{what_zh}{each_zh}及以上"
    en = f"{said} of {len(rows)} {level_en} have {each_en} or more ({what_en})"
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
    required = required_units(units=len(rows), percent=case.clause.value)
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
    people, names = accounts.persons(ask.of_level, TOTAL), accounts.unit_names(ask.of_level)
    rows, unsaid = [], []
    for row in inside:
        if people[row] == 0:
            continue
        said = applies(
            ask.where, accounts.attributes(ask.of_level, row), name=names[row], persons=people[row]
        )
        if said.yes:
            rows.append(row)
        elif said.yes is None:
            unsaid.append((row, said.why))
    if unsaid:
        (_, (zh, en)), n = unsaid[0], len(unsaid)
        raise NotAssessableError(f"{n}个{level_zh}：{zh}", f"{n} {level_en}: {en}")
    if not rows:
        raise NotAssessableError(
            f"没有适用的{level_zh}（或均无居民）",
            f"no {level_en} it applies to, or nobody lives there",
        )
    return rows
