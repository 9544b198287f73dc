"""Figures as findings say them."""

from __future__ import annotations

from fractions import Fraction

from planning.standards.functions import building_functions
from planning.standards.outcome import Unit
from planning.standards.terms import Amount, Which

UNIT_WORDS: dict[Unit, tuple[str, str]] = {
    "places": ("个托位", "places"),
    "beds": ("张床位", "beds"),
    "m2": ("平方米", "m²"),
    "facilities": ("处", "facilities"),
    "units": ("个单元", "units"),
    "share": ("", ""),
    "persons": ("人", "people"),
    "yuan": ("元", "yuan"),
    "levels": ("级", "levels"),
    "areas": ("个居住区", "areas"),
    "candidates": ("处候选点", "candidates"),
    "figure": ("", ""),
    "clauses": ("条", "clauses"),
}
"""What comes behind a figure, (中文, English)."""

_ONE = {
    "places": "place", "beds": "bed", "facilities": "facility", "units": "unit",
    "people": "person", "levels": "level", "areas": "area", "candidates": "candidate",
    "clauses": "clause",
}  # fmt: skip
"""What comes behind 1 in English."""


def plain(value: Fraction) -> str:
    """A figure with at most two decimals and thousands separators."""
    if value.denominator == 1:
        return f"{value.numerator:,}"
    return f"{float(value):,.2f}".rstrip("0").rstrip(".")


def percent(value: Fraction, unlike: Fraction | None = None) -> str:
    """One decimal, or as many as tell it from a goal that it does not reach."""
    text, points = "", _points(value)
    for decimals in (1, 2, 4):
        text = f"{points:.{decimals}f}%"
        if unlike is None or value == unlike or text != f"{_points(unlike):.{decimals}f}%":
            break
    return text


def _points(share: Fraction) -> float:
    """Per cent as the nearest float: a whole number over another is rounded once."""
    return 100 * share.numerator / share.denominator


def figure(value: Fraction, unit: Unit, unlike: Fraction | None = None) -> tuple[str, str]:
    """A figure with its unit, (中文, English)."""
    if unit == "share":
        text = percent(value, unlike)
        return text, text
    zh, en = UNIT_WORDS[unit]
    en = _ONE.get(en, en) if value == 1 else en
    return plain(value) + zh, f"{plain(value)} {en}".rstrip()


_AMOUNT_WORDS: dict[Amount, tuple[str, str]] = {
    "places": ("{}个托位", "{} places"),
    "beds": ("{}张养老床位", "{} beds"),
    "nursing_beds": ("{}张护理型床位", "{} nursing beds"),
    "floor_m2": ("建筑面积{}平方米", "{} m² of floor"),
    "elder_floor_m2": ("养老用房{}平方米", "{} m² of elder-care rooms"),
    "elder_land_m2": ("独立占地{}平方米", "{} m² of plots"),
    "facilities": ("{}处", "{} facilities"),
}


def amount_words(amount: Amount, value: Fraction | int) -> tuple[str, str]:
    """So much of an amount, (中文, English)."""
    zh, en = _AMOUNT_WORDS[amount]
    said = plain(Fraction(value))
    head, _, last = en.rpartition(" ")
    en = f"{head} {_ONE.get(last, last)}" if value == 1 else en
    return zh.format(said), en.format(said)


AMOUNT_UNITS: dict[Amount, Unit] = {
    "places": "places",
    "beds": "beds",
    "nursing_beds": "beds",
    "floor_m2": "m2",
    "elder_floor_m2": "m2",
    "elder_land_m2": "m2",
    "facilities": "facilities",
}
"""In what a finding about an amount is given."""

_GROUP_WORDS: dict[str, tuple[str, str]] = {
    "total": ("居民", "residents"),
    "elderly": ("60岁及以上", "people of 60 and over"),
    "aged_65": ("65岁及以上", "people of 65 and over"),
    "aged_80": ("80岁及以上", "people of 80 and over"),
    "under_3": ("3岁以下", "children under 3"),
    "age_2": ("2岁", "children of 2"),
    "households": ("户", "households"),
}


