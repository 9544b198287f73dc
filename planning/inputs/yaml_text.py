"""YAML 1.2 as users write it: what is wrong with its syntax, and on which line a key stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from planning.errors import PlanningError, fail
from planning.inputs.postgis.address import without_addresses

Loc = Sequence[int | str]


def parse_yaml(path: Path, kind: type[PlanningError], *, keys: str) -> Any:
    """The mapping a file holds, with its lines; `keys` are some that are to be expected in it."""
    try:
        written = YAML(typ="rt", pure=True).load(path.read_text(encoding="utf-8-sig"))
    except (YAMLError, UnicodeDecodeError) as error:
        mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
        line = f" line {mark.line + 1}" if mark else ""
        reason = (error.problem or "") if isinstance(error, MarkedYAMLError) else str(error)
        reason = without_addresses(reason)
        raise fail(
            kind,
            f"{path.name}{line}",
            found=(f"YAML 语法错误：{reason}", f"a YAML fault: {reason}"),
            expected=("UTF-8 编码的 YAML 1.2，键不重复", "YAML 1.2 in UTF-8, no key twice"),
            to_do=("改正该行", "mend that line"),
        ) from None
    if not isinstance(written, Mapping):
        raise fail(
            kind,
            path.name,
            found=("文件不是键值结构", "no mapping at the top"),
            expected=(f"{keys} 等键", f"keys such as {keys}"),
            to_do=("对照示例文件改写", "follow an example"),
        )
    return written


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
