"""A study's people in a later year, by rates and by counts: end to end on the sample town."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from ruamel.yaml import YAML

from planning import workflow
from planning.errors import InputError, StudyError
from planning.inputs.study_file import read_study
from planning.result import Outlook

ROOT = Path(__file__).parents[1]

Outlooks = Callable[..., Outlook]


@pytest.fixture
def look(sample_folder: Path, tmp_path: Path) -> Outlooks:
    """The people of the sample town, its study changed key by key; `year` is that of its counts."""

    def call(
        projection: dict[str, Any] | None, *, year: int | None = 2020, **other: Any
    ) -> Outlook:
        yaml = YAML(typ="safe", pure=True)
        study = yaml.load(sample_folder / "study.yaml")
        study["population"]["year"] = year
        study |= {"projection": projection, **other}
        yaml.dump(study, tmp_path / "study.yaml")
        (found,) = workflow.demand(tmp_path / "study.yaml", data_dir=sample_folder)
        return found

    return call


def table(folder: Path, head: str, *rows: str, name: str = "rates.csv") -> str:
    """The path of a table written into a folder."""
    (folder / name).write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return str(folder / name)


def ratio(found: Outlook, group: str, street: int | None = None) -> float:
    """How many times as many people as in the base year."""
    assert found.later is not None
    where = None if street is None else found.counted.place["street"] == street
    return found.later.total(group, where) / found.counted.total(group, where)


def notes(found: Outlook) -> str:
    return "\n".join(note.en for note in found.notes)


def refused(look: Outlooks, projection: dict[str, Any], **other: Any) -> str:
    with pytest.raises((InputError, StudyError)) as stop:
        look(projection, **other)
    assert all(len(fault.lines()) == 2 for fault in stop.value.faults)
    return str(stop.value)


# --- one rate ---------------------------------------------------------------------------------


def test_one_rate_for_all_and_another_for_the_old(look: Outlooks) -> None:
    found = look({"year": 2035, "source": "s", "rate": "-0.4%", "group_rates": {"elderly": 0.031}})
    assert ratio(found, "total") == pytest.approx(0.996**15, rel=1e-12)
    assert ratio(found, "elderly") == pytest.approx(1.031**15, rel=1e-12)
    assert ratio(found, "under_3") == pytest.approx(0.996**15, rel=1e-12)
    assert found.later is not None and found.later.year == 2035
    assert "projected from 2020 to 2035 (15 years) by one yearly rate" in notes(found)
    assert "All residents -0.40%, 60岁及以上 +3.10%" in notes(found)
    assert "3岁以下: no rate of their own" in notes(found)


def test_nobody_moves(look: Outlooks) -> None:
    """Every cell changes by one factor, so that people live where they lived."""
    found = look({"year": 2021, "source": "s", "rate": "10%"})
    assert found.later is not None
    factor = found.later.people["total"] / found.counted.people["total"]
    np.testing.assert_allclose(factor, 1.1, rtol=1e-12)


@pytest.mark.parametrize(
    ("said", "what"),
    [
        (1.2, "found '1.2'; expected a yearly rate such as 1.2% or 0.012"),
        ("-100%", "found '-100%'; expected a yearly rate"),
        (-1, "found '-1'; expected a yearly rate"),
        (".nan", "found '.nan'"),
        (float("nan"), "found 'nan'"),
        (True, "expected a yearly rate"),
        ("fast", "found 'fast'"),
    ],
)
def test_a_rate_that_is_none(look: Outlooks, said: object, what: str) -> None:
    assert what in refused(look, {"year": 2035, "source": "s", "rate": said})


@pytest.mark.parametrize(
    ("projection", "year", "what"),
    [
        ({"rate": 0.01}, None, "population: found no year"),
        ({"rate": 0.01}, 2035, "found 2035 (from 2035); expected a year from 2036 to 2085"),
        ({"rate": 0.01}, 2036, "found 2035 (from 2036)"),
        ({"rate": 0.01}, 1984, "expected a year from 1985 to 2034"),
        ({}, 2020, "projection: found no method; expected exactly one of rate, rates, counts"),
        ({"rate": 0.01, "cohorts": None, "counts": {}}, 2020, ""),
        ({"rate": 0.01, "rates": {"path": "x.csv"}}, 2020, "found rate, rates"),
        ({"rate": 0.01, "group_rates": {"pupils": 0.1}}, 2020, "found 'pupils'; expected one of"),
        ({"group_rates": {"elderly": 0.1}}, 2020, "found neither rate nor rates"),
        ({"rate": 0.01, "yaer": 1}, 2020, "unknown key 'yaer'; expected 'year'"),
    ],
)
def test_contradictions_are_found_before_any_file_is_read(
    look: Outlooks, projection: dict[str, Any], year: int | None, what: str
) -> None:
    projection = {"year": 2035, "source": "s", **projection}
    if not what:
        look(projection, year=year)
        return
    said = refused(look, projection, year=year)
    assert what in said and "study.yaml" in said


def test_a_study_without_a_projection_has_its_people_as_counted(look: Outlooks) -> None:
    found = look(None, year=None)
    assert found.later is None and found.counted.year is None
    assert not [note for note in found.notes if note.about.startswith("projection")]


# --- a table of rates -------------------------------------------------------------------------


def test_every_street_has_its_own_rate(look: Outlooks, tmp_path: Path) -> None:
    path = table(
        tmp_path,
        "街道名,单元编号,年均增长率（%）,老年人口年均增长率",
        "甲,S1,1.2,3%",
        "乙,S2,-0.5,0.02",
        "丙,S3,0.8%,1%",
        "外地,X9,9,9%",
        "社区,Q1,9,9%",
    )
    rates = {"path": path, "level": "street", "columns": {"elderly": "老年人口年均增长率"}}
    found = look({"year": 2030, "source": "s", "rates": rates})
    for street, (all_of_them, old) in enumerate([(1.012, 1.03), (0.995, 1.02), (1.008, 1.01)]):
        assert ratio(found, "total", street) == pytest.approx(all_of_them**10, rel=1e-9)
        assert ratio(found, "elderly", street) == pytest.approx(old**10, rel=1e-9)
        assert ratio(found, "under_3", street) == pytest.approx(all_of_them**10, rel=1e-9)
    assert "from -0.50% (禾南街道) to +1.20% a year (禾北街道)" in notes(found)
    assert "2 rows are no street of the area: passed over" in notes(found)


def test_a_workbook_keeps_ids_as_floats_and_per_cent_as_shares(
    look: Outlooks, tmp_path: Path, sample_folder: Path
) -> None:
    """510104.0 is unit 510104; a cell shown as 1.2% holds 0.012 and stands under a plain name."""
    ids = {"S1": "510104", "S2": "510105", "S3": "510106"}
    frame = pd.DataFrame(
        {"行政区划代码": [510104.0, 510105.0, 510106.0], "年均增长率": [0.012, -0.005, 0.008]}
    )
    frame.to_excel(tmp_path / "rates.xlsx", index=False)
    rates = {"path": str(tmp_path / "rates.xlsx"), "level": "street", "ids": ids}
    found = look({"year": 2021, "source": "s", "rates": rates})
    for street, factor in enumerate((1.012, 0.995, 1.008)):
        assert ratio(found, "total", street) == pytest.approx(factor, rel=1e-12)


def test_those_in_no_unit_of_the_level_go_as_all_units_together(
    look: Outlooks, tmp_path: Path, sample_folder: Path
) -> None:
    import geopandas as gpd

    units = gpd.read_file(sample_folder / "units.gpkg")
    units[~units["unit_id"].isin(["S3", "Q7", "Q8", "Q9"])].to_file(tmp_path / "two.gpkg")
    path = table(tmp_path, "unit_id,rate", "S1,10%", "S2,-10%")
    found = look(
        {"year": 2021, "source": "s", "rates": {"path": path, "level": "street"}},
        area={"units": {"path": str(tmp_path / "two.gpkg")}},
    )
    held = [found.counted.total("total", found.counted.place["street"] == at) for at in (0, 1)]
    assert ratio(found, "total", -1) == pytest.approx(
        (1.1 * held[0] + 0.9 * held[1]) / sum(held), rel=1e-12
    )
    outside = found.counted.total("total", found.counted.place["street"] < 0)
    assert f"{outside:,.0f} people live in no street" in notes(found)


ROWS = ("S1,1%", "S2,2%", "S3,3%")


@pytest.mark.parametrize(
    ("head", "rows", "what"),
    [
        ("unit_id,rate", ROWS[:2], "found no unit S3, where people live"),
        ("unit_id,rate", (*ROWS, "S1,2%"), "row 5: found unit S1 twice"),
        ("unit_id,rate", ("S1,", *ROWS[1:]), "row 2: found rate = ''"),
        ("unit_id,rate", ("S1,NaN", *ROWS[1:]), "row 2: found rate = 'NaN'"),
        ("unit_id,rate", ("S1,-100%", *ROWS[1:]), "row 2: found rate = '-100%'"),
        ("unit_id,rate", ("S1,1.2", *ROWS[1:]), "row 2: found rate = '1.2'"),
        ("unit_id,rate", ("S1,约1%", *ROWS[1:]), "row 2: found rate = '约1%'"),
        ("unit_id,速度", ROWS, "projection.rates: rates.csv rate: found columns unit_id、速度"),
        ("街道,rate", ROWS, "projection.rates: rates.csv id: found columns"),
        (
            "unit_id,年均增长率(%)",
            ("S1,0.012", "S2,-0.005", "S3,0.08"),
            "found a heading in per cent over numbers of 0.08 at most",
        ),
    ],
)
def test_a_table_of_rates_that_cannot_be_used(
    look: Outlooks, tmp_path: Path, head: str, rows: tuple[str, ...], what: str
) -> None:
    rates = {"path": table(tmp_path, head, *rows), "level": "street"}
    said = refused(look, {"year": 2030, "source": "s", "rates": rates})
    assert "projection.rates" in said and what in said


def test_all_faults_of_a_table_are_told_at_once(look: Outlooks, tmp_path: Path) -> None:
    rates = {"path": table(tmp_path, "unit_id,rate", "S1,x", "S2,y"), "level": "street"}
    said = refused(look, {"year": 2030, "source": "s", "rates": rates})
    assert "'x'" in said and "'y'" in said and "no unit S3" in said


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ({"level": "province"}, "projection.rates.level: found 'province'"),
        ({"columns": {"pupils": "rate"}}, "found 'pupils'; expected one of id, rate, elderly"),
        ({"columns": {"elderly": "老年"}}, "expected one of 老年"),
    ],
)
def test_a_table_named_wrongly(
    look: Outlooks, tmp_path: Path, more: dict[str, Any], what: str
) -> None:
    rates = {"path": table(tmp_path, "unit_id,rate", *ROWS), "level": "street", **more}
    assert what in refused(look, {"year": 2030, "source": "s", "rates": rates})


def test_a_group_has_its_rate_in_one_place(look: Outlooks, tmp_path: Path) -> None:
    path = table(tmp_path, "unit_id,rate,old", "S1,1%,1%", "S2,1%,1%", "S3,1%,1%")
    rates = {"path": path, "level": "street", "columns": {"elderly": "old"}}
    projection = {"year": 2030, "source": "s", "rates": rates, "group_rates": {"elderly": "2%"}}
    assert "elderly in the table as well" in refused(look, projection)


# --- groups that outgrow others ---------------------------------------------------------------


def test_a_group_never_outgrows_all_residents(look: Outlooks) -> None:
    """17.98 % of the residents, growing at 5 % while all shrink at 1 %: a majority in 2050."""
    projection = {"year": 2050, "source": "s", "rate": "-1%", "group_rates": {"elderly": "5%"}}
    share = Fraction(1798, 10_000) * Fraction(105, 99) ** 30
    assert share > 1
    said = refused(look, projection)
    assert "projection 2050: found" in said and "60岁及以上, and" in said and "稻香社区" in said
    look({**projection, "year": 2045})
    assert Fraction(1798, 10_000) * Fraction(105, 99) ** 25 < 1


@pytest.mark.parametrize(
    ("rates", "said"),
    [
        ({"old": "1%", "oldest": "9%"}, "of 80+, and"),
        ({"old": "2.5%", "working": "2.5%"}, "of 60+ and 0-59, and"),
        ({"old": "1%", "oldest": "1%", "working": "-1%"}, ""),
    ],
)
def test_groups_by_age_stay_within_one_another(
    look: Outlooks, tmp_path: Path, rates: dict[str, str], said: str
) -> None:
    """40 % are 60+, a quarter of them 80+; the others are younger."""
    ages = table(tmp_path, "unit_id,age_0_59,age_60_79,age_80p", "C1,60,30,10", name="ages.csv")
    groups = {
        name: {"label": label, "ages": label, "source": "s"}
        for name, label in (("old", "60+"), ("oldest", "80+"), ("working", "0-59"))
    }
    services = {"nursery": {"label": "托育", "limit_min": 15, "functions": ["nursery"]}}
    projection = {"year": 2040, "source": "s", "rate": "0%", "group_rates": rates}
    given = {"ages": {"path": ages}, "groups": groups, "services": services}
    given["made_candidates"] = given["candidates"] = None
    given["siting"] = None
    if said:
        assert said in refused(look, projection, **given)
    else:
        look(projection, **given)


# --- counts of two years ----------------------------------------------------------------------


def chengdu() -> dict[str, Any]:
    """The projection of the shipped study: Chengdu's own figures."""
    yaml = YAML(typ="safe", pure=True)
    found: dict[str, Any] = yaml.load(ROOT / "scripts" / "studies" / "chengdu-growth.yaml")
    return dict(found["projection"])


