"""What one key of a study may not say without another, found before any file is read."""

from __future__ import annotations

import math
from collections.abc import Iterator

from planning.demand import TOTAL
from planning.errors import Fault
from planning.inputs.population.point_table import is_point_table
from planning.inputs.projection_checks import Wrong, projection_faults
from planning.inputs.provision_checks import provision_faults
from planning.inputs.vocabulary import vocabulary
from planning.inputs.what_if.checks import what_if_faults
from planning.standards.functions import building_functions
from planning.standards.source_classes import source_classes
from planning.study import GroupSpec, ServiceSpec, Study


def cross_faults(study: Study, wrong: Wrong) -> Iterator[Fault]:
    """Every contradiction between keys of a study; `wrong` knows the line of each."""
    yield from _area_checks(study, wrong)
    yield from _population_checks(study, wrong)
    yield from _groups_checks(study, wrong)
    yield from projection_faults(study, wrong)
    yield from _residential_checks(study, wrong)
    yield from _candidate_checks(study, wrong)
    yield from _service_checks(study, wrong)
    yield from provision_faults(study, wrong)
    yield from what_if_faults(study, wrong)


def _area_checks(study: Study, wrong: Wrong) -> Iterator[Fault]:
    """One area, said in one way."""
    given = [k for k in ("units", "boundary", "box") if getattr(study.area, k) is not None]
    if len(given) != 1:
        yield wrong(
            ("area",),
            ("、".join(given) or "无", ", ".join(given) or "none"),
            ("units、boundary、box 三者之一", "exactly one of units, boundary, box"),
        )
    made = study.area.made_units
    if made is not None and (made.hexagon_m is None) == (made.seats is None):
        none = made.seats is None
        yield wrong(
            ("area", "made_units"),
            ("都没有给出" if none else "两者都给出", "neither" if none else "both"),
            ("hexagon_m 与 seats 之一", "one of hexagon_m and seats"),
        )
    if study.area.box is not None and not _is_box(study.area.box):
        said = ", ".join(f"{corner:g}" for corner in study.area.box)
        yield wrong(
            ("area", "box"),
            (said, said),
            (
                "西、南、东、北（度），有宽有高",
                "west, south, east, north [degrees], of some width and height",
            ),
        )


def _groups_checks(study: Study, wrong: Wrong) -> Iterator[Fault]:
    """Groups by names of their own."""
    for name, group in study.groups.items():
        if name == TOTAL:
            yield wrong(
                ("groups", name),
                ("“total”", "'total'"),
                ("别的名称，total 指全体居民", "another name, total being all residents"),
            )
        yield from _group_checks(study, name, group, wrong)


def _residential_checks(study: Study, wrong: Wrong) -> Iterator[Fault]:
    """Shares among those who move in are of groups that are there."""
    areas = study.residential_areas
    for name, share in areas.groups.items() if areas is not None else ():
        loc = ("residential_areas", "groups", name)
        if name not in study.groups:
            known = list(study.groups)
            yield wrong(
                loc,
                (f"“{name}”", f"'{name}'"),
                (f"groups 中的人群：{'、'.join(known)}", f"one of groups: {', '.join(known)}"),
            )
        elif share.count > share.of:
            yield wrong(loc, *_more_than_all(share.count, share.of))


def _service_checks(study: Study, wrong: Wrong) -> Iterator[Fault]:
    """A service is for a group of persons and made of functions that buildings have."""
    groups = [TOTAL, *(n for n, group in study.groups.items() if group.unit == "persons")]
    for name, service in study.services.items():
        if service.group not in groups:
            yield wrong(
                ("services", name, "group"),
                (f"“{service.group}”", f"'{service.group}'"),
                (f"以下之一：{'、'.join(groups)}", f"one of {', '.join(groups)}"),
            )
        yield from _priority_checks(study, name, wrong)
        known = known_functions(study)
        # With words of its own, the study's types are known only once these are read.
        for loc, function in _functions(service) if study.vocabulary is None else ():
            if function not in known:
                yield wrong(
                    ("services", name, *loc),
                    (f"“{function}”", f"'{function}'"),
                    (f"以下之一：{'、'.join(known)}", f"one of {', '.join(known)}"),
                )


