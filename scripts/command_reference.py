"""The reference of the command line, printed from the commands: docs/reference/commands.md."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import typer

from planning.cli import app
from planning.cli.exit_code import Exit

EXIT_WORDS: Mapping[str, tuple[str, str]] = {
    "DONE": ("完成", "done"),
    "NOT_MET": ("有条文未达标，且用了 `--strict`", "a clause is not met, and `--strict` was given"),
    "USER": ("数据、研究文件或参数有误", "the input, the study or an option is at fault"),
    "OURS": ("程序自身的错误", "the program itself is at fault"),
}
VARIABLES: Mapping[str, tuple[str, str]] = {
    "PLANNING_CACHE": (
        "已建成的路网存在哪里；空值为不存",
        "where built street networks are kept; empty: nowhere",
    ),
    "TIANDITU_KEY": ("`--tianditu` 所用的天地图密钥", "the key for tiles, of `--tianditu`"),
}
"""What the program reads of the environment under names of its own or of a vendor."""

_HEAD = """\
# 命令 Reference of the command line

由 `scripts/write_reference.py` 按程序印出，勿手改；同样的内容用 `planning 命令 --help` 查看。
Printed from the program by that script; `planning COMMAND --help` says the same.

没有安装时，`python3 run.py 命令 …` 与 `planning 命令 …` 相同。
Without an installation, `python3 run.py COMMAND …` does what `planning COMMAND …` does.
"""


def command_page(commands: typer.Typer = app) -> str:
    """The whole page."""
    parts = [_HEAD, _codes(), _variables()]
    for name, command, context in every_command(commands):
        parts.append(_section(name, command, context))
    return "\n".join(parts)


def every_command(commands: typer.Typer = app) -> Iterator[tuple[str, Any, Any]]:
    """Every command that does something: its words, itself, its context."""
    group = typer.main.get_command(commands)
    todo = [("planning", group, group.context_class(group, info_name="planning"))]
    while todo:
        name, command, context = todo.pop(0)
        below = getattr(command, "commands", None)
        if below is None:
            yield name, command, context
            continue
        todo[:0] = [
            (f"{name} {word}", one, one.context_class(one, info_name=word, parent=context))
            for word, one in below.items()
        ]


def words(commands: typer.Typer = app) -> Iterator[tuple[str, str]]:
    """Every option and argument: (command, the word that leads its row)."""
    for name, command, context in every_command(commands):
        for one in command.params:
            yield name, _given(one, context)


def _section(name: str, command: Any, context: Any) -> str:
    usage = " ".join(piece.strip("{}") for piece in command.collect_usage_pieces(context))
    rows = [_row(one, context) for one in command.params]
    return "\n".join(
        [
            f"## {name}",
            "",
            f"    {name} {usage}",
            "",
            _cell(" ".join((command.help or "").split())),
            "",
            "| 参数 | 默认、范围 default, range | 含义 meaning |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


def _given(one: Any, context: Any) -> str:
    """How it is given: ``-q, --quiet`` or ``--out <path>``."""
    given, _ = one.get_help_record(context)
    return str(given).replace(" range>", ">")


def _row(one: Any, context: Any) -> str:
    _, said = one.get_help_record(context)
    meaning = " ".join((one.help or "").split())
    more = re.sub(r"^\[|\]$", "", said.removeprefix(one.help or "").strip())
    more = "**必填 required**" if more == "required" else more.replace("default: ", "默认 ")
    return f"| `{_given(one, context)}` | {_cell(more) or '–'} | {_cell(meaning)} |"


def _codes() -> str:
    rows = [
        f"| {code.value} | {zh} | {en} |" for code in Exit for zh, en in [EXIT_WORDS[code.name]]
    ]
    head = ["## 退出码 Exit codes", "", "| 码 code | 含义 | meaning |", "|---|---|---|"]
    return "\n".join([*head, *rows, ""])


def _variables() -> str:
    rows = [f"| `{name}` | {' | '.join(said)} |" for name, said in VARIABLES.items()]
    head = ["## 环境变量 Environment", "", "| 变量 variable | 含义 | meaning |", "|---|---|---|"]
    return "\n".join([*head, *rows, ""])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(command_page())
