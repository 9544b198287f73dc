"""The town's planning units and residential areas."""

import json
from pathlib import Path

import geopandas as gpd
import pyogrio
import shapely
from shapely.geometry import Polygon, mapping

from planning.sample.town import (
    COMPOUNDS,
    EPSG,
    PLANNED,
    WRITTEN,
    Point,
    bend,
    block,
    blocks,
    box,
    to_degrees,
    walls,
)

# The number of the community of each block, as the blocks lie on the plan.
_COMMUNITY = ("1133377799", "1133377799", "1122277799", "4455577799", "4455588888", "6666688888")
_COUNTY = ("C1", "新禾新城")
_STREETS = {"S1": "禾北街道", "S2": "禾南街道", "S3": "禾东街道"}
_COMMUNITIES = ("稻香", "谷仓", "麦浪", "穗安", "石磨", "篱下", "新苗", "晴耕", "望丘")
_SUBURBS = ("篱下", "望丘")
_TOWN = {"S1": "old_town", "S2": "old_town", "S3": "new_town"}


def planning_units() -> gpd.GeoDataFrame:
    """County, streets and communities; a larger unit is the union of the smaller, exactly."""
    parts: dict[str, list[Polygon]] = {}
    for _, column, row in blocks():
        shape = Polygon([bend(point) for point in box(*block(column, row))])
        community = _COMMUNITY[row][column]
        for unit in (_COUNTY[0], _street_of(community), f"Q{community}"):
            parts.setdefault(unit, []).append(shape)
    said = (
        "yes",
        "no",
    )  # of the county: in the central city, not agricultural, and so all below it
    rows: list[tuple[str | None, ...]]
    rows = [(_COUNTY[0], "county", None, _COUNTY[1], "urban", "new_town", *said)]
    for street, name in _STREETS.items():
        rows.append((street, "street", _COUNTY[0], name, "urban", _TOWN[street], None, None))
    for number, name in enumerate(_COMMUNITIES, start=1):
        street = _street_of(str(number))
        zone = "suburb" if name in _SUBURBS else "urban"
        own = (f"Q{number}", "community", street, f"{name}社区", zone, _TOWN[street])
        rows.append((*own, None, None))
    columns = ("unit_id", "level", "parent_id", "name", "zone", "town", "central", "agri")
    return gpd.GeoDataFrame(
        dict(zip(columns, zip(*rows, strict=True), strict=True)),
        geometry=[shapely.unary_union(parts[str(row[0])]) for row in rows],
        crs=EPSG,
    )


def _street_of(community: str) -> str:
    return f"S{(int(community) + 2) // 3}"


def write_units(path: Path, units: gpd.GeoDataFrame) -> None:
    """Write the units as GeoPackage, with a date that is not today's."""
    path.unlink(missing_ok=True)  # GDAL would add to an old file, and keep its history
    option = "OGR_CURRENT_DATE"
    before = pyogrio.get_gdal_config_option(option)
    pyogrio.set_gdal_config_options({option: WRITTEN})
    try:
        units.to_file(path, layer="units", driver="GPKG", engine="pyogrio")
    finally:
        pyogrio.set_gdal_config_options({option: before})


def write_residential_areas(path: Path) -> None:
    """Write built compounds and planned areas as GeoJSON."""
    rows: list[tuple[tuple[object, ...], tuple[Point, ...]]] = [
        ((key, name, "built", 0, 0, year), walls(column, row))
        for key, name, column, row, _, year in COMPOUNDS
    ]
    for key, name, west, south, east, north, *numbers in PLANNED:
        rows.append(((key, name, "planned", *numbers), box(west, south, east, north)))
    columns = ["area_id", "name", "status"]
    columns += ["planned_households", "planned_people", "delivery_year"]
    features = [
        {
            "type": "Feature",
            "properties": dict(zip(columns, values, strict=True)),
            "geometry": mapping(Polygon(to_degrees(ring))),
        }
        for values, ring in rows
    ]
    collection = {"type": "FeatureCollection", "name": "residential_areas", "features": features}
    path.write_text(json.dumps(collection, ensure_ascii=False, indent=1), "utf-8", newline="\n")
