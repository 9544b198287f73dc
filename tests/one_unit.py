"""A county of one point and what stands in it, to hold one clause against."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import shapely

from planning.access import Coverage
from planning.area import StudyArea, UnitLevel
from planning.demand import Demand
from planning.facilities import Facilities
from planning.standards import Clause, Finding, Situation, Standard, Walk, evaluate, profile_of
from planning.travel import Nearest

BOX = np.array([shapely.box(0, 0, 1, 1)], dtype=object)
AREA = StudyArea(
    name="one county",
    epsg=4544,
    boundary=BOX[0],
    levels=(UnitLevel(level="county", ids=("K",), names=("K",), parent_ids=(None,), geometry=BOX),),
    residential=None,
)
NURSERY, HOME = "nursery", "elder_institution"


def zeros(n: int) -> Any:
    return np.zeros(n, dtype=np.int32)


def clause(measure: Mapping[str, object], **said: Any) -> Clause:
    """A binding clause of counties; with a `value` it asks for that much or more."""
    plain: dict[str, Any] = {
        "id": "one", "key": "one", "article": "1", "quote": "…", "title_zh": "一",
        "title_en": "one", "service": "any", "mark": "spatial-core", "strength": "binding",
        "measure": measure, "levels": ["county"], "reading": "as it is",
    }  # fmt: skip
    if "value" in said:
        plain["operator"] = ">="
    return Clause.model_validate(plain | said)


def facilities(does: str, **each: Sequence[float]) -> Facilities:
    """Facilities of one kind in the county: places, land or floor [m²] and so on."""
    n = len(next(iter(each.values())))
    amounts: dict[str, Any] = {name: np.array(values, float) for name, values in each.items()}
    blank = {name: np.zeros(n) for name in ("places", "elder_land_m2", "floor_m2")}
    names = tuple(f"F{i}" for i in range(n))
    return Facilities(
        ids=names, names=names, types=("",) * n, functions=(frozenset({does}),) * n,
        x_m=np.zeros(n), y_m=np.zeros(n), is_open=np.ones(n, dtype=bool),
        place={"county": zeros(n)}, **(blank | amounts),
    )  # fmt: skip


def situation(
    stands: Facilities, people: Sequence[float], *, ms: Sequence[int] = (), which: str = ""
) -> Situation:
    """So many people at each point; `ms` are their walks [ms] to what `which` asks for, −1 none."""
    n = len(people)
    walks = {}
    if which:
        walked = np.array(ms, dtype=np.int32)
        nearest = Nearest(site=np.where(walked < 0, -1, 0).astype(np.int32), ms=walked)
        near = Coverage(limit_ms=0, nearest=nearest, second=nearest, reachable=walked >= 0)
        walks = {Walk("walk", which, at_most): near for at_most in (False, True)}
    return Situation(
        area=AREA,
        demand=Demand(
            x_m=np.zeros(n), y_m=np.zeros(n), people={"total": np.array(people, dtype=np.float64)},
            place={"county": zeros(n)}, outline=np.resize(BOX, n),
            people_in_source=float(np.sum(people)), people_outside=0.0,
        ),
        facilities=stands, functions={}, group={}, coverage={}, goals={}, walks=walks,
    )  # fmt: skip


def judged(asked: Clause, held: Situation, *, goal: Fraction | None = None) -> Finding:
    """The one finding of the clause."""
    standard = Standard(
        id="one", short="ONE", document="one", jurisdiction="one", dated="", clauses=(asked,)
    )
    if goal is not None:
        held = replace(held, goals={asked.id: goal})
    (finding,) = evaluate(profile_of([standard]), held)
    return finding
