"""The study file: unknown keys are refused by name and line, scenarios override, nothing drifts."""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from planning.errors import StudyError
from planning.inputs.study_file import read_study
from planning.study import Study

ROOT = Path(__file__).resolve().parents[1]
STUDIES = sorted((ROOT / "scripts" / "studies").glob("*.yaml"))
# The smallest study there is: 12 lines.
SMALLEST = """\
name: small
area:
  box: [104.98, 30.59, 105.02, 30.61]
network: {path: roads.osm.pbf}
population:
  path: people.tif
  unit: persons
services:
  nursery:
    label: 托育服务
    limit_min: 15
    functions: [nursery]
"""

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write the smallest study with lines added at its end and one piece replaced."""

    def call(add: str = "", old: str = "", new: str = "") -> Path:
        assert not old or SMALLEST.count(old) == 1, old
        path = tmp_path / "mine.yaml"
        path.write_text((SMALLEST.replace(old, new) if old else SMALLEST) + add, encoding="utf-8")
        return path

    return call


def faults_of(path: Path, scenario: str | None = None) -> list[str]:
    """The English lines of a study that is refused."""
    with pytest.raises(StudyError) as error:
        read_study(path, scenario)
    lines = str(error.value).splitlines()
    assert len(lines) == 2 * len(error.value.faults)
    return lines[1::2]


# --- unknown keys ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("added", "where", "key", "nearest"),
    [
        ("candidate: 1\n", "mine.yaml:13 candidate", "candidate", "candidates"),
        ("    limit_minutes: 9\n", "mine.yaml:13 services.nursery.", "limit_minutes", "limit_min"),
        ("siting: {timelimit_s: 5}\n", "mine.yaml:13 siting.", "timelimit_s", "time_limit_s"),
        ("standards:\n  profil: a\n", "mine.yaml:14 standards.", "profil", "profile"),
        (
            "    build:\n      x:\n"
            "        source: x\n        min_floor_m2: 1\n        min_floor: 2\n",
            "mine.yaml:17 services.nursery.build.x.",
            "min_floor",
            "min_floor_m2",
        ),
        (
            "groups:\n  old: {label: x, count: 1, of: 5, source: x, sorce: y}\n",
            "mine.yaml:14 groups.old.",
            "sorce",
            "source",
        ),
        (
            "residential_areas:\n  path: a.gpkg\n  column: {id: x}\n",
            "mine.yaml:15 residential_areas.",
            "column",
            "columns",
        ),
    ],
)
def test_an_unknown_key_is_named_with_its_line_and_the_nearest_known(
    write: Write, added: str, where: str, key: str, nearest: str
) -> None:
    (fault,) = faults_of(write(added))
    assert fault.startswith(where)
    assert f"found unknown key '{key}'" in fault
    assert f"expected '{nearest}'" in fault


def test_an_unknown_key_far_from_all_lists_what_is_known(write: Write) -> None:
    (fault,) = faults_of(write("siting:\n  zzz: 1\n"))
    assert fault.startswith("mine.yaml:14 siting.zzz: found unknown key 'zzz'")
    known = "aims, budget_yuan, budgets_yuan, forbidden, gap, picked, required, seed, "
    assert f"{known}time_limit_s, years" in fault


def test_a_key_at_the_wrong_level_is_refused(write: Write) -> None:
    (fault,) = faults_of(write("goals: {SC-2021-57/2.3/circle-15min: 0.9}\n"))
    assert fault.startswith("mine.yaml:13 goals: found unknown key 'goals'")
    assert "expected it under standards" in fault


def test_a_key_that_stands_too_high_is_told_where_it_belongs(write: Write) -> None:
    table = "{label: 户, source: a, table: {path: h.csv}, columns: {people: n}}"
    (fault,) = faults_of(write(f"groups:\n  households: {table}\n"))
    assert "unknown key 'columns'; expected it under table" in fault
    (fault,) = faults_of(write("year: 2020\n"))
    assert "expected it under population or projection or standards" in fault


def test_a_number_that_is_meant_as_text_is_to_stand_in_quotes(write: Write) -> None:
    group = "{label: 机构, count: 3, of: 100, source: 9073}"
    (fault,) = faults_of(write(f"groups:\n  g: {group}\n"))
    assert "found '9073'" in fault and "stand in quotes" in fault


# --- every fault at once --------------------------------------------------------------------


def test_several_faults_are_listed_at_once(write: Write) -> None:
    faults = faults_of(
        write("nmae: x\nsiting: {gap: -1, seed: 1.5}\n", "  unit: persons\n", "  uni: persons\n")
    )
    at = {fault.split(": found")[0] for fault in faults}
    assert at == {
        "mine.yaml:5 population.unit",
        "mine.yaml:7 population.uni",
        "mine.yaml:13 nmae",
        "mine.yaml:14 siting.gap",
        "mine.yaml:14 siting.seed",
    }


def test_a_missing_key_is_named(write: Write) -> None:
    (fault,) = faults_of(write("", "name: small\n"))
    assert fault.startswith("mine.yaml name: found nothing; expected this key")


def test_several_contradictions_are_listed_at_once(write: Write) -> None:
    faults = faults_of(
        write(
            "    group: nobody\n"
            "candidates: {path: a.csv}\n"
            "made_candidates: {spacing_m: 9, floor_m2: 9, yuan_per_m2: 9, fixed_yuan: 9,\n"
            "  services: [nursery], source: x}\n",
            "  box: [104.98, 30.59, 105.02, 30.61]\n",
            "  name: nowhere\n",
        )
    )
    said = "\n".join(faults)
    assert len(faults) == 3
    assert "made_candidates.services: found 'nursery'; expected a service with a build" in said
    assert "area: found none; expected exactly one of units, boundary, box" in said
    assert "services.nursery.group: found 'nobody'; expected one of total" in said


def test_every_fault_comes_in_two_languages(write: Write) -> None:
    with pytest.raises(StudyError) as error:
        read_study(write("siting: {gap: -1}\n"))
    zh, en = str(error.value).splitlines()
    assert zh.startswith("mine.yaml:13 siting.gap：发现 ")
    assert "；应为 " in zh and "；请" in zh
    assert en.startswith("mine.yaml:13 siting.gap: found ")
    assert "; expected " in en


# --- scenarios ------------------------------------------------------------------------------

SCENARIOS = """\
    group: total
    bands_min: [5, 10, 15]
