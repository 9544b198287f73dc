"""Everything a user may write, call or be told stands in the reference, as the program has it."""

import ast
import importlib.util
import re
from pathlib import Path
from typing import Any, get_args

import pytest
import typer
from command_reference import EXIT_WORDS, VARIABLES
from documented import (
    missing,
    page,
    undocumented_clauses,
    undocumented_errors,
    undocumented_keys,
    undocumented_measures,
    undocumented_words,
)
from error_reference import WHEN, classes
from pydantic import Field
from study_reference import CALLED, keys, parts
from write_reference import FOLDER, PAGES

import planning
from planning.cli.exit_code import Exit
from planning.errors import InputError
from planning.standards import load_standard, standards_in_library
from planning.standards.asks import Ask
from planning.standards.measure_words import MEASURE_WORDS
from planning.study import Study

CHINESE = re.compile(r"[\u3400-\u9fff]")
KINDS = [get_args(cls.model_fields["kind"].annotation)[0] for cls in get_args(get_args(Ask)[0])]
STANDARDS = [load_standard(name) for name in standards_in_library()]


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_is_what_the_script_writes(name: str) -> None:
    assert PAGES[name]() == page(f"reference/{name}"), "run scripts/write_reference.py"


def test_there_is_no_page_besides() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(PAGES)


# --- the study ------------------------------------------------------------------------------------


def test_every_key_of_a_study_is_documented() -> None:
    assert undocumented_keys() == []


def test_a_key_that_nobody_documented_is_found() -> None:
    class Studied(Study):
        made_up: int = Field(default=0)

    assert ("Studied", "made_up") in list(keys(Studied))
    named = [("Study", key) for part, key in keys(Studied) if part == "Studied"]
    assert missing(named, page("reference/study-file")) == [("Study", "made_up")]


@pytest.mark.parametrize("part", parts(), ids=lambda part: part.__name__)
def test_every_key_is_described_in_both_languages(part: Any) -> None:
    for key, field in part.model_fields.items():
        said = field.description or ""
        symbols = re.fullmatch(r".*\bσ.*|.*\bτ.*|power β.*", said)
        assert symbols or CHINESE.search(said), (part.__name__, key, said)
        assert re.search(r"[A-Za-z]{1,}", said), (part.__name__, key, said)


def test_every_part_of_a_study_has_a_name_and_no_name_is_left_over() -> None:
    assert {part.__name__ for part in parts()} == set(CALLED)


def test_the_places_of_a_part_are_all_listed() -> None:
    text = page("reference/study-file")
    layer = text.split("## 图层 Layer")[1].split("\n\n")[1]
    assert "`area.units`" in layer and "`network.gates`" in layer
    assert "`services.*.build.*`" in text and "`what_if.added[]`" in text


# --- the command line -----------------------------------------------------------------------------


def test_every_option_of_every_command_is_documented() -> None:
    assert undocumented_words() == []


def test_an_option_or_command_that_nobody_documented_is_found() -> None:
    commands = typer.Typer(name="planning")

    @commands.command()
    def schema(made_up: bool = False) -> None:
        """A command there is, with an option there is not."""

    @commands.command()
    def made(quiet: bool = False) -> None:
        """A command there is not."""

    found = [(name, word.partition(" ")[0]) for name, word in undocumented_words(commands)]
    assert ("planning schema", "--made-up") in found
    assert ("planning made", "--quiet") in found


def test_every_option_is_said_in_both_languages() -> None:
    text = page("reference/commands").split("\n## planning ", 1)[1]
    rows = re.findall(r"^\| `(.*)` \| .* \| (.*) \|$", text, re.MULTILINE)
    assert len(rows) > 100
    for given, said in rows:
        assert CHINESE.search(said) and re.search(r"[A-Za-z]", said), (given, said)


def test_every_exit_code_has_its_words() -> None:
    assert set(EXIT_WORDS) == {code.name for code in Exit}


def test_every_variable_of_the_environment_is_documented() -> None:
    """Those under names of our own, or of a vendor; PROJ, GDAL and the system have theirs."""
    root = Path(planning.__file__).parent
    named = set()
    for path in root.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                named |= set(re.findall(r"^(?:PLANNING|TIANDITU)_[A-Z_]+$", node.value))
    assert named == set(VARIABLES)


# --- errors, measures, clauses --------------------------------------------------------------------


def test_every_error_is_documented() -> None:
    assert undocumented_errors() == []
    assert {one.__name__ for one in classes()} == set(WHEN)


def test_an_error_that_nobody_documented_is_found() -> None:
    class MadeUpError(InputError):
        """An error there is not."""

    assert undocumented_errors(MadeUpError) == [("Classes", "MadeUpError")]


def test_every_measure_is_documented() -> None:
    assert set(KINDS) == set(MEASURE_WORDS)
    assert undocumented_measures(KINDS) == []
    assert undocumented_measures([*KINDS, "made_up"]) == [("", "made_up")]


def test_every_module_of_measures_belongs_to_a_kind_or_serves_them() -> None:
    shared = {"areas", "case", "candidate_classes", "closure", "co_location", "typed_in"}
    folder = importlib.util.find_spec("planning.standards.measures")
    assert folder is not None and folder.submodule_search_locations
    modules = {path.stem for path in Path(folder.submodule_search_locations[0]).glob("*.py")}
    assert modules - {"__init__"} <= set(KINDS) | shared


@pytest.mark.parametrize("standard", STANDARDS, ids=lambda one: one.short)
def test_every_clause_is_documented(standard: Any) -> None:
    assert undocumented_clauses(standard) == []
    clause = standard.clauses[0]
    made = standard.model_construct(
        **{**dict(standard), "clauses": (clause.model_copy(update={"id": "X-1/made-up"}),)}
    )
    assert undocumented_clauses(made) == ["X-1/made-up"]
