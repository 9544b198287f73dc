"""Where a clause applies: what a unit must be, and what nobody says of it."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from planning.standards.asks import Where

Says = tuple[str, str]

_ATTRIBUTES = ("zone", "town", "form", "central", "agricultural", "central_town", "eligible",
               "poverty", "migrants")  # fmt: skip

_NAMES: dict[str, Says] = {
    "zone": ("城乡类别", "whether it is urban, suburban or rural"),
    "town": ("新旧城区", "whether it is old or new town"),
    "form": ("建制（街道、镇、乡…）", "its form (street, town, township …)"),
    "central": ("是否中心城区", "whether it is in the central city"),
    "agricultural": ("是否涉农", "whether it is agricultural"),
    "central_town": ("是否中心镇", "whether it is a central town"),
    "eligible": ("是否具备条件", "whether it has the conditions"),
    "poverty": ("是否脱贫地区", "whether it is an ex-poverty area"),
    "migrants": ("是否流动人口集聚区", "whether migrants concentrate there"),
}


class Applies(NamedTuple):
    """Whether a clause applies to a unit; None where nobody says, with what is not said."""

    yes: bool | None
    why: Says = ("", "")


APPLIES = Applies(yes=True)


def applies(
    where: Where,
    attributes: dict[str, str],
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
    for key in _ATTRIBUTES:
        wanted = getattr(where, key)
        if wanted in (None, ()) or key in but:
            continue
        said = attributes.get(key, "")
        if not said:
            unknown.append(key)
        elif said not in words_wanted(wanted):
            return Applies(False, _not_so(key))
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
        return Applies(None, (f"单元未注明{zh}", f"nobody says {en}"))
    return APPLIES


def said_of_smaller_units(level: str) -> tuple[str, ...]:
    """Attributes that a unit of this level cannot have, since it holds units of both kinds.

    A county holds town and country; a city holds central and other districts besides.
    """
    if level == "county":
        return ("zone",)
    return ("zone", "central", "agricultural") if level in ("province", "city") else ()


def words_wanted(wanted: object) -> tuple[str, ...]:
    """A condition as the words that a unit may have."""
    if isinstance(wanted, bool):
        return ("yes",) if wanted else ("no",)
    return wanted if isinstance(wanted, tuple) else (str(wanted),)


def _not_so(key: str) -> Says:
    zh, en = _NAMES[key]
    return f"不适用（{zh}）", f"does not apply ({en})"
