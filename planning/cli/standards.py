"""``planning standards``: the library of clauses, to be read, and a user's own file, to be checked.

Exit codes are those of every command: 2 where the file is at fault.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from planning.cli.clause_lines import (
    counts,
    print_clause,
    print_document,
    print_documents,
    print_profile,
    profile_json,
)
from planning.cli.options import JsonOption, at_hand
from planning.cli.own_file import file_json, print_file

standards_app = typer.Typer(
    help="查看条文库、检查自备文件 the library of clauses, and a file of one's own",
    no_args_is_help=True,
    add_completion=False,
)


@standards_app.command("list")
def standards_list(
    profile: Annotated[
        str | None,
        typer.Option(
            "--profile",
            help="某文件之下的现行条文（含沿用上级），如 CD，或文件 what is in force under one",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """列出全部条文，或某文件之下的现行条文 list every clause, or those in force under one."""
    from planning.inputs.standard_file import chain_of
    from planning.standards import load_standard, profile_of, standards_in_library

    if profile is not None:
        found = profile_of(chain_of(at_hand(profile), [Path()], where="--profile"))
        if as_json:
            typer.echo(json.dumps(profile_json(found), ensure_ascii=False, indent=1))
        else:
            print_profile(found)
        return
    documents = [load_standard(name) for name in standards_in_library()]
    if as_json:
        plain = [{**d.model_dump(mode="json"), "counts": counts(d)} for d in documents]
        typer.echo(json.dumps(plain, ensure_ascii=False, indent=1))
        return
    print_documents(documents)
    for document in documents:
        print_document(document)


@standards_app.command("show")
def standards_show(
    clause_id: Annotated[str, typer.Argument(metavar="ID", help="条文编号 id of a clause")],
    as_json: JsonOption = False,
) -> None:
    """显示一条条文：原文、数值、测算与读法 show one clause: quote, figure, measure and reading."""
    from planning.errors import StudyError, fail
    from planning.standards import load_standard, standards_in_library
    from planning.standards.alike import alike

    documents = [load_standard(name) for name in standards_in_library()]
    for document in documents:
        clause = document.clause(clause_id)
        if clause is None:
            continue
        if as_json:
            typer.echo(json.dumps(clause.model_dump(mode="json"), ensure_ascii=False, indent=1))
        else:
            print_clause(document, clause)
        return
    ids = [clause.id for document in documents for clause in document.clauses]
    near = ", ".join(alike(clause_id, ids))
    raise fail(
        StudyError,
        "standards show",
        found=(f"没有条文“{clause_id}”", f"no clause '{clause_id}'"),
        expected=(
            f"库中的条文编号{f'，相近的有 {near}' if near else ''}",
            f"the id of a clause in the library{f', such as {near}' if near else ''}",
        ),
        to_do=("用 planning standards list 查看", "see `planning standards list`"),
    )


@standards_app.command("check")
def standards_check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="自备条文文件 a file of clauses")],
    as_json: JsonOption = False,
) -> None:
    """检查自备条文文件：全部错误，或与上级的关系 check a file: every fault, or what it changes."""
    from planning.errors import MissingFileError, fail
    from planning.inputs.standard_file import chain_of
    from planning.standards import profile_of

    if not file.is_file():
        raise fail(
            MissingFileError,
            str(file),
            found=("没有这个文件", "no such file"),
            expected=("条文文件（YAML）", "a file of clauses (YAML)"),
            to_do=("检查路径", "check the path"),
        )
    profile = profile_of(chain_of(str(file.resolve()), [Path()]))
    if as_json:
        typer.echo(json.dumps(file_json(profile), ensure_ascii=False, indent=1))
    else:
        print_file(file.name, profile)
