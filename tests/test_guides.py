"""The pages for a first reader say what the program says: commands are run, figures recomputed."""

import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from write_concepts import EXAMPLES, Sample, page_with_examples, sample_run

DOCS = Path(__file__).resolve().parents[1] / "docs"
HOUR = (DOCS / "first-hour.md").read_text(encoding="utf-8")
CONCEPTS = (DOCS / "concepts.md").read_text(encoding="utf-8")
GLOSSARY = (DOCS / "glossary.md").read_text(encoding="utf-8")


def told(text: str) -> Iterator[tuple[list[str], list[str]]]:
    """Every command of a page, as words, with the lines that it is to print."""
    for block in re.findall(r"^```console\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL):
        command, *lines = block.splitlines()
        words = shlex.split(command.removeprefix("$ "))
        yield (
            words[2:] if words[:2] == ["python3", "run.py"] else words[1:],
            [line for line in lines if line != "…"],
        )


def squeezed(text: str) -> str:
    """Text without blanks: tables are laid out by the width of the window."""
    return re.sub(r"\s+", "", text)


def first_untold(lines: list[str], output: str) -> str | None:
    """The first line that the output does not have, in the order given; None where it has all."""
    rest = squeezed(output)
    for line in lines:
        _, found, rest = rest.partition(squeezed(line))
        if not found:
            return line
    return None


def figures(text: str) -> set[str]:
    """Figures of the sentences of a page: what stands in code is checked as code."""
    prose = re.sub(r"^```.*?^```|`[^`]*`", "", text, flags=re.MULTILINE | re.DOTALL)
    return {one for one in re.findall(r"\d[\d,.]*%?", prose) if len(one) > 3}


def test_the_first_hour_prints_what_the_page_says(
    planning_cli: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    printed = ""
    commands = list(told(HOUR))
    assert [words[0] for words, _ in commands] == [
        "demo", "check", "assess", "standards", "run", "compare",
    ]  # fmt: skip
    for words, lines in commands:
        arguments = [
            found
            for word in words
            for found in (sorted(map(str, Path().glob(word))) if "*" in word else [word])
        ]
        done = planning_cli(*arguments)
        assert done.code == 0, done.err
        assert lines and first_untold(lines, done.out) is None, first_untold(lines, done.out)
        printed += done.out
    assert figures(HOUR) and {one for one in figures(HOUR) if one not in printed} == set()


def test_a_line_that_is_not_printed_is_found() -> None:
    assert first_untold(["one two", "three"], "one\n two 3\nthree") is None
    assert first_untold(["three", "one two"], "one\n two 3\nthree") == "one two"
    assert figures("自 46,312 人 `12,345`\n```\n99,999\n```\n占 56.0%") == {"46,312", "56.0%"}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return sample_run(tmp_path_factory.mktemp("concepts"))


def test_every_example_of_the_concepts_is_what_the_program_says(sample: Sample) -> None:
    assert page_with_examples(CONCEPTS, sample) == CONCEPTS, "run scripts/write_concepts.py"


def test_every_concept_has_an_example() -> None:
    sections = CONCEPTS.split("\n## ")[1:]
    assert len(sections) == len(EXAMPLES)
    for section in sections:
        (name,) = re.findall(r"<!-- (\w+): begin -->", section)
        assert name in EXAMPLES


# --- the glossary ---------------------------------------------------------------------------------


def terms() -> list[tuple[str, str]]:
    """Every entry: its head, and what is said of it."""
    (entries,) = re.findall(r"```{glossary}\n(.*?)```", GLOSSARY, flags=re.DOTALL)
    found = [entry.split("\n", 1) for entry in entries.strip().split("\n\n")]
    return [(head, said.strip()) for head, said in found]


def test_every_word_of_the_glossary_stands_in_both_languages_and_once() -> None:
    heads = [head for head, _ in terms()]
    assert len(heads) == len(set(heads)) > 40
    for head, said in terms():
        assert re.search(r"[\u3400-\u9fff]|^p-", head) and re.search(r"[A-Za-z]", head), head
        assert re.search(r"[\u3400-\u9fff]", said) and re.search(r"[A-Za-z]", said), said


def test_every_word_of_the_glossary_is_used_elsewhere() -> None:
    pages = "".join(
        path.read_text(encoding="utf-8") for path in DOCS.glob("*.md") if path.stem != "glossary"
    )
    for head, _ in terms():
        words = re.findall(r"[\u3400-\u9fff]+|p-中位", head)
        assert any(word in pages for word in words), head


def test_the_name_of_the_program_in_an_entry_is_one() -> None:
    """What stands in code in the glossary is a word of the reference or of a table."""
    known = "".join(
        (DOCS / name).read_text(encoding="utf-8")
        for name in ("reference/study-file.md", "results.md", "standards.md")
    )
    for name in re.findall(r"`(\w+)`", GLOSSARY):
        assert f"`{name}`" in known, name
