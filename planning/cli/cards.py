"""Scorecards on the terminal: one for each document, compact, the worst first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from planning.cli.tables import print_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planning.result import StudyResult
    from planning.standards import Finding, Profile
    from planning.standards.scorecard import Row

VERDICTS = {
    "met": "达标 met",
    "not_met": "未达标 not met",
    "not_assessable": "无法评估 n/a",
}
_LEVELS = {
    "province": "省 province", "city": "市 city", "county": "区县 county",
    "street": "街道 street", "community": "社区 community",
    "residential_area": "居住区 residential area",
}  # fmt: skip
_MOST_ROWS = 12
_MOST_OF_SEVERAL = 5


def print_findings(result: StudyResult) -> None:
    """A scorecard for every document: counts by verdict and level, and the worst findings.

    What does not apply is not counted; indicators and what is only shown are counted apart.
    """
    documents = result.town.documents
    most = _MOST_ROWS if len(documents) == 1 else _MOST_OF_SEVERAL
    for profile in documents:
        _print_card(profile, result.findings_of(profile), most)
    typer.echo(" ".join(result.town.demand.of_year))


def _print_card(profile: Profile, findings: Sequence[Finding], most: int) -> None:
    from planning.standards.scorecard import scorecard, worst_first

    standard = profile.standard
    applying = [f for f in findings if f.verdict != "not_applicable"]
    asked = [f for f in applying if f.role in ("requirement", "goal")]
    required = [f for f in asked if f.role == "requirement"]
    typer.echo(f"\n条文体检 findings · {standard.short} {standard.document}")
    typer.echo(f"  要求 requirements：{_counts(required)}")
    if len(asked) > len(required):
        typer.echo(f"  力争 goals：{_counts([f for f in asked if f.role == 'goal'])}")
    shown = [f for f in applying if f.role == "benchmark"]
    typer.echo(
        f"  另列 besides：对照 benchmarks {len(shown)}（{_counts(shown)}），"
        f"指标 indicators {sum(f.role == 'indicator' for f in applying)}；"
        f"不适用 do not apply {len(findings) - len(applying)}（不列 not shown）"
    )
    _print_levels(asked)
    rows = scorecard(asked, profile)
    worst = worst_first(rows)
    if worst:
        print_table(
            "缺口最大 the worst",
            ["指标 title", "单元 unit", "现状\nthere", "目标\nasked", "缺口\nmissing"],
            [_cells(row) for row in worst[:most]],
            figures=3,
        )
        for row in worst[:most]:
            found = row.finding
            typer.echo(f"  {found.unit_name} {found.article}：{found.because_zh}")
    if len(worst) > most:
        rest = len(worst) - most
        typer.echo(f"其余 {rest} 条见 scorecard.html、scorecard.csv; the rest is there")


def _counts(findings: Sequence[Finding]) -> str:
    verdicts = [f.verdict for f in findings]
    return "，".join(f"{words} {verdicts.count(v)}" for v, words in VERDICTS.items())  # type: ignore[arg-type]


def _print_levels(asked: Sequence[Finding]) -> None:
    """What is required and striven for, by level."""
    levels = [name for name in _LEVELS if any(f.level == name for f in asked)]
    if not levels:
        return
    print_table(
        "要求与力争，按层级 requirements and goals by level",
        ["层级 level", "达标\nmet", "未达标\nnot met", "无法评估\nn/a"],
        [
            [
                _LEVELS[name],
                *(str(sum(f.level == name and f.verdict == v for f in asked)) for v in VERDICTS),
            ]
            for name in levels
        ],
        figures=3,
    )


def _cells(row: Row) -> list[str]:
    found = row.finding
    return [
        row.clause.title_zh,
        found.unit_name or found.unit_id or _LEVELS.get(found.level, found.level),
        row.current[0],
        row.target[0],
        row.gap[0],
    ]
