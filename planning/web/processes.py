"""A child process with a task: begun, listened to, asked to stop, ended."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from planning.errors import Fault
from planning.web.child import STOP
from planning.web.refusals import faults_of

_MOST_STDERR = 8_000
_BY_CTRL_C = (130, -2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a task: a result, faults (`ours` or the user's), or nothing: it was ended."""

    result: Mapping[str, Any] | None = None
    faults: tuple[Fault, ...] = ()
    ours: bool = False


class Child:
    """One running task. Its process ends with the server, however that ends (see `child`)."""

    def __init__(self, task: Mapping[str, Any]) -> None:
        """Begin it."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "planning.web.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # A process group of its own: Ctrl-C at the server's terminal is not meant for it.
            start_new_session=os.name == "posix",
        )
        self._lock = threading.Lock()
        self._complaint, self._is_ended = b"", False
        self._write(json.dumps(dict(task)))

    def stop(self) -> None:
        """Ask it to end with the best it has."""
        self._write(STOP)

    def kill(self) -> None:
        """End it at once."""
        self._is_ended = True
        with suppress(ProcessLookupError):
            self._process.kill()

    def outcome(self, tell: Callable[[Mapping[str, Any]], None]) -> Outcome:
        """Wait for its end; `tell` gets what it says of its progress meanwhile."""
        assert self._process.stdout is not None
        listener = threading.Thread(target=self._read_complaint, daemon=True)
        listener.start()
        found = None
        for text in self._process.stdout:
            said = _line(text)
            if "result" in said:
                found = Outcome(result=said["result"])
            elif "error" in said:
                found = Outcome(faults=faults_of(said), ours=said["ours"])
            elif said:
                tell(said)
        code = self._process.wait()
        listener.join()
        self._close()
        if found is not None:
            return found
        if self._is_ended or code in _BY_CTRL_C:
            return Outcome()
        return _broken(code, self._complaint.decode(errors="replace"))

    def _read_complaint(self) -> None:
        """The end of what it says on its error stream, read so that it never waits to say it."""
        assert self._process.stderr is not None
        for text in self._process.stderr:
            self._complaint = (self._complaint + text)[-_MOST_STDERR:]

    def _write(self, line: str) -> None:
        assert self._process.stdin is not None
        with self._lock, suppress(OSError, ValueError):  # it ended meanwhile
            self._process.stdin.write(f"{line}\n".encode())
            self._process.stdin.flush()

    def _close(self) -> None:
        with self._lock:
            for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
                assert stream is not None
                with suppress(OSError):
                    stream.close()


def _line(text: bytes) -> dict[str, Any]:
    try:
        said = json.loads(text)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _broken(code: int, complaint: str) -> Outcome:
    """A process that ended without a word of its own; what it complained of goes to the terminal.

    A trace tells nobody but us anything, and the page shows none.
    """
    sys.stderr.write(complaint)
    fault = Fault(
        where="planning.web.child",
        found=(f"计算进程意外结束（{code}）", f"the process ended unexpectedly ({code})"),
        expected=("完成或报错", "an end, or an error that is said"),
        to_do=(
            "查看终端中的报错；内存不足时关闭其他程序后重试",
            "see the terminal; where memory ran out, close other programs and try again",
        ),
    )
    return Outcome(faults=(fault,), ours=True)
