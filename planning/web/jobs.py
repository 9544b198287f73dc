"""Sitings of scenarios, one after another, each in a process of its own; they can be watched."""

from __future__ import annotations

import json
import queue
import secrets
import shutil
import sqlite3
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from planning.errors import Fault
from planning.web.database import Database
from planning.web.processes import Child, Outcome
from planning.web.refusals import Refused, error_content, refused
from planning.web.scenario_file import write_scenario
from planning.web.scenarios import now
from planning.web.subject import Subject

JobState = Literal["queued", "running", "stopping", "done", "stopped", "failed", "interrupted"]
_ACTIVE = ("queued", "running", "stopping")
_COLUMNS = "id, name, state, asked_at, began_at, ended_at, folder, error"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobBounds:
    """How many sitings at once, waiting and kept, and how long each may take [s]."""

    at_once: int = 1
    waiting: int = 8
    kept: int = 50
    limit_s: float = 3_600.0
    grace_s: float = 60.0
    """from being asked to stop until the end: the best found is still audited and written"""


@dataclass(slots=True, kw_only=True)
class _Running:
    """What is known of a job only while it runs."""

    child: Child | None = None
    began: float = 0.0
    progress: dict[str, Any] = field(default_factory=dict)
    why: Fault | None = None


class Jobs:
    """The sitings of one server; their states are on the disk, so that a kill shows."""

    def __init__(
        self, database: Database, subject: Subject, *, bounds: JobBounds | None = None
    ) -> None:
        """Take over what an earlier server left: what it had not done is interrupted."""
        self._database, self._subject = database, subject
        self._bounds = bounds or JobBounds()
        self._folder = subject.store / "jobs"
        self._lock = threading.Lock()
        self._running: dict[str, _Running] = {}
        self._waiting: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._workers: list[threading.Thread] = []
        self._interrupt_old()

    def listed(self) -> list[dict[str, Any]]:
        """Every job, the last asked for first."""
        with self._database.reading() as db:
            rows = db.execute(
                f"SELECT {_COLUMNS} FROM jobs ORDER BY asked_at DESC, rowid DESC"
            ).fetchall()
        return [self._told(row) for row in rows]

    def read(self, id: str) -> dict[str, Any]:
        """One job and how far it is. Raises `Refused` (404) for an unknown one."""
        with self._database.reading() as db:
            return self._told(_row(db, id))

    def ask(self, scenario: Mapping[str, Any]) -> dict[str, Any]:
        """Ask for the siting of a scenario. Raises `Refused` (429) where too many wait."""
        id = secrets.token_hex(8)
        write_scenario(scenario, self._folder / id)
        try:
            with self._database.writing() as db:
                self._check_room(db)
                db.execute(
                    "INSERT INTO jobs (id, name, state, asked_at) VALUES (?, ?, 'queued', ?)",
                    (id, scenario["name"], now()),
                )
        except BaseException:
            shutil.rmtree(self._folder / id, ignore_errors=True)
            raise
        self._begin_workers()
        self._waiting.put(id)
        return self.read(id)

    def stop(self, id: str) -> dict[str, Any] | None:
        """Stop a job: the best found so far is kept; asked twice, or queued, it ends at once.

        One that has ended is taken away with its files; then None.
        """
        job = self.read(id)
        if job["state"] not in _ACTIVE:
            with self._database.writing() as db:
                db.execute("DELETE FROM jobs WHERE id = ?", (id,))
            shutil.rmtree(self._folder / id, ignore_errors=True)
            return None
        if job["state"] == "queued" and self._changed(id, "stopped", only="queued"):
            return self.read(id)
        with self._lock:
            running = self._running.get(id)
        self._changed(id, "stopping", only="running")
        if running is not None and running.child is not None:
            self._end(running.child, at_once=job["state"] == "stopping")
        return self.read(id)

    def folder_of(self, id: str) -> Path | None:
        """The run folder of a job, None where it has none."""
        with self._database.reading() as db:
            folder = _row(db, id)["folder"]
        return None if folder is None else self._folder / id / folder

    def close(self) -> None:
        """End what runs; on the disk it is interrupted."""
        with self._lock:
            children = [one.child for one in self._running.values() if one.child is not None]
        for _ in self._workers:
            self._waiting.put(None)
        self._interrupt_old()
        for child in children:
            child.kill()
        for worker in self._workers:
            worker.join()

    def _begin_workers(self) -> None:
        with self._lock:
            while len(self._workers) < self._bounds.at_once:
                worker = threading.Thread(target=self._work, daemon=True)
                self._workers.append(worker)
                worker.start()

    def _work(self) -> None:
        while (id := self._waiting.get()) is not None:
            if self._changed(id, "running", only="queued"):
                self._do(id)

    def _do(self, id: str) -> None:
        running = _Running(began=time.monotonic())
        with self._lock:
            self._running[id] = running
        folder = self._folder / id
        child = Child(
            {
                "task": "site",
                "study": str(self._subject.study_path),
                "data": str(self._subject.data_dir),
                "scenario": str(folder / "scenario.json"),
                "out": str(folder),
            }
        )
        running.child = child
        if self.read(id)["state"] == "stopping":  # asked for while it began
            self._end(child, at_once=False)
        clock = threading.Timer(self._bounds.limit_s, self._too_long, (id, running))
        clock.daemon = True
        clock.start()
        try:
            outcome = child.outcome(lambda said: _note(running.progress, said))
        finally:
            clock.cancel()
        self._ended(id, running, outcome)

    def _ended(self, id: str, running: _Running, outcome: Outcome) -> None:
        faults = outcome.faults or ((running.why,) if running.why else ())
        with self._database.writing() as db:
            state = _row(db, id)["state"]
            if state in _ACTIVE:
                was_stopped = state == "stopping" or running.why is not None
                if outcome.faults:
                    after: JobState = "failed"
                else:
                    after = "stopped" if was_stopped or outcome.result is None else "done"
                db.execute(
                    "UPDATE jobs SET state = ?, ended_at = ?, folder = ?, error = ? WHERE id = ?",
                    (
                        after,
                        now(),
                        None if outcome.result is None else outcome.result["folder"],
                        json.dumps(error_content(faults), ensure_ascii=False) if faults else None,
                        id,
                    ),
                )
        with self._lock:
            self._running.pop(id, None)

    def _too_long(self, id: str, running: _Running) -> None:
        limit_s = self._bounds.limit_s
        running.why = Fault(
            where="jobs",
            found=(f"超过 {limit_s:g} 秒仍未完成", f"more than {limit_s:g} s"),
            expected=(f"至多 {limit_s:g} 秒", f"at most {limit_s:g} s"),
            to_do=(
                "调低 siting.time_limit_s，或用 planning run 在命令行求解",
                "lower siting.time_limit_s, or solve it with `planning run`",
            ),
        )
        self._changed(id, "stopping", only="running")
        assert running.child is not None
        self._end(running.child, at_once=False)

    def _end(self, child: Child, *, at_once: bool) -> None:
        """End a process: at once, or with what it has."""
        if at_once:
            child.kill()
            return
        child.stop()
        patience = threading.Timer(self._bounds.grace_s, child.kill)
        patience.daemon = True
        patience.start()

    def _changed(self, id: str, state: JobState, *, only: JobState) -> bool:
        """Set a state where another one holds; whether it did."""
        column = {"running": "began_at"}.get(state, "ended_at" if state == "stopped" else None)
        more = "" if column is None else f", {column} = '{now()}'"
        with self._database.writing() as db:
            done = db.execute(
                f"UPDATE jobs SET state = ?{more} WHERE id = ? AND state = ?", (state, id, only)
            )
            return done.rowcount == 1

    def _interrupt_old(self) -> None:
        with self._database.writing() as db:
            rows = db.execute(
                "SELECT id FROM jobs WHERE state IN ('queued', 'running', 'stopping')"
            ).fetchall()
            for row in rows:
                db.execute(
                    "UPDATE jobs SET state = 'interrupted', ended_at = ? WHERE id = ?",
                    (now(), row["id"]),
                )
        for row in rows:  # an unfinished run folder is hidden and of no use
            for partial in (self._folder / row["id"]).glob(".*"):
                shutil.rmtree(partial, ignore_errors=True)

    def _check_room(self, db: sqlite3.Connection) -> None:
        (waiting,) = db.execute("SELECT count(*) FROM jobs WHERE state = 'queued'").fetchone()
        (kept,) = db.execute("SELECT count(*) FROM jobs").fetchone()
        if waiting >= self._bounds.waiting:
            raise _full(
                429, f"{waiting} 个求解在排队", f"{waiting} sitings waiting", self._bounds.waiting,
                ("等前面的完成，或取消不用的", "wait for those before, or stop some"),
            )  # fmt: skip
        if kept >= self._bounds.kept:
            raise _full(
                409, f"已有 {kept} 个求解", f"{kept} sitings kept", self._bounds.kept,
                ("先删去不用的", "take away some that are not needed"),
            )  # fmt: skip

    def _told(self, row: sqlite3.Row) -> dict[str, Any]:
        with self._lock:
            running = self._running.get(row["id"])
        told = {name: row[name] for name in _COLUMNS.split(", ")}
        told["error"] = None if row["error"] is None else json.loads(row["error"])["error"]
        is_on = running is not None and row["state"] in ("running", "stopping")
        told["elapsed_s"] = (
            round(time.monotonic() - running.began, 1) if is_on and running is not None else None
        )
        told["progress"] = dict(running.progress) if is_on and running is not None else {}
        return told


def _note(progress: dict[str, Any], said: Mapping[str, Any]) -> None:
    """What a job says, in place of what it said before; a new step forgets the last."""
    if "step" in said:
        for name in ("said", "figures", "done"):
            progress.pop(name, None)
    progress.update(said)


def _row(db: sqlite3.Connection, id: str) -> sqlite3.Row:
    row: sqlite3.Row | None = db.execute("SELECT * FROM jobs WHERE id = ?", (id,)).fetchone()
    if row is None:
        raise refused(
            404,
            f"jobs/{id}",
            found=("没有这个求解", "no such siting"),
            expected=("/api/jobs 所列的求解", "one that /api/jobs lists"),
            to_do=("重新列出", "list them again"),
        )
    return row


def _full(status: int, zh: str, en: str, most: int, to_do: tuple[str, str]) -> Refused:
    return refused(
        status,
        "jobs",
        found=(zh, en),
        expected=(f"至多 {most} 个", f"at most {most}"),
        to_do=to_do,
        headers={"retry-after": "30"} if status == 429 else None,
    )