def test_the_shipped_study_has_the_figures_the_document_prints() -> None:
    """CD-YLYX/1.2: 376.41万 (17.98 %) → 464.8万 (19.99 %); 56万 → 60万, 2020 to 2025."""
    counts = read_study(ROOT / "scripts" / "studies" / "chengdu-growth.yaml").projection
    assert counts is not None
    old, young = counts.counts["elderly"], counts.counts["under_3"]
    assert (old.first.people, old.first.year) == (3_764_100, 2020)
    assert (old.last.people, old.last.year) == (4_648_000, 2025)
    assert (old.first.share, old.last.share) == (Fraction(1798, 10_000), Fraction(1999, 10_000))
    assert (young.first.people, young.last.people) == (560_000, 600_000)


@pytest.mark.parametrize("year", [2021, 2022, 2023, 2024, 2025])
def test_chengdu_in_every_year_between(look: Outlooks, tmp_path: Path, year: int) -> None:
    """A town with Chengdu's 376.41万 of 60+ and 56万 children has, in 2025, 464.8万 and 60万.

    Total 376.41万 / 0.1798 = 2,093.5万; the shares are the document's. Between the years the plain
    formula: people · (last / first)^(years / 5).
    """
    total = 3_764_100 / 0.1798
    totals = table(tmp_path, "unit_id,people", f"C1,{total!r}", name="totals.csv")
    groups = {
        "elderly": {"label": "60+", "count": 1798, "of": 10_000, "source": "s"},
        "under_3": {"label": "<3", "count": 5_600_000, "of": round(total * 10), "source": "s"},
    }
    population = {"path": "population_2025.tif", "unit": "persons", "year": 2020}
    found = look(
        chengdu() | {"year": year},
        population=population | {"totals": {"path": totals}},
        groups=groups,
    )
    assert found.counted.total("elderly") == pytest.approx(3_764_100, rel=1e-9)
    later, part = found.later, (year - 2020) / 5
    assert later is not None
    old = 3_764_100 * (4_648_000 / 3_764_100) ** part
    assert later.total("elderly") == pytest.approx(old, rel=1e-9)
    assert later.total("under_3") == pytest.approx(560_000 * (60 / 56) ** part, rel=1e-7)
    implied = total * (4_648_000 / 0.1999 / total) ** part
    assert later.total("total") == pytest.approx(implied, rel=1e-9)
    if year == 2025:
        assert later.total("elderly") == pytest.approx(4_648_000, rel=1e-9)
        assert later.total("under_3") == pytest.approx(600_000, rel=1e-7)
        assert round(100 * later.total("elderly") / later.total("total"), 2) == 19.99
        assert later.total("total") == pytest.approx(23_252_000, rel=1e-4)


