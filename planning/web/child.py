"""``python -m planning.web.child``: one task in a process of its own, told line by line.

The server writes one JSON line of what to do to its input, and reads JSON lines of how far it is
and what came of it. ``stop`` on another line is Ctrl-C: a search then gives the best it has. When
the input ends, the server is gone, and so is this process.
"""

from __future__ import annotations

import _thread
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from planning.errors import OurFaultError, PlanningError
from planning.progress import Figures

STOP = "stop"
_OFTEN_S = 0.2


class Told:
    """A progress that writes JSON lines."""

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._lock = stream, threading.Lock()

    def line(self, **said: Any) -> None:
        """Write one line, whole."""
        text = json.dumps(said, ensure_ascii=False, allow_nan=False)
        with self._lock:
            self._stream.write(f"{text}\n")
            self._stream.flush()

    @contextmanager
    def step(self, name_zh: str, name_en: str, total: float | None = None) -> Iterator[_ToldStep]:
        """Say that a step begins."""
        self.line(step={"zh": name_zh, "en": name_en, "total": total})
        yield _ToldStep(self, total)


class _ToldStep:
    def __init__(self, told: Told, total: float | None) -> None:
        self._told, self._total, self._done, self._at = told, total, 0.0, 0.0

    def advance(self, amount: float = 1.0) -> None:
        """Say how far it is, now and then."""
        self._done += amount
        if time.monotonic() - self._at > _OFTEN_S:
            self._at = time.monotonic()
            self._told.line(done=self._done)

    def say(self, zh: str, en: str, figures: Figures | None = None) -> None:
        """Say how things stand."""
        self._told.line(said={"zh": zh, "en": en}, figures=dict(figures or {}))


def main() -> None:
    """Do the task that the input names."""
    # What libraries print shall not stand among the lines.
    lines = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    told = Told(lines)
    task = json.loads(sys.stdin.buffer.readline())
    # A server in the background may have been told to ignore Ctrl-C; this process must not.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Thread(target=_listen, daemon=True).start()
    try:
        told.line(result=_TASKS[task["task"]](task, told))
    except PlanningError as error:
        from planning.web.refusals import error_content

        ours = isinstance(error, OurFaultError)
        told.line(**error_content(error.faults), ours=ours)
        sys.exit(3 if ours else 2)
    except KeyboardInterrupt:
        sys.exit(130)


def _listen() -> None:
    """Wait for Ctrl-C, or for the end of the server."""
    for line in sys.stdin.buffer:
        if line.strip().decode() == STOP:
            _interrupt()
    os._exit(1)


def _interrupt() -> None:
    if sys.platform == "win32":
        _thread.interrupt_main()
    else:
        os.kill(os.getpid(), signal.SIGINT)


def _site(task: Mapping[str, Any], told: Told) -> dict[str, Any]:
    """`planning run`: the run folder's name."""
    from planning import workflow

    _, folder = workflow.run(
        Path(task["study"]),
        data_dir=Path(task["data"]),
        scenario=task["scenario"],
        out_dir=Path(task["out"]),
        progress=told,
    )
    return {"folder": folder.name}


def _figures(task: Mapping[str, Any], told: Told) -> dict[str, Any]:
    """`planning assess` without its files: the summary."""
    from planning.web.standing import figures_of, standing

    result, _ = standing(
        Path(task["study"]), data_dir=Path(task["data"]), scenario=task["scenario"], progress=told
    )
    return figures_of(result)


_TASKS = {"site": _site, "figures": _figures}


if __name__ == "__main__":
    main()
