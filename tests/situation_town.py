"""A situation as people write it becomes the nouns that clauses are held against."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from situation_form import CouldRow, HomeRow, Situation, StandsRow
from situation_land import Unit, area_of, places_of, units_of, xy_of

import planning.standards as standards
from planning.access import Coverage, Way
from planning.demand import Demand
from planning.facilities import ELDER_FUNCTIONS, TRAITS, Candidates, Facilities
from planning.inputs.standard_file import chain_of
from planning.standards import Figure, Figures, Profile, Standard, profile_of, walks
from planning.standards.figures import figure_key
from planning.standards.functions import building_functions
from planning.travel import Nearest

Floats = npt.NDArray[np.float64]

MS_PER_MIN = 60_000
MS_PER_M = 1_000
FUNCTIONS = {
    "elder_care": ELDER_FUNCTIONS,
    "nursery": frozenset({"nursery"}),
    "meals": frozenset({"meals"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TableWay:
    """Ways that somebody wrote down: times [ms], shape (homes, sites), −1 where there is none."""

    ms: npt.NDArray[np.int64]

    def coverage(
        self, x_m: Floats, y_m: Floats, *, counting: npt.NDArray[np.bool_], limit_ms: int
    ) -> Coverage:
        """As `planning.access.Way` gives it; the sites stand in the order of the columns."""
        assert len(x_m) == len(y_m) == len(counting)
        table = np.where(counting & (self.ms[:, : len(counting)] >= 0), self.ms[:, : len(counting)],
                         np.iinfo(np.int64).max)  # fmt: skip
        order = np.argsort(table, axis=1, kind="stable")
        first, second = (self._nearest(table, order, rank) for rank in range(2))
        return Coverage(limit_ms=limit_ms, nearest=first, second=second, reachable=first.site >= 0)

    def _nearest(
        self, table: npt.NDArray[np.int64], order: npt.NDArray[np.intp], rank: int
    ) -> Nearest:
        homes = len(table)
        if order.shape[1] <= rank:
            none = np.full(homes, -1, dtype=np.int32)
            return Nearest(site=none, ms=none)
        site = order[:, rank]
        ms = table[np.arange(homes), site]
        there = ms < np.iinfo(np.int64).max
        return Nearest(
            site=np.where(there, site, -1).astype(np.int32),
            ms=np.where(there, ms, -1).astype(np.int32),
        )


def profile_for(situation: Situation) -> Profile:
    """The document that a situation names, or its own clauses, with its readings."""
    document = situation.document
    if isinstance(document, str):
        return profile_of(chain_of(document, []), said=situation.readings)
    said = dict(document or {})
    clauses = [*said.pop("clauses", []), *situation.clauses]
    parent = said.pop("parent", None)
    above = chain_of(parent, []) if parent else ()
    own = Standard.model_validate(
        {"id": "made", "short": "甲", "document": "甲文件", "jurisdiction": "甲", "dated": "2022",
         "parent": above[0].id if above else None, "clauses": [_clause(c) for c in clauses], **said}
    )  # fmt: skip
    return profile_of((own, *above), said=situation.readings)


def _clause(said: Mapping[str, Any]) -> dict[str, Any]:
    """A clause with what every clause must have and no example turns on."""
    plain = {
        "key": said["id"], "article": "第一条", "quote": "……", "title_zh": said["id"],
        "title_en": said["id"], "service": "elder_care", "mark": "spatial-core",
        "strength": "binding", "reading": "如文", **said,
    }  # fmt: skip
    if "value" in plain:
        plain["value"] = str(plain["value"])
        plain.setdefault("operator", ">=")
    return plain


def homes_of(situation: Situation) -> list[HomeRow]:
    """All homes: those of the units' own rows, then those written down one by one."""
    own = [
        HomeRow(at=u.name, people=u.row.people, groups=u.row.groups)
        for u in units_of(situation.units)
    ]
    return [*own, *situation.homes]


