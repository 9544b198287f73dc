"""The library against the documents themselves and the catalogue of their 370 items."""

import csv
import json
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from ruamel.yaml import YAML

from planning.errors import StudyError
from planning.standards import Clause, Standard, load_standard, standards_in_library
from planning.standards.asks import Presence, TravelTimeCoverage
from planning.standards.library import standard_text
from planning.standards.profiles import profile_of

SHARED = Path(__file__).resolve().parents[1].parent / "shared"
SEEDS = Path(os.environ.get("PLANNING_SHARED_SEEDS", SHARED / "seeds"))
CATALOGUE = SEEDS.parent / "standards"

LIBRARY = standards_in_library()
DOCUMENTS = {
    "sichuan-2021-57": "000",
    "guizhou-2022-6": "001",
    "chengdu-yilao": "002",
    "jiangsu-2021-75": "003",
    "dazhou-2022-19": "004",
}
"""The five documents, each with the number of its seed."""
CLAUSES = [clause for name in DOCUMENTS for clause in load_standard(name).clauses]


@cache
def written(standard_id: str) -> Mapping[str, Any]:
    """A document of the library as it is written, before it is checked."""
    plain: Mapping[str, Any] = YAML(typ="safe", pure=True).load(standard_text(standard_id))
    return plain


def squeezed(text: str) -> str:
    """Without page marks, spaces and the difference of full and half width."""
    text = unicodedata.normalize("NFKC", text)
    text = re.sub(r"[—–]\s*\d+\s*[—–]", "", text)
    return re.sub(r"\s+", "", text)


# --- the library ---------------------------------------------------------------------------------


def test_the_five_documents_are_in_the_library_and_what_is_outside_them_says_so() -> None:
    assert list(LIBRARY) == sorted(LIBRARY)
    assert {n for n in LIBRARY if not load_standard(n).outside} == set(DOCUMENTS)
    assert {load_standard(n).short for n in DOCUMENTS} == {"SC", "GZ", "CD", "JS", "DZ"}


def _is_chinese(text: str) -> bool:
    """Whether it is written in Chinese, or else in English; words quoted from the other are few."""
    return len(re.findall("[\u4e00-\u9fff]", text)) > len(re.findall("[A-Za-z]{2,}", text))


@pytest.mark.parametrize("standard_id", LIBRARY)
def test_every_document_loads(standard_id: str) -> None:
    standard = load_standard(standard_id)
    assert standard.id == standard_id
    assert len(standard.clauses) == len(written(standard_id)["clauses"]) > 0
    for clause in standard.clauses:
        assert standard.clause(clause.id) is clause
        assert clause.quote and clause.article
        assert _is_chinese(clause.reading_zh) and not _is_chinese(clause.reading_en), clause.id
        assert clause.levels or clause.repeats or clause.treatment == "listed"
        assert not set(clause.levels) & set(clause.benchmark_levels)
    assert standard.clause("no such clause") is None


def test_clause_ids_are_unique_in_all_documents() -> None:
    ids = [clause.id for name in LIBRARY for clause in load_standard(name).clauses]
    assert len(ids) == len(set(ids))


def test_cities_inherit_from_their_province_and_provinces_from_nobody() -> None:
    parents = {name: load_standard(name).parent for name in LIBRARY}
    assert {name: parent for name, parent in parents.items() if parent} == {
        "chengdu-yilao": "sichuan-2021-57",
        "dazhou-2022-19": "sichuan-2021-57",
    }


def test_a_document_that_is_not_there_is_refused_with_what_there_is() -> None:
    with pytest.raises(StudyError, match="sichuan-2021-57"):
        load_standard("sichuan-1999-1")


