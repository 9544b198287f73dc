"""The synthetic province: tiles that hang together, people conserved, the same bytes twice."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import osmium
import pandas as pd
import pytest
import rasterio
import shapely

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "scripts"))

from make_province import write_province  # noqa: E402
from province_city import GRID_M, City, on_grid  # noqa: E402
from province_files import people_of  # noqa: E402
from province_layout import land, layout  # noqa: E402
from province_roads import SEAM_TAGS, cut  # noqa: E402

from planning import workflow  # noqa: E402
from planning.errors import InputError  # noqa: E402


@dataclass(frozen=True)
class Made:
    """A province of two tiles, and what it was made of."""

    city: City
    study: Path

    @property
    def folder(self) -> Path:
        return self.study.parent


@pytest.fixture(scope="module")
def made(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    from province_huangpu import huangpu

    city = huangpu(shared_data)
    return Made(city, write_province(tmp_path_factory.mktemp("province"), city, 2, seed=7))


@pytest.fixture(scope="module")
def assessed(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Any:
    result, folder = workflow.run(
        made.study, until="assess", out_dir=tmp_path_factory.mktemp("assessed")
    )
    assert (folder / "record.json").is_file()
    return result


def test_as_many_people_live_in_every_tile_and_not_in_the_same_cells(made: Made) -> None:
    tiles = layout(made.city, 2)
    lived = [people_of(made.city, tile, seed=7) for tile in tiles]
    for one in lived:
        assert np.nansum(one) == made.city.residents
        assert np.array_equal(np.isnan(one), np.isnan(made.city.people))
        assert np.all(one[~np.isnan(one)] % 1 == 0)
    assert np.nansum(np.abs(lived[0] - lived[1])) > 0.1 * made.city.residents
    assert not np.array_equal(lived[0], people_of(made.city, tiles[0], seed=8), equal_nan=True)


def test_the_raster_holds_each_tiles_people_on_its_own_land(made: Made) -> None:
    with rasterio.open(made.folder / "people.tif") as raster:
        assert raster.crs.to_epsg() == made.city.epsg
        held = raster.read(1, masked=True).filled(0)
        left, top = raster.bounds.left, raster.bounds.top
    for tile in layout(made.city, 2):
        west, south, east, north = land(made.city, tile)
        columns = slice(int(west - left) // GRID_M, int(east - left) // GRID_M)
        rows = slice(int(top - north) // GRID_M, int(top - south) // GRID_M)
        assert held[rows, columns].sum() == made.city.residents


def test_ids_are_unique_and_the_units_form_one_tree(made: Made) -> None:
    units = gpd.read_file(made.folder / "units.gpkg")
    assert units["unit_id"].is_unique
    level_of = dict(zip(units["unit_id"], units["level"], strict=True))
    above = {"county": "city", "street": "county", "community": "street"}
    for level, parent in zip(units["level"], units["parent_id"], strict=True):
        assert (level_of[parent] if level != "city" else None) == above.get(level)
    assert Counter(units["level"])["county"] == 2
    for name, key in (("facilities", "编号"), ("candidates", "候选编号")):
        table = pd.read_csv(made.folder / f"{name}.csv")
        assert table[key].is_unique and len(table) == 2 * len(getattr(made.city, name))
    areas = gpd.read_file(made.folder / "residential_areas.gpkg")
    assert areas["area_id"].is_unique and len(areas)


def test_units_tile_the_land_without_overlap(made: Made) -> None:
    units = gpd.read_file(made.folder / "units.gpkg")
    whole = units[units["level"] == "city"].area.sum()
    for level in ("county", "street", "community"):
        shapes = units.geometry[units["level"] == level]
        assert shapes.area.sum() == pytest.approx(whole, rel=1e-9)
        assert shapely.union_all(shapes.to_numpy()).area == pytest.approx(whole, rel=1e-9)


def streets(path: Path) -> tuple[dict[int, tuple[float, float]], dict[int, Any]]:
    """Nodes by id, and ways by id as their tags and their nodes."""
    nodes, ways = {}, {}
    for thing in osmium.FileProcessor(str(path)):
        if thing.is_node():
            assert thing.id not in nodes
            nodes[thing.id] = (thing.location.lon, thing.location.lat)
        elif thing.is_way():
            assert thing.id not in ways
            ways[thing.id] = (dict(thing.tags), [node.ref for node in thing.nodes])
    return nodes, ways


def test_roads_lead_over_the_seam_between_nodes_that_are_there(made: Made) -> None:
    nodes, ways = streets(made.folder / "streets.osm.pbf")
    assert all(ref in nodes for _, refs in ways.values() for ref in refs)
    over = [refs for tags, refs in ways.values() if tags == SEAM_TAGS]
    assert len(over) > 1
    for refs in over:
        assert sorted(ref // 10_000_000 for ref in refs) == [1, 2]
    within = sum(len({ref // 10_000_000 for ref in refs}) == 1 for _, refs in ways.values())
    assert within == len(ways) - len(over), "nothing but the seam roads leads from tile to tile"


def test_every_node_of_the_city_is_kept_by_one_tile_at_each_place(made: Made) -> None:
    """Of two copies that would lie over each other at a seam only one is kept, the nearer."""
    tiles = layout(made.city, 2)
    width_m = made.city.box[2] - made.city.box[0]
    first, second = (set(cut(made.city, tile, tiles).rows.tolist()) for tile in tiles)
    x_m, y_m = made.city.node_x_m, made.city.node_y_m
    west, _, east, _ = made.city.box
    used = {row for way in made.city.ways for row in way.nodes.tolist()}
    towards = tiles[1].column
    beyond = {row for row in used if (x_m[row] - (west if towards < 0 else east)) * towards > 0}
    near = {row for row in beyond if made.city.box[1] <= y_m[row] <= made.city.box[3]}
    assert near, "the city has streets on the land of the next tile"
    assert not near & first and near & second
    assert all(abs(x_m[row] - (west + east) / 2) <= 1.5 * width_m for row in used)


def test_the_same_seed_gives_the_same_bytes_and_another_only_other_people(
    made: Made, tmp_path: Path
) -> None:
    again = write_province(tmp_path / "again", made.city, 2, seed=7).parent
    other = write_province(tmp_path / "other", made.city, 2, seed=8).parent
    names = sorted(path.name for path in made.folder.iterdir())
    assert names == sorted(path.name for path in again.iterdir())
    for name in names:
        bytes_of = [(folder / name).read_bytes() for folder in (made.folder, again, other)]
        assert bytes_of[0] == bytes_of[1], name
        assert (bytes_of[0] == bytes_of[2]) == (name != "people.tif"), name


def test_an_assessment_counts_everybody_and_finds_walks_over_the_border(
    made: Made, assessed: Any
) -> None:
    now = assessed.situation_of("now")
    assert now.demand.people_in_source == 2 * made.city.residents
    assert now.demand.people_outside == pytest.approx(0, abs=1e-6)
    tile_of_site = np.array([name[:4] for name in now.facilities.ids])
    counties = next(level for level in now.area.levels if level.level == "county")
    tile_of_point = np.array([name[:4] for name in counties.ids])[now.demand.place["county"]]
    assert set(tile_of_point) == {"1001", "1002"}
    crossing = 0.0
    for cover in now.coverage.values():
        site, ms = cover.nearest.site, cover.nearest.ms
        over = (site >= 0) & (ms <= cover.limit_ms) & (tile_of_site[site] != tile_of_point)
        crossing += now.demand.people["total"][over].sum()
    assert crossing > 1000, "nobody is served from over the border"


def test_tiles_form_a_grid_within_the_zone_or_are_refused(made: Made) -> None:
    places = [land(made.city, tile) for tile in layout(made.city, 12)]
    assert len(set(places)) == 12
    shapes = [shapely.box(*place) for place in places]
    assert shapely.union_all(shapes).area == pytest.approx(sum(shape.area for shape in shapes))
    assert shapely.union_all(shapes).geom_type == "Polygon"
    assert len({tile.prefix for tile in layout(made.city, 12)}) == 12
    for count in (0, 8999):
        with pytest.raises(InputError, match="zone"):
            layout(made.city, count)


def test_counts_move_whole_to_land_of_the_city() -> None:
    units = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 300, 200)], crs=4549)
    x_m, y_m = np.array([50.0, 60.0, 399.0]), np.array([150.0, 150.0, 10.0])
    found = on_grid(x_m, y_m, np.array([1.5, 2.0, 4.0]), (0, 0, 400, 200), units)
    nan = np.nan
    assert np.array_equal(found, [[3.5, 0, 0, nan], [0, 0, 4, nan]], equal_nan=True)


def test_a_piece_of_porto_is_made_and_read(shared_data: Path, tmp_path: Path) -> None:
    from province_porto import porto

    city = porto(shared_data, box=(530_000, 4_555_000, 533_000, 4_558_000))
    town = workflow.check(write_province(tmp_path / "porto", city, 2))
    levels = {level.level: level for level in town.area.levels}
    assert len(levels["county"].ids) == 2 and len(levels["community"].ids) >= 4
    assert town.demand.people_in_source == 2 * city.residents
    assert len(town.facilities.ids) == 2 * len(city.facilities) > 0
