"""Facilities and candidates from registers, in a bureau's words and coordinates."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from planning.area import StudyArea
from planning.errors import InputError, fail
from planning.facilities import Candidates, Facilities
from planning.inputs.coordinates.displacement import DistanceTo
from planning.inputs.coordinates.positions import Positions, positions
from planning.inputs.facility_amounts import read_amounts
from planning.inputs.facility_functions import read_functions
from planning.inputs.facility_particulars import read_particulars, years_of
from planning.inputs.premises import assumptions_told, needed_fields, read_premises, unpriced_told
from planning.inputs.siting_land import counted_by_zone
from planning.inputs.storeys import storey_of
from planning.inputs.tables.register import Register
from planning.inputs.tables.rows import Rows
from planning.provenance import Note, RowNote
from planning.siting import Zones
from planning.standards.source_classes import SourceClass, source_classes
from planning.study import CandidatesSpec, PlacesSpec


class Remarks(NamedTuple):
    """What reading a register found: on the whole of it, and row by row."""

    notes: tuple[Note, ...]
    rows: tuple[RowNote, ...]


def _by_id(ids: list[str]) -> list[int]:
    return sorted(range(len(ids)), key=lambda i: ids[i])


def read_facilities(
    spec: PlacesSpec,
    path: Path,
    area: StudyArea,
    distance_m: DistanceTo | None,
    *,
    counted: frozenset[str],
) -> tuple[Facilities, Remarks]:
    """The register of what stands, in the order of ids; rows that cannot be read are left out.

    `distance_m` measures to the nearest street, for coordinates that are to be detected. Where a
    building has one of the functions `counted` in places, a blank means that they are unknown.
    """
    table = Register(path, spec, "facilities", needed=("id", "type", "x", "y"))
    ids, names = table.ids(), table.text("name", "")
    types = table.text("type")
    functions, unknown = read_functions(table, types, spec.types)
    status = table.known("status", "status", "运营")
    amounts = read_amounts(table, functions, counted=counted)
    said = read_particulars(table, ids)
    rows = Rows(table=table.kind, numbers=table.numbers, ids=ids)
    at = positions(table, spec, area, rows, distance_m)
    rows.of_register(table)
    order = [row for row in _by_id(ids) if row not in table.rejected]
    for row in order:
        if np.isnan(amounts.places[row]):
            rows.doubt(row, "没有托位数，按未知计", "it does not say its places: unknown")
    _doubt_twins(rows, table, types, at, sorted(order))
    kept = {ids[i] for i in order}
    facilities = Facilities(
        ids=tuple(ids[i] for i in order),
        names=tuple(names[i] or ids[i] for i in order),
        types=tuple(types[i] for i in order),
        functions=tuple(functions[i] for i in order),
        x_m=at.x_m[order],
        y_m=at.y_m[order],
        places=amounts.places[order],
        beds=amounts.beds[order],
        nursing_beds=amounts.nursing_beds[order],
        elder_land_m2=amounts.elder_land_m2[order],
        floor_m2=amounts.floor_m2[order],
        elder_floor_m2=amounts.elder_floor_m2[order],
        far=amounts.far[order],
        is_open=np.array([status[i] == "open" for i in order], dtype=bool),
        is_preparing=np.array([status[i] == "preparing" for i in order], dtype=bool),
        operator=tuple(said.operator[i] for i in order),
        opened_year=said.opened_year[order],
        tier_min=said.tier_min[order],
        grade=said.grade[order],
        hub=tuple(said.hub[i] if said.hub[i] in kept else "" for i in order),
        traits={name: values[order] for name, values in said.traits.items()},
        place=area.locate(at.x_m[order], at.y_m[order]),
    )
    return facilities, Remarks(notes=(*_guesses(table), *at.notes, *unknown), rows=rows.found)


def _doubt_twins(
    rows: Rows, table: Register, types: list[str], at: Positions, kept: list[int]
) -> None:
    """Two of one type in one place may be one, entered twice under two ids: both count."""
    first: dict[tuple[str, float, float], int] = {}
    for row in kept:
        place = (types[row], round(float(at.x_m[row]), 1), round(float(at.y_m[row]), 1))
        other = table.numbers[first.setdefault(place, row)]
        if first[place] != row:
            rows.doubt(
                row,
                f"与第 {other} 行类型、位置相同，可能是同一处，两行都计",
                f"of the type and in the place of row {other}: perhaps the same, both count",
            )


def _guesses(table: Register) -> Iterator[Note]:
    """What had to be guessed to read the file: its encoding, its sheet, its delimiter."""
    return (Note(about=table.kind, zh=zh, en=en) for zh, en in table.remarks)


def no_facilities(area: StudyArea) -> Facilities:
    """A town in which nothing stands yet."""
    none = np.empty(0)
    return Facilities(
        ids=(), names=(), types=(), functions=(), x_m=none, y_m=none, places=none,
        elder_land_m2=none, floor_m2=none, is_open=np.empty(0, dtype=bool),
        place=area.locate(none, none),
    )  # fmt: skip


def read_candidates(
    spec: CandidatesSpec,
    path: Path,
    area: StudyArea,
    distance_m: DistanceTo | None,
    closed: Zones,
) -> tuple[Candidates, Remarks]:
    """The list of premises and parcels, in the order of ids, and what was changed in its rows.

    `distance_m` is as in `read_facilities`; rows in a `closed` zone are left out.

    A source class hosts only the services the documents let it host, and rooms in a building that
    is there for something else bring no plot (`planning.standards.source_classes`). What the
    register lacks is taken from `spec.assume`, and told.
    """
    table = Register(path, spec, "candidates", needed=("id", "x", "y", *needed_fields(spec.assume)))
    ids = table.ids()
    said = read_premises(table, spec.assume)
    services = list(said.services)
    land_m2, available_year = table.number("land_m2", 0.0), years_of(table, "available_year")
    notes = Rows(table=table.kind, numbers=table.numbers, ids=ids)
    at = positions(table, spec, area, notes, distance_m)
    notes.of_register(table)
    storeys = table.text("storey")
    zone = closed.holding(at.x_m, at.y_m)
    for row in sorted(set(range(len(table))) - set(table.rejected)):
        if zone[row] >= 0:
            _exclude(notes, row, closed, int(zone[row]))
            continue
        source = _source(notes, row, said.source_classes[row])
        services[row] = _hosted(
            notes, row, source, services[row], storeys[row], "services" in said.assumed[row]
        )
        land_m2[row] = _own_land(notes, row, source, land_m2[row])
    order = [
        row for row in _by_id(ids) if services[row] and row not in table.rejected and zone[row] < 0
    ]
    candidates = Candidates(
        ids=tuple(ids[i] for i in order),
        source_classes=tuple(said.source_classes[i] for i in order),
        services=tuple(services[i] for i in order),
        x_m=at.x_m[order],
        y_m=at.y_m[order],
        floor_m2=said.floor_m2[order],
        land_m2=land_m2[order],
        yuan_per_m2=said.yuan_per_m2[order],
        fixed_yuan=said.fixed_yuan[order],
        assumed=tuple(said.assumed[i] for i in order),
        available_year=available_year[order],
        place=area.locate(at.x_m[order], at.y_m[order]),
    )
    excluded = [closed.names[k] for k in zone if k >= 0]
    _refuse_all_excluded(table, len(order), len(excluded))
    told = (
        *_excluded_told(excluded),
        *assumptions_told(candidates, spec.assume),
        *unpriced_told([ids[i] for i in order if said.unpriced[i]]),
    )
    return candidates, Remarks(notes=(*_guesses(table), *at.notes, *told), rows=notes.found)


def _exclude(notes: Rows, row: int, closed: Zones, zone: int) -> None:
    name, buffer_m = closed.names[zone], closed.buffer_m[zone]
    zh = f"或距其 {buffer_m:g} 米以内" if buffer_m else ""
    en = f" or within {buffer_m:g} m of it" if buffer_m else ""
    notes.reject(
        row, f"位于排除区“{name}”内{zh}，不作候选点", f"in the exclusion '{name}'{en}: no candidate"
    )


def _excluded_told(names: list[str]) -> Iterator[Note]:
    if names:
        named = counted_by_zone(names)
        yield Note(
            about="candidates",
            zh=f"{len(names):,} 个登记的候选点在排除区内，已剔除：{named}",
            en=f"{len(names):,} listed candidates lie in exclusions and are left out: {named}",
        )


def _refuse_all_excluded(table: Register, kept: int, excluded: int) -> None:
    if excluded and not kept:
        raise fail(
            InputError,
            table.where,
            found=(
                f"{len(table)} 个候选点中 {excluded} 个在排除区内，没有一个可用",
                f"{excluded} of {len(table)} candidates in exclusions, and none left to use",
            ),
            expected=("排除区外的候选点", "candidates outside of the exclusions"),
            to_do=(
                "检查 exclusions（图层、classes、buffer_m）",
                "check exclusions (layer, classes, buffer_m)",
            ),
        )


def _source(notes: Rows, row: int, word: str) -> SourceClass | None:
    """The source class of a candidate, None where it has none that a document names."""
    source = source_classes().of_word(word)
    if source is None and word:
        notes.doubt(
            row,
            f"来源类别“{word}”不在文件所列之内，按登记的服务计",
            f"no document names the source '{word}': its services count as they stand",
        )
    return source


def _hosted(
    notes: Rows,
    row: int,
    source: SourceClass | None,
    services: frozenset[str],
    storey: str,
    assumed: bool,
) -> frozenset[str]:
    """The services of a candidate that its source class and its storey allow.

    Services that are only assumed are those its class allows: nothing in its row is changed.
    """
    classes = source_classes()
    kept = services if source is None else services & classes.services(source)
    if source is not None and kept != services and not assumed:
        cut = sorted(services - kept)
        notes.repair(
            row,
            f"{source.zh}不可设 {'、'.join(cut)}（见 source_classes.yaml）：不计",
            f"{source.en} may not host {', '.join(cut)}: left out",
        )
    nursery = kept & frozenset(classes.kinds["nursery"])
    floors, found = classes.nursery_floors, storey_of(storey)
    if nursery and storey and found is None:
        notes.doubt(
            row,
            f"楼层“{storey}”无法识别，托育仍计",
            f"a storey '{storey}' that cannot be read: its nursery counts",
        )
    elif nursery and found is not None and not floors.lowest <= found <= floors.highest:
        notes.repair(
            row,
            f"在第 {found} 层，托育限 {floors.lowest}—{floors.highest} 层：不计托育",
            f"on storey {found}, nurseries lie on {floors.lowest}-{floors.highest}: none here",
        )
        kept -= nursery
    if not kept:
        notes.reject(row, "没有可设的服务", "there is no service left that it may host")
    return kept


def _own_land(notes: Rows, row: int, source: SourceClass | None, land_m2: float) -> float:
    """Its own plot [m²]; none where the class is rooms in a building for something else."""
    if source is None or source.own_plot == "may" or not land_m2:
        return land_m2
    notes.repair(
        row,
        f"{source.zh}在他用房屋内，{land_m2:g} 平方米地块不计为独立用地",
        f"{source.en} are rooms in other buildings: its {land_m2:g} m2 of land do not count",
    )
    return 0.0
