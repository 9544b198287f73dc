"""JSON as the standard has it: no NaN, no twin keys, no half characters, no endless nesting."""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


class NotJsonError(ValueError):
    """A text is no JSON that could be kept as it is; `found` says why (中文, English)."""

    def __init__(self, zh: str, en: str) -> None:
        self.found = (zh, en)
        super().__init__(en)


def strict_json(content: bytes, *, most_deep: int) -> Any:
    """What UTF-8 text says, a byte order mark passed over (RFC 8259).

    `most_deep` is how deep lists and objects may stand in each other. Raises NotJsonError.
    """
    try:
        said = json.loads(
            content.decode("utf-8-sig"),
            parse_constant=_no_number,
            parse_float=_finite,
            object_pairs_hook=_each_once,
        )
    except UnicodeDecodeError as error:
        at = f"{error.start + 1:,}"
        raise NotJsonError(f"第 {at} 字节不是 UTF-8", f"byte {at} is not UTF-8") from None
    except json.JSONDecodeError as error:
        at = f"{error.lineno}:{error.colno}"
        raise NotJsonError(f"第 {at} 处不是 JSON", f"no JSON at {at}: {error.msg}") from None
    except RecursionError:
        raise _too_deep() from None
    except NotJsonError:
        raise
    except ValueError:
        raise NotJsonError("数字过长", "a number of too many digits") from None
    if _SURROGATE.search(content) and not _is_whole(said):
        raise NotJsonError("不成对的 Unicode 代理", "half a Unicode character")
    if _is_deeper(said, most_deep):
        raise _too_deep()
    return said


def _no_number(said: str) -> NoReturn:
    raise NotJsonError(f"{said[:40]}，不是数", f"{said[:40]}, which is no number")


def _finite(digits: str) -> float:
    number = float(digits)
    return number if math.isfinite(number) else _no_number(digits)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    held: dict[str, Any] = {}
    for key, value in pairs:
        if key in held:
            raise NotJsonError(f"键“{key[:40]}”重复", f"the key '{key[:40]}' twice")
        held[key] = value
    return held


def _is_whole(said: Any) -> bool:
    """Whether every text can be written as UTF-8, which half of a surrogate pair cannot."""
    try:
        json.dumps(said, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_deeper(said: Any, most_deep: int) -> bool:
    """Whether more lists and objects than that stand in each other; counted level by level."""
    here = [said]
    for _ in range(most_deep + 1):
        here = [one for one in here if isinstance(one, (list, dict))]
        if not here:
            return False
        here = [inner for one in here for inner in (one.values() if isinstance(one, dict) else one)]
    return True


def _too_deep() -> NotJsonError:
    return NotJsonError("嵌套过深", "values nested too deep")
