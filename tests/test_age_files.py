"""WorldPop's rasters by age and sex are known by their names, and a set is whole or refused."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from test_age_cells import GAP, Town

from planning.demand import AgeRange, age_range
from planning.errors import InputError
from planning.inputs.population.age_files import with_age_files
from planning.inputs.study_file import read_study

OLD = [f"{age}" for age in (0, 1, *range(5, 85, 5))]
NEW = [f"{age:02d}" for age in (0, 1, *range(5, 95, 5))]
GLOBAL_1 = [f"chn_{sex}_{age}_2020.tif" for sex in "fm" for age in OLD]
GLOBAL_2 = [f"chn_{sex}_{age}_2025_CN_100m_R2025A_v1.tif" for sex in "fm" for age in NEW]
BOTH = [f"chn_t_{age}_2025_CN_100m_R2025A_v1.tif" for age in NEW]

Known = Callable[..., dict[str, str]]


@pytest.fixture
def known(sample_folder: Path, tmp_path: Path) -> Known:
    """The ages of every file found, by its path."""
    text = (sample_folder / "study.yaml").read_text(encoding="utf-8")

    def find(names: list[str], by_age: str) -> dict[str, str]:
        for name in names:
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).touch()
        study = tmp_path / "study.yaml"
        spec = f"\npopulation:\n  by_age: {by_age}\n"
        study.write_text(text.replace("\npopulation:\n", spec), encoding="utf-8")
        found = with_age_files(read_study(study), tmp_path)
        assert all(entry.ages for entry in found.population.by_age)
        return {entry.path: entry.ages or "" for entry in found.population.by_age}

    return find


def in_folder(names: list[str]) -> list[str]:
    return [f"ages/{name}" for name in names]


@pytest.mark.parametrize(
    "by_age", ["{path: ages/*.tif}", "[{path: ages/*.tif}]", "{path: ages}", "{path: ages/}"]
)
def test_a_folder_or_a_pattern_names_all_of_them(known: Known, by_age: str) -> None:
    found = known(in_folder(GLOBAL_1), by_age)
    assert len(found) == 36
    assert found["ages/chn_f_0_2020.tif"] == "0"
    assert found["ages/chn_m_1_2020.tif"] == "1-4"
    assert found["ages/chn_m_75_2020.tif"] == "75-79"
    assert found["ages/chn_f_80_2020.tif"] == "80+"
    assert [*found.values()] == [ages for ages in dict.fromkeys(found.values()) for _ in "fm"]


def test_a_pattern_for_each_sex(known: Known) -> None:
    by_age = "[{path: ages/chn_f_*.tif}, {path: ages/chn_m_*.tif}]"
    assert len(known(in_folder(GLOBAL_1), by_age)) == 36


def test_an_absolute_pattern(known: Known, tmp_path: Path) -> None:
    names = in_folder(GLOBAL_1)
    found = known(names, f"{{path: '{tmp_path.as_posix()}/ages/*.tif'}}")
    assert sorted(found) == sorted((tmp_path / name).as_posix() for name in names)


@pytest.mark.parametrize("names", [GLOBAL_2, BOTH], ids=["women and men", "both together"])
def test_the_release_with_ages_to_90(known: Known, names: list[str]) -> None:
    found = known(in_folder(names), "{path: ages/*.tif}")
    assert len(found) == len(names)
    at = "ages/chn_t_{}_2025_CN_100m_R2025A_v1.tif" if names is BOTH else "ages/" + GLOBAL_2[0]
    assert found[at.format("00")] == "0"
    assert {ages for ages in found.values() if "+" in ages} == {"90+"}
    every = sorted({age_range(ages) for ages in found.values()}, key=lambda one: one.from_age)
    assert every[0] == AgeRange(from_age=0, below_age=1)
    assert all(one.below_age == other.from_age for one, other in itertools.pairwise(every))


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([], "found no such file"),
        (GLOBAL_1[:-1], "found m without 80"),
        ([n for n in GLOBAL_1 if "_5_" not in n], "found f without 5"),
        (GLOBAL_1[:18], "found f; expected f and m, or t"),
        ([*GLOBAL_1, *(n.replace("_f_", "_t_") for n in GLOBAL_1[:18])], "found f, m, t"),
        ([*GLOBAL_1, "chn_f_0_2019.tif"], "expected one country, year and release"),
        ([*GLOBAL_1, "hkg_f_0_2020.tif"], "expected one country, year and release"),
        ([*GLOBAL_1, "chn_f_85_2020.tif"], "found f with too many of 85"),
        ([*GLOBAL_1, "chn_ppp_2020.tif"], "chn_ppp_2020.tif: found a name that tells no age"),
        ([*GLOBAL_2, "chn_T_F_2025_CN_100m_R2025A_v1.tif"], "narrow the path, as ages/chn_[fm]"),
        ([n for n in GLOBAL_2 if "_90_" not in n], "found f without 90"),
    ],
)
def test_a_set_that_is_not_whole_is_refused(known: Known, names: list[str], said: str) -> None:
    with pytest.raises(InputError) as stop:
        known(in_folder(names), "{path: ages/*.tif}")
    assert said in str(stop.value)


def test_a_file_named_twice_counts_once_or_not_at_all(known: Known) -> None:
    with pytest.raises(InputError, match="too many of"):
        known(in_folder(GLOBAL_1), "[{path: ages/*.tif}, {path: ages/chn_f_0_2020.tif}]")


def test_files_whose_ages_are_said_need_no_names(known: Known) -> None:
    found = known(["a.tif", "b.tif"], "[{ages: 0-59, path: a.tif}, {ages: 60+, path: b.tif}]")
    assert found == {"a.tif": "0-59", "b.tif": "60+"}


def test_thirty_six_files_make_groups(tmp_path: Path) -> None:
    """Every file holds a tenth of its number of the residents' raster; 60+ are the last ten."""
    town = Town(tmp_path)
    (tmp_path / "ages").mkdir()
    weights = {name: 1 + at for at, name in enumerate(GLOBAL_1)}
    whole = sum(weights.values())
    for name, weight in weights.items():
        town.write(f"ages/{name}", np.where(town.lived, town.total * weight / whole, GAP))
    old = sum(weight for name, weight in weights.items() if int(name.split("_")[2]) >= 60) / whole
    young = sum(weights[f"chn_{s}_0_2020.tif"] + weights[f"chn_{s}_1_2020.tif"] / 2 for s in "fm")
    for path in (None, "population_2025.tif"):
        found = town.read({"path": "ages/*.tif"}, path=path)
        people = found.demand.people["total"]
        np.testing.assert_allclose(found.group("elderly"), people * old, rtol=1e-9)
        np.testing.assert_allclose(found.group("under_3"), people * young / whole, rtol=1e-9)
        assert len([key for key in found.study.inputs() if "by_age" in key]) == 36
