"""Candidates where the user has none: on allowed land, outside of every exclusion, and told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from planning.area import StudyArea
from planning.errors import InputError, fail
from planning.facilities import Candidates
from planning.inputs.seats import read_seats
from planning.inputs.shortened import shortened
from planning.inputs.siting_land import SitingLand, counted_by_zone
from planning.network import StreetNetwork
from planning.provenance import Note, Tell
from planning.siting.made import (
    MADE,
    Spots,
    candidates_at,
    grid_spots,
    on_land,
    spaced,
    street_spots,
    wanted_services,
)
from planning.study import MadeCandidates, Study

Flags = npt.NDArray[np.bool_]

_SPOTS = {
    "streets": ("街口", "street junctions"),
    "grid": ("网格点", "points of the grid"),
    "seats": ("驻地", "seats"),
}
_NAMED = 5


def with_made_candidates(
    study: Study,
    paths: dict[str, Path],
    area: StudyArea,
    network: StreetNetwork,
    land: SitingLand,
    *,
    listed: Candidates | None,
) -> tuple[Candidates | None, tuple[Note, ...]]:
    """The listed candidates and those the study asks to be made; what was made and what was not.

    Those made along streets or on a grid keep `spacing_m` from every listed one that may host the
    same service; seats are joined to the list as they are.
    """
    made = study.made_candidates
    if made is None:
        return listed, ()
    told: list[Note] = []
    seats_path = paths.get("made_candidates.seats")
    spots, outside = _spots(made, area, network, seats_path, told.append)
    found = len(spots)
    spots, off_land = _on_allowed_land(made, spots, land, area)
    zone = land.closed.holding(spots.x_m, spots.y_m)
    excluded = [land.closed.names[k] for k in zone[zone >= 0]]
    spots = spots.take(zone < 0)
    _refuse_nothing(made, found, off_land, len(excluded), len(spots))
    services = frozenset(made.services)
    wanted = (services,) * len(spots)
    if made.spacing_m is not None:
        wanted = wanted_services(spots, listed, services, apart_m=made.spacing_m)
    open_ = np.array([bool(some) for some in wanted], dtype=bool)
    kept = np.flatnonzero(open_)
    if made.on == "streets" and made.spacing_m is not None:
        kept = kept[spaced(spots.take(kept), spacing_m=made.spacing_m)]
    candidates = candidates_at(
        spots.take(kept),
        area,
        label=MADE[made.on],
        services=tuple(wanted[k] for k in kept),
        floor_m2=made.floor_m2,
        land_m2=made.land_m2,
        yuan_per_m2=made.yuan_per_m2,
        fixed_yuan=made.fixed_yuan,
    )
    _refuse_shared_ids(candidates, listed)
    notes = (
        *told,
        _told(made, study, len(candidates), found),
        *_left_out(made, outside, off_land, excluded, int(np.sum(~open_))),
    )
    return candidates if listed is None else listed.joined(candidates), notes


def _spots(
    made: MadeCandidates,
    area: StudyArea,
    network: StreetNetwork,
    seats_path: Path | None,
    tell: Tell,
) -> tuple[Spots, list[str]]:
    """Every place in the area where one could be made, and the seats that lie outside."""
    if made.on == "streets":
        return street_spots(network, area), []
    if made.on == "grid":
        assert made.spacing_m is not None
        return grid_spots(area, spacing_m=made.spacing_m), []
    assert made.seats is not None and seats_path is not None
    key = "made_candidates.seats"
    seats = read_seats(made.seats, seats_path, key, epsg=area.epsg, tell=tell)
    order = np.array(sorted(range(len(seats.ids)), key=seats.ids.__getitem__), dtype=np.int64)
    x_m, y_m = seats.points[order].T
    spots = Spots(ids=tuple(f"M{seats.ids[k]}" for k in order), x_m=x_m, y_m=y_m)
    inside = area.contains(x_m, y_m)
    away = [seats.ids[k] for k in order[~inside]]
    if not inside.any():
        raise fail(
            InputError,
            f"{key}: {seats_path.name}",
            found=(f"{len(away)} 个驻地都在研究范围外", f"{len(away)} seats, all outside the area"),
            expected=("研究范围内的驻地", "seats in the area"),
            to_do=("检查图层及其坐标系", "check the layer and its CRS"),
        )
    return spots.take(inside), away


def _on_allowed_land(
    made: MadeCandidates, spots: Spots, land: SitingLand, area: StudyArea
) -> tuple[Spots, int]:
    """The spots on the land use that is allowed, and how many are not."""
    if land.allowed is None or made.land_use is None:
        return spots, 0
    within_m = made.land_use.beside_m if made.on == "streets" else 0.0
    found = on_land(spots, land.allowed, within_m=within_m)
    found = found.take(area.contains(found.x_m, found.y_m))
    return found, len(spots) - len(found)


def _refuse_nothing(
    made: MadeCandidates, found: int, off_land: int, excluded: int, left: int
) -> None:
    if left:
        return
    zh, en = _SPOTS[made.on]
    raise fail(
        InputError,
        "made_candidates",
        found=(
            f"{found:,} 个{zh}中 {off_land:,} 个不在允许的用地上，{excluded:,} 个在排除区内，"
            "没有一处可生成候选点",
            f"{found:,} {en}, of which {off_land:,} are not on allowed land and {excluded:,} are "
            "excluded: no place for a candidate",
        ),
        expected=("至少一处可用的位置", "at least one place that may be used"),
        to_do=(
            "检查 made_candidates.land_use 与 exclusions（图层、地类、buffer_m），或缩小间距",
            "check made_candidates.land_use and exclusions (layer, classes, buffer_m), or make "
            "the spacing narrower",
        ),
    )


def _refuse_shared_ids(made: Candidates, listed: Candidates | None) -> None:
    both = sorted(set(made.ids) & set(listed.ids if listed is not None else ()))
    if both:
        named = "、".join(both[:_NAMED])
        raise fail(
            InputError,
            "candidates",
            found=(f"编号 {named} 与生成的候选点相同", f"ids {named}, which made candidates bear"),
            expected=("登记与生成的候选点编号不同", "other ids than those of made candidates"),
            to_do=("在台账中改用别的编号", "use other ids in the register"),
        )


def _told(made: MadeCandidates, study: Study, n: int, found: int) -> Note:
    zh, en = _SPOTS[made.on]
    apart_zh = "" if made.spacing_m is None else f"间距 {made.spacing_m:g} 米，"
    apart_en = "" if made.spacing_m is None else f"{made.spacing_m:g} m apart, "
    services = "、".join(study.services[name].label for name in made.services)
    return Note(
        about="made_candidates",
        zh=f"程序从 {found:,} 个{zh}中取 {n:,} 处作候选点（假定）：{apart_zh}"
        f"每处建筑面积 {made.floor_m2:,g} 平方米，独立占地 {made.land_m2:,g} 平方米，"
        f"每平方米 {made.yuan_per_m2:,g} 元，"
        f"固定 {made.fixed_yuan:,g} 元，可设{services}；是否真有房屋须现场核实。"
        f"假定出处：{made.source}",
        en=f"{n:,} of {found:,} {en} are made candidates (assumed): {apart_en}"
        f"{made.floor_m2:,g} m2 of floor and {made.land_m2:,g} m2 of land each, "
        f"{made.yuan_per_m2:,g} yuan per m2, "
        f"{made.fixed_yuan:,g} yuan fixed, for {', '.join(made.services)}; whether premises stand "
        f"there must be seen on the spot. Assumed after: {made.source}",
    )


def _left_out(
    made: MadeCandidates, outside: list[str], off_land: int, excluded: list[str], served: int
) -> Iterator[Note]:
    """The places that were not taken, counted by reason."""
    zh, en = _SPOTS[made.on]
    if outside:
        named = "、".join(shortened(outside))
        yield Note(
            about="made_candidates",
            zh=f"{len(outside)} 个驻地在研究范围外，未采用：{named}",
            en=f"{len(outside)} seats lie outside the area and are left out: {named}",
        )
    if made.land_use is not None:
        classes = "、".join(made.land_use.allowed)
        if made.on == "streets":
            far = f"距允许的用地（{classes}）超过 {made.land_use.beside_m:g} 米"
            away = f"are over {made.land_use.beside_m:g} m from allowed land ({classes})"
        else:
            far, away = f"不在允许的用地（{classes}）上", f"are not on allowed land ({classes})"
        yield Note(
            about="made_candidates",
            zh=f"{off_land:,} 个{zh}{far}，未生成",
            en=f"{off_land:,} {en} {away}: none made there",
        )
    if excluded:
        named = counted_by_zone(excluded)
        yield Note(
            about="made_candidates",
            zh=f"{len(excluded):,} 个{zh}在排除区内，未生成：{named}",
            en=f"{len(excluded):,} {en} lie in exclusions, none made there: {named}",
        )
    if served:
        yield Note(
            about="made_candidates",
            zh=f"{served:,} 个{zh}的 {made.spacing_m:g} 米内，各项服务都已有登记的候选点，未生成",
            en=f"{served:,} {en} have listed candidates for every service within "
            f"{made.spacing_m:g} m: none made there",
        )