def town(situation: Situation) -> tuple[standards.Situation, Profile]:
    """Everything a situation holds, and what is in force there."""
    profile = profile_for(situation)
    units = list(units_of(situation.units))
    area = area_of(units)
    homes = homes_of(situation)
    stands = [one for row in situation.stands for one in _each(row)]
    demand = _demand(situation, homes, units)
    facilities = _facilities(stands, units)
    could = situation.could
    found = standards.Situation(
        area=area,
        demand=demand,
        facilities=facilities,
        functions=FUNCTIONS,
        group=situation.serves,
        coverage={},
        goals=situation.goals,
        base=situation.counted,
        candidates=None if could is None else _candidates(could, units),
        walks=walks(
            profile.clauses,
            facilities,
            cast(Mapping[str, Way], dict(ways(situation, homes))),
            year=situation.year,
            strict_tiers=profile.readings["tiers"] == "strict",
        ),
        figures=_figures(situation, units),
        year=situation.year,
    )
    return found, profile


# --- people, and how they get about --------------------------------------------------------------


def _demand(situation: Situation, rows: list[HomeRow], units: list[Unit]) -> Demand:
    groups = dict.fromkeys(name for row in rows for name in row.groups)
    times = [row.times for row in rows]
    x_m, y_m = (np.repeat(xy, times) for xy in xy_of(rows, units))

    def people(counts: list[Fraction]) -> Floats:
        return np.repeat(np.array([float(n) for n in counts], dtype=np.float64), times)

    total = people([row.people for row in rows])
    return Demand(
        x_m=x_m,
        y_m=y_m,
        people={
            "total": total,
            **{g: people([row.groups.get(g, Fraction(0)) for row in rows]) for g in groups},
        },
        place={
            level: np.repeat(at, times)
            for level, at in places_of([row.at for row in rows], units).items()
        },
        outline=np.empty(len(total), dtype=object),
        people_in_source=float(total.sum()),
        people_outside=0.0,
        year=situation.year,
    )


def ways(situation: Situation, homes: list[HomeRow]) -> Iterator[tuple[str, TableWay]]:
    """The ways that a situation writes down: of a mode that no home names there is none."""
    sites = [row.name for row in names(situation)] + [c.name for c in situation.could or ()]
    speed = situation.walking_m_s
    for mode, key, factor in (
        ("walk", "walk_min", Fraction(MS_PER_MIN)),
        ("step_free", "step_free_min", Fraction(MS_PER_MIN)),
        ("delivery", "delivery_min", Fraction(MS_PER_MIN)),
        ("metres", "away_m", Fraction(MS_PER_M)),
    ):
        if mode == "walk" and speed is not None:
            key, factor = "away_m", MS_PER_M / speed
        if any(getattr(row, key) is not None for row in homes):
            table = [
                [_ms(getattr(row, key), site, factor) for site in sites]
                for row in homes
                for _ in range(row.times)
            ]
            unknown = {s for row in homes for s in getattr(row, key) or {}} - set(sites)
            assert not unknown, f"ways to what does not stand there: {unknown}"
            shape = (sum(row.times for row in homes), len(sites))
            yield mode, TableWay(ms=np.array(table, dtype=np.int64).reshape(shape))


def _ms(said: dict[str, Fraction] | None, site: str, factor: Fraction) -> int:
    return -1 if said is None or site not in said else int(said[site] * factor)


# --- what stands, what could ---------------------------------------------------------------------


def names(situation: Situation) -> list[StandsRow]:
    """Facilities one by one, each with a name."""
    return [one for row in situation.stands for one in _each(row)]


def _each(row: StandsRow) -> Iterator[StandsRow]:
    name = row.name or (f"{row.at} {row.does}" + (" #" if row.count > 1 else ""))
    for number in range(1, row.count + 1):
        at, own = (text.replace("#", str(number)) for text in (row.at, name))
        yield row.model_copy(update={"at": at, "name": own})


