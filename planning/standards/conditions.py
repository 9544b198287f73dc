"""Where a clause applies: what a unit must be, and what nobody says of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from planning.standards.terms import Where

Says = tuple[str, str]

_NAMES: dict[str, Says] = {
    "zone": ("城乡类别", "the zone"),
    "town": ("新旧城区", "old or new town"),
    "form": ("建制", "the form"),
    "central": ("是否中心城区", "the central city"),
    "agricultural": ("是否涉农", "an agricultural unit"),
    "central_town": ("是否中心镇", "a central town"),
    "eligible": ("是否具备条件", "a town with the conditions"),
    "poverty": ("是否脱贫地区", "an ex-poverty area"),
    "migrants": ("是否流动人口集聚区", "a place of migrants"),
}


class Applies(NamedTuple):
    """Whether a clause applies to a unit; None where nobody says, with what is not said."""

    yes: bool | None
    why: Says = ("", "")


APPLIES = Applies(yes=True)


def applies(
    where: Where,
    attributes: Mapping[str, str],
    *,
    name: str,
    persons: int | None,
    but: Collection[str] = (),
) -> Applies:
    """Hold a unit against the conditions; the first that fails or is unknown decides.

    Conditions in `but` are left out. `attributes` are the unit's own, "" where nobody says;
    `persons` the residents, None unknown.
    """
    if where.names and name not in where.names:
        return Applies(False, (f"仅适用于{'、'.join(where.names)}", "meant for other units"))
    unknown: list[str] = []
    for key, wanted in where.attributes.items():
        if key in but:
            continue
        said = attributes.get(key, "")
        if not said:
            unknown.append(key)
        elif said not in wanted:
            return Applies(False, _not_so(key, said, wanted))
    if persons is not None:
        if where.people_min is not None and persons < where.people_min:
            least = f"{where.people_min.numerator:,}"
            return Applies(
                False, (f"{persons:,}人，不足{least}人", f"{persons:,} people, under {least}")
            )
        if where.people_over is not None and persons <= where.people_over:
            least = f"{where.people_over.numerator:,}"
            return Applies(
                False, (f"{persons:,}人，未超过{least}人", f"{persons:,} people, not over {least}")
            )
    if unknown:
        zh = "、".join(_NAMES[key][0] for key in unknown)
        en = " and ".join(_NAMES[key][1] for key in unknown)
        return Applies(None, (f"单元未注明{zh}", f"nobody says whether it is so: {en}"))
    return APPLIES


def said_of_smaller_units(level: str) -> tuple[str, ...]:
    """Attributes that a unit of this level cannot have, since it holds units of both kinds.

    A county holds town and country; a city holds central and other districts besides.
    """
    if level == "county":
        return ("zone",)
    return ("zone", "central", "agricultural") if level in ("province", "city") else ()


def only_in(where: Where, level: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What a clause about units of `level` says of the smaller ones in them: only these count."""
    asked = where.attributes
    return tuple((name, asked[name]) for name in said_of_smaller_units(level) if name in asked)


def _not_so(key: str, said: str, wanted: tuple[str, ...]) -> Says:
    zh, en = _NAMES[key]
    is_zh, is_en = _VALUES.get(said, (said, said))
    only_zh = "、".join(_VALUES.get(word, (word, word))[0] for word in wanted)
    only_en = " or ".join(_VALUES.get(word, (word, word))[1] for word in wanted)
    if said in ("yes", "no"):
        return f"不适用：{zh}为“{is_zh}”", f"does not apply: {en} is said to be {is_en}"
    return f"仅适用于{only_zh}，本单元为{is_zh}", f"for {only_en} alone, this is {is_en}"


_VALUES: dict[str, Says] = {
    "yes": ("是", "so"),
    "no": ("否", "not so"),
    "urban": ("城区", "urban"),
    "suburb": ("郊区", "suburban"),
    "rural": ("农村", "rural"),
    "old": ("旧城区", "old town"),
    "new": ("新城区", "new town"),
    "street": ("街道", "a street"),
    "town": ("镇", "a town"),
    "township": ("乡", "a township"),
    "neighbourhood": ("社区", "an urban community"),
    "village": ("村", "a village"),
    "county": ("县", "a county"),
    "county_city": ("县级市", "a county-level city"),
    "district": ("市辖区", "a district"),
    "functional_area": ("功能区", "a functional area"),
}
"""What may be said of a unit, as findings say it."""
