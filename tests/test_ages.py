"""Ages: ranges as users write them, bands cut by years, census tables and what is wrong in them."""

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.demand import AgeBands, AgeRange, age_range, people_of, share_of
from planning.errors import InputError
from planning.inputs.population.age_table import read_age_table
from planning.inputs.vocabulary import in_force, our_words

exactly = settings(derandomize=True, database=None, deadline=None, max_examples=100)

CENSUS = (0, 1, *range(5, 90, 5))
FIVES = tuple(range(0, 90, 5))


def one_unit(from_age: tuple[int, ...], people: list[int]) -> AgeBands:
    return AgeBands(from_age=from_age, people=np.array([people], dtype=np.float64))


# --- ranges as users write them ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "from_age", "below_age"),
    [
        ("0-2", 0, 3),
        ("3-6", 3, 7),
        ("3—6岁", 3, 7),
        (" 0 ～ 2 ", 0, 3),
        ("1至4岁", 1, 5),
        ("0岁", 0, 1),
        ("60+", 60, None),
        ("60岁+", 60, None),
        ("85岁及以上", 85, None),
        ("80岁以上", 80, None),
    ],
)
def test_ages_as_written(text: str, from_age: int, below_age: int | None) -> None:
    assert age_range(text) == AgeRange(from_age=from_age, below_age=below_age)


@pytest.mark.parametrize(
    "text", ["", "old", "6-3", "-3", "60-", "3岁以下", "1.5-2", "0-2-4", "６０+-"]
)
def test_what_is_no_range_of_ages_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="60\\+"):
        age_range(text)


@exactly
@given(first=st.integers(0, 110), years=st.one_of(st.none(), st.integers(1, 60)))
def test_a_range_reads_back_as_it_prints(first: int, years: int | None) -> None:
    ages = AgeRange(from_age=first, below_age=None if years is None else first + years)
    assert age_range(str(ages)) == ages


def test_a_range_without_ages_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="no ages"):
        AgeRange(from_age=3, below_age=3)


# --- bands ---------------------------------------------------------------------------------------


def test_under_three_from_age_0_and_half_of_1_to_4() -> None:
    """Huangpu 2020: 2259 + 14475/2 = 9496.5 (STANDARDS A-8)."""
    bands = one_unit((0, 1, 5), [2259, 14475, 645_296])
    assert people_of(bands, from_age=0, below_age=3).tolist() == [9496.5]
    assert share_of(bands, from_age=0, below_age=3) == (Fraction(18_993, 2 * 662_030),)


def test_under_three_from_a_band_of_0_to_4_is_three_fifths() -> None:
    bands = one_unit((0, 5), [100, 900])
    assert people_of(bands, from_age=0, below_age=3).tolist() == [60.0]
    assert share_of(bands, from_age=0, below_age=3) == (Fraction(6, 100),)


def test_nobody_has_no_share() -> None:
    bands = one_unit((0, 5), [0, 0])
    assert share_of(bands, from_age=0, below_age=5) == (None,)
    assert people_of(bands, from_age=0, below_age=5).tolist() == [0.0]


@pytest.mark.parametrize(
    ("from_age", "below_age"), [(90, None), (86, None), (60, 90), (80, 86), (85, 90)]
)
def test_a_bound_inside_the_open_band_is_refused(from_age: int, below_age: int | None) -> None:
    bands = one_unit(CENSUS, [10] * len(CENSUS))
    with pytest.raises(InputError, match=r"85\+, whose people nobody can part"):
        people_of(bands, from_age=from_age, below_age=below_age)
    with pytest.raises(InputError, match="开口年龄组"):
        share_of(bands, from_age=from_age, below_age=below_age)


def test_the_open_band_itself_is_exact() -> None:
    bands = one_unit(CENSUS, list(range(len(CENSUS))))
    assert people_of(bands, from_age=85, below_age=None).tolist() == [18.0]
    assert people_of(bands, from_age=80, below_age=85).tolist() == [17.0]
    assert people_of(bands, from_age=60, below_age=None).tolist() == [sum(range(13, 19))]


@pytest.mark.parametrize("from_age", [(), (1, 5), (0, 5, 5), (0, 10, 5)])
def test_bands_start_at_0_and_rise(from_age: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="rising"):
        AgeBands(from_age=from_age, people=np.zeros((1, len(from_age))))


