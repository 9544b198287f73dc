"""``comparison.xlsx``: every figure of the comparison, with nothing left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from xlsxwriter import Workbook

from planning.outputs.bilingual import Lang, Says
from planning.outputs.comparison.compared import Comparison, Pair
from planning.outputs.comparison.figure import Figure
from planning.outputs.comparison.figure import Form as FigureForm
from planning.outputs.comparison.run_files import Row
from planning.outputs.comparison.words import (
    TURN_WORDS,
    about,
    changes_said,
    role_words,
    use_said,
)
from planning.outputs.finding_words import VERDICT_WORDS, level_words
from planning.outputs.workbook.table import Column, Form, Look, Table, write_table

_FORMS: Mapping[FigureForm, Form] = {
    "whole": "whole", "people": "whole", "yuan": "whole", "wan": "wan", "share": "share",
    "amount": "index", "index": "index",
}  # fmt: skip
_NO_CLOCK = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def write_comparison_workbook(path: Path, comparison: Comparison, *, lang: Lang) -> None:
    """Write the workbook; text never computes, and the same comparison gives the same bytes."""
    options = {
        "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    }  # fmt: skip
    with Workbook(str(path), options) as book:
        book.set_properties({"title": comparison.title, "created": _NO_CLOCK})
        look = Look(book)
        for table in _tables(comparison):
            write_table(look, table, title=comparison.title, lang=lang)


def _tables(comparison: Comparison) -> Iterator[Table]:
    yield _about_table(comparison)
    yield _figures_table(comparison)
    yield _groups_table(comparison)
    yield _units_table(comparison)
    yield _turned_table(comparison)
    yield _sites_table(comparison)


def _about_table(comparison: Comparison) -> Table:
    caveats = list(comparison.caveats)
    matters: list[Says] = [(f"须知 {n}", f"Caveat {n}") for n in range(1, len(caveats) + 1)]
    lines = [*about(comparison.sides)]
    values: list[list[object]] = [
        [*(caveats if at == 0 else [""] * len(caveats)), *(value[at] for _, value in lines)]
        for at in range(len(comparison.sides))
    ]
    columns = [
        Column(
            heading=("项目", "Matter"),
            values=[*matters, *(says for says, _ in lines)],
            width=22,
        ),
        *(
            Column(heading=side.name, values=of, form="words", width=60 if at == 0 else 40)
            for at, (side, of) in enumerate(zip(comparison.sides, values, strict=True))
        ),
    ]
    note = (
        "须知列在最前：前提不同的成果，差异不全由方案引起",
        "Caveats come first: where premises differ, not all differences are due to the plans",
    )
    return Table(name=("比较对象", "Compared"), note=note, columns=tuple(columns))


def _figures_table(comparison: Comparison) -> Table:
    rows = [(section.title, one) for section in comparison.sections for one in section.figures]
    note = (
        "差为该方案减基准，覆盖率之差为百分点；空格为没有或不可比",
        "Differences are from the base, of shares in points; empty: not known or not comparable",
    )
    columns = (
        Column(heading=("方面", "Matter"), values=[t for t, _ in rows], width=14),
        *_figure_columns(comparison, [one for _, one in rows]),
        Column(
            heading=("所在单元", "Unit it is of"),
            values=["；".join(filter(None, one.beside)) for _, one in rows],
            form="words",
            width=40,
        ),
    )
    return Table(name=("指标", "Figures"), note=note, columns=columns, frozen=3)


def _groups_table(comparison: Comparison) -> Table:
    note = ("全域，各服务、各时限、各人群", "The whole area, every service, limit and group")
    columns = _figure_columns(comparison, comparison.groups.figures)
    return Table(name=comparison.groups.title, note=note, columns=tuple(columns), frozen=2)


def _figure_columns(comparison: Comparison, figures: Sequence[Figure]) -> Iterator[Column]:
    """Figures of several forms below one another, each shown in its own."""
    forms = [_FORMS[one.form] for one in figures]
    yield Column(heading=("服务", "Service"), values=[one.subject for one in figures], width=34)
    yield Column(heading=("指标", "Figure"), values=[one.says for one in figures], width=40)
    for at, side in enumerate(comparison.sides):
        yield Column(
            heading=side.name,
            values=[_scaled(one, one.values[at]) for one in figures],
            forms=forms,
            width=16,
        )
        if at:
            yield Column(
                heading=_difference_heading(side.name),
                values=[_scaled(one, one.difference(at)) for one in figures],
                forms=forms,
                width=16,
            )


def _scaled(figure: Figure, value: float | None) -> float | None:
    """Money in 万元, as the figure's words say it; all else as it is."""
    return value / 1e4 if value is not None and figure.form == "wan" else value


def _difference_heading(name: Says) -> Says:
    return f"{name[0]}－基准", f"{name[1]} − base"


