"""Who is within the limit on every side: in the whole area, by group, and unit by unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from planning.outputs.bilingual import Says
from planning.outputs.comparison.figure import Figure, Section, by_subject, known
from planning.outputs.comparison.run_files import Row, State
from planning.outputs.comparison.shared import Shared
from planning.outputs.comparison.sides import (
    Side,
    UnitKey,
    is_before_and_after,
    units_in_order,
)

_WHOLE_AREA: UnitKey = ("area", "")
_RULES: dict[str, Says] = {
    "nearest_first": ("近者先得", "the nearer first"),
    "transport_optimum": ("统筹调配", "shared out"),
}


def services_of(sides: Sequence[Side]) -> tuple[str, ...]:
    """The services of all sides, the base's first."""
    return tuple(dict.fromkeys(s for side in sides for s in side.run.summary["services"]))


def service_says(sides: Sequence[Side], service: str) -> Says:
    """A service with its group and limit; only its name where the sides do not agree on them."""
    specs = [side.run.summary["services"].get(service) for side in sides]
    known = [one for one in specs if one is not None]
    label = str(known[0]["label"])
    if len({(one["group"], one["limit_min"]) for one in known}) > 1:
        return label, label
    zh, en = group_says(sides, known[0]["group"])
    minutes = f"{known[0]['limit_min']:g}"
    return f"{label}（{zh}，{minutes} 分钟）", f"{label} ({en}, {minutes} min)"


def group_says(sides: Sequence[Side], group: str) -> Says:
    """What a group is called."""
    for side in sides:
        words = side.run.summary["groups"].get(group)
        if isinstance(words, list) and len(words) == 2:
            return str(words[0]), str(words[1])
    return group, group


def agree_on(sides: Sequence[Side], service: str) -> tuple[bool, ...]:
    """By side, whether a service has the base's group and limit."""
    specs = [side.run.summary["services"].get(service) for side in sides]
    held = [None if one is None else (one["group"], one["limit_min"]) for one in specs]
    return tuple(one is not None and one == held[0] for one in held)


def same_services(sides: Sequence[Side]) -> tuple[bool, ...]:
    """By side, whether it has the base's services, each with the same group and limit."""
    held = [
        {
            name: (one["group"], one["limit_min"])
            for name, one in side.run.summary["services"].items()
        }
        for side in sides
    ]
    return tuple(one == held[0] for one in held)


def coverage_section(sides: Sequence[Side], one_area: Sequence[bool]) -> Section:
    """People and shares within the limit; several plans with how the town stands today as well."""
    states: list[State | None] = [None]
    if not is_before_and_after(sides) and any(side.plan is not None for side in sides):
        states = ["now", None]
    figures: list[Figure] = []
    for service in services_of(sides):
        comparable = tuple(a and b for a, b in zip(one_area, agree_on(sides, service), strict=True))
        subject = service_says(sides, service)
        for state in states:
            rows = [side.coverage(service, state).get(_WHOLE_AREA) for side in sides]
            now_zh, now_en = ("现状", "today: ") if state else ("", "")
            figures += [
                Figure(
                    subject=subject,
                    says=(f"{now_zh}圈内（人）", f"{now_en}within (people)"),
                    form="people", values=_of(rows, "covered"), comparable=comparable,
                    better="more",
                ),
                Figure(
                    subject=subject,
                    says=(f"{now_zh}覆盖率", f"{now_en}share"),
                    form="share", values=_of(rows, "share"), comparable=comparable, better="more",
                ),
            ]  # fmt: skip
    figures += _with_places(sides, one_area)
    title = ("覆盖", "Coverage")
    return Section(name="coverage", title=title, figures=by_subject(known(figures)))


def _of(rows: Sequence[Row | None], column: str) -> tuple[float | None, ...]:
    return tuple(None if row is None else row[column] for row in rows)


def _with_places(sides: Sequence[Side], one_area: Sequence[bool]) -> list[Figure]:
    """People within the limit who have a place as well, by rule, where a study asks."""
    held = [
        {
            (row["service"], row["rule"]): row
            for row in side.run.rows("capacity", side.state)
            if row["level"] == "area"
        }
        for side in sides
    ]
    figures = []
    for service, rule in dict.fromkeys(key for one in held for key in one):
        rule_zh, rule_en = _RULES.get(rule, (rule, rule))
        comparable = tuple(a and b for a, b in zip(one_area, agree_on(sides, service), strict=True))
        figures.append(
            Figure(
                subject=service_says(sides, service),
                says=(f"圈内且有位子（{rule_zh}）", f"within, with a place ({rule_en})"),
                form="share", values=_of([one.get((service, rule)) for one in held], "share"),
                comparable=comparable, better="more",
            )
        )  # fmt: skip
    return figures


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCoverage:
    """A service in one unit: the share and the people within the limit, by side."""

    unit: UnitKey
    name: str
    service: str
    share: Figure
    covered: Figure


def by_unit(sides: Sequence[Side], shared: Sequence[Shared]) -> tuple[UnitCoverage, ...]:
    """Every service in every unit, in their order; only common units have differences."""
    found = []
    rows = {name: [side.coverage(name) for side in sides] for name in services_of(sides)}
    for unit, name in units_in_order(sides).items():
        common = (True, *(unit in one.units for one in shared))
        for service, of in rows.items():
            held = [one.get(unit) for one in of]
            if not any(held):
                continue
            says = service_says(sides, service)
            comparable = tuple(
                a and b for a, b in zip(common, agree_on(sides, service), strict=True)
            )
            share = Figure(
                says=says, form="share", values=_of(held, "share"), comparable=comparable,
                better="more",
            )  # fmt: skip
            covered = replace(share, form="people", values=_of(held, "covered"))
            found.append(
                UnitCoverage(unit=unit, name=name, service=service, share=share, covered=covered)
            )
    return tuple(found)


def groups_section(sides: Sequence[Side], one_area: Sequence[bool]) -> Section:
    """Every group within every limit of the whole area."""
    held = [
        {
            (row["service"], row["limit_min"], row["group"]): row
            for row in side.run.rows("coverage", side.state)
            if row["level"] == "area"
        }
        for side in sides
    ]
    figures = []
    for service, limit, group in dict.fromkeys(key for one in held for key in one):
        label = str(
            next(
                spec["label"]
                for side in sides
                if (spec := side.run.summary["services"].get(service)) is not None
            )
        )
        zh, en = group_says(sides, group)
        rows = [one.get((service, limit, group)) for one in held]
        subject = f"{label}（{zh}，{limit:g} 分钟）", f"{label} ({en}, {limit:g} min)"
        figures += [
            Figure(
                subject=subject, says=("圈内（人）", "within (people)"), form="people",
                values=_of(rows, "covered"), comparable=tuple(one_area), better="more",
            ),
            Figure(
                subject=subject, says=("覆盖率", "share"), form="share",
                values=_of(rows, "share"), comparable=tuple(one_area), better="more",
            ),
        ]  # fmt: skip
    return Section(
        name="groups", title=("各人群各时限", "Every group and limit"), figures=known(figures)
    )
