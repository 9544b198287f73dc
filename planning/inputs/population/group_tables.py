"""Groups that a table counts by unit, such as the disabled, the poor, or households."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from planning.area import StudyArea
from planning.demand import Demand, OfficialTotals, Raked, people_by_unit, rake
from planning.errors import Fault, InputError, raise_all
from planning.inputs.population.unit_figures import Field, figure_notes, unit_figures
from planning.provenance import Note
from planning.study import GroupSpec, Study, UnitTable

Floats = npt.NDArray[np.float64]

_ROUNDING = 1e-9


def with_counted_groups(
    study: Study, area: StudyArea, demand: Demand, paths: Mapping[str, Path]
) -> tuple[Demand, tuple[Note, ...]]:
    """The same demand with the groups that tables count, and what had to be assumed.

    In every unit of the table the group is spread as the people it is `within`, so that all points
    of the unit have one share of them; where no unit of the table is, the share of all its units
    together. Raises InputError where a unit would hold more of a group than of those it is within.
    """
    notes: list[Note] = []
    faults: list[Fault] = []
    for name in inner_last(study.groups):
        group = study.groups[name]
        assert group.table is not None
        key = f"groups.{name}.table"
        try:
            found = _counted(group, group.table, area, demand, key, paths[key])
        except InputError as error:
            faults.extend(error.faults)
            continue
        demand = replace(demand, people={**demand.people, name: found.people})
        notes += found.notes
    raise_all(InputError, faults)
    return demand, tuple(notes)


def inner_last(groups: Mapping[str, GroupSpec]) -> list[str]:
    """Groups by table, each after the one it is `within`; the study file has no circles."""
    ordered: list[str] = []

    def take(name: str) -> None:
        group = groups.get(name)
        if group is not None and group.table is not None and name not in ordered:
            take(group.within)
            ordered.append(name)

    for name in groups:
        take(name)
    return ordered


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counted:
    """A group's people by point, shape (n,), and what is to be told of them."""

    people: Floats
    notes: tuple[Note, ...]


def _counted(
    group: GroupSpec, table: UnitTable, area: StudyArea, demand: Demand, key: str, path: Path
) -> _Counted:
    field: Field = "share" if "share" in table.columns else "people"
    found = unit_figures(table, path, area, key=key, field=field)
    figures = found.levels
    whole = demand.people[group.within]
    held = {
        level: people_by_unit(whole, demand.place[level], len(of_units))
        for level, of_units in figures.items()
    }
    if field == "share":
        figures = {level: share * held[level] for level, share in figures.items()}
    raise_all(InputError, list(_too_many(group, area, figures, held, f"{key}: {path.name}")))
    lowest = list(figures)[-1]
    share = _mean_share(figures[lowest], held[lowest])
    fitted = rake(
        whole * share,
        [
            OfficialTotals(unit=demand.place[level], people=people)
            for level, people in figures.items()
        ],
    )
    counted = _Counted(people=np.minimum(fitted.people, whole), notes=())
    told = figure_notes(area, found, fitted, key=key, label=group.label)
    notes = _notes(group, demand, figures, fitted, counted.people, share, key)
    return replace(counted, notes=(*told, *notes))


def _mean_share(figures: Floats, held: Floats) -> float:
    """Of all units that have a figure together; 0 where nobody lives in them."""
    known = ~np.isnan(figures)
    there = float(np.sum(held[known]))
    return float(np.sum(figures[known])) / there if there else 0.0


def _too_many(
    group: GroupSpec,
    area: StudyArea,
    figures: Mapping[str, Floats],
    held: Mapping[str, Floats],
    where: str,
) -> Iterator[Fault]:
    """Units of which the table counts more of the group than live there of those it is within."""
    for name, of_units in figures.items():
        level = area.level(name)
        assert level is not None
        for at in np.flatnonzero(of_units > held[name] * (1 + _ROUNDING)):
            unit = f"{level.names[at]}（{level.ids[at]}）"
            yield Fault(
                where=where,
                found=(
                    f"{unit}{group.label} {of_units[at]:,.0f}，多于所属人群 {held[name][at]:,.0f}",
                    f"{of_units[at]:,.0f} in {unit}, more than the {held[name][at]:,.0f} they are "
                    "part of",
                ),
                expected=("不多于所属人群", "no more than those they are part of"),
                to_do=(
                    "核对表中数字、within，以及人口是否需用 population.totals 校准",
                    "check the figure, `within`, and whether the people need population.totals",
                ),
            )


def _notes(
    group: GroupSpec,
    demand: Demand,
    figures: Mapping[str, Floats],
    fitted: Raked,
    people: Floats,
    share: float,
    key: str,
) -> Iterator[Note]:
    many = "户" if group.unit == "households" else "人"
    count = sum(int(np.sum(~np.isnan(of_units))) for of_units in figures.values())
    yield Note(
        about=key,
        zh=f"{group.label}：按表中 {count} 个单元计，范围内 {np.sum(people):,.0f} {many}",
        en=f"by the figures of {count} units: {np.sum(people):,.0f} {group.unit} in the area",
    )
    known = np.zeros(len(demand), dtype=bool)
    for name, of_units in figures.items():
        known |= np.append(~np.isnan(of_units), False)[demand.place[name]]
    if assumed := float(np.sum(people[~known])):
        yield Note(
            about=key,
            zh=f"{group.label}：其中 {assumed:,.0f} {many}在表中没有的单元，按表中单元合计的占比 "
            f"{share:.2%}",
            en=f"{assumed:,.0f} of them in units that the table does not have, by the share "
            f"of all its units, {share:.2%}",
        )
    cut = float(np.sum(fitted.people - people))
    if cut > _ROUNDING * float(np.sum(fitted.people)):
        yield Note(
            about=key,
            zh=f"{group.label}：各级数字相互矛盾，{cut:,.0f} {many}超出所属人群，未计",
            en=f"its levels contradict each other: {cut:,.0f} more than there are of those they "
            "are part of, not counted",
        )
