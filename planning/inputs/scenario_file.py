"""A scenario in a file of its own, JSON: what it says, of which study, and over what it is laid."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, ValidationError

from planning.errors import Fault, StudyError, fail, raise_all
from planning.inputs.strict_json import NotJsonError, strict_json
from planning.inputs.study_faults import MOST_FAULTS, Page, fault_of
from planning.study.files import Model
from planning.study.what_if import Line

SUFFIX = ".json"
MOST_BYTES = 12_000_000
"""Larger than any scenario of `what_if.MOST_SITES` sites and `MOST_AREAS` areas."""
MOST_LEVELS = 16
"""Values in values; a study nests less than ten."""

Format = Literal["planning-scenario/1"]
FORMAT: Format = get_args(Format)[0]
_TO_DO = ("改正情景文件", "mend the scenario file")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioFile:
    """What a scenario file says; see `study.LaidOver`. `override` are keys of a study."""

    file: str
    sha256: str
    name: str
    base: str | None
    ground: str
    override: dict[str, Any]


class _Written(Model):
    """The file as it is written."""

    format: Format
    study: Line
    base: Line | None = None
    ground: Annotated[str, Field(max_length=200)] = ""
    name: Line = ""
    override: dict[str, Any]


def is_scenario_file(scenario: str, known: Iterable[str]) -> bool:
    """Whether a scenario that is asked for is a file, and not one of the `known` names."""
    return scenario.lower().endswith(SUFFIX) and (
        Path(scenario).is_file() or scenario not in set(known)
    )


def read_scenario_file(path: Path, *, study: object) -> ScenarioFile:
    """What a file says that is of the study of that name; without a name of its own its file's.

    Raises StudyError with every fault.
    """
    held = _held(path)
    said = _parsed(path, held)
    try:
        written = _Written.model_validate(said)
    except ValidationError as error:
        page = Page(file=path.name, written=None, schema=_Written, to_do=_TO_DO)
        raise StudyError(*(fault_of(page, one) for one in error.errors()[:MOST_FAULTS])) from None
    raise_all(StudyError, [*_of_another(path, written, study)])
    return ScenarioFile(
        file=path.name,
        sha256=hashlib.sha256(held).hexdigest(),
        name=written.name.strip() or path.stem,
        base=written.base,
        ground=written.ground,
        override=written.override,
    )


def _of_another(path: Path, written: _Written, study: object) -> Iterable[Fault]:
    if written.study != study:
        yield Fault(
            where=f"{path.name} study",
            found=(f"研究“{written.study}”的情景", f"a scenario of the study '{written.study}'"),
            expected=(f"研究“{study}”的情景", f"one of the study '{study}'"),
            to_do=(
                "换用本研究的情景文件，或对照原研究运行",
                "take a scenario of this study, or run it with its own",
            ),
        )


def _held(path: Path) -> bytes:
    """What is in the file, where it is there and no larger than scenarios are."""
    if not path.is_file():
        raise _refused(path, ("没有这个文件", "no such file"), ("检查路径", "check the path"))
    with path.open("rb") as stream:
        held = stream.read(MOST_BYTES + 1)
    if len(held) > MOST_BYTES:
        size = path.stat().st_size
        raise _refused(
            path,
            (f"{size:,} 字节，至多 {MOST_BYTES:,}", f"{size:,} bytes, over {MOST_BYTES:,}"),
        )
    return held


def _parsed(path: Path, held: bytes) -> dict[str, Any]:
    """The file as plain values."""
    try:
        said = strict_json(held, most_deep=MOST_LEVELS)
    except NotJsonError as error:
        raise _refused(path, error.found) from None
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        form = said.get("format") if isinstance(said, dict) else None
        shown = str(form)[:40]
        raise _refused(path, (f"format：{shown}", f"format: {shown}"))
    return said


def _refused(
    path: Path, found: tuple[str, str], to_do: tuple[str, str] | None = None
) -> StudyError:
    error = fail(
        StudyError,
        path.name,
        found=found,
        expected=(f'情景文件（JSON，"format": "{FORMAT}"）',
                  f'a scenario file (JSON, "format": "{FORMAT}")'),
        to_do=to_do or ("换用推演页面存出的情景文件", "take one that the what-if page has saved"),
    )  # fmt: skip
    assert isinstance(error, StudyError)
    return error
