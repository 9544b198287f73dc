"""The study file, YAML 1.2: every fault at once, with its line, and the nearest known key."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from planning.demand import RATE, TOTAL
from planning.errors import Fault, InputError, MissingFileError, StudyError, fail, raise_all
from planning.inputs.population.point_table import is_point_table
from planning.inputs.postgis.address import address_of, without_addresses
from planning.inputs.projection_checks import projection_faults
from planning.inputs.vocabulary import vocabulary
from planning.inputs.yaml_text import Loc, as_plain, holds, line_of, parse_yaml
from planning.standards.source_classes import source_classes
from planning.study import GroupSpec, Study

_NAME = (
    "字母或数字开头，只含字母、数字和 . _ -，至多 64 个字符",
    "letters, digits and . _ - only, at most 64",
)

# What pydantic finds wrong, by its type; {…} is filled from the error's context.
_EXPECTED = {
    "greater_than": ("大于 {gt} 的数", "a number above {gt}"),
    "greater_than_equal": ("不小于 {ge} 的数", "a number ≥ {ge}"),
    "less_than_equal": ("不大于 {le} 的数", "a number ≤ {le}"),
    "finite_number": ("有限的数", "a finite number"),
    "float_parsing": ("数", "a number"),
    "float_type": ("数", "a number"),
    "int_parsing": ("整数", "a whole number"),
    "int_from_float": ("整数", "a whole number"),
    "int_type": ("整数", "a whole number"),
    "literal_error": ("以下之一：{expected}", "one of {expected}"),
    "string_type": ("文字", "text"),
    "string_pattern_mismatch": _NAME,
    "string_too_short": ("文字，不能留空", "text, not left blank"),
    "model_type": ("键值结构", "keys with values"),
    "dict_type": ("键值结构", "keys with values"),
    "tuple_type": ("列表", "a list"),
    "too_short": ("更多的值", "more values"),
    "too_long": ("更少的值", "fewer values"),
    "missing": ("必填的值", "a value here"),
    "is_instance_of": ("0 至 1 之间的数", "a number from 0 to 1"),
    "yearly_rate": RATE,
}
_ANYTHING = ("有效的取值", "a valid value")


def read_study(path: Path, scenario: str | None = None) -> Study:
    """Read a study file and apply a scenario; every fault, of every scenario, is listed at once."""
    if not path.is_file():
        raise fail(
            MissingFileError,
            str(path),
            found=("没有这个文件", "no such file"),
            expected=("研究文件（YAML）", "a study file (YAML)"),
            to_do=("检查路径", "check the path"),
        )
    written = parse_yaml(path, StudyError, keys="name:、area:")
    faults: list[Fault] = []
    base = _validated(_Page(path.name, written), as_plain(written), faults)
    variants: dict[str, Study | None] = {}
    for name, change in _overrides(written):
        page = _Page(path.name, written, scenario=name, change=change)
        variants[name] = _validated(page, _merged(as_plain(written), change), faults)
    raise_all(StudyError, faults)
    study = base if scenario is None else variants.get(scenario)
    if study is None:
        names = ", ".join(variants) or "—"
        raise fail(
            StudyError,
            f"{path.name} scenarios",
            found=(f"没有情景“{scenario}”", f"no scenario '{scenario}'"),
            expected=(f"以下之一：{names}", f"one of: {names}"),
            to_do=("改用已有情景名", "name one of them"),
        )
    return study


@dataclass(frozen=True, slots=True)
class _Page:
    """What was written, and which scenario's part of it is looked at."""

    file: str
    written: Any
    scenario: str | None = None
    change: Mapping[str, Any] | None = None

    def where(self, loc: Loc) -> str:
        """File, line and path of a place of the study."""
        loc = ("scenarios", self.scenario, *loc) if self.scenario is not None else tuple(loc)
        line = line_of(self.written, loc)
        path = ".".join(map(str, loc))
        return f"{self.file}:{line} {path}" if line else f"{self.file} {path}"

    def is_of_scenario(self, loc: Loc) -> bool:
        """Whether a place of the study is written in the scenario itself."""
        here: Any = self.change
        for part in loc:
            if not holds(here, part):
                return False
            here = here[part]
        return bool(loc)


def _validated(page: _Page, plain: dict[str, Any], faults: list[Fault]) -> Study | None:
    """The study, or None with its faults noted; a scenario answers for what it changes."""
    try:
        study = Study.model_validate(plain)
    except ValidationError as error:
        for found in error.errors():
            # What is missing can only be looked for in what it is missing from.
            loc = found["loc"][:-1] if found["type"] == "missing" else found["loc"]
            if page.scenario is None or page.is_of_scenario(loc):
                faults.append(_fault(page, found))
        return None
    known = {(fault.found, fault.expected) for fault in faults}
    for fault in _cross_checks(study, page):
        if (fault.found, fault.expected) not in known:
            faults.append(fault)
    return study


