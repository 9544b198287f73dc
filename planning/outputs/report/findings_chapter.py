"""What was found, document by document: a scorecard, and the words of what is not met."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from planning.outputs.bilingual import Says
from planning.outputs.cards import cards_of
from planning.outputs.finding_words import ROLE_WORDS, VERDICT_WORDS
from planning.outputs.report.paper import Head, Paper
from planning.outputs.report.said import ABSENT
from planning.result import StudyResult
from planning.standards import Clause, Profile, Verdict
from planning.standards.scorecard import Row, worst_first
from planning.standards.words import LEVEL_WORDS

MOST_ROWS = 150
"""Lines of one document that are printed; all of them stand in scorecard.csv."""
_LISTED: tuple[Verdict, ...] = ("met", "not_assessable")

_TURN = re.compile(r"(?<=[^\x00-\x7f]) (?=[a-z])")
"""Where a text in Chinese goes on in English."""

_HEADS = (
    Head(says=("指标", "Indicator"), width=28),
    Head(says=("单元", "Unit"), width=21),
    Head(says=("现状", "Today"), width=26),
    Head(says=("目标", "Target"), width=26),
    Head(says=("缺口", "Gap"), width=19),
    Head(says=("达标情况", "Verdict"), width=20),
    Head(says=("依据条文", "Clause"), width=23),
)


def write_findings(paper: Paper, result: StudyResult) -> None:
    """Write a section for each document."""
    paper.part(("体检结论", "Findings"))
    cards = cards_of(result).cards
    if not any(rows for _, rows in cards):
        paper.say_so(("没有可考核的条文。", "There is no clause to be held against."))
    for profile, rows in cards:
        if rows:
            _document(paper, profile, rows)


def _document(paper: Paper, profile: Profile, rows: Sequence[Row]) -> None:
    standard = profile.standard
    name = standard.document
    paper.section((name, name))
    paper.say_so(_counts(rows, standard.jurisdiction, standard.dated))
    asked = [row for row in rows if row.finding.role != "indicator"]
    listed = [
        *worst_first(asked),
        *(row for verdict in _LISTED for row in asked if row.finding.verdict == verdict),
    ]
    printed = listed[:MOST_ROWS]
    if printed:
        caption = (f"{name}体检结果", f"Findings of {name}")
        paper.table(caption, _HEADS, [_line(paper, row, profile) for row in printed])
        paper.note(_left_out(len(rows), len(printed), len(listed)))
    _quotes(paper, worst_first(asked))


def _counts(rows: Sequence[Row], jurisdiction: str, dated: str) -> Says:
    """How many lines there are of each verdict, by how firmly they are asked."""
    said: list[Says] = []
    for role, (role_zh, role_en) in ROLE_WORDS.items():
        of = [row.finding.verdict for row in rows if row.finding.role == role]
        counts = [(VERDICT_WORDS[v], of.count(v)) for v in VERDICT_WORDS if v in of]
        if counts:
            zh = "、".join(f"{words[0]} {count:,}" for words, count in counts)
            en = ", ".join(f"{words[1]} {count:,}" for words, count in counts)
            said.append((f"{role_zh}：{zh}", f"{role_en}: {en}"))
    return (
        f"{jurisdiction}，{_in_chinese(dated)}。按条文和单元计，"
        f"{'；'.join(zh for zh, _ in said)}。",
        f"{jurisdiction}, {_in_english(dated)}. By clause and unit, "
        f"{'; '.join(en for _, en in said)}.",
    )


def _in_chinese(text: str) -> str:
    """The first half of what a document says in both languages, one after the other."""
    return text[: found.start()] if (found := _TURN.search(text)) else text


def _in_english(text: str) -> str:
    return text[found.end() :] if (found := _TURN.search(text)) else text


def _line(paper: Paper, row: Row, profile: Profile) -> list[str]:
    found = row.finding
    role = "" if found.role == "requirement" else paper.say(ROLE_WORDS[found.role])
    verdict = paper.say(VERDICT_WORDS[found.verdict])
    article = found.article
    if found.document != profile.standard.document:
        article = f"{found.document} {article}"
    return [
        paper.say((row.clause.title_zh, row.clause.title_en)),
        found.unit_name or found.unit_id,
        _with(paper, row.current, row.current_amount),
        _with(paper, row.target, row.target_amount),
        paper.say(row.gap),
        verdict + (paper.say((f"（{role}）", f" ({role})")) if role else ""),
        article,
    ]


def _with(paper: Paper, words: Says, more: Says) -> str:
    """A rate, and the amount it comes to."""
    text, extra = paper.say(words), paper.say(more)
    return paper.say((f"{text}（{extra}）", f"{text} ({extra})")) if extra else text or ABSENT


def _left_out(n_rows: int, n_printed: int, n_listed: int) -> Says:
    """Which lines the table does not have."""
    cut_zh = cut_en = ""
    if n_printed < n_listed:
        cut_zh = f"表中为前 {n_printed:,} 行（未达标、影响人数多者在前），共 {n_listed:,} 行；"
        cut_en = f"The first {n_printed:,} of {n_listed:,} lines, what is not met first; "
    rest = n_rows - n_listed
    return (
        f"{cut_zh}括号内标明力争、对照者不计入要求。另有指标和不适用者 {rest:,} 行未列，"
        "全部见 scorecard.csv。",
        f"{cut_en}goals and benchmarks are marked and no requirements. Indicators and what does "
        f"not apply, {rest:,} lines, are left out; all of them stand in scorecard.csv.",
    )


def _quotes(paper: Paper, not_met: Iterable[Row]) -> None:
    """The words of each clause not met, and where."""
    units: dict[str, list[Row]] = {}
    for row in not_met:
        units.setdefault(row.clause.id, []).append(row)
    if not units:
        return
    heads = (
        Head(says=("条文", "Clause"), width=26),
        Head(says=("原文", "Words of the document"), width=74),
        Head(says=("未达标单元", "Units not met"), width=26),
    )
    rows = [
        [f"{some[0].finding.article} {paper.say(_title(some[0].clause))}", some[0].clause.quote,
         paper.say(_where(some))]
        for some in units.values()
    ]  # fmt: skip
    paper.table(("未达标条文原文", "The words of the clauses not met"), heads, rows)


def _title(clause: Clause) -> Says:
    return clause.title_zh, clause.title_en


def _where(rows: Sequence[Row]) -> Says:
    """How many units of each level."""
    of = [row.finding.level for row in rows]
    words = [(LEVEL_WORDS.get(one, ("单元", "units")), of.count(one)) for one in dict.fromkeys(of)]
    return (
        "、".join(f"{level[0]} {count:,} 个" for level, count in words),
        ", ".join(f"{count:,} {level[1]}" for level, count in words),
    )
