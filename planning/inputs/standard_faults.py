"""What is wrong in a user's file of clauses: each fault with its line, and what may be meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from planning.errors import Fault
from planning.inputs.vocabulary import meaning
from planning.inputs.yaml_text import Loc, line_of
from planning.standards import Standard
from planning.standards.clauses import UnfitError
from planning.standards.functions import building_functions
from planning.standards.measure_words import MEASURE_WORDS
from planning.standards.printed import STRENGTH_WORDS

Words = tuple[str, str]

_MOST_FAULTS = 20
_NEAR = 0.6
_TO_DO = (
    "改正；各键的含义见 docs/standards.md",
    "mend it; docs/standards.md says what each key means",
)
_QUOTED = ("写在引号里的文字", "text in quotes")
_EXPECTED: Mapping[str, Words] = {
    "missing": ("必填的键", "this key, which must be there"),
    "string_type": _QUOTED,
    "tuple_type": ("列表，如 [值, 值]", "a list, such as [value, value]"),
    "bool_parsing": ("true 或 false", "true or false"),
    "bool_type": ("true 或 false", "true or false"),
    "int_parsing": ("整数", "a whole number"),
    "int_type": ("整数", "a whole number"),
    "int_from_float": ("整数", "a whole number"),
    "date_type": ("日期，如 2024-03-01", "a date such as 2024-03-01"),
    "date_parsing": ("日期，如 2024-03-01", "a date such as 2024-03-01"),
    "date_from_datetime_parsing": ("日期，如 2024-03-01", "a date such as 2024-03-01"),
    "date_from_datetime_inexact": ("日期，如 2024-03-01", "a date such as 2024-03-01"),
    "union_tag_not_found": (
        "测算方法，如 {kind: presence, …}",
        "a measure, such as {kind: presence, …}",
    ),
    "model_type": ("键值结构，如 {键: 值}", "keys with values, such as {key: value}"),
    "model_attributes_type": (
        "键值结构，如 {kind: presence, …}",
        "keys with values, such as {kind: presence, …}",
    ),
    "dict_type": ("键值结构，如 {键: 值}", "keys with values, such as {key: value}"),
}
"""What should stand there, by pydantic's type of fault."""
_NUMBER = (
    '数，不带单位和百分号（60% 写作 60），如 "4.5"',
    'a number without unit or per cent sign (60 % is 60), such as "4.5"',
)
_SECTIONS = {
    "levels": "level", "benchmark_levels": "level", "of_level": "level", "level": "level",
    "zone": "zone", "town": "town", "form": "form", "status": "status",
}  # fmt: skip
"""Keys whose choices the words of registers are known for, and the section of them."""
_SIGNS = {"≥": ">=", "≧": ">=", "≤": "<=", "≦": "<=", "＞": ">", "＜": "<", "＝": "=", "==": "="}


def standard_faults(name: str, written: Any, error: ValidationError) -> Iterator[Fault]:
    """Every fault of a file called `name`; of very many the first."""
    found = [fault for one in error.errors() for fault in _of_one(name, written, one)]
    yield from found[:_MOST_FAULTS]
    if len(found) > _MOST_FAULTS:
        rest = len(found) - _MOST_FAULTS
        yield Fault(
            where=name,
            found=(f"另有 {rest} 处错误", f"{rest} more faults"),
            expected=("没有错误", "none"),
            to_do=("先改正以上各处再检查", "mend these first and check again"),
        )


def _of_one(name: str, written: Any, one: ErrorDetails) -> Iterator[Fault]:
    loc = [part for part in one["loc"] if part not in MEASURE_WORDS and part != "[key]"]
    error = one.get("ctx", {}).get("error")
    if isinstance(error, UnfitError):
        for slip in error.slips:
            where = _where(name, written, [*loc, *slip.at])
            yield Fault(where=where, found=slip.found, expected=slip.expected, to_do=_TO_DO)
        return
    expected = _expected(one)
    yield Fault(
        where=_where(name, written, loc), found=_found(one), expected=expected, to_do=_TO_DO
    )


