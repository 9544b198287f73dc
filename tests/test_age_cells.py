"""People by age and cell: rasters, bands and columns become groups, cell by cell."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely

from planning.area import StudyArea
from planning.demand import Demand
from planning.errors import InputError, StudyError
from planning.inputs.areas import read_area
from planning.inputs.catalogue import locate_inputs
from planning.inputs.population.age_files import with_age_files
from planning.inputs.population.residents import read_residents
from planning.inputs.study_file import read_study
from planning.progress import silent
from planning.sample import write_sample
from planning.study import Study

BANDS = {"0": 0.01, "1-4": 0.04, "5-59": 0.7, "60-79": 0.2, "80+": 0.05}
GROUPS = {"elderly": "60+", "under_3": "0-2"}
GAP = -99999.0


class Found(NamedTuple):
    """What was read."""

    study: Study
    area: StudyArea
    demand: Demand
    notes: tuple[str, ...]

    def group(self, name: str) -> np.ndarray:
        return np.asarray(self.demand.people[name])


class Town:
    """The sample town, whose raster has ages beside it that differ from cell to cell."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        write_sample(folder)
        with rasterio.open(folder / "population_2025.tif") as source:
            self.total = source.read(1).astype(np.float64)
            self.profile = {**source.profile, "dtype": "float64"}
        self.lived = self.total > 0
        rng = np.random.default_rng(1)
        parts = np.array([*BANDS.values()])[:, None, None] * rng.uniform(
            0.5, 1.5, (len(BANDS), *self.total.shape)
        )
        parts /= parts.sum(axis=0)
        self.ages = dict(zip(BANDS, np.where(self.lived, parts * self.total, GAP), strict=True))

    def write(self, name: str, *values: np.ndarray, **profile: Any) -> str:
        with rasterio.open(
            self.folder / name, "w", **{**self.profile, "count": len(values), **profile}
        ) as raster:
            raster.write(np.stack(values))
        return name

    def by_band(self) -> list[dict[str, Any]]:
        """All ages in the bands of one file."""
        self.write("ages.tif", *self.ages.values())
        return [
            {"ages": ages, "path": "ages.tif", "band": at} for at, ages in enumerate(self.ages, 1)
        ]

    def read(
        self,
        by_age: Any,
        *,
        groups: dict[str, str] | None = None,
        path: str | None = "population_2025.tif",
        top: dict[str, Any] | None = None,
        **population: Any,
    ) -> Found:
        """The residents of a study with these ages; YAML reads JSON."""
        text = (self.folder / "study.yaml").read_text(encoding="utf-8")
        head, rest = text.split("\npopulation:\n")
        _, rest = rest.split("\nfacilities:\n")
        spec = {"unit": "persons", "by_age": by_age, "licence": "CC BY 4.0", **population}
        if path is not None:
            spec["path"] = path
        asked = {
            name: {"label": name, "ages": ages, "source": "x"}
            for name, ages in {**GROUPS, **(groups or {})}.items()
        }
        more = "".join(f"\n{key}: {json.dumps(value)}" for key, value in (top or {}).items())
        (self.folder / "aged.yaml").write_text(
            f"{head}\npopulation: {json.dumps(spec)}\ngroups: {json.dumps(asked)}{more}"
            f"\nfacilities:\n{rest}",
            encoding="utf-8",
        )
        study = with_age_files(read_study(self.folder / "aged.yaml"), self.folder)
        with locate_inputs(study, self.folder, silent()) as located:
            paths = located.paths
            area = read_area(study, paths, new_since=date(2021, 11, 9), tell=[].append)
            demand, notes = read_residents(study, area, paths, None)
        return Found(study, area, demand, tuple(note.en for note in notes))

    def cell_of(self, demand: Demand) -> tuple[np.ndarray, np.ndarray]:
        """Row and column of every point, found by its count, which no other cell has."""
        place = {value: at for at, value in np.ndenumerate(self.total)}
        rows = [place[value] for value in demand.people["total"].tolist()]
        return tuple(np.array(rows).T)  # type: ignore[return-value]


@pytest.fixture
def town(tmp_path: Path) -> Town:
    made = Town(tmp_path)
    # Counts that tell cells apart.
    made.total = np.where(
        made.lived, made.total + np.arange(made.total.size).reshape(made.total.shape) * 1e-6, GAP
    )
    made.write("population_2025.tif", made.total)
    return made


