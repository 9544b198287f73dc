"""JSON as the standard has it: no NaN, no twin keys, no half characters, no endless nesting."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from planning.web.refusals import Refused, refused

MOST_DEEP = 64
"""How deep lists and objects may stand in each other."""
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


def parsed_json(text: bytes) -> Any:
    """What a text says. Raises `Refused` (400) where it is no JSON that can be kept as it is."""
    try:
        said = json.loads(
            text.decode("utf-8"),
            parse_constant=_no_number,
            parse_float=_finite,
            object_pairs_hook=_once,
        )
    except (ValueError, RecursionError) as error:
        raise _no_json(str(error)) from None
    if _SURROGATE.search(text) and not _is_whole(said):
        raise _no_json("half a character")
    if _depth(said) > MOST_DEEP:
        raise _no_json(f"nested more than {MOST_DEEP} deep")
    return said


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no number")


def _finite(digits: str) -> float:
    number = float(digits)
    return number if math.isfinite(number) else _no_number(digits)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key is given twice")
    return found


def _is_whole(said: Any) -> bool:
    """Whether every text can be written as UTF-8, which half of a surrogate pair cannot."""
    try:
        json.dumps(said, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _depth(said: Any) -> int:
    deep, here = 0, [said]
    while here and deep <= MOST_DEEP:
        within = [one for one in here if isinstance(one, (list, dict))]
        deep += bool(within)
        here = [
            inner for one in within for inner in (one.values() if isinstance(one, dict) else one)
        ]
    return deep


def _no_json(why: str) -> Refused:
    return refused(
        400,
        "body",
        found=(f"不是合格的 JSON（{why[:120]}）", f"no sound JSON ({why[:120]})"),
        expected=("UTF-8 编码的 JSON", "JSON in UTF-8"),
        to_do=("改正请求", "mend the request"),
    )