def _functions(service: ServiceSpec) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every function that a service names, and where."""
    for function in service.functions:
        yield ("functions",), function
    for name, built in service.build.items():
        for function in built.functions:
            yield ("build", name, "functions"), function
    for name, change in service.change.items():
        for key, functions in (("adds", change.adds), ("drops", change.drops)):
            for function in functions:
                yield ("change", name, key), function


def _candidate_checks(study: Study, wrong: Wrong) -> Iterator[Fault]:
    """Made candidates are made in one way, and what is assumed is known elsewhere."""
    buildable = [name for name, service in study.services.items() if service.build]
    assume = study.candidates.assume if study.candidates else None
    made = study.made_candidates
    for loc, services in (
        (("candidates", "assume", "services"), assume.services if assume else ()),
        (("made_candidates", "services"), made.services if made else ()),
    ):
        for name in services:
            if name not in buildable:
                yield wrong(
                    loc,
                    (f"“{name}”", f"'{name}'"),
                    (
                        f"有 build 的服务：{'、'.join(buildable)}",
                        f"a service with a build: {', '.join(buildable)}",
                    ),
                )
    if assume is not None and source_classes().of_word(assume.source_class) is None:
        words = "、".join(word for known in source_classes().classes for word in known.words)
        yield wrong(
            ("candidates", "assume", "source_class"),
            (f"“{assume.source_class}”", f"'{assume.source_class}'"),
            (f"以下之一：{words}", f"one of {words}"),
        )
    if made is None:
        return
    given = [key for key in ("spacing_m", "seats") if getattr(made, key) is not None]
    needed = ["seats"] if made.on == "seats" else ["spacing_m"]
    if given != needed:
        none = "、".join(given) or "无", ", ".join(given) or "neither"
        yield wrong(
            ("made_candidates",),
            (f"on: {made.on} 而给出 {none[0]}", f"on: {made.on} with {none[1]}"),
            (
                "streets 与 grid 给 spacing_m，seats 给 seats",
                "spacing_m for streets and grid, seats for seats",
            ),
        )


def _group_checks(study: Study, name: str, group: GroupSpec, wrong: Wrong) -> Iterator[Fault]:
    """A group has one way of counting, and what that needs."""
    given = [k for k in ("ages", "count", "of", "table") if getattr(group, k) is not None]
    if given not in (["ages"], ["count", "of"], ["table"]):
        yield wrong(
            ("groups", name),
            ("、".join(given) or "无", ", ".join(given) or "none"),
            ("ages，或 count 与 of，或 table", "ages, or count and of, or table"),
        )
    elif group.count is not None and group.of is not None and group.count > group.of:
        yield wrong(("groups", name), *_more_than_all(group.count, group.of))
    elif group.ages is not None and study.ages is None and not study.population.by_age:
        yield wrong(
            ("groups", name, "ages"),
            (f"“{group.ages}”而没有年龄表", f"'{group.ages}' without a table of ages"),
            ("研究文件中的 ages 或 population.by_age", "ages or population.by_age in the study"),
        )
    yield from _table_checks(study, name, group, wrong)


def _population_checks(study: Study, wrong: Wrong) -> Iterator[Fault]:
    """The residents come from somewhere, and every age from a file or a column."""
    spec = study.population
    if spec.buildings is not None and spec.over is not None:
        yield wrong(
            ("population", "over"),
            ("buildings 与 over 同时给出", "both buildings and over"),
            ("只用其一；没有住宅建筑处自动沿街", "one of them; homes run out, streets come next"),
        )
    if is_point_table(spec.path) != (spec.coords is not None):
        coords = spec.coords
        yield wrong(
            ("population", "coords"),
            (f"“{coords}”", f"'{coords}'") if coords else ("没有给出", "nothing"),
            (
                "点表（CSV、Excel）的 wgs84、gcj02、bd09 或 EPSG:nnnn；栅格与图层自带坐标系",
                "wgs84, gcj02, bd09 or EPSG:nnnn for a table of points (CSV, Excel), and for no "
                "raster or layer, which say it themselves",
            ),
        )
    if not spec.has_counts and spec.totals is None:
        yield wrong(
            ("population",),
            ("没有 path，也没有 totals", "neither path nor totals"),
            (
                "path（计数）、从 0 岁起的 by_age，或 totals（各单元人口）",
                "path (counts), by_age from age 0, or totals (people by unit)",
            ),
        )
    of_path = [key for key in ("layer", "column", "band") if getattr(spec, key) is not None]
    if not spec.path and of_path:
        yield wrong(
            ("population", of_path[0]),
            (f"{'、'.join(of_path)} 而没有 path", f"{', '.join(of_path)} without path"),
            ("它们所在的图层或栅格 path", "path, the layer or raster they are of"),
        )
    for at, cells in enumerate(spec.by_age):
        if cells.band is None and cells.column is None and not cells.path:
            yield wrong(
                ("population", "by_age", at),
                ("没有 path、band 或 column", "no path, band or column"),
                ("栅格、波段或字段", "a raster, a band or a column"),
            )
        elif not cells.path and not spec.path:
            yield wrong(
                ("population", "by_age", at),
                ("没有 path", "no path"),
                ("path，因为没有 population.path", "a path, for population.path is absent"),
            )
    if spec.absent_ages and not any(cells.column for cells in spec.by_age):
        yield wrong(
            ("population", "absent_ages"),
            ("没有年龄字段", "no column by age"),
            ("by_age 的 column；栅格请登记 NoData", "by_age with columns; rasters declare NoData"),
        )
    if is_point_table(spec.path) and (spec.by_age or spec.unit != "persons"):
        yield wrong(
            ("population", "by_age" if spec.by_age else "unit"),
            ("人口为点表", "people from a table of points"),
            ("点表只有每点总人数", "persons of all ages at every point, as such a table has"),
        )


def _table_checks(study: Study, name: str, group: GroupSpec, wrong: Wrong) -> Iterator[Fault]:
    """A group by table says which column counts it, and is part of a group that is no circle."""
    if group.table is not None:
        named = sorted({"people", "share"} & set(group.table.columns))
        if len(named) != 1:
            yield wrong(
                ("groups", name, "table"),
                (f"columns 中有 {named}", f"columns with {named}"),
                (
                    "columns 中 people（人数字段）与 share（占比字段）之一",
                    "one of people and share under columns, naming the column",
                ),
            )
    others = [TOTAL, *(other for other in study.groups if other not in (name, TOTAL))]
    chain, above = [name], group.within
    while above in others and above != TOTAL and above not in chain:
        chain.append(above)
        above = study.groups[above].within
    if group.within != TOTAL and (group.within not in others or above in chain):
        yield wrong(
            ("groups", name, "within"),
            (f"“{group.within}”", f"'{group.within}'"),
            (
                f"以下之一且不互为包含：{'、'.join(others)}",
                f"one of {', '.join(others)}, and no circle",
            ),
        )
    elif group.table is None and group.within != TOTAL:
        yield wrong(
            ("groups", name, "within"),
            (f"“{group.within}”而没有 table", f"'{group.within}' without a table"),
            ("只与 table 同用", "it with a table alone"),
        )


def _priority_checks(study: Study, name: str, wrong: Wrong) -> Iterator[Fault]:
    """Those who come first are a group of persons, and not the one the service is for anyway."""
    service = study.services[name]
    persons = [other for other, group in study.groups.items() if group.unit == "persons"]
    known = [group for group in persons if group != service.group]
    for group in service.priorities:
        if group not in known:
            yield wrong(
                ("services", name, "priorities", group),
                (f"“{group}”", f"'{group}'"),
                (f"以下之一：{'、'.join(known)}", f"one of {', '.join(known)}"),
            )


def _more_than_all(count: int, of: int) -> tuple[tuple[str, str], tuple[str, str]]:
    """What is found, and what is expected."""
    found = f"{count} / {of}", f"{count} of {of}"
    return found, ("不超过全体居民", "no more than all residents")


def _is_box(box: tuple[float, float, float, float]) -> bool:
    west, south, east, north = box
    return (
        all(map(math.isfinite, box))
        and max(abs(west), abs(east)) <= 180
        and max(abs(south), abs(north)) <= 90
        and west != east
        and south != north
    )


def known_functions(study: Study) -> list[str]:
    """What a building may do: the functions of our list, of the words, of the study's own types."""
    own = study.facilities.types if study.facilities else {}
    listed = [building_functions().ids, *vocabulary()["functions"].values(), *own.values()]
    return sorted({function for functions in listed for function in functions})