def share(town: Town, at: tuple[np.ndarray, np.ndarray], **weights: float) -> np.ndarray:
    """By plain sums: the weighted bands of a cell over all of its bands."""
    named = {name.replace("_", "-").strip("a"): weight for name, weight in weights.items()}
    held = sum(town.ages[ages][at] * weight for ages, weight in named.items())
    return np.asarray(held / sum(values[at] for values in town.ages.values()))


OLD = {"a60_79": 1.0, "a80+": 1.0}
YOUNG = {"a0": 1.0, "a1_4": 0.5}


def assert_shares_of_cells(town: Town, found: Found) -> None:
    people, at = found.demand.people["total"], town.cell_of(found.demand)
    np.testing.assert_allclose(found.group("elderly"), people * share(town, at, **OLD), rtol=1e-9)
    np.testing.assert_allclose(found.group("under_3"), people * share(town, at, **YOUNG), rtol=1e-9)


# --- where ages come from ------------------------------------------------------------------------


def test_bands_of_one_file(town: Town) -> None:
    """Under three is age 0 and half of 1–4 (STANDARDS A-8), in every cell."""
    found = town.read(town.by_band())
    assert len(found.demand) > 600
    assert_shares_of_cells(town, found)
    assert found.demand.ages is None  # done with, once there are groups


def test_women_and_men_add_up(town: Town) -> None:
    entries = []
    for number, (ages, values) in enumerate(town.ages.items()):
        for sex, part in (("f", 0.52), ("m", 0.48)):
            name = town.write(f"{sex}{number}.tif", np.where(town.lived, values * part, GAP))
            entries.append({"ages": ages, "path": name})
    assert_shares_of_cells(town, town.read(entries))


def test_ages_need_no_file_of_their_own(town: Town) -> None:
    town.write("all.tif", town.total, *town.ages.values())
    entries = [{"ages": ages, "band": at} for at, ages in enumerate(town.ages, 2)]
    found = town.read(entries, path="all.tif", band=1)
    assert_shares_of_cells(town, found)
    assert [source.key for source in sources(found, town)].count("population") == 1
    assert not any("by_age" in source.key for source in sources(found, town))


def test_without_a_total_residents_are_the_sum_over_all_ages(town: Town) -> None:
    """A raster without a value in a cell counts nobody there; the others still do."""
    first = np.flatnonzero(town.lived)[:40]
    town.ages["80+"].flat[first] = GAP
    found = town.read(town.by_band(), path=None)
    sums = sum(np.where(values == GAP, 0, values) for values in town.ages.values())
    assert found.demand.people_in_source == pytest.approx(float(sums.sum()), rel=1e-12)
    old = np.where(town.ages["80+"] == GAP, 0, town.ages["80+"]) + town.ages["60-79"]
    inside = {round(value, 6) for value in old[town.lived].tolist()}
    assert {round(value, 6) for value in found.group("elderly").tolist()} <= inside


def test_a_number_is_an_age_and_one_entry_needs_no_list(town: Town) -> None:
    name = town.write("baby.tif", town.ages["0"])
    found = town.read({"ages": 0, "path": name}, groups={"elderly": "0", "under_3": "0"})
    at = town.cell_of(found.demand)
    np.testing.assert_allclose(found.group("elderly"), town.ages["0"][at], rtol=1e-9)


def test_calibration_goes_first_and_shares_after(town: Town) -> None:
    (town.folder / "totals.csv").write_text("unit_id,people\nS1,30000\nS2,8000\n", "utf-8")
    plain = town.read(town.by_band())
    found = town.read(town.by_band(), totals={"path": "totals.csv"})
    at = found.demand.place["street"]
    assert found.demand.total("total", at == 0) == pytest.approx(30_000, rel=1e-9)
    for name in GROUPS:
        np.testing.assert_allclose(
            found.group(name) / found.demand.people["total"],
            plain.group(name) / plain.demand.people["total"],
            rtol=1e-12,
        )


# --- where only some ages are told ---------------------------------------------------------------


def elderly_only(town: Town, values: np.ndarray) -> list[dict[str, Any]]:
    return [{"ages": "60+", "path": town.write("old.tif", values)}]


