"""A district that stands on no map: how many people and homes, and what its plan already holds.

It becomes a situation like any other, of one residential area that is a street of its own, and is
judged by the same evaluator.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from planning.area import RESIDENTIAL, ResidentialAreas, Status, StudyArea, UnitLevel
from planning.demand import TOTAL, Demand
from planning.districts.obligations import Judged
from planning.districts.sheets import Sheet, sheets
from planning.facilities import Facilities
from planning.standards import Profile, Situation, binding_levels, evaluate
from planning.standards.functions import building_functions

_EPSG = 4544
_SIDE_M = 1_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeArea:
    """A planned district: people [persons], homes (−1 unknown), communities it is parted into.

    `status` is the clause it answers to. `places`, `elder_land_m2` and `elder_rooms_m2` are what
    its plan holds already. It is taken for an urban district: one street, old town where it is
    built, else new, of as many people in every community, the first ones having the odd ones.
    """

    people: int
    households: int = -1
    status: Status = "new"
    communities: int = 1
    places: int = 0
    elder_land_m2: float = 0.0
    elder_rooms_m2: float = 0.0

    @property
    def holds_something(self) -> bool:
        """Whether its plan holds anything yet."""
        return self.places > 0 or self.elder_land_m2 > 0 or self.elder_rooms_m2 > 0


def judged_alone(made: MadeArea, profiles: Sequence[Profile]) -> Sheet:
    """The sheet of a district by itself; clauses of every document bind, whatever their year."""
    situation = _situation(made)
    documents = []
    for profile in profiles:
        levels = binding_levels(profile, {}, None)
        findings = evaluate(profile, situation, levels)
        documents.append(Judged(profile=profile, levels=levels, findings=findings))
    (sheet,) = sheets(documents, situation)
    return sheet


def _situation(made: MadeArea) -> Situation:
    area, people = _area(made), _people(made)
    n = len(people)
    return Situation(
        area=area,
        demand=Demand(
            x_m=np.array([(at + 0.5) * _SIDE_M for at in range(n)]),
            y_m=np.full(n, _SIDE_M / 2),
            people={TOTAL: people},
            place={
                "county": _same(n),
                "street": _same(n),
                "community": np.arange(n, dtype=np.int32),
                RESIDENTIAL: _same(n),
            },
            outline=np.empty(n, dtype=object),
            people_in_source=float(made.people),
            people_outside=0.0,
            planned=np.ones(n, dtype=bool),
        ),
        facilities=_facilities(made),
        functions={},
        group={},
        coverage={},
        goals={},
        absent=frozenset(building_functions().ids),
    )


def _people(made: MadeArea) -> npt.NDArray[np.float64]:
    """Whole persons of every community."""
    each, odd = divmod(made.people, made.communities)
    return np.array([each + (at < odd) for at in range(made.communities)], dtype=np.float64)


def _same(n: int) -> npt.NDArray[np.int32]:
    return np.zeros(n, dtype=np.int32)


def _area(made: MadeArea) -> StudyArea:
    n = made.communities
    town = "old" if made.status == "built" else "new"
    squares = [shapely.box(at * _SIDE_M, 0, (at + 1) * _SIDE_M, _SIDE_M) for at in range(n)]
    whole = shapely.union_all(squares)
    said = {"zone": "urban", "town": town}
    return StudyArea(
        name="district",
        epsg=_EPSG,
        boundary=whole,
        levels=(
            _level("county", ["所在区"], None, [whole], {"zone": "urban", "form": "district"}),
            _level("street", ["本街道"], "所在区", [whole], {**said, "form": "street"}),
            _level(
                "community",
                [f"社区{at + 1}" for at in range(n)],
                "本街道",
                squares,
                {**said, "form": "neighbourhood"},
            ),
        ),
        residential=_residential(made, whole),
    )


def _level(
    level: str, names: list[str], parent: str | None, shapes: list[Any], said: Mapping[str, str]
) -> UnitLevel:
    n = len(names)
    return UnitLevel(
        level=level,
        ids=tuple(names),
        names=tuple(names),
        parent_ids=(parent,) * n,
        geometry=np.array(shapes, dtype=object),
        attributes={name: (word,) * n for name, word in said.items()},
    )


def _residential(made: MadeArea, ground: shapely.Geometry) -> ResidentialAreas:
    return ResidentialAreas(
        ids=("拟建新区",),
        names=("拟建新区",),
        status=(made.status,),
        status_by=("status",),
        dated=("",),
        built=np.zeros(1, dtype=bool),
        planned_people=np.array([made.people], dtype=np.int64),
        households=np.array([made.households], dtype=np.int64),
        delivery_year=np.full(1, -1, dtype=np.int32),
        stays=np.ones(1, dtype=bool),
        geometry=np.array([ground], dtype=object),
    )


def _facilities(made: MadeArea) -> Facilities:
    """What the plan holds: a nursery of its places, elder care of its land and rooms."""
    elder = made.elder_land_m2 > 0 or made.elder_rooms_m2 > 0
    done = [frozenset({"nursery"})] * (made.places > 0) + [frozenset({"elder_community"})] * elder
    n = len(done)
    is_nursery = np.array(["nursery" in some for some in done], dtype=bool)
    return Facilities(
        ids=tuple(f"F{at + 1}" for at in range(n)),
        names=tuple("规划托育设施" if nursery else "规划养老设施" for nursery in is_nursery),
        types=("",) * n,
        functions=tuple(done),
        x_m=np.full(n, _SIDE_M / 2),
        y_m=np.full(n, _SIDE_M / 2),
        places=np.where(is_nursery, float(made.places), 0.0),
        elder_land_m2=np.where(is_nursery, 0.0, made.elder_land_m2),
        elder_floor_m2=np.where(is_nursery, 0.0, made.elder_rooms_m2),
        floor_m2=np.full(n, np.nan),
        is_open=np.ones(n, dtype=bool),
        place={level: _same(n) for level in ("county", "street", "community", RESIDENTIAL)},
    )
