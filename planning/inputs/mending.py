"""Shapes of a layer that are no shapes: polygons are mended and told, the others refused."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from planning.errors import InputError, fail
from planning.provenance import Note, Tell

Shapes = npt.NDArray[np.object_]

NO_NUMBERS = ("的坐标不是数字", "coordinates that are no numbers")
_AREAS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
_NAMED = 5


def mended(frame: gpd.GeoDataFrame, where: str, *, about: str, tell: Tell) -> gpd.GeoDataFrame:
    """The same with invalid polygons made valid, which is told; others stay as they are.

    What a ring encloses stays area, where it overlaps itself too; spikes and slits go. A polygon of
    which no area is left is refused.
    """
    shapes = frame.geometry.to_numpy()
    is_area = np.isin(shapely.get_type_id(shapes), _AREAS)
    bad = np.flatnonzero(is_area & ~shapely.is_valid(shapes))
    if not len(bad):
        return frame
    refuse_features(where, bad[~is_finite(shapes[bad])], NO_NUMBERS)
    valid = _made_valid(shapes[bad])
    refuse_features(where, bad[shapely.is_empty(valid)], ("没有面积", "no area"))
    named = _listed(bad)
    tell(
        Note(
            about=about,
            zh=f"{named[0]}的面无效（自相交、毛刺等），已修正",
            en=f"invalid polygons (crossing themselves, spikes) were mended: {named[1]}",
        )
    )
    shapes = shapes.copy()
    shapes[bad] = valid
    return with_shapes(frame, shapes)


def _made_valid(shapes: Shapes) -> Shapes:
    """Valid areas; GEOS leaves some in parts that share an edge, which are joined."""
    valid: Shapes = shapely.make_valid(shapes, method="structure", keep_collapsed=False)
    for row in np.flatnonzero(~shapely.is_valid(valid)):
        valid[row] = shapely.union_all(shapely.get_parts(valid[row]))
    return valid


def with_shapes(frame: gpd.GeoDataFrame, shapes: Shapes) -> gpd.GeoDataFrame:
    """The same rows with other shapes, in the same CRS."""
    return frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs))


def is_finite(shapes: Shapes) -> npt.NDArray[np.bool_]:
    """Whether all coordinates of each shape are numbers, shape (n,)."""
    xy, of = shapely.get_coordinates(shapes, return_index=True)
    finite = np.ones(len(shapes), dtype=bool)
    finite[of[~np.isfinite(xy).all(axis=1)]] = False
    return finite


def refuse_features(where: str, rows: npt.NDArray[np.int64], found: tuple[str, str]) -> None:
    """Refuse features by their rows, `found` saying what is wrong with them; none are fine."""
    if len(rows):
        named = _listed(rows)
        raise fail(
            InputError,
            where,
            found=(f"{named[0]}{found[0]}", f"{found[1]} in {named[1]}"),
            expected=("每个要素都有几何，坐标为有限的数", "a shape of finite numbers in each"),
            to_do=("在 GIS 中改正或删去这些要素", "mend or delete them in your GIS"),
        )


def _listed(rows: npt.NDArray[np.int64]) -> tuple[str, str]:
    """Features by their number, the first being 1."""
    numbers = [str(row + 1) for row in rows[:_NAMED].tolist()]
    more = len(rows) > _NAMED
    noun = "features" if len(rows) > 1 else "feature"
    return (
        f"第{'、'.join(numbers)}个{f'等 {len(rows)} 个' if more else ''}要素",
        f"{noun} {', '.join(numbers)}{f' and {len(rows) - _NAMED} more' if more else ''}",
    )
