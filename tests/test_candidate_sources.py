"""The study's document is held against the sources of its candidates, tiers against words."""

import re
from pathlib import Path

import numpy as np
import pytest

from planning.facilities import Candidates
from planning.inputs.source_remarks import sources_not_named
from planning.standards import load_standard, profile_of
from planning.standards.source_classes import source_classes

SICHUAN = profile_of([load_standard("sichuan-2021-57")])
ELDER, NURSERY = frozenset({"elder_care"}), frozenset({"nursery"})


def candidates(*found: tuple[str, frozenset[str]]) -> Candidates:
    n, zero = len(found), np.zeros(len(found))
    return Candidates(
        ids=tuple(map(str, range(n))),
        source_classes=tuple(word for word, _ in found),
        services=tuple(services for _, services in found),
        x_m=zero, y_m=zero, floor_m2=zero, land_m2=zero, yuan_per_m2=zero, fixed_yuan=zero,
        assumed=(frozenset(),) * n, place={},
    )  # fmt: skip


def test_what_the_document_names_is_not_remarked_on() -> None:
    named = candidates(
        ("新供地块", ELDER | NURSERY), ("公租房", ELDER), ("幼儿园", NURSERY), ("国企房屋", ELDER),
        ("游轮", ELDER), ("程序生成的街边点（假定） made along the streets (assumed)", ELDER),
    )  # fmt: skip
    assert list(sources_not_named(named, SICHUAN)) == []


def test_what_only_other_documents_name_is_counted_by_class_and_kind() -> None:
    """Sichuan's text has neither 厂房 nor 社区闲置房屋; Chengdu's, Guizhou's and Jiangsu's do."""
    found = candidates(
        ("厂房", ELDER), ("老旧厂房", ELDER | NURSERY), ("社区用房", NURSERY), ("幼儿园", NURSERY)
    )
    factory, rooms = sources_not_named(found, SICHUAN)
    assert factory.zh == (
        "川办发〔2021〕57号没有提到来源“厂房”（养老 2 处、托育 1 处），按别处文件计："
        "CD-YLYX/3.8.10/industrial-commercial、JS-2021-75/3.11/stock-buildings；采用前请核对本地依据"
    )
    assert "does not name idle premises and community rooms (nurseries at 1)" in rooms.en


def test_a_document_that_takes_over_clauses_of_another_takes_over_its_sources() -> None:
    factory = candidates(("厂房", ELDER))
    own, jiangsu = SICHUAN.standard, load_standard("jiangsu-2021-75")
    both = own.model_copy(update={"clauses": (own.clauses[0], jiangsu.clauses[0])})
    assert list(sources_not_named(factory, profile_of([both]))) == []
    assert len(list(sources_not_named(factory, SICHUAN))) == 1


def test_a_city_names_what_its_province_names() -> None:
    """Chengdu inherits Sichuan's stock of land; what neither names stays remarked on."""
    chengdu = load_standard("chengdu-yilao")
    inherited = profile_of([chengdu, SICHUAN.standard])
    public_rental = candidates(("公租房", ELDER))
    assert len(list(sources_not_named(public_rental, profile_of([chengdu])))) == 1
    assert list(sources_not_named(public_rental, inherited)) == []


# What a document's sentence must say for a class to be of a tier.
EVIDENCE = {
    "free": r"免费",
    "public": r"国企|国有|社区综合服务设施|被撤并乡镇|党政机关|村集体|公建",
    "own": r"幼儿园|学前教育机构|医疗卫生机构|卫生服务|妇幼保健|医院|用人单位|园区|企事业单位",
}


@pytest.fixture(scope="module")
def quotes(shared_data: Path) -> dict[str, str]:
    file = shared_data.parent / "standards" / "STANDARDS.md"
    if not file.exists():
        pytest.skip("no catalogue of the standards beside the data")
    found = re.findall(r"\*\*([A-Z]{2}-[^*]+)\*\* – .*\n[^“\n]*“(.*)” ·", file.read_text("utf-8"))
    return dict(found)


def test_every_cost_tier_rests_on_the_words_of_a_clause(quotes: dict[str, str]) -> None:
    for found in source_classes().classes:
        said = [quotes[clause] for clauses in found.may.values() for clause in clauses]
        if found.premises in EVIDENCE:
            assert any(re.search(EVIDENCE[found.premises], quote) for quote in said), found.id
        free = [re.search("免费", quote) for quote in said]
        assert any(free) == (found.premises == "free"), found.id