@pytest.mark.parametrize("people", [[[1.0, -1.0]], [[np.inf, 0.0]], [1.0, 2.0]])
def test_bands_hold_counts(people: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="expected"):
        AgeBands(from_age=(0, 5), people=np.array(people))


def test_bands_leave_the_array_they_are_given_alone() -> None:
    given_people = np.ones((1, 2))
    bands = AgeBands(from_age=(0, 5), people=given_people)
    given_people[0, 0] = 7.0
    assert bands.people.tolist() == [[1.0, 1.0]]
    with pytest.raises(ValueError, match="read-only"):
        bands.people[0, 0] = 2.0


edges = st.lists(st.integers(1, 95), unique=True, min_size=1, max_size=20).map(
    lambda ages: (0, *sorted(ages))
)


@st.composite
def towns(draw: st.DrawFn) -> tuple[AgeBands, int, int | None]:
    from_age = draw(edges)
    n = draw(st.integers(1, 3))
    people = [[draw(st.integers(0, 10**6)) for _ in from_age] for _ in range(n)]
    first = draw(st.integers(0, from_age[-1]))
    ends = st.integers(first + 1, from_age[-1]) if first < from_age[-1] else st.none()
    below = draw(st.one_of(st.none(), ends))
    return AgeBands(from_age=from_age, people=np.array(people, dtype=np.float64)), first, below


def by_single_years(bands: AgeBands, unit: int, first: int, below: int | None) -> Fraction:
    """Every band parted into single years, and the years of the range added up."""
    years: dict[int, Fraction] = {}
    people = [Fraction(count) for count in bands.people[unit].tolist()]
    for (start, end), count in zip(pairwise(bands.from_age), people, strict=False):
        for age in range(start, end):
            years[age] = count / (end - start)
    in_years = sum(n for age, n in years.items() if first <= age and (below is None or age < below))
    return in_years + (people[-1] if below is None else 0)


@exactly
@given(town=towns())
def test_a_range_is_the_sum_of_its_single_years(town: tuple[AgeBands, int, int | None]) -> None:
    bands, first, below = town
    persons = people_of(bands, from_age=first, below_age=below)
    shares = share_of(bands, from_age=first, below_age=below)
    for unit in range(len(bands)):
        held = by_single_years(bands, unit, first, below)
        total = Fraction(sum(map(int, bands.people[unit])))
        assert persons[unit] == float(held)
        assert shares[unit] == (held / total if total else None)


@exactly
@given(people=st.lists(st.integers(0, 10**7), min_size=19, max_size=19))
def test_bounds_on_bands_are_exact_and_parts_add_up(people: list[int]) -> None:
    bands = one_unit(CENSUS, people)
    for first, band in ((60, 13), (65, 14), (80, 17)):
        assert people_of(bands, from_age=first, below_age=None)[0] == sum(people[band:])
    children = people_of(bands, from_age=0, below_age=3)[0]
    assert children == people[0] + people[1] / 2
    shares = [
        share_of(bands, from_age=0, below_age=3)[0],
        share_of(bands, from_age=3, below_age=60)[0],
        share_of(bands, from_age=60, below_age=None)[0],
    ]
    assert sum(people) == 0 or sum(share or 0 for share in shares) == 1


# --- census tables -------------------------------------------------------------------------------

ENGLISH = {
    "adcode": ["", "110000", "110101", "110102"],
    "district": ["all", "city", "East", "West"],
    "pop_total": ["60", "60", "20", "40"],
    "age_0": ["6", "6", "2", "4"],
    "age_1_4": ["18", "18", "6", "12"],
    "age_5p": ["36", "36", "12", "24"],
    "age_0_4": ["24", "24", "8", "16"],
}
CHINESE = {
    "行政区划代码": ["110102", "110101"],
    "名称": ["西城", "东城"],
    "总人口": ["40", "20"],
    "0岁": ["4", "2"],
    "1-4岁": ["12", "6"],
    "5岁及以上": ["24", "12"],
}


def written(folder: Path, table: dict[str, list[str]], encoding: str = "utf-8") -> Path:
    path = folder / "ages.csv"
    pd.DataFrame(table).to_csv(path, index=False, encoding=encoding)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize(("table", "east"), [(ENGLISH, "East"), (CHINESE, "东城")])
