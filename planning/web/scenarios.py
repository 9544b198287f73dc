"""Scenarios as they are saved: by name, with a version, so that nobody's work is written over."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from planning.web.database import Database
from planning.web.refusals import Refused, refused

MOST_SCENARIOS = 200
MOST_BYTES = 2 << 20
_LISTED = "id, name, version, saved_at, bytes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A scenario as it is listed; `version` rises with each saving, `bytes` is its size."""

    id: str
    name: str
    version: int
    saved_at: str
    bytes: int


class Scenarios:
    """The scenarios of one run."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def listed(self) -> list[Saved]:
        """All of them, by name."""
        with self._database.reading() as db:
            rows = db.execute(f"SELECT {_LISTED} FROM scenarios ORDER BY name, id").fetchall()
        return [Saved(**row) for row in rows]

    def read(self, id: str) -> tuple[Saved, Mapping[str, Any]]:
        """One scenario and what it says. Raises `Refused` (404) for an unknown one."""
        with self._database.reading() as db:
            row = _row(db, id)
        return _saved(row), json.loads(row["scenario"])

    def add(self, scenario: Mapping[str, Any]) -> Saved:
        """Save a new one. Raises `Refused` for a name that is taken (409), or too many (409)."""
        text, id = _text(scenario), secrets.token_hex(8)
        with self._database.writing() as db:
            (count,) = db.execute("SELECT count(*) FROM scenarios").fetchone()
            if count >= MOST_SCENARIOS:
                raise _too_many(count)
            _check_name(db, scenario["name"], id)
            db.execute(
                "INSERT INTO scenarios VALUES (?, ?, 1, ?, ?, ?)",
                (id, scenario["name"], now(), len(text.encode()), text),
            )
            return _saved(_row(db, id))

    def change(self, id: str, scenario: Mapping[str, Any], *, version: int) -> Saved:
        """Save over the version named; `Refused` (412) where there is a later one."""
        text = _text(scenario)
        with self._database.writing() as db:
            _check_version(_row(db, id), version)
            _check_name(db, scenario["name"], id)
            db.execute(
                "UPDATE scenarios SET name = ?, version = version + 1, saved_at = ?, bytes = ?, "
                "scenario = ? WHERE id = ?",
                (scenario["name"], now(), len(text.encode()), text, id),
            )
            return _saved(_row(db, id))

    def remove(self, id: str, *, version: int) -> None:
        """Take one away; `Refused` (412) where it was saved anew since that version."""
        with self._database.writing() as db:
            _check_version(_row(db, id), version)
            db.execute("DELETE FROM scenarios WHERE id = ?", (id,))


def now() -> str:
    """The time as it is written."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _text(scenario: Mapping[str, Any]) -> str:
    text = json.dumps(scenario, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    size = len(text.encode())
    if size > MOST_BYTES:
        raise refused(
            413,
            "scenario",
            found=(f"{size:,} 字节的情景", f"a scenario of {size:,} bytes"),
            expected=(f"至多 {MOST_BYTES:,} 字节", f"at most {MOST_BYTES:,} bytes"),
            to_do=("减少情景中的改动", "change less in one scenario"),
        )
    return text


def _row(db: sqlite3.Connection, id: str) -> sqlite3.Row:
    row: sqlite3.Row | None = db.execute("SELECT * FROM scenarios WHERE id = ?", (id,)).fetchone()
    if row is None:
        raise refused(
            404,
            f"scenarios/{id}",
            found=("没有这个情景", "no such scenario"),
            expected=("已保存的情景", "a scenario that is saved"),
            to_do=("重新列出情景", "list the scenarios again"),
        )
    return row


def _saved(row: sqlite3.Row) -> Saved:
    return Saved(**{name: row[name] for name in _LISTED.split(", ")})


def _check_version(row: sqlite3.Row, version: int) -> None:
    if row["version"] != version:
        raise refused(
            412,
            f"scenarios/{row['id']}",
            found=(
                f"第 {row['version']} 版，{row['saved_at']} 保存",
                f"version {row['version']}, saved at {row['saved_at']}",
            ),
            expected=(f"第 {version} 版", f"version {version}"),
            to_do=(
                "别人已另行保存：重新打开它，或换名另存",
                "somebody saved it since: open it again, or save yours under another name",
            ),
            headers={"etag": f'"{row["version"]}"'},
        )


def _check_name(db: sqlite3.Connection, name: str, id: str) -> None:
    taken = db.execute("SELECT 1 FROM scenarios WHERE name = ? AND id <> ?", (name, id)).fetchone()
    if taken is not None:
        raise refused(
            409,
            "name",
            found=(f"已有名为“{name}”的情景", f"another scenario named '{name}'"),
            expected=("没有用过的名称", "a name not in use"),
            to_do=("换一个名称", "take another name"),
        )


def _too_many(count: int) -> Refused:
    return refused(
        409,
        "scenarios",
        found=(f"已有 {count} 个情景", f"{count} scenarios"),
        expected=(f"至多 {MOST_SCENARIOS} 个", f"at most {MOST_SCENARIOS}"),
        to_do=("先删去不用的情景", "take away some that are not needed"),
    )
