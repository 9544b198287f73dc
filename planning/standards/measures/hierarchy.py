"""A network of levels: which of them are complete."""

from __future__ import annotations

from fractions import Fraction

from planning.standards.asks import Hierarchy, ShareOfUnits
from planning.standards.measures.case import Case, NotAssessableError
from planning.standards.measures.share_of_units import units_asked
from planning.standards.outcome import Outcome, Range, held
from planning.standards.words import LEVEL_WORDS, does_words


def judge(ask: Hierarchy, case: Case) -> Outcome:
    """Tiers whose every unit has its facility; a tier of which the study has no units is unknown.

    A parent passes only by its own facilities: those of its children are not counted again.
    """
    complete, open_question, said_zh, said_en = 0, 0, [], []
    for tier in ask.tiers:
        share = ShareOfUnits(
            kind="share_of_units", of_level=tier.level, where=tier.where, which=tier.which
        )
        what_zh, what_en = does_words(tier.which.does)
        level_zh, level_en = LEVEL_WORDS[tier.level]
        try:
            rows = units_asked(share, case)
        except NotAssessableError as reason:
            open_question += 1
            said_zh.append(f"{level_zh}（{what_zh}）：{reason.zh}")
            said_en.append(f"{level_en} ({what_en}): {reason.en}")
            continue
        holds = case.accounts.held(tier.level, tier.which, "facilities", case.year)
        verdicts = [held(holds[row].amount, ">=", Fraction(1)) for row in rows]
        met, lost = verdicts.count("met"), verdicts.count("not_met")
        complete += met == len(rows)
        open_question += met < len(rows) and lost == 0
        said_zh.append(f"{level_zh}（{what_zh}）{met}/{len(rows)}")
        said_en.append(f"{level_en} ({what_en}) {met}/{len(rows)}")
    if open_question == len(ask.tiers):
        raise NotAssessableError("；".join(said_zh), "; ".join(said_en))
    return Outcome(
        zh="；".join(said_zh),
        en="; ".join(said_en),
        unit="levels",
        measured=Range(Fraction(complete), Fraction(complete + open_question)),
        required=case.clause.value,
    )
