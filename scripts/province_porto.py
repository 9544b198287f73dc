"""Porto as a tile: real roads, sixteen times as many as Huangpu's, and all that is on them made up.

People live along its smaller streets, units are squares, and registers and ages are Huangpu's, put
down anew. It is for measuring, and says nothing about Porto.
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from province_city import Box, City, X, Y, on_grid, read_ways, template
from province_city import Way as Road
from province_huangpu import huangpu

EPSG = 32629
BOX = (520_000, 4_538_000, 553_000, 4_581_000)
"""What the extract covers, but for its rim."""
RESIDENTS_PER_NODE = 8
"""People along a street, for each of its nodes."""
FACILITIES_PER_PERSON, CANDIDATES_PER_PERSON = 1 / 6_000, 1 / 2_000
COMMUNITY_M, STREET_M = 2_000, 8_000
"""Sides of the squares that stand for communities and for streets."""

_RIM_M = 1_000
_HOMES = frozenset(("residential", "living_street", "unclassified", "pedestrian"))
_COUNTY = "131200"


def porto(data: Path, box: Box = BOX) -> City:
    """The roads within a box and 1 km around, with invented people; the same every time."""
    model = huangpu(data)
    (x_m, y_m), tags, ways = read_ways(
        data / "porto_portugal_bench" / "porto_20150606.osm.pbf", EPSG
    )
    west, south, east, north = box
    near = (x_m > west - _RIM_M) & (x_m < east + _RIM_M)
    near &= (y_m > south - _RIM_M) & (y_m < north + _RIM_M)
    ways = tuple(way for way in ways if near[way.nodes].all())
    homes = _homes(ways)
    inside = (x_m[homes] > west) & (x_m[homes] < east) & (y_m[homes] > south) & (y_m[homes] < north)
    homes = homes[inside]
    units = _units(x_m[homes], y_m[homes], box)
    people = np.full(len(homes), float(RESIDENTS_PER_NODE))
    rng = np.random.default_rng(0)
    facilities, candidates = (
        _put_down(table, x_m[homes], y_m[homes], round(people.sum() * share), key, rng)
        for table, share, key in (
            (model.facilities, FACILITIES_PER_PERSON, "编号"),
            (model.candidates, CANDIDATES_PER_PERSON, "候选编号"),
        )
    )
    return City(
        name="porto",
        epsg=EPSG,
        box=box,
        node_x_m=x_m,
        node_y_m=y_m,
        node_tags=tags,
        ways=ways,
        units=units,
        people=on_grid(x_m[homes], y_m[homes], people, box, units),
        facilities=facilities,
        candidates=candidates,
        areas=None,
        ages=None if model.ages is None else model.ages.assign(adcode=_COUNTY),
        study=template(),
    )


def _homes(ways: tuple[Road, ...]) -> npt.NDArray[np.int64]:
    """Rows of the nodes of streets with homes."""
    return np.unique(np.concatenate([way.nodes for way in ways if way.tags["highway"] in _HOMES]))


def _units(
    x_m: npt.NDArray[np.float64], y_m: npt.NDArray[np.float64], box: Box
) -> gpd.GeoDataFrame:
    """Squares in which somebody lives, squares of these, and all of them."""
    west, south, east, north = box
    rows = []
    for side, level in ((COMMUNITY_M, "community"), (STREET_M, "street")):
        at = np.stack([(x_m - west) // side, (y_m - south) // side], axis=1).astype(int)
        for column, row in np.unique(at, axis=0).tolist():
            left, low = west + column * side, south + row * side
            shape = shapely.box(left, low, min(left + side, east), min(low + side, north))
            above = (column * side // STREET_M, row * side // STREET_M)
            of = f"S{above[0]:02d}{above[1]:02d}"
            name = of if level == "street" else f"C{column:03d}{row:03d}"
            rows.append((name, level, _COUNTY if level == "street" else of, shape))
    lowest = gpd.GeoDataFrame(rows, columns=["unit_id", "level", "parent_id", "geometry"], crs=EPSG)
    # A street is the land of its communities: where nobody lives, in the sea, there is none.
    communities = lowest[lowest["level"] == "community"]
    land = communities.dissolve("parent_id").geometry
    streets = lowest[lowest["level"] == "street"].copy()
    streets["geometry"] = land.loc[streets["unit_id"]].to_numpy()
    county = gpd.GeoDataFrame(
        {"unit_id": [_COUNTY], "level": ["county"], "parent_id": [None]},
        geometry=[communities.union_all()],
        crs=EPSG,
    )
    found = pd.concat([county, streets, communities], ignore_index=True)
    return found.assign(name=found["unit_id"], zone="urban", town="new_town")


def _put_down(
    table: pd.DataFrame,
    x_m: npt.NDArray[np.float64],
    y_m: npt.NDArray[np.float64],
    count: int,
    key: str,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """So many rows of a register, drawn with repetition, each where somebody lives."""
    found = table.iloc[rng.integers(0, len(table), count)].reset_index(drop=True)
    at = rng.choice(len(x_m), count, replace=False)
    letter = str(table[key].iloc[0])[0]
    return found.assign(**{key: [f"{letter}{i:05d}" for i in range(count)], X: x_m[at], Y: y_m[at]})
