"""Exact quantities: whole persons, ceilings of rational requirements, the kernel's time unit.

STANDARDS D: people are rounded to whole persons first; required places are the ceiling of exact
rational arithmetic; land is compared at 0.01 m².
"""

from __future__ import annotations

import math
import re
import unicodedata
from decimal import Decimal
from fractions import Fraction

MS_PER_S = 1_000
MS_PER_MIN = 60_000


def rational(value: str | int | float | Fraction) -> Fraction:
    """The number as written: "0.55" and 0.55 both give 11/20, not the nearest binary fraction."""
    if isinstance(value, float):
        return Fraction(Decimal(repr(float(value))))
    return Fraction(value)


_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_WRITTEN = re.compile(r"([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,2})?)\s*([%‰]?)", re.IGNORECASE)
_OF = {"%": 100, "‰": 1000}


def written(text: str, *, per: int = 1) -> Fraction:
    """A number as people write it, exact: "1.2%", "12‰", "１.２％", "1,234", or a bare one.

    A bare number is so many of `per`, as a heading in % or ‰ says; a comma parts thousands and
    nothing else. Raises ValueError.
    """
    said = unicodedata.normalize("NFKC", text).replace("−", "-")
    found = _WRITTEN.fullmatch(_THOUSANDS.sub("", said.strip()))
    if found is None:
        raise ValueError(f"found {text!r}, expected a number such as 1.2% or 0.012")
    return Fraction(found[1]) / _OF.get(found[2], per)


def whole_persons(people: float | Fraction) -> int:
    """People rounded to whole persons, half up, without the float trap of `floor(x + 0.5)`."""
    return math.floor(Fraction(people) + Fraction(1, 2))


def required_count(*, rate: Fraction, persons: int) -> int:
    """Places (or beds, or units) needed for `persons` at `rate` per person [count]."""
    return math.ceil(rate * persons)


def hundredths(value: float) -> Fraction:
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
