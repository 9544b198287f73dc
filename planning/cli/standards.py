"""``planning standards``: the library of clauses, to be read."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from planning.cli.options import JsonOption
from planning.cli.tables import print_table

standards_app = typer.Typer(
    help="查看条文库 the library of clauses", no_args_is_help=True, add_completion=False
)


@standards_app.command("list")
def standards_list(as_json: JsonOption = False) -> None:
    """列出全部条文 list every clause."""
    from planning.standards import load_standard, standards_in_library

    documents = [load_standard(name) for name in standards_in_library()]
    if as_json:
        typer.echo(
            json.dumps([d.model_dump(mode="json") for d in documents], ensure_ascii=False, indent=1)
        )
        return
    for document in documents:
        print_table(
            f"{document.jurisdiction} {document.document}（{document.dated}）· {document.id}",
            ["编号 id", "条款", "名称 title", "数值 value", "约束层级 binds at"],
            [
                [
                    clause.id,
                    clause.article,
                    clause.title_zh,
                    "—" if clause.value is None else f"{float(clause.value):g} {clause.unit}",
                    "、".join(clause.levels),
                ]
                for clause in document.clauses
            ],
        )


@standards_app.command("show")
def standards_show(
    clause_id: Annotated[str, typer.Argument(metavar="ID", help="条文编号 id of a clause")],
    as_json: JsonOption = False,
) -> None:
    """显示一条条文及其原文 show one clause with its quote."""
    from planning.errors import StudyError, fail
    from planning.standards import load_standard, standards_in_library

    for document in map(load_standard, standards_in_library()):
        clause = document.clause(clause_id)
        if clause is None:
            continue
        if as_json:
            typer.echo(json.dumps(clause.model_dump(mode="json"), ensure_ascii=False, indent=1))
            return
        typer.echo(f"{clause.id}  {clause.title_zh} / {clause.title_en}")
        typer.echo(f"{document.document} {clause.article}：“{clause.quote}”")
        for name, value in clause.model_dump(mode="json").items():
            if name not in ("id", "title_zh", "title_en", "article", "quote"):
                typer.echo(f"  {name}: {value}")
        return
    raise fail(
        StudyError,
        "standards show",
        found=(f"没有条文“{clause_id}”", f"no clause '{clause_id}'"),
        expected=("库中的条文编号", "the id of a clause in the library"),
        to_do=("用 planning standards list 查看", "see `planning standards list`"),
    )
