"""`--suppress-below`: no small count of people is published, and none follows by subtraction."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from planning import workflow
from planning.area import StudyArea, UnitLevel
from planning.outputs.edition import Edition
from planning.outputs.frames.results import coverage_frame
from planning.outputs.privacy.coverage_sums import COUNTS, hidden_counts
from planning.outputs.privacy.determined import determined
from planning.outputs.privacy.pattern import hidden_numbers, is_small
from planning.outputs.privacy.publishing import LEFT_OUT
from planning.outputs.privacy.suppression import Suppression
from planning.result import StudyResult

BELOW = 5
PUBLISHED = {
    "coverage.csv", "findings.csv", "scorecard.csv", "scorecard.html", "plan.csv", "unmet.csv",
    "summary.json", "reach.npz", "result.gpkg", "shapefile_gbk", "parquet", "minutes.tif",
    "minutes.qml", "minutes_status.tif", "minutes_status.qml", "metadata.json", "元数据.txt",
    "record.json",
}  # fmt: skip


def follows(wanted: np.ndarray, known: list[np.ndarray]) -> bool:
    """Whether a sum is a combination of known sums: the slow way, by ranks."""
    if not known:
        return not wanted.any()
    rows = np.array(known)
    return np.linalg.matrix_rank(np.vstack([rows, wanted])) == np.linalg.matrix_rank(rows)


@st.composite
def sums(draw: st.DrawFn) -> tuple[int, list[dict[int, int]], list[bool]]:
    n = draw(st.integers(3, 12))
    equation = st.lists(st.integers(0, n - 1), min_size=2, max_size=5, unique=True)
    equations = [
        {whole: 1} | dict.fromkeys(parts, -1)
        for whole, *parts in draw(st.lists(equation, min_size=1, max_size=8))
    ]
    return n, equations, draw(st.lists(st.booleans(), min_size=n, max_size=n))


@given(sums())
@settings(max_examples=300, deadline=None)
def test_what_follows_is_what_ranks_say(
    system: tuple[int, list[dict[int, int]], list[bool]],
) -> None:
    n, equations, hidden = system
    known = []
    for equation in equations:
        row = np.zeros(n)
        row[list(equation)] = list(equation.values())
        known.append(row)
    known += [np.eye(n)[at] for at in range(n) if not hidden[at]]
    found = determined(equations, np.array(hidden))
    assert set(found) == {at for at in range(n) if hidden[at] and follows(np.eye(n)[at], known)}
    for telling in found.values():
        assert not any(hidden[at] for at in telling)


def test_of_a_total_and_its_parts_the_next_smallest_goes_too() -> None:
    values = np.array([60.0, 3.0, 7.0, 50.0, 0.0])
    hidden = hidden_numbers(
        values, np.ones(5, dtype=bool), [{0: 1, 1: -1, 2: -1, 3: -1, 4: -1}], below=BELOW
    )
    assert hidden.tolist() == [False, True, True, False, False]
    nobody = hidden_numbers(
        np.array([3.0, 3.0, 0.0]), np.ones(3, dtype=bool), [{0: 1, 1: -1, 2: -1}], below=BELOW
    )
    assert nobody.tolist() == [True, True, False]


STREETS = ("s0", "s1")
PLACES = {"s0": ("a", "b", "c"), "s1": ("d", "e")}
LIMITS = (10.0, 15.0)


@st.composite
def towns(draw: st.DrawFn) -> tuple[pd.DataFrame, StudyArea]:
    """A coverage table added up cell by cell, some cells in a street but in no community."""
    cells = draw(
        st.lists(
            st.tuples(
                st.sampled_from([*"abcde", "s0", ""]),
                st.one_of(st.integers(0, 9), st.floats(0.1, 60.0)),
                st.tuples(*[st.sampled_from([5.0, 12.0, 20.0, None])] * 4),
            ),
            min_size=3,
            max_size=25,
        )
    )
    street = {place: s for s, places in PLACES.items() for place in places} | {"s0": "s0", "": ""}
    rows = []
    units = [("area", "x"), *(("street", s) for s in STREETS)]
    units += [("community", place) for places in PLACES.values() for place in places]
    for service, state in ((0, "now"), (0, "after"), (1, "now"), (1, "after")):
        for limit in LIMITS:
            for level, unit in units:
                found = dict.fromkeys(COUNTS, 0.0)
                for place, people, minutes in cells:
                    if unit not in {"x", place, street[place]}:
                        continue
                    today = minutes[2 * service]
                    walk = today
                    if state == "after":
                        walk = min((m for m in minutes[2 * service :][:2] if m), default=None)
                    found["people"] += people
                    inside = walk is not None and walk <= limit
                    found["covered"] += people * inside
                    found["backup"] += people * (inside and limit > 12)
                    found["unserved"] += people * (walk is not None and not inside)
                    found["unreachable"] += people * (walk is None)
                head = {"state": state, "service": f"v{service}", "limit_min": limit, "group": "g"}
                share = found["covered"] / found["people"] if found["people"] else np.nan
                rows.append({**head, "level": level, "unit_id": unit, **found, "share": share})
    square = np.array([shapely.box(0, 0, 1, 1)] * 5, dtype=object)
    levels = (
        UnitLevel(
            level="street", ids=STREETS, names=STREETS, parent_ids=(None, None), geometry=square[:2]
        ),
        UnitLevel(
            level="community", ids=tuple("abcde"), names=tuple("abcde"),
            parent_ids=("s0", "s0", "s0", "s1", "s1"), geometry=square,
        ),
    )  # fmt: skip
    area = StudyArea(name="x", epsg=4549, boundary=square[0], levels=levels, residential=None)
    return pd.DataFrame(rows), area


def attack(table: pd.DataFrame, cells: np.ndarray) -> list[str]:
    """Small counts, printed or got by one subtraction, that follow from what is shown."""
    rows = list(table.to_dict("records"))
    number = {(n, count): 5 * n + at for n, _ in enumerate(rows) for at, count in enumerate(COUNTS)}
    at = {(r["unit_id"], r["service"], r["state"], r["limit_min"]): n for n, r in enumerate(rows)}
    spare, known, wanted = len(number), [], []
    width = spare + 2 * len(rows)

    def row_of(terms: dict[int, float]) -> np.ndarray:
        row = np.zeros(width)
        row[list(terms)] = list(terms.values())
        return row

    values = {key: rows[key[0]][key[1]] for key in number}
    for (n, count), index in number.items():
        hidden = cells[n, COUNTS.index(count)]
        assert hidden or not 0 < values[n, count] < BELOW, "a small count is printed"
        if not hidden:
            known.append(row_of({index: 1}))
        elif 0 < values[n, count] < BELOW:
            wanted.append((f"{rows[n]['unit_id']} {count}", row_of({index: 1})))

    def differ(what: str, one: tuple[int, str], other: tuple[int, str]) -> None:
        if (
            0 < abs(values[one] - values[other]) < BELOW - 1e-9
            and abs(values[one] - values[other]) > 1e-6
        ):
            wanted.append((what, row_of({number[one]: 1, number[other]: -1})))

    for (unit, service, state, limit), n in at.items():
        said = {count: number[n, count] for count in COUNTS}
        known.append(
            row_of(
                {
                    said["people"]: 1,
                    said["covered"]: -1,
                    said["unserved"]: -1,
                    said["unreachable"]: -1,
                }
            )
        )
        first = at[unit, "v0", "now", LIMITS[0]]
        if n != first:
            known.append(row_of({said["people"]: 1, number[first, "people"]: -1}))
        base = at[unit, service, state, LIMITS[0]]
        if n != base:
            known.append(row_of({said["unreachable"]: 1, number[base, "unreachable"]: -1}))
        differ(f"{unit} outside", (n, "people"), (n, "covered"))
        differ(f"{unit} single", (n, "covered"), (n, "backup"))
        differ(f"{unit} gain", (at[unit, service, "after", limit], "covered"), (n, "covered"))
        for less, more in pairwise(LIMITS):
            ring = at[unit, service, state, more], at[unit, service, state, less]
            differ(f"{unit} ring", (ring[0], "covered"), (ring[1], "covered"))
        for parts in ({"x": STREETS, **PLACES}.get(unit, ()),):
            for count in COUNTS if parts else ():
                inner = [at[part, service, state, limit] for part in parts]
                rest = values[n, count] - sum(values[one, count] for one in inner)
                terms = {said[count]: 1.0} | {number[one, count]: -1.0 for one in inner}
                if abs(rest) > 1e-6:
                    terms[spare] = -1.0
                    if 0 < rest < BELOW:
                        wanted.append((f"{unit} rest", row_of({spare: 1})))
                    spare += 1
                known.append(row_of(terms))
    basis = np.linalg.svd(np.array(known), full_matrices=False)
    inside = basis[2][basis[1] > 1e-9]
    return [
        what for what, row in wanted
        if np.linalg.norm(row - (row @ inside.T) @ inside) < 1e-6
    ]  # fmt: skip


@given(towns())
@settings(max_examples=40, deadline=None)
def test_no_small_count_is_printed_or_follows(town: tuple[pd.DataFrame, StudyArea]) -> None:
    table, area = town
    hidden = hidden_counts(table, area, below=BELOW)
    assert attack(table, hidden.cells) == []
    zeros = table[list(COUNTS)].to_numpy() == 0
    assert not hidden.cells[zeros].any(), "nobody is shown as nobody"
    again = hidden_counts(table, area, below=BELOW)
    assert (again.cells == hidden.cells).all()


def test_the_attack_finds_what_hiding_small_counts_alone_would_leave() -> None:
    """A test of the test: without complements something is given away."""

    def is_told(town: tuple[pd.DataFrame, StudyArea]) -> bool:
        table, _ = town
        return bool(attack(table, is_small(table[list(COUNTS)].to_numpy(), BELOW)))

    only_search = settings(max_examples=200, database=None, phases=[Phase.generate], deadline=None)
    find(towns(), is_told, settings=only_search)


@pytest.fixture(scope="module")
def run(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[StudyResult, Path]:
    return workflow.run(
        sample_folder / "study.yaml",
        out_dir=tmp_path_factory.mktemp("out"),
        edition=Edition(suppress_below=BELOW),
    )


def test_only_what_can_be_suppressed_is_written_and_the_rest_is_named(
    run: tuple[StudyResult, Path],
) -> None:
    result, folder = run
    assert {path.name for path in folder.iterdir()} == PUBLISHED
    assert folder.name == f"sample-{result.digest}-below5"
    said = json.loads((folder / "metadata.json").read_text(encoding="utf-8"))["left_out"]
    for name in LEFT_OUT:
        assert not list(folder.glob(f"{name}*"))
        assert any(name in one["zh"] and name in one["en"] for one in said)


def test_the_result_itself_is_exact(run: tuple[StudyResult, Path]) -> None:
    result, folder = run
    assert any(finding.people_short for finding in result.findings)
    published = pd.read_csv(folder / "findings.csv")
    states = [result.findings, result.plan.findings if result.plan else ()]
    verdicts = [finding.verdict for findings in states for finding in findings]
    assert published["verdict"].tolist() == verdicts
    assert published["people_short"].isna().all()
    assert set(pd.read_csv(folder / "plan.csv")["candidate_id"]) == {
        site.candidate_id for site in result.plan.sites
    }


def small_numbers(folder: Path) -> Iterator[str]:
    """Every count of people below the limit in any table or layer."""
    counted = re.compile(
        r"people(?!_year)|covered|backup|unserved|unreachable|residents|moved_in|goes_"
    )
    tables = {path.name: pd.read_csv(path) for path in folder.glob("*.csv")}
    for layer in gpd.list_layers(folder / "result.gpkg")["name"]:
        if layer != "layer_styles":
            tables[layer] = gpd.read_file(folder / "result.gpkg", layer=layer)
            tables[f"{layer}.parquet"] = gpd.read_parquet(folder / "parquet" / f"{layer}.parquet")
    for path in (folder / "shapefile_gbk").glob("*.shp"):
        tables[path.name] = gpd.read_file(path)
    findings = tables["findings.csv"]
    persons = findings[findings["unit"] == "persons"]
    tables["persons"] = persons[["measured", "at_most", "gap"]].add_prefix("people ")
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    tables |= {key: pd.DataFrame(summary[key]) for key in ("coverage", "findings")}
    tables |= {f"plan {key}": pd.DataFrame(summary["plan"][key]) for key in ("sites", "unmet")}
    for name, table in tables.items():
        for column in table.select_dtypes("number"):
            if counted.search(str(column)) and str(column) != "planned_people":
                for value in table[column][is_small(table[column].to_numpy(dtype=float), BELOW)]:
                    yield f"{name} {column} {value}"


def test_no_file_holds_a_small_count(run: tuple[StudyResult, Path]) -> None:
    result, folder = run
    assert is_small(result.town.demand.people["under_3"], BELOW).any()
    assert list(small_numbers(folder)) == []
    for path in folder.rglob("*"):
        if path.suffix in {".csv", ".json", ".txt"} and path.name != "record.json":
            text = path.read_text(encoding="utf-8-sig")
            told = re.findall(r"(?<![\d,.])([\d,.]+) ?(?:人|名|people)(?!次|口)", text)
            assert not [one for one in told if is_small(number_of(one), BELOW).any()], path


def number_of(text: str) -> np.ndarray:
    plain = text.replace(",", "").strip(".")
    return np.array([float(plain) if plain else 0.0])


def test_hidden_is_empty_and_a_share_never_tells_it(run: tuple[StudyResult, Path]) -> None:
    result, folder = run
    exact, shown = coverage_frame(result), pd.read_csv(folder / "coverage.csv")
    for count in COUNTS:
        kept = shown[count].notna()
        assert kept.any() and np.allclose(shown[count][kept], exact[count][kept])
    hidden = shown[["people", "covered"]].isna().any(axis=1)
    assert hidden.any() and shown["share"][hidden].isna().all()


def test_cells_do_not_give_away_what_the_table_hides(run: tuple[StudyResult, Path]) -> None:
    """By service: whoever knows all minutes adds cells up to every row that is shown."""
    result, _ = run
    rng = np.random.default_rng(5)
    demand = result.town.demand
    draws = {
        "sparse": np.where(rng.random(len(demand)) < 0.8, rng.integers(5, 40, len(demand)), 2.0),
        "few small": np.where(rng.random(len(demand)) < 0.01, 3.0, 20.0 + rng.random(len(demand))),
    }
    for people in draws.values():
        groups = {group: people.astype(float) for group in demand.people}
        town = replace(result.town, demand=replace(demand, people=groups))
        other = replace(result, town=town)
        table = coverage_frame(other)
        suppression = Suppression(result=other, coverage=table, below=BELOW)
        for service in town.study.services:
            check_cells(other, suppression, table, service)


def check_cells(
    result: StudyResult, suppression: Suppression, table: pd.DataFrame, service: str
) -> None:
    demand = result.town.demand
    people = demand.people["under_3"]
    of = ((table["group"] == "under_3") & (table["service"] == service)).to_numpy()
    shown = suppression.cells_shown("under_3")
    assert not is_small(people[shown], BELOW).any()
    known = [np.eye(len(demand))[shown]]
    for row, hidden in zip(table[of].itertuples(), suppression.hidden.cells[of], strict=True):
        where = np.ones(len(demand), dtype=bool)
        if row.level != "area":
            level = result.town.area.level(row.level)
            assert level is not None
            where = demand.place[row.level] == level.ids.index(row.unit_id)
        within = replace(
            result.situation_of(row.state).coverage[service], limit_ms=int(row.limit_min * 60_000)
        )
        sets = {
            "people": where,
            "covered": where & within.covered,
            "backup": where & within.backup,
            "unserved": where & within.reachable & ~within.covered,
            "unreachable": where & ~within.reachable,
        }
        known += [
            sets[count][None].astype(float)
            for n, count in enumerate(COUNTS)
            if not hidden[n]
        ]  # fmt: skip
    _, size, basis = np.linalg.svd(np.unique(np.concatenate(known), axis=0), full_matrices=False)
    inside = basis[size > 1e-9]
    told = (inside**2).sum(axis=0) > 1 - 1e-9
    assert not (told & is_small(people, BELOW)).any()


def test_sheets_cannot_be_published_and_one_is_no_limit(
    sample_folder: Path, tmp_path: Path, planning_cli: Any
) -> None:
    study = sample_folder / "study.yaml"
    both = planning_cli("run", study, "--out", tmp_path, "--sheets", "--suppress-below", 5)
    assert both.code == 2 and "图集" in both.err and "sheets" in both.err
    assert planning_cli("assess", study, "--out", tmp_path, "--suppress-below", 1).code != 0
    assert list(tmp_path.iterdir()) == []
