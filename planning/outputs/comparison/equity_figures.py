"""How evenly every side serves people: the worst unit, the worst tenth, Gini coefficients."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from planning.outputs.access_words import access_unit_words, measure_words
from planning.outputs.bilingual import Says
from planning.outputs.comparison.coverage_figures import agree_on, service_says, services_of
from planning.outputs.comparison.figure import Better, Figure, Form, Section, by_subject, known
from planning.outputs.comparison.run_files import Row
from planning.outputs.comparison.sides import Side, units_in_order
from planning.outputs.finding_words import level_words


def equity_section(sides: Sequence[Side], one_area: Sequence[bool]) -> Section:
    """The worst unit of each service, then what access.csv has, of each service's own group."""
    figures = [*_worst_units(sides, one_area), *_access(sides, one_area)]
    notes: list[Says] = [
        (
            "基尼系数 0 为人人相同，1 为全归一人；时间越短越好，其余越多越好",
            "A Gini coefficient of 0: everyone has the same; 1: one has all. Less is better of "
            "times, more of all else",
        )
    ]
    if not any(side.run.summary.get("access") for side in sides):
        notes = [
            (
                "各研究没有要求可达性（services.*.access），没有基尼系数可比",
                "No study asks for access (services.*.access): there is no Gini to compare",
            )
        ]
    title = ("公平", "Equity")
    return Section(
        name="equity", title=title, figures=by_subject(known(figures)), notes=tuple(notes)
    )


def smallest_level(sides: Sequence[Side]) -> str:
    """The last level of units that the coverage goes down to; "" where there are no units."""
    levels = [level for level, _ in units_in_order(sides)]
    return levels[-1] if levels else ""


def _worst_units(sides: Sequence[Side], one_area: Sequence[bool]) -> list[Figure]:
    level = smallest_level(sides)
    figures = []
    for service in services_of(sides) if level else ():
        worst = [_worst(side, service, level) for side in sides]
        level_zh, level_en = level_words(level)
        comparable = tuple(a and b for a, b in zip(one_area, agree_on(sides, service), strict=True))
        figures.append(
            Figure(
                subject=service_says(sides, service),
                says=(f"覆盖率最低的{level_zh}", f"the least share among {level_en}"),
                form="share",
                values=tuple(None if row is None else row["share"] for row in worst),
                comparable=comparable,
                beside=tuple("" if row is None else str(row["unit_name"]) for row in worst),
                better="more",
            )
        )  # fmt: skip
    return figures


def _worst(side: Side, service: str, level: str) -> Row | None:
    """The unit with the least share; the first of those that share it."""
    lived_in = [
        row
        for (of, _), row in side.coverage(service).items()
        if of == level and row["share"] is not None
    ]
    return min(lived_in, key=lambda row: float(row["share"]), default=None)


def _access(sides: Sequence[Side], one_area: Sequence[bool]) -> list[Figure]:
    held = [_own_access(side) for side in sides]
    level = smallest_level(sides)
    figures: list[Figure] = []
    for service, measure in dict.fromkeys((s, m) for one in held for s, m, _ in one):
        people = [one.get((service, measure, "area")) for one in held]
        between = [one.get((service, measure, level)) for one in held]
        unit = next(str(row["unit"]) for row in (*people, *between) if row is not None)
        subject = service_says(sides, service)
        what_zh, what_en = _called(measure_words, measure)
        unit_zh, unit_en = _called(access_unit_words, unit)
        more: Better = "less" if unit == "min" else "more"
        level_zh, level_en = level_words(level)
        asked: list[tuple[Says, list[Row | None], str, Form, Better]] = [
            ((f"人均（{unit_zh}）", f"mean ({unit_en})"), people, "mean", "amount", more),
            (("最差一成人均", "mean of the worst tenth"), people, "worst_tenth", "amount", more),
            (("基尼系数", "Gini"), people, "gini", "index", "less"),
            (("最多一成与最少四成之比（Palma）", "Palma ratio"), people, "palma", "index", "less"),
            ((f"{level_zh}之间的基尼系数", f"Gini between {level_en}"), between, "gini", "index",
             "less"),
        ]  # fmt: skip
        comparable = tuple(a and b for a, b in zip(one_area, agree_on(sides, service), strict=True))
        figures += [
            Figure(
                subject=subject, form=form,
                says=(f"{what_zh}：{name[0]}", f"{what_en}: {name[1]}"),
                values=tuple(None if row is None else row[column] for row in rows),
                comparable=comparable, better=better,
            )
            for name, rows, column, form, better in asked
        ]  # fmt: skip
    return figures


def _called(words: Callable[[str], Says], name: str) -> Says:
    """What a measure or a unit is called; one of another version by its own name."""
    try:
        return words(name)
    except (KeyError, ValueError):
        return name, name


def _own_access(side: Side) -> dict[tuple[str, str, str], Row]:
    """By service, measure and level: of all people, and between the units of each level."""
    services = side.run.summary["services"]
    return {
        (row["service"], row["measure"], row["level"]): row
        for row in side.run.rows("access", side.state)
        if row["service"] in services
        and row["group"] == services[row["service"]]["group"]
        and row["between"] == ("people" if row["level"] == "area" else "units")
    }
