"""The storey that a register names: 2, 2F, 第二层, 首层, 地下一层, B1."""

from __future__ import annotations

import re
import unicodedata

_WRITTEN = re.compile(r"第?(地下|负|-|B)?(?:(\d+)(?:\.0)?|([一二三四五六七八九十]{1,3}))[层楼F]?")
_FIRST = frozenset({"首层", "底层", "首", "底"})
_CELLARS = frozenset({"地下", "地下室", "地下层"})
_DIGITS = "一二三四五六七八九"


def storey_of(said: str) -> int | None:
    """Storeys above ground from 1 up, below from −1 down; None where nobody can tell."""
    text = "".join(unicodedata.normalize("NFKC", said).upper().split())
    if text in _FIRST:
        return 1
    if text in _CELLARS:
        return -1
    found = _WRITTEN.fullmatch(text)
    number = None if found is None else int(found[2]) if found[2] else _chinese(found[3])
    if found is None or number is None:
        return None
    return -number if found[1] else number


def _chinese(text: str) -> int | None:
    """A Chinese number up to 九十九."""
    tens, ten, ones = text.partition("十")
    if any(part not in ("", *_DIGITS) for part in (tens, ones)):
        return None
    one = _DIGITS.find(ones) + 1 if ones else 0
    if not ten:
        return _DIGITS.find(tens) + 1
    return (_DIGITS.find(tens) + 1 if tens else 1) * 10 + one
