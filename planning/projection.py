"""Ways between coordinate reference systems, x before y and longitude before latitude."""

from __future__ import annotations

from functools import cache

from pyproj import CRS, Transformer

WGS84 = 4326
"""The EPSG code of longitude and latitude [degrees]."""


@cache
def transformer(source: int | str | CRS, target: int | str | CRS) -> Transformer:
    """PROJ's way from one CRS to another; made once, for the search takes a tenth of a second."""
    return Transformer.from_crs(source, target, always_xy=True)
