"""``planning demand``: whom a study plans for, in the base year and the year it projects to."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from planning.cli.tables import print_notes, print_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    import numpy.typing as npt

    from planning.area import StudyArea
    from planning.demand import Demand
    from planning.provenance import Note
    from planning.result import Outlook
    from planning.study import GrowthSpec

_MOST_GROUPS = 4
_MOST_UNITS = 12
_MOST_YEARS = 11
_OWN = "本研究 study"
_ABOUT_PEOPLE = {"area", "population", "ages", "groups", "projection"}


def print_outlooks(outlooks: Sequence[Outlook]) -> None:
    """People by group of the whole area and of its upper units, scenario under scenario."""
    study = outlooks[0].study
    names = list(dict.fromkeys(name for one in outlooks for name in one.study.labels))
    for begin in range(0, len(names), _MOST_GROUPS):
        _print_people(outlooks, names[begin : begin + _MOST_GROUPS])
    _print_counts(outlooks)
    if all(one.later is None for one in outlooks):
        print("研究没有 projection：人数即基年人数 no projection: people as counted")
    told: set[Note] = set()
    for one in outlooks:
        # What the table shows need not be told again, nor what holds for a scenario above.
        fresh = [n for n in one.notes if n.about != "projection.people" and n not in told]
        if fresh:
            print(f"{one.scenario or _OWN}")
            print_notes(fresh)
        told.update(fresh)
    shown = {one.scenario for one in outlooks}
    others = [
        name
        for name, change in study.scenarios.items()
        if name not in shown and not _ABOUT_PEOPLE.isdisjoint(change)
    ]
    if others:
        print(f"其他情景 other scenarios (--scenario): {', '.join(others)}")


def _print_people(outlooks: Sequence[Outlook], groups: Sequence[str]) -> None:
    first = outlooks[0]
    places = list(_places(first.area))
    rows: list[list[str]] = []
    for name, level, unit in places[: 1 + _MOST_UNITS]:
        if rows:
            rows.append([""] * len(rows[0]))
        shown = None
        for one in outlooks:
            counted = _people(one.counted, level, unit)
            if (one.counted.year, counted) != shown:
                shown = one.counted.year, counted
                scenario = "基年 base" if one is first else f"基年 base\n{one.scenario}"
                rows.append(_row(name, scenario, one.counted.year, counted, groups))
                name = ""
            if one.later is not None:
                later = _people(one.later, level, unit)
                scenario = one.scenario or _OWN
                rows.append(_row(name, scenario, one.later.year, later, groups))
                change = [_change(counted.get(g), later.get(g)) for g in groups]
                rows.append(["", "增减 change", "", *change])
    labels = {name: label for one in outlooks for name, label in one.study.labels.items()}
    print_table(
        f"服务人口 people · {first.area.name}",
        [
            "单元\nunit",
            "情景\nscenario",
            "年份\nyear",
            *("\n".join(dict.fromkeys(labels[group])) for group in groups),
        ],
        rows,
        figures=1 + len(groups),
    )
    if len(places) > 1 + _MOST_UNITS:
        rest = len(places) - 1 - _MOST_UNITS
        print(f"其余 {rest} 个单元见 --json; the other {rest} units are in --json")


def _row(
    name: str, scenario: str, year: int | None, people: dict[str, float], groups: Sequence[str]
) -> list[str]:
    figures = (f"{people[group]:,.0f}" if group in people else "—" for group in groups)
    return [name, scenario, "—" if year is None else str(year), *figures]


def _change(before: float | None, after: float | None) -> str:
    return "—" if not before or after is None else f"{after / before - 1:+.1%}"


def _places(area: StudyArea) -> Iterator[tuple[str, str | None, int]]:
    """The whole area, then the units of the uppermost level that has more than one."""
    yield "全域 area", None, 0
    level = next((level for level in area.levels if len(level) > 1), None)
    if level is not None:
        for at, name in enumerate(level.names):
            yield name, level.level, at


def _people(demand: Demand, level: str | None, unit: int) -> dict[str, float]:
    where: npt.NDArray[np.bool_] | None = None
    if level is not None:
        where = demand.place[level] == unit
    return {group: demand.total(group, where) for group in demand.people}


def _print_counts(outlooks: Sequence[Outlook]) -> None:
    """The printed counts behind a projection, and where they lead year by year."""
    seen = []
    for one in outlooks:
        spec = one.study.projection
        if spec is None or not spec.counts or spec.counts in seen:
            continue
        seen.append(spec.counts)
        targets = {
            other.study.projection.year
            for other in outlooks
            if other.study.projection and other.study.projection.counts == spec.counts
        }
        _print_path(one, targets)


def _print_path(one: Outlook, targets: set[int]) -> None:
    from planning.inputs.population.by_counts import people_in, rate_between, with_total

    assert one.study.projection is not None
    counts = with_total(one.study.projection.counts)
    ends = {end.year for growth in counts.values() for end in (growth.first, growth.last)}
    years = sorted(ends | targets)
    if years[-1] - years[0] < _MOST_YEARS:
        years = list(range(years[0], years[-1] + 1))
    paths = {name: people_in(growth, years) for name, growth in counts.items()}
    total = paths.get("total")
    shared = [name for name, growth in counts.items() if growth.first.share is not None and total]
    heads, columns = [], []
    for name, path in paths.items():
        heads.append("\n".join(dict.fromkeys(one.study.labels[name])))
        yearly = f"{rate_between(counts[name]):+.2%}"
        columns.append([*(f"{people:,.0f}" for people in path), yearly])
        if name in shared and total:
            heads.append("占居民\nshare")
            columns.append([f"{p / t:.2%}" for p, t in zip(path, total, strict=True)] + [""])
    print_table(
        "依据的人数 counts behind it",
        ["年份 year", *heads],
        [
            [year, *(column[at] for column in columns)]
            for at, year in enumerate([*(_marked(y, counts) for y in years), "年均 a year"])
        ],
        figures=len(heads),
    )
    print("* 文件所列年份，其余按年均增长率推出 years of the document; the others follow\n")


def _marked(year: int, counts: dict[str, GrowthSpec]) -> str:
    printed = any(year in (growth.first.year, growth.last.year) for growth in counts.values())
    return f"{year} *" if printed else str(year)


def outlooks_json(outlooks: Sequence[Outlook]) -> dict[str, Any]:
    """Everything the tables show, of every level and unit, for machines."""
    return {"study": outlooks[0].study.name, "outlooks": [_plain(one) for one in outlooks]}


def _plain(one: Outlook) -> dict[str, Any]:
    from planning.inputs.population.projection import method_of

    spec = one.study.projection
    return {
        "scenario": one.scenario,
        "title": one.area.name,
        "base_year": one.counted.year,
        "year": None if one.later is None else one.later.year,
        "method": None if spec is None else method_of(spec),
        "source": None if spec is None else spec.source,
        "people": [
            {
                "level": level or "area",
                "unit_id": unit_id,
                "unit_name": name,
                "group": group,
                "label": one.study.labels[group][0],
                "base": base,
                "projected": later.get(group),
            }
            for level, unit_id, name, unit in _every_place(one)
            for later in [{} if one.later is None else _people(one.later, level, unit)]
            for group, base in _people(one.counted, level, unit).items()
        ],
        "notes": [asdict(note) for note in one.notes],
    }


def _every_place(one: Outlook) -> Iterator[tuple[str | None, str, str, int]]:
    yield None, one.study.name, one.area.name, 0
    for level in one.area.levels:
        for at, (unit_id, name) in enumerate(zip(level.ids, level.names, strict=True)):
            yield level.level, unit_id, name, at
