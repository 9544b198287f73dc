#!/usr/bin/env python3
"""Make a synthetic province, to measure how cost grows: a real city repeated side by side.

    python scripts/make_province.py OUT --of huangpu --tiles 4 --data DATA
    planning assess OUT/study.yaml

Each tile is a county with its streets and communities, below one unit of the whole, cut to a
rectangle so that people live on both sides of a seam; its roads are the real ones, with a few more
over each seam; as many people live in every tile, drawn anew. All tiles lie in one zone of the
projection. The same seed gives the same bytes. Nothing of it is a plan or a forecast for any place.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from named_study import told
from province_city import City
from province_files import (
    ages_of,
    areas_of,
    register_of,
    study_of,
    units_of,
    write_layer,
    write_people,
    write_study,
)
from province_huangpu import huangpu
from province_layout import layout
from province_porto import porto
from province_roads import write_roads

CITIES: dict[str, Callable[[Path], City]] = {"huangpu": huangpu, "porto": porto}


def write_province(out: Path, city: City, tiles: int, *, seed: int = 0) -> Path:
    """Write the study and all its files to a folder; returns the study file.

    Raises InputError where so many tiles do not fit into one zone.
    """
    placed = layout(city, tiles)
    out.mkdir(parents=True, exist_ok=True)
    write_roads(out / "streets.osm.pbf", city, placed)
    write_layer(out / "units.gpkg", units_of(city, placed))
    write_people(out / "people.tif", city, placed, seed=seed)
    tables = {
        "facilities": register_of(city.facilities, placed, key="编号", name="名称"),
        "candidates": register_of(city.candidates, placed, key="候选编号"),
    }
    if city.ages is not None:
        tables["ages"] = ages_of(city.ages, placed)
    for name, table in tables.items():
        table.to_csv(out / f"{name}.csv", index=False, encoding="utf-8", lineterminator="\n")
    if city.areas is not None:
        write_layer(out / "residential_areas.gpkg", areas_of(city.areas, placed))
    study = out / "study.yaml"
    write_study(study, study_of(city, placed))
    return study


def main() -> None:
    """Make the province that the arguments ask for."""
    asked = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    asked.add_argument("out", type=Path, help="写到哪个目录 the folder to write to")
    asked.add_argument("--of", choices=sorted(CITIES), default="huangpu", help="哪座城 which city")
    asked.add_argument("--tiles", type=int, default=2, help="几片 how many copies")
    asked.add_argument("--seed", type=int, default=0, help="人口的种子 seed of the people")
    asked.add_argument("--data", type=Path, required=True, help="真实数据目录 the real data")
    given = asked.parse_args()
    study = write_province(given.out, CITIES[given.of](given.data), given.tiles, seed=given.seed)
    print(f"合成省 synthetic province: {study}")


if __name__ == "__main__":
    told(main)
