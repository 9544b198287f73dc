"""A map on a sheet: its scale a round number, streets thin and grey, borders, names, north."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import matplotlib.patheffects as effects
import numpy as np
import numpy.typing as npt
import shapely
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PatchCollection, PathCollection
from matplotlib.patches import Polygon, Rectangle
from matplotlib.path import Path as Outline

from planning.outputs.sheets.colours import BORDER, GROUND, INK, PAPER, QUIET, ROADS
from planning.outputs.sheets.paper import Paper, cut
from planning.result import StudyResult

_ROUND = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
_ROOM = 1.04
_HALO = [effects.withStroke(linewidth=2.0, foreground="white")]
_AT_ONCE = 64
"""Shapes of one path; a path of thousands takes long again."""
_MANY = 20_000
"""More shapes than this are drawn as pixels in the PDF, which stays small."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Axes in metres of the study's CRS, drawn at 1 : `scale` on the paper."""

    axes: Axes
    paper: Paper
    scale: float
    x: float
    y: float
    width: float
    height: float


def ground(
    paper: Paper, result: StudyResult, basemap: gpd.GeoDataFrame, *,
    x: float, y: float, width: float, height: float,
) -> Ground:  # fmt: skip
    """The study area in a rectangle of the paper [mm], streets, water and green below."""
    west, south, east, north = shapely.bounds(result.town.area.boundary)
    scale = _round_scale(_ROOM * max((east - west) / width, (north - south) / height) * 1000)
    half_w, half_h = width * scale / 2000, height * scale / 2000
    middle_x, middle_y = (west + east) / 2, (south + north) / 2
    axes = paper.axes(x, y, width, height)
    axes.set(
        xlim=(middle_x - half_w, middle_x + half_w), ylim=(middle_y - half_h, middle_y + half_h)
    )
    axes.set(xticks=[], yticks=[], facecolor=PAPER)
    for side in axes.spines.values():
        side.set(color=INK, linewidth=0.8)
    found = Ground(axes=axes, paper=paper, scale=scale, x=x, y=y, width=width, height=height)
    _draw_basemap(found, basemap, result.town.area.epsg)
    return found


def _round_scale(at_least: float) -> float:
    power = 10.0 ** math.floor(math.log10(at_least))
    return next(m * power for m in _ROUND if m * power >= at_least * (1 - 1e-9))


def _draw_basemap(at: Ground, basemap: gpd.GeoDataFrame, epsg: int) -> None:
    (west, east), (south, north) = at.axes.get_xlim(), at.axes.get_ylim()
    window = gpd.GeoSeries([shapely.box(west, south, east, north)], crs=epsg)
    near = window.to_crs(basemap.crs).total_bounds
    shown = basemap.cx[near[0] : near[2], near[1] : near[3]].to_crs(epsg)
    shapes, kinds = shown.geometry.to_numpy(), shown["kind"].to_numpy()
    for kind, colour in GROUND.items():
        of_kind = shapes[kinds == kind]
        areas(at, of_kind[shapely.get_dimensions(of_kind) == 2], colour, z=1)
        lines(at, of_kind[shapely.get_dimensions(of_kind) == 1], colour, width=1.2, z=1)
    for kind, (colour, width) in reversed(ROADS.items()):
        lines(at, shapes[kinds == kind], colour, width=width, z=2)


def areas(
    at: Ground, shapes: npt.NDArray[np.object_], colour: str, *, z: float, alpha: float = 1.0,
    hatch: str | None = None,
) -> None:  # fmt: skip
    """Polygons filled with one colour, holes left open."""
    if not len(shapes):
        return
    oriented = shapely.orient_polygons(shapes)
    paths = [_outline(oriented[at : at + _AT_ONCE]) for at in range(0, len(oriented), _AT_ONCE)]
    drawn = PathCollection(
        paths, facecolors=colour, edgecolors="none", alpha=alpha, zorder=z, hatch=hatch,
        rasterized=len(shapes) > _MANY,
    )  # fmt: skip
    at.axes.add_collection(drawn, autolim=False)


def _outline(shapes: npt.NDArray[np.object_]) -> Outline:
    """Polygons, of any number of parts, as one path: many small ones take long to draw."""
    rings = [
        np.asarray(ring.coords)[:, :2]
        for part in shapely.get_parts(shapes)
        if isinstance(part, shapely.Polygon) and not part.is_empty
        for ring in (part.exterior, *part.interiors)
    ]
    if not rings:
        return Outline(np.zeros((0, 2)))
    codes = np.concatenate(
        [
            np.r_[Outline.MOVETO, [Outline.LINETO] * (len(ring) - 2), Outline.CLOSEPOLY]
            for ring in rings
        ]
    )
    return Outline(np.concatenate(rings), codes)


