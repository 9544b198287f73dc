"""The reference of the study file, printed from its models: docs/reference/study-file.md."""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from planning.study import Study
from planning.study.what_if import LARGEST_ID

CALLED: Mapping[str, str] = {
    "Study": "研究", "AreaSpec": "范围", "Layer": "图层", "MadeUnits": "划分的单元",
    "NetworkSpec": "路网", "Input": "文件", "PopulationSpec": "人口", "AgeCells": "分年龄的格",
    "BuildingsSpec": "建筑", "UnitTable": "分单元的表", "AgesSpec": "年龄表", "GroupSpec": "人群",
    "ProjectionSpec": "推算", "RatesSpec": "增长率表", "GrowthSpec": "两年的人数",
    "CountSpec": "一年的人数", "CohortsSpec": "队列表", "TableSpec": "表",
    "PlacesSpec": "设施台账", "CandidatesSpec": "候选点", "AssumedPremises": "假定的房屋",
    "MadeCandidates": "生成的候选点", "LandUse": "用地", "Exclusion": "排除区",
    "ResidentialSpec": "居住区", "HouseholdSize": "户均人口", "ShareSpec": "占比",
    "WordsSpec": "词表", "StandardsSpec": "条文", "ServiceSpec": "服务",
    "PrioritySpec": "重点人群", "BuildSpec": "可新建的设施", "ChangeSpec": "可作的改变",
    "Which": "哪些设施", "CapacitySpec": "位子", "AccessSpec": "可达性", "DecaySpec": "衰减",
    "SitingSpec": "选址", "WhatIf": "推演", "AddedSite": "新增设施", "Resized": "规模改变",
    "SketchedArea": "勾画的居住区",
}  # fmt: skip
"""The parts of a study in Chinese, by their class."""

_HEAD = """\
# 研究文件各键 Reference of the study file

由 `scripts/write_reference.py` 按程序印出，勿手改。怎样写、为什么，见 [研究文件](../study.md)。
Printed from the program by that script; how and why to write them: [the study file](../study.md).

一节说一个部分，节名之下是它在研究文件中的位置：`*` 代表自取的名称，`[]` 代表列表中的一项。
类型一栏的链接指向该部分。`planning schema` 打印同样的内容（JSON Schema）。
One section a part, with the places where it stands: `*` is a name of your own, `[]` an entry of a
list. A link among the types leads to that part. `planning schema` prints the same as JSON Schema.
"""
_TYPES = {
    "string": "文字 text",
    "number": "数 number",
    "integer": "整数 whole number",
    "boolean": "true · false",
}


def study_page(study: type[BaseModel] = Study) -> str:
    """The whole page."""
    return _HEAD + "".join(f"\n{_section(part, paths)}\n" for part, paths in parts(study).items())


def parts(study: type[BaseModel] = Study) -> Mapping[type[BaseModel], list[str]]:
    """Every part in the order of its first place, with all its places."""
    found: dict[type[BaseModel], list[str]] = {}
    todo = [("", study)]
    while todo:
        path, part = todo.pop(0)
        found.setdefault(part, []).append(path)
        if len(found[part]) == 1:
            todo[:0] = list(_below(path, part))
        elif part.model_fields:
            todo[:0] = [(at, one) for at, one in _below(path, part) if at not in found.get(one, ())]
    return found


def keys(study: type[BaseModel] = Study) -> Iterator[tuple[str, str]]:
    """Every key of every part: (part, key)."""
    for part in parts(study):
        for key in part.model_fields:
            yield part.__name__, key


def _below(path: str, part: type[BaseModel]) -> Iterator[tuple[str, type[BaseModel]]]:
    for key, prop in _properties(part).items():
        at = f"{path}.{key}" if path else key
        for end, name in _named(prop):
            yield at + end, _model(part, name)


