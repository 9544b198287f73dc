"""The source classes say what the documents say, and no clause is invented."""

import re
from pathlib import Path

import pytest

from planning.inputs.vocabulary import vocabulary
from planning.standards.source_classes import source_classes

CLASSES = source_classes()


@pytest.fixture(scope="module")
def catalogue(shared_data: Path) -> dict[str, str]:
    """Every item of the standards' catalogue that is a source of candidates or of land."""
    file = shared_data.parent / "standards" / "STANDARDS.md"
    if not file.exists():
        pytest.skip("no catalogue of the standards beside the data")
    text = file.read_text(encoding="utf-8")
    found = re.findall(r"\*\*([A-Z]{2}-[^*]+)\*\* – (candidate-source|other:land-supply)(.*)", text)
    return {clause: kind for clause, kind, _ in found}


def test_every_clause_that_is_cited_stands_in_the_catalogue(catalogue: dict[str, str]) -> None:
    cited = {clause for found in CLASSES.classes for said in found.may.values() for clause in said}
    assert cited <= set(catalogue)


# Items about how premises are had, not which: modes, priority, renewal, anchors, upgrades.
ABOUT_MODES = re.compile(
    r"acquire-modes|non-independent|renewal|central-fill|built-areas-fix|public-property-first"
    r"|chc-beds|upgrade|control-plan|relaxed|site-locations|A2\."
)


def test_every_source_in_the_catalogue_belongs_to_a_class(catalogue: dict[str, str]) -> None:
    cited = {clause for found in CLASSES.classes for said in found.may.values() for clause in said}
    left = {clause for clause in set(catalogue) - cited if not ABOUT_MODES.search(clause)}
    assert left == set()


def test_a_word_means_one_class() -> None:
    words = [word for found in CLASSES.classes for word in found.words]
    assert len(words) == len(set(words))
    assert len({found.id for found in CLASSES.classes}) == len(CLASSES.classes) == 17


def test_services_are_those_of_registers() -> None:
    known = set(vocabulary()["services"].values())
    assert {name for names in CLASSES.kinds.values() for name in names} <= known


@pytest.mark.parametrize(
    ("word", "services"),
    [
        ("空置公租房", {"elder_care", "meals"}),
        ("幼儿园", {"nursery"}),
        ("培训疗养机构", {"elder_care", "meals"}),
        ("商业服务用地", {"elder_care", "meals", "nursery"}),
        ("产业园区", {"nursery"}),
    ],
)
def test_what_a_source_may_host(word: str, services: set[str]) -> None:
    found = CLASSES.of_word(word)
    assert found is not None
    assert CLASSES.services(found) == services


def test_an_unknown_word_is_no_class() -> None:
    assert CLASSES.of_word("月球") is None