OLD = {
    "first": {"people": 100, "year": 2020},
    "last": {"people": 110, "year": 2025},
    "source": "q",
}


def test_counts_without_a_total_leave_all_residents_as_they_are(look: Outlooks) -> None:
    found = look({"year": 2025, "source": "s", "counts": {"elderly": OLD}})
    assert ratio(found, "elderly") == pytest.approx(1.1, rel=1e-12)
    assert ratio(found, "total") == ratio(found, "under_3") == 1
    assert "no counts of all residents (total): they stay as in 2020" in notes(found)


def test_a_total_is_followed_and_others_keep_their_share(look: Outlooks) -> None:
    whole = {"first": {"people": 1000, "year": 2010}, "last": {"people": 900, "year": 2020}}
    counts = {"elderly": OLD, "total": whole | {"source": "q"}}
    found = look({"year": 2030, "source": "s", "counts": counts})
    assert ratio(found, "total") == pytest.approx(0.9, rel=1e-12)
    assert ratio(found, "under_3") == pytest.approx(0.9, rel=1e-12)
    assert ratio(found, "elderly") == pytest.approx(1.21, rel=1e-12)
    assert "2020–2030 lies beyond 2020–2025: the same rate is carried on" in notes(found)
    assert "2020–2030 lies beyond 2010–2020" in notes(found)


