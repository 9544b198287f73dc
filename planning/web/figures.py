"""True figures of scenarios, by Python from the inputs on; kept by digest, few at a time."""

from __future__ import annotations

import tempfile
import threading
from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from planning.web.processes import Child
from planning.web.refusals import Refused, refused
from planning.web.scenario_file import scenario_digest, write_scenario
from planning.web.subject import Subject

AT_ONCE = 2
MOST_WAITING = 16
_KEPT = 64
_LIMIT_S = 900.0
Figures = Mapping[str, Any]


class Assessments:
    """What `planning assess` finds of scenarios; the same question is answered once."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Future[Figures]] = OrderedDict()
        self._turn = threading.BoundedSemaphore(AT_ONCE)
        self._asked = 0
        self._children: set[Child] = set()
        self._is_closed = False

    def of(self, scenario: Mapping[str, Any]) -> Figures:
        """The keys of `summary.json`. Raises `Refused`: 422 with the scenario's faults, 503."""
        digest = scenario_digest(scenario)
        with self._lock:
            future = self._kept.get(digest)
            is_mine = future is None
            if future is None:
                if self._asked >= AT_ONCE + MOST_WAITING or self._is_closed:
                    raise _busy()
                self._asked += 1
                future = self._kept[digest] = Future()
            self._kept.move_to_end(digest)
        if is_mine:
            self._compute(digest, scenario, future)
        return future.result()

    @property
    def waiting(self) -> int:
        """How many are computed, or wait to be."""
        return self._asked

    def close(self) -> None:
        """End what runs."""
        with self._lock:
            self._is_closed = True
            for child in self._children:
                child.kill()

    def _compute(self, digest: str, scenario: Mapping[str, Any], future: Future[Figures]) -> None:
        try:
            with self._turn:
                future.set_result(self._run(scenario))
        except BaseException as error:
            future.set_exception(error)
        with self._lock:
            self._asked -= 1
            if future.exception() is not None:
                self._kept.pop(digest, None)  # what was too busy or broken may work the next time
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)

    def _run(self, scenario: Mapping[str, Any]) -> Figures:
        with tempfile.TemporaryDirectory(prefix="planning-", ignore_cleanup_errors=True) as folder:
            child = Child(
                {
                    "task": "figures",
                    "study": str(self._subject.study_path),
                    "data": str(self._subject.data_dir),
                    "scenario": str(write_scenario(scenario, Path(folder))),
                }
            )
            with self._lock:
                self._children.add(child)
                if self._is_closed:
                    child.kill()
            clock = threading.Timer(_LIMIT_S, child.kill)
            clock.daemon = True
            clock.start()
            try:
                outcome = child.outcome(_unheard)
            finally:
                clock.cancel()
                with self._lock:
                    self._children.discard(child)
        if outcome.faults:
            raise Refused(500 if outcome.ours else 422, *outcome.faults)
        if outcome.result is None:
            raise _busy()
        return outcome.result


def _unheard(said: Mapping[str, Any]) -> None:
    """Nobody watches an assessment."""
    del said


def _busy() -> Refused:
    return refused(
        503,
        "assess",
        found=("计算排满或超时", "too many computations, or one that took too long"),
        expected=("空闲的计算", "room for another"),
        to_do=("稍后重试", "try again in a while"),
        headers={"retry-after": "10"},
    )
