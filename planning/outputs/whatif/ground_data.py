"""The ground that the page is drawn on: water, green and buildings, and streets as lines."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from planning.area import StudyArea
from planning.outputs.map.basemap import rings, with_room_for_buildings

VIEW_MARGIN_M = 400.0
"""How far around the area the ground is drawn."""
_DETAIL_M = 2.0


def ground_data(area: StudyArea, basemap: gpd.GeoDataFrame) -> dict[str, Any]:
    """Lines and areas by kind, as whole metres from corner to corner, the first from `origin`.

    ``box`` is what is drawn [m]: west, south, east, north.
    """
    around = shapely.buffer(area.boundary, VIEW_MARGIN_M)
    west, south, east, north = gpd.GeoSeries([around], crs=area.epsg).to_crs(4326).total_bounds
    near = basemap.cx[west:east, south:north].reset_index(drop=True)
    near, said = with_room_for_buildings(near)
    shapes = shapely.simplify(near.to_crs(area.epsg).geometry.to_numpy(), _DETAIL_M)
    box = [float(value) for value in shapely.bounds(around)]
    origin = np.floor(np.array(box[:2]))
    drawn: dict[str, dict[str, list[list[int]]]] = {}
    for kind, shape in zip(near["kind"], shapely.orient_polygons(shapes), strict=True):
        of_kind = drawn.setdefault(str(kind), {"lines": [], "areas": []})
        of_kind["areas"] += [_steps(ring, origin) for ring in rings(shape)]
        lines = [one for one in shapely.get_parts(shape) if one.geom_type == "LineString"]
        of_kind["lines"] += [_steps(line, origin) for line in lines]
    return {"box": box, "origin": origin.tolist(), "kinds": drawn, "notes": said}


def _steps(line: Any, origin: np.ndarray[Any, Any]) -> list[int]:
    """A line as steps of whole metres, repeated corners left out."""
    grid = np.rint(shapely.get_coordinates(line) - origin).astype(np.int64)
    moves = np.diff(grid, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    kept = moves.any(axis=1)
    kept[:1] = True
    return [int(step) for step in moves[kept].ravel()]
