"""Finished stages of runs, kept by what they were made from, so that a run goes on where it ended.

A file is written aside, brought to the disk and only then given its name; its last bytes are the
digest of all others. So what has a name and its digest is whole, whenever the power was cut.
"""

from __future__ import annotations

import hashlib
import os
import re
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Literal

import numpy as np
from numpy.typing import NDArray

from planning.provenance import Note, Tell, digest_of
from planning.writers import Writer, leftovers, removed, synced

Arrays = Mapping[str, NDArray[Any]]

_DIGITS = 32
_SHA256 = 64
_CHUNK_BYTES = 1 << 20
_LOCAL_HEADER = 30
"""Bytes of a zip member's header before its name."""


class Stages:
    """Finished stages of runs, kept by what they were made from; none where `folder` is None.

    `resumed` are the names of the stages that an earlier run had kept, in the order of their use.
    `tell` hears what could not be kept, or was not whole: that is never the end of a run.
    """

    def __init__(self, folder: Path | None, *, tell: Tell | None = None) -> None:
        self.folder = folder
        self.resumed: list[str] = []
        self._tell = tell or (lambda _: None)
        self._used: dict[Path, None] = {}
        self._may_keep = folder is not None
        if folder is not None:
            for left in leftovers(folder):
                removed(left.path)

    def arrays(
        self,
        name: str,
        key: Mapping[str, Any],
        make: Callable[[], Arrays],
        *,
        mapped: bool = False,
        may_keep: Callable[[], bool] | None = None,
    ) -> Arrays:
        """What was kept under `name` and `key`, else what `make` gives, kept from now on.

        `key` is anything JSON can say and has to hold all that the stage is made from: digests of
        the program and the inputs, versions. Arrays are named by identifiers and hold no Python
        objects. `mapped` leaves kept ones on the disk and reads them as they are used. `may_keep`
        is asked after `make`, whether another run shall have what came of it. Raises what `make`
        raises; ValueError for a name or an array that cannot be kept.
        """
        kept = self.kept(name, key, mapped=mapped)
        if kept is not None:
            return kept
        made = make()
        if may_keep is None or may_keep():
            self.keep(name, key, made)
        return made

    def kept(self, name: str, key: Mapping[str, Any], *, mapped: bool = False) -> Arrays | None:
        """What was kept under `name` and `key`, None where nothing was; see `arrays`."""
        if self.folder is None:
            return None
        path = self._path(self.folder, name, key)
        found = self._read(path, mapped=mapped)
        if found is not None and path not in self._used:
            self._used[path] = None
            self.resumed.append(name)
        return found

    def keep(self, name: str, key: Mapping[str, Any], made: Arrays) -> None:
        """Keep what was made under `name` and `key`; see `arrays`."""
        if self.folder is None or not self._may_keep:
            return
        path = self._path(self.folder, name, key)
        self._used[path] = None
        try:
            self._keep(path, made)
        except OSError as error:
            self._may_keep = False
            self._tell(_not_kept(self.folder, error))

    @staticmethod
    def _path(folder: Path, name: str, key: Mapping[str, Any]) -> Path:
        digest = digest_of({"stage": name, **key}, digits=_DIGITS)
        return folder / f"{_word(name)}-{digest}.npz"

    def drop(self) -> None:
        """Remove what this run kept or used, as its results are complete; the folder too if empty.

        A run beside this one that wanted any of it makes it anew.
        """
        for path in self._used:
            removed(path)
        self._used.clear()
        if self.folder is not None:
            with suppress(OSError):
                self.folder.rmdir()

    def _keep(self, path: Path, made: Arrays) -> None:
        with _writer_below(path.parent) as writer:
            aside = writer.aside(path.name)
            try:
                with aside.open("w+b") as stream:
                    _write(stream, made)
                    stream.flush()
                    os.fsync(stream.fileno())
                aside.replace(path)
                synced(path.parent)
            except BaseException:
                removed(aside)
                raise

    def _read(self, path: Path, *, mapped: bool) -> Arrays | None:
        """What a file holds; None where there is none, or it is not whole, and then it goes."""
        try:
            with path.open("rb") as stream:
                if _is_whole(stream):
                    return _mapped(stream) if mapped else _loaded(stream)
        except FileNotFoundError:
            return None
        except OSError as error:
            self._tell(_unreadable(path, error))
            return None
        removed(path)
        self._tell(_torn(path))
        return None


