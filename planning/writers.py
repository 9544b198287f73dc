"""Who is still writing: unfinished work bears its writer's name, and a lock tells who lives.

The lock ends with the process, whatever ended it; neither a clock nor a process number is asked, as
the one jumps and the other is given out again.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import IO, NamedTuple

_UNFINISHED = re.compile(
    r"\.(?P<name>.+)\.(?P<kind>partial|old)-(?P<token>[0-9]+-[0-9a-f]{16})", re.DOTALL
)
_LOCK = ".writer-{token}.lock"
_LOCKED = re.compile(r"\.writer-(?P<token>[0-9]+-[0-9a-f]{16})\.lock")
_TURN = ".{name}.turn.lock"


class Leftover(NamedTuple):
    """What a writer who is dead left: of which name, ``partial`` or ``old``, and where it lies."""

    name: str
    kind: str
    path: Path


class Writer:
    """Somebody who writes below a folder, which has to exist; a context manager.

    Raises OSError where nothing may be written there.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock: IO[bytes] | None = None
        while self._lock is None:
            self.token = f"{os.getpid()}-{secrets.token_hex(8)}"
            # Somebody may have swept the file away before it was locked; then there is a new one.
            # Without locks nobody else can tell the dead either, so that nothing is swept.
            self._lock = _locked(self._lock_path, wait=False, needed=False)

    @property
    def _lock_path(self) -> Path:
        return self.folder / _LOCK.format(token=self.token)

    def aside(self, name: str, kind: str = "partial") -> Path:
        """Where what will be called `name` lies until it is finished, or was moved out of its way.

        In the same folder, as only there it can be renamed into place.
        """
        return self.folder / f".{name}.{kind}-{self.token}"

    def close(self) -> None:
        """Write no more: what still lies aside is anybody's to remove."""
        if self._lock is not None:
            _released(self._lock, self._lock_path)
            self._lock = None

    def __enter__(self) -> Writer:
        """Nothing more is needed."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        """Write no more."""
        self.close()


def leftovers(folder: Path) -> Iterator[Leftover]:
    """What dead writers left unfinished in a folder; their locks are removed with it.

    Nothing where locks are unknown to the file system: there nobody can be told to be dead.
    """
    try:
        names = sorted(path.name for path in folder.iterdir())
    except OSError:
        return
    left: dict[str, list[Leftover]] = {}
    for entry in names:
        if match := _UNFINISHED.fullmatch(entry):
            one = Leftover(match["name"], match["kind"], folder / entry)
            left.setdefault(match["token"], []).append(one)
        elif match := _LOCKED.fullmatch(entry):
            left.setdefault(match["token"], [])
    for token, found in left.items():
        path = folder / _LOCK.format(token=token)
        try:
            lock = _locked(path, wait=False, needed=True)
        except OSError:
            continue
        if lock is None:
            continue
        try:
            # Another may have swept while this one waited to look.
            yield from (one for one in found if os.path.lexists(one.path))
        finally:
            _released(lock, path)


@contextmanager
def in_turn(folder: Path, name: str) -> Iterator[None]:
    """One writer at a time puts `name` into its place below a folder; others wait for their turn.

    Where locks are unknown to the file system nobody waits.
    """
    path = folder / _TURN.format(name=name)
    lock: IO[bytes] | None = None
    while lock is None:
        lock = _locked(path, wait=True, needed=False)
    try:
        yield
    finally:
        _released(lock, path)


def removed(path: Path) -> None:
    """Remove a file or a folder as far as can be, without a word."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


def synced(path: Path) -> None:
    """Have the system write a file, or the names in a folder, to the disk before going on.

    Raises OSError where it cannot, which may be the first word of a full disk.
    """
    if path.is_dir():
        if sys.platform == "win32":
            return  # its folders cannot be opened, and keep their names by themselves
        number = os.open(path, os.O_RDONLY)
    else:
        number = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _locked(path: Path, *, wait: bool, needed: bool) -> IO[bytes] | None:
    """The file at `path`, made where there is none and locked; None where another holds it.

    None too where it was removed meanwhile: a lock on a file that no name leads to tells nobody.
    Where the file system knows no locks it is open and unlocked, or OSError where one is `needed`.
    """
    stream = path.open("ab")
    try:
        is_ours = _lock(stream, wait=wait)
    except OSError:
        if needed:
            stream.close()
            raise
        return stream
    if is_ours and _is_at(stream, path):
        return stream
    stream.close()
    return None


def _is_at(stream: IO[bytes], path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(stream.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _released(stream: IO[bytes], path: Path) -> None:
    """Remove a lock and let go of it; where an open file has to stay, the name goes after it."""
    if sys.platform == "win32":
        stream.close()
        removed(path)
    else:
        removed(path)
        stream.close()


if sys.platform == "win32":
    import msvcrt

    def _lock(stream: IO[bytes], *, wait: bool) -> bool:
        """Lock the first byte, which need not be there; whether it is ours."""
        while True:
            stream.seek(0)
            try:
                msvcrt.locking(stream.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
            except OSError:
                if wait:
                    continue  # LK_LOCK gives up after ten seconds
                return False
            return True

else:
    import fcntl

    def _lock(stream: IO[bytes], *, wait: bool) -> bool:
        """Lock the file; whether it is ours. OSError where there are no locks here."""
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            return False
        return True