@pytest.mark.parametrize("key", ["goal", "limit_minutes", "levels_benchmark"])
@pytest.mark.parametrize("standard_id", LIBRARY)
def test_an_unknown_key_is_refused(standard_id: str, key: str) -> None:
    plain = written(standard_id)
    with pytest.raises(ValidationError, match="extra_forbidden"):
        Standard.model_validate({**plain, key: "1"})
    for clause in plain["clauses"]:
        with pytest.raises(ValidationError, match="extra_forbidden"):
            Clause.model_validate({**clause, key: "1"})
        with pytest.raises(ValidationError, match="extra_forbidden"):
            Clause.model_validate({**clause, "measure": {**clause["measure"], key: "1"}})
        for part in ("which", "part", "beside", "hub", "also"):
            if part in clause["measure"]:
                ask = {**clause["measure"], part: {**clause["measure"][part], key: "1"}}
                with pytest.raises(ValidationError, match="extra_forbidden"):
                    Clause.model_validate({**clause, "measure": ask})
        with pytest.raises(ValidationError, match="extra_forbidden"):
            Clause.model_validate({**clause, "applies": {**clause.get("applies", {}), key: "1"}})


RATE, LAND = "SC-2021-57/1.0/nursery-rate-2025", "SC-2021-57/2.1/elder-land"
NEW, BUILT = "SC-2021-57/2.1/nursery-new", "SC-2021-57/2.1/nursery-built"
CIRCLE = "SC-2021-57/2.3/circle-15min"


@pytest.mark.parametrize(
    ("clause_id", "change"),
    [
        (RATE, {"value": None}),  # an operator without a figure
        (RATE, {"operator": None}),
        (RATE, {"operator": "=>"}),
        (RATE, {"year": None}),  # by no year
        (RATE, {"when": "standing"}),  # a year that nothing goes with
        (RATE, {"benchmark_levels": ["province"]}),
        (RATE, {"levels": []}),
        (RATE, {"levels": ["parish"]}),
        (LAND, {"measure": {"kind": "places_per_elder", "which": {"does": "nursery"}}}),
        (LAND, {"measure": {"kind": "land_per_resident"}}),
        (LAND, {"measure": {"kind": "land_per_resident", "which": {"does": "hospice"}}}),
        (LAND, {"strength": "strong"}),
        (LAND, {"mark": "spatial"}),
        (NEW, {"applies": {"status": "old"}}),
        (NEW, {"value": "ten"}),
        (CIRCLE, {"measure": {"kind": "travel_time_coverage", "which": {"does": "nursery"}}}),
        (CIRCLE, {"measure": {"kind": "travel_time_coverage", "which": {"does": "nursery"},
                              "group": "elderly", "limit_min": "a quarter"}}),
        (CIRCLE, {"measure": {"kind": "travel_time_coverage", "which": {"does": "nursery"},
                              "group": "elderly", "mode": "horse"}}),
    ],
)  # fmt: skip
def test_a_clause_without_its_figures_is_refused(clause_id: str, change: dict[str, Any]) -> None:
    found = next(c for c in written("sichuan-2021-57")["clauses"] if c["id"] == clause_id)
    assert Clause.model_validate(found).id == clause_id
    with pytest.raises(ValidationError):
        Clause.model_validate({**found, **change})


def test_a_document_names_each_clause_once_and_repeats_one_of_its_own() -> None:
    plain = written("dazhou-2022-19")
    with pytest.raises(ValidationError, match="again, expected an id of its own"):
        Standard.model_validate({**plain, "clauses": [*plain["clauses"], plain["clauses"][0]]})
    lost = [c for c in plain["clauses"] if c["id"] != "DZ-2022-19/2.5/circle-15"]
    with pytest.raises(ValidationError, match=r"circle-15', expected the id of another clause"):
        Standard.model_validate({**plain, "clauses": lost})


def test_figures_are_kept_as_printed() -> None:
    standard = load_standard("sichuan-2021-57")
    figures = {
        clause.id: (clause.value, getattr(clause.measure, "limit_min", None))
        for clause in standard.clauses
        if clause.id in (RATE, LAND, NEW, BUILT, CIRCLE)
    }
    assert figures == {
        RATE: (Fraction(9, 2), None),
        LAND: (Fraction(1, 10), None),
        NEW: (Fraction(10), None),
        BUILT: (Fraction(8), None),
        CIRCLE: (None, Fraction(15)),
    }


# --- the documents and their catalogue -----------------------------------------------------------


@pytest.fixture(scope="module")
def seeds() -> Mapping[str, str]:
    """The five texts, squeezed, by their numbers."""
    files = sorted(SEEDS.glob("*.txt"))
    if not files:
        pytest.skip(f"no seed texts in {SEEDS}; set PLANNING_SHARED_SEEDS to their folder")
    return {file.name[:3]: squeezed(file.read_text(encoding="utf-8")) for file in files}


