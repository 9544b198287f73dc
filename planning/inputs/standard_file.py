"""Documents by name, or from a user's own file, and the profile they make."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import ValidationError

from planning.errors import Fault, StudyError, fail, raise_all
from planning.inputs.standard_faults import standard_faults
from planning.inputs.yaml_text import as_plain, parse_yaml
from planning.standards import (
    Profile,
    Standard,
    load_standard,
    profile_of,
    standards_in_library,
)
from planning.standards.alike import alike
from planning.study import Study

_ENDINGS = (".yaml", ".yml")
_PROFILE = "standards.profile"


def read_standard(name: str, folders: Sequence[Path], *, where: str = _PROFILE) -> Standard:
    """A document of the library by its id or short name, or a file looked for in `folders`.

    `where` is the key or option that names it. Raises StudyError with every fault of a file.
    """
    if not name.endswith(_ENDINGS):
        return load_standard(_id_of(name, where))
    path = next((folder / name for folder in folders if (folder / name).is_file()), None)
    if path is None:
        raise fail(
            StudyError,
            where,
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
        raise StudyError(*standard_faults(path.name, written, error)) from None


def _id_of(name: str, where: str) -> str:
    """The id of a document by its id or its short name."""
    ids: dict[str, str] = {}
    for one in standards_in_library():
        short = load_standard(one).short
        if name in (one, short):
            return one
        ids[short] = one
    known = "、".join(f"{short}（{one}）" for short, one in ids.items())
    known_en = ", ".join(f"{short} ({one})" for short, one in ids.items())
    near = alike(name, [*ids, *ids.values()], n=1)
    raise fail(
        StudyError,
        where,
        found=(f"“{name}”", f"'{name}'"),
        expected=(
            f"以下之一：{known}，或自备文件（.yaml）",
            f"one of {known_en}, or a file of your own (.yaml)",
        ),
        to_do=(
            f"改用库中已有的文件{f'，如 {near[0]}' if near else ''}",
            f"name a document of the library{f', such as {near[0]}' if near else ''}",
        ),
    )


def chain_of(name: str, folders: Sequence[Path], *, where: str = _PROFILE) -> tuple[Standard, ...]:
    """A document, what it inherits, and so on up.

    Files are looked for in `folders`, and beside the file itself where its whole path is given;
    `where` is the key or option that names it. Raises StudyError where that runs in a ring, or
    where a clause bears the id of a parent's.
    """
    folders = [Path(name).parent, *folders] if Path(name).is_absolute() else folders
    found = [read_standard(name, folders, where=where)]
    while (parent := found[-1].parent) is not None:
        above = read_standard(parent, folders, where=f"{found[-1].id}.parent")
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


def read_profile(
    name: str, study: Study, folders: Sequence[Path], *, where: str = _PROFILE
) -> Profile:
    """What is in force under a document, with the study's own readings.

    `where` is the key or option that names it.
    """
    return profile_of(chain_of(name, folders, where=where), said=study.standards.readings)
