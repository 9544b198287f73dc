"""YAML 1.2 as users write it: what is wrong with its syntax, and on which line a key stands."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from planning.errors import PlanningError, fail
from planning.inputs.postgis.address import without_addresses
from planning.inputs.yaml_slips import NOT_UTF8, has_open_quote, to_do

Loc = Sequence[int | str]

MOST_BYTES = 1 << 19
"""Four times our longest document. The parser keeps lines and comments, which is slow (some 60 kB
a second): a longer text would keep its reader waiting, and nobody writes one by hand."""
_MOST_VALUES = 1_000_000
_LONGEST_REASON = 200
_NO_VALUE = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)
"""What the parser raises of a scalar that is not what its form or its tag says: 2024-13-45."""


def parse_yaml(path: Path, kind: type[PlanningError], *, keys: str) -> Any:
    """The mapping a file holds, with its lines; `keys` are some that are to be expected in it.

    Raises `kind` for what is no YAML, and for aliases that multiply beyond any file people write.
    """
    if (size := path.stat().st_size) > MOST_BYTES:
        raise _too_long(path.name, size, kind)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        at = f"{error.start + 1:,}"
        raise fail(
            kind,
            path.name,
            found=(
                f"YAML 语法错误：第 {at} 字节不是 UTF-8",
                f"a YAML fault: byte {at} is not UTF-8",
            ),
            expected=("UTF-8 编码的 YAML 1.2", "YAML 1.2 in UTF-8"),
            to_do=NOT_UTF8,
        ) from None
    try:
        written = YAML(typ="rt", pure=True).load(text)
    except YAMLError as error:
        raise _no_yaml(path.name, text, kind, error) from None
    except RecursionError:
        raise _endless(path.name, kind) from None
    except _NO_VALUE as error:
        raise _no_value(path.name, kind, error) from None
    if not isinstance(written, Mapping):
        raise fail(
            kind,
            path.name,
            found=("文件不是键值结构", "no mapping at the top"),
            expected=(f"{keys} 等键", f"keys such as {keys}"),
            to_do=("对照示例文件改写", "follow an example"),
        )
    if _written_out(written) > _MOST_VALUES:
        raise _endless(path.name, kind)
    return written


def _no_yaml(name: str, text: str, kind: type[PlanningError], error: YAMLError) -> PlanningError:
    """The refusal of a file by its syntax."""
    mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
    problem = (error.problem or "") if isinstance(error, MarkedYAMLError) else str(error)
    above = [] if mark is None else text.splitlines()[: mark.line]
    reason = without_addresses(problem)
    return fail(
        kind,
        f"{name} line {mark.line + 1}" if mark else name,
        found=(f"YAML 语法错误：{reason}", f"a YAML fault: {reason}"),
        expected=("UTF-8 编码的 YAML 1.2，键不重复", "YAML 1.2 in UTF-8, no key twice"),
        to_do=to_do(problem, has_open_quote(above)),
    )


def _too_long(name: str, size: int, kind: type[PlanningError]) -> PlanningError:
    return fail(
        kind,
        name,
        found=(f"{size:,} 字节", f"{size:,} bytes"),
        expected=(f"至多 {MOST_BYTES:,} 字节的 YAML", f"YAML of {MOST_BYTES:,} bytes at most"),
        to_do=("检查是否选错了文件", "check that it is the file you mean"),
    )


def _no_value(name: str, kind: type[PlanningError], error: Exception) -> PlanningError:
    """The refusal of a value that is none; the parser does not say on which line."""
    reason = without_addresses(str(error))[:_LONGEST_REASON]
    return fail(
        kind,
        name,
        found=(f"无法读取的值（{reason}）", f"a value that cannot be read ({reason})"),
        expected=("有效的数、日期或文字", "numbers, dates or text as they are written in YAML"),
        to_do=(
            "检查日期、很长的数与 ! 标签，作文字的写在引号里",
            "look at dates, long numbers and tags (!), and quote what is meant as text",
        ),
    )


def _endless(name: str, kind: type[PlanningError]) -> PlanningError:
    return fail(
        kind,
        name,
        found=(
            "别名（* 与 &）展开后过大，或嵌套过深",
            "aliases (* and &) that multiply, or values nested too deep",
        ),
        expected=(
            f"写全后至多 {_MOST_VALUES:,} 个值",
            f"{_MOST_VALUES:,} values at most when written out",
        ),
        to_do=("不用别名，把内容写全", "write it out without aliases"),
    )


def _written_out(top: Any) -> float:
    """How many values there are when every alias is written out; inf where they lie too deep."""
    counts: dict[int, float] = {}

    def count(value: Any) -> float:
        if isinstance(value, str) or not isinstance(value, Mapping | Sequence):
            return 1.0
        if id(value) not in counts:
            parts = value.values() if isinstance(value, Mapping) else value
            counts[id(value)] = 1.0 + sum(map(count, parts))
        return counts[id(value)]

    try:
        return count(top)
    except RecursionError:
        return math.inf


def as_plain(value: Any) -> Any:
    """The same as dicts and lists, its keys as text."""
    if isinstance(value, Mapping):
        return {str(k): as_plain(v) for k, v in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [as_plain(v) for v in value]
    return value


def holds(here: Any, part: int | str) -> bool:
    """Whether a mapping has the key, or a list the number."""
    if isinstance(here, Mapping):
        return part in here
    is_list = isinstance(here, Sequence) and not isinstance(here, str)
    return is_list and isinstance(part, int) and part < len(here)


def line_of(written: Any, loc: Loc) -> int | None:
    """The line (from 1) on which the deepest part of `loc` that is there stands."""
    here, line = written, None
    for part in loc:
        if not holds(here, part):
            return line
        marks = getattr(here, "lc", None)
        if marks is not None:
            line = (marks.key if isinstance(here, Mapping) else marks.item)(part)[0] + 1
        here = here[part]
    return line
