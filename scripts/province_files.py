"""A province's tables and layers: each tile's own, under ids that no other tile has."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyogrio
import rasterio
from province_city import GRID_M, City, X, Y
from province_layout import Tile, land
from rasterio import Affine
from ruamel.yaml import YAML

TOP = "1000"
"""The id of the unit above all tiles."""
MADE = "合成省：真实城市平铺复制，人口重抽 synthetic province, a city repeated, people drawn anew"

_UNCOUNTED = -99_999.0
_UNEVEN = 0.3
"""How much the people of a cell vary from tile to tile: the deviation of the logarithm."""
_WRITTEN = "2020-01-01T00:00:00.000Z"


def people_of(city: City, tile: Tile, *, seed: int) -> npt.NDArray[np.float64]:
    """The city's people drawn anew over its cells: whole persons, as many in every tile."""
    rng = np.random.default_rng([seed, tile.number])
    lived = np.nan_to_num(city.people) * rng.lognormal(0.0, _UNEVEN, city.people.shape)
    drawn = rng.multinomial(city.residents, lived.ravel() / lived.sum())
    return np.where(np.isnan(city.people), np.nan, drawn.reshape(city.people.shape))


def write_people(path: Path, city: City, tiles: Sequence[Tile], *, seed: int) -> None:
    """Write a raster of counts in the study's own projection, a tile at a time."""
    places = np.array([land(city, tile) for tile in tiles])
    west, south = places[:, :2].min(axis=0).tolist()
    east, north = places[:, 2:].max(axis=0).tolist()
    profile = {
        "driver": "GTiff",
        "dtype": "float32",
        "count": 1,
        "crs": f"EPSG:{city.epsg}",
        "width": (east - west) // GRID_M,
        "height": (north - south) // GRID_M,
        "nodata": _UNCOUNTED,
        "transform": Affine(GRID_M, 0, west, 0, -GRID_M, north),
    }
    counts = np.full((profile["height"], profile["width"]), _UNCOUNTED, dtype=np.float32)
    for tile in tiles:
        left, _, _, top = land(city, tile)
        lived = people_of(city, tile, seed=seed)
        row, column = (north - top) // GRID_M, (left - west) // GRID_M
        window = counts[row : row + lived.shape[0], column : column + lived.shape[1]]
        window[...] = np.where(np.isnan(lived), _UNCOUNTED, lived)
    options = {"compress": "deflate", "tiled": True, "blockxsize": 256, "blockysize": 256}
    with rasterio.open(path, "w", **profile, **options) as raster:
        raster.write(counts, 1)


def units_of(city: City, tiles: Sequence[Tile]) -> gpd.GeoDataFrame:
    """The units of all tiles, each county below one unit of the whole."""
    parts = [_moved(city.units, tile, ids=("unit_id", "parent_id")) for tile in tiles]
    for tile, part in zip(tiles, parts, strict=True):
        county = part["level"] == "county"
        part.loc[county, "parent_id"] = TOP
        part["name"] = [f"{name}·{tile.number + 1}" for name in part["name"]]
    whole = gpd.GeoDataFrame(
        {"unit_id": [TOP], "level": ["city"], "name": ["合成省 synthetic province"]},
        geometry=[pd.concat(parts).loc[lambda rows: rows["level"] == "county"].union_all()],
        crs=city.epsg,
    )
    return pd.concat([whole, *parts], ignore_index=True)


def _moved(frame: gpd.GeoDataFrame, tile: Tile, *, ids: tuple[str, ...]) -> gpd.GeoDataFrame:
    found = frame.copy()
    found.geometry = frame.geometry.translate(tile.shift_x_m, tile.shift_y_m)
    for column in ids:
        found[column] = [
            None if pd.isna(text) else f"{tile.prefix}{text}" for text in frame[column]
        ]
    return found


def register_of(
    table: pd.DataFrame, tiles: Sequence[Tile], *, key: str, name: str | None = None
) -> pd.DataFrame:
    """A table with the columns X and Y, and an id in `key`, for all tiles."""
    parts = []
    for tile in tiles:
        part = table.copy()
        part[X] = (part[X] + tile.shift_x_m).round(2)
        part[Y] = (part[Y] + tile.shift_y_m).round(2)
        part[key] = tile.prefix + part[key].astype(str)
        if name is not None:
            part[name] = part[name] + f"·{tile.number + 1}"
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def areas_of(areas: gpd.GeoDataFrame, tiles: Sequence[Tile]) -> gpd.GeoDataFrame:
    """The residential areas of all tiles."""
    return pd.concat([_moved(areas, tile, ids=("area_id",)) for tile in tiles], ignore_index=True)


def ages_of(ages: pd.DataFrame, tiles: Sequence[Tile]) -> pd.DataFrame:
    """The census row of the city's county, once for each tile's."""
    parts = [ages.assign(adcode=tile.prefix + ages["adcode"]) for tile in tiles]
    return pd.concat(parts, ignore_index=True)


def write_layer(path: Path, frame: gpd.GeoDataFrame) -> None:
    """Write a GeoPackage with a date that is not today's."""
    path.unlink(missing_ok=True)  # GDAL would add to an old file, and keep its history
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _WRITTEN})
    try:
        frame.to_file(path, layer=path.stem, driver="GPKG", engine="pyogrio")
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def study_of(city: City, tiles: Sequence[Tile]) -> dict[str, Any]:
    """The study file: the services, clauses and scenarios of Huangpu over the files beside it."""
    study = copy.deepcopy(city.study)
    coords = f"EPSG:{city.epsg}"
    table = {"coords": coords, "columns": {"x": X, "y": Y}, "licence": MADE}
    study |= {
        "name": f"{city.name}-x{len(tiles)}",
        "title": f"合成省：{city.name} × {len(tiles)}（测算规模用）",
        "area": {"units": {"path": "units.gpkg", "licence": MADE}, "epsg": city.epsg},
        "network": study["network"] | {"path": "streets.osm.pbf"},
        "population": {
            "path": "people.tif",
            "unit": "persons",
            "year": 2020,
            "official_total": city.residents * len(tiles),
            "licence": MADE,
        },
        "facilities": table | {"path": "facilities.csv"},
        "candidates": table | {"path": "candidates.csv"},
    }
    for key, held in (("ages", city.ages), ("residential_areas", city.areas)):
        if held is None:
            study.pop(key, None)
    if city.ages is not None:
        study["ages"] = {"path": "ages.csv", "level": "county", "licence": MADE}
    if city.areas is not None:
        study["residential_areas"] = {"path": "residential_areas.gpkg", "licence": MADE}
    return study


def write_study(path: Path, study: dict[str, Any]) -> None:
    """Write YAML, Chinese as it is."""
    yaml = YAML()
    yaml.allow_unicode = True
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(study, file)