def _facilities(rows: list[StandsRow], units: list[Unit]) -> Facilities:
    does = [frozenset(part.strip() for part in row.does.split("+")) for row in rows]
    functions = tuple(building_functions().completed(some) for some in does)
    elder = [bool(some & ELDER_FUNCTIONS) for some in functions]
    nursery = ["nursery" in some for some in functions]
    x_m, y_m = xy_of(rows, units)

    def amount(name: str, may_have: list[bool]) -> Floats:
        """NaN where nothing is said of what there may be, 0 where there can be none."""
        said = [getattr(row, name) for row in rows]
        return np.array(
            [float(v) if v is not None else np.nan if may else 0.0
             for v, may in zip(said, may_have, strict=True)],
            dtype=np.float64,
        )  # fmt: skip

    def told(name: str) -> npt.NDArray[np.int32]:
        return np.array([getattr(row, name) for row in rows], dtype=np.int32)

    beds = amount("beds", ["elder_institution" in some for some in functions])
    anyone = [True] * len(rows)
    ids = _once(rows)
    return Facilities(
        ids=ids,
        names=ids,
        types=("",) * len(rows),
        functions=functions,
        x_m=x_m,
        y_m=y_m,
        places=amount("places", nursery),
        elder_land_m2=amount("elder_land_m2", elder),
        floor_m2=amount("floor_m2", anyone),
        is_open=np.array([row.state == "open" for row in rows], dtype=bool),
        is_preparing=np.array([row.state == "preparing" for row in rows], dtype=bool),
        place=places_of([row.at for row in rows], units),
        beds=beds,
        nursing_beds=amount("nursing_beds", [bool(b != 0) for b in beds]),
        elder_floor_m2=amount("elder_floor_m2", elder),
        far=amount("far", anyone),
        operator=tuple(row.operator for row in rows),
        opened_year=told("opened"),
        tier_min=told("tier"),
        grade=told("grade"),
        hub=tuple(row.hub for row in rows),
        traits={
            name: np.array([_YES_NO[row.is_so.get(name, "")] for row in rows], dtype=np.int8)
            for name in TRAITS
        },
    )


_YES_NO = {"yes": 1, "no": 0, "": -1}


def _once(rows: list[StandsRow]) -> tuple[str, ...]:
    found = tuple(row.name for row in rows)
    twice = sorted({name for name in found if found.count(name) > 1})
    assert not twice, f"two facilities of one name: {twice}; give them names"
    wrong = {name for row in rows for name in row.is_so} - set(TRAITS)
    assert not wrong, f"no such traits: {wrong}"
    return found


def _candidates(rows: tuple[CouldRow, ...], units: list[Unit]) -> Candidates:
    x_m, y_m = xy_of(list(rows), units)
    n = len(rows)
    floor_m2 = [np.nan if row.floor_m2 is None else float(row.floor_m2) for row in rows]
    return Candidates(
        ids=tuple(row.name for row in rows),
        source_classes=tuple(row.source for row in rows),
        services=tuple(frozenset(row.hosts) for row in rows),
        x_m=x_m,
        y_m=y_m,
        floor_m2=np.array(floor_m2, dtype=np.float64),
        land_m2=np.zeros(n),
        yuan_per_m2=np.zeros(n),
        fixed_yuan=np.full(n, 1_000.0),
        assumed=(frozenset(),) * n,
        place=places_of([row.at for row in rows], units),
    )


def _figures(situation: Situation, units: list[Unit]) -> Figures:
    top = [u.name for u in units if u.row.within is None]
    whole = top[0] if len(top) == 1 else ""
    listed: dict[tuple[str, str], tuple[Figure, ...]] = {}
    for row in situation.figures:
        key = (figure_key(row.figure), row.unit or whole)
        figure = Figure(value=row.value, year=row.year, source=row.source)
        listed[key] = (*listed.get(key, ()), figure)
    return Figures(listed=listed, whole=whole)
