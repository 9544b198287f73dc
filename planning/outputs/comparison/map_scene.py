"""What the maps of a comparison show, whichever way they are drawn: areas, points, names, a key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import shapely

from planning.outputs.bilingual import Says
from planning.outputs.comparison.compared import Comparison, Pair
from planning.outputs.comparison.ground import Ground
from planning.outputs.comparison.sides import UnitKey
from planning.outputs.comparison.site_changes import SiteChange
from planning.outputs.comparison.turned import Turned
from planning.outputs.comparison.words import (
    change_words,
    changes_said,
    planned_uses,
    sites_title,
    use_said,
)
from planning.outputs.finding_words import level_words
from planning.projection import WGS84, transformer

Fill = Literal["won", "lost", "both", "plain"]
Mark = Literal["only_base", "only_other", "differs", "same", "facility"]
FILLS: Mapping[Fill, str] = {
    "won": "#74b3a2", "lost": "#d27f69", "both": "#b39ac4", "plain": "#ffffff",
}  # fmt: skip
MARKS: Mapping[Mark, tuple[str, str]] = {
    "only_base": ("#1f6a91", "square"), "only_other": ("#a3195b", "circle"),
    "differs": ("#c17a00", "diamond"), "same": ("#ffffff", "circle"),
    "facility": ("#9aa0a5", "dot"),
}  # fmt: skip
"""Colour and shape: told apart without colours too."""
_PAD = 0.05
_NAMED = ("street", "county", "community")
_MOST_NAMES = 40
_LEAST_M = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A unit: how it is filled, what is written into it, what is said when it is pointed at."""

    shape: Any
    fill: Fill
    label: str
    says: Says


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A site or a facility [m in the CRS of the study]."""

    x_m: float
    y_m: float
    mark: Mark
    says: Says


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of the key: an area or a point, what it is, and how many there are."""

    fill: Fill | None = None
    mark: Mark | None = None
    says: Says
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One map: `bounds` (west, south, east, north) [m]; `borders` are lines of larger units."""

    matter: Literal["sites", "findings"]
    caption: Says
    bounds: tuple[float, float, float, float]
    areas: tuple[Area, ...]
    borders: tuple[Any, ...]
    names: tuple[tuple[float, float, str], ...]
    points: tuple[Point, ...]
    key: tuple[Entry, ...]

    def label_at(self, area: Area, *, letter_m: float) -> tuple[float, float]:
        """Where the label of an area stands [m]: inside it, below a name that is in its way."""
        at = shapely.point_on_surface(area.shape)
        for x_m, y_m, name in self.names:
            wide = letter_m * (len(name) + len(area.label)) / 2
            if abs(at.x - x_m) < wide and abs(at.y - y_m) < 1.5 * letter_m:
                return at.x, y_m - 1.8 * letter_m
        return at.x, at.y


def scenes_of(comparison: Comparison, pair: Pair) -> tuple[Scene, ...]:
    """The sites of both plans, then the findings won and lost, a map a level of units.

    None where neither folder has a `result.gpkg`.
    """
    grounds = dict(zip(map(id, comparison.sides), comparison.grounds, strict=True))
    ground = grounds[id(pair.base)]
    if not ground.shapes:
        ground = grounds[id(pair.other)]
    if not ground.shapes:
        return ()
    found = [_sites_scene(comparison, pair, ground)] if pair.sites else []
    return (
        *found,
        *(_findings_scene(pair, ground, level) for level in _turned_levels(pair, ground)),
    )


def _sites_scene(comparison: Comparison, pair: Pair, ground: Ground) -> Scene:
    to_metres = transformer(WGS84, ground.epsg)
    points = [
        Point(x_m=float(x), y_m=float(y), mark="facility", says=("现有设施", "facility of today"))
        for x, y in ground.facilities
    ]
    order: tuple[Mark, ...] = ("same", "differs", "only_base", "only_other")
    for one in sorted(pair.sites, key=lambda site: order.index(_mark(site))):
        x, y = to_metres.transform(one.key[1], one.key[2])
        points.append(
            Point(
                x_m=float(x), y_m=float(y), mark=_mark(one), says=_site_says(comparison, pair, one)
            )
        )
    counts = Counter(point.mark for point in points)
    words: dict[Mark, Says] = {
        "only_base": change_words(pair, "only_base"),
        "only_other": change_words(pair, "only_other"),
        "differs": (
            "都有，服务、规模、年度或投资不同",
            "both, of other service, size, year or cost",
        ),
        "same": ("都有，相同", "both, the same"),
        "facility": ("现有设施", "facilities of today"),
    }
    return _scene(
        ground,
        matter="sites",
        caption=sites_title(pair),
        areas=_plain_areas(ground),
        points=points,
        key=[Entry(mark=m, says=words[m], count=counts[m]) for m in MARKS if counts[m]],
    )


def _mark(site: SiteChange) -> Mark:
    if site.first in ("only_base", "only_other", "same"):
        return site.first
    return "differs"


def _site_says(comparison: Comparison, pair: Pair, site: SiteChange) -> Says:
    zh, en = changes_said(pair, site)
    uses = [(name, use_said(comparison, use)) for name, use in planned_uses(pair, site)]
    lines_zh = [f"{site.key[0]}（{zh}）", *(f"{name[0]}：{said[0]}" for name, said in uses)]
    lines_en = [f"{site.key[0]} ({en})", *(f"{name[1]}: {said[1]}" for name, said in uses)]
    return "\n".join(lines_zh), "\n".join(lines_en)


def _turned_levels(pair: Pair, ground: Ground) -> list[str]:
    """Levels with findings won or lost and several units to show, in the order of the shapes."""
    turned = {one.key[1:] for one in pair.turned if one.turn in ("won", "lost")}
    units = Counter(level for level, _ in ground.shapes)
    levels = dict.fromkeys(level for level, unit in ground.shapes if (level, unit) in turned)
    return [level for level in levels if units[level] > 1]


def _findings_scene(pair: Pair, ground: Ground, level: str) -> Scene:
    won, lost = (_counts(pair.turned, turn, level) for turn in ("won", "lost"))
    areas = [
        _turned_area(shape, ground.names[key], won[key], lost[key])
        for key, shape in ground.shapes.items()
        if key[0] == level
    ]
    fills = Counter(area.fill for area in areas)
    words: dict[Fill, Says] = {
        "won": ("有新达标的条文", "clauses newly met"),
        "lost": ("有不再达标的条文", "clauses no longer met"),
        "both": ("两者都有", "both"),
        "plain": ("没有变化", "none of these"),
    }
    (base_zh, base_en), (other_zh, other_en) = pair.base.name, pair.other.name
    zh, en = level_words(level)
    return _scene(
        ground,
        matter="findings",
        caption=(
            f"条文得失（{zh}）：{base_zh} → {other_zh}",
            f"Findings won and lost, {en}: {base_en} → {other_en}",
        ),
        areas=areas,
        points=[],
        key=[
            Entry(fill=fill, says=words[fill], count=fills[fill]) for fill in FILLS if fills[fill]
        ],
    )


def _counts(turned: Iterable[Turned], turn: str, level: str) -> Counter[UnitKey]:
    return Counter(
        (one.key[1], one.key[2]) for one in turned if one.turn == turn and one.key[1] == level
    )


def _turned_area(shape: Any, name: str, won: int, lost: int) -> Area:
    fill: Fill = "both" if won and lost else "won" if won else "lost" if lost else "plain"
    label = " ".join(
        text for text in (f"+{won}" if won else "", f"−{lost}" if lost else "") if text
    )
    says = f"{name}\n新达标 {won}，不再达标 {lost}", f"{name}\nnewly met {won}, no longer {lost}"
    return Area(shape=shape, fill=fill, label=label, says=says)


def _plain_areas(ground: Ground) -> list[Area]:
    level = _named_level(ground)
    return [
        Area(shape=shape, fill="plain", label="", says=(ground.names[key],) * 2)
        for key, shape in ground.shapes.items()
        if key[0] == level
    ]


def _named_level(ground: Ground) -> str:
    """Streets, else the level above or below them."""
    levels = {level for level, _ in ground.shapes}
    return next((level for level in _NAMED if level in levels), min(levels))


def _scene(
    ground: Ground, *, matter: Literal["sites", "findings"], caption: Says,
    areas: Sequence[Area], points: Sequence[Point], key: Sequence[Entry],
) -> Scene:  # fmt: skip
    level = _named_level(ground)
    named = [(shape, ground.names[k]) for k, shape in ground.shapes.items() if k[0] == level]
    inside = shapely.point_on_surface(np.array([shape for shape, _ in named], dtype=object))
    names = [(p.x, p.y, name) for p, (_, name) in zip(inside, named, strict=True)]
    return Scene(
        matter=matter,
        caption=caption,
        bounds=_bounds(ground, points),
        areas=tuple(areas),
        borders=tuple(shapely.boundary(shape) for shape, _ in named),
        names=tuple(names) if len(names) <= _MOST_NAMES else (),
        points=tuple(points),
        key=tuple(key),
    )


def _bounds(ground: Ground, points: Sequence[Point]) -> tuple[float, float, float, float]:
    """Everything that is drawn but facilities beyond the area, with a little air."""
    west, south, east, north = shapely.total_bounds(
        np.array([*ground.shapes.values()], dtype=object)
    )
    sites = [point for point in points if point.mark != "facility"]
    west, east = min([west, *(p.x_m for p in sites)]), max([east, *(p.x_m for p in sites)])
    south, north = min([south, *(p.y_m for p in sites)]), max([north, *(p.y_m for p in sites)])
    pad = max(_LEAST_M, _PAD * max(east - west, north - south))
    return float(west - pad), float(south - pad), float(east + pad), float(north + pad)
