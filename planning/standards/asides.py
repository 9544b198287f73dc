"""What a finding tells besides: which units a condition was taken to mean, a deadline long past."""

from __future__ import annotations

from collections.abc import Iterator

from planning.area import LEVELS
from planning.standards.accounts import Accounts
from planning.standards.clauses import Clause
from planning.standards.conditions import only_in
from planning.standards.measure_words import where_words
from planning.standards.measures import Place, Role, Trail
from planning.standards.terms import Where
from planning.standards.words import LEVEL_WORDS

Says = tuple[str, str]

_OF_ITS_OWN_YEAR = frozenset({"typed_in", "budget", "enrolment", "yearly_additions", "people"})
"""Measures that look at the clause's year by themselves, or say of which year they speak."""


def asides(clause: Clause, place: Place, accounts: Accounts, trail: Trail | None) -> Says:
    """What stands behind the sentence of a clause that applies; "" where there is nothing."""
    said = [*_zones(clause, place, accounts, trail), *_deadline(clause, accounts)]
    return "；".join(zh for zh, _ in said), "; ".join(en for _, en in said)


def _zones(clause: Clause, place: Place, accounts: Accounts, trail: Trail | None) -> Iterator[Says]:
    """Which central city, which town and country: no document lists them all (STANDARDS A-12)."""
    smaller = dict(only_in(clause.applies, place.level))
    for name in ("central", "zone"):
        wanted = clause.applies.attributes.get(name)
        if wanted is None:
            continue
        zh, en = where_words(Where.model_validate({name: getattr(clause.applies, name)}))
        if name not in smaller:
            yield f"按单元属性属{zh}", f"{en} by what is said of the unit"
            continue
        level, names = _named(name, wanted, place, accounts)
        level_zh, level_en = LEVEL_WORDS.get(level, ("单元", "units"))
        n = len(names)
        yield f"{zh}按单元属性，为{n}个{level_zh}", f"{en}: {n} {level_en} by what is said of them"
        if trail is not None:
            trail.say(f"{zh}（A-12）：{'、'.join(names)}", f"{en} (A-12): {', '.join(names)}")


def _named(
    name: str, wanted: tuple[str, ...], place: Place, accounts: Accounts
) -> tuple[str, list[str]]:
    """The units inside a place that are so, of the highest level of which anything is said."""
    for level in LEVELS[LEVELS.index(place.level) + 1 :] if place.level in LEVELS else ():
        inside = (accounts.ancestors(level, place.level) == place.at).nonzero()[0].tolist()
        said = {at: word for at in inside if (word := accounts.said(level, at).get(name, ""))}
        if said:
            names = accounts.unit_names(level)
            return level, [names[at] for at, word in said.items() if word in wanted]
    return "", []


def _deadline(clause: Clause, accounts: Accounts) -> Iterator[Says]:
    """What was due in a year that is past is held against what there is now (A-23)."""
    now = accounts.situation.year
    is_by = clause.when == "by" and clause.measure.kind not in _OF_ITS_OWN_YEAR
    if is_by and now is not None and clause.year is not None and clause.year < now:
        yield (
            f"期限为{clause.year}年，按{now}年的人口和设施评估",
            f"due by {clause.year}, held against the people and facilities of {now}",
        )


_ROLES: dict[Role, Says] = {
    "requirement": ("约束性要求，计入应达标条数", "a requirement, counted among the binding"),
    "goal": ("力争目标，不计入约束性条数", "a goal, not counted among the binding"),
    "benchmark": ("此层级或此年仅作对照", "shown at this level or in this year, not asked of it"),
    "indicator": ("仅列示：文件未定可判定的数值，或属引导、背景",
                  "shown: no figure to be held to is printed, or it is soft or background"),
}  # fmt: skip


def role_words(role: Role) -> Says:
    """As what a clause counts in a unit, and why."""
    return _ROLES[role]
