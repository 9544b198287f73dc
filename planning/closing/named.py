"""Which facilities a user means, by id or by name: told before the walks, not after."""

from __future__ import annotations

from collections.abc import Sequence

from planning.errors import Fault, StudyError, raise_all
from planning.facilities import Facilities
from planning.standards.alike import alike

_SHOWN = 5


def named_facilities(names: Sequence[str], facilities: Facilities) -> tuple[int, ...]:
    """The rows of the facilities meant, each once, rising.

    Raises StudyError for every name that no facility has, and for every one that several have.
    """
    rows: set[int] = set()
    faults = []
    ids = {name: row for row, name in enumerate(facilities.ids)}
    for name in names:
        if name in ids:
            rows.add(ids[name])
            continue
        meant = [row for row, known in enumerate(facilities.names) if known == name]
        if len(meant) == 1:
            rows.add(meant[0])
        else:
            faults.append(_fault(name, meant, facilities))
    raise_all(StudyError, faults)
    return tuple(sorted(rows))


def _fault(name: str, meant: Sequence[int], facilities: Facilities) -> Fault:
    if meant:
        ids = [facilities.ids[row] for row in meant]
        return Fault(
            where="planning close",
            found=(f"{len(meant)} 处设施同名“{name}”", f"{len(meant)} facilities named '{name}'"),
            expected=(
                f"其中一处的编号：{'、'.join(ids)}",
                f"the id of one of them: {', '.join(ids)}",
            ),
            to_do=("改用编号", "say which by its id"),
        )
    known = list(dict.fromkeys((*facilities.ids, *facilities.names)))
    near = alike(name, known, n=_SHOWN) or known[:_SHOWN]
    such_zh = f"，如 {'、'.join(near)}" if near else "，但台账为空"
    such_en = f", such as {', '.join(near)}" if near else "; the register is empty"
    return Fault(
        where="planning close",
        found=(f"没有设施“{name}”", f"no facility '{name}'"),
        expected=(
            f"台账中设施的编号或名称{such_zh}",
            f"the id or the name of a facility in the register{such_en}",
        ),
        to_do=("改正名称", "mend the name"),
    )
