"""The streets of a study as the page walks them: everything that times and places depend on."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from planning.network import IMPASSABLE, Profile, StreetNetwork
from planning.outputs.whatif.arrays import packed


def streets_data(network: StreetNetwork, *, max_snap_m: float, island_km: float) -> dict[str, Any]:
    """The network as content of the page (static/whatif/streets.js), edge by edge.

    `speed` (m,) points into `speeds_m_s`, the flat speeds of lines at the study's own speed, and
    into `factors`, these over that speed, exact: the speed of a line is the walker's times its
    factor. `factors` is None for wheels, whose speeds are those of classes of road and posted
    limits: their streets have one speed only. `flat_forward_um` and `flat_backward_um` are None
    where no slope is used, as they are `length_m` then; `extra_edge` and `extra_us` are the edges
    with something charged beside their length; `compound` is None where there are none.
    """
    profile = network.profile
    charged = np.flatnonzero(network.extra_us)
    sloped = network.slope is not None
    walled = len(network.compounds) > 0
    return {
        "n_nodes": network.n_nodes,
        "tail": packed(network.tail, "i32"),
        "head": packed(network.head, "i32"),
        "shape_xy": packed(network.shape_xy, "f64"),
        "shape_start": packed(network.shape_start, "i32"),
        "length_m": packed(network.length_m, "f64"),
        "flat_forward_um": packed(network.flat_forward_um, "f64") if sloped else None,
        "flat_backward_um": packed(network.flat_backward_um, "f64") if sloped else None,
        "speed": packed(network.speed, "i16"),
        "speeds_m_s": list(network.speeds_m_s),
        "factors": _factors(profile, network.speeds_m_s),
        "speed_m_s": profile.speed_m_s,
        "extra_edge": packed(charged, "i32"),
        "extra_us": packed(network.extra_us[charged], "f64"),
        "forward_ok": packed(network.forward_ms < IMPASSABLE, "u8"),
        "backward_ok": packed(network.backward_ms < IMPASSABLE, "u8"),
        "private": packed(network.private, "u8"),
        "compound": packed(network.compound, "i32") if walled else None,
        "compounds": _rings(network.compounds),
        "line": packed(network.line, "f64"),
        "highway": packed(network.highway, "u16"),
        "highways": list(network.highways),
        "direction": profile.direction,
        "max_snap_m": max_snap_m,
        "island_km": island_km,
    }


def _factors(profile: Profile, speeds_m_s: tuple[float, ...]) -> list[float] | None:
    """What makes the lines' speeds of the walker's, as `passage` does; None for wheels."""
    if profile.means != "foot":
        return None
    made = {profile.speed_m_s * factor: factor for factor in (profile.steps.speed_factor, 1.0)}
    return [made[speed] for speed in speeds_m_s]


def _rings(polygons: npt.NDArray[np.object_]) -> list[list[dict[str, str]]]:
    """The rings of every polygon, outer ones and holes alike, x and y by turns [m]."""
    return [
        [packed(shapely.get_coordinates(ring).ravel(), "f64") for ring in _rings_of(polygon)]
        for polygon in polygons
    ]


def _rings_of(polygon: shapely.Geometry) -> list[shapely.Geometry]:
    parts: list[shapely.Geometry] = shapely.get_parts(polygon).tolist()
    return [ring for part in parts for ring in shapely.get_rings(part).tolist()]
