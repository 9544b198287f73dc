"""How evenly a service lies over units, and over classes of units."""

from __future__ import annotations

from fractions import Fraction

from planning.standards.asks import Evenness
from planning.standards.measures.case import Case, NotAssessableError
from planning.standards.outcome import Outcome, Range
from planning.standards.words import LEVEL_WORDS, plain


def gini(*, rates: list[Fraction], people: list[int]) -> Fraction | None:
    """Gini coefficient of rates, each counting by its people; exact, None where all are 0.

    Twice the area between the Lorenz curve and the diagonal (Gini 1912), by trapezoids over units
    in the order of their rates.
    """
    total = sum((rate * n for rate, n in zip(rates, people, strict=True)), Fraction(0))
    everybody = sum(people)
    if total == 0 or everybody == 0:
        return None
    below, area = Fraction(0), Fraction(0)
    for rate, n in sorted(zip(rates, people, strict=True)):
        had = below
        below += rate * n / total
        area += (had + below) * Fraction(n, everybody)
    return 1 - area


def judge(ask: Evenness, case: Case) -> Outcome:
    """The Gini coefficient over lower units, with the least and the greatest rate.

    By classes of units: the greatest and the least location quotient, the share of the supply over
    the share of the people.
    """
    accounts, place = case.accounts, case.place
    case.check_listed(ask.which)
    case.check_group(ask.group)
    level_zh, level_en = LEVEL_WORDS[ask.of_level]
    if not accounts.n_units(ask.of_level):
        raise NotAssessableError(f"研究没有{level_zh}一级的单元", f"the study has no {level_en}")
    people = accounts.persons(ask.of_level, ask.group)
    inside = (accounts.ancestors(ask.of_level, place.level) == place.at).nonzero()[0]
    rows = [row for row in inside.tolist() if people[row] > 0]
    holds = accounts.held(ask.of_level, ask.which, ask.amount, case.year)
    if any(not holds[row].amount.is_known for row in rows):
        raise NotAssessableError("部分设施的规模未知", "the size of some facilities is not known")
    amounts = [holds[row].amount.low for row in rows]
    if ask.by is not None:
        classes = [accounts.attributes(ask.of_level, row).get(ask.by, "") for row in rows]
        return _quotients(classes, amounts, [people[row] for row in rows])
    rates = [1000 * amount / people[row] for row, amount in zip(rows, amounts, strict=True)]
    found = gini(rates=rates, people=[people[row] for row in rows]) if rows else None
    if found is None:
        raise NotAssessableError("没有可比较的供给", "nothing to compare")
    return Outcome(
        zh=f"{len(rows)}个{level_zh}每千人{plain(min(rates))}—{plain(max(rates))}，基尼系数{float(found):.3f}",
        en=f"{len(rows)} {level_en}: {plain(min(rates))} to {plain(max(rates))} per 1,000, "
        f"Gini {float(found):.3f}",
        unit="figure",
        measured=Range.exactly(found),
        required=case.clause.value,
    )


def _quotients(classes: list[str], amounts: list[Fraction], people: list[int]) -> Outcome:
    supply, everybody = sum(amounts, Fraction(0)), sum(people)
    if "" in classes:
        raise NotAssessableError("部分单元未注明类别", "the class of some units is not said")
    if supply == 0 or len(set(classes)) < 2:
        raise NotAssessableError("没有可比较的类别或供给", "no classes or no supply to compare")
    quotients = {}
    for name in sorted(set(classes)):
        mine = [i for i, other in enumerate(classes) if other == name]
        share = sum((amounts[i] for i in mine), Fraction(0)) / supply
        quotients[name] = share / Fraction(sum(people[i] for i in mine), everybody)
    said = "，".join(f"{name} {float(q):.2f}" for name, q in quotients.items())
    return Outcome(
        zh=f"区位商（供给占比÷人口占比）：{said}",
        en=f"location quotient (share of supply over share of people): {said}",
        unit="figure",
        measured=Range.exactly(max(quotients.values()) - min(quotients.values())),
    )