scenarios:
  slow:
    title: 慢
    network: {speed_m_s: 0.8}
    services: {nursery: {limit_min: 10, bands_min: [3]}}
  without: {siting: null}
"""


def test_a_scenario_is_merged_deeply(write: Write) -> None:
    base, slow = read_study(write(SCENARIOS)), read_study(write(SCENARIOS), "slow")
    assert slow.title == "慢"
    assert slow.network.speed_m_s == 0.8
    assert slow.network.path == base.network.path == "roads.osm.pbf"
    assert slow.services["nursery"].limit_min == 10
    assert slow.services["nursery"].label == base.services["nursery"].label == "托育服务"
    assert slow.services["nursery"].bands_min == (3,)  # a list is replaced, not merged
    assert slow.population == base.population


def test_a_scenario_leaves_the_base_untouched(write: Write) -> None:
    path = write(SCENARIOS)
    text = path.read_bytes()
    base = read_study(path)
    before = base.model_dump()
    read_study(path, "slow")
    assert base.model_dump() == before
    assert read_study(path) == base
    assert (base.title, base.network.speed_m_s) == ("", None)
    assert base.services["nursery"].limit_min == 15
    assert path.read_bytes() == text


def test_a_scenario_may_take_something_away(write: Write) -> None:
    assert read_study(write(SCENARIOS)).siting is not None
    assert read_study(write(SCENARIOS), "without").siting is None


def test_a_scenario_that_is_not_there_is_answered_with_those_that_are(write: Write) -> None:
    (fault,) = faults_of(write(SCENARIOS), "fast")
    assert "no scenario 'fast'" in fault
    assert "slow, without" in fault
    (fault,) = faults_of(write(), "fast")
    assert "no scenario 'fast'" in fault


def built_by_a_scenario(name: str) -> str:
    return (
        "scenarios:\n  s:\n    services:\n      nursery:\n        build:\n"
        f"          '{name}': {{min_floor_m2: 200, floor_m2_per_place: 10, source: 示意}}\n"
    )


def test_a_wrong_name_in_a_scenario_is_told_and_the_scenario_not_denied(write: Write) -> None:
    for scenario in (None, "s"):
        (fault,) = faults_of(write(built_by_a_scenario("a/b")), scenario)
        assert "scenarios.s.services.nursery.build.a/b: found 'a/b'" in fault
        assert "Chinese characters" in fault and "[key]" not in fault


@pytest.mark.parametrize("name", ["日间照料", "老幼综合体（大）", "day_care", "2号"])
def test_kinds_of_facility_may_have_chinese_names(write: Write, name: str) -> None:
    study = read_study(write(built_by_a_scenario(name)), "s")
    assert name in study.services["nursery"].build


def test_a_wrong_value_in_a_scenario_is_found_on_its_own_line(write: Write) -> None:
    path = write(SCENARIOS.replace("speed_m_s: 0.8", "speed_m_s: -0.8"))
    (fault,) = faults_of(path, "slow")
    assert fault.startswith("mine.yaml:18 ")
    assert "network.speed_m_s: found '-0.8'" in fault


# --- YAML 1.2 -------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["no", "yes", "on", "off", "12:30", "1e", "0x", "2025年", "~x"])
def test_words_stay_the_words_they_are(write: Write, word: str) -> None:
    assert read_study(write(f"title: {word}\n")).title == word


def test_a_number_with_a_leading_zero_is_no_octal(write: Write) -> None:
    study = read_study(write("", "unit: persons\n", "unit: persons\n  official_total: 0571\n"))
    assert study.population.official_total == 571


def test_an_id_with_a_leading_zero_is_not_turned_into_a_number(write: Write) -> None:
    area = "  box: [104.98, 30.59, 105.02, 30.61]\n"
    quoted = write("", area, area + "  empty_units: ['0571']\n")
    assert read_study(quoted).area.empty_units == ("0571",)
    (fault,) = faults_of(write("", area, area + "  empty_units: [0571]\n"))
    assert fault.startswith("mine.yaml:4 area.empty_units.0: found ")


def test_a_byte_order_mark_and_windows_line_ends_are_no_fault(write: Write) -> None:
    plain = write("title: 新禾\n")
    study = read_study(plain)
    plain.write_bytes(plain.read_text(encoding="utf-8").replace("\n", "\r\n").encode("utf-8-sig"))
    assert b"\r\n" in plain.read_bytes()
    assert read_study(plain) == study


# --- exact, frozen, documented --------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "share"),
    [
        ("0.55", Fraction(11, 20)),
        ("0.9", Fraction(9, 10)),
        ("'0.55'", Fraction(11, 20)),
        ("0.1", Fraction(1, 10)),
        ("1", Fraction(1)),
        ("0", Fraction(0)),
        ("9.0e-1", Fraction(9, 10)),
    ],
)
def test_a_share_is_what_is_written(write: Write, said: str, share: Fraction) -> None:
    study = read_study(write(f"standards: {{goals: {{a: {said}}}}}\n"))
    assert study.standards.goals == {"a": share}
    assert isinstance(study.standards.goals["a"], Fraction)


@pytest.mark.parametrize("said", ["1.01", "-0.1", "90%", ".nan", ".inf", "1/0", "true"])
def test_a_share_that_is_none_is_refused(write: Write, said: str) -> None:
    (fault,) = faults_of(write(f"standards: {{goals: {{a: {said}}}}}\n"))
    assert fault.startswith("mine.yaml:13 standards.goals.a: found ")


def test_a_study_is_frozen(write: Write) -> None:
    study = read_study(write())
    with pytest.raises(ValidationError, match="frozen"):
        study.name = "other"
    with pytest.raises(ValidationError, match="frozen"):
        study.network.speed_m_s = 2.0
    with pytest.raises(ValidationError, match="frozen"):
        study.services["nursery"].limit_min = 30.0
    assert (study.name, study.network.speed_m_s) == ("small", None)


def test_what_is_not_said_has_the_documented_default(write: Write) -> None:
    study = read_study(write())
    assert study.network.profile == "elder"
    assert study.network.max_snap_m == 300
    assert study.services["nursery"].limit_min == 15
    assert study.services["nursery"].group == "total"
    assert study.standards.profile == "sichuan-2021-57"
    assert study.siting is not None and study.siting.seed == 0


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_the_studies_we_ship_are_valid_with_every_scenario(path: Path) -> None:
    study = read_study(path)
    assert study.name == path.stem
    for scenario in study.scenarios:
        assert read_study(path, scenario) != study


def test_there_are_studies_to_test() -> None:
    assert {path.stem for path in STUDIES} >= {"sample", "helsinki", "hongkong-island", "huangpu"}


def test_the_sample_study_is_the_one_the_sample_writes(sample_folder: Path) -> None:
    shipped = ROOT / "scripts" / "studies" / "sample.yaml"
    assert shipped.read_bytes() == (sample_folder / "study.yaml").read_bytes()


# --- the JSON Schema ------------------------------------------------------------------------


def models(kind: Any) -> Iterator[type[BaseModel]]:
    """Every model a type is made of."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
        for field in kind.model_fields.values():
            yield from models(field.annotation)
    elif isinstance(kind, types.UnionType) or typing.get_origin(kind) is not None:
        for part in typing.get_args(kind):
            yield from models(part)


