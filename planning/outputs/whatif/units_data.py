"""The planning units as the page draws them and finds points in them."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from planning.area import RESIDENTIAL, Geometries, StudyArea
from planning.outputs.whatif.arrays import packed
from planning.standards.words import LEVEL_WORDS


def units_data(area: StudyArea) -> dict[str, dict[str, Any]]:
    """Every level, top down, and the residential areas last, with full outlines.

    `parents` are the units of the level before, −1 where there are none.
    """
    found: dict[str, dict[str, Any]] = {}
    above: tuple[str, ...] = ()
    for level in area.levels:
        found[level.level] = {
            **_named(level.level, level.ids, level.names, level.geometry),
            "parents": [
                above.index(parent) if parent in above else -1 for parent in level.parent_ids
            ],
        }
        above = level.ids
    areas = area.residential
    if areas is not None:
        found[RESIDENTIAL] = {
            **_named(RESIDENTIAL, areas.ids, areas.names, areas.geometry),
            "parents": [-1] * len(areas),
        }
    return found


def _named(
    level: str, ids: tuple[str, ...], names: tuple[str, ...], shapes: Geometries
) -> dict[str, Any]:
    zh, en = LEVEL_WORDS[level]
    return {
        "label_zh": zh,
        "label_en": en,
        "ids": list(ids),
        "names": list(names),
        "rings": rings_data(shapes),
    }


def rings_data(shapes: Geometries) -> dict[str, Any]:
    """The rings of polygons: `xy` in metres, and where each ring, polygon and shape ends.

    A shape has polygons, a polygon an outer ring and those of its holes behind it.
    """
    parts, shape_of = shapely.get_parts(np.asarray(shapes, dtype=object), return_index=True)
    rings, polygon_of = shapely.get_rings(parts, return_index=True)
    xy, ring_of = shapely.get_coordinates(rings, return_index=True)
    return {
        "xy": packed(xy, "f64"),
        "ring_end": packed(_ends(ring_of, len(rings)), "i32"),
        "polygon_end": packed(_ends(polygon_of, len(parts)), "i32"),
        "shape_end": packed(_ends(shape_of, len(shapes)), "i32"),
    }


def _ends(of: Any, n: int) -> Any:
    """Behind the last entry of each of n, whose entries stand in order."""
    return np.searchsorted(of, np.arange(n), side="right")
