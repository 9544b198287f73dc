"""A plan that somebody picked by hand: its rows as sizes and years of options."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planning.errors import Fault, StudyError, raise_all
from planning.siting.changes import Change
from planning.siting.modules import Module
from planning.siting.problem import SitingProblem

Longs = npt.NDArray[np.int64]
Says = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PickedSite:
    """One row of a plan made by hand, as its table has it; `where` says where that is.

    `module` is what is built in the candidate, or done with the facility, `place_id`. Of the
    amounts the one counts that the module is sized in; None where the row does not say. `year` is
    None where the row names none.
    """

    where: str
    place_id: str
    service: str
    module: str
    places: float | None
    beds: float | None
    nursing_beds: float | None
    floor_m2: float | None
    year: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """Sizes of options and the years in which they open, (k,) each; −1 for none."""

    size: Longs
    opened: Longs


def as_picked(
    problem: SitingProblem, rows: Sequence[PickedSite], years: Sequence[int | None]
) -> Picked:
    """The rows of a plan as options of a problem, opened in one of `years`, the last if unsaid.

    Raises StudyError with every row that cannot be built: an unknown place, a module that it cannot
    host, a size that does not fit, a second row of the same kind, more floor than there is, a year
    that is none of the plan's, or before there is anything to be had.
    """
    options, candidates = problem.options, problem.candidates
    size = np.zeros(len(options), dtype=np.int64)
    opened = np.full(len(options), -1, dtype=np.int64)
    faults: list[Fault] = []
    taken: dict[int, PickedSite] = {}
    for row in rows:
        k, wanted = _option(problem, row, faults)
        if k is None:
            continue
        slot = int(options.slot[k])
        if slot in taken:
            faults.append(_fault(row, _TWICE, _ONCE))
            continue
        taken[slot] = row
        size[k] = wanted
        year = _year(row, years)
        if any(_year(o, years) != year for o in taken.values() if o.place_id == row.place_id):
            faults.append(_fault(row, _YEARS, _ONE_YEAR))
        if year not in years:
            said = "、".join(map(str, years))
            faults.append(_fault(row, (f"年份 {year}", f"year {year}"), (said, f"one of {said}")))
        first = int(candidates.available_year[options.candidate[k]])
        if year is not None and year < first:
            told = (f"年份 {year}", f"year {year}")
            faults.append(_fault(row, told, (f"{first} 年起可用", f"from {first} on")))
        opened[k] = -1 if year is None else year
    used = np.bincount(
        options.candidate, weights=options.floor_per_unit * size, minlength=len(candidates)
    )
    for j in np.flatnonzero(used > candidates.floor_m2 + _SLACK_M2).tolist():
        row = next(r for slot, r in taken.items() if r.place_id == candidates.ids[j])
        faults.append(
            _fault(
                row,
                (f"各项共 {used[j]:,.0f} 平方米", f"{used[j]:,.0f} m² together"),
                (
                    f"不超过 {candidates.floor_m2[j]:,.0f} 平方米",
                    f"{candidates.floor_m2[j]:,.0f} m² at most",
                ),
            )
        )
    raise_all(StudyError, faults)
    return Picked(size=size, opened=opened)


def _year(row: PickedSite, years: Sequence[int | None]) -> int | None:
    return years[-1] if row.year is None else row.year


_SLACK_M2 = 0.01
_TWICE = ("同一处的同一设施列了两行", "the same of one place stands twice")
_ONCE = ("一行", "one row")
_YEARS = ("同一处的设施年份不同", "what opens in one place opens in different years")
_ONE_YEAR = ("同一年", "one year")


def _option(problem: SitingProblem, row: PickedSite, faults: list[Fault]) -> tuple[int | None, int]:
    """The option of a row and its size; None where there is none."""
    options = problem.options
    at = [j for j, name in enumerate(problem.candidates.ids) if name == row.place_id]
    if not at:
        faults.append(_fault(row, (f"“{row.place_id}”", f"'{row.place_id}'"), _A_PLACE))
        return None, 0
    there = np.flatnonzero(np.isin(options.candidate, at)).tolist()
    own = [k for k in there if _is_meant(options.modules[options.module[k]], row)]
    if not own:
        able = sorted({options.modules[options.module[k]].name for k in there})
        said = "、".join(able) or "无"
        faults.append(
            _fault(
                row,
                (f"设施种类“{row.module}”", f"'{row.module}'"),
                (f"该处可建：{said}", f"what it can host: {', '.join(able) or 'nothing'}"),
            )
        )
        return None, 0
    module = options.modules[options.module[own[0]]]
    wanted = _size(module, row, float(options.floor_per_unit[own[0]]))
    for k in own:
        if wanted is not None and options.min_size[k] <= wanted <= options.max_size[k]:
            return k, wanted
    ranges = [(int(options.min_size[k]), int(options.max_size[k])) for k in own]
    fits = "、".join(f"{a:,}" if a == b else f"{a:,}—{b:,}" for a, b in ranges)
    unit = _UNIT[module.sized_in]
    found = "空" if wanted is None else f"{wanted:,}"
    faults.append(
        _fault(
            row,
            (f"{unit[0]} {found}", f"{unit[1]}: {'blank' if wanted is None else found}"),
            (f"{fits}", f"{fits}"),
        )
    )
    return None, 0


_A_PLACE = ("候选点或现有设施的编号", "the id of a candidate, or of a facility that may be changed")
_UNIT = {
    "places": ("托位", "places"),
    "beds": ("床位", "beds"),
    "nursing_beds": ("护理型床位", "nursing beds"),
    "m2": ("建筑面积", "floor [m²]"),
    "": ("规模", "size"),
}


def _is_meant(module: Module | Change, row: PickedSite) -> bool:
    return module.name == row.module and row.service in ("", module.service)


def _size(module: Module | Change, row: PickedSite, floor_m2_per_unit: float) -> int | None:
    """The size that a row gives a module, in the module's unit; None where it does not say.

    Floor alone says it too, where the module's size takes floor.
    """
    match module.sized_in:
        case "":
            return 1
        case "places":
            said = None if row.places is None else row.places - module.places
        case "beds":
            said = None if row.beds is None else row.beds - module.beds
        case "nursing_beds":
            said = row.nursing_beds
        case "m2":
            said = None
    if said is None and row.floor_m2 is not None and floor_m2_per_unit > 0:
        said = row.floor_m2 / floor_m2_per_unit
    return None if said is None else round(said)


def _fault(row: PickedSite, found: Says, expected: Says) -> Fault:
    return Fault(
        where=row.where, found=found, expected=expected, to_do=("改正该行", "mend the row")
    )
