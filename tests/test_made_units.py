"""Where no boundaries exist units are made: they fill their parents, and nobody is in two."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from planning import workflow
from planning.area import UnitLevel, first_containing
from planning.errors import InputError
from planning.inputs.made_units import made_level
from planning.sample import write_sample
from planning.study import MadeUnits

STREETS = [shapely.box(0, 0, 1_000, 2_000), shapely.box(1_000, 0, 3_000, 2_000)]


def level(polygons: list[shapely.Geometry], name: str = "street") -> UnitLevel:
    n = len(polygons)
    return UnitLevel(
        level=name,
        ids=tuple(f"S{k}" for k in range(n)),
        names=tuple(f"街道{k}" for k in range(n)),
        parent_ids=(None,) * n,
        geometry=np.array(polygons, dtype=object),
        attributes={"zone": ("urban",) * n, "form": ("street",) * n},
    )


def hexagons(width_m: float, polygons: list[shapely.Geometry] = STREETS) -> UnitLevel:
    spec = MadeUnits(hexagon_m=width_m)
    return made_level(spec, [level(polygons)], epsg=4545, seats_path=None, tell=[].append)


def test_too_many_hexagons_are_refused_before_any_is_made() -> None:
    province = [shapely.box(0, 0, 400_000, 400_000)]
    with pytest.raises(InputError, match=r"50 m, some 73,\d\d\d,\d\d\d hexagons"):
        hexagons(50, province)


def seats(folder: Path, points: list[tuple[float, float]], **columns: list[str]) -> Path:
    path = folder / "seats.gpkg"
    ids = columns.get("id", [f"V{k}" for k in range(len(points))])
    gpd.GeoDataFrame({"id": ids}, geometry=[shapely.Point(p) for p in points], crs=4545).to_file(
        path
    )
    return path


def around(folder: Path, points: list[tuple[float, float]], **columns: list[str]) -> UnitLevel:
    path = seats(folder, points, **columns)
    spec = MadeUnits.model_validate({"seats": {"path": path.name}})
    return made_level(spec, [level(STREETS)], epsg=4545, seats_path=path, tell=[].append)


def check_they_fill(made: UnitLevel, polygons: list[shapely.Geometry]) -> None:
    """Every parent is the sum of its children, which overlap nowhere."""
    assert len(set(made.ids)) == len(made)
    for k, parent in enumerate(polygons):
        children = made.geometry[[above == f"S{k}" for above in made.parent_ids]]
        assert shapely.area(children).sum() == pytest.approx(parent.area, rel=1e-9)
        assert shapely.union_all(children).area == pytest.approx(parent.area, rel=1e-9)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(
    width_m=st.integers(60, 5_000),
    cuts=st.lists(st.floats(-9_000, 9_000, width=32), max_size=4, unique=True),
)
def test_hexagons_fill_their_parents(width_m: int, cuts: list[float]) -> None:
    lines = [-9_500.0, *sorted(cuts), 9_500.0]
    polygons = [
        shapely.box(west, 0, east, 700) for west, east in pairwise(lines) if east - west > 1
    ]
    check_they_fill(hexagons(width_m, polygons), polygons)


def test_a_whole_hexagon_has_the_area_of_one() -> None:
    made = hexagons(100)
    assert shapely.area(made.geometry).max() == pytest.approx(100**2 * np.sqrt(3) / 2)
    assert made.parent_ids[0] in ("S0", "S1")
    assert all("自动划分" in name for name in made.names)


def test_the_lattice_does_not_move_with_the_area() -> None:
    """A larger area has the same hexagons where it has them at all."""
    small, large = (
        hexagons(300, [shapely.box(0, 0, 2_000, 2_000)]),
        hexagons(300, [shapely.box(-5_000, -7_000, 9_000, 9_000)]),
    )
    whole = shapely.area(small.geometry) > 0.999 * 300**2 * np.sqrt(3) / 2
    middles = shapely.centroid(small.geometry[whole])
    away_m = shapely.distance(middles, shapely.union_all(shapely.centroid(large.geometry)))
    assert whole.sum() > 20
    assert away_m.max() < 1e-6


def test_everybody_is_in_the_unit_of_the_nearest_seat(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    places = rng.uniform((0, 0), (3_000, 2_000), (40, 2))
    made = around(tmp_path, [tuple(place) for place in places.tolist()])
    check_they_fill(made, STREETS)
    people = rng.uniform((0, 0), (3_000, 2_000), (500, 2))
    unit = first_containing(made.geometry, *people.T)
    away_m = np.hypot(*(people[:, None, :] - places[None, :, :]).transpose(2, 0, 1))
    nearest = away_m.argmin(axis=1)
    assert [made.ids[k].split("-")[0] for k in unit] == [f"V{k}" for k in nearest]


def test_one_seat_takes_everything(tmp_path: Path) -> None:
    made = around(tmp_path, [(10, 10)])
    assert made.ids == ("V0-S0", "V0-S1")
    check_they_fill(made, STREETS)


@pytest.mark.parametrize(
    ("points", "ids"), [([(1, 1), (1, 1)], ["A", "B"]), ([(1, 1), (2, 2)], ["A", "A"])]
)
def test_two_seats_that_are_one_are_refused(
    tmp_path: Path, points: list[tuple[float, float]], ids: list[str]
) -> None:
    with pytest.raises(ValueError, match="two seats of one id or in one place"):
        around(tmp_path, points, id=ids)


def test_made_units_lie_below_the_given_ones() -> None:
    spec = MadeUnits(level="street", hexagon_m=300)
    with pytest.raises(ValueError, match="'street', not below 'street'"):
        made_level(spec, [level(STREETS)], epsg=4545, seats_path=None, tell=[].append)


@pytest.mark.parametrize("said", ["{}", "{hexagon_m: 300, seats: {path: s.gpkg}}"])
def test_one_way_of_making_is_named(
    tmp_path: Path, said: str, planning_cli: Callable[..., tuple[int, str, str]]
) -> None:
    write_sample(tmp_path)
    study = tmp_path / "study.yaml"
    text = study.read_text(encoding="utf-8")
    study.write_text(text.replace("area:\n", f"area:\n  made_units: {said}\n", 1), encoding="utf-8")
    code, _, err = planning_cli("check", study)
    assert code == 2
    assert "expected one of hexagon_m and seats" in err


def test_a_study_with_made_units_counts_everybody_once_and_says_they_are_made(
    tmp_path: Path,
) -> None:
    write_sample(tmp_path)
    study, units = tmp_path / "study.yaml", tmp_path / "units.gpkg"
    frame = gpd.read_file(units, layer="units")
    frame[frame["level"] != "community"].to_file(units, layer="units", mode="w")
    text = study.read_text(encoding="utf-8")
    made = "area:\n  made_units: {level: community, hexagon_m: 800}\n"
    study.write_text(text.replace("area:\n", made, 1), encoding="utf-8")
    town = workflow.check(study)
    (below,) = [unit for unit in town.area.levels if unit.level == "community"]
    at = town.demand.place["community"]
    assert np.all(at >= 0)
    people = np.bincount(at, weights=town.demand.people["total"], minlength=len(below))
    assert people.sum() == pytest.approx(town.demand.total("total"), rel=1e-12)
    street = town.area.level("street")
    assert street is not None
    in_street = town.demand.place["street"]
    assert [below.parent_ids[k] for k in at] == [street.ids[k] for k in in_street]
    (note,) = [note for note in town.notes if note.about == "area.made_units"]
    assert "are made, by hexagons 800 m wide: no official borders" in note.en
