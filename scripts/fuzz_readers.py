"""Throw hostile files at every reader: `python scripts/fuzz_readers.py --minutes 10`.

Each reader runs in a process of its own, with a bound on memory and one on the time of a single
file. Where a native library ends the process, or a file takes too long, the file that did it is
kept, and the campaign goes on. Readers that are Python are followed branch by branch by atheris
(`pip install atheris`) where it is installed; the others get changed bytes (`mutating`). Ends
with 1 where any file did anything else than end in a result or a refusal.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import importlib.util
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

from fuzz_targets import TARGETS, Target
from mutating import mutated

from planning.errors import PlanningError

MOST_SECONDS = 30
"""One small file may take so long: a hundred times what the slowest takes."""
MOST_MEMORY = 6 << 30
"""What a process may have [bytes of address space]: libraries take two, files are small."""
_AT_ONCE_S = 20.0
_CURRENT = "current"


def main() -> int:
    """Run the campaign, print the table."""
    options = _options()
    if options.work:
        return _work(options)
    names = options.reader or sorted(TARGETS)
    seconds = options.minutes * 60 / len(names)
    print(
        f"{'reader':<16} {'by':<8} {'executions':>10} {'seconds':>8} {'peak MB':>8} {'crashes':>8}"
    )
    total = 0
    for name in names:
        row = _campaign(name, seconds, options)
        total += row["crashes"]
        print(
            f"{name:<16} {row['by']:<8} {row['executions']:>10,} {row['seconds']:>8.1f} "
            f"{row['peak_mb']:>8,} {row['crashes']:>8}",
            flush=True,
        )
    print(f"{total} crashes; what did it is kept in {options.corpus}")
    return 1 if total else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=10.0, help="for all readers together")
    parser.add_argument("--reader", action="append", choices=sorted(TARGETS), help="only these")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--without-atheris", action="store_true")
    parser.add_argument(
        "--corpus",
        type=Path,
        default=Path(tempfile.gettempdir()) / "planning-fuzz",
        help="where inputs that led on and those that crashed are kept, by their content",
    )
    parser.add_argument("--work", help=argparse.SUPPRESS)
    parser.add_argument("--seconds", type=float, help=argparse.SUPPRESS)
    return parser.parse_args()


def _campaign(name: str, seconds: float, options: argparse.Namespace) -> dict[str, Any]:
    """One reader in processes of its own, started anew after every crash."""
    folder = options.corpus / name
    (folder / "crashes").mkdir(parents=True, exist_ok=True)
    has_atheris = not options.without_atheris and importlib.util.find_spec("atheris") is not None
    by = "atheris" if has_atheris and TARGETS[name].has_python else "bytes"
    row: dict[str, Any] = {
        "by": by, "executions": 0, "seconds": 0.0, "peak_mb": 0, "crashes": 0
    }  # fmt: skip
    seed = options.seed
    while (left := seconds - row["seconds"]) > 0.5:
        began, seed = time.monotonic(), seed + 1
        with tempfile.TemporaryDirectory() as scratch:
            command = [
                sys.executable, __file__, "--work", name, "--seconds", f"{left:.1f}",
                "--seed", str(seed), "--corpus", str(options.corpus),
            ]  # fmt: skip
            command += ["--without-atheris"] if by == "bytes" else []
            _run(command, Path(scratch), left)
            said = _said(Path(scratch) / "told.json")
            row["crashes"] += said["crashes"]
            if not said["is_whole"]:
                row["crashes"] += _keep_current(Path(scratch), folder)
        row["seconds"] += time.monotonic() - began
        row["executions"] += said["executions"]
        row["peak_mb"] = max(row["peak_mb"], said["peak_mb"])
    return row


def _run(command: list[str], scratch: Path, seconds: float) -> None:
    """A worker to its end; one that hangs in a native library is killed."""
    environment = {**os.environ, "PLANNING_FUZZ_SCRATCH": str(scratch)}
    with (scratch / "log").open("wb") as log, contextlib.suppress(subprocess.TimeoutExpired):
        subprocess.run(
            command, env=environment, stdout=log, stderr=log, check=False,
            timeout=seconds + _AT_ONCE_S + MOST_SECONDS,
        )  # fmt: skip


def _said(told: Path) -> dict[str, Any]:
    try:
        said: dict[str, Any] = json.loads(told.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {"executions": 0, "peak_mb": 0, "crashes": 0, "is_whole": False}
    return said


def _keep_current(scratch: Path, folder: Path) -> int:
    """Keep the file at which a process ended, with what it said: 1; 0 where it had none yet."""
    current = scratch / _CURRENT
    if not current.is_file():
        return 0
    _keep(current.read_bytes(), folder / "crashes", (scratch / "log").read_bytes()[-4_000:])
    return 1


def _keep(data: bytes, folder: Path, why: bytes) -> None:
    name = hashlib.sha256(data).hexdigest()[:24]
    (folder / name).write_bytes(data)
    (folder / f"{name}.txt").write_bytes(why)


# --- in the worker --------------------------------------------------------------------------


class Runner:
    """Reads one hostile file after another, and counts."""

    def __init__(self, name: str, scratch: Path, kept: Path) -> None:
        self.target: Target = TARGETS[name]
        self._scratch, self._kept = scratch, kept
        self._began = time.monotonic()
        self.executions = self.crashes = 0

    def run(self, data: bytes) -> bool:
        """Whether a file led to a result; anything but that and a refusal is kept."""
        (self._scratch / _CURRENT).write_bytes(data)
        self.executions += 1
        signal.alarm(MOST_SECONDS)  # its handler is the default: the end of the process
        try:
            read_bytes(self.target, data)
        except PlanningError:
            return False
        except Exception as error:  # whatever it is, it is what is looked for
            self.crashes += 1
            _keep(data, self._kept / "crashes", f"{type(error).__name__}: {error}"[:500].encode())
            return False
        finally:
            signal.alarm(0)
            if self.executions % 50 == 0:
                self.tell(is_whole=False)
        return True

    def tell(self, *, is_whole: bool) -> None:
        """Write down how far it is, for the parent."""
        told = {
            "executions": self.executions,
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
            "crashes": self.crashes,
            "is_whole": is_whole,
        }
        (self._scratch / "told.json").write_text(json.dumps(told), encoding="utf-8")


def read_bytes(target: Target, data: bytes) -> object:
    """What a reader makes of a file of these bytes, in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"fuzz{target.suffix}"
        path.write_bytes(data)
        return target.read(path)


