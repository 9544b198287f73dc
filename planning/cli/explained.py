"""How one finding came about, step by step: ``--explain CLAUSE UNIT``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from planning.errors import PlanningError
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

    `unit` is an id or a name. Raises StudyError, with what comes near, where there is none such.
    """
    from planning.standards import binding_levels, explain

    town = result.town
    documents = [town.profile, *(p for p in town.documents if p is not town.profile)]
    having = [profile for profile in documents if profile.clause(clause_id) is not None]
    if not having:
        known = [clause.id for profile in documents for clause in profile.clauses]
        raise _unknown("条文", "clause", clause_id, list(dict.fromkeys(known)))
    spec = town.study.standards
    for profile in having:
        levels = binding_levels(profile, spec.levels, spec.year)
        found = explain(profile, result.situation, clause_id, unit, levels)
        if found is not None:
            return profile, *found
    judged = [f for f in result.findings_of(having[0]) if f.clause_id == clause_id]
    known = [text for f in judged for text in (f.unit_name, f.unit_id) if text]
    raise _unknown("单元", "unit", unit, list(dict.fromkeys(known)))


def _clause(profile: Profile, clause_id: str) -> Clause:
    clause = profile.clause(clause_id)
    assert clause is not None
    return clause


def _unknown(zh: str, en: str, text: str, known: list[str]) -> PlanningError:
    from planning.errors import StudyError, fail
    from planning.standards.alike import alike

    near = alike(text, known) or known[:5]
    return fail(
        StudyError,
        "--explain",
        found=(f"没有{zh}“{text}”的结论", f"no finding of a {en} '{text}'"),
        expected=(
            f"本次体检有结论的{zh}，如 {'、'.join(near)}",
            f"a {en} that was judged, such as {', '.join(near)}",
        ),
        to_do=("改正参数，全部见 scorecard.csv", "mend the option; scorecard.csv lists all"),
    )


def _sources(town: Town, clause: Clause) -> Iterator[tuple[str, str, Source]]:
    """The inputs that a clause's findings hang on."""
    for name, ((zh, en), keys) in _SOURCES.items():
        if clause.measure.kind not in _WITHOUT.get(name, (clause.measure.kind,)):
            continue
        for source in town.sources:
            if source.key in keys or source.key.startswith(tuple(f"{key}." for key in keys)):
                yield zh, en, source
