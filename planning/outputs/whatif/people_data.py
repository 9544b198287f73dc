"""The people of the page: where each demand point lies, who lives there, how its cell is drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from planning.outputs.whatif.arrays import packed
from planning.result import Town

_MOST_CORNERS = 12
"""Corners of one drawn cell."""
_PER_M = 10
"""Corners are drawn to the decimetre."""


def people_data(town: Town) -> dict[str, Any]:
    """Demand points in their order; people exact, outlines as they are drawn."""
    demand = town.demand
    labels = town.study.labels
    return {
        "n": len(demand),
        "x_m": packed(demand.x_m, "f64"),
        "y_m": packed(demand.y_m, "f64"),
        "groups": {name: packed(people, "f64") for name, people in demand.people.items()},
        "totals": {name: demand.total(name) for name in demand.people},
        "labels": {name: list(labels[name]) for name in demand.people},
        "counted_in": {name: list(town.study.counted_in(name)) for name in demand.people},
        "place": {level: packed(at, "i32") for level, at in demand.place.items()},
        "of_year": list(demand.of_year),
        "on_network": packed(town.demand_snaps.on_network, "u8"),
        "cells": _cells(np.asarray(demand.outline)),
    }


def _cells(outline: np.ndarray[Any, Any]) -> dict[str, Any]:
    """Corners of each cell [dm], one after the other; none for a point without an outline."""
    corners = [_corners(shape) for shape in outline]
    moves = [np.diff(ring, axis=0, prepend=0) for ring in corners if len(ring)]
    return {
        "count": packed([len(ring) for ring in corners], "u8"),
        # From corner to corner, the first of a cell from the origin: small numbers, told exactly.
        "step": packed(np.concatenate([*moves, np.zeros((0, 2), dtype=np.int64)]), "i32"),
    }


def _corners(shape: Any) -> np.ndarray[Any, Any]:
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    if not parts:
        return np.zeros((0, 2), dtype=np.int64)
    ring = shapely.Polygon(max(parts, key=lambda part: part.area).exterior)
    tolerance = np.sqrt(ring.area) / 50
    while shapely.get_num_coordinates(ring) - 1 > _MOST_CORNERS:
        ring, tolerance = shapely.simplify(ring, tolerance), tolerance * 2
    corners = np.rint(shapely.get_coordinates(ring.exterior)[:-1] * _PER_M)
    return np.asarray(corners, dtype=np.int64)
