"""One run as the command line asks for it: done, told, and ended with an exit code."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from planning.cli.bars import progress_bars
from planning.cli.cards import print_findings
from planning.cli.crew import ALONE, Crew
from planning.cli.exit_code import Exit
from planning.cli.explained import explained_json, print_explained
from planning.cli.frontier import print_frontier
from planning.cli.provision import print_access, print_capacity
from planning.cli.robustness import print_robustness
from planning.cli.tables import print_coverage, print_notes, print_plan, print_speed_band
from planning.outputs.edition import USUAL, Edition

if TYPE_CHECKING:
    from planning.result import StudyResult

_DELIVERABLES = (
    ("地图 map", "map.html"),
    ("记分卡 scorecard", "scorecard.html"),
    ("推演 what if", "whatif.html"),
    ("理由书 reasons", "reasons.html"),
    ("取舍 trade-offs", "tradeoffs.html"),
    ("报告 report", "report.docx"),
    ("附表 tables", "tables.xlsx"),
    ("图集 map sheets", "sheets"),
    ("图层 layers", "result.gpkg"),
)
"""What people open, in the order in which they are told of it."""
Until = Literal["assess", "site"]
Tell = Literal["findings", "plan", "all"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A study, and what the command was told beside it."""

    study: Path
    data: Path | None = None
    scenario: str | None = None
    out: Path
    quiet: bool
    as_json: bool
    strict: bool = False
    speed_band: bool = False
    budgets: int | tuple[float, ...] | None = None
    robust: bool = False
    edition: Edition = USUAL
    max_memory_bytes: int | None = None
    crew: Crew = ALONE
    documents: tuple[str, ...] = ()
    explain: tuple[tuple[str, str], ...] = ()


def do(
    job: Job, *, until: Literal["assess", "site"], tell: Literal["findings", "plan", "all"]
) -> None:
    """Run it, tell what was asked for, say where the results are.

    Raises `typer.Exit` with `Exit.NOT_MET` where `strict` and a requirement is not met.
    """
    from planning import workflow

    with job.crew.pool() as pool, progress_bars(quiet=job.quiet) as progress:
        result, folder = workflow.run(
            job.study,
            data_dir=job.data,
            scenario=job.scenario,
            until=until,
            out_dir=job.out,
            speed_band=job.speed_band,
            budgets=job.budgets,
            robust=job.robust,
            edition=job.edition,
            max_memory_bytes=job.max_memory_bytes,
            pool=pool,
            documents=job.documents,
            explain=job.explain,
            progress=progress,
        )
    print_asides(result)
    if job.as_json:
        typer.echo(_plan(folder) if tell == "plan" else _summary(job, result, folder))
    elif not job.quiet:
        _print(job, result, tell)
        typer.echo(f"\n成果 results: {folder}")
        for words, name in _DELIVERABLES:
            if (folder / name).exists():
                typer.echo(f"  {words}: {name}")
        _print_hidden(job.edition.suppress_below)
    findings = result.plan.findings if result.plan else result.findings
    if job.strict and any(f.role == "requirement" and f.verdict == "not_met" for f in findings):
        raise typer.Exit(Exit.NOT_MET)


def print_asides(result: StudyResult) -> None:
    """Say on stderr what befell this run alone: what it took over, what it could not keep."""
    for note in result.asides:
        typer.echo(f"! {note.about}：{note.zh}\n! {note.about}: {note.en}", err=True)
    if result.resumed:
        stages = " ".join(dict.fromkeys(result.resumed))
        typer.echo(f"接着中断的运行，已有 resumed, made before: {stages}", err=True)


def _print(job: Job, result: StudyResult, tell: Tell) -> None:
    if tell == "all":
        print_notes(result.town.notes)
    if tell != "plan":
        print_coverage(result)
        print_capacity(result)
        print_access(result)
        print_speed_band(result)
        print_findings(result)
        print_explained(result, job.explain)
    if tell != "findings":
        print_plan(result)
        print_frontier(result)
        print_robustness(result)


def _print_hidden(below: int | None) -> None:
    """Of a run to be published, that the screen has more than the folder."""
    if below is not None:
        typer.echo(
            f"不足 {below} 人的数字在成果中已隐去，未写出的成果见 元数据.txt；"
            "以上屏幕所示为准确数，请勿公布。\n"
            f"Counts below {below} are hidden in the results, metadata.json says what was not "
            "written; the figures above are exact: do not publish them."
        )


def _summary(job: Job, result: StudyResult, folder: Path) -> str:
    """The summary as it was written, with the explanations that were asked for."""
    text = (folder / "summary.json").read_text(encoding="utf-8")
    if not job.explain:
        return text
    said = {**json.loads(text), "explained": explained_json(result, job.explain)}
    return json.dumps(said, ensure_ascii=False, indent=1)


def _plan(folder: Path) -> str:
    plan = json.loads((folder / "summary.json").read_text(encoding="utf-8"))["plan"]
    return json.dumps(plan, ensure_ascii=False, indent=1)
