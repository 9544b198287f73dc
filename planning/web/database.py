"""The file in which a server keeps what was saved: whole after any kill, one server at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from planning.errors import InputError, fail

_FILE = "scenarios.sqlite"
_SERVING = "serving.sqlite"
_LAYOUT = 1
_PATIENCE_S = 10.0
_TABLES = """
CREATE TABLE scenarios (
    id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, version INTEGER NOT NULL,
    saved_at TEXT NOT NULL, bytes INTEGER NOT NULL, scenario TEXT NOT NULL
) STRICT;
CREATE TABLE jobs (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, state TEXT NOT NULL, asked_at TEXT NOT NULL,
    began_at TEXT, ended_at TEXT, folder TEXT, error TEXT
) STRICT;
"""


class Database:
    """The file in a folder. A connection a block, as threads may not share one."""

    def __init__(self, folder: Path) -> None:
        """Make the file where there is none.

        Raises InputError where another server has it open, or where it is no such file.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / _FILE
        self._serving = _claimed(folder / _SERVING)
        try:
            with self.writing() as db:
                (layout,) = db.execute("PRAGMA user_version").fetchone()
                if layout == 0:
                    for statement in _TABLES.split(";")[:-1]:
                        db.execute(statement)
                    db.execute(f"PRAGMA user_version = {_LAYOUT}")
            if layout not in (0, _LAYOUT):
                raise sqlite3.DatabaseError(f"layout {layout}")
        except sqlite3.Error as error:
            self.close()
            raise fail(
                InputError,
                str(self._path),
                found=(f"不能使用的文件（{error}）", f"a file that cannot be used ({error})"),
                expected=("本版程序保存的情景", "scenarios saved by this version"),
                to_do=("把该文件移开后重试", "move the file away, then try again"),
            ) from None

    def close(self) -> None:
        """Let another server have it."""
        self._serving.close()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection to read by; rows by their columns' names."""
        db = sqlite3.connect(self._path, timeout=_PATIENCE_S, isolation_level=None)
        try:
            db.row_factory = sqlite3.Row
            # Write ahead, and on the disk before anybody is told that it is saved.
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
            yield db
        finally:
            db.close()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One change, done as a whole or, where the block raises, not at all."""
        with self.reading() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")


def _claimed(path: Path) -> sqlite3.Connection:
    """A lock that ends with this process, however it ends."""
    db = sqlite3.connect(path, timeout=0.0, isolation_level=None, check_same_thread=False)
    try:
        db.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error:
        db.close()
        raise fail(
            InputError,
            str(path.parent),
            found=("另一个 planning serve 正在使用", "another `planning serve` at work here"),
            expected=("一份成果同时只开一个服务", "one server for a run at a time"),
            to_do=("用已打开的那个，或先结束它", "use that one, or end it first"),
        ) from None
    return db
