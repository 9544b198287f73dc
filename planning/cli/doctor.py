"""``planning doctor``: the installation examined, and how to mend what is wrong with it."""

from __future__ import annotations

import json

import typer

from planning.cli.exit_code import Exit
from planning.cli.options import OUT, JsonOption, OutOption, QuietOption


def doctor(
    out: OutOption = OUT,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """检查安装：哪里不对、怎样修好 examine the installation and say how to mend it.

    有错误时退出码为 2；提醒不算错误。Exits with 2 where there is a fault; a warning is none.
    """
    from planning.doctor import checks, examine
    from planning.doctor.telling import lines, plain, summary

    examined = []
    for one in examine(checks(out)):
        examined.append(one)
        if not as_json and not (quiet and one.verdict.result == "ok"):
            typer.echo("\n".join(lines(one)))
    if as_json:
        typer.echo(json.dumps(plain(examined), ensure_ascii=False, indent=1))
    elif not quiet:
        typer.echo(summary(examined))
    if any(one.verdict.result == "fault" for one in examined):
        raise typer.Exit(Exit.USER)
