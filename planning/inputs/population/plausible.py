"""Whether projected groups still fit into one another."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from planning.area import StudyArea
from planning.demand import TOTAL, AgeRange, Demand, age_range
from planning.errors import Fault, InputError, raise_all
from planning.study import Study

Floats = npt.NDArray[np.float64]

_EXACT = 1e-9
_MOST_NAMED = 3


def check_groups(study: Study, area: StudyArea, demand: Demand) -> None:
    """No group has more people than those it is part of, at any point.

    Every group is part of all residents or of those it is `within`; one of a narrower range of ages
    is part of one of a wider; two whose ages do not meet are together part of all. Raises
    InputError with every pair that grew out of proportion, its people, and where they are.
    """
    faults = []
    for part, whole, (zh, en), (whole_zh, whole_en) in _pairs(study, demand):
        over = part > whole * (1 + _EXACT)
        if not over.any():
            continue
        here, there = float(part[over].sum()), float(whole[over].sum())
        named = _units(area, demand, over)
        faults.append(
            Fault(
                where=f"projection {demand.year}",
                found=(
                    f"{zh} {here:,.0f} 人，多于同处的{whole_zh} {there:,.0f} 人（{named}）",
                    f"{here:,.0f} of {en}, and {there:,.0f} of {whole_en} there ({named})",
                ),
                expected=("部分不多于全体", "no more than those they are part of"),
                to_do=(
                    "核对各人群的增长率，或取更近的年份",
                    "check the rates of the groups, or take a nearer year",
                ),
            )
        )
    raise_all(InputError, faults)


def _pairs(
    study: Study, demand: Demand
) -> Iterator[tuple[Floats, Floats, tuple[str, str], tuple[str, str]]]:
    """People of a part and of its whole at every point, and what both are called."""
    total = demand.people[TOTAL]
    label = study.labels
    aged = {name: age_range(g.ages) for name, g in study.groups.items() if g.ages is not None}
    for name in study.groups:
        whole = study.groups[name].within
        yield demand.people[name], demand.people[whole], label[name], label[whole]
    for one, ages in aged.items():
        for other, wider in aged.items():
            if one != other and _within(ages, wider):
                yield demand.people[one], demand.people[other], label[one], label[other]
            elif one < other and _apart(ages, wider):
                (zh, en), (also_zh, also_en) = label[one], label[other]
                both = demand.people[one] + demand.people[other]
                yield both, total, (f"{zh}与{also_zh}", f"{en} and {also_en}"), label[TOTAL]


def _within(inner: AgeRange, outer: AgeRange) -> bool:
    up_to = outer.below_age is None or (
        inner.below_age is not None and inner.below_age <= outer.below_age
    )
    return outer.from_age <= inner.from_age and up_to


def _apart(one: AgeRange, other: AgeRange) -> bool:
    low, high = sorted((one, other), key=lambda ages: ages.from_age)
    return low.below_age is not None and low.below_age <= high.from_age


def _units(area: StudyArea, demand: Demand, where: npt.NDArray[np.bool_]) -> str:
    """The smallest units in which some of the points lie, the first few by name."""
    for level in reversed(area.levels):
        at = demand.place[level.level][where]
        if (at >= 0).any():
            units = np.unique(at[at >= 0])
            names = [level.names[unit] for unit in units[:_MOST_NAMED]]
            return "、".join(names) + ("…" if len(units) > _MOST_NAMED else "")
    return area.name