def test_rows_come_in_the_order_asked(
    tmp_path: Path, encoding: str, table: dict[str, list[str]], east: str
) -> None:
    found = read_age_table(written(tmp_path, table, encoding), unit_ids=["110101", "110102"])
    assert found.ids == ("110101", "110102")
    assert found.names[0] == east
    assert found.bands.from_age == (0, 1, 5)
    assert found.bands.people.tolist() == [[2, 6, 12], [4, 12, 24]]


def test_a_workbook_reads_as_the_csv_does(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["note"])
    sheet = book.create_sheet("年龄")
    sheet.append(list(CHINESE))
    for row in zip(*CHINESE.values(), strict=True):
        sheet.append([int(value) if value.isdigit() else value for value in row])
    book.save(tmp_path / "ages.xlsx")
    found = read_age_table(tmp_path / "ages.xlsx", unit_ids=["110101"], sheet="年龄")
    assert found.names == ("东城",)
    assert found.bands.people.tolist() == [[2, 6, 12]]


def test_a_table_without_names_and_totals_will_do(tmp_path: Path) -> None:
    bare = {key: ENGLISH[key] for key in ("adcode", "age_0", "age_1_4", "age_5p")}
    found = read_age_table(written(tmp_path, bare), unit_ids=["110102"])
    assert found.names == ("110102",)


def test_rows_nobody_asked_for_may_be_wrong(tmp_path: Path) -> None:
    table = {**ENGLISH, "age_0": ["x", "-1", "2", "4"]}
    assert len(read_age_table(written(tmp_path, table), unit_ids=["110101"]).bands) == 1


def test_the_finest_bands_are_read(tmp_path: Path) -> None:
    table = {
        **ENGLISH,
        **{f"age_{age}": ["0", "0", "1", "2"] for age in range(1, 5)},
        "age_1_4": ["0", "0", "4", "8"],
        "age_5p": ["0", "0", "14", "28"],
    }
    found = read_age_table(written(tmp_path, table), unit_ids=["110101"])
    assert found.bands.from_age == (0, 1, 2, 3, 4, 5)


Change = Callable[[dict[str, list[str]]], object]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: t.pop("adcode"), "no column of ids"),
        (lambda t: t.pop("age_1_4") and t.pop("age_0_4"), "with a gap"),
        (lambda t: t.pop("age_5p"), "with a gap"),
        (lambda t: t.update(age_0_2=["1"] * 4), "'age_0_2' overlapping"),
        (lambda t: t.update(age_60p=["99"] * 4), "99 of age_60p, more than the"),
        (lambda t: t.update({"0岁": ["1"] * 4}), "age_0 twice: 0岁"),
        (lambda t: t.update(age_0=["6", "6", "-2", "4"]), "row 4: found age_0 = '-2'"),
        (lambda t: t.update(age_0=["6", "6", "", "4"]), "row 4: found age_0 = ''"),
        (lambda t: t.update(age_0=["6", "6", "many", "4"]), "row 4: found age_0 = 'many'"),
        (lambda t: t.update(age_0=["6", "6", "inf", "4"]), "row 4: found age_0 = 'inf'"),
        (lambda t: t.update(pop_total=["", "", "21", ""]), "row 4: found bands that add up to 20"),
        (lambda t: t.update(pop_total=["", "", "", ""]), "row 4: found pop_total = ''"),
        (lambda t: t.update(adcode=["", "", "110101", "110101"]), "id 110101 2 times"),
        (lambda t: t.update(adcode=["", "", "110103", ""]), "no unit 110101"),
    ],
)
def test_faults_of_a_table(tmp_path: Path, change: Change, said: str) -> None:
    table = dict(ENGLISH)
    change(table)
    with pytest.raises(InputError) as stop:
        read_age_table(written(tmp_path, table), unit_ids=["110101"])
    assert said in str(stop.value)


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    table = {**ENGLISH, "age_0": ["6", "6", "-2", "5"]}
    with pytest.raises(InputError) as stop:
        read_age_table(written(tmp_path, table), unit_ids=["110101", "110102", "999999"])
    found = [fault.found[1] for fault in stop.value.faults]
    assert found == [
        "no unit 999999",
        "age_0 = '-2'",
        "bands that add up to 16",
        "bands that add up to 41",
    ]


