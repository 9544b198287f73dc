"""How one finding came about, step by step: ``--explain CLAUSE UNIT``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from planning.provenance import Source
    from planning.result import StudyResult, Town
    from planning.standards import Clause, Finding, Profile
    from planning.standards.measures import Trail

_PEOPLE = ("population", "ages", "groups", "projection")
_SOURCES: dict[str, tuple[tuple[str, str], tuple[str, ...]]] = {
    "area": (("单元", "units"), ("area", "residential_areas")),
    "people": (("人口", "people"), _PEOPLE),
    "facilities": (("设施台账", "register of facilities"), ("facilities",)),
    "network": (("路网", "streets"), ("network",)),
    "candidates": (("候选点", "candidates"), ("candidates", "made_candidates")),
    "figures": (("统计填报", "figures typed in"), ("standards.figures",)),
}
"""What a finding may hang on, and the places of a study that give it."""

_WITHOUT: dict[str, tuple[str, ...]] = {
    "network": ("travel_time_coverage", "closure"),
    "candidates": ("candidates", "exposure"),
    "figures": ("typed_in", "budget", "enrolment"),
}
"""Inputs that only these measures look at."""


def print_explained(result: StudyResult, asked: Sequence[tuple[str, str]]) -> None:
    """Every finding asked about, with its steps and the inputs it hangs on."""
    from planning.standards.profiles import VIA_WORDS

    for clause_id, unit in asked:
        profile, finding, trail = explained(result, clause_id, unit)
        clause = _clause(profile, clause_id)
        where = f"{finding.unit_name or finding.unit_id or finding.level}（{finding.level}）"
        typer.echo(f"\n{clause.title_zh} / {clause.title_en}\n{clause.id} · {where}")
        via_zh, via_en = VIA_WORDS[finding.via]
        typer.echo(
            f"{finding.document} · 按 {finding.profile} 考核，{via_zh} "
            f"held against {finding.profile}, {via_en}"
        )
        for number, (zh, en) in enumerate(trail.steps, 1):
            typer.echo(f"{number:>3}. {zh}")
            if not en.endswith(zh.partition("：")[2]):
                typer.echo(f"     {en}")
        typer.echo("  依据的数据 inputs")
        for zh, en, source in _sources(result.town, clause):
            digest = source.sha256[:10]
            typer.echo(f"    {zh} {en} · {source.key}: {source.name} [sha256 {digest}]")


def explained_json(result: StudyResult, asked: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    """The same for machines."""
    found = []
    for clause_id, unit in asked:
        profile, finding, trail = explained(result, clause_id, unit)
        sources = _sources(result.town, _clause(profile, clause_id))
        found.append(
            {
                "profile": finding.profile,
                "clause_id": clause_id,
                "level": finding.level,
                "unit_id": finding.unit_id,
                "verdict": finding.verdict,
                "steps": [{"zh": zh, "en": en} for zh, en in trail.steps],
                "inputs": [
                    {"key": source.key, "name": source.name, "sha256": source.sha256}
                    for _, _, source in sources
                ],
            }
        )
    return found


def explained(result: StudyResult, clause_id: str, unit: str) -> tuple[Profile, Finding, Trail]:
    """One finding judged again, under the study's own document or the first that has the clause.

    `unit` is an id or a name; that there is such a finding was checked before the run.
    """
    from planning.standards import binding_levels, explain

    town, spec = result.town, result.town.study.standards
    documents = [town.profile, *(p for p in town.documents if p is not town.profile)]
    for profile in documents:
        levels = binding_levels(profile, spec.levels, spec.year)
        found = explain(profile, result.situation, clause_id, unit, levels)
        if found is not None:
            return profile, *found
    raise AssertionError((clause_id, unit))


def _clause(profile: Profile, clause_id: str) -> Clause:
    clause = profile.clause(clause_id)
    assert clause is not None
    return clause


def _sources(town: Town, clause: Clause) -> Iterator[tuple[str, str, Source]]:
    """The inputs that a clause's findings hang on."""
    for name, ((zh, en), keys) in _SOURCES.items():
        if clause.measure.kind not in _WITHOUT.get(name, (clause.measure.kind,)):
            continue
        for source in town.sources:
            if source.key in keys or source.key.startswith(tuple(f"{key}." for key in keys)):
                yield zh, en, source
