"""`planning compare`: run folders side by side, on the terminal and as files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planning.cli.options import OUT, JsonOption, LangOption, QuietOption
from planning.cli.tables import print_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planning.outputs.comparison import Comparison, Pair
    from planning.outputs.comparison.figure import Section

_MOST_ROWS = 12


def compare(
    runs: Annotated[
        list[Path],
        typer.Argument(metavar="RUN [RUN…]", help="成果目录；只给一个则比较其前后 run folders"),
    ],
    base: Annotated[
        Path | None, typer.Option("--base", help="以哪一个为基准，默认第一个 which is the base")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help="输出文件夹 where it goes; data/processed/compare-<编号 digests>"
        ),
    ] = None,
    lang: LangOption = "zh",
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """方案比选：一份成果的前后，或各次成果并列 before and after, or run folders side by side."""
    from planning.outputs.comparison import compare_runs
    from planning.outputs.comparison.writing import write_comparison

    comparison = compare_runs(runs, base=base)
    folder = OUT / comparison.name if out is None else out
    files = write_comparison(folder, comparison, lang=lang)
    if as_json:
        from planning.outputs.comparison.plain import plain_comparison

        said = {**plain_comparison(comparison), "files": [str(path) for path in files]}
        typer.echo(json.dumps(said, ensure_ascii=False, indent=1))
        return
    if quiet:
        return
    _print(comparison)
    for path in files:
        typer.echo(f"→ {path}")


def _print(comparison: Comparison) -> None:
    for zh, en in comparison.caveats:
        typer.echo(f"⚠ {zh}\n  {en}")
    _print_about(comparison)
    for section in comparison.sections:
        _print_section(comparison, section)
    for pair in comparison.pairs:
        for zh, en in pair.remarks:
            typer.echo(f"· {zh}\n  {en}")
        _print_turned(comparison, pair)
        _print_sites(comparison, pair)


def _heads(comparison: Comparison) -> list[str]:
    return ["\n".join(side.head) for side in comparison.sides]


def _print_about(comparison: Comparison) -> None:
    from planning.outputs.comparison.words import about

    lines = [["\n".join(says), *(value[0] for value in values)]
             for says, values in about(comparison.sides)]  # fmt: skip
    folders = ["成果目录\nrun folder", *(side.run.folder.name for side in comparison.sides)]
    title = f"方案比选 comparison: {comparison.title}"
    print_table(title, ["", *_heads(comparison)], [folders, *lines])


def _print_section(comparison: Comparison, section: Section) -> None:
    from planning.outputs.comparison.figure import shown, shown_difference

    rows, subject = [], ("", "")
    for one in section.figures:
        if one.subject != subject:
            subject = one.subject
            rows.append(["\n".join(subject), *[""] * len(section.sides)])
        cells = []
        for at in section.sides:
            difference = one.difference(at)
            more = "" if difference is None else f"\n{shown_difference(one.form, difference)}"
            cells.append(shown(one.form, one.values[at]) + more)
        indent = "  " if subject != ("", "") else ""
        rows.append(["\n".join(indent + words for words in one.says), *cells])
    if rows:
        title = " ".join(section.title)
        names = _heads(comparison)
        heads = ["指标\nfigure", *(names[at] for at in section.sides)]
        print_table(f"\n{title}", heads, rows, figures=len(section.sides))


def _against(pair: Pair) -> str:
    (one_zh, one_en), (two_zh, two_en) = pair.base.name, pair.other.name
    return f"{one_zh} → {two_zh}  {one_en} → {two_en}"


def _print_turned(comparison: Comparison, pair: Pair) -> None:
    from planning.outputs.comparison.turned import TURNS, counted
    from planning.outputs.comparison.words import TURN_WORDS, turned_said
    from planning.outputs.finding_words import ROLE_WORDS

    counts = [counted(pair.turned, binding=binding) for binding in (True, False)]
    rows = [
        ["  ".join(TURN_WORDS[turn]), *(f"{one[turn]:,}" for one in counts)]
        for turn in TURNS
        if any(one[turn] for one in counts)
    ]
    title = f"\n条文得失 findings won and lost: {_against(pair)}"
    if not rows:
        typer.echo(f"{title}\n  没有不同 no finding differs")
    else:
        print_table(title, ["变化 change", "要求\nbinding", "其余\nother"], rows, figures=2)
    told = [one for one in pair.turned if one.turn not in ("wider", "narrower")]
    if told:
        print_table(
            "",
            ["变化", "条款 article", "单元 unit", "性质", "结论 verdict"],
            [
                [
                    TURN_WORDS[one.turn][0],
                    f"{one.other['article']}\n{comparison.clause_says(one.key[0])[0]}",
                    one.other["unit_name"] or one.key[2],
                    ROLE_WORDS.get(one.other["role"], (one.other["role"],))[0],
                    turned_said(one)[0],
                ]
                for one in told[:_MOST_ROWS]
            ],
        )
    _rest(told, "条")
    for clauses, side in ((pair.clauses_base, pair.base), (pair.clauses_other, pair.other)):
        if clauses:
            zh, en = side.name
            typer.echo(
                f"另有 {len(clauses)} 条条文只有{zh}考核，不计得失 "
                f"{len(clauses)} clauses are asked of {en} only"
            )


def _print_sites(comparison: Comparison, pair: Pair) -> None:
    from planning.outputs.comparison.words import (
        changes_said,
        planned_uses,
        sites_title,
        use_said,
    )

    title = "\n" + "\n".join(sites_title(pair))
    differ = [one for one in pair.sites if one.first != "same"]
    if not differ:
        typer.echo(title)
        return
    names = [name[0] for name, _ in planned_uses(pair, differ[0])]
    print_table(
        title,
        ["候选", "单元", "差异", *names],
        [
            [
                one.key[0],
                one.unit_name,
                changes_said(pair, one)[0],
                *(use_said(comparison, use)[0] for _, use in planned_uses(pair, one)),
            ]
            for one in differ[:_MOST_ROWS]
        ],
    )
    _rest(differ, "处")


def _rest(rows: Sequence[object], counter: str) -> None:
    if len(rows) > _MOST_ROWS:
        rest = len(rows) - _MOST_ROWS
        typer.echo(f"其余 {rest} {counter}见 comparison.xlsx; the rest is in comparison.xlsx")