def objects(schema: Any) -> Iterator[dict[str, Any]]:
    """Every mapping inside a schema, itself first."""
    if isinstance(schema, dict):
        yield schema
    for part in schema.values() if isinstance(schema, dict) else schema:
        if isinstance(part, dict | list):
            yield from objects(part)


@pytest.fixture
def schema(planning_cli: Callable[..., Any]) -> dict[str, Any]:
    done = planning_cli("schema")
    assert (done.code, done.err) == (0, "")
    printed: dict[str, Any] = json.loads(done.out)
    return printed


def test_the_schema_has_every_field_and_forbids_all_others(schema: dict[str, Any]) -> None:
    found = {model.__name__: model for model in models(Study)}
    assert {"Study", "AreaSpec", "Layer", "BuildSpec", "SitingSpec"} <= set(found)
    for name, model in found.items():
        part = schema if name == "Study" else schema["$defs"][name]
        assert set(part["properties"]) == set(model.model_fields), name
        assert part["additionalProperties"] is False, name
        needed = {key for key, field in model.model_fields.items() if field.is_required()}
        assert set(part.get("required", [])) == needed, name


def test_the_schema_is_json_schema(schema: dict[str, Any]) -> None:
    kinds = {"object", "array", "string", "number", "integer", "boolean", "null"}
    parts = list(objects(schema))
    refs = [part["$ref"] for part in parts if isinstance(part.get("$ref"), str)]
    assert refs
    for ref in refs:
        assert ref.startswith("#/$defs/") and ref.removeprefix("#/$defs/") in schema["$defs"]
    stated = [part["type"] for part in parts if isinstance(part.get("type"), str)]
    assert set(stated) <= kinds
    assert schema["type"] == "object"
    for part in parts:
        if part.get("type") == "array":
            assert "items" in part or "prefixItems" in part


def test_the_schema_says_what_a_share_and_a_unit_are(schema: dict[str, Any]) -> None:
    goals = schema["$defs"]["StandardsSpec"]["properties"]["goals"]["additionalProperties"]
    assert (goals["type"], goals["minimum"], goals["maximum"]) == ("number", 0, 1)
    assert schema["$defs"]["PopulationSpec"]["properties"]["unit"]["enum"][0] == "persons"
