"""Buildings out of OpenStreetMap data, put together from ways and relations by osmium."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import osmium
import shapely
from osmium.filter import EntityFilter, KeyFilter
from osmium.osm import AREA, Area

from planning.errors import InputError, fail

_TAGS = ("building", "building:levels", "height")


def read_osm_buildings(path: Path, where: str) -> gpd.GeoDataFrame:
    """Every building of a file as a polygon, with its tags as columns; EPSG:4326."""
    has_building, as_wkb = KeyFilter("building"), osmium.geom.WKBFactory()
    areas = osmium.FileProcessor(str(path)).with_areas(has_building)
    rows: list[tuple[str | None, ...]] = []
    shapes: list[str] = []
    try:
        for thing in areas.with_filter(EntityFilter(AREA)).with_filter(has_building):
            assert isinstance(thing, Area)
            rows.append(tuple(thing.tags.get(key) for key in _TAGS))
            shapes.append(as_wkb.create_multipolygon(thing))
    except (RuntimeError, osmium.InvalidLocationError) as error:
        raise fail(
            InputError,
            where,
            found=(f"文件损坏或不是 OSM 数据（{error}）", f"a damaged file or no OSM ({error})"),
            expected=("完整的 OSM 文件", "a whole OSM file"),
            to_do=("重新下载或重新导出", "download or export it again"),
        ) from None
    if not rows:
        raise fail(
            InputError,
            where,
            found=("没有一栋建筑", "not one building"),
            expected=("带 building 标签的面", "areas tagged building=*"),
            to_do=("换用含建筑的数据", "take data with buildings"),
        )
    columns = dict(zip(_TAGS, zip(*rows, strict=True), strict=True))
    return gpd.GeoDataFrame(columns, geometry=shapely.from_wkb(shapes), crs=4326)
