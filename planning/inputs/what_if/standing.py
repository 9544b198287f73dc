"""Facilities that stand, taken away, moved or resized by a scenario."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from planning.facilities import Facilities
from planning.inputs.what_if.ground import Edits
from planning.standards.alike import alike
from planning.study import Resized, WhatIf

_AMOUNTS = ("places", "beds", "nursing_beds", "floor_m2")


def as_changed(edits: Edits, what_if: WhatIf, stands: Facilities) -> Facilities:
    """What stands once some of it is moved, resized or gone; the others keep their order."""
    rows = {name: row for row, name in enumerate(stands.ids)}
    for n, name in enumerate(what_if.removed):
        _check_known(edits, ("removed", n), name, stands.ids, rows)
    for key, changed in (("moved", what_if.moved), ("resized", what_if.resized)):
        for name in changed:
            _check_known(edits, (key, name), name, stands.ids, rows)
    for name, (x_m, y_m) in what_if.moved.items():
        edits.check_inside(("moved", name), x_m, y_m)
    moved = _moved(edits, {rows[n]: at for n, at in what_if.moved.items() if n in rows}, stands)
    sized = {rows[n]: one for n, one in what_if.resized.items() if n in rows}
    resized = _resized(edits, sized, moved)
    gone = {rows[name] for name in what_if.removed if name in rows}
    kept = np.array([row for row in range(len(stands)) if row not in gone], dtype=np.int64)
    return resized.take(kept) if gone else resized


def _check_known(
    edits: Edits, loc: tuple[str | int, ...], name: str, ids: Sequence[str], rows: dict[str, int]
) -> None:
    if name in rows:
        return
    near = alike(name, ids) or list(ids[:5])
    edits.wrong(
        loc,
        (f"台账中没有设施“{name}”", f"no facility '{name}' in the register"),
        (
            f"现有设施的编号，如 {'、'.join(near)}" if near else "现有设施的编号，但台账为空",
            f"the id of one that stands, such as {', '.join(near)}"
            if near
            else "the id of one that stands; there is none",
        ),
    )


def _moved(edits: Edits, places: dict[int, tuple[float, float]], stands: Facilities) -> Facilities:
    """Facilities elsewhere, in the units of where they are then."""
    if not places:
        return stands
    rows = list(places)
    x_m, y_m = stands.x_m.copy(), stands.y_m.copy()
    x_m[rows], y_m[rows] = np.array(list(places.values()), dtype=np.float64).T
    found = edits.area.locate(x_m[rows], y_m[rows])
    place = {level: index.copy() for level, index in stands.place.items()}
    for level, index in place.items():
        index[rows] = found[level]
    return replace(stands, x_m=x_m, y_m=y_m, place=place)


def _resized(edits: Edits, sizes: dict[int, Resized], stands: Facilities) -> Facilities:
    """Facilities of other amounts; what is not said stays as it is."""
    amounts = {name: getattr(stands, name).copy() for name in _AMOUNTS}
    for row, said in sizes.items():
        for name in _AMOUNTS:
            value = getattr(said, name)
            if value is not None:
                amounts[name][row] = value
        beds, nursing = amounts["beds"][row], amounts["nursing_beds"][row]
        if nursing > beds and (said.beds is not None or said.nursing_beds is not None):
            edits.wrong(
                ("resized", stands.ids[row]),
                (
                    f"护理型床位 {nursing:,.0f}，床位 {beds:,.0f}",
                    f"{nursing:,.0f} nursing beds of {beds:,.0f} beds",
                ),
                ("护理型床位不多于床位", "no more nursing beds than beds"),
            )
    return replace(stands, **amounts) if sizes else stands
