"""The reference of errors, printed from their classes: docs/reference/errors.md."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Literal, get_args, get_type_hints

import planning
from planning.cli.exit_code import Exit
from planning.errors import OurFaultError, PlanningError
from planning.inputs.study_file import read_study
from planning.provenance import RowNote

WHEN: Mapping[str, tuple[str, str]] = {
    "PlanningError": (
        "以下各类的总称：程序有意报的错，一次列出全部错误",
        "the common name of all below: raised on purpose, with every fault found at once",
    ),
    "InputError": (
        "所给的文件、表、图层或数据库不能用：读不出、缺列、坐标判不定、相互矛盾",
        "a file, table, layer or database cannot be used: unreadable, without a column, in "
        "coordinates that cannot be told, or against itself",
    ),
    "MissingFileError": ("研究文件或参数所指的文件不存在", "a file that is named does not exist"),
    "StudyError": (
        "研究文件、情景文件或参数本身有误：不认识的键、超出范围的值、彼此不合的设定",
        "the study, a scenario or an option is at fault: an unknown key, a value out of range, "
        "settings that cannot stand together",
    ),
    "OurFaultError": (
        "程序自身的错误，使用者无从改正：请把所印内容发给我们",
        "the program itself is wrong and the user cannot mend it: send us what was printed",
    ),
    "AuditError": (
        "方案放回路网重算，与求解器所说不符：方案不写出",
        "a plan put back on the streets is not what the solver claimed: it is not written",
    ),
    "SolverError": (
        "求解器的结束状态是有解、有界的模型不可能有的",
        "the solver ended as a feasible, bounded model cannot end",
    ),
    "ShortageError": (
        "机器不够用：磁盘、内存不足，或没有权限；写明需要什么，备妥后重新运行，从停下处继续",
        "the machine has not the room, the memory or the right that the work takes: it says what; "
        "see to it and run again, and the run goes on where it stopped",
    ),
    "ClusterError": (
        "工作进程或调度器没有答复，或接连退出；没有安装可选组件 scale",
        "workers or a scheduler do not answer, or die one after the other; or the extra scale is "
        "not installed",
    ),
    "OutsideReferenceError": (
        "将要写出的网页会向网络取东西：不写出",
        "a page to be written would ask the network for something: it is not written",
    ),
}
"""When each class is raised (中文, English)."""

DONE: Mapping[str, tuple[str, str]] = {
    "rejected": ("剔除，不参加计算", "left out"),
    "repaired": ("某格按另一种读法读取", "a cell is read otherwise than it stands"),
    "doubtful": ("照原样计入，但存疑", "counts as it stands, in doubt"),
}

_HEAD = """\
# 错误与说明 Reference of errors and notes

由 `scripts/write_reference.py` 按程序印出，勿手改。Printed from the program by that script.

每条错误都说：在哪里，发现什么，应为什么，怎么办；中文一行，英文一行。能一次查出的错误一次列全。例如：
Every error says where, what was found, what was expected and what to do, in a line of Chinese and a
line of English; what can be found at once is listed at once. For example:
"""
_NOTES = """\
## 说明 Notes

不是错误而应当知道的（补齐、改读、剔除、假定），写在“数据说明”里：`planning check` 列出，
`summary.json`、报告与附表也有。每条的 `about` 是它所说的研究文件中的键（如 `network`、
`facilities`），没有封闭的清单。台账的一行有问题时，`data_check.csv` 逐行列出，`done` 有三种：

What is no error and ought to be known (mended, read otherwise, left out, assumed) is a note, listed
by `planning check` and in `summary.json`, report and workbook. `about` is the key of the study it
speaks of; there is no closed list. A row of a register is listed in `data_check.csv`, with one of
three in `done`:
"""


def error_page(base: type[PlanningError] = PlanningError) -> str:
    """The whole page."""
    example = str(_example())
    rows = [_row(one) for one in classes(base)]
    done = [f"| `{word}` | {' | '.join(DONE[word])} |" for word in ways_done()]
    return "\n".join(
        [
            _HEAD, "```text", *(f"✗ {line}" for line in example.splitlines()), "```", "",
            "## 错误的种类 Classes", "",
            "| 类 class | 退出码 exit | 何时 when | 也是 is also |", "|---|---|---|---|", *rows, "",
            _NOTES, "| `done` | 处理 | what was done |", "|---|---|---|", *done, "",
        ]
    )  # fmt: skip


def _example() -> PlanningError:
    """What is said of a key that is not known, by the reader of studies itself."""
    named = {"services": {"nursery": {"label": "", "functions": [], "limt_min": 15}}}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "study.yaml"
        path.write_text(json.dumps(named, indent=1), encoding="utf-8")
        try:
            read_study(path)
        except PlanningError as error:
            ours = [fault for fault in error.faults if "limt_min" in fault.where]
            return PlanningError(*ours)
    raise AssertionError("a study of a made-up key was read")


def classes(base: type[PlanningError] = PlanningError) -> Iterator[type[PlanningError]]:
    """The class and all below it, wherever in the package they stand."""
    if base is PlanningError:
        for found in walk_packages(planning.__path__, "planning."):
            if not found.name.endswith("__main__"):
                import_module(found.name)
    yield base
    for one in base.__subclasses__():
        yield from classes(one)


def ways_done() -> tuple[str, ...]:
    """What may have been done with a row."""
    done = get_type_hints(RowNote)["done"]
    assert done == Literal[get_args(done)]
    return get_args(done)


def _row(one: type[PlanningError]) -> str:
    zh, en = WHEN[one.__name__]
    also = "、".join(f"`{base.__name__}`" for base in one.__bases__ if base is not Exception)
    code = Exit.OURS if issubclass(one, OurFaultError) else Exit.USER
    shown = "–" if one is PlanningError else code.value
    return f"| `{one.__name__}` | {shown} | {zh} {en} | {also or '–'} |"


if __name__ == "__main__":
    sys.stdout.write(error_page())
