"""How large the facilities of a register are: places, beds, floor, land, and what of it counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from planning.facilities import ELDER_FUNCTIONS
from planning.inputs.facility_functions import serves_the_old_alone
from planning.inputs.tables.register import Register

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


class Amounts(NamedTuple):
    """Amounts of the rows of a register, shape (n,) each, as `planning.facilities.Facilities`."""

    places: Floats
    beds: Floats
    nursing_beds: Floats
    floor_m2: Floats
    elder_floor_m2: Floats
    elder_land_m2: Floats
    far: Floats


def read_amounts(
    table: Register, functions: Sequence[frozenset[str]], *, counted: frozenset[str]
) -> Amounts:
    """The amounts of buildings that do `functions`, of which those `counted` have places.

    A row is left out where its places, floor or land cannot be read; what else cannot be is unknown
    and told. Elder-care land is the independent plot, and elder-care floor the floor, of buildings
    that serve the old alone. A complex that also serves others counts only what its own columns of
    elder-care land and floor say (STANDARDS A-2).
    """
    floor_m2 = table.number("floor_m2", np.nan)
    beds, nursing_beds = _beds(table, functions)
    return Amounts(
        places=_places(table, functions, counted),
        beds=beds,
        nursing_beds=nursing_beds,
        floor_m2=floor_m2,
        elder_floor_m2=_elder_floor(table, functions, floor_m2),
        elder_land_m2=_elder_land(table, functions),
        far=_far(table),
    )


def _places(
    table: Register, functions: Sequence[frozenset[str]], counted: frozenset[str]
) -> Floats:
    """Nursery places; 0 where there is no nursery, NaN where a nursery does not say."""
    places = table.number("places", np.nan)
    return np.where(np.isnan(places) & ~_any_of(functions, counted), 0.0, places)


def _beds(table: Register, functions: Sequence[frozenset[str]]) -> tuple[Floats, Floats]:
    """Beds and nursing beds; 0 where there are none, NaN where a building may have some."""
    beds, nursing = table.figure("beds"), table.figure("nursing_beds")
    has_some = _any_of(functions, frozenset({"elder_institution"})) | (nursing > 0)
    beds = np.where(np.isnan(beds) & ~has_some, 0.0, beds)
    for row in np.flatnonzero(nursing > beds):
        table.doubt(
            int(row),
            f"护理型床位 {nursing[row]:g} 多于床位 {beds[row]:g}，不能都对，条文按护理型床位不详计",
            f"{nursing[row]:g} nursing beds among {beds[row]:g} beds cannot be: clauses take them "
            "as unknown",
        )
    return beds, np.where(np.isnan(nursing) & (beds == 0), 0.0, nursing)


def _elder_floor(table: Register, functions: Sequence[frozenset[str]], floor_m2: Floats) -> Floats:
    """Floor for elder care [m²]; NaN where a building for others too does not say how much."""
    for_elder = _any_of(functions, ELDER_FUNCTIONS)
    shared = np.where(for_elder, np.nan, 0.0)
    by_rule = np.where(serves_the_old_alone(functions), floor_m2, shared)
    said = table.figure("elder_floor_m2")
    for row in np.flatnonzero(said > floor_m2):
        table.doubt(
            int(row),
            f"养老建筑面积 {said[row]:g} 大于建筑面积 {floor_m2[row]:g}，照写计",
            f"{said[row]:g} m2 for elder care of {floor_m2[row]:g} m2 of floor: as it is written",
        )
    return np.where(np.isnan(said), by_rule, said)


def _elder_land(table: Register, functions: Sequence[frozenset[str]]) -> Floats:
    """Independent land of buildings for the old alone [m²]; NaN where the register does not say."""
    if table.has("elder_land_m2"):
        return table.number("elder_land_m2", np.nan)
    land_m2 = table.number("land_m2", np.nan)
    said = table.known("independent", "flag", "") if table.has("independent") else [""] * len(table)
    own_plot = np.array([word == "yes" for word in said], dtype=bool)
    unknown = np.array([word == "" for word in said], dtype=bool) & ~(land_m2 == 0)
    counted = np.where(own_plot, land_m2, np.where(unknown, np.nan, 0.0))
    return np.where(serves_the_old_alone(functions), counted, 0.0)


def _far(table: Register) -> Floats:
    """Floor-area ratios; NaN where nobody says, or says 0, which no plot with a building has."""
    far = table.figure("far")
    for row in np.flatnonzero(far == 0):
        table.doubt_cell(int(row), table.heading("far"), "0")
    return np.where(far > 0, far, np.nan)


def _any_of(functions: Sequence[frozenset[str]], wanted: frozenset[str]) -> Flags:
    return np.array([bool(does & wanted) for does in functions], dtype=bool)
