"""Runs of one study, killed at random moments; every one that ends is compared with one left alone.

``python tests/killed_runs.py STUDY FOLDER [--kills 50] [--seed 0] [--light]`` prints one JSON line
for each run: when it was killed, or how it ended, and what it could take over. `--light` leaves out
the deliverables that only take time to write. A run is a process forked from this one, which has
loaded the libraries; SIGKILL is the only way in which it is ended.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

OF_ONE_RUN = ("seconds", "resumed", "made_from", "peak_memory_bytes")
"""Keys of record.json that tell of one run alone: how long it took, and where it lies."""

_AT_ONCE_EVERY = 5
"""Of so many rounds one has two runs side by side."""


class Ended(NamedTuple):
    """A run's end: its exit code, −9 where it was killed, and how long it took [s]."""

    code: int
    seconds: float


def contents(folder: Path) -> dict[str, str]:
    """Digests of all files of a run folder, but for what tells of one run alone."""
    found = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        if path.name == "record.json":
            record = json.loads(content)
            content = json.dumps({k: v for k, v in record.items() if k not in OF_ONE_RUN}).encode()
        found[path.relative_to(folder).as_posix()] = hashlib.sha256(content).hexdigest()
    return found


def resumed(out: Path) -> list[str]:
    """The stages that the finished run in `out` took over."""
    return [
        one for path in out.glob("*/record.json") for one in json.loads(path.read_text())["resumed"]
    ]


def lighten(replace: Callable[[Any, str, Any], None] = setattr) -> None:
    """Leave out the deliverables that take long to write."""
    from planning.outputs import run_folder

    for name in ("write_gis", "write_gis_metadata", "write_report", "write_map"):
        replace(run_folder, name, lambda *_, **__: None)


def started(study: Path, out: Path) -> int:
    """Fork a run; its process id."""
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        from planning import workflow

        workflow.run(study, out_dir=out, speed_band=True, budgets=3)
        code = 0
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        os._exit(code)


def ended(pid: int, begin: float, kill_at_s: float | None) -> Ended:
    """Wait for a run, and kill it once its time has come."""
    while True:
        done, status = os.waitpid(pid, os.WNOHANG)
        seconds = time.monotonic() - begin
        if done:
            return Ended(os.waitstatus_to_exitcode(status), seconds)
        if kill_at_s is not None and seconds >= kill_at_s:
            os.kill(pid, signal.SIGKILL)
            kill_at_s = None
        time.sleep(0.002)


def rounds(
    study: Path, out: Path, kills: int, seed: int, whole_s: float
) -> Iterator[dict[str, Any]]:
    """Runs below `out` until so many were killed, at moments spread over a whole run."""
    chance = random.Random(seed)
    moments = [(n + chance.random()) / kills * whole_s for n in range(kills)]
    chance.shuffle(moments)
    while moments:
        at_once = 2 if len(moments) % _AT_ONCE_EVERY == 0 else 1
        planned = [moments.pop() for _ in range(min(at_once, len(moments)))]
        begin = time.monotonic()
        running = [started(study, out) for _ in planned]
        for pid, moment in zip(running, planned, strict=True):
            end = ended(pid, begin, moment)
            yield {"at_once": len(planned), "kill_at_s": round(moment, 3), **_said(end)}
            if end.code != -signal.SIGKILL:
                moments.insert(0, moment * chance.random())


def _said(end: Ended) -> dict[str, Any]:
    how = "killed" if end.code == -signal.SIGKILL else "done" if end.code == 0 else "failed"
    return {"how": how, "seconds": round(end.seconds, 3)}


def main() -> None:
    """Kill as many runs as asked; end with 1 where a run failed, or left other bytes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("study", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--light", action="store_true")
    asked = parser.parse_args()
    if asked.light:
        lighten()
    from planning import workflow

    # What is loaded and compiled here is so in every process forked from here; no siting, as the
    # solver has threads of its own, which no fork takes along.
    workflow.run(asked.study, out_dir=asked.folder / "warm", until="assess", speed_band=True)
    for name in ("first", "alone"):
        begin = time.monotonic()
        alone = ended(started(asked.study, asked.folder / name), begin, None)
    (left_alone,) = (asked.folder / "alone").iterdir()
    print(json.dumps({**_said(alone), "how": "alone"}), flush=True)
    expected, out, right = contents(left_alone), asked.folder / "out", alone.code == 0
    for one in rounds(asked.study, out, asked.kills, asked.seed, alone.seconds):
        same = None
        if (out / left_alone.name).exists():
            same = contents(out / left_alone.name) == expected
        took = resumed(out) if one["how"] == "done" else []
        print(json.dumps({**one, "same": same, "resumed": took}), flush=True)
        right = right and same is not False and one["how"] != "failed"
    begin = time.monotonic()
    running = [started(asked.study, out) for _ in range(2)]
    last = [ended(pid, begin, None) for pid in running]
    same = all(one.code == 0 for one in last) and contents(out / left_alone.name) == expected
    left = sorted(path.name for path in out.iterdir())
    print(json.dumps({"how": "last", "same": same, "resumed": resumed(out), "left": left}))
    sys.exit(0 if right and same and left == [left_alone.name] else 1)


if __name__ == "__main__":
    main()
