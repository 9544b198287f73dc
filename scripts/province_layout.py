"""Where the tiles of a province lie: side by side in one zone, as near to a square as they can."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from province_city import Box, City
from pyproj import CRS, Transformer

from planning.errors import InputError, fail

_CENTRAL_EASTING_M = 500_000
_MOST = 8_999
"""Prefixes of ids have four digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One copy of the city; column and row count from the city's own place."""

    number: int
    column: int
    row: int
    shift_x_m: int
    shift_y_m: int

    @property
    def prefix(self) -> str:
        """What every id of the tile begins with; no zero leads, for tables would drop it."""
        return str(1001 + self.number)


def layout(city: City, tiles: int) -> tuple[Tile, ...]:
    """`tiles` copies, row by row to the north, each row from the city towards the meridian.

    Lengths in the plane of a zone are longer than on the ground by up to some parts in ten
    thousand at its edges: so all tiles lie in the zone for which the projection is made. Raises
    InputError where they do not fit, for a study has one projection.
    """
    width, height = city.box[2] - city.box[0], city.box[3] - city.box[1]
    towards = -1 if city.box[0] > _CENTRAL_EASTING_M else 1
    fits = _columns_that_fit(city, width * towards)
    columns = min(fits, max(1, round((max(1, tiles) * height / width) ** 0.5)))
    found = tuple(
        Tile(
            number=number,
            column=towards * (number % columns),
            row=number // columns,
            shift_x_m=towards * (number % columns) * width,
            shift_y_m=number // columns * height,
        )
        for number in range(tiles)
    )
    if not 1 <= tiles <= _MOST or not _in_zone(city, found).all():
        raise fail(
            InputError,
            f"--tiles {tiles}",
            found=("这么多片放不进一个投影带", "a number of tiles that does not fit into one zone"),
            expected=(
                f"1—{_MOST} 片，都在 EPSG:{city.epsg} 的带内",
                f"1 to {_MOST} tiles, all within the zone of EPSG:{city.epsg}",
            ),
            to_do=("减少片数", "make fewer"),
        )
    return found


def _columns_that_fit(city: City, step_m: int) -> int:
    """Columns of the first row whose middle lies in the zone, the city's own always."""
    row = [Tile(number=i, column=i, row=0, shift_x_m=i * step_m, shift_y_m=0) for i in range(_MOST)]
    beyond = np.flatnonzero(~_in_zone(city, row))
    return max(1, int(beyond[0]) if len(beyond) else _MOST)


def _in_zone(city: City, tiles: Sequence[Tile]) -> npt.NDArray[np.bool_]:
    """Whether the middle of each tile lies where its projection is meant for."""
    zone = CRS.from_epsg(city.epsg).area_of_use
    boxes = np.array([land(city, tile) for tile in tiles]).reshape(-1, 4)
    degrees = Transformer.from_crs(city.epsg, 4326, always_xy=True)
    lon, lat = degrees.transform(boxes[:, [0, 2]].mean(axis=1), boxes[:, [1, 3]].mean(axis=1))
    found: npt.NDArray[np.bool_] = (
        (lon >= zone.west) & (lon <= zone.east) & (lat >= zone.south) & (lat <= zone.north)
    )
    return found


def land(city: City, tile: Tile) -> Box:
    """West, south, east, north of a tile [m]."""
    west, south, east, north = city.box
    return (
        west + tile.shift_x_m,
        south + tile.shift_y_m,
        east + tile.shift_x_m,
        north + tile.shift_y_m,
    )
