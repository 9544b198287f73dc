"""Where every figure comes from: digests and licence lines of the inputs, the record of a run."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

OSM_LICENCE = "© OpenStreetMap contributors, ODbL 1.0"

_CHUNK_BYTES = 1 << 20
_LOCK = ".lock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One input file of a run.

    `key` is its place in the study (``network``), `name` the path as the study writes it,
    `vintage` the year or day of the data as the study states it, "" where it does not.
    """

    key: str
    name: str
    sha256: str
    licence: str
    vintage: str = ""


def attribution(sources: Iterable[Source]) -> list[str]:
    """The licences that a map of some inputs names; a plan that was picked is nobody's data."""
    licences = {one.licence for one in sources if one.key != "siting.picked"}
    return list(dict.fromkeys([OSM_LICENCE, *sorted(licences)]))


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeFrom:
    """Where a run's study and data lie, as paths from its run folder; `scenario` as it was asked.

    So a folder that is moved together with them still knows them (`planning serve RUN`).
    """

    study: str
    data: str
    scenario: str | None

    @classmethod
    def seen_from(
        cls, out_dir: Path, *, study: Path, data_dir: Path, scenario: str | None
    ) -> MadeFrom:
        """The paths as seen from a run folder below `out_dir`."""
        is_file = scenario is not None and scenario.endswith(".json") and Path(scenario).is_file()
        return cls(
            study=_path_from(out_dir / "run", study),
            data=_path_from(out_dir / "run", data_dir),
            scenario=_path_from(out_dir / "run", Path(str(scenario))) if is_file else scenario,
        )


def _path_from(folder: Path, path: Path) -> str:
    """A path as seen from a folder, with slashes; the whole path from another drive."""
    try:
        return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
    except ValueError:
        return path.resolve().as_posix()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """How a run was made; the only output that holds a clock's word, or a place's.

    `made_from` is None in a run for publication, which shall not tell where anything lies.
    `resumed` are the stages that were not made by this run: an interrupted one had kept them.
    `peak_memory_bytes` is the most that the process held since it began, without its workers; None
    where the system does not tell.
    """

    study: str
    scenario: str | None
    digest: str
    seed: int
    versions: dict[str, str]
    sources: tuple[Source, ...]
    seconds: dict[str, float] = field(default_factory=dict)
    made_from: MadeFrom | None = None
    resumed: tuple[str, ...] = ()
    peak_memory_bytes: int | None = None


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, as hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def content_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, or of the names and bytes of all files in a folder.

    Locks are passed over: they come and go while a geodatabase is only looked at.
    """
    if path.is_file():
        return file_sha256(path)
    files = sorted(p for p in path.rglob("*") if p.is_file() and p.suffix.lower() != _LOCK)
    return digest_of({p.relative_to(path).as_posix(): file_sha256(p) for p in files}, digits=64)


def digest_of(content: Any, *, digits: int = 10) -> str:
    """Hexadecimal digits that change when `content` (anything JSON can say) changes."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:digits]


def program_digest() -> str:
    """Changes whenever any file of the package does, so that one digest never means two results."""
    root = Path(__file__).parent
    files = sorted(p for p in root.rglob("*") if p.suffix in (".py", ".yaml", ".js", ".css"))
    return digest_of({str(p.relative_to(root).as_posix()): file_sha256(p) for p in files})


@dataclass(frozen=True, slots=True, kw_only=True)
class RowNote:
    """What was wrong or doubtful in one row of a register, and what was done about it.

    `row` is its number as a spreadsheet shows it. A rejected row is left out; of a repaired one a
    cell is read otherwise than it stands; a doubtful one counts as it stands.
    """

    table: str
    row: int
    id: str
    done: Literal["rejected", "repaired", "doubtful"]
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something the user ought to know about the data, in both languages; not a fault."""

    about: str
    zh: str
    en: str


Tell = Callable[[Note], None]
"""Where a reader says what it had to guess, mend or leave out."""
