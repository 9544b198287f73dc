"""The study area: its boundary, its planning units at every level, its residential areas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import shapely

Index = npt.NDArray[np.int32]
Geometries = npt.NDArray[np.object_]

LEVELS = ("province", "city", "county", "street", "community")
"""Levels of planning units, top down."""

FORMS: Mapping[str, tuple[str, ...]] = {
    "county": ("county", "county_city", "district", "functional_area"),
    "street": ("street", "town", "township"),
    "community": ("neighbourhood", "village"),
}
"""The forms units have, by level: 县、县级市、区、功能区; 街道、镇、乡; 社区、村."""

_FLAG = ("yes", "no")
ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    "zone": ("urban", "suburb", "rural"),
    "town": ("old", "new"),
    "form": tuple(form for forms in FORMS.values() for form in forms),
    "central": _FLAG,
    "agricultural": _FLAG,
    "central_town": _FLAG,
    "eligible": _FLAG,
    "poverty": _FLAG,
    "migrants": _FLAG,
}
"""What the clauses ask about units, and the values each may have.

城区、郊区、农村 (A-10); 旧城区、新城区 (A-3, A-17); the form (A-21); 中心城区 (A-12); 涉农 (A-22);
中心镇; 有条件的镇 (A-13); 脱贫地区; 流动人口集聚区.
"""
INHERITED = ("zone", "town", "central", "agricultural", "central_town")
"""Attributes that a unit shares with the one above it where nobody says otherwise."""

Status = Literal["new", "built"]
StatusBy = Literal["status", "date", "old_town"]

RESIDENTIAL = "residential_area"
"""The level name under which findings about residential areas are reported."""

_POLYGONS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitLevel:
    """The planning units of one level, in the order of their ids.

    `parent_ids` are units of the level above (None at the top). `attributes` are what the clauses
    ask about, (units,) each by all names of `ATTRIBUTES`; "" where nobody says.
    """

    level: str
    ids: tuple[str, ...]
    names: tuple[str, ...]
    parent_ids: tuple[str | None, ...]
    geometry: Geometries
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        blank = ("",) * len(self)
        assert set(self.attributes) <= set(ATTRIBUTES)
        said = {name: self.attributes.get(name, blank) for name in ATTRIBUTES}
        for name, values in said.items():
            assert len(values) == len(self) and set(values) <= {"", *ATTRIBUTES[name]}
        object.__setattr__(self, "attributes", said)

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidentialAreas:
    """Residential areas 居住区, shape (n,) each, in the order of their ids.

    Those that a scenario sketches come last, in the order they were sketched in.
    `status` is the clause an area answers to as STANDARDS A-3 reads it, `status_by` what decides
    it, `dated` the day its land was granted or permitted ("" unknown). `built` says whether homes
    stand there by its register, `stays` whether people counted inside stay when the planned ones
    come. `planned_people` [persons], `households` and `delivery_year` are −1 where nobody says;
    `elsewhere` counts the areas left out because they do not meet the study area.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    status: tuple[Status, ...]
    status_by: tuple[StatusBy, ...]
    dated: tuple[str, ...]
    built: npt.NDArray[np.bool_]
    planned_people: npt.NDArray[np.int64]
    households: npt.NDArray[np.int64]
    delivery_year: npt.NDArray[np.int32]
    stays: npt.NDArray[np.bool_]
    geometry: Geometries
    elsewhere: int = 0

    def __len__(self) -> int:
        return len(self.ids)

    def joined(self, other: ResidentialAreas) -> ResidentialAreas:
        """These areas followed by `other`."""
        both: dict[str, Any] = {}
        for name in (one.name for one in fields(self) if one.name != "elsewhere"):
            mine, theirs = getattr(self, name), getattr(other, name)
            is_words = isinstance(mine, tuple)
            both[name] = mine + theirs if is_words else np.concatenate([mine, theirs])
        return replace(self, **both)

    @property
    def by_plan(self) -> npt.NDArray[np.bool_]:
        """Which answer for their planned people, the others for who lives there (STANDARDS A-1)."""
        is_new = np.array([status == "new" for status in self.status], dtype=bool)
        return (self.planned_people > 0) & (is_new | ~self.built)

    def in_count(self, counted_in: int | None) -> npt.NDArray[np.bool_]:
        """Whose people a count of a year has already: homes delivered by then.

        Where either year is unknown, those that are built.
        """
        if counted_in is None:
            return self.built
        known = self.delivery_year >= 0
        return np.where(known, self.delivery_year <= counted_in, self.built)

    def described(self, at: int) -> tuple[str, str]:
        """What an area is, by what, and when it is delivered: 新建居住区（按状态），2026年交付."""
        year = int(self.delivery_year[at])
        return described(
            self.status[at],
            self.status_by[at],
            dated=self.dated[at],
            year=year if year >= 0 else None,
        )