@pytest.mark.parametrize("name", ["ages.csv", "ages.xlsx"])
def test_a_file_that_is_no_table(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(InputError, match="cannot be read"):
        read_age_table(tmp_path / name, unit_ids=["1"])


# --- the census of 2020 --------------------------------------------------------------------------

# The yearbook leaves the newborn of this zone blank; its bands do not add up to its total.
INCOMPLETE = {"370572"}


@pytest.fixture(scope="module")
def census(shared_data: Path) -> Path:
    path = shared_data / "census2020_county_age" / "census2020_county_age.csv"
    if not path.is_file():
        pytest.skip(f"no census table: {path}")
    return path


def test_huangpu_in_the_census(census: Path) -> None:
    found = read_age_table(census, unit_ids=["310101"])
    assert found.names == ("黄浦区",)
    assert found.bands.from_age == CENSUS
    assert found.bands.people.sum() == 662_030
    for ages, persons in ((60, 176_127), (65, 122_373), (80, 29_082)):
        assert people_of(found.bands, from_age=ages, below_age=None).tolist() == [persons]
    assert people_of(found.bands, from_age=0, below_age=3).tolist() == [2259 + 14_475 / 2]
    assert share_of(found.bands, from_age=60, below_age=None) == (Fraction(176_127, 662_030),)


def test_every_county_agrees_with_its_own_columns(census: Path) -> None:
    table = pd.read_csv(census, dtype={"adcode": str})
    table = table[table.adcode.notna() & ~table.adcode.isin(INCOMPLETE)]
    found = read_age_table(census, unit_ids=table.adcode.tolist())
    assert len(found.ids) > 3_200
    for ages in (60, 65, 80):
        ours = people_of(found.bands, from_age=ages, below_age=None)
        assert (ours == table[f"age_{ages}p"].to_numpy()).all()
    counties = ~table.adcode.str.endswith("00").to_numpy()
    assert counties.sum() > 2_700


def test_the_country_in_the_census(census: Path, tmp_path: Path) -> None:
    """Under three: 11,988,057 + 65,895,831 / 2 = 44,935,972.5; the national row has no code."""
    national = pd.read_csv(census, dtype=str).iloc[:1].assign(adcode="100000")
    path = tmp_path / "country.csv"
    national.to_csv(path, index=False)
    bands = read_age_table(path, unit_ids=["100000"]).bands
    assert people_of(bands, from_age=0, below_age=3).tolist() == [44_935_972.5]
    assert people_of(bands, from_age=60, below_age=None).tolist() == [264_018_218]
    assert people_of(bands, from_age=65, below_age=None).tolist() == [190_635_280]


def test_a_county_with_a_blank_is_refused_not_read_as_nobody(census: Path) -> None:
    with pytest.raises(InputError, match="age_0 = ''"):
        read_age_table(census, unit_ids=["370572"])


def test_a_census_table_is_read_in_the_words_in_force(tmp_path: Path) -> None:
    table = {"区划": ["110101"], "全部": ["20"], "0-4岁": ["8"], "5岁及以上": ["12"]}
    path = written(tmp_path, table)
    with pytest.raises(InputError, match="no column of ids"):
        read_age_table(path, unit_ids=["110101"])
    ours = our_words()
    ages = {**ours["columns"]["ages"], "id": ["区划"], "total": ["全部"]}
    with in_force({**ours, "columns": {**ours["columns"], "ages": ages}}):
        assert read_age_table(path, unit_ids=["110101"]).bands.people.tolist() == [[8, 12]]


COMMUNIQUE = "编号,总人口,0—14岁,15—59岁,60岁及以上,其中：65岁及以上\n"
"""As the communiqués of the census print streets."""


def test_open_bands_within_open_bands(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"{COMMUNIQUE}W,100,20,50,30,18\n", encoding="utf-8")
    bands = read_age_table(path, unit_ids=["W"]).bands
    assert bands.from_age == (0, 15, 60, 65)
    assert bands.people.tolist() == [[20, 50, 12, 18]]
    path.write_text(f"{COMMUNIQUE}W,100,20,50,30,38\n", encoding="utf-8")
    with pytest.raises(InputError, match="38 of 其中：65岁及以上, more than the 30 of 60岁及以上"):
        read_age_table(path, unit_ids=["W"])


def test_a_band_of_its_own_goes_before_a_difference(tmp_path: Path) -> None:
    table = {
        "id": ["W"],
        "age_0_59": ["70"],
        "age_60_64": ["12"],
        "age_60p": ["31"],
        "age_65p": ["18"],
    }
    bands = read_age_table(written(tmp_path, table), unit_ids=["W"]).bands
    assert bands.people.tolist() == [[70, 12, 18]]
