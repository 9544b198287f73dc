"""Documents by name, or from a user's own file, and the profile they make."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from planning.errors import Fault, StudyError, fail, raise_all
from planning.inputs.yaml_text import as_plain, line_of, parse_yaml
from planning.standards import (
    Profile,
    Standard,
    load_standard,
    profile_of,
    standards_in_library,
)
from planning.standards.measure_words import MEASURE_WORDS
from planning.study import Study

_ENDINGS = (".yaml", ".yml")
_MOST_FAULTS = 20


def read_standard(name: str, folders: Sequence[Path]) -> Standard:
    """A document of the library by its id or short name, or a file looked for in `folders`.

    Raises StudyError with every fault of a file.
    """
    if not name.endswith(_ENDINGS):
        return load_standard(_id_of(name))
    path = next((folder / name for folder in folders if (folder / name).is_file()), None)
    if path is None:
        raise fail(
            StudyError,
            "standards.profile",
            found=(f"没有文件“{name}”", f"no file '{name}'"),
            expected=(
                "条文文件（YAML），或库中的简称",
                "a file of clauses, or a name of the library",
            ),
            to_do=("检查路径", "check the path"),
        )
    return standard_of_file(path)


def standard_of_file(path: Path) -> Standard:
    """A user's document. Raises StudyError with every fault, each with its line."""
    written = parse_yaml(path, StudyError, keys="id:、clauses:")
    try:
        return Standard.model_validate(as_plain(written))
    except ValidationError as error:
        raise StudyError(*_faults(path, written, error)) from None


def _faults(path: Path, written: object, error: ValidationError) -> Iterator[Fault]:
    found = error.errors()
    for one in found[:_MOST_FAULTS]:
        loc = [part for part in one["loc"] if part not in MEASURE_WORDS]
        line = line_of(written, loc)
        key = str(loc[-1]) if loc else ""
        said = str(one["input"]) if isinstance(one["input"], str | int | float | bool) else ""
        zh, en = _expected(one)
        yield Fault(
            where=f"{path.name}:{line} {_dotted(loc)}" if line else f"{path.name} {_dotted(loc)}",
            found=(f"“{said or key}”", f"'{said or key}'"),
            expected=(zh, en),
            to_do=(
                "改正；各键的含义见 docs/standards.md",
                "mend it; docs/standards.md says what each key means",
            ),
        )
    if len(found) > _MOST_FAULTS:
        rest = len(found) - _MOST_FAULTS
        yield Fault(
            where=path.name,
            found=(f"另有 {rest} 处错误", f"{rest} more faults"),
            expected=("没有错误", "none"),
            to_do=("先改正以上各处再检查", "mend these first and check again"),
        )


def _dotted(loc: Sequence[int | str]) -> str:
    return ".".join(map(str, loc))


def _expected(one: ErrorDetails) -> tuple[str, str]:
    """What should stand there; what a model says of itself is told as it says it."""
    context = one.get("ctx", {})
    match one["type"]:
        case "missing":
            return "必填的键", "this key, which must be there"
        case "extra_forbidden":
            return "已知的键（无此键）", "a known key; there is none of this name"
        case "literal_error" | "union_tag_invalid":
            known = str(context.get("expected") or context.get("expected_tags"))
            return f"以下之一：{known}", f"one of {known}"
        case "union_tag_not_found":
            return "measure 的 kind", "a measure with its kind"
        case "value_error" if isinstance(context.get("error"), ValueError):
            said = str(context["error"])
            return f"有效的取值：{said}", said
    return f"有效的取值（{one['msg']}）", one["msg"]


def _id_of(name: str) -> str:
    """The id of a document by its id or its short name."""
    for standard_id in standards_in_library():
        if name in (standard_id, load_standard(standard_id).short):
            return standard_id
    return name


def chain_of(name: str, folders: Sequence[Path]) -> tuple[Standard, ...]:
    """A document, what it inherits, and so on up.

    Files are looked for in `folders`, and beside the file itself where its whole path is given.
    Raises StudyError where that runs in a ring, or where a clause bears the id of a parent's.
    """
    folders = [Path(name).parent, *folders] if Path(name).is_absolute() else folders
    found = [read_standard(name, folders)]
    while (parent := found[-1].parent) is not None:
        above = read_standard(parent, folders)
        if above.id in [standard.id for standard in found]:
            raise fail(
                StudyError,
                f"{found[-1].id}.parent",
                found=(f"“{parent}”又回到自身", f"'{parent}', which comes back to itself"),
                expected=("没有循环的上级文件", "parents without a ring"),
                to_do=("改正 parent", "mend the parent"),
            )
        found.append(above)
    raise_all(StudyError, list(_ids_of_parents(found)))
    return tuple(found)


def _ids_of_parents(chain: Sequence[Standard]) -> Iterator[Fault]:
    """A clause that replaces a parent's says so by its key; by its id it were not told apart."""
    for n, standard in enumerate(chain):
        above = {clause.id: one.short for one in chain[n + 1 :] for clause in one.clauses}
        for clause in standard.clauses:
            if clause.id in above:
                yield Fault(
                    where=f"{standard.id}: {clause.id}",
                    found=(f"{above[clause.id]} 已有的编号", f"an id that {above[clause.id]} has"),
                    expected=("本文件自己的编号", "an id of its own"),
                    to_do=(
                        "另编 id；以 key 表明替代哪一条",
                        "give it another; its key says which clause it replaces",
                    ),
                )


def read_profile(name: str, study: Study, folders: Sequence[Path]) -> Profile:
    """What is in force under a document, with the study's own readings."""
    return profile_of(chain_of(name, folders), said=study.standards.readings)
