"""What a hypothetical present may not say, found before any file is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import shapely

from planning.buildable import modules_of
from planning.errors import Fault
from planning.inputs.projection_checks import Wrong
from planning.inputs.shortened import shortened
from planning.siting import Module
from planning.siting.options import sizes_of
from planning.study import AddedSite, SketchedArea, Study, WhatIf
from planning.study.what_if import MOST_SIZE

Loc = tuple[str | int, ...]
Says = tuple[str, str]

KEY = "what_if"
UNITS: dict[str, Says] = {
    "places": ("托位", "places"),
    "beds": ("床位", "beds"),
    "m2": ("平方米", "m²"),
}
_CORNERS = 3


def what_if_faults(study: Study, wrong: Wrong) -> Iterator[Fault]:
    """Every contradiction in what is added, changed and sketched."""
    if study.what_if is None:
        return
    yield from _twice("added", [site.id for site in study.what_if.added], wrong)
    yield from _twice("removed", study.what_if.removed, wrong)
    yield from _twice("areas", [area.id for area in study.what_if.areas], wrong)
    kinds = {(module.service, module.name): module for module in modules_of(study)}
    for n, site in enumerate(study.what_if.added):
        yield from _site_faults(study, site, kinds, (KEY, "added", n), wrong)
    yield from _gone_and_changed(study.what_if, wrong)
    for n, area in enumerate(study.what_if.areas):
        yield from _area_faults(study, area, (KEY, "areas", n), wrong)


def _twice(key: str, ids: Iterable[str], wrong: Wrong) -> Iterator[Fault]:
    """Ids that stand in a list more than once, at their second place."""
    seen: Counter[str] = Counter()
    for n, name in enumerate(ids):
        seen[name] += 1
        if seen[name] > 1:
            loc = (KEY, key, n) if key == "removed" else (KEY, key, n, "id")
            yield wrong(loc, (f"“{name}”重复", f"'{name}' twice"), ("每个编号一次", "each id once"))


def _site_faults(
    study: Study, site: AddedSite, kinds: dict[tuple[str, str], Module], loc: Loc, wrong: Wrong
) -> Iterator[Fault]:
    if (site.x_m is None) != (site.y_m is None) or (site.x_m is None and site.candidate is None):
        yield wrong(
            loc,
            ("没有坐标", "no place"),
            ("x_m 与 y_m，或 candidate", "x_m and y_m, or a candidate"),
        )
    if site.service not in study.services:
        known = list(study.services)
        yield wrong(
            (*loc, "service"),
            (f"“{site.service}”", f"'{site.service}'"),
            (f"以下之一：{'、'.join(known)}", f"one of {', '.join(known)}"),
        )
        return
    module = kinds.get((site.service, site.kind))
    if module is None:
        built = shortened([name for service, name in kinds if service == site.service], most=20)
        yield wrong(
            (*loc, "kind"),
            (f"“{site.kind}”", f"'{site.kind}'"),
            (
                f"{site.service} 的 build 中的种类：{'、'.join(built) or '无'}",
                f"a kind in the build of {site.service}: {', '.join(built) or 'none'}",
            ),
        )
        return
    ranges = sizes_of(module, module.floor_m2_per_unit * MOST_SIZE)
    if not is_size(site.size, ranges):
        yield wrong((*loc, "size"), *size_words(module, site.size, ranges))


def is_size(size: int, ranges: Iterable[tuple[int, int]]) -> bool:
    """Whether a size is in one of the ranges that a kind is built in."""
    return any(least <= size <= most for least, most in ranges)


def size_words(module: Module, size: int, ranges: Iterable[tuple[int, int]]) -> tuple[Says, Says]:
    """A size that does not fit, and those that do: found and expected."""
    zh, en = UNITS[module.sized_in]
    fits = [_range_words(least, most) for least, most in ranges]
    return (
        (f"{size:,} {zh}", f"{size:,} {en}"),
        (
            f"{'、'.join(fit for fit, _ in fits)} {zh}" if fits else "放得下的种类",
            f"{', '.join(fit for _, fit in fits)} {en}" if fits else "a kind that fits there",
        ),
    )


def _range_words(least: int, most: int) -> Says:
    if least == most:
        return f"{least:,}", f"{least:,}"
    if most >= MOST_SIZE:
        return f"不少于 {least:,}", f"{least:,} or more"
    return f"{least:,}—{most:,}", f"{least:,} to {most:,}"


def _gone_and_changed(what_if: WhatIf, wrong: Wrong) -> Iterator[Fault]:
    gone = set(what_if.removed)
    for key, changed in (("moved", what_if.moved), ("resized", what_if.resized)):
        for name in changed:
            if name in gone:
                yield wrong(
                    (KEY, key, name),
                    ("已撤销的设施", "a facility that is taken away"),
                    ("未撤销的设施", "one that is not"),
                )


def _area_faults(study: Study, area: SketchedArea, loc: Loc, wrong: Wrong) -> Iterator[Fault]:
    register = study.residential_areas
    if area.persons_per_household is None and (
        register is None or register.persons_per_household is None
    ):
        yield wrong(
            (*loc, "persons_per_household"),
            ("没有户均人口", "no persons per household"),
            (
                "该值，或 residential_areas.persons_per_household",
                "them, or residential_areas.persons_per_household",
            ),
        )
    corners = len(dict.fromkeys(area.outline))
    if corners < _CORNERS:
        yield wrong(
            (*loc, "outline"),
            (f"{corners} 个角点", f"{corners} corners"),
            ("至少三个不同的角点", "three corners at least, each elsewhere"),
        )
    elif not is_simple(area):
        yield wrong(
            (*loc, "outline"),
            ("自相交或没有面积的边界", "an outline that crosses itself, or holds no land"),
            ("不自相交的边界", "one that does not cross itself"),
        )


def is_simple(area: SketchedArea) -> bool:
    """Whether an outline encloses land and nowhere crosses or touches itself."""
    land = shapely.Polygon(area.outline)
    return bool(land.is_valid and land.area > 0)
