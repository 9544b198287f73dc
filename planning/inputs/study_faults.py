"""What is wrong with a study as it is written: where, what, and the key that was meant."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel

from planning.demand import RATE
from planning.errors import Fault
from planning.inputs.postgis.address import without_addresses
from planning.inputs.yaml_text import Loc, holds, line_of
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
    "too_many": ("至多 {most:,} 项", "{most:,} at most"),
    "one_line": ("一行文字，至多 100 个字", "one line of text, 100 characters at most"),
    "string_too_long": ("至多 {max_length} 个字", "{max_length} characters at most"),
    "missing": ("必填的值", "a value here"),
    "is_instance_of": ("0 至 1 之间的数", "a number from 0 to 1"),
    "yearly_rate": RATE,
}
_SHOWN, _LONGEST_SAID = 60, 2_000
MOST_FAULTS = 50
"""So many are told of one file at once: nobody reads more, and each is compared with all keys."""
_ANYTHING = ("有效的取值", "a valid value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What was written in a file, and which part of it is looked at.

    `change` is what a scenario says, written below `above` in its file, None for the study itself;
    `schema` is what keys are looked up in.
    """

    file: str
    written: Any
    above: Loc = ()
    change: Mapping[str, Any] | None = None
    schema: type[BaseModel] = Study
    to_do: tuple[str, str] = ("改正研究文件", "mend the study file")

    def where(self, loc: Loc) -> str:
        """File, line and path of a place of the study."""
        loc = (*self.above, *loc)
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

    def wrong(self, loc: Loc, found: tuple[str, str], expected: tuple[str, str]) -> Fault:
        """A fault of a place of the study."""
        return Fault(where=self.where(loc), found=found, expected=expected, to_do=self.to_do)


def fault_of(page: Page, error: Any) -> Fault:
    """One error of pydantic in our words."""
    where = page.where(tuple(part for part in error["loc"] if part != "[key]"))
    if error["type"] == "extra_forbidden":
        key, above = str(error["loc"][-1])[:_LONGEST_SAID], error["loc"][:-1]
        return Fault(
            where=where,
            found=(f"未知的键“{key[:_SHOWN]}”", f"unknown key '{key[:_SHOWN]}'"),
            expected=_key_meant(key, above, page.schema),
            to_do=("改正键名", "mend the key"),
        )
    if error["type"] == "missing":
        return Fault(
            where=where,
            found=("缺少该键", "nothing"),
            expected=("必填", "this key"),
            to_do=("补上", "add it"),
        )
    if error["type"] == "too_many":
        zh, en = _EXPECTED["too_many"]
        return Fault(
            where=where,
            found=(f"{error['ctx']['n']:,} 项", f"{error['ctx']['n']:,}"),
            expected=(zh.format_map(error["ctx"]), en.format_map(error["ctx"])),
            to_do=("减少", "leave some out"),
        )
    value = without_addresses(str(error.get("input"))[:_LONGEST_SAID])[:_SHOWN]
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


def _key_meant(key: str, above: Loc, schema: type[BaseModel]) -> tuple[str, str]:
    """Where a key belongs that stands one level too high, or the key that comes near it."""
    known = _known_keys(above, schema)
    owners = [one for one in known if key in _known_keys((*above, one), schema)]
    if owners:
        return f"写在 {'、'.join(owners)} 之下", f"it under {' or '.join(owners)}"
    near = difflib.get_close_matches(key, known, n=1)
    hint = near[0] if near else ", ".join(known)
    return f"“{hint}”", f"'{hint}'"


@cache
def _json_schema(of: type[BaseModel]) -> dict[str, Any]:
    """Made once: it takes half a second, and every unknown key looks into it several times."""
    return of.model_json_schema()


def _known_keys(loc: Loc, of: type[BaseModel]) -> list[str]:
    """Keys the schema knows at a place of what is written."""
    schema = _json_schema(of)
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