def test_some_ages_are_parts_of_the_residents(town: Town) -> None:
    old = np.where(town.lived, town.ages["60-79"] + town.ages["80+"], GAP)
    found = town.read(elderly_only(town, old), groups={"under_3": "60+"})
    np.testing.assert_allclose(found.group("elderly"), old[town.cell_of(found.demand)], rtol=1e-9)


def test_more_of_some_age_than_residents_is_scaled_down_and_told(town: Town) -> None:
    row, col = town.cell_of(town.read(town.by_band()).demand)
    odd = row[::50], col[::50]
    old = np.where(town.lived, town.total * 0.3, GAP)
    old[odd] = town.total[odd] * 1.25
    found = town.read(elderly_only(town, old), groups={"under_3": "60+"})
    people, at = found.demand.people["total"], town.cell_of(found.demand)
    np.testing.assert_allclose(found.group("elderly"), np.minimum(old[at], people), rtol=1e-9)
    said = f"{len(odd[0])} cells tell of more people by age than residents "
    said += f"({town.total[odd].sum() * 0.25:,.1f} more)"
    assert any(said in note for note in found.notes)


def test_ages_that_are_scaled_down_keep_their_ratio(town: Town) -> None:
    """50 % of 60–79 and 75 % of 80+ are 40 % and 60 % of the residents."""
    row, col = town.cell_of(town.read(town.by_band()).demand)
    odd = row[::50], col[::50]
    entries = []
    for ages, usual, much in (("60-79", 0.2, 0.5), ("80+", 0.1, 0.75)):
        values = np.where(town.lived, town.total * usual, GAP)
        values[odd] = town.total[odd] * much
        entries.append({"ages": ages, "path": town.write(f"{ages}.tif", values)})
    found = town.read(entries, groups={"under_3": "80+"})
    part = found.group("under_3") / found.demand.people["total"]
    np.testing.assert_allclose(part[::50], 0.6)
    np.testing.assert_allclose(found.group("elderly")[::50], found.demand.people["total"][::50])


def test_more_old_people_than_people_in_all_are_refused(town: Town) -> None:
    with pytest.raises(InputError, match="expected no more than the residents"):
        town.read(
            elderly_only(town, np.where(town.lived, town.total * 1.01, GAP)),
            groups={"under_3": "60+"},
        )


def test_an_age_nobody_tells_is_asked_for_in_vain(town: Town) -> None:
    old = np.where(town.lived, town.total * 0.2, GAP)
    with pytest.raises(InputError, match="ages 0-2: found no data of the ages 0-59"):
        town.read(elderly_only(town, old))


def test_all_ages_of_another_total_are_shares_still(town: Town) -> None:
    """Another model counts 30 % fewer; that many fewer old people there are not."""
    town.ages = {
        ages: np.where(town.lived, values * 0.7, GAP) for ages, values in town.ages.items()
    }
    assert_shares_of_cells(town, town.read(town.by_band()))


@pytest.mark.parametrize("factor", [0.4, 2.5])
def test_all_ages_of_quite_another_total_are_refused(town: Town, factor: float) -> None:
    town.ages = {
        ages: np.where(town.lived, values * factor, GAP) for ages, values in town.ages.items()
    }
    with pytest.raises(InputError, match="expected about as many as the residents"):
        town.read(town.by_band())


# --- cells without ages --------------------------------------------------------------------------


def mean_of_lowest_unit(found: Found, part: np.ndarray, people: np.ndarray) -> np.ndarray:
    """One point after another, one level after another."""
    filled = part.copy()
    levels = [found.demand.place[level.level] for level in reversed(found.area.levels)]
    for at in np.flatnonzero(np.isnan(part)):
        for unit in (*levels, np.zeros(len(part), dtype=int)):
            there = [
                other
                for other in range(len(part))
                if unit[at] >= 0 and unit[other] == unit[at] and not math.isnan(part[other])
            ]
            if there:
                held = math.fsum(people[other] * part[other] for other in there)
                filled[at] = held / math.fsum(people[other] for other in there)
                break
    return filled