def _overrides(written: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Scenarios that are mappings of keys; of the others the study itself complains."""
    scenarios = as_plain(written).get("scenarios")
    if isinstance(scenarios, dict):
        yield from ((name, c) for name, c in scenarios.items() if isinstance(c, dict))


def _merged(base: Any, change: Any) -> Any:
    """`base` with `change` laid over it; mappings are merged key by key, all else is replaced."""
    if isinstance(base, dict) and isinstance(change, dict):
        return {
            **base,
            **{k: _merged(base[k], v) if k in base else v for k, v in change.items()},
        }
    return change


def _fault(page: _Page, error: Any) -> Fault:
    where = page.where(error["loc"])
    if error["type"] == "extra_forbidden":
        known = _known_keys(error["loc"][:-1])
        near = difflib.get_close_matches(str(error["loc"][-1]), known, n=1)
        hint = near[0] if near else ", ".join(known)
        return Fault(
            where=where,
            found=(f"未知的键“{error['loc'][-1]}”", f"unknown key '{error['loc'][-1]}'"),
            expected=(f"“{hint}”", f"'{hint}'"),
            to_do=("改正键名", "mend the key"),
        )
    if error["type"] == "missing":
        return Fault(
            where=where,
            found=("缺少该键", "nothing"),
            expected=("必填", "this key"),
            to_do=("补上", "add it"),
        )
    value = without_addresses(str(error.get("input")))[:60]
    zh, en = _EXPECTED.get(error["type"], _ANYTHING)
    context = {k: _whole(v) for k, v in (error.get("ctx") or {}).items()}
    return Fault(
        where=where,
        found=(f"“{value}”", f"'{value}'"),
        expected=(zh.format_map(context), en.format_map(context)),
        to_do=("改正取值", "mend the value"),
    )


def _whole(value: Any) -> Any:
    """2.0 as 2, to be read."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _known_keys(loc: Loc) -> list[str]:
    """Keys the schema knows at a place of the study."""
    schema = Study.model_json_schema()
    here: dict[str, Any] = schema
    for part in loc:
        inner = here.get("properties", {}).get(part) or here.get("additionalProperties") or {}
        inner = here.get("items", {}) if isinstance(part, int) else inner
        options = [inner, *inner.get("anyOf", []), *inner.get("allOf", [])]
        ref = next((o["$ref"] for o in options if "$ref" in o), None)
        here = schema["$defs"][ref.rsplit("/", 1)[-1]] if ref else inner
    return sorted(here.get("properties", {}))


def _cross_checks(study: Study, page: _Page) -> Iterator[Fault]:
    """What one key may not say without another."""

    def wrong(loc: Loc, found: tuple[str, str], expected: tuple[str, str]) -> Fault:
        return Fault(
            where=page.where(loc),
            found=found,
            expected=expected,
            to_do=("改正研究文件", "mend the study file"),
        )

    for key, given_input in study.inputs().items():
        try:
            address_of(given_input.path, page.where((*key.split("."), "path")))
        except InputError as error:
            yield from error.faults
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
    people = study.population
    if people.buildings is not None and people.over is not None:
        yield wrong(
            ("population", "over"),
            ("buildings 与 over 同时给出", "both buildings and over"),
            ("只用其一；没有住宅建筑处自动沿街", "one of them; homes run out, streets come next"),
        )
    if is_point_table(people.path) != (people.coords is not None):
        coords = people.coords
        yield wrong(
            ("population", "coords"),
            (f"“{coords}”", f"'{coords}'") if coords else ("没有给出", "nothing"),
            (
                "点表（CSV、Excel）的 wgs84、gcj02、bd09 或 EPSG:nnnn；栅格与图层自带坐标系",
                "wgs84, gcj02, bd09 or EPSG:nnnn for a table of points (CSV, Excel), and for no "
                "raster or layer, which say it themselves",
            ),
        )
    yield from _population_checks(study, wrong)
    for name, group in study.groups.items():
        if name == TOTAL:
            yield wrong(
                ("groups", name),
                ("“total”", "'total'"),
                ("别的名称，total 指全体居民", "another name, total being all residents"),
            )
        yield from _group_checks(study, name, group, wrong)
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
    yield from _candidate_checks(study, wrong)
    yield from projection_faults(study, wrong)
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
        for function in service.functions if study.vocabulary is None else ():
            if function not in known:
                yield wrong(
                    ("services", name, "functions"),
                    (f"“{function}”", f"'{function}'"),
                    (f"以下之一：{'、'.join(known)}", f"one of {', '.join(known)}"),
                )


def _candidate_checks(study: Study, wrong: Callable[..., Fault]) -> Iterator[Fault]:
    """Made candidates are made in one way, and what is assumed is known elsewhere."""
    buildable = [name for name, service in study.services.items() if service.build is not None]
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


def _group_checks(
    study: Study, name: str, group: GroupSpec, wrong: Callable[..., Fault]
) -> Iterator[Fault]:
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


def _population_checks(study: Study, wrong: Callable[..., Fault]) -> Iterator[Fault]:
    """The residents come from somewhere, and every age from a file or a column."""
    spec = study.population
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


def _table_checks(
    study: Study, name: str, group: GroupSpec, wrong: Callable[..., Fault]
) -> Iterator[Fault]:
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


def _priority_checks(study: Study, name: str, wrong: Callable[..., Fault]) -> Iterator[Fault]:
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
    """What a building may do: the vocabulary's functions, and those of the study's own types."""
    own = study.facilities.types if study.facilities else {}
    listed = [*vocabulary()["functions"].values(), *own.values()]
    return sorted({function for functions in listed for function in functions})