def _named(schema: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The parts that a value may be or hold, with where they stand in it."""
    if "$ref" in schema:
        yield "", schema["$ref"].rpartition("/")[2]
    for one in (*schema.get("anyOf", ()), *schema.get("allOf", ())):
        yield from _named(one)
    inner = schema.get("items")
    if isinstance(inner, Mapping):
        yield from (("[]" + end, name) for end, name in _named(inner))
    for values in _values(schema):
        yield from ((".*" + end, name) for end, name in _named(values))


def _values(schema: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What stands under the names of a mapping, whatever is asked of the names."""
    found = [schema.get("additionalProperties"), *schema.get("patternProperties", {}).values()]
    return [one for one in found if isinstance(one, Mapping)]


def _model(part: type[BaseModel], name: str) -> type[BaseModel]:
    """The class behind a name of a schema."""
    stack: list[Any] = [field.annotation for field in part.model_fields.values()]
    while stack:
        one = stack.pop()
        if inspect.isclass(one) and issubclass(one, BaseModel) and one.__name__ == name:
            return one
        stack += getattr(one, "__args__", ())
    raise KeyError(name)


def _properties(part: type[BaseModel]) -> Mapping[str, Mapping[str, Any]]:
    return part.model_json_schema()["properties"]


def heading(part: type[BaseModel]) -> str:
    """What a section is called."""
    return f"{CALLED[part.__name__]} {part.__name__}"


def anchor(part: type[BaseModel]) -> str:
    """The heading as links name it."""
    return heading(part).lower().replace(" ", "-")


def _section(part: type[BaseModel], paths: Sequence[str]) -> str:
    needed = {name for name, field in part.model_fields.items() if field.is_required()}
    rows = [
        f"| `{key}` | {_type(part, prop)}{_bounds(part.model_fields[key])} "
        f"| {'**必填 required**' if key in needed else _default(prop)} "
        f"| {_cell(prop.get('description', ''))} |"
        for key, prop in _properties(part).items()
    ]
    places = " · ".join(f"`{path}`" for path in paths if path)
    said = _cell(" ".join((inspect.getdoc(part) or "").split()).replace("``", "`"))
    return "\n".join(
        [
            f"## {heading(part)}",
            "",
            *([places, ""] if places else []),
            said,
            "",
            "| 键 key | 类型 type | 默认 default | 含义 meaning |",
            "|---|---|---|---|",
            *rows,
        ]
    )


def _type(part: type[BaseModel], schema: Mapping[str, Any]) -> str:
    """A type in words; parts by a link."""
    if "$ref" in schema:
        one = _model(part, schema["$ref"].rpartition("/")[2])
        return f"[{heading(one)}](#{anchor(one)})"
    if "enum" in schema:
        return " · ".join(f"`{_plain(value)}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{_plain(schema['const'])}`"
    several = [*schema.get("anyOf", ()), *schema.get("allOf", ())]
    if several:
        said = (_type(part, one) for one in several if one.get("type") != "null")
        return " / ".join(dict.fromkeys(said))
    return _plain_type(part, schema)


def _plain_type(part: type[BaseModel], schema: Mapping[str, Any]) -> str:
    kind = schema.get("type")
    if kind == "array" and "prefixItems" in schema:
        return "、".join(_type(part, one) for one in schema["prefixItems"])
    if kind == "array":
        return f"列表 list: {_type(part, schema['items'])}"
    if kind == "object":
        inner = " / ".join(_type(part, values) for values in _values(schema))
        return f"名称 name → {inner or '任意 anything'}"
    if schema.get("format") == "fraction":
        return _TYPES["number"]
    return _TYPES.get(str(kind), "任意 anything")


def _bounds(field: FieldInfo) -> str:
    """The bounds of a figure, which the schema leaves out where a value is read by a function."""
    signs = {Gt: ("gt", ">"), Ge: ("ge", "≥"), Lt: ("lt", "<"), Le: ("le", "≤")}
    found = {type(one): one for one in _constraints(field)}
    said = [
        f"{sign} {_figure(getattr(found[kind], name))}"
        for kind, (name, sign) in signs.items()
        if kind in found and not (kind is Ge and Gt in found)
    ]
    return f" {', '.join(said)}" if said else ""


def _constraints(said: Any) -> Iterator[Any]:
    """What is asked of a value, however deep in its annotation."""
    if isinstance(said, FieldInfo):
        yield from said.metadata
        yield from _constraints(said.annotation)
        return
    for one in getattr(said, "__metadata__", ()):
        yield from one.metadata if isinstance(one, FieldInfo) else (one,)
    for one in (getattr(said, "__origin__", None), *getattr(said, "__args__", ())):
        if one is not None:
            yield from _constraints(one)


def _figure(value: float) -> str:
    """A bound: whole numbers in full, up to where nobody reads them."""
    if abs(value) == LARGEST_ID:
        return f"{'−' if value < 0 else ''}(2^53 − 1)"
    return f"{value:,}" if isinstance(value, int) else f"{value:,g}"


def _default(schema: Mapping[str, Any]) -> str:
    value = schema.get("default")
    if value in (None, "", [], {}) and value is not False:
        return "–"
    if isinstance(value, Mapping):
        return "各键的默认 those of its keys"
    if isinstance(value, list):
        return "、".join(f"`{_plain(one)}`" for one in value)
    return f"`{_plain(value)}`"


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _cell(text: str) -> str:
    """Text within a table: no sign of it may end the cell."""
    return text.replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(study_page())
