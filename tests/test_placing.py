"""A study says over what its people are spread, and reads how each unit of them was placed."""

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from planning import workflow
from planning.access import Spread, Way, spread_over_land
from planning.demand import PopulationCells
from planning.errors import InputError
from planning.inputs.roads.osm import read_osm
from planning.judging import coverage_of
from planning.network import PROFILES, StreetNetwork, build_network, snap
from planning.projection import WGS84, transformer
from planning.result import Town
from planning.sample import write_sample

Say = Callable[..., Town]
COMMUNITIES = [f"Q{number}" for number in range(1, 10)]
PEOPLE = [4000.0, 5200.0, 3100.0, 6100.0, 2500.0, 1800.0, 7000.0, 900.0, 4400.0]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The sample town, a census by community as polygons and as a table, and some buildings."""
    write_sample(tmp_path)
    units = gpd.read_file(tmp_path / "units.gpkg")
    census = units[units["level"] == "community"].sort_values("unit_id")
    census = census.assign(residents=PEOPLE)[["residents", "geometry"]]
    census.to_file(tmp_path / "census.gpkg", driver="GPKG")
    rows = "".join(f"{unit},{n}\n" for unit, n in zip(COMMUNITIES, PEOPLE, strict=True))
    (tmp_path / "totals.csv").write_text("编号,人口\n" + rows, encoding="utf-8")
    return tmp_path


@pytest.fixture
def town(folder: Path) -> Say:
    """The sample town with other lines under `population`."""

    def check(*lines: str) -> Town:
        return workflow.check(written(folder, *lines))

    return check


def written(folder: Path, *lines: str) -> Path:
    text = (folder / "study.yaml").read_text(encoding="utf-8")
    begin, end = text.index("\npopulation:\n"), text.index("\ngroups:\n")
    block = "".join(f"\n  {line}" for line in ("unit: persons", *lines))
    changed = folder / "changed.yaml"
    changed.write_text(f"{text[:begin]}\npopulation:{block}{text[end:]}", encoding="utf-8")
    return changed


CENSUS = ("path: census.gpkg", "column: residents")
TOTALS = ("totals: {path: totals.csv}",)
BUILDINGS = "buildings: {path: buildings.gpkg}"


def build(folder: Path, communities: Sequence[int], *, use: str = "住宅", crs: int = 4544) -> None:
    """Twenty houses of 12 × 12 m in each of some communities, every third one of 11 storeys."""
    units = gpd.read_file(folder / "units.gpkg").to_crs(4544).set_index("unit_id").geometry
    shapes, storeys = [], []
    for number in communities:
        west, south, east, north = units[f"Q{number}"].bounds
        for x in np.linspace(west, east, 40):
            for y in np.linspace(south, north, 7):
                square = shapely.box(x, y, x + 12, y + 12)
                if units[f"Q{number}"].contains(square):
                    shapes.append(square)
                    storeys.append(11 if len(shapes) % 3 == 0 else 2)
    table = {"层数": storeys, "建筑性质": [use] * len(shapes)}
    gpd.GeoDataFrame(table, geometry=shapes, crs=4544).to_crs(crs).to_file(
        folder / "buildings.gpkg", driver="GPKG"
    )


def people_of(town: Town, level: str = "community") -> np.ndarray:
    at = town.demand.place[level]
    return np.bincount(at[at >= 0], weights=town.demand.people["total"][at >= 0])


def said(town: Town, about: str = "population") -> str:
    return " ".join(note.en for note in town.notes if note.about.startswith(about))


def test_large_polygons_at_one_point_each_are_remarked_on(town: Say) -> None:
    plain = town(*CENSUS)
    assert len(plain.demand) == 9
    assert "stand at one point: population.buildings or population.over" in said(plain)


def test_the_raster_of_the_sample_is_left_as_it_is(folder: Path) -> None:
    plain = workflow.check(folder / "study.yaml")
    assert not any(word in said(plain) for word in ("one point", "population units"))


@pytest.mark.parametrize("source", [CENSUS, TOTALS])
@pytest.mark.parametrize("over", ["streets", "area"])
def test_polygons_and_totals_are_spread_alike(
    town: Say, source: tuple[str, ...], over: str
) -> None:
    found = town(*source, f"over: {over}")
    np.testing.assert_allclose(people_of(found), PEOPLE, rtol=1e-9)
    assert len(found.demand) > 300
    by = {"streets": "length of streets", "area": "land"}[over]
    assert f"9 units, 35,000 people, by {by}" in said(found)
    parts = shapely.area(found.demand.outline).sum()
    community = found.area.level("community")
    assert community is not None
    assert parts == pytest.approx(shapely.area(community.geometry).sum(), rel=1e-6)


@pytest.mark.parametrize("source", [CENSUS, TOTALS])
@pytest.mark.parametrize("crs", [4544, 4326, 32648])
def test_buildings_take_the_people_of_their_unit(
    folder: Path, town: Say, source: tuple[str, ...], crs: int
) -> None:
    build(folder, [1, 2, 3], crs=crs)
    found = town(*source, BUILDINGS)
    np.testing.assert_allclose(people_of(found), PEOPLE, rtol=1e-9)
    assert "3 units, 12,300 people, by floor area" in said(found)
    assert "6 units, 22,700 people, by length of streets" in said(found)
    houses = gpd.read_file(folder / "buildings.gpkg").to_crs(found.area.epsg).geometry
    built = found.demand.place["community"] < 3
    points = shapely.points(found.demand.x_m[built], found.demand.y_m[built])
    assert len(points) == len(houses)
    assert shapely.intersects(shapely.union_all(houses.to_numpy()), points).all()
    first = found.demand.place["community"] == 0
    people = np.unique(np.round(found.demand.people["total"][first], 3))
    assert people[-1] / people[0] == pytest.approx(11 / 2, rel=1e-3)
    assert {"population.buildings"} <= {source.key for source in found.sources}


def test_buildings_in_which_nobody_lives_or_that_stand_elsewhere(folder: Path, town: Say) -> None:
    build(folder, [1, 2], use="商业")
    with pytest.raises(InputError, match="no building with homes; uses 商业"):
        town(*TOTALS, BUILDINGS)
    build(folder, [1])
    moved = gpd.read_file(folder / "buildings.gpkg")
    moved.translate(0, 50_000).to_frame("geometry").set_crs(moved.crs).to_file(
        folder / "buildings.gpkg", driver="GPKG"
    )
    with pytest.raises(InputError, match="none of them on land that has people"):
        town(*TOTALS, BUILDINGS)


def test_faults_of_people_and_buildings_are_told_with_those_of_the_streets(
    folder: Path, town: Say
) -> None:
    (folder / "roads.osm.pbf").write_bytes(b"no osm")
    (folder / "totals.csv").write_text("编号,人口\nQ1,x\nC1,9\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        town(*TOTALS)
    places = {fault.where.split(":")[0] for fault in caught.value.faults}
    assert places == {"network", "population.totals"}


@pytest.mark.parametrize("over", ["area", "streets"])
def test_cells_that_the_boundary_cuts_give_what_their_land_inside_is(
    folder: Path, town: Say, over: str
) -> None:
    """Squares of 1 km over the whole map, some of them half outside, whatever is mapped there."""
    county = gpd.read_file(folder / "units.gpkg").to_crs(4544).set_index("unit_id").geometry["C1"]
    west, south, east, north = (int(edge) for edge in county.bounds)
    corners = [
        (x, y) for x in range(west - 300, east, 1000) for y in range(south - 300, north, 1000)
    ]
    boxes = [shapely.box(x, y, x + 1000, y + 1000) for x, y in corners]
    gpd.GeoDataFrame({"residents": [1000.0] * len(boxes)}, geometry=boxes, crs=4544).to_file(
        folder / "census.gpkg", driver="GPKG"
    )
    found = town(*CENSUS, f"over: {over}")
    demand = found.demand
    assert demand.people_in_source == pytest.approx(1000 * len(boxes), rel=1e-12)
    assert demand.total("total") + demand.people_outside == pytest.approx(1000 * len(boxes))
    by_area = sum(county.intersection(box).area / box.area * 1000 for box in boxes)
    whole = sum(county.contains(box) for box in boxes)
    assert demand.total("total") == pytest.approx(by_area, rel=1e-6)
    assert f"by area, {by_area - 1000 * whole:,.0f} of their" in said(found)


def test_raster_cells_go_to_the_buildings_inside_them(folder: Path, town: Say) -> None:
    build(folder, range(1, 10))
    plain = workflow.check(folder / "study.yaml").demand
    found = town("path: population_2025.tif", BUILDINGS).demand
    assert found.people_in_source == pytest.approx(plain.people_in_source, rel=1e-12)
    assert found.total("total") == pytest.approx(plain.total("total"), rel=0.02)
    houses = np.isclose(shapely.area(found.outline), 144, rtol=1e-3)
    assert np.count_nonzero(houses) > 100
    # A cell is 86 m wide and high, or less at the boundary.
    assert shapely.area(found.outline).max() < 7500


def test_spread_people_are_fitted_to_totals(town: Say) -> None:
    found = town("path: population_2025.tif", "over: streets", *TOTALS)
    np.testing.assert_allclose(people_of(found), PEOPLE, rtol=1e-9)
    assert "fitted to the official totals of 9 units" in said(found)


def test_groups_share_the_points_of_their_unit(town: Say) -> None:
    found = town(*TOTALS)
    share = found.demand.people["under_3"] / found.demand.people["total"]
    np.testing.assert_allclose(share, 0.025, rtol=1e-12)


def test_a_run_keeps_outlines_and_everybody(folder: Path, tmp_path: Path) -> None:
    build(folder, [1, 2, 3])
    study = written(folder, *TOTALS, BUILDINGS)
    result, out = workflow.run(study, until="assess", out_dir=tmp_path / "out")
    layer = gpd.read_file(out / "result.gpkg", layer="demand_人口格网")
    assert layer["people"].sum() == pytest.approx(sum(PEOPLE))
    assert layer.geometry.area.min() == pytest.approx(144, rel=1e-3)
    assert layer.geometry.is_valid.all()
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    whole = [row for row in summary["coverage"] if row["level"] == "area"]
    assert all(row["people"] <= sum(PEOPLE) * (1 + 1e-9) for row in whole)
    again, _ = workflow.run(study, until="assess", out_dir=tmp_path / "again")
    assert again.digest == result.digest
    assert (
        again.town.demand.people["total"].tobytes() == result.town.demand.people["total"].tobytes()
    )


# --- real cities ----------------------------------------------------------------------------


def test_huangpu_by_community_covers_what_its_raster_covers(
    shared_data: Path, tmp_path: Path
) -> None:
    """The raster is modelled along streets itself: agreement says little more than no blunder."""
    studies = Path(__file__).parents[1] / "scripts" / "studies"
    text = (studies / "huangpu.yaml").read_text(encoding="utf-8")
    # People of planned areas are in neither source.
    text = re.sub(r"\nresidential_areas:\n(  .*\n)+", "\n", text)
    (tmp_path / "whole.yaml").write_text(text, encoding="utf-8")
    whole = workflow.check(tmp_path / "whole.yaml", data_dir=shared_data)
    level = whole.area.level("community")
    assert level is not None
    people = people_of(whole)
    pd.DataFrame({"编号": level.ids, "人口": people}).to_csv(tmp_path / "t.csv", index=False)
    for name in (path.name for path in shared_data.iterdir()):
        (tmp_path / name).symlink_to(shared_data / name)
    begin, end = text.index("\npopulation:\n"), text.index("\nages:\n")
    block = "\npopulation: {unit: persons, totals: {path: t.csv}}"
    (tmp_path / "h.yaml").write_text(text[:begin] + block + text[end:], encoding="utf-8")
    spread = workflow.check(tmp_path / "h.yaml", data_dir=tmp_path)
    np.testing.assert_allclose(people_of(spread), people, rtol=1e-9)
    assert "90 units, 660,783 people, by length of streets" in said(spread)
    shares = [
        [ledger.covered / ledger.people for ledger in covered(town).values()]
        for town in (whole, spread)
    ]
    assert np.abs(np.subtract(*shares)).max() < 0.04


def covered(town: Town) -> dict[str, object]:
    found = coverage_of(town)
    groups = {name: spec.group for name, spec in town.study.services.items()}
    return {name: at.ledger(town.demand.people[groups[name]]) for name, at in found.items()}


class PortoAlegre:
    """The census of 2010 by hexagons of 0.1 km², true people on true streets."""

    def __init__(self, folder: Path) -> None:
        roads, _ = read_osm(folder / "poa_osm.pbf")
        self.network: StreetNetwork = build_network(roads, epsg=31982, profile=PROFILES["elder"])
        table = pd.read_csv(folder / "poa_hexgrid.csv")
        x_m, y_m = transformer(WGS84, 31982).transform(table["lon"], table["lat"])
        points = shapely.points(x_m, y_m)
        cells = shapely.voronoi_polygons(shapely.multipoints(points), ordered=True)
        self.hexagon = shapely.intersection(shapely.get_parts(cells), shapely.buffer(points, 210))
        self.people = table["population"].to_numpy(dtype=float)
        self.parent = np.unique([_parent(name) for name in table["id"]], return_inverse=True)[1]
        care = table["healthcare"].to_numpy() > 0
        self.care = snap(self.network, x_m[care], y_m[care], max_snap_m=500, island_km=1.0)

    def share_within_15_min(self, cells: PopulationCells) -> float:
        way = Way.of(self.network, cells.x_m, cells.y_m, max_snap_m=500, island_km=1.0)
        everywhere = np.ones(len(self.care), dtype=bool)
        within = way.coverage_by(self.care, counting=everywhere, limit_ms=900_000)
        found = within.ledger(cells.people)
        assert found.share is not None
        return found.share

    def misplaced(self, spread: Spread) -> float:
        """The part of the people that stands in another hexagon than it lives in."""
        points = shapely.points(spread.cells.x_m, spread.cells.y_m)
        point, at = shapely.STRtree(self.hexagon).query(points, predicate="intersects")
        point, first = np.unique(point, return_index=True)
        held = np.bincount(
            at[first], weights=spread.cells.people[point], minlength=len(self.people)
        )
        return float(np.abs(held - self.people).sum() / 2 / self.people.sum())


def _parent(name: str) -> int:
    """The H3 cell of resolution 7 around one of 9: seven bits of every finer digit are set."""
    cell = (int(name, 16) & ~(0xF << 52)) | (7 << 52)
    return cell | sum(7 << (3 * (15 - digit)) for digit in range(8, 16))


def cells_of(outline: np.ndarray, people: np.ndarray) -> PopulationCells:
    lived = people > 0
    middle = shapely.point_on_surface(outline[lived])
    return PopulationCells(
        x_m=shapely.get_x(middle),
        y_m=shapely.get_y(middle),
        people=people[lived],
        outline=outline[lived],
    )


def test_porto_alegre_lives_nearer_to_where_streets_say_than_to_centres_or_evenly(
    shared_data: Path,
) -> None:
    """Of 43 areas of 2.7 km² by turns the centre, the land and the streets, against hexagons."""
    city = PortoAlegre(shared_data / "portoalegre_r5r")
    areas = [
        shapely.union_all(city.hexagon[city.parent == k]) for k in range(city.parent.max() + 1)
    ]
    census = cells_of(np.array(areas), np.bincount(city.parent, weights=city.people))
    wanted = np.ones(len(census), dtype=bool)
    true = city.share_within_15_min(cells_of(city.hexagon, city.people))
    land = spread_over_land(census, city.network, wanted=wanted, kinds=("area",))
    streets = spread_over_land(census, city.network, wanted=wanted, kinds=("streets", "area"))
    off = [
        abs(city.share_within_15_min(cells) - true) for cells in (census, land.cells, streets.cells)
    ]
    assert off[2] < 0.01 < off[0] and off[2] < off[1]
    assert city.misplaced(streets) < city.misplaced(land) - 0.02
    assert city.misplaced(streets) == pytest.approx(0.26, abs=0.01)