def _units_table(comparison: Comparison) -> Table:
    units = comparison.units
    columns = [
        Column(heading=("层级", "Level"), values=[level_words(u.unit[0]) for u in units]),
        Column(heading=("编号", "Id"), values=[u.unit[1] for u in units]),
        Column(heading=("单元", "Unit"), values=[u.name for u in units], width=24),
        Column(heading=("服务", "Service"), values=[u.share.says for u in units], width=34),
    ]
    for at, side in enumerate(comparison.sides):
        zh, en = side.name
        columns += [
            Column(heading=(f"{zh} 圈内（人）", f"{en}: within"), form="whole", width=14,
                   values=[u.covered.values[at] for u in units]),
            Column(heading=(f"{zh} 覆盖率", f"{en}: share"), form="share", width=12,
                   values=[u.share.values[at] for u in units]),
        ]  # fmt: skip
        if at:
            differ_zh, differ_en = _difference_heading(side.name)
            columns += [
                Column(heading=(f"{differ_zh}（人）", f"{differ_en}: people"), form="whole",
                       width=15, values=[u.covered.difference(at) for u in units]),
                Column(heading=(f"{differ_zh}（百分点）", f"{differ_en}: points"), form="amount",
                       width=15, values=[_points(u.share.difference(at)) for u in units]),
            ]  # fmt: skip
    note = (
        "各层级各单元，各服务的人群在其时限内",
        "Every unit, each service's own group and limit",
    )
    return Table(name=("分单元", "By unit"), note=note, columns=tuple(columns), frozen=4)


def _points(difference: float | None) -> float | None:
    return None if difference is None else 100 * difference


_T = TypeVar("_T")


def _column(
    rows: Sequence[tuple[Pair, _T]],
    heading: Says,
    of: Callable[[Pair, _T], object],
    width: float = 12.0,
    form: Form = "text",
) -> Column:
    """A column of what is found for each row of a pair."""
    return Column(heading=heading, values=[of(*row) for row in rows], width=width, form=form)


def _turned_table(comparison: Comparison) -> Table:
    rows = [(pair, one) for pair in comparison.pairs for one in pair.turned]

    columns = (
        _column(rows, ("对比", "Pair"), lambda p, _: _between(p), 18),
        _column(rows, ("变化", "Change"), lambda _, t: TURN_WORDS[t.turn], 18),
        _column(rows, ("性质", "Role"), lambda _, t: role_words(t)),
        _column(rows, ("层级", "Level"), lambda _, t: level_words(t.key[1]), 14),
        _column(rows, ("单元", "Unit"), lambda _, t: t.other["unit_name"] or t.key[2], 24),
        _column(rows, ("指标", "Clause"), lambda _, t: comparison.clause_says(t.key[0]), 34),
        _column(rows, ("文号", "Document"), lambda _, t: t.other["document"], 24),
        _column(rows, ("条款", "Article"), lambda _, t: t.other["article"], 24),
        _column(rows, ("基准结论", "Verdict of the base"), lambda _, t: _verdict(t.base)),
        _column(rows, ("结论", "Verdict"), lambda _, t: _verdict(t.other)),
        _column(rows, ("基准缺口", "Missing, base"), lambda _, t: t.base["gap"], form="amount"),
        _column(rows, ("缺口", "Missing"), lambda _, t: t.other["gap"], form="amount"),
        _column(rows, ("量纲", "Unit of it"), lambda _, t: t.other["unit"]),
        _column(
            rows,
            ("理由", "Because"),
            lambda _, t: (t.other["because_zh"], t.other["because_en"]),
            60,
            "words",
        ),
        _column(rows, ("原文", "Quote"), lambda _, t: t.other["quote"], 60, "words"),
    )
    note = (
        "两边都考核而结论或缺口不同的条文；只有一边考核的不计得失",
        "Clauses asked on both sides whose verdict or gap differs",
    )
    return Table(name=("条文得失", "Findings"), note=note, columns=columns, frozen=2)


def _between(pair: Pair) -> Says:
    (base_zh, base_en), (other_zh, other_en) = pair.base.name, pair.other.name
    return f"{base_zh} → {other_zh}", f"{base_en} → {other_en}"


def _verdict(row: Row) -> Says:
    words = {str(name): said for name, said in VERDICT_WORDS.items()}
    return words.get(row["verdict"], (row["verdict"],) * 2)


def _sites_table(comparison: Comparison) -> Table:
    rows = [(pair, one) for pair in comparison.pairs for one in pair.sites]

    columns = (
        _column(rows, ("对比", "Pair"), lambda p, _: _between(p), 18),
        _column(rows, ("候选", "Candidate"), lambda _, s: s.key[0], 14),
        _column(rows, ("单元", "Unit"), lambda _, s: s.unit_name, 24),
        _column(rows, ("差异", "Difference"), lambda p, s: changes_said(p, s), 26),
        _column(rows, ("基准", "Base"), lambda _, s: use_said(comparison, s.base), 44),
        _column(rows, ("比较方案", "Other"), lambda _, s: use_said(comparison, s.other), 44),
        _column(
            rows,
            ("基准投资（元）", "Cost, base (yuan)"),
            lambda _, s: s.base and s.base.cost_yuan,
            14,
            form="whole",
        ),
        _column(
            rows,
            ("投资（元）", "Cost (yuan)"),
            lambda _, s: s.other and s.other.cost_yuan,
            14,
            form="whole",
        ),
        _column(rows, ("经度", "Longitude"), lambda _, s: s.key[1], 14),
        _column(rows, ("纬度", "Latitude"), lambda _, s: s.key[2], 14),
    )
    note = ("全部选址，不同的在前", "Every site, those that differ first")
    return Table(name=("选址差异", "Sites"), note=note, columns=columns, frozen=3)
