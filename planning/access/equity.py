"""How evenly people are served: the measures of inequality, every person counting the same.

More access is better; of a burden, such as the time of a walk, less is, and it is said with
`is_burden`. A point stands for its people, each with the access of the point; the people of the
point that straddles a tenth are divided. A point without people changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from planning.access.pairs import check_people
from planning.errors import InputError, fail

Floats = npt.NDArray[np.float64]
Index = npt.NDArray[np.int32]

_TENTH, _FOUR_TENTHS = 0.1, 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Disparity:
    """Access of `people` [persons]; None where a measure has no value.

    `mean` and `worst_tenth` [access]: of all, and of the tenth of the people with the least (of a
    burden: with the most); None where there is nobody. The others are ratios, None also where
    nobody has any access: `gini`, 0 where all have the same, towards 1 where one has everything;
    `palma`, what the tenth with the most has to what the four tenths with the least have, 0.25
    where all have the same, None also where those four tenths have nothing; `cv`, standard
    deviation to mean; `min_max`, the least to the most. `left_out` [persons] are those whose access
    is unknown.
    """

    people: float
    left_out: float
    mean: float | None
    worst_tenth: float | None
    gini: float | None
    palma: float | None
    cv: float | None
    min_max: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Equity:
    """Disparity among all people, among those of each unit, and between the means of the units.

    `between_units` takes everybody for as well served as their unit is on average; people in no
    unit, `in_no_unit` [persons], are in `whole` alone.
    """

    whole: Disparity
    by_unit: tuple[Disparity, ...]
    between_units: Disparity
    in_no_unit: float


def equity(
    access: Floats,
    people: Mapping[str, Floats],
    unit: Index,
    *,
    n_units: int,
    is_burden: bool = False,
) -> dict[str, Equity]:
    """The equity of every group of people.

    `access` (n,), NaN where unknown, less of it being better where it `is_burden`; `people` by
    group, (n,) each [persons]; `unit` (n,) is that of each point, −1 for none. Raises InputError.
    """
    if unit.shape != access.shape or not np.all((unit >= -1) & (unit < n_units)):
        raise fail(
            InputError,
            "unit",
            found=(
                f"形状 {unit.shape} 或编号不在 -1 与 {n_units - 1} 之间",
                f"shape {unit.shape}, or numbers beyond -1 to {n_units - 1}",
            ),
            expected=(
                f"每个需求点一个单元，形状 {access.shape}",
                f"one unit a point, {access.shape}",
            ),
            to_do=("检查传入的数组", "check the array handed over"),
        )
    order = np.argsort(unit, kind="stable")
    bounds = np.searchsorted(unit[order], np.arange(n_units + 1))
    rows = [order[begin:end] for begin, end in pairwise(bounds.tolist())]
    nowhere = order[: bounds[0]]
    return {
        group: _of_group(access, persons, rows, nowhere, is_burden)
        for group, persons in people.items()
    }


def _of_group(
    access: Floats,
    people: Floats,
    rows: list[npt.NDArray[np.intp]],
    nowhere: npt.NDArray[np.intp],
    is_burden: bool,
) -> Equity:
    whole = disparity(access, people, is_burden=is_burden)
    by_unit = tuple(disparity(access[some], people[some], is_burden=is_burden) for some in rows)
    means = np.array([np.nan if each.mean is None else each.mean for each in by_unit])
    return Equity(
        whole=whole,
        by_unit=by_unit,
        between_units=disparity(
            means, np.array([each.people for each in by_unit]), is_burden=is_burden
        ),
        in_no_unit=float(np.sum(np.sort(people[nowhere]))),
    )


def disparity(access: Floats, people: Floats, *, is_burden: bool = False) -> Disparity:
    """The disparity of `access` (n,), NaN where unknown, among `people` (n,) [persons].

    Gini (1912), Variabilità e mutabilità: half the mean difference between two people, to the mean;
    from the curve of Lorenz as in Dorfman (1979), Review of Economics and Statistics 61(1),
    146-149. Palma: Cobham & Sumner (2013), Is It All about the Tails?, Center for Global
    Development, Working Paper 343, after Palma (2011), Development and Change 42(1), 87-153. The
    order of the points changes no bit. Raises InputError.
    """
    check_people(people, len(access))
    if np.any(np.isinf(access) | (access < 0)):
        raise fail(
            InputError,
            "access",
            found=("负数或无穷大", "a negative or infinite number"),
            expected=("不小于 0，未知为 NaN", "0 or more, NaN for unknown"),
            to_do=("检查传入的数组", "check the array handed over"),
        )
    unknown = np.isnan(access)
    left_out = float(np.sum(np.sort(people[unknown])))
    there = ~unknown & (people > 0)
    # Also by people, so that points of equal access are added up in one order.
    order = np.lexsort((people[there], access[there]))
    x, persons = access[there][order], people[there][order]
    if not len(x):
        return Disparity(
            people=0.0, left_out=left_out, mean=None, worst_tenth=None,
            gini=None, palma=None, cv=None, min_max=None,
        )  # fmt: skip
    total = float(np.cumsum(persons)[-1])
    # A mean of equals is not to differ from them by rounding.
    low, high = float(x[0]), float(x[-1])
    mean = min(max(float(np.sum(x * persons)) / total, low), high)
    from_worst = (x[::-1], persons[::-1]) if is_burden else (x, persons)
    worst = _of_first(*from_worst, _TENTH) / (_TENTH * total)
    return Disparity(
        people=total,
        left_out=left_out,
        mean=mean,
        worst_tenth=min(max(worst, low), high),
        gini=_gini(x, persons) / mean if mean > 0 else None,
        palma=_palma(x, persons),
        cv=float(np.sqrt(np.sum(persons * (x - mean) ** 2) / total)) / mean if mean > 0 else None,
        min_max=low / high if high > 0 else None,
    )


def _gini(x: Floats, persons: Floats) -> float:
    """Half the mean difference: ∫ F(1 - F) dx over rising x, where nothing cancels out."""
    up_to = np.cumsum(persons)
    below = up_to[:-1] / up_to[-1]
    return float(np.sum(below * (1.0 - below) * np.diff(x)))


def _of_first(x: Floats, persons: Floats, share: float) -> float:
    """What the first `share` of the people have together; x in order, rising or falling."""
    before = np.cumsum(persons) - persons
    wanted = share * float(np.cumsum(persons)[-1])
    return float(np.sum(x * np.clip(wanted - before, 0.0, persons)))


def _palma(x: Floats, persons: Floats) -> float | None:
    least = _of_first(x, persons, _FOUR_TENTHS)
    most = _of_first(x[::-1], persons[::-1], _TENTH)
    return most / least if least > 0 else None
