"""Whether a finding that a user asks about will be made: told before the walks, not after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from planning.area import RESIDENTIAL, StudyArea
from planning.errors import Fault, StudyError, raise_all
from planning.standards.alike import alike
from planning.standards.clauses import Clause
from planning.standards.evaluate import binding_levels
from planning.standards.profiles import Profile

_SHOWN = 5


def check_asked(
    asked: Sequence[tuple[str, str]],
    documents: Sequence[Profile],
    area: StudyArea,
    *,
    adopted: Mapping[str, Sequence[str]],
    year: int | None,
) -> None:
    """Raise StudyError for every pair (clause id, unit id or name) of which there is no finding.

    `documents` are those the study is held against; `adopted` and `year` are the study's levels and
    year, as in `binding_levels`. The nearest names are told. `evaluate.explain` finds what passes.
    """
    raise_all(
        StudyError,
        [
            fault
            for clause_id, unit in asked
            for fault in _faults(clause_id, unit, documents, area, adopted, year)
        ],
    )


def _faults(
    clause_id: str,
    unit: str,
    documents: Sequence[Profile],
    area: StudyArea,
    adopted: Mapping[str, Sequence[str]],
    year: int | None,
) -> Iterator[Fault]:
    having = [(p, c) for p in documents if (c := p.clause(clause_id)) is not None]
    if not having:
        known = [clause.id for profile in documents for clause in profile.clauses]
        yield _unknown("条文", "clause", clause_id, known)
        return
    known = []
    for profile, clause in having:
        levels = binding_levels(profile, adopted, year)[clause.id]
        known += _units(clause, {*levels, *clause.levels, *clause.benchmark_levels}, area)
    # The finding of a clause that meets no unit is nameless.
    if unit and unit not in known:
        yield _unknown("单元", "unit", unit, known, of=clause_id)


def _units(clause: Clause, levels: set[str], area: StudyArea) -> Iterator[str]:
    """Names and ids of the units in which a clause is judged."""
    for level in area.levels:
        if level.level in levels:
            for name, unit_id in zip(level.names, level.ids, strict=True):
                if not clause.applies.names or name in clause.applies.names:
                    yield from (name, unit_id)
    if RESIDENTIAL in levels and area.residential is not None:
        areas = area.residential
        for name, unit_id, status in zip(areas.names, areas.ids, areas.status, strict=True):
            if clause.applies.status in (None, status):
                yield from (name, unit_id)


def _unknown(zh: str, en: str, text: str, known: Sequence[str], *, of: str = "") -> Fault:
    names = list(dict.fromkeys(name for name in known if name))
    near = alike(text, names, n=_SHOWN) or names[:_SHOWN]
    of_zh, of_en = (f"条文“{of}”评判的", f" in which '{of}' is judged") if of else ("", "")
    such_zh = f"，如 {'、'.join(near)}" if near else "，但研究范围内没有"
    such_en = f", such as {', '.join(near)}" if near else ", of which this study has none"
    return Fault(
        where="--explain",
        found=(f"没有{zh}“{text}”", f"no {en} '{text}'"),
        expected=(
            f"{of_zh or '本次对照的'}{zh}{such_zh}",
            f"a {en}{of_en or ' of the documents held against'}{such_en}",
        ),
        to_do=(
            "改正参数；条文见 planning standards list，单元见规划单元图层",
            "mend the option; clauses: `planning standards list`, units: the layer of units",
        ),
    )