@pytest.fixture(scope="module")
def items() -> Mapping[str, Mapping[str, str]]:
    """The catalogue's items, by id."""
    path = CATALOGUE / "standards_items.json"
    if not path.is_file():
        pytest.skip(f"no {path}; set PLANNING_SHARED_SEEDS to the seeds beside it")
    return {item["id"]: item for item in json.loads(path.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("standard_id", DOCUMENTS)
def test_every_quote_stands_in_its_document(standard_id: str, seeds: Mapping[str, str]) -> None:
    standard, own = load_standard(standard_id), seeds[DOCUMENTS[standard_id]]
    assert squeezed(standard.document) in own
    missing = [c.id for c in standard.clauses if squeezed(c.quote) not in own]
    assert missing == []


def test_a_quote_that_is_not_in_the_document_is_found_out(seeds: Mapping[str, str]) -> None:
    quote = load_standard("sichuan-2021-57").clauses[0].quote
    assert squeezed(quote) in seeds["000"]
    assert squeezed(quote.replace("4", "5")) not in seeds["000"]
    assert squeezed(quote) not in seeds["003"]


def test_every_item_of_the_catalogue_is_in_its_document_and_no_other(
    items: Mapping[str, Mapping[str, str]],
) -> None:
    assert len(items) == 370
    for name, seed in DOCUMENTS.items():
        own = {item["id"] for item in items.values() if item["seed"] == seed}
        assert {clause.item for clause in load_standard(name).clauses} == own


TREATED = {
    "spatial-core": "computed",
    "spatial-secondary": "computed",
    "statistical-only": "typed_in",
    "not-computable": "listed",
}


def test_297_items_are_computed_66_typed_in_7_listed(
    items: Mapping[str, Mapping[str, str]],
) -> None:
    treated = {clause.item: clause.treatment for clause in CLAUSES}
    assert Counter(treated.values()) == {"computed": 297, "typed_in": 66, "listed": 7}
    for clause in CLAUSES:
        assert clause.treatment == TREATED[items[clause.item]["mark"]], clause.id
        assert clause.treatment == treated[clause.item], clause.id


@pytest.mark.parametrize("standard_id", DOCUMENTS)
def test_article_mark_strength_and_quote_are_those_of_the_catalogue(
    standard_id: str, items: Mapping[str, Mapping[str, str]]
) -> None:
    standard = load_standard(standard_id)
    for clause in standard.clauses:
        item = items[clause.item]
        assert squeezed(clause.article) == squeezed(item["article"]), clause.id
        assert clause.mark == item["mark"], clause.id
        assert clause.strength == item["strength"], clause.id
        assert squeezed(clause.quote) == squeezed(item["quote"]), clause.id
        if standard_id != "chengdu-yilao":  # it bears no number, its title stands for one
            assert squeezed(standard.document) == squeezed(item["document"]), clause.id


# Where a clause does not have the figure of its item, the one that it has, and why.
NOT_AN_AMOUNT = "the figure counts something else: nothing is held against it"
SHOWN_ONLY = "a report or a map a year, which a run writes: no amount"
ONE_EACH = "one in each, which is what the figure says of all together"
ALL_ON_TIME = "of four milestones the data show the last: all areas must be in time"
A_PART = "the item holds several figures, this is one of them"
ANY = "no figure is printed: one is the least that providing can mean"
READ = "a word of degree: its figure is that of a reading (A-13)"

OTHERWISE: Mapping[str, tuple[str | None, str]] = {
    # Sichuan
    "SC-2021-57/2.4/priority-residents": (None, NOT_AN_AMOUNT),
    "SC-2021-57/5.12/public-rental": (None, NOT_AN_AMOUNT),
    "SC-2021-57/6.16/annual-statistics": (None, SHOWN_ONLY),
    # Guizhou
    "GZ-2022-6/2.5/acquire-modes": (None, NOT_AN_AMOUNT),
    "GZ-2022-6/2.12/new-areas-required#elder": ("1", ANY),
    "GZ-2022-6/2.12/new-areas-required#nursery": ("1", ANY),
    "GZ-2022-6/2.12/four-sync#elder": ("100", ALL_ON_TIME),
    "GZ-2022-6/2.12/four-sync#nursery": ("100", ALL_ON_TIME),
    # Chengdu
    "CD-YLYX/1.1/base-rural-points": (None, "近1700个 is a little fewer: a baseline, no floor"),
    "CD-YLYX/1.1/base-nurseries#nurseries": ("1300", A_PART),
    "CD-YLYX/1.1/base-oldyoung#mother-rooms": ("1470", A_PART),
    "CD-YLYX/3.6.1/acquire-modes": (None, NOT_AN_AMOUNT),
    "CD-YLYX/3.6.3/suburb-centres#elder": ("1", "one or more of each kind"),
    "CD-YLYX/3.6.3/suburb-centres#nursery": ("1", "one or more of each kind"),
    "CD-YLYX/3.8.9/safety-net": (None, NOT_AN_AMOUNT),
    "CD-YLYX/3.8.10/inclusive-beds#beds": ("55", A_PART),
    "CD-YLYX/3.8.10/inclusive-beds#places": ("50", A_PART),
    "CD-YLYX/3.9.12/disabled-65": (None, "an age, 65: it says who is assessed"),
    "CD-YLYX/3.9.14/meal-map": (None, SHOWN_ONLY),
    "CD-YLYX/3.9.14/integrated-meals": (None, NOT_AN_AMOUNT),
    "CD-YLYX/3.10.17/health-manager-pairing": ("100", "one for each filed nursery: all of them"),
    "CD-YLYX/3.11.20/forecast-report#elder": (None, SHOWN_ONLY),
    "CD-YLYX/3.11.20/forecast-report#nursery": (None, SHOWN_ONLY),
    "CD-YLYX/T1.20/county-nursery#each": ("1", ONE_EACH),
    # Jiangsu
    "JS-2021-75/1.3/four-sync#elder": ("100", ALL_ON_TIME),
    "JS-2021-75/1.3/four-sync#nursery": ("100", ALL_ON_TIME),
    "JS-2021-75/1.3/built-areas-fix": (None, NOT_AN_AMOUNT),
    "JS-2021-75/2.4/priority": (None, NOT_AN_AMOUNT),
    "JS-2021-75/2.9/rural-kindergarten-all": (
        None, "all that meet the conditions, and no register says which do",
    ),
    "JS-2021-75/3.11/stock-buildings": (None, NOT_AN_AMOUNT),
    "JS-2021-75/3.11/five-year-transition": (None, "years that each conversion may use"),
    "JS-2021-75/3.11/public-rental": (None, NOT_AN_AMOUNT),
    "JS-2021-75/4.19/elder-university": ("1", ONE_EACH),
    "JS-2021-75/5.21/stat-forecast#elderly": (None, SHOWN_ONLY),
    "JS-2021-75/5.21/stat-forecast#infants": (None, SHOWN_ONLY),
    # Dazhou
    "DZ-2022-19/2.1/priority-list": (None, NOT_AN_AMOUNT),
    "DZ-2022-19/2.4/home-priority": (None, NOT_AN_AMOUNT),
    "DZ-2022-19/2.6/priority-residents": (None, NOT_AN_AMOUNT),
    "DZ-2022-19/5.14/public-rental": (None, NOT_AN_AMOUNT),
    "DZ-2022-19/6.18/statistics": (None, SHOWN_ONLY),
    "DZ-2022-19/A1.02/land-nursery#land": ("0.1", A_PART),
    "DZ-2022-19/A1.02/land-nursery#nursery-new": ("10", A_PART),
    "DZ-2022-19/A1.02/land-nursery#nursery-built": ("8", A_PART),
    "DZ-2022-19/A2.03/street-complex-100": ("1", ONE_EACH),
    "DZ-2022-19/A2.04/merge-beds#merged": ("5", A_PART),
    "DZ-2022-19/A2.04/merge-beds#beds": ("247", "taken away, written as a positive number"),
    "DZ-2022-19/A2.04/merge-beds#upgraded": ("10", A_PART),
    "DZ-2022-19/A2.04/new-nursing-homes#homes": ("3", A_PART),
    "DZ-2022-19/A2.04/new-regional-centres#centres": ("2", A_PART),
    "DZ-2022-19/A2.12/elder-budget#elder": ("20000000", A_PART),
    "DZ-2022-19/A2.12/elder-budget#nursery": ("10000000", A_PART),
}  # fmt: skip


def printed(item: Mapping[str, str]) -> Fraction | None:
    """The figure of an item; None where it is a word, several figures, or none."""
    try:
        figure = Fraction(item["value"])
    except ValueError:
        return None
    return 10_000 * figure if item["unit"].startswith("万") else figure


def as_in_catalogue(clause: Clause, item: Mapping[str, str]) -> bool:
    """Whether a clause has the figure of its item, where such a figure belongs."""
    figure, ask = printed(item), clause.measure
    if isinstance(ask, TravelTimeCoverage) and item["unit"] == "minutes" and figure is not None:
        return clause.value is None and ask.limit_min == figure
    if isinstance(ask, Presence) and item["unit"].startswith("m²"):  # of a single one
        return clause.value == 1 and ask.which.min_floor_m2 == figure
    return clause.value == figure


@pytest.mark.parametrize("standard_id", DOCUMENTS)
def test_every_figure_is_the_one_of_the_catalogue(
    standard_id: str, items: Mapping[str, Mapping[str, str]]
) -> None:
    for clause in load_standard(standard_id).clauses:
        item = items[clause.item]
        if clause.id in OTHERWISE:
            assert not as_in_catalogue(clause, item), f"{clause.id} need not be listed"
            value, _ = OTHERWISE[clause.id]
            assert clause.value == (None if value is None else Fraction(value)), clause.id
        else:
            assert as_in_catalogue(clause, item), (clause.id, clause.value, item["value"])


def test_what_is_listed_as_otherwise_is_a_clause() -> None:
    assert set(OTHERWISE) <= {clause.id for clause in CLAUSES}


def test_two_limits_are_told_apart_by_the_zone_of_the_home() -> None:
    """15 urban / 30 suburb, rural towns as suburbs (A-10)."""
    (clause,) = [c for c in CLAUSES if c.id == "CD-YLYX/3.9.14/delivery-urban-15"]
    assert isinstance(clause.measure, TravelTimeCoverage)
    assert clause.measure.limit_by_zone == {"urban": 15, "suburb": 30, "rural": 30}
    assert clause.measure.mode == "delivery"


def test_words_of_degree_have_the_figure_of_their_reading_once_in_force() -> None:
    """A-13: 基本 is 95 % of units, a circle basically built 90 %."""
    by_reading = {c.id: c.value_from for c in CLAUSES if c.value_from is not None}
    assert by_reading == {
        "GZ-2022-6/1.0/urban-community-nursery": "present_percent",
        "GZ-2022-6/2.21/circle-built-2025": "within_percent",
    }
    guizhou = load_standard("guizhou-2022-6")
    for said, figures in (({}, [95, 90]), ({"present_percent": "97.5"}, [Fraction(195, 2), 90])):
        in_force = profile_of([guizhou], said=said)
        found = [in_force.clause(clause_id) for clause_id in by_reading]
        assert [c.value for c in found if c] == figures
        assert {c.operator for c in found if c} == {">="}


@pytest.mark.parametrize("standard_id", DOCUMENTS)
def test_every_year_is_the_one_of_the_catalogue(
    standard_id: str, items: Mapping[str, Mapping[str, str]]
) -> None:
    for clause in load_standard(standard_id).clauses:
        words = items[clause.item]["target_year"]
        year = re.fullmatch(r"(?:from |\d{4}–)?(\d{4})", words)
        assert clause.year == (int(year[1]) if year else None), clause.id
        assert (clause.when == "from") == words.startswith("from"), clause.id


@pytest.mark.parametrize("standard_id", DOCUMENTS)
def test_every_operator_is_the_one_of_the_catalogue(
    standard_id: str, items: Mapping[str, Mapping[str, str]]
) -> None:
    """以上 includes the figure, 超过 does not (C-12); a limit in minutes is inclusive anyhow."""
    for clause in load_standard(standard_id).clauses:
        item = items[clause.item]
        if clause.operator is None:
            assert clause.value is None, clause.id
        elif item["operator"] == "~":  # 200余, 近1700: a baseline, there at least
            assert (clause.operator, clause.strength) == (">=", "info"), clause.id
        elif OTHERWISE.get(clause.id, ("", ""))[1] in (ANY, ONE_EACH):
            assert clause.operator == ">=", clause.id
        else:
            assert clause.operator == item["operator"], clause.id


REPEATS = {
    "GZ-2022-6/2.9/demo-nursery-2022": "GZ-2022-6/1.0/demo-nursery",
    "CD-YLYX/1.2/places-needed": "CD-YLYX/T1.4/nursery-rate",
    "CD-YLYX/3.8.10/inclusive-beds#places": "CD-YLYX/T1.17/inclusive-places",
    "CD-YLYX/3.10.16/geriatric-60": "CD-YLYX/T1.15/geriatric-dept",
    "CD-YLYX/3.10.17/health-manager-pairing": "CD-YLYX/T1.11/health-managers",
    "DZ-2022-19/A1.02/land-nursery#land": "DZ-2022-19/2.2/elder-land",
    "DZ-2022-19/A1.02/land-nursery#nursery-new": "DZ-2022-19/2.2/nursery-new",
    "DZ-2022-19/A1.02/land-nursery#nursery-built": "DZ-2022-19/2.2/nursery-built",
    "DZ-2022-19/A1.03/three-tier": "DZ-2022-19/2.2/rural-three-tier",
    "DZ-2022-19/A1.08/circle-15": "DZ-2022-19/2.5/circle-15",
    "DZ-2022-19/A1.30/lottery": "DZ-2022-19/5.15/lottery-55",
    "DZ-2022-19/A2.09/land-supply": "DZ-2022-19/5.14/land-supply",
    "DZ-2022-19/A2.12/lottery": "DZ-2022-19/5.15/lottery-55",
}
"""As STANDARDS 1 lists them."""


def test_repeats_are_kept_and_never_counted_twice() -> None:
    assert {c.id: c.repeats for c in CLAUSES if c.repeats} == REPEATS
    for name in DOCUMENTS:
        standard = load_standard(name)
        own = profile_of([standard])
        counted = [clause.id for clause in own.clauses]
        assert len(counted) == len(set(counted))
        assert {c.id for c in own.repeats} == {c.id for c in standard.clauses if c.repeats}
        assert {*counted} | {c.id for c in own.repeats} == {c.id for c in standard.clauses}
        assert not {*counted} & {*REPEATS}


def test_a_repeat_says_the_same_as_what_it_repeats() -> None:
    by_id = {clause.id: clause for clause in CLAUSES}
    same = {name: by_id[name] for name in REPEATS if name != "CD-YLYX/1.2/places-needed"}
    for clause in same.values():
        other = by_id[REPEATS[clause.id]]
        assert other.repeats is None
        assert (other.key, other.unit, other.value) == (clause.key, clause.unit, clause.value)
    places, rate = by_id["CD-YLYX/1.2/places-needed"], by_id["CD-YLYX/T1.4/nursery-rate"]
    # The number of places by that rate.
    assert (places.value, rate.value) == (Fraction(114_000), Fraction("4.74"))


def test_the_23_districts_of_chengdu_have_their_places(
    items: Mapping[str, Mapping[str, str]],
) -> None:
    """STANDARDS E: the count of places is the target; 温江区 alone prints another rate."""
    lines = (CATALOGUE / "chengdu_targets.csv").read_text(encoding="utf-8").splitlines()
    table = list(csv.DictReader(lines))
    rows = [c for c in CLAUSES if c.key == "district_places"]
    assert len(rows) == len(table) == 23
    for clause, row in zip(rows, table, strict=True):
        assert row["name"] in clause.applies.names, clause.id
        assert clause.value == int(row["places_2025"])
        assert row["pop_2025_10k"].removesuffix("0").removesuffix(".0") in clause.per
    (total,) = [c for c in CLAUSES if c.id == "CD-YLYX/T2.24/total"]
    assert total.value == sum(c.value for c in rows if c.value) == 109_511
