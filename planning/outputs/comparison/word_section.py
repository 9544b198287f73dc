"""``comparison.docx``: a chapter in the look of the report, to be handed in or pasted into it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from planning.outputs.bilingual import Lang, Says
from planning.outputs.comparison.compared import Comparison, Pair
from planning.outputs.comparison.conclusions import conclusions
from planning.outputs.comparison.figure import ABSENT, Figure, Section, shown, shown_difference
from planning.outputs.comparison.map_scene import Scene
from planning.outputs.comparison.turned import TURNS, counted
from planning.outputs.comparison.unit_tables import UnitTable, unit_tables
from planning.outputs.comparison.words import (
    TURN_WORDS,
    about,
    caution,
    changes_said,
    planned_uses,
    role_words,
    sites_title,
    use_said,
)
from planning.outputs.report.packed import FIXED_DATE, packed
from planning.outputs.report.paper import Head, Paper

_BESIDE = 2
"""Sides beside the base in one table; more of them take another."""
_MOST_LISTED = 40
_MOST_LETTERS = 255


def write_word_section(
    path: Path, comparison: Comparison, maps: Mapping[int, Sequence[tuple[Scene, Path]]], *,
    lang: Lang,
) -> None:  # fmt: skip
    """Write the chapter; `maps` are scenes with their pictures by the number of the pair."""
    paper = Paper(lang)
    kind = ("前后对比", "Before and after") if comparison.is_before_and_after else (
        "方案比选", "Comparison of plans"
    )  # fmt: skip
    paper.part(kind)
    _begin(paper, comparison)
    paper.section(("结论", "Conclusions"))
    for said in conclusions(comparison):
        paper.say_so(said)
    for section in comparison.sections:
        paper.section(section.title)
        _figures(paper, comparison, section)
        if section.name == "coverage":
            for table in unit_tables(comparison):
                _units(paper, comparison, table)
    paper.section(("条文得失", "Findings won and lost"))
    for at, pair in enumerate(comparison.pairs):
        _turned(paper, comparison, pair)
        _maps(paper, maps.get(at, ()), "findings")
    paper.section(("选址差异", "Sites that differ"))
    for at, pair in enumerate(comparison.pairs):
        _sites(paper, comparison, pair)
        _maps(paper, maps.get(at, ()), "sites")
    if any(maps.values()):
        paper.note(caution(comparison))
    _end(paper, comparison)
    _properties(paper, f"{comparison.title} {paper.say(kind)}", comparison.name)
    path.write_bytes(packed(paper.document))


def _begin(paper: Paper, comparison: Comparison) -> None:
    """What keeps the sides from being comparable, before any figure; then what they are."""
    paper.section(("比较对象与可比性", "What is compared, and how far it can be"))
    if comparison.caveats:
        paper.say_so(
            (
                "比较前须知：以下前提不同，差异不全由方案引起。",
                "Before comparing: these premises differ, so that not all differences are due to "
                "the plans.",
            )
        )
        for at, (zh, en) in enumerate(comparison.caveats, start=1):
            paper.say_so((f"（{at}）{zh}。", f"({at}) {en}."))
    elif not comparison.is_before_and_after:
        paper.say_so(
            (
                "各方案的步速、文件、人口、数据与程序版本相同。",
                "Speed, documents, people, data and program are the same on all sides.",
            )
        )
    sides = comparison.sides
    for chunk in _chunks(len(sides)):
        heads = [Head(says=("项目", "Matter"), width=26)]
        heads += [Head(says=sides[at].head, width=40) for at in chunk]
        rows = [
            [paper.say(says), *(paper.say(values[at]) for at in chunk)]
            for says, values in about(sides)
        ]
        caption = (f"{comparison.title}：比较对象", f"{comparison.title}: what is compared")
        paper.table(_of_chunk(comparison, caption, chunk), heads, rows, is_large=True)


def _chunks(sides: int) -> Iterator[list[int]]:
    """The base with a few of the others at a time."""
    for first in range(1, sides, _BESIDE):
        yield [0, *range(first, min(first + _BESIDE, sides))]


def _of_chunk(comparison: Comparison, caption: Says, chunk: Sequence[int]) -> Says:
    """A caption, with the sides it is of where they take several tables."""
    if len(chunk) == len(comparison.sides):
        return caption
    names = [comparison.sides[at].name for at in chunk]
    zh, en = "、".join(zh for zh, _ in names), ", ".join(en for _, en in names)
    return f"{caption[0]}（{zh}）", f"{caption[1]} ({en})"


def _figures(paper: Paper, comparison: Comparison, section: Section) -> None:
    has_subject = any(figure.subject[0] for figure in section.figures)
    for chunk in _chunks(len(comparison.sides)):
        shown_sides = [at for at in chunk if at in section.sides]
        columns = [*_columns(section, shown_sides)]
        heads = [Head(says=("服务", "Service"), width=32)] if has_subject else []
        heads.append(Head(says=("指标", "Figure"), width=36))
        heads += [_head(comparison, *column) for column in columns]
        rows, subject = [], ("", "")
        for figure in section.figures:
            row = [paper.say(figure.says), *(_value(figure, *column) for column in columns)]
            if has_subject:
                row.insert(0, paper.say(figure.subject) if figure.subject != subject else "")
                subject = figure.subject
            rows.append(row)
        paper.table(_of_chunk(comparison, section.title, chunk), heads, rows)
    for note in section.notes:
        paper.note(note)


def _columns(section: Section, sides: Sequence[int]) -> Iterator[tuple[int, bool]]:
    """A column of values a side, and one of its differences where there are any."""
    for at in sides:
        yield at, False
        if any(one.difference(at) is not None for one in section.figures):
            yield at, True


def _head(comparison: Comparison, at: int, is_difference: bool) -> Head:
    if is_difference:
        return Head(says=("差", "Diff."), width=18, is_figure=True)
    return Head(says=comparison.sides[at].head, width=21, is_figure=True)


def _value(figure: Figure, at: int, is_difference: bool) -> str:
    if is_difference:
        return shown_difference(figure.form, figure.difference(at))
    beside = f" {figure.beside[at]}" if figure.beside and figure.beside[at] else ""
    return shown(figure.form, figure.values[at]) + beside


def _units(paper: Paper, comparison: Comparison, table: UnitTable) -> None:
    for chunk in _chunks(len(comparison.sides)):
        heads = [Head(says=("单元", "Unit"), width=34)]
        for at in chunk:
            heads.append(Head(says=comparison.sides[at].name, width=17, is_figure=True))
            if at:
                heads.append(Head(says=("百分点", "Points"), width=15, is_figure=True))
                heads.append(Head(says=("圈内（人）", "People"), width=17, is_figure=True))
        rows = []
        for one in table.rows[:_MOST_LISTED]:
            row = [one.name]
            for at in chunk:
                row.append(shown("share", one.share.values[at]))
                if at:
                    row.append(shown_difference("share", one.share.difference(at)))
                    row.append(shown_difference("people", one.covered.difference(at)))
            rows.append(row)
        paper.table(_of_chunk(comparison, table.title, chunk), heads, rows)
    _rest(paper, len(table.rows))


def _rest(paper: Paper, rows: int) -> None:
    if rows > _MOST_LISTED:
        rest = rows - _MOST_LISTED
        paper.note(
            (f"其余 {rest:,} 行见 comparison.xlsx", f"{rest:,} more rows are in comparison.xlsx")
        )


def _turned(paper: Paper, comparison: Comparison, pair: Pair) -> None:
    (one_zh, one_en), (two_zh, two_en) = pair.base.name, pair.other.name
    counts = [counted(pair.turned, binding=binding) for binding in (True, False)]
    rows = [
        [paper.say(TURN_WORDS[turn]), *(f"{one[turn]:,}" for one in counts)]
        for turn in TURNS
        if any(one[turn] for one in counts)
    ]
    against = f"{one_zh} → {two_zh}", f"{one_en} → {two_en}"
    if not rows:
        paper.say_so((f"{against[0]}：没有一条结论不同。", f"{against[1]}: no finding differs."))
    else:
        heads = [
            Head(says=("变化", "Change"), width=60),
            Head(says=("要求", "Binding"), width=25, is_figure=True),
            Head(says=("力争、指标与对照", "All else"), width=30, is_figure=True),
        ]
        caption = f"条文得失：{against[0]}", f"Findings won and lost: {against[1]}"
        paper.table(caption, heads, rows, is_large=True)
    _list_turned(paper, comparison, pair, against)
    for clauses, side in ((pair.clauses_base, pair.base), (pair.clauses_other, pair.other)):
        if clauses:
            paper.note(
                (
                    f"另有 {len(clauses)} 条条文只有{side.name[0]}考核，不计得失",
                    f"{len(clauses)} more clauses are asked of {side.name[1]} only",
                )
            )


def _list_turned(paper: Paper, comparison: Comparison, pair: Pair, against: Says) -> None:
    """Each finding won, lost or open, with its article; gaps that only changed are counted."""
    told = [one for one in pair.turned if one.turn not in ("wider", "narrower")]
    if not told:
        return
    heads = [
        Head(says=("变化", "Change"), width=20),
        Head(says=("指标", "Clause"), width=38),
        Head(says=("依据", "Article"), width=38),
        Head(says=("单元", "Unit"), width=28),
        Head(says=("性质", "Role"), width=20),
    ]
    rows = [
        [
            paper.say(TURN_WORDS[one.turn]),
            paper.say(comparison.clause_says(one.key[0])),
            f"{one.other['document']} {one.other['article']}",
            str(one.other["unit_name"] or one.key[2] or ABSENT),
            paper.say(role_words(one)),
        ]
        for one in told[:_MOST_LISTED]
    ]
    caption = f"变化的结论：{against[0]}", f"Findings that changed: {against[1]}"
    paper.table(caption, heads, rows)
    _rest(paper, len(told))


def _sites(paper: Paper, comparison: Comparison, pair: Pair) -> None:
    title = sites_title(pair)
    differ = [one for one in pair.sites if one.first != "same"]
    if not differ:
        paper.say_so((f"{title[0]}。", f"{title[1]}."))
        return
    uses = [planned_uses(pair, one) for one in differ[:_MOST_LISTED]]
    heads = [
        Head(says=("候选", "Candidate"), width=18),
        Head(says=("单元", "Unit"), width=26),
        *([] if pair.planned else [Head(says=("差异", "Difference"), width=24)]),
        *(Head(says=name, width=44) for name, _ in uses[0]),
    ]
    rows = [
        [
            one.key[0],
            one.unit_name,
            *([] if pair.planned else [paper.say(changes_said(pair, one))]),
            *(paper.say(use_said(comparison, use)) for _, use in of),
        ]
        for one, of in zip(differ, uses, strict=False)
    ]
    paper.table(title, heads, rows)
    _rest(paper, len(differ))


def _maps(paper: Paper, maps: Sequence[tuple[Scene, Path]], matter: str) -> None:
    for scene, picture in maps:
        if scene.matter == matter:
            paper.figure(paper.say(scene.caption), picture)


def _end(paper: Paper, comparison: Comparison) -> None:
    """Whose figures these are, and what had to be taken out of their names."""
    runs = "；".join(f"{paper.say(s.name)} {s.run.folder.name}" for s in comparison.sides)
    paper.note((f"数据取自各次成果目录：{runs}", f"All figures are those of the runs: {runs}"))
    licences = sorted({str(one) for s in comparison.sides for one in s.run.summary["licences"]})
    paper.note(("数据来源：" + "；".join(licences), "Sources: " + "; ".join(licences)))
    if paper.stripped:
        paper.note(
            (
                f"{paper.stripped} 处文字含 Word 不能保存的字符，已去掉",
                f"{paper.stripped} texts held characters that no Word file may hold: taken out",
            )
        )


def _properties(paper: Paper, title: str, digest: str) -> None:
    """The core properties; nobody is named as the author, and no clock is asked."""
    properties = paper.document.core_properties
    properties.title = paper.clean(title)[:_MOST_LETTERS]
    properties.author = properties.last_modified_by = properties.comments = ""
    properties.identifier = digest
    properties.language = "en" if paper.is_english else "zh-CN"
    properties.revision = 1
    properties.created = properties.modified = FIXED_DATE
