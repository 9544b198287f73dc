"""The same maps as PNG files, for Word."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.patheffects as effects
import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, PathPatch, Polygon, Rectangle
from matplotlib.path import Path as Outline

from planning.outputs.bilingual import Lang, in_lang
from planning.outputs.comparison.map_scene import FILLS, MARKS, Area, Entry, Mark, Scene
from planning.outputs.comparison.map_svg import in_km, round_length_m
from planning.outputs.sheets.colours import BORDER, INK, PAPER, QUIET
from planning.outputs.sheets.fonts import Fonts

_WIDTH_MM, _LOWEST_MM, _TALLEST_MM = 156.0, 78.0, 122.0
_LINE_MM, _FOOT_MM = 6.0, 3.0
_DPI = 220
_MM_PER_INCH = 25.4
_COLUMNS = 2
_MARKERS = {"square": "s", "circle": "o", "diamond": "D", "dot": "o"}
_HALO = [effects.withStroke(linewidth=1.8, foreground="white")]
_LABEL_MM = 2.0


def draw_maps(folder: Path, scenes: Sequence[Scene], *, lang: Lang) -> tuple[Path, ...]:
    """A PNG a map, without a clock's word; the same scenes give the same bytes.

    Raises MissingFileError where the font is not installed.
    """
    paths: list[Path] = []
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as own,
        mpl.rc_context({**mpl.rcParamsDefault, "backend": "agg", "axes.unicode_minus": False}),
    ):
        texts = [text for scene in scenes for text in _texts(scene, lang)]
        fonts = Fonts(Path(own), "".join(texts))
        for number, scene in enumerate(scenes, 1):
            figure = _figure(scene, fonts, lang)
            fonts.set_on(figure)
            paths.append(folder / f"map_{number:02d}.png")
            FigureCanvasAgg(figure).print_figure(paths[-1], dpi=_DPI, metadata={"Software": None})
            figure.clear()
    return tuple(paths)


def _texts(scene: Scene, lang: Lang) -> Iterator[str]:
    yield from (name for _, _, name in scene.names)
    yield from (area.label for area in scene.areas)
    yield from (in_lang(entry.says, lang) for entry in scene.key)
    yield "北N km0123456789.,（）()"


def _figure(scene: Scene, fonts: Fonts, lang: Lang) -> Figure:
    rows = -(-len(scene.key) // _COLUMNS)
    west, south, east, north = scene.bounds
    map_mm = min(_TALLEST_MM, max(_LOWEST_MM, _WIDTH_MM * (north - south) / (east - west)))
    height_mm = map_mm + _FOOT_MM + rows * _LINE_MM
    figure = Figure(figsize=(_WIDTH_MM / _MM_PER_INCH, height_mm / _MM_PER_INCH))
    axes = figure.add_axes((0.003, 1 - map_mm / height_mm, 0.994, map_mm / height_mm - 0.004))
    m_per_mm = _frame(axes, scene, map_mm)
    for area in scene.areas:
        patch = PathPatch(
            _outline(area.shape), facecolor=FILLS[area.fill], edgecolor="#b9b6ac", linewidth=0.35
        )
        axes.add_patch(patch)
    for border in scene.borders:
        for part in shapely.get_parts(border):
            xy = shapely.get_coordinates(part)
            axes.add_line(Line2D(xy[:, 0], xy[:, 1], color=BORDER, linewidth=0.8))
    _points(axes, scene)
    for x_m, y_m, name in scene.names:
        _write(axes, x_m, y_m, fonts.readable(name), size=6.5, colour=QUIET, z=8)
    for area in scene.areas:
        if _has_room(area, m_per_mm):
            x_m, y_m = scene.label_at(area, letter_m=_LABEL_MM * m_per_mm)
            _write(axes, x_m, y_m, area.label, size=6.5, colour=INK, z=30)
    _north(axes)
    _bar(axes, m_per_mm)
    _key(figure, scene.key, fonts, lang, 1 - (map_mm + _FOOT_MM) / height_mm)
    return figure


def _frame(axes: Axes, scene: Scene, map_mm: float) -> float:
    """Show the bounds, all of them, in the middle; returns the metres of a millimetre."""
    west, south, east, north = scene.bounds
    m_per_mm = max((east - west) / _WIDTH_MM, (north - south) / map_mm)
    half_w, half_h = m_per_mm * _WIDTH_MM / 2, m_per_mm * map_mm / 2
    x, y = (west + east) / 2, (south + north) / 2
    axes.set(xlim=(x - half_w, x + half_w), ylim=(y - half_h, y + half_h), facecolor=PAPER)
    axes.set(xticks=[], yticks=[])
    for side in axes.spines.values():
        side.set(color=INK, linewidth=0.6)
    return float(m_per_mm)


def _outline(shape: Any) -> Outline:
    rings = [
        np.asarray(ring.coords)[:, :2]
        for part in shapely.get_parts(shapely.orient_polygons(shape))
        if isinstance(part, shapely.Polygon)
        for ring in (part.exterior, *part.interiors)
    ]
    codes = [[Outline.MOVETO, *[Outline.LINETO] * (len(r) - 2), Outline.CLOSEPOLY] for r in rings]
    if not rings:
        return Outline(np.zeros((0, 2)))
    return Outline(np.concatenate(rings), np.concatenate(codes))


def _points(axes: Axes, scene: Scene) -> None:
    for rank, mark in enumerate(("facility", "same", "differs", "only_base", "only_other")):
        here = [point for point in scene.points if point.mark == mark]
        if here:
            x, y = [point.x_m for point in here], [point.y_m for point in here]
            axes.plot(x, y, linestyle="none", zorder=10 + rank, **_marker(mark))


def _marker(mark: Any) -> dict[str, Any]:
    colour, shape = MARKS[mark]
    size = {"dot": 1.8, "diamond": 4.4}.get(shape, 3.6 if mark == "same" else 5.0)
    edge = "none" if shape == "dot" else INK if mark == "same" else "white"
    return {
        "marker": _MARKERS[shape], "markersize": size, "markerfacecolor": colour,
        "markeredgecolor": edge, "markeredgewidth": 0.5,
    }  # fmt: skip


def _write(
    axes: Axes, x: float, y: float, text: str, *, size: float, colour: str, z: float
) -> None:
    axes.text(
        x, y, text, fontsize=size, color=colour, ha="center", va="center", zorder=z,
        path_effects=_HALO, clip_on=True, parse_math=False,
    )  # fmt: skip


def _has_room(area: Area, m_per_mm: float) -> bool:
    west, south, east, north = area.shape.bounds
    wide, high = (east - west) / m_per_mm, (north - south) / m_per_mm
    return bool(area.label) and wide > _LABEL_MM * len(area.label) and high > 2 * _LABEL_MM


def _north(axes: Axes) -> None:
    """An arrow and its letter at the upper right, in parts of the axes."""
    x, y, on = 0.965, 0.93, axes.transAxes
    for side, colour in ((-1, INK), (1, "white")):
        corners = [(x, y), (x + side * 0.012, y - 0.075), (x, y - 0.058)]
        axes.add_patch(
            Polygon(corners, transform=on, facecolor=colour, edgecolor=INK, lw=0.5, zorder=40)
        )
    axes.text(x, y + 0.01, "北", transform=on, fontsize=7.5, ha="center", va="bottom", zorder=40)


def _bar(axes: Axes, m_per_mm: float) -> None:
    metres = round_length_m(0.22 * _WIDTH_MM * m_per_mm)
    wide = metres / m_per_mm / _WIDTH_MM
    x, y, on = 0.965 - wide, 0.035, axes.transAxes
    axes.add_patch(
        Rectangle((x - 0.02, y - 0.02), wide + 0.045, 0.085, transform=on, facecolor="white",
                  alpha=0.85, lw=0, zorder=39)
    )  # fmt: skip
    for half, colour in enumerate((INK, "white")):
        axes.add_patch(
            Rectangle((x + half * wide / 2, y), wide / 2, 0.011, transform=on, facecolor=colour,
                      edgecolor=INK, lw=0.5, zorder=40)
        )  # fmt: skip
    for part in (0.0, 0.5, 1.0):
        text = in_km(metres * part) + (" km" if part == 1.0 else "")
        axes.text(
            x + part * wide, y + 0.02, text, transform=on, fontsize=6.5, ha="center", zorder=41
        )


def _key(figure: Figure, key: Sequence[Entry], fonts: Fonts, lang: Lang, top: float) -> None:
    """The key below the map, in columns."""
    handles: list[Any] = []
    labels = []
    for entry in key:
        if entry.mark is not None:
            handles.append(Line2D([], [], linestyle="none", **_key_marker(entry.mark)))
        elif entry.fill is not None:
            handles.append(Patch(facecolor=FILLS[entry.fill], edgecolor="#b9b6ac", linewidth=0.4))
        labels.append(
            fonts.readable(
                in_lang(entry.says, lang)
                + (f" ({entry.count:,})" if lang == "en" else f"（{entry.count:,}）")
            )
        )
    figure.legend(
        handles, labels, loc="upper left", bbox_to_anchor=(0.0, top + 0.01), ncols=_COLUMNS,
        fontsize=7.5, frameon=False, handlelength=1.6, columnspacing=3.0, borderaxespad=0.0,
    )  # fmt: skip


def _key_marker(mark: Mark) -> dict[str, Any]:
    return {**_marker(mark), "markersize": 3.0 if mark == "facility" else 5.5}