@pytest.mark.parametrize("everywhere", [True, False])
def test_cells_without_ages_take_the_mean_of_their_lowest_unit(
    town: Town, everywhere: bool
) -> None:
    """One street tells no age at all: its cells take the mean of the county."""
    plain = town.read(town.by_band())
    row, col = town.cell_of(plain.demand)
    at = plain.demand.place["street"]
    blank = (np.arange(len(at)) % 7 == 0) | ((at == 1) if everywhere else False)
    for values in town.ages.values():
        values[row[blank], col[blank]] = GAP
    found = town.read(town.by_band())
    people = found.demand.people["total"]
    for name, weights in (("elderly", OLD), ("under_3", YOUNG)):
        part = np.where(blank, np.nan, share(town, (row, col), **weights))
        expected = people * mean_of_lowest_unit(found, part, people)
        np.testing.assert_allclose(found.group(name), expected, rtol=1e-9)
    (note,) = [note for note in found.notes if "tell no ages" in note]
    assert f"{blank.sum():,} cells ({people[blank].sum():,.0f} people)" in note


def test_one_age_without_value_leaves_the_cell_without_ages(town: Town) -> None:
    """No data of one age is not nobody of that age, where others are told."""
    plain = town.read(town.by_band())
    row, col = town.cell_of(plain.demand)
    town.ages["60-79"][row[0], col[0]] = GAP
    found = town.read(town.by_band())
    assert any("1 cells" in note and "tell no ages" in note for note in found.notes)


def test_ages_where_nobody_lives_are_told(town: Town) -> None:
    empty = np.argwhere(~town.lived)[5]
    town.ages["80+"][tuple(empty)] = 12.5
    found = town.read(town.by_band())
    assert any(
        "12.5 of the rasters by age lie in cells without residents" in n for n in found.notes
    )
    assert_shares_of_cells(town, found)


# --- the census table beside the cells -----------------------------------------------------------

TABLE = "unit_id,age_0,age_1_4,age_5_59,age_60_64,age_65p\n" + "".join(
    f"S{number},1,4,70,5,20\n" for number in (1, 2, 3)
)


def test_cells_go_before_the_table_and_the_table_fills_what_they_do_not_tell(town: Town) -> None:
    (town.folder / "ages.csv").write_text(TABLE, encoding="utf-8")
    table = {"path": "ages.csv", "level": "street"}
    found = town.read(town.by_band(), groups={"old": "65+"}, top={"ages": table})
    people = found.demand.people["total"]
    assert_shares_of_cells(town, found)  # 60+ and 0-2
    # 65+ cuts 60–79, which the cells do tell, so they go on to hold.
    at = town.cell_of(found.demand)
    np.testing.assert_allclose(
        found.group("old"), people * share(town, at, **{"a60_79": 0.75, "a80+": 1.0}), rtol=1e-9
    )
    old = np.where(town.lived, town.total * 0.2, GAP)
    found = town.read(elderly_only(town, old), top={"ages": table})
    np.testing.assert_allclose(found.group("elderly"), people * 0.2, rtol=1e-9)
    np.testing.assert_allclose(found.group("under_3"), people * 0.03, rtol=1e-9)
    assert any("population.by_age for elderly, the table for under_3" in n for n in found.notes)


# --- what is wrong with ages ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ages", "said"),
    [
        (["0", "1-4", "5-60", "60+"], "found 5-60 and 60+, which overlap"),
        (["0", "0-4", "5+"], "found 0 and 0-4, which overlap"),
        (["60+", "80+"], "found 60+ and 80+, which overlap"),
        (["0", "3岁以下"], r"population.by_age.1: found '3岁以下'"),
        (["0", ""], r"population.by_age.1: found ''"),
    ],
)
def test_bands_that_cannot_be(town: Town, ages: list[str], said: str) -> None:
    name = town.write("a.tif", town.total)
    with pytest.raises(InputError) as stop:
        town.read([{"ages": one, "path": name} for one in ages])
    assert said in str(stop.value)


@pytest.mark.parametrize("ages", [["0", "5+"], ["1+"], ["0", "1-4", "5-79"]])
def test_a_sum_needs_every_age(town: Town, ages: list[str]) -> None:
    name = town.write("a.tif", town.total)
    with pytest.raises(InputError, match="their sum where"):
        town.read([{"ages": one, "path": name} for one in ages], path=None)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"transform": rasterio.Affine(0.001, 0, 104.9, 0, -0.001, 30.7)}, "population.by_age.0"),
        ({"crs": "EPSG:4490"}, "China Geodetic Coordinate System 2000"),
    ],
)
def test_rasters_of_other_cells_are_refused_both_named(
    town: Town, changed: dict[str, Any], said: str
) -> None:
    name = town.write("old.tif", town.total, **changed)
    with pytest.raises(InputError) as stop:
        town.read([{"ages": "60+", "path": name}])
    text = str(stop.value)
    assert "old.tif" in text and "population_2025.tif" in text and said in text