def seeds_of(target: Target) -> list[bytes]:
    """The bytes of its valid files."""
    with tempfile.TemporaryDirectory() as folder:
        return [make(Path(folder)).read_bytes() for make in target.seeds]


def _work(options: argparse.Namespace) -> int:
    """One reader for some seconds, in this process."""
    warnings.simplefilter("ignore")
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    scratch = Path(os.environ["PLANNING_FUZZ_SCRATCH"])
    # What readers leave behind when they are killed goes with the folder of this process.
    tempfile.tempdir = str(scratch)
    kept = options.corpus / options.work
    runner = Runner(options.work, scratch, kept)
    seeds = seeds_of(runner.target)
    for seed in seeds:
        runner.target.read(_written(scratch, runner.target, seed))
    until = time.monotonic() + options.seconds
    chance = random.Random(options.seed)
    if options.without_atheris or not runner.target.has_python:
        while time.monotonic() < until:
            runner.run(mutated(chance.choice(seeds), chance))
    else:
        _by_atheris(runner, seeds, until, chance, kept)
    runner.tell(is_whole=True)
    return 0


def _written(scratch: Path, target: Target, data: bytes) -> Path:
    path = scratch / f"seed{target.suffix}"
    path.write_bytes(data)
    return path


def _by_atheris(
    runner: Runner, seeds: list[bytes], until: float, chance: random.Random, kept: Path
) -> None:
    """Follow branches: libFuzzer keeps what reaches new ones, and changes it further."""
    import atheris

    import planning.inputs

    corpus = kept / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for seed in seeds:
        (corpus / hashlib.sha256(seed).hexdigest()[:24]).write_bytes(seed)
    root = Path(planning.inputs.__file__).parent
    for module in [m for m in sys.modules.values() if _is_ours(m, root)]:
        for name, thing in list(vars(module).items()):
            if type(thing).__name__ == "function" and thing.__module__ == module.__name__:
                setattr(module, name, atheris.instrument_func(thing))

    def one(data: bytes) -> None:
        if time.monotonic() > until:
            runner.tell(is_whole=True)
            os._exit(0)
        runner.run(data)

    def change(data: bytes, most: int, seed: int) -> bytes:
        if seed % 2:
            return mutated(data, random.Random(seed))[:most]
        return bytes(atheris.Mutate(data, most))[:most]

    left = max(int(until - time.monotonic()), 1)
    settings = [
        sys.argv[0], str(corpus), f"-max_total_time={left + 5}", "-max_len=65536",
        "-rss_limit_mb=0", f"-seed={chance.randrange(1, 1 << 30)}", "-timeout=0", "-handle_alrm=0",
    ]  # fmt: skip
    atheris.Setup(settings, one, custom_mutator=change)
    atheris.Fuzz()


def _is_ours(module: Any, root: Path) -> bool:
    file = getattr(module, "__file__", None)
    return file is not None and root in Path(file).parents


if __name__ == "__main__":
    sys.exit(main())
