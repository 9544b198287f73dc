"""Numbers as yearbooks print them: parted thousands, full width, 万, %; nobody is multiplied."""

import math
from fractions import Fraction
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from planning.demand import AgeRange
from planning.errors import InputError
from planning.inputs.population.age_table import read_age_table
from planning.inputs.population.cohort_tables import _people
from planning.inputs.population.point_table import read_points
from planning.inputs.population.vector_cells import read_vector_cells
from planning.inputs.tables.counts import counts_of, told_of
from planning.study import PopulationSpec
from planning.units import counted, per_of, written


@pytest.mark.parametrize(
    ("heading", "per"),
    [
        ("常住人口", 1),
        ("万州区常住人口", 1),  # a district, no unit of measure
        ("常住人口（万人）", Fraction(1, 10_000)),
        ("人口_万人", Fraction(1, 10_000)),
        ("户数(万)", Fraction(1, 10_000)),
        ("占比（％）", 100),
        ("生育率（‰）", 1000),
    ],
)
def test_what_a_heading_says(heading: str, per: int | Fraction) -> None:
    assert per_of(heading) == per
    assert bool(told_of(heading)) == (per != 1)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("1,234", 1234),
        ("１，２３４", 1234),
        ("5.2万", 52_000),
        ("0.0268万人", 268),
        ("500 人", 500),
        ("3,5", math.nan),  # a comma that parts no thousands
        ("12%", math.nan),
        ("约60", math.nan),
        ("", math.nan),
    ],
)
def test_counts_as_they_are_written(text: str, count: float) -> None:
    np.testing.assert_equal(counts_of([text])[0], count)


def test_a_bare_number_under_ten_thousands_is_exact() -> None:
    assert counts_of(["0.0268", "66.203"], heading="总人口（万人）").tolist() == [268, 662_030]
    assert written("0.07", per=per_of("万人")) == 700
    assert math.isnan(counted("0.9", per=per_of("占比（%）")))


def test_a_table_of_points_in_the_words_of_a_yearbook(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    rows = '经度,纬度,人口（万人）\n105.0,30.60,"0.12"\n105.01,30.60,０.０３\n'
    path.write_bytes(rows.encode("gb18030"))
    spec = PopulationSpec(path="p.csv", unit="persons", coords="wgs84", column="人口（万人）")
    cells, notes = read_points(spec, path, 4544)
    assert sorted(cells.people.tolist()) == [300, 1200]
    told = " ".join(note.en for note in notes)
    assert "read as GB18030" in told and "are in tens of thousands" in told


def test_short_rows_of_a_table_of_points_are_told(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("经度,纬度,人口\n105.0,30.6,12\n105.01,30.6\n", encoding="utf-8")
    cells, notes = read_points(
        PopulationSpec(path="p.csv", unit="persons", coords="wgs84"), path, 4544
    )
    assert cells.blank == 1
    assert "1 rows lack cells at their end, read as blank: 3" in " ".join(n.en for n in notes)


@pytest.mark.parametrize(
    ("column", "values"),
    [("人口_万人", [0.12, 0.03]), ("人口", ["1,200", "３００"]), ("人口", [1200, 300])],
)
def test_polygons_in_the_words_of_a_yearbook(
    tmp_path: Path, column: str, values: list[object]
) -> None:
    shapes = [shapely.box(500_000 + k, 3_386_000, 500_001 + k, 3_386_100) for k in (0, 100)]
    gpd.GeoDataFrame({column: values}, geometry=shapes, crs=4544).to_file(tmp_path / "p.gpkg")
    spec = PopulationSpec(path="p.gpkg", unit="persons", column=column)
    cells, _ = read_vector_cells(spec, tmp_path / "p.gpkg", 4544, None)
    np.testing.assert_allclose(cells.people, [1200, 300], rtol=1e-12)


def test_a_per_cent_of_polygons_is_no_count(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"占比%": [12.5]}, geometry=[shapely.box(0, 0, 1, 1)], crs=4544)
    frame.to_file(tmp_path / "p.gpkg")
    spec = PopulationSpec(path="p.gpkg", unit="persons", column="占比%")
    with pytest.raises(InputError, match="values that are no numbers"):
        read_vector_cells(spec, tmp_path / "p.gpkg", 4544, None)


def test_ages_with_parted_thousands(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('编号,总人口,0-59岁,60岁及以上\nW,"1,460","1,360",１００\n', encoding="utf-8")
    table = read_age_table(path, unit_ids=["W"])
    assert table.bands.people.tolist() == [[1360, 100]]


def test_cohorts_in_ten_thousands() -> None:
    ages = AgeRange(from_age=0, below_age=5)
    assert _people("0.14", per_of("人数（万人）"), ages) == 1400


def test_polygons_in_one_place_are_told(tmp_path: Path) -> None:
    shapes = [shapely.box(k, 0, k + 100, 100) for k in (0, 100, 0)]
    gpd.GeoDataFrame({"人口": [5, 6, 5]}, geometry=shapes, crs=4544).to_file(tmp_path / "p.gpkg")
    spec = PopulationSpec(path="p.gpkg", unit="persons", column="人口")
    cells, notes = read_vector_cells(spec, tmp_path / "p.gpkg", 4544, None)
    assert cells.people.sum() == 16
    (note,) = notes
    assert note.en.startswith("1 cells lie in the place of others")
