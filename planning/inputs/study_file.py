"""The study file, YAML 1.2: every fault at once, with its line, and the nearest known key."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from planning.demand import RATE
from planning.errors import Fault, InputError, MissingFileError, StudyError, fail, raise_all
from planning.inputs.cross_checks import cross_faults
from planning.inputs.postgis.address import address_of, without_addresses
from planning.inputs.yaml_text import Loc, as_plain, holds, line_of, parse_yaml
from planning.study import Study

_NAME = (
    "字母或数字开头，只含字母、数字和 . _ -，至多 64 个字符",
    "letters, digits and . _ - only, at most 64",
)
_KIND_NAME = (
    "汉字、字母或数字开头，只含汉字、字母、数字和 . _ - · ( )，至多 64 个字符",
    "Chinese characters, letters, digits and . _ - · ( ) only, at most 64",
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
    "string_type": (
        "文字；数字、日期作文字时加引号",
        "text; numbers and dates that are meant as text stand in quotes",
    ),
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
        found = error.errors()
        own = [one for one in found if page.is_of_scenario(_written_at(one))]
        if page.scenario is None or (not own and not faults):
            own = found
        faults += [_fault(page, one) for one in own]
        return None
    known = {(fault.found, fault.expected) for fault in faults}
    for fault in _cross_checks(study, page):
        if (fault.found, fault.expected) not in known:
            faults.append(fault)
    return study


def _written_at(error: Any) -> Loc:
    """Where what is wrong is written: what is missing, in what it is missing from."""
    loc: Loc = error["loc"]
    return loc[:-1] if error["type"] == "missing" or loc[-1:] == ("[key]",) else loc


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
    where = page.where(tuple(part for part in error["loc"] if part != "[key]"))
    if error["type"] == "extra_forbidden":
        key, above = str(error["loc"][-1]), error["loc"][:-1]
        return Fault(
            where=where,
            found=(f"未知的键“{key}”", f"unknown key '{key}'"),
            expected=_key_meant(key, above),
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
    if error["type"] == "string_pattern_mismatch" and "·" in error["ctx"]["pattern"]:
        zh, en = _KIND_NAME
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


def _key_meant(key: str, above: Loc) -> tuple[str, str]:
    """Where a key belongs that stands one level too high, or the key that comes near it."""
    known = _known_keys(above)
    owners = [one for one in known if key in _known_keys((*above, one))]
    if owners:
        return f"写在 {'、'.join(owners)} 之下", f"it under {' or '.join(owners)}"
    near = difflib.get_close_matches(key, known, n=1)
    hint = near[0] if near else ", ".join(known)
    return f"“{hint}”", f"'{hint}'"


def _known_keys(loc: Loc) -> list[str]:
    """Keys the schema knows at a place of the study."""
    schema = Study.model_json_schema()
    here: dict[str, Any] = schema
    for part in loc:
        by_pattern = next(iter(here.get("patternProperties", {}).values()), None)
        inner = here.get("properties", {}).get(part) or by_pattern
        inner = inner or here.get("additionalProperties") or {}
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
    yield from cross_faults(study, wrong)