def described(
    status: Status, status_by: StatusBy, *, dated: str = "", year: int | None = None
) -> tuple[str, str]:
    """What an area is, by what, and in which year it is delivered, None where nobody says."""
    zh, en = (text.format(dated=dated) for text in _DESCRIBED[status_by, status])
    return (zh, en) if year is None else (f"{zh}，{year}年交付", f"{en}, delivered {year}")


_DESCRIBED: Mapping[tuple[StatusBy, Status], tuple[str, str]] = {
    ("status", "new"): ("新建居住区（按状态）", "new by its status"),
    ("date", "new"): ("新建居住区（出让或许可{dated}）", "new by its land of {dated}"),
    ("status", "built"): ("已建成居住区（按状态）", "built by its status"),
    ("date", "built"): ("已建成居住区（出让或许可{dated}）", "built by its land of {dated}"),
    ("old_town", "built"): ("旧城区居住区", "in the old town"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyArea:
    """Where the study looks. Every geometry is in the metric CRS `epsg`; levels run top down."""

    name: str
    epsg: int
    boundary: shapely.Geometry
    levels: tuple[UnitLevel, ...]
    residential: ResidentialAreas | None

    def level(self, name: str) -> UnitLevel | None:
        """The level of that name, or None where the study has no such units."""
        return next((level for level in self.levels if level.level == name), None)

    def contains(
        self, x_m: npt.NDArray[np.float64], y_m: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.bool_]:
        """Which points lie inside the boundary or on it, shape (n,)."""
        shapely.prepare(self.boundary)
        return np.asarray(shapely.intersects_xy(self.boundary, x_m, y_m), dtype=bool)

    def locate(
        self, x_m: npt.NDArray[np.float64], y_m: npt.NDArray[np.float64]
    ) -> Mapping[str, Index]:
        """The unit of every point at every level, and its residential area; −1 where none.

        A point on a shared border belongs to the unit that stands first in the order of ids, so it
        belongs to exactly one.
        """
        places = {level.level: first_containing(level.geometry, x_m, y_m) for level in self.levels}
        areas = self.residential.geometry if self.residential else np.empty(0, dtype=object)
        places[RESIDENTIAL] = first_containing(areas, x_m, y_m)
        return places


def first_containing(
    polygons: Geometries, x_m: npt.NDArray[np.float64], y_m: npt.NDArray[np.float64]
) -> Index:
    """Index of the first polygon that contains or touches each point, shape (n,); −1 where none.

    Each polygon looks at the points of its own box that have none yet, so that millions of points
    are never made geometries.
    """
    found = np.full(len(x_m), -1, dtype=np.int32)
    if not len(polygons) or not len(x_m):
        return found
    order = np.argsort(y_m, kind="stable")
    x, y = x_m[order], y_m[order]
    of_sorted = found.copy()
    west, south, east, north = shapely.bounds(polygons).T
    first, end = np.searchsorted(y, south, side="left"), np.searchsorted(y, north, side="right")
    # Empty polygons have no box, and NaN sorts behind all.
    for at in np.flatnonzero((end > first) & np.isfinite(south)):
        some = slice(first[at], end[at])
        near = (x[some] >= west[at]) & (x[some] <= east[at]) & (of_sorted[some] < 0)
        rows = first[at] + np.flatnonzero(near)
        shapely.prepare(polygons[at])
        of_sorted[rows[shapely.intersects_xy(polygons[at], x[rows], y[rows])]] = at
    found[order] = of_sorted
    return found


SLIVER = 0.01
"""Neighbours drawn by hand overlap by less of the smaller one than this."""


def overlaps(
    polygons: Geometries,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Pairs of polygons that meet, the first before the second, and what they share.

    Shape (pairs,) each; the last as a part of the land of the smaller one. None where the polygons
    fit together edge by edge, as official borders do, which is seen at once.
    """
    if shapely.coverage_is_valid(polygons):
        nothing = np.empty(0, dtype=np.int64)
        return nothing, nothing, np.empty(0)
    one, other = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    once = one < other
    one, other = one[once], other[once]
    shared_m2 = shapely.area(shapely.intersection(polygons[one], polygons[other]))
    area_m2 = shapely.area(polygons)
    return one, other, shared_m2 / np.minimum(area_m2[one], area_m2[other])


def only_polygons(shapes: Geometries) -> Geometries:
    """The polygons of each shape as one: where borders touch, an overlay leaves lines and points.

    Shape (n,) as `shapes`; an empty polygon where there are none.
    """
    found = shapes.copy()
    for at in np.flatnonzero(~np.isin(shapely.get_type_id(shapes), _POLYGONS)):
        parts = shapely.get_parts(shapes[at])
        flat = parts[np.isin(shapely.get_type_id(parts), _POLYGONS)]
        found[at] = shapely.union_all(flat) if len(flat) else shapely.Polygon()
    return found
