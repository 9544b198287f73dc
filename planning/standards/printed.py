"""What a clause asks for, as its document prints it: sign, figure, unit and year."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from planning.standards.clauses import Clause, Operator, Strength, When
from planning.standards.words import plain

Says = tuple[str, str]

ABSENT: Says = ("—", "—")
"""What is written where there is no figure."""

SIGNS: Mapping[Operator, str] = {">=": "≥", ">": ">", "<=": "≤", "<": "<", "=": ""}
"""What stands before a figure; a figure by itself is to be hit."""

STRENGTH_WORDS: Mapping[Strength, Says] = {
    "binding": ("约束", "binding"),
    "near-binding": ("基本", "near-binding"),
    "aspirational": ("力争", "aspirational"),
    "soft": ("引导", "soft"),
    "info": ("背景", "background"),
}

_WHEN: Mapping[When, Says] = {
    "standing": ("", ""),
    "by": ("到{}年", "by {}"),
    "in": ("{}年", "in {}"),
    "from": ("{}年起", "from {} on"),
    "yearly": ("每年", "yearly"),
}

_UNITS_EN: Mapping[str, str] = {
    "个/千人": "per 1,000",
    "张/千人": "beds per 1,000",
    "平方米/千人": "m² per 1,000",
    "平方米/人": "m² a person",
    "平方米/百户": "m² per 100 homes",
    "平方米/处": "m² each",
    "张/处": "beds each",
    "个/处": "places each",
    "人/处": "people each",
    "人/年": "people a year",
    "平方米": "m²",
    "基尼系数": "(Gini)",
    "张": "beds",
    "人": "people",
    "人次": "visits",
    "元": "yuan",
    "级": "levels",
    "条": "clauses",
    "户": "homes",
    "岁": "years",
    "倍": "times",
}
"""Units as documents print them; those that only count (处, 个, 所, 家 …) need no word."""


def in_unit(text: str, unit: str) -> Says:
    """A figure, written already, with the unit that the document prints (中文, English)."""
    if unit == "%":
        return f"{text}%", f"{text}%"
    word = _UNITS_EN.get(unit, unit if unit.isascii() else "")
    return f"{text}{unit}", f"{text} {word}".rstrip()


def asks_a_figure(clause: Clause) -> bool:
    """Whether a figure is printed that a unit is held against; the rate of a subsidy is none."""
    return clause.value is not None and clause.measure.kind != "cost"


def target_words(clause: Clause) -> Says:
    """What is asked for: ≥4.5个/千人; a dash where the document prints no figure."""
    if clause.value is None or not asks_a_figure(clause):
        return ABSENT
    zh, en = in_unit(plain(clause.value), clause.unit)
    sign = SIGNS[clause.operator or ">="]
    return f"{sign}{zh}", f"{sign}{en}"


def when_words(clause: Clause) -> Says:
    """By when it is asked; "" where it always is."""
    zh, en = _WHEN[clause.when]
    return zh.format(clause.year), en.format(clause.year)


def apart(value: Fraction, unlike: Fraction | None) -> str:
    """A figure with two decimals, or with as many as tell it from one that it does not reach."""
    text = plain(value)
    for decimals in (3, 4, 6):
        if unlike is None or value == unlike or text != plain(unlike):
            break
        text = f"{float(value):,.{decimals}f}".rstrip("0").rstrip(".")
    return text