def test_a_corner_rounded_in_another_way_is_the_same_grid(town: Town) -> None:
    grid = town.profile["transform"]
    near = rasterio.Affine(grid.a * (1 + 1e-7), 0, grid.c + 1e-9, 0, grid.e, grid.f)
    old = np.where(town.lived, town.total * 0.2, GAP)
    name = town.write("old.tif", old, transform=near)
    found = town.read([{"ages": "60+", "path": name}], groups={"under_3": "60+"})
    np.testing.assert_allclose(found.group("elderly"), found.demand.people["total"] * 0.2)


@pytest.mark.parametrize(
    ("population", "said"),
    [
        (
            {"path": None, "by_age": []},
            "found neither path nor totals; expected path (counts), by_age from age 0",
        ),
        ({"by_age": [{"ages": "60+"}]}, "found no path, band or column"),
        ({"path": None, "by_age": [{"ages": "0+", "band": 1}]}, "for population.path is absent"),
        ({"absent_ages": [99], "by_age": [{"ages": "0+", "band": 1}]}, "by_age with columns"),
        ({"by_age": [{"ages": "60+", "bnad": 1}]}, "unknown key 'bnad'; expected 'band'"),
        ({"by_age": [{"ages": "60+", "band": 0}]}, "expected a number ≥ 1"),
        ({"by_age": "old.tif"}, "found 'old.tif'"),
    ],
)
def test_what_a_study_may_not_say(town: Town, population: dict[str, Any], said: str) -> None:
    with pytest.raises(StudyError) as stop:
        town.read(**population)
    assert said in str(stop.value)
    assert "aged.yaml:" in str(stop.value)


def test_a_raster_has_no_columns(town: Town) -> None:
    with pytest.raises(InputError) as stop:
        town.read([{"ages": "60+", "column": "old"}], column="all")
    assert "population.by_age.0.column: found 'old'; expected a band of the raster" in str(
        stop.value
    )
    assert "population.column: found 'all'" in str(stop.value)


def sources(found: Found, town: Town) -> Any:
    with locate_inputs(found.study, town.folder, silent()) as located:
        return located.sources


def test_every_file_is_listed_once_with_digest_and_licence(town: Town) -> None:
    entries = town.by_band()
    entries[0] = {"ages": "0", "path": town.write("0.tif", town.ages["0"]), "licence": "own"}
    listed = {source.key: source for source in sources(town.read(entries), town)}
    assert listed["population.by_age.0"].name == "0.tif"
    assert listed["population.by_age.0"].licence == "own"
    assert listed["population.by_age.1"].name == "ages.tif"
    assert listed["population.by_age.1"].licence == "CC BY 4.0"
    assert len({source.name for source in listed.values()}) == len(listed)
    (town.folder / "0.tif").unlink()
    with pytest.raises(FileNotFoundError, match=r"population\.by_age\.0: 0\.tif"):
        town.read(entries)


# --- polygons ------------------------------------------------------------------------------------

COLUMNS = {"0-9": "IKA0_9", "10-59": "IKA10_59", "60-79": "IKA60_79", "80+": "IKA_YLI80"}


@pytest.fixture
def polygons(town: Town) -> Callable[[np.ndarray], gpd.GeoDataFrame]:
    """The raster's cells as polygons with whole people by age, 99 where `withheld`."""

    def make(withheld: np.ndarray) -> gpd.GeoDataFrame:
        grid = town.profile["transform"]
        row, col = np.nonzero(town.lived)
        west, north = grid.c + col * grid.a, grid.f + row * grid.e
        rng = np.random.default_rng(3)
        ages = rng.integers(5, 60, (4, len(row)))
        frame = gpd.GeoDataFrame(
            {"ASUKKAITA": ages.sum(axis=0)},
            geometry=shapely.box(west, north + grid.e, west + grid.a, north),
            crs=4326,
        )
        hidden = withheld[: len(row)]
        for name, people in zip(COLUMNS.values(), ages, strict=True):
            frame[name] = np.where(hidden, 99, people)
        frame.to_file(town.folder / "grid.gpkg")
        return frame

    return make