def group_words(group: str) -> tuple[str, str]:
    """A group as findings name it; one of the study's own by its name."""
    return _GROUP_WORDS.get(group, (group, group))


_TRAIT_WORDS: dict[str, tuple[str, str]] = {
    "inclusive": ("普惠", "inclusive"),
    "demo": ("示范", "model"),
    "filed": ("已备案", "filed"),
    "in_use": ("在用", "in use"),
    "fire_safe": ("消防达标", "fire-safe"),
    "clinic": ("内设医务室", "with a clinic"),
    "medical_contract": ("有医疗签约", "with a medical contract"),
    "county_run": ("县级直管", "county-run"),
    "general_hospital": ("综合医院", "general"),
    "public": ("公立", "public"),
    "geriatric_department": ("设老年医学科", "with geriatrics"),
    "health_manager": ("有健康管理员", "with a health manager"),
    "standardised": ("标准化", "standardised"),
    "upgraded": ("已改造提升", "upgraded"),
}
_STATUS_WORDS: dict[str, tuple[str, str]] = {
    "open": ("", ""),
    "preparing": ("筹建", "in preparation"),
    "open_or_preparing": ("含筹建", "open or in preparation"),
    "closed": ("已关停", "closed"),
}
_OPERATOR_WORDS = {
    "government": ("政府运营", "government-run"),
    "market": ("市场运营", "market-run"),
}


def which_words(which: Which) -> tuple[str, str]:
    """Which facilities count: what they do, and what else they must be, (中文, English)."""
    if which.text not in _KEPT:
        _KEPT[which.text] = _which_words(which)
    return _KEPT[which.text]


_KEPT: dict[str, tuple[str, str]] = {}


def _which_words(which: Which) -> tuple[str, str]:
    parts = [_TRAIT_WORDS[trait] for trait, wanted in which.traits.items() if wanted]
    parts += [(f"非{zh}", f"not {en}") for trait, wanted in which.traits.items() if not wanted
              for zh, en in [_TRAIT_WORDS[trait]]]  # fmt: skip
    if which.operator:
        parts.append(_OPERATOR_WORDS[which.operator])
    if which.min_floor_m2 is not None:
        least = plain(which.min_floor_m2)
        parts.append((f"单处建筑面积{least}平方米及以上", f"of {least} m² or more each"))
    if which.min_places is not None:
        least = plain(which.min_places)
        parts.append((f"单处{least}个托位及以上", f"of {least} places or more each"))
    if which.min_grade is not None:
        parts.append((f"{which.min_grade}级及以上", f"of grade {which.min_grade} or more"))
    if which.named:
        parts.append((f"名称含{'、'.join(which.named)}", f"named {', '.join(which.named)}"))
    if which.opened_in_year:
        parts.append(("当年新开", "new in the year"))
    if which.status != "open":
        parts.append(_STATUS_WORDS[which.status])
    name_zh, name_en = does_words(which.does)
    if not parts:
        return name_zh, name_en
    return (
        f"{'、'.join(zh for zh, _ in parts)}的{name_zh}",
        f"{name_en}, {', '.join(en for _, en in parts)}",
    )


def does_words(does: str) -> tuple[str, str]:
    """``a + b | c`` in words."""
    zh, en = [], []
    for some in does.split("|"):
        found = [building_functions().of_id(name.strip()) for name in some.split("+")]
        zh.append("＋".join(function.zh for function in found if function))
        en.append(" + ".join(function.en for function in found if function))
    return "或".join(zh), " or ".join(en)


LEVEL_WORDS: dict[str, tuple[str, str]] = {
    "province": ("省", "provinces"),
    "city": ("市", "cities"),
    "county": ("县（市、区）", "counties"),
    "street": ("街道（乡镇）", "streets and towns"),
    "community": ("社区（村）", "communities"),
    "residential_area": ("居住区", "residential areas"),
}
"""Units of a level as findings name them."""
