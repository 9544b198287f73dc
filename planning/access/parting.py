"""A polygon parted: among points by which is nearest, or into the squares of a lattice."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

from planning.area import Geometries, only_polygons

Floats = npt.NDArray[np.float64]

_FAR = 100.0
"""So many times the width of everything away stand points that close the outer cells."""


def nearest_parts(outline: shapely.Geometry, xy: Floats) -> Geometries:
    """The part of a polygon nearer to each point than to the others, shape (p,) as `xy` (p, 2)."""
    return only_polygons(shapely.intersection(nearest_land(xy, outline.bounds), outline))


def nearest_land(xy: Floats, bounds: tuple[float, float, float, float]) -> Geometries:
    """The land nearer to each point than to the others, far beyond `bounds`, shape (p,).

    By Qhull: GEOS gives Voronoi cells that cross themselves and each other for points on a lattice,
    as streets of a grid city have them. Points at one place have the same land.
    """
    # Only here: a run that parts nothing does without.
    from scipy.spatial import Voronoi

    west, south, east, north = bounds
    middle = np.array([west + east, south + north]) / 2
    reach = _FAR * max(east - west, north - south, float(np.ptp(xy, axis=0).max()))
    around = reach * np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)])
    diagram = Voronoi(np.concatenate([xy - middle, around]))
    corners = [diagram.regions[region] for region in diagram.point_region[: len(xy)]]
    sizes = [len(region) for region in corners]
    # Every cell is convex, whatever the order in which Qhull lists its corners.
    return np.asarray(
        shapely.convex_hull(
            shapely.multipoints(
                diagram.vertices[np.concatenate(corners)] + middle,
                indices=np.repeat(np.arange(len(xy)), sizes),
            )
        ),
        dtype=object,
    )


def squares(outline: shapely.Geometry, *, side_m: float) -> tuple[Geometries, Floats]:
    """A polygon cut by a lattice fixed to the origin of the CRS; and a place in every piece.

    Pieces from south to north, (p,), and their places, (p, 2): the middle of the square where that
    lies in the piece, else some point of it.
    """
    west, south, east, north = np.array(outline.bounds) / side_m
    x, y = np.meshgrid(
        np.arange(np.floor(west), np.ceil(east)), np.arange(np.floor(south), np.ceil(north))
    )
    x_m, y_m = x.ravel() * side_m, y.ravel() * side_m
    shapely.prepare(outline)
    whole = shapely.box(x_m, y_m, x_m + side_m, y_m + side_m)
    whole = whole[shapely.intersects(outline, whole)]
    pieces = only_polygons(shapely.intersection(whole, outline))
    is_land = ~shapely.is_empty(pieces)
    whole, pieces = whole[is_land], pieces[is_land]
    middle = shapely.centroid(whole)
    lies_in = shapely.intersects(pieces, middle)
    return pieces, shapely.get_coordinates(
        np.where(lies_in, middle, shapely.point_on_surface(pieces))
    )
