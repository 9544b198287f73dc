"""The folder of the sample: every file of the invented town, and the README that describes them."""

from importlib import resources
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt

from planning.sample.areas import planning_units, write_residential_areas, write_units
from planning.sample.osm import write_roads
from planning.sample.places import CANDIDATES, FACILITIES, candidates_table, facilities_table
from planning.sample.population import people_in, people_per_cell, write_population
from planning.sample.town import PLANNED


def write_sample(folder: Path) -> None:
    """Write the invented town into `folder`, which is made if need be.

    The same call writes the same bytes. Areas are in m2, coordinates as `README.md` there says.
    """
    folder.mkdir(parents=True, exist_ok=True)
    units = planning_units()
    people = people_per_cell()
    write_roads(folder / "roads.osm.pbf")
    write_population(folder / "population_2025.tif", people)
    write_units(folder / "units.gpkg", units)
    write_residential_areas(folder / "residential_areas.geojson")
    (folder / "facilities.csv").write_bytes(facilities_table().encode("utf-8-sig"))
    (folder / "candidates.csv").write_bytes(candidates_table().encode("gb18030"))
    (folder / "README.md").write_bytes(_readme(units, people).encode())
    (folder / "study.yaml").write_bytes(_asset("study.yaml"))


def _readme(units: gpd.GeoDataFrame, people: npt.NDArray[np.float32]) -> str:
    county = units.to_crs(4326).geometry.iloc[0]
    return (
        _asset("README.template.md")
        .decode()
        .format(
            total=people_in(people),
            inside=people_in(people, county),
            planned=sum(area[7] for area in PLANNED),
            facilities=len(FACILITIES.split()),
            candidates=len(CANDIDATES.split()),
        )
    )


def _asset(name: str) -> bytes:
    return (resources.files("planning.sample") / name).read_bytes()
