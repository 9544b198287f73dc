"""Which new areas a user means, by id or by name: told before the walks, not after."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from planning.area import ResidentialAreas
from planning.districts.arrivals import new_areas
from planning.errors import Fault, StudyError, fail, raise_all
from planning.standards.alike import alike

_SHOWN = 5


def named_areas(names: Sequence[str], areas: ResidentialAreas | None) -> tuple[int, ...]:
    """The numbers of the new areas meant, all of them where `names` is empty, rising.

    An id means one area, a name all that bear it. Raises StudyError for every name of which there
    is no new area, and where there are none at all.
    """
    new = np.flatnonzero(new_areas(areas)).tolist()
    if areas is None or not new:
        raise fail(
            StudyError,
            "residential_areas",
            found=("没有规划或新建居住区", "no planned or new residential area"),
            expected=("至少一个", "at least one"),
            to_do=(
                "在研究文件中给出居住区图层，或以 planning district --people 人数 单独计算",
                "give a layer of residential areas, or ask by `planning district --people N`",
            ),
        )
    found: set[int] = set()
    faults = []
    for name in names:
        meant = [at for at in new if areas.ids[at] == name]
        meant = meant or [at for at in new if areas.names[at] == name]
        if not meant:
            faults.append(_fault(name, areas, new))
        found.update(meant)
    raise_all(StudyError, faults)
    return tuple(sorted(found)) if names else tuple(new)


def _fault(name: str, areas: ResidentialAreas, new: Sequence[int]) -> Fault:
    known = [text for at in new for text in (areas.ids[at], areas.names[at])]
    near = alike(name, known, n=_SHOWN) or [areas.names[at] for at in new[:_SHOWN]]
    if name in (*areas.ids, *areas.names):
        found = (
            f"“{name}”是已建成居住区，不按规划人口计",
            f"'{name}', which is built and answers for its residents",
        )
    else:
        found = (f"没有居住区“{name}”", f"no residential area '{name}'")
    return Fault(
        where="planning district",
        found=found,
        expected=(
            f"规划或新建居住区的编号或名称，如 {'、'.join(near)}",
            f"the id or the name of a planned or new area, such as {', '.join(near)}",
        ),
        to_do=("改正名称", "mend the name"),
    )