def lines(
    at: Ground, shapes: npt.NDArray[np.object_], colour: str, *, width: float, z: float,
    style: Any = "-",
) -> None:  # fmt: skip
    """Lines of one colour and width [pt]."""
    parts = shapely.get_parts(shapes)
    flat = [
        np.asarray(p.coords)[:, :2] for p in parts if p.geom_type in ("LineString", "LinearRing")
    ]
    at.axes.add_collection(
        LineCollection(
            flat, colors=colour, linewidths=width, linestyles=style, zorder=z,
            rasterized=len(flat) > _MANY,
        ),
        autolim=False,
    )  # fmt: skip


def draw_borders(at: Ground, result: StudyResult) -> None:
    """Borders of the smallest and the larger units, and of the study area."""
    area = result.town.area
    for depth, level in enumerate(reversed(area.levels[-2:])):
        width, style = ((0.45, (0, (4, 2))), (0.9, "-"))[depth]
        lines(at, shapely.boundary(level.geometry), BORDER, width=width, z=6, style=style)
    lines(at, np.array([area.boundary.boundary]), INK, width=1.5, z=7)


def draw_names(at: Ground, result: StudyResult, level: str, *, below: Sequence[str] = ()) -> None:
    """The names of units inside them, where there is room, with what stands `below` each."""
    units = result.town.area.level(level)
    if units is None:
        return
    mm = 1000 / at.scale
    for row, shape in enumerate(units.geometry):
        if shape.is_empty:
            continue
        point = shapely.point_on_surface(shape)
        west, _, east, _ = shape.bounds
        name = cut(
            at.paper.plain(units.names[row] or units.ids[row]),
            max(18.0, (east - west) * mm * 0.9),
            8,
        )
        said = name + (f"\n{below[row]}" if below and below[row] else "")
        at.axes.text(
            point.x, point.y, said, fontsize=8, color=INK, ha="center", va="center", zorder=20,
            path_effects=_HALO, clip_on=True, parse_math=False, linespacing=1.25,
        )  # fmt: skip


def draw_points(
    at: Ground, x_m: npt.ArrayLike, y_m: npt.ArrayLike, *, colour: str, marker: str = "o",
    size: float = 5.0, edge: str = "white", z: float = 12,
) -> None:  # fmt: skip
    """Points of one kind; `size` [pt] across."""
    at.axes.plot(
        x_m, y_m, linestyle="none", marker=marker, markersize=size, markerfacecolor=colour,
        markeredgecolor=edge, markeredgewidth=0.7, zorder=z,
    )  # fmt: skip


def draw_label(at: Ground, x_m: float, y_m: float, text: str, *, size: float) -> None:
    """A small word [pt] at the upper right of a point."""
    at.axes.annotate(
        at.paper.plain(text), (x_m, y_m), xytext=(size / 2, size / 2), textcoords="offset points",
        fontsize=size, color=INK, fontweight="bold", path_effects=_HALO, zorder=22,
        parse_math=False,
        annotation_clip=True,
    )  # fmt: skip


def draw_north_and_scale(at: Ground) -> None:
    """North arrow at the upper right, a bar in kilometres and the scale at the lower right."""
    paper = at.paper
    x, y = at.x + at.width - 9, at.y + at.height - 8
    page = paper.page
    page.add_collection(
        PatchCollection(
            [Polygon([(x, y), (x - 3, y - 11), (x, y - 8.5)])], facecolor=INK, edgecolor=INK, lw=0.6
        )
    )
    page.add_collection(
        PatchCollection(
            [Polygon([(x, y), (x + 3, y - 11), (x, y - 8.5)])],
            facecolor="white",
            edgecolor=INK,
            lw=0.6,
        )
    )
    paper.text(x, y + 5.2, paper.say(("北", "N")), size=9, bold=True, align="center")
    page.set_zorder(5)
    page.patch.set_visible(False)
    _scale_bar(at)


def _scale_bar(at: Ground) -> None:
    paper, mm_per_km = at.paper, 1e6 / at.scale
    longest = at.width * 0.22 / mm_per_km
    power = 10.0 ** math.floor(math.log10(longest))
    km = max(m * power for m in (1.0, 2.0, 5.0) if m * power <= longest)
    width = km * mm_per_km
    x, y = at.x + at.width - width - 14, at.y + 6
    paper.page.add_patch(
        Rectangle((x - 5, y - 3.6), width + 16, 15.2, facecolor="white", alpha=0.85, lw=0)
    )
    for half, colour in enumerate((INK, "white")):
        paper.page.add_patch(
            Rectangle(
                (x + half * width / 2, y), width / 2, 1.6, facecolor=colour, edgecolor=INK, lw=0.6
            )
        )
    for part in (0.0, 0.5, 1.0):
        said = f"{km * part:g}" + (" km" if part == 1.0 else "")
        paper.text(x + part * width, y + 6, said, size=7.5, align="center")
    paper.text(
        x,
        y + 10.6,
        f"1:{at.scale:,.0f}（A3）" if paper.lang == "zh" else f"1:{at.scale:,.0f} on A3",
        size=7.5,
        colour=QUIET,
    )