def _writer_below(folder: Path) -> Writer:
    """A writer in a folder that is there only while somebody needs it."""
    while True:
        folder.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            return Writer(folder)


def _word(name: str) -> str:
    if not re.fullmatch(r"[\w-]+", name):
        raise ValueError(f"a stage's name has letters, digits and hyphens: {name!r}")
    return name


def _write(stream: IO[bytes], made: Arrays) -> None:
    """The arrays as .npz, uncompressed, with the digest of all bytes before it as its comment."""
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        archive.comment = b"0" * _SHA256
        for name, values in made.items():
            if not name.isidentifier():
                raise ValueError(f"an array's name is an identifier: {name!r}")
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, np.asanyarray(values), allow_pickle=False)
    stream.seek(-_SHA256, os.SEEK_END)
    stream.write(_digest(stream, stream.tell()))


def _digest(stream: IO[bytes], size: int) -> bytes:
    """The digest of the first `size` bytes, 64 digits; the stream stands after them."""
    digest = hashlib.sha256()
    stream.seek(0)
    left = size
    while left > 0 and (chunk := stream.read(min(left, _CHUNK_BYTES))):
        digest.update(chunk)
        left -= len(chunk)
    return digest.hexdigest().encode()


def _is_whole(stream: IO[bytes]) -> bool:
    size = stream.seek(0, os.SEEK_END) - _SHA256
    if size <= 0:
        return False
    digest = _digest(stream, size)
    return stream.read() == digest


def _loaded(stream: IO[bytes]) -> dict[str, NDArray[Any]]:
    stream.seek(0)
    with np.load(stream, allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def _mapped(stream: IO[bytes]) -> dict[str, NDArray[Any]]:
    """The arrays where they lie in the file."""
    stream.seek(0)
    found: dict[str, NDArray[Any]] = {}
    with zipfile.ZipFile(stream) as archive:
        members = archive.infolist()
    for member in members:
        stream.seek(member.header_offset + _LOCAL_HEADER - 4)
        lengths = stream.read(4)
        name = int.from_bytes(lengths[:2], "little")
        stream.seek(name + int.from_bytes(lengths[2:], "little"), os.SEEK_CUR)
        found[member.filename.removesuffix(".npy")] = _mapped_array(stream)
    return found


def _mapped_array(stream: IO[bytes]) -> NDArray[Any]:
    """The array that begins here; what has no size or an unusual header is read instead."""
    begin = stream.tell()
    if np.lib.format.read_magic(stream) == (1, 0):
        shape, by_column, dtype = np.lib.format.read_array_header_1_0(stream)
        if np.prod(shape) and dtype.itemsize and not dtype.hasobject:
            order: Literal["C", "F"] = "F" if by_column else "C"
            at = stream.tell()
            return np.memmap(stream, dtype=dtype, mode="r", offset=at, shape=shape, order=order)
    stream.seek(begin)
    read: NDArray[Any] = np.lib.format.read_array(stream, allow_pickle=False)
    return read


def _not_kept(folder: Path, error: OSError) -> Note:
    return Note(
        about=str(folder),
        zh=f"阶段成果无法保留（{error.strerror or error}）；运行继续，但中断后须从头开始",
        en=f"stages cannot be kept ({error.strerror or error}): the run goes on, but begins anew "
        "where it is interrupted",
    )


def _torn(path: Path) -> Note:
    return Note(
        about=path.name,
        zh="保留的阶段成果不完整或被改动，已删除并重新计算",
        en="a stage that was kept is not whole, or was changed: removed and made anew",
    )


def _unreadable(path: Path, error: OSError) -> Note:
    return Note(
        about=path.name,
        zh=f"保留的阶段成果无法读取（{error.strerror or error}），重新计算",
        en=f"a stage that was kept cannot be read ({error.strerror or error}): made anew",
    )
