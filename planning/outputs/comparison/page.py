"""The comparison as a page: one HTML file without a script, to look at and to print."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from planning.outputs.bilingual import Lang, Says, said
from planning.outputs.comparison.compared import Comparison, Pair
from planning.outputs.comparison.conclusions import conclusions
from planning.outputs.comparison.figure import (
    Figure,
    Section,
    shown,
    shown_difference,
    unit_of_difference,
)
from planning.outputs.comparison.map_scene import scenes_of
from planning.outputs.comparison.map_svg import map_svg
from planning.outputs.comparison.turned import TURNS, Turned, counted
from planning.outputs.comparison.unit_tables import UnitTable, unit_tables
from planning.outputs.comparison.words import (
    TURN_WORDS,
    about,
    caution,
    changes_said,
    planned_uses,
    role_words,
    sites_title,
    turned_said,
    use_said,
)
from planning.outputs.inlining import inert_text
from planning.outputs.pages.still import still_page, top

_AT_ONCE = 20
"""Rows of a list that are open; the rest opens on a click."""


def comparison_page(comparison: Comparison, *, lang: Lang = "zh") -> str:
    """The page as HTML, in both languages, `lang` shown first.

    Raises OutsideReferenceError where it would request anything beyond itself.
    """
    return still_page(
        comparison.title, _kind(comparison), _body(comparison),
        name="comparison", lang=lang, css=["comparison.css"],
    )  # fmt: skip


def _body(comparison: Comparison) -> Iterator[str]:
    yield top(comparison.title, _kind(comparison))
    if comparison.caveats:
        items = "".join(f"<li>{said(caveat)}</li>" for caveat in comparison.caveats)
        title = said(("可比性：先看这些", "Before comparing"))
        yield f'<section class="sheet caveats"><h2>{title}</h2><ul>{items}</ul></section>'
    sentences = "".join(f"<p>{said(one)}</p>" for one in conclusions(comparison))
    title = said(("结论", "Conclusions"))
    yield f'<section class="sheet"><h2>{title}</h2>{sentences}</section>'
    yield _about(comparison)
    for pair in comparison.pairs:
        yield from _maps(comparison, pair)
    for section in comparison.sections:
        yield _section(comparison, section)
    yield from (_unit_table(comparison, table) for table in unit_tables(comparison))
    for pair in comparison.pairs:
        yield _turned(comparison, pair)
        yield _sites(comparison, pair)
    yield _footer(comparison)


def _kind(comparison: Comparison) -> Says:
    if comparison.is_before_and_after:
        return "前后对比", "Before and after"
    return "方案比选", "Comparison of plans"


def _about(comparison: Comparison) -> str:
    rows = "".join(
        f"<tr><th>{said(says)}</th>{''.join(f'<td>{said(value)}</td>' for value in values)}</tr>"
        for says, values in about(comparison.sides)
    )
    title = said(("比较什么", "What is compared"))
    return (
        f'<section class="sheet"><h2>{title}</h2><div class="scroll"><table class="compared words">'
        f"{_head(('', ''), comparison)}<tbody>{rows}</tbody></table></div></section>"
    )


def _head(first: Says, comparison: Comparison, sides: Sequence[int] | None = None) -> str:
    shown_sides = range(len(comparison.sides)) if sides is None else sides
    names = "".join(f"<th>{said(comparison.sides[at].head)}</th>" for at in shown_sides)
    return f"<thead><tr><th>{said(first)}</th>{names}</tr></thead>"


def _section(comparison: Comparison, section: Section) -> str:
    rows, subject = [], ("", "")
    for figure in section.figures:
        if figure.subject != subject:
            subject = figure.subject
            n = len(section.sides) + 1
            rows.append(f'<tr class="subject"><th colspan="{n}">{said(subject)}</th></tr>')
        rows.append(
            f"<tr><th>{said(figure.says)}</th>{''.join(_cells(figure, section.sides))}</tr>"
        )
    notes = "".join(f'<p class="hint">{said(note)}</p>' for note in section.notes)
    remarks = ""
    if section.name == "plan":
        remarks = "".join(
            f'<p class="remark">{said(remark)}</p>'
            for pair in comparison.pairs
            for remark in _named(pair, pair.remarks)
        )
    return (
        f'<section class="sheet"><h2>{said(section.title)}</h2>{remarks}<div class="scroll">'
        f'<table class="compared">{_head(("指标", "Figure"), comparison, section.sides)}'
        f"<tbody>{''.join(rows)}</tbody></table></div>{notes}</section>"
    )


def _named(pair: Pair, remarks: Iterable[Says]) -> Iterator[Says]:
    (one_zh, one_en), (two_zh, two_en) = pair.base.name, pair.other.name
    for zh, en in remarks:
        yield f"{one_zh}与{two_zh}：{zh}", f"{one_en} and {two_en}: {en}"


def _cells(figure: Figure, sides: Sequence[int]) -> Iterator[str]:
    for at in sides:
        beside = figure.beside[at] if figure.beside else ""
        of = f'<small class="of">{inert_text(beside)}</small>' if beside else ""
        yield f"<td>{shown(figure.form, figure.values[at])}{_difference(figure, at)}{of}</td>"


def _difference(figure: Figure, at: int) -> str:
    difference = figure.difference(at)
    if difference is None:
        return ""
    unit = unit_of_difference(figure.form)
    text = shown_difference(figure.form, difference)
    return f'<small class="{figure.sign(at)}">{text}{said(unit) if unit[0] else ""}</small>'


def _unit_table(comparison: Comparison, table: UnitTable) -> str:
    rows = [
        f"<tr><th>{inert_text(one.name)}</th>{''.join(_unit_cells(one.share, one.covered))}</tr>"
        for one in table.rows
    ]
    return (
        f'<section class="sheet"><h2>{said(table.title)}</h2>'
        f"{_folded(rows, 'compared', _head(('单元', 'Unit'), comparison))}</section>"
    )


def _unit_cells(share: Figure, covered: Figure) -> Iterator[str]:
    for at in range(len(share.values)):
        people = shown(covered.form, covered.values[at])
        more = covered.difference(at)
        counted_too = "" if more is None else f"（{shown_difference(covered.form, more)}）"
        yield (
            f"<td>{shown(share.form, share.values[at])}{_difference(share, at)}"
            f"<small>{people}{counted_too} {said(('人', 'people'))}</small></td>"
        )


def _folded(rows: Sequence[str], kind: str, head: str) -> str:
    """A table; what is beyond the first rows opens on a click."""
    begin, end = (
        f'<div class="scroll"><table class="{kind}">{head}<tbody>',
        "</tbody></table></div>",
    )
    tables = [begin + "".join(part) + end for part in (rows[:_AT_ONCE], rows[_AT_ONCE:]) if part]
    if len(tables) < 2:
        return "".join(tables)
    rest = len(rows) - _AT_ONCE
    more = said((f"其余 {rest} 行", f"{rest} more"))
    return f"{tables[0]}<details><summary>{more}</summary>{tables[1]}</details>"


def _maps(comparison: Comparison, pair: Pair) -> Iterator[str]:
    scenes = scenes_of(comparison, pair)
    if scenes:
        (one_zh, one_en), (two_zh, two_en) = pair.base.name, pair.other.name
        title = f"图：{one_zh}与{two_zh}", f"Maps: {one_en} and {two_en}"
        maps = "".join(map_svg(scene) for scene in scenes)
        note = said(caution(comparison))
        yield (
            f'<section class="sheet"><h2>{said(title)}</h2><div class="maps">{maps}</div>'
            f'<p class="hint">{note}</p></section>'
        )


def _turned(comparison: Comparison, pair: Pair) -> str:
    (one_zh, one_en), (two_zh, two_en) = pair.base.name, pair.other.name
    title = f"条文得失：{one_zh} → {two_zh}", f"Findings won and lost: {one_en} → {two_en}"
    counts = [counted(pair.turned, binding=binding) for binding in (True, False)]
    heads = "".join(
        f"<th>{said(words)}</th>"
        for words in (("变化", "Change"), ("要求", "Binding"), ("力争、指标与对照", "All else"))
    )
    sums = "".join(
        f'<tr><th class="turn-{turn}">{said(TURN_WORDS[turn])}</th>'
        f"{''.join(f'<td>{one[turn]:,}</td>' for one in counts)}</tr>"
        for turn in TURNS
        if any(one[turn] for one in counts)
    )
    if not sums:
        none = said(("没有一条结论不同", "No finding differs"))
        return f'<section class="sheet"><h2>{said(title)}</h2><p>{none}</p>{_alone(pair)}</section>'
    rows = [_turned_row(comparison, one) for one in pair.turned]
    columns = (("变化", "Change"), ("条文", "Clause"), ("单元", "Unit"), ("性质", "Role"),
               ("结论", "Verdict"))  # fmt: skip
    head = "".join(f"<th>{said(words)}</th>" for words in columns)
    return (
        f'<section class="sheet"><h2>{said(title)}</h2><table class="compared">'
        f"<thead><tr>{heads}</tr></thead><tbody>{sums}</tbody></table>{_alone(pair)}"
        f"{_folded(rows, 'compared words', f'<thead><tr>{head}</tr></thead>')}</section>"
    )


def _alone(pair: Pair) -> str:
    """What only one side is held against."""
    lines = []
    for clauses, side in ((pair.clauses_base, pair.base), (pair.clauses_other, pair.other)):
        if clauses:
            zh, en = side.name
            words = (
                f"另有 {len(clauses)} 条条文只有{zh}考核，不计得失",
                f"{len(clauses)} more clauses are asked of {en} only: neither won nor lost",
            )
            lines.append(f'<p class="hint">{said(words)}</p>')
    return "".join(lines)


def _turned_row(comparison: Comparison, one: Turned) -> str:
    other = one.other
    clause = said(comparison.clause_says(one.key[0]))
    source = inert_text(f"{other['document']} {other['article']}")
    unit = inert_text(str(other["unit_name"] or one.key[2]))
    return (
        f'<tr><td class="turn-{one.turn} narrow-cell">{said(TURN_WORDS[one.turn])}</td>'
        f'<td>{clause}<small class="of">{source}</small></td><td>{unit}</td>'
        f"<td>{said(role_words(one))}</td><td>{said(turned_said(one))}</td></tr>"
    )


def _sites(comparison: Comparison, pair: Pair) -> str:
    title = said(sites_title(pair))
    differ = [one for one in pair.sites if one.first != "same"]
    if not differ:
        return f'<section class="sheet"><h2>{title}</h2></section>'
    columns: list[Says] = [("候选", "Candidate"), ("单元", "Unit")]
    if pair.planned is None:
        columns.append(("差异", "Difference"))
    columns += [name for name, _ in planned_uses(pair, differ[0])]
    head = "".join(f"<th>{said(words)}</th>" for words in columns)
    rows = [
        f'<tr><th class="id">{inert_text(one.key[0])}</th>'
        f"<td>{inert_text(one.unit_name)}</td>"
        + (f"<td>{said(changes_said(pair, one))}</td>" if pair.planned is None else "")
        + "".join(f"<td>{said(use_said(comparison, u))}</td>" for _, u in planned_uses(pair, one))
        + "</tr>"
        for one in differ
    ]
    table = _folded(rows, "compared words", f"<thead><tr>{head}</tr></thead>")
    return f'<section class="sheet"><h2>{title}</h2>{table}</section>'


def _footer(comparison: Comparison) -> str:
    folders = "".join(
        f"<p>{said(side.name)} {inert_text(side.run.folder.name)}</p>" for side in comparison.sides
    )
    licences = sorted({str(one) for s in comparison.sides for one in s.run.summary["licences"]})
    lines = "".join(f"<p>{inert_text(one)}</p>" for one in licences)
    return f"<footer>{folders}{lines}</footer>"
