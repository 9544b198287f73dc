"""People by age and sex, five years at a time: the documented example by hand, hostile tables."""

import csv
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from planning import workflow
from planning.errors import InputError, StudyError
from planning.result import Outlook

EXAMPLE = Path(__file__).parents[1] / "docs" / "projection"
TABLES = ("people", "survival", "fertility", "migration")
AGES = [*(f"{age}-{age + 4}" for age in range(0, 65, 5)), "65+"]
SEXES = ("女", "男")
HEADS = {
    "people": "unit_id,sex,age,people",
    "survival": "sex,age,survival",
    "fertility": "age,births_per_woman",
    "migration": "unit_id,sex,age,net_migrants",
}

Row = tuple[object, ...]
Outlooks = Callable[..., Outlook]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The tables of docs/projection, to be changed."""
    shutil.copytree(EXAMPLE, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture
def look(sample_folder: Path, folder: Path) -> Outlooks:
    """The people of the sample town, projected by the tables in `folder`."""

    def call(year: int = 2030, *, aged: bool = True, **cohorts: Any) -> Outlook:
        yaml = YAML(typ="safe", pure=True)
        study = yaml.load(sample_folder / "study.yaml")
        spec = {name: {"path": str(folder / f"{name}.csv")} for name in TABLES}
        spec |= {"level": "county", "boys_per_girl": 1.2}
        study["projection"] = {"year": year, "source": "s", "cohorts": spec | cohorts}
        if aged:
            study["ages"] = {"path": str(folder / "ages.csv"), "level": "county"}
            study["groups"] = {
                "elderly": {"label": "60+", "ages": "60+", "source": "s"},
                "under_3": {"label": "0-2", "ages": "0-2", "source": "s"},
            }
        yaml.dump(study, folder / "study.yaml")
        (found,) = workflow.demand(folder / "study.yaml", data_dir=sample_folder)
        return found

    return call


def write(folder: Path, name: str, head: str, rows: Iterable[Row]) -> None:
    lines = [head, *(",".join(map(str, row)) for row in rows)]
    (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def rows_of(folder: Path, name: str) -> list[list[str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8") as stream:
        return list(csv.reader(stream))


def change(folder: Path, name: str, old: str, new: str) -> None:
    """Replace one piece of a table."""
    path = folder / f"{name}.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def notes(found: Outlook) -> str:
    return "\n".join(note.en for note in found.notes)


def refused(look: Outlooks, year: int = 2030, **cohorts: Any) -> str:
    with pytest.raises((InputError, StudyError)) as stop:
        look(year, **cohorts)
    assert all(len(fault.lines()) == 2 for fault in stop.value.faults)
    return str(stop.value)


# --- the example of docs/projection.md --------------------------------------------------------


def test_the_example_by_hand(look: Outlooks) -> None:
    """Women 891 + 4,200 + 3,000 + 9,800 + 5,120, men 1,069.2 + … + 4,060: docs/projection.md."""
    found = look()
    later = found.later
    assert later is not None and later.year == 2030
    women = 891 + 4_200 + 3_000 + 9_800 + 5_120
    men = 1_069.2 + 4_200 + 3_000 + 9_800 + 4_060
    assert later.total("total") == pytest.approx(women + men, rel=1e-12)
    assert later.total("total") == pytest.approx(45_140.2, rel=1e-12)
    assert later.total("elderly") == pytest.approx(2 * 1_400 + 5_120 + 4_060, rel=1e-12)
    assert later.total("under_3") == pytest.approx(0.6 * (891 + 1_069.2), rel=1e-12)
    assert "total fertility 1.40, 1.2 boys a girl" in notes(found)


def test_the_page_says_what_the_example_gives() -> None:
    page = (EXAMPLE.parent / "projection.md").read_text(encoding="utf-8")
    for figure in ("23,011", "22,129.2", "45,140.2", "11,980", "1,176.12", "9,900", "1,980"):
        assert figure in page


def test_where_table_and_study_differ_the_table_leads_and_it_is_told(look: Outlooks) -> None:
    found = look()
    held = found.counted.total("total")
    assert f"45,800 in the cohort table, {held:,.0f} in the study" in notes(found)
    assert f"so that {45_800 - held:+,.0f} of the change" in notes(found)


def test_people_live_where_they_lived(look: Outlooks) -> None:
    found = look()
    assert found.later is not None
    factor = found.later.people["total"] / found.counted.people["total"]
    assert np.ptp(factor) < 1e-12
    share = found.later.people["elderly"] / found.later.people["total"]
    assert np.ptp(share) < 1e-12


def test_a_year_between_two_steps(look: Outlooks) -> None:
    """2028: every age and sex has people · (then / now)^(3/5)."""
    now = {"女": [1_400.0] * 13 + [5_000.0], "男": [1_400.0] * 13 + [4_400.0]}
    then = {
        sex: [young, *[1_400.0] * 3, 1_500.0, 1_500.0, *[1_400.0] * 7, old]
        for sex, young, old in (("女", 891.0, 5_120.0), ("男", 1_069.2, 4_060.0))
    }
    between = {
        sex: [a ** (2 / 5) * b ** (3 / 5) for a, b in zip(now[sex], then[sex], strict=True)]
        for sex in SEXES
    }
    found = look(2028)
    assert found.later is not None
    assert found.later.total("total") == pytest.approx(sum(map(sum, between.values())), rel=1e-12)
    old = sum(sum(people[12:]) for people in between.values())
    assert found.later.total("elderly") == pytest.approx(old, rel=1e-12)
    assert "2028 lies between the steps of 2025 and 2030" in notes(found)


def test_nobody_moves_without_a_table_of_migration(look: Outlooks) -> None:
    """400 fewer come; 400 women-years fewer of fertile age: 5·0.04·(9,900 − 100) = 1,960 births."""
    found = look(migration=None)
    assert found.later is not None
    assert found.later.total("total") == pytest.approx(45_140.2 - 400 - 20 * 0.99, rel=1e-12)
    assert "no table of migration" in notes(found)


def test_groups_without_ages_keep_their_share(look: Outlooks) -> None:
    found = look(aged=False)
    assert found.later is not None
    for group in ("elderly", "under_3"):
        share = found.counted.total(group) / found.counted.total("total")
        assert found.later.total(group) / found.later.total("total") == pytest.approx(share)
    assert "60岁及以上, 3岁以下: without ages" in notes(found)


def test_rows_of_other_units_are_passed_over(look: Outlooks, folder: Path) -> None:
    for name in ("people", "migration"):
        with (folder / f"{name}.csv").open("a", encoding="utf-8") as stream:
            stream.write("X9,女,0-4岁,7\nX9,女,胡说,-1\n")
    assert look().later.total("total") == pytest.approx(45_140.2, rel=1e-12)  # type: ignore[union-attr]


def test_rates_of_a_period_hold_in_that_period(look: Outlooks, folder: Path) -> None:
    """Fertility 40‰ until 2030 and 0 after: the youngest of 2035 are nobody."""
    rows = [(year, age, rate) for year, rate in ((2025, 40), (2030, 0)) for age in AGES[3:10]]
    write(folder, "fertility", "起始年份,年龄组,生育率（‰）", rows)
    assert look(2030).later.total("total") == pytest.approx(45_140.2)  # type: ignore[union-attr]
    assert look(2035).later.total("under_3") == 0  # type: ignore[union-attr]
    said = refused(look, 2040)
    assert "found 2035 without ages 0-4, 5-9, 10-14, 15-19, 20-24, 25-29, …" in said


def test_a_workbook_with_ids_as_floats(look: Outlooks, folder: Path) -> None:
    frame = pd.read_csv(folder / "people.csv").assign(单元编号=510104.0)
    frame["人数"] = frame["人数"].astype(float)
    frame.to_excel(folder / "people.xlsx", index=False)
    moves = pd.read_csv(folder / "migration.csv").assign(单元编号=510104.0)
    moves.to_excel(folder / "migration.xlsx", index=False)
    found = look(
        ids={"C1": "510104"},
        people={"path": str(folder / "people.xlsx")},
        migration={"path": str(folder / "migration.xlsx")},
    )
    assert found.later is not None
    assert found.later.total("total") == pytest.approx(45_140.2, rel=1e-12)


# --- by street --------------------------------------------------------------------------------


def plain(start: dict[str, list[float]], live: dict[str, list[float]], bear: list[float],
          come: dict[str, list[float]]) -> dict[str, list[float]]:  # fmt: skip
    """One step of one unit, group by group; boys per girl 1.2."""
    here = {s: [p + c / 2 for p, c in zip(start[s], come[s], strict=True)] for s in SEXES}
    after = {}
    for sex in SEXES:
        last = len(AGES) - 1
        moved = [0.0, *(here[sex][age] * live[sex][age + 1] for age in range(last))]
        moved[last] += here[sex][last] * live[sex][last]
        after[sex] = moved
    births = sum(
        5 * rate * (a + b) / 2 for rate, a, b in zip(bear, here["女"], after["女"], strict=True)
    )
    after["女"][0] = births / 2.2 * live["女"][0]
    after["男"][0] = births * 1.2 / 2.2 * live["男"][0]
    return {s: [p + c / 2 for p, c in zip(after[s], come[s], strict=True)] for s in SEXES}


@settings(
    derandomize=True, database=None, deadline=None, max_examples=10,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(data=st.data())
def test_every_street_by_itself_as_a_plain_loop_has_it(
    look: Outlooks, folder: Path, data: st.DataObject
) -> None:
    """Random tables by street, two steps; the rows stand in any order."""
    streets = {"S1": 15_315, "S2": 12_895, "S3": 18_102}
    numbers = st.integers(-40, 40)

    def drawn(low: int, high: int, of: int) -> list[float]:
        return data.draw(
            st.lists(st.integers(low, high).map(lambda k: k / of), min_size=14, max_size=14)
        )

    start = {}
    for unit, people in streets.items():
        both = {sex: drawn(500, 1_000, 1) for sex in SEXES}
        whole = sum(map(sum, both.values()))
        start[unit] = {sex: [p * people / whole for p in both[sex]] for sex in SEXES}
    live = {unit: {sex: drawn(500, 1_000, 1_000) for sex in SEXES} for unit in streets}
    bear = [0.0] * 3 + drawn(0, 200, 1_000)[:7] + [0.0] * 4
    come = {
        unit: {sex: [float(data.draw(numbers)) for _ in AGES] for sex in SEXES} for unit in streets
    }

    def tidy(of: dict[str, dict[str, list[float]]]) -> list[Row]:
        rows = [
            (unit, sex, age, repr(of[unit][sex][at]))
            for unit in streets for sex in SEXES for at, age in enumerate(AGES)
        ]  # fmt: skip
        return data.draw(st.permutations(rows))

    write(folder, "people", HEADS["people"], tidy(start))
    write(folder, "survival", "unit_id,sex,age,survival", tidy(live))
    write(folder, "fertility", HEADS["fertility"], list(zip(AGES[3:10], bear[3:10], strict=True)))
    write(folder, "migration", HEADS["migration"], tidy(come))
    later = look(2035, level="street").later
    assert later is not None
    for at, unit in enumerate(streets):
        reached = start[unit]
        for _ in range(2):
            reached = plain(reached, live[unit], bear, come[unit])
        here = later.place["street"] == at
        assert later.total("total", here) == pytest.approx(
            sum(map(sum, reached.values())), rel=1e-9
        )
        old = sum(sum(reached[sex][12:]) for sex in SEXES)
        assert later.total("elderly", here) == pytest.approx(old, rel=1e-9)
        young = 0.6 * sum(reached[sex][0] for sex in SEXES)
        assert later.total("under_3", here) == pytest.approx(young, rel=1e-9)


# --- hostile tables ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "old", "new", "what"),
    [
        ("survival", "女,5-9岁,1", "女,5-9岁,1.02", "row 3: found '1.02'; expected a share from 0"),
        ("survival", "女,5-9岁,1", "女,5-9岁,-0.1", "row 3: found '-0.1'"),
        ("survival", "女,5-9岁,1", "女,5-9岁,", "row 3: found ''"),
        ("survival", "女,5-9岁,1\n", "", "found women without ages 5-9"),
        ("survival", "女,5-9岁,1", "女,10-14岁,1", "one row each"),
        ("survival", "男,65岁及以上", "男,85岁及以上", "men without ages 65+"),
        ("survival", "男,65岁及以上", "男,85岁及以上", "found ages 85+; expected the ages of the"),
        (
            "survival",
            "存活率",
            "存活率（%）",
            "found a heading in % or ‰ over numbers of 1 at most",
        ),
        ("survival", "男,5-9岁", "两性,5-9岁", "found '两性'; expected 女、女性"),
        (
            "survival",
            "存活率",
            "死亡率",
            "survival.csv survival: found columns 性别、年龄组、死亡率",
        ),
        ("fertility", "15-19岁,40", "15-49岁,40", "found ages 15-49"),
        ("fertility", "15-19岁,40\n", "", "found without ages 15-19"),
        ("fertility", "15-19岁", "5-9岁", "found '5-9: 40'; expected no births below 10"),
        ("fertility", "15-19岁", "60-64岁", "expected no births below 10 or from 55 years"),
        ("fertility", "15-19岁", "女性", "found '女性'; expected five years of age"),
        ("fertility", "生育率（‰）", "生育率", "found '40'; expected 0 to 1 births"),
        ("fertility", "15-19岁,40", "15-19岁,nan", "found 'nan'"),
        ("people", "C1,女,0-4岁,1400", "C1,女,0-4岁,-1", "row 2: found '-1'; expected people ≥ 0"),
        ("people", "C1,女,0-4岁,1400", "C1,女,0-4岁,NaN", "row 2: found 'NaN'"),
        ("people", "C1,女,0-4岁,1400", "C1,女,0-4岁,inf", "row 2: found 'inf'"),
        ("people", "C1,女,0-4岁,1400\n", "", "found C1 women without ages 0-4"),
        ("people", "C1,女,5-9岁", "C1,女,2025-05-09 00:00:00", "Excel makes a date of 5-9"),
        ("people", "C1,女,65岁及以上", "C1,女,65-69岁", "groups of five years 0-4, 5-9, …"),
        ("people", "单元编号", "街道", "people.csv id: found columns 街道、性别"),
        ("migration", "C1,女,0-4岁,0\n", "", "found C1 women without ages 0-4"),
        ("migration", "C1,女,0-4岁,0", "C1,女,0-4岁,-9999", "migration 2025, unit C1, women from"),
        ("migration", "单元编号", "街道", "migration.csv id: found columns"),
    ],
)
def test_a_table_that_cannot_be_used(
    look: Outlooks, folder: Path, name: str, old: str, new: str, what: str
) -> None:
    change(folder, name, old, new)
    said = refused(look)
    assert name in said and what in said


def test_an_absent_unit_is_refused(look: Outlooks, folder: Path) -> None:
    text = (folder / "people.csv").read_text(encoding="utf-8")
    (folder / "people.csv").write_text(text.replace("C1", "X9"), encoding="utf-8")
    assert "people.csv: found no unit of the area" in refused(look)


def test_all_faults_of_all_tables_are_told_at_once(look: Outlooks, folder: Path) -> None:
    change(folder, "people", "1400", "x")
    change(folder, "survival", "0.99", "y")
    change(folder, "fertility", "40", "z")
    said = refused(look)
    assert all(f"'{word}'" in said for word in "xyz")


@pytest.mark.parametrize("per", [10_000, 0.4])
def test_people_in_ten_thousands_or_of_another_place(
    look: Outlooks, folder: Path, per: float
) -> None:
    """万人 instead of persons; and more than twice the people that are there."""
    head, *rows = rows_of(folder, "people")
    write(folder, "people", ",".join(head), [(*row[:3], float(row[3]) / per) for row in rows])
    said = refused(look)
    assert f"found {45_800 / per:,.0f} people in C1; expected about the 46,312" in said


@pytest.mark.parametrize(
    ("cohorts", "what"),
    [
        ({"level": "province"}, "projection.cohorts.level: found 'province'"),
        ({"boys_per_girl": 111.3}, "boys_per_girl: found '111.3'; expected a number ≤ 1.5"),
        ({"people": {"path": "none.csv"}}, "projection.cohorts.people: none.csv: found no such"),
        ({"fertility": {"path": "x", "columns": {"sex": "y"}}}, ""),
    ],
)
def test_keys_that_cannot_be(
    look: Outlooks, folder: Path, cohorts: dict[str, Any], what: str
) -> None:
    if not what:
        cohorts = {
            "fertility": {"path": str(folder / "fertility.csv"), "columns": {"sex": "年龄组"}}
        }
        what = "found 'sex'; expected one of"
    assert what in refused(look, **cohorts)


# --- a real census ----------------------------------------------------------------------------


def test_huangpu_grows_five_years_older(shared_data: Path, folder: Path) -> None:
    """Nobody dies, is born or moves: 662,030 people, and the 60+ are those of 55 and older."""
    census = pd.read_csv(shared_data / "census2020_county_age" / "census2020_county_age.csv")
    row = census[census["adcode"] == 310101].iloc[0]
    bands = {f"{a}-{a + 4}": f"age_{a}_{a + 4}" for a in range(0, 85, 5)} | {"85+": "age_85p"}
    half = [(310101, sex, age, row[name] / 2) for sex in SEXES for age, name in bands.items()]
    write(folder, "people", HEADS["people"], half)
    write(folder, "survival", HEADS["survival"], [(s, age, 1) for s in SEXES for age in bands])
    write(folder, "fertility", HEADS["fertility"], [(f"{a}-{a + 4}", 0) for a in range(15, 50, 5)])
    yaml = YAML(typ="safe", pure=True)
    study = yaml.load(EXAMPLE.parents[1] / "scripts" / "studies" / "huangpu.yaml")
    spec = {name: {"path": str(folder / f"{name}.csv")} for name in TABLES[:3]}
    study["projection"] = {
        "year": 2025, "source": "s", "cohorts": spec | {"level": "county", "boys_per_girl": 1.1},
    }  # fmt: skip
    yaml.dump(study, folder / "study.yaml")
    (found,) = workflow.demand(folder / "study.yaml", data_dir=shared_data)
    assert found.later is not None
    assert found.later.total("total") == pytest.approx(662_030, rel=1e-9)
    assert found.later.total("elderly") == pytest.approx(row["age_55_59"] + row["age_60p"])
    assert found.later.total("under_3") == 0