def shares(first: float, last: float) -> dict[str, Any]:
    return {
        "first": {"people": 100, "year": 2020, "share": first},
        "last": {"people": 110, "year": 2025, "share": last},
        "source": "q",
    }


TOTAL = {
    "first": {"people": 556, "year": 2020},
    "last": {"people": 550, "year": 2025},
    "source": "q",
}


@pytest.mark.parametrize(
    ("counts", "what"),
    [
        ({"elderly": OLD | {"last": {"people": 1, "year": 2020}}}, "expected first before last"),
        ({"elderly": OLD | {"last": {"people": 1, "year": 2021}}}, "100 people become 1"),
        ({"elderly": OLD | {"first": {"people": 0, "year": 2020}}}, "expected a number above 0"),
        ({"elderly": OLD | {"first": {"people": ".inf", "year": 2020}}}, "found '.inf'"),
        ({"pupils": OLD}, "found 'pupils'; expected one of total, elderly, under_3"),
        ({"elderly": {k: OLD[k] for k in ("first", "last")}}, "source"),
        (
            {"elderly": OLD | {"last": {"people": 110, "year": 2025, "share": 0.2}}},
            "found a share of one year",
        ),
        ({"elderly": shares(0.18, 1.2)}, "last.share: found '6/5'; expected a number ≤ 1"),
        ({"elderly": shares(0.18, 0.0)}, "last.share: found '0.0'; expected a number above 0"),
        (
            {"elderly": shares(0.18, 0.2), "under_3": shares(0.2, 0.2)},
            "found totals implied by each of elderly, under_3",
        ),
        ({"total": shares(0.5, 0.5)}, "found a share of all residents"),
        (
            {"elderly": shares(0.18, 0.21), "total": TOTAL},
            "last.share: found 21.0000%, where the people are 20.0000%",
        ),
    ],
)
def test_counts_that_contradict_themselves(
    look: Outlooks, counts: dict[str, Any], what: str
) -> None:
    assert what in refused(look, {"year": 2030, "source": "s", "counts": counts})


def test_a_share_agrees_with_its_total_within_the_digits_it_is_printed_with(
    look: Outlooks,
) -> None:
    """100 of 556 is 17.99 %: 0.18 and 0.1799 say so, 0.1798 does not."""
    for said in (0.18, 0.1799):
        look(
            {"year": 2025, "source": "s", "counts": {"elderly": shares(said, 0.2), "total": TOTAL}}
        )
    counts = {"elderly": shares(0.1798, 0.2), "total": TOTAL}
    assert "first.share" in refused(look, {"year": 2025, "source": "s", "counts": counts})
