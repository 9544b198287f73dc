"""``planning close``: who loses what if facilities shut, and which are the worst to lose."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planning.cli.bars import progress_bars
from planning.cli.options import (
    DataOption,
    DocumentsOption,
    JsonOption,
    QuietOption,
    ScenarioOption,
    StudyArgument,
    documents_of,
)

if TYPE_CHECKING:
    import pandas as pd


def close(
    study: StudyArgument,
    facility: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FACILITY…]",
            help="设施编号或名称；不写则按失去服务的人数排序 by id or name; none: all are ranked",
        ),
    ] = None,
    data: DataOption = None,
    scenario: ScenarioOption = None,
    standards: DocumentsOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="把表写到此目录 write the tables there")
    ] = None,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """关停影响：谁失去服务、哪些条文变为不达标 who loses what if facilities shut."""
    from planning import workflow
    from planning.cli.closures import closure_json, print_closure, print_ranking
    from planning.outputs.frames.closing import closing_frames, ranking_frame
    from planning.outputs.plain_rows import plain_rows
    from planning.outputs.run_folder import check_out_dir

    if out is not None:
        check_out_dir(out)
    with progress_bars(quiet=quiet) as progress:
        if facility:
            town, found = workflow.close(
                study,
                facility,
                data_dir=data,
                scenario=scenario,
                documents=documents_of(standards),
                progress=progress,
            )
        else:
            town, ranked = workflow.rank_closures(
                study, data_dir=data, scenario=scenario, progress=progress
            )
    if facility:
        frames = dict(closing_frames(town, found))
        if as_json:
            typer.echo(json.dumps(closure_json(town, found), ensure_ascii=False, indent=1))
        elif not quiet:
            print_closure(town, found)
    else:
        frames = {"closure_ranking": ranking_frame(town, ranked)}
        if as_json:
            rows = plain_rows(frames["closure_ranking"])
            typer.echo(json.dumps({"closure_ranking": rows}, ensure_ascii=False, indent=1))
        elif not quiet:
            print_ranking(town, ranked)
    if out is not None:
        _write(frames, out, tell=not quiet and not as_json)


def _write(frames: dict[str, pd.DataFrame], out: Path, *, tell: bool) -> None:
    from planning.outputs.run_tables import write_tables

    for path in write_tables(frames, out):
        if tell:
            typer.echo(f"→ {path}")