def _where(name: str, written: Any, loc: Loc) -> str:
    line, path = line_of(written, loc), ".".join(map(str, loc))
    return f"{name}:{line} {path}" if line else f"{name} {path}".rstrip()


def _found(one: ErrorDetails) -> Words:
    """What stands there instead."""
    said = one["input"]
    match one["type"]:
        case "missing":
            return "没有这个键", "nothing"
        case "extra_forbidden":
            return f"未知的键“{one['loc'][-1]}”", f"unknown key '{one['loc'][-1]}'"
        case "union_tag_invalid":
            tag = one["ctx"]["tag"]
            return f"测算方法“{tag}”", f"a measure '{tag}'"
        case "union_tag_not_found":
            return "没有 kind 的 measure", "a measure without its kind"
    if said is None:
        return "空白", "a blank"
    if isinstance(said, Mapping):
        return "键值结构", "keys with values"
    if isinstance(said, Sequence) and not isinstance(said, str):
        return "列表", "a list"
    return f"“{said}”", f"'{said}'"


def _expected(one: ErrorDetails) -> Words:
    """What should stand there: what comes near it, else all that may."""
    kind, context = one["type"], one.get("ctx", {})
    match kind:
        case "extra_forbidden":
            return _one_of(str(one["loc"][-1]), _keys_at(one["loc"][:-1]))
        case "union_tag_invalid":
            return _one_of(str(context["tag"]), list(MEASURE_WORDS))
        case "literal_error":
            return _choice(one["loc"], str(one["input"]), str(context["expected"]))
        case "value_error":
            said = str(context.get("error"))
            if said.startswith("Invalid literal for Fraction"):
                return _NUMBER
            if one["loc"][-1] == "does":
                return _one_of(_strange(str(one["input"])), list(building_functions().ids))
            return f"有效的取值（{said}）", f"a valid value ({said})"
        case "bool_parsing" if meant := meaning("flag", str(one["input"])):
            return ("true", "true") if meant == "yes" else ("false", "false")
    return _EXPECTED.get(kind, (f"有效的取值（{one['msg']}）", one["msg"]))


def _one_of(word: str, known: Sequence[str]) -> Words:
    near = difflib.get_close_matches(word, known, n=1, cutoff=_NEAR)
    if near:
        return f"“{near[0]}”", f"'{near[0]}'"
    return f"以下之一：{'、'.join(known)}", f"one of {', '.join(known)}"


def _choice(loc: Loc, said: str, listed: str) -> Words:
    """The choice that is meant by a word of ours, or all of them."""
    key = next((part for part in reversed(loc) if isinstance(part, str)), "")
    strengths = {zh: strength for strength, (zh, _) in STRENGTH_WORDS.items()}
    meant = {**_SIGNS, **strengths}.get(said) or meaning(_SECTIONS.get(key, "level"), said)
    if meant is not None and f"'{meant}'" in listed:
        return f"“{meant}”", f"'{meant}'"
    return f"以下之一：{listed}", f"one of {listed}"


def _strange(does: str) -> str:
    """The first function of a choice that nobody knows."""
    names = [name.strip() for some in does.split("|") for name in some.split("+")]
    return next((name for name in names if name not in building_functions().ids), does)


def _keys_at(loc: Loc) -> list[str]:
    """The keys that may stand at a place of a file of clauses."""
    here: list[type[BaseModel]] = [Standard]
    for part in loc:
        kinds = [model for model in here if "kind" in model.model_fields]
        if part in MEASURE_WORDS and kinds:
            here = [m for m in kinds if part in get_args(m.model_fields["kind"].annotation)]
        elif isinstance(part, str):
            fields = [m.model_fields[part] for m in here if part in m.model_fields]
            here = [model for field in fields for model in _models(field.annotation)]
    return sorted({key for model in here for key in model.model_fields})


def _models(annotation: Any) -> list[type[BaseModel]]:
    """The models that an annotation speaks of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models(part)]
