"""Huangpu District of Shanghai as a tile: real roads, census total and ages, the rest modelled."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
from province_city import City, X, Y, cells, metres, read_ways, template
from province_clip import clipped_units, within

from planning.inputs.coordinates.datum import wgs84_from_gcj02

EPSG = 4549
BOX = (639_400, 3_453_500, 642_500, 3_458_700)
"""The largest rectangle on multiples of 100 m of which 95 % is the district's: three quarters of
its land."""


def huangpu(data: Path) -> City:
    """The district within BOX, out of the folder of real data."""
    folder = data / "shanghai_huangpu"
    study = folder / "study"
    units = clipped_units(gpd.read_file(study / "units.gpkg").to_crs(EPSG), BOX)
    (node_x_m, node_y_m), node_tags, ways = read_ways(folder / "huangpu_walk.osm.pbf", EPSG)
    candidates = pd.read_csv(study / "candidates_cgcs2000_gbk.csv", encoding="gbk")
    areas = gpd.read_file(study / "residential_areas.geojson").to_crs(EPSG)
    ages = pd.read_csv(data / "census2020_county_age" / "census2020_county_age.csv", dtype=str)
    west, south, east, north = BOX
    return City(
        name="huangpu",
        epsg=EPSG,
        box=BOX,
        node_x_m=node_x_m,
        node_y_m=node_y_m,
        node_tags=node_tags,
        ways=ways,
        units=units,
        people=cells(study / "population_2020_modelled.tif", EPSG, BOX, units),
        facilities=within(_facilities(study / "facilities_gcj02.xlsx"), BOX),
        # A surveyor's X is north.
        candidates=within(candidates.rename(columns={"Y坐标": X, "X坐标": Y}), BOX),
        areas=areas[areas.within(units.union_all())].cx[west:east, south:north],
        ages=ages[ages["adcode"] == "310101"],
        study=template(),
    )


def _facilities(path: Path) -> pd.DataFrame:
    """The register, its degrees of GCJ-02 in metres."""
    found = pd.read_excel(path, engine="calamine")
    lon, lat = wgs84_from_gcj02(
        found.pop("经度").to_numpy(float), found.pop("纬度").to_numpy(float)
    )
    found[X], found[Y] = metres(EPSG).transform(lon, lat)
    return found