def of_polygons(town: Town, **population: Any) -> Found:
    by_age = [{"ages": ages, "column": name} for ages, name in COLUMNS.items()]
    spec = {"path": "grid.gpkg", "column": "ASUKKAITA", "official_total": 90_000, **population}
    return town.read(by_age, groups={"under_3": "0-9"}, **spec)


def test_columns_of_polygons(town: Town, polygons: Callable[..., gpd.GeoDataFrame]) -> None:
    frame = polygons(np.zeros(5000, dtype=bool))
    found = of_polygons(town)
    middle = frame.to_crs(found.area.epsg).geometry.centroid
    inside = found.area.contains(middle.x.to_numpy(), middle.y.to_numpy())
    old = frame.IKA60_79 + frame.IKA_YLI80
    np.testing.assert_allclose(found.group("elderly"), old[inside])
    np.testing.assert_allclose(found.group("under_3"), frame.IKA0_9[inside])


def test_columns_without_a_total(town: Town, polygons: Callable[..., gpd.GeoDataFrame]) -> None:
    frame = polygons(np.zeros(5000, dtype=bool))
    by_age = [{"ages": ages, "column": name, "path": "grid.gpkg"} for ages, name in COLUMNS.items()]
    found = town.read(by_age, path=None, groups={"under_3": "0-9"}, official_total=90_000)
    assert found.demand.people_in_source == frame.ASUKKAITA.sum()


def test_a_code_that_nobody_declared_is_refused_with_its_remedy(
    town: Town, polygons: Callable[..., gpd.GeoDataFrame]
) -> None:
    """Helsinki's grid writes 99 in every age of a cell of few people."""
    polygons(np.arange(5000) % 9 == 0)
    with pytest.raises(InputError) as stop:
        of_polygons(town)
    assert "99, 99, 99, 99" in str(stop.value)
    assert "absent_ages: [99]" in str(stop.value)


def test_a_declared_code_is_no_age(town: Town, polygons: Callable[..., gpd.GeoDataFrame]) -> None:
    withheld = np.arange(5000) % 9 == 0
    frame = polygons(withheld)
    found = of_polygons(town, absent_ages=[99, -1])
    middle = frame.to_crs(found.area.epsg).geometry.centroid
    inside = found.area.contains(middle.x.to_numpy(), middle.y.to_numpy())
    hidden = withheld[: len(frame)][inside]
    people = found.demand.people["total"]
    old = (frame.IKA60_79 + frame.IKA_YLI80).to_numpy()[inside]
    part = np.where(hidden, np.nan, old / people)
    np.testing.assert_allclose(
        found.group("elderly"), people * mean_of_lowest_unit(found, part, people), rtol=1e-9
    )
    assert found.demand.total("total") == people.sum()
    assert any(f"{hidden.sum()} cells" in note and "tell no ages" in note for note in found.notes)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"ages": "60+", "column": "IKA60"}, "expected a column of persons 'IKA60'"),
        ({"ages": "60+", "path": "grid.gpkg"}, "expected a column of the same layer"),
        ({"ages": "60+", "band": 2}, "population.by_age.0.band: found '2'; expected a column"),
        ({"ages": "60+", "column": "IKA0_9", "path": "units.gpkg"}, "another layer 'units.gpkg'"),
    ],
)
def test_columns_that_cannot_be(
    town: Town, polygons: Callable[..., gpd.GeoDataFrame], entry: dict[str, str], said: str
) -> None:
    polygons(np.zeros(5000, dtype=bool))
    with pytest.raises(InputError) as stop:
        town.read([entry], path="grid.gpkg", column="ASUKKAITA", groups={"under_3": "60+"})
    assert said in str(stop.value)


# --- real ----------------------------------------------------------------------------------------


def test_the_grid_of_helsinki_at_hand_has_no_ages(town: Town, shared_data: Path) -> None:
    """Its columns were cut off by who passed it on; asked for them, we name those there are."""
    path = shared_data / "helsinki" / "helsinki_population_grid_2020.gpkg"
    with pytest.raises(InputError, match=r"columns \['id', 'population', 'geometry'\]; expected"):
        town.read([{"ages": "0-9", "column": "IKA0_9"}], path=str(path), column="population")
