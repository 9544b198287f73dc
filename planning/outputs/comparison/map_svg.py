"""A map as a picture inside a page: its key, a bar in kilometres, a north arrow."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely

from planning.outputs.bilingual import Says, said
from planning.outputs.comparison.map_scene import FILLS, MARKS, Area, Entry, Mark, Point, Scene
from planning.outputs.inlining import inert_text

_WIDTH = 640.0
_TALLEST, _LOWEST = 1.05, 0.5  # of the width
_SIMPLER = 0.4  # [px]
_LABEL = 9.0  # [px] a letter takes about
_ROUND = (1.0, 2.0, 5.0, 10.0)


class _Frame:
    """Metres to pixels; the whole of the bounds is in the picture."""

    def __init__(self, scene: Scene) -> None:
        west, south, east, north = scene.bounds
        wide, high = east - west, north - south
        self.height = _WIDTH * min(_TALLEST, max(_LOWEST, high / wide))
        self.px_per_m = min(_WIDTH / wide, self.height / high)
        self._x0 = (west + east) / 2 - _WIDTH / 2 / self.px_per_m
        self._y0 = (south + north) / 2 + self.height / 2 / self.px_per_m

    def x(self, x_m: float) -> float:
        return (x_m - self._x0) * self.px_per_m

    def y(self, y_m: float) -> float:
        return (self._y0 - y_m) * self.px_per_m

    def holds(self, x_m: float, y_m: float) -> bool:
        return 0 <= self.x(x_m) <= _WIDTH and 0 <= self.y(y_m) <= self.height

    def path(self, shape: Any) -> str:
        """Polygons or lines of a shape as path data."""
        simple = shapely.simplify(shape, _SIMPLER / self.px_per_m)
        parts = []
        for part in shapely.get_parts(shapely.boundary(simple) if simple.area else simple):
            xy = shapely.get_coordinates(part)
            px = np.column_stack([self.x(xy[:, 0]), self.y(xy[:, 1])])
            steps = " ".join(f"{a:.1f} {b:.1f}" for a, b in px)
            parts.append(f"M{steps}" + ("Z" if simple.area else ""))
        return "".join(parts)


def map_svg(scene: Scene) -> str:
    """The map as HTML: a figure with its caption and its key."""
    frame = _Frame(scene)
    body = "".join(_drawn(scene, frame))
    zh, en = scene.caption
    key = "".join(_key_line(entry) for entry in scene.key)
    return (
        f'<figure class="map"><svg viewBox="0 0 {_WIDTH:.0f} {frame.height:.0f}" role="img" '
        f'aria-label="{inert_text(zh)} {inert_text(en)}">{body}</svg>'
        f'<ul class="key">{key}</ul><figcaption>{said(scene.caption)}</figcaption></figure>'
    )


def _drawn(scene: Scene, frame: _Frame) -> Iterator[str]:
    yield f'<rect class="sea" width="{_WIDTH:.0f}" height="{frame.height:.0f}"/>'
    for area in scene.areas:
        yield (
            f'<path class="unit" fill="{FILLS[area.fill]}" fill-rule="evenodd" '
            f'd="{frame.path(area.shape)}">{_pointed_at(area.says)}</path>'
        )
    for border in scene.borders:
        yield f'<path class="border" d="{frame.path(border)}"/>'
    for x_m, y_m, name in scene.names:
        yield (
            f'<text class="place" x="{frame.x(x_m):.1f}" y="{frame.y(y_m):.1f}">'
            f"{inert_text(name)}</text>"
        )
    yield from (_label(scene, area, frame) for area in scene.areas if _has_room(area, frame))
    for point in scene.points:
        if frame.holds(point.x_m, point.y_m):
            yield _point(point, frame)
    yield from _north()
    yield from _bar(frame)


def _has_room(area: Area, frame: _Frame) -> bool:
    west, south, east, north = area.shape.bounds
    wide, high = (east - west) * frame.px_per_m, (north - south) * frame.px_per_m
    return bool(area.label) and wide > _LABEL * len(area.label) and high > 2 * _LABEL


def _label(scene: Scene, area: Area, frame: _Frame) -> str:
    x_m, y_m = scene.label_at(area, letter_m=_LABEL / frame.px_per_m)
    return f'<text class="turn" x="{frame.x(x_m):.1f}" y="{frame.y(y_m):.1f}">{area.label}</text>'


def _pointed_at(says: Says) -> str:
    zh, en = says
    text = zh if zh == en else f"{zh}\n{en}"
    return f"<title>{inert_text(text)}</title>"


def _point(point: Point, frame: _Frame) -> str:
    x, y = frame.x(point.x_m), frame.y(point.y_m)
    return _mark(point.mark, x, y, _pointed_at(point.says))


def _mark(mark: Mark, x: float, y: float, inside: str = "") -> str:
    colour, shape = MARKS[mark]
    if shape == "dot":
        at = f'cx="{x:.1f}" cy="{y:.1f}"'
        return f'<circle class="facility" {at} r="2" fill="{colour}">{inside}</circle>'
    edge = "edge same" if mark == "same" else "edge"
    if shape == "circle":
        r = 4.2 if mark == "same" else 5.6
        return (
            f'<circle class="{edge}" cx="{x:.1f}" cy="{y:.1f}" r="{r}" fill="{colour}">'
            f"{inside}</circle>"
        )
    turn = f' transform="rotate(45 {x:.1f} {y:.1f})"' if shape == "diamond" else ""
    return (
        f'<rect class="{edge}" x="{x - 4.8:.1f}" y="{y - 4.8:.1f}" width="9.6" height="9.6" '
        f'fill="{colour}"{turn}>{inside}</rect>'
    )


def _key_line(entry: Entry) -> str:
    if entry.mark is not None:
        swatch = _mark(entry.mark, 9, 8)
    else:
        assert entry.fill is not None
        swatch = (
            f'<rect class="unit" x="1" y="3" width="16" height="10" fill="{FILLS[entry.fill]}"/>'
        )
    svg = f'<svg viewBox="0 0 18 16" class="swatch" aria-hidden="true">{swatch}</svg>'
    return f"<li>{svg}{said(entry.says)}<b>{entry.count:,}</b></li>"


def _north() -> Iterator[str]:
    x, y = _WIDTH - 24, 34.0
    yield f'<path class="north" d="M{x} {y - 14}L{x - 6} {y + 8}L{x} {y + 3}Z"/>'
    yield f'<path class="north open" d="M{x} {y - 14}L{x + 6} {y + 8}L{x} {y + 3}Z"/>'
    yield f'<text class="place" x="{x}" y="{y - 18}">北 N</text>'


def _bar(frame: _Frame) -> Iterator[str]:
    """A bar of a round length, about a fifth of the width."""
    metres = round_length_m(0.22 * _WIDTH / frame.px_per_m)
    wide = metres * frame.px_per_m
    x, y = _WIDTH - 22 - wide, frame.height - 16
    half = wide / 2
    for kind, left, top, width, height in (
        ("back", x - 12, y - 20, wide + 30, 32), ("bar", x, y, half, 4),
        ("bar open", x + half, y, half, 4),
    ):  # fmt: skip
        yield (
            f'<rect class="{kind}" x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" '
            f'height="{height}"/>'
        )
    for part in (0.0, 0.5, 1.0):
        text = in_km(metres * part) + (" km" if part == 1.0 else "")
        yield f'<text class="place" x="{x + part * wide:.1f}" y="{y - 5:.1f}">{text}</text>'


def round_length_m(longest: float) -> float:
    """The longest round length that is not longer."""
    power = 10.0 ** math.floor(math.log10(longest))
    return max(m * power for m in _ROUND if m * power <= longest * (1 + 1e-9))


def in_km(metres: float) -> str:
    """A length in kilometres without zeros behind it."""
    return f"{metres / 1000:g}"
