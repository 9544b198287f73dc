"""Exact quantities: whole persons, ceilings of rational requirements, the kernel's time unit.

STANDARDS D: people are rounded to whole persons first; required places are the ceiling of exact
rational arithmetic; land is compared at 0.01 m².
"""

from __future__ import annotations

import functools
import math
import re
import unicodedata
from decimal import Decimal
from fractions import Fraction

_ENDLESS = re.compile(r"e[+-]?[\d_]{4,}", re.IGNORECASE)
"""Written out, 1e1000000000 fills the memory; no figure has an exponent of four digits."""

MS_PER_S = 1_000
MS_PER_MIN = 60_000


def rational(value: str | int | float | Fraction) -> Fraction:
    """The number as written: "0.55" and 0.55 both give 11/20, not the nearest binary fraction."""
    if isinstance(value, str) and _ENDLESS.search(value):
        raise ValueError(f"found {value[:40]!r}, expected a number with a smaller exponent")
    return _as_written(float(value)) if isinstance(value, float) else Fraction(value)


@functools.lru_cache(maxsize=1 << 16)
def _as_written(value: float) -> Fraction:
    return Fraction(Decimal(repr(value)))


_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_WRITTEN = re.compile(
    r"([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,2})?)\s*([%‰万]?)", re.IGNORECASE
)
_OF: dict[str, int | Fraction] = {"%": 100, "‰": 1000, "万": Fraction(1, 10_000)}
_IN_TEN_THOUSANDS = re.compile(r"万[人户]|\(万\)")  # 万州区人口 is in persons


def per_of(heading: str) -> int | Fraction:
    """How many of the bare numbers below a heading make one: 100 under %, 1/10,000 under 万人."""
    plain = unicodedata.normalize("NFKC", heading)
    if _IN_TEN_THOUSANDS.search(plain):
        return _OF["万"]
    return next((_OF[sign] for sign in "%‰" if sign in plain), 1)


def plain_digits(text: str) -> str:
    """A text in half width, without commas that part thousands, and none others; "−" is "-"."""
    return _THOUSANDS.sub("", unicodedata.normalize("NFKC", text).replace("−", "-").strip())


def written(text: str, *, per: int | Fraction = 1) -> Fraction:
    """A number as people write it, exact: "1.2%", "12‰", "１.２％", "1,234", "5.2万", "12".

    A bare number is so many of `per`, as `per_of` its heading says; a comma parts thousands and
    nothing else. Raises ValueError.
    """
    found = _WRITTEN.fullmatch(plain_digits(text))
    if found is None:
        raise ValueError(f"found {text!r}, expected a number such as 1.2% or 0.012")
    return Fraction(found[1]) / _OF.get(found[2], per)


def counted(text: str, *, per: int | Fraction = 1) -> float:
    """A count as people write it, "5.2万人"; NaN for what is none, as a share in % or ‰ is."""
    said = text.strip().removesuffix("人").removesuffix("户")
    if per > 1 or said[-1:] in ("%", "％", "‰"):
        return math.nan
    try:
        return float(written(said, per=per))
    except (OverflowError, ValueError):
        return math.nan


def whole_persons(people: float | Fraction) -> int:
    """People rounded to whole persons, half up, without the float trap of `floor(x + 0.5)`."""
    return math.floor(Fraction(people) + Fraction(1, 2))


def hundredths(value: float | Fraction) -> Fraction:
    """An area [m²] at 0.01 m², the precision at which land is compared (half up)."""
    return Fraction(math.floor(Fraction(value) * 100 + Fraction(1, 2)), 100)


def limit_ms(minutes: float | Fraction) -> int:
    """A time limit in the kernel's unit, milliseconds."""
    return math.floor(rational(minutes) * MS_PER_MIN)


_MEMORY = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


def memory_bytes(text: str) -> int:
    """A size of memory as people write it: "500M", "2G", "1.5 GB". Raises ValueError."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMG]?)i?B?\s*", text, flags=re.IGNORECASE)
    if found is None:
        raise ValueError(f"found {text!r}, expected a size such as 500M or 2G")
    return int(rational(found[1]) * _MEMORY[found[2].upper()])
