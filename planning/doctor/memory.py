"""The memory a run may take."""

from __future__ import annotations

import os
import sys

from planning.doctor import cgroups
from planning.doctor.verdict import Verdict, Words, judged

LEAST_BYTES = 1_000_000_000
"""The sample takes 0.5 GB in all, and a machine has other things in its memory."""
ENOUGH_BYTES = 4_000_000_000
"""A district with map, report and sheets, with room."""
LEAST_ADDRESSES_BYTES = 2_500_000_000
"""Of addresses (`ulimit -v`) libraries claim more than they use: with 3 GB the sample ends, with 2
they cannot be loaded."""

_PROCESS: Words = ("进程限额（ulimit -v）", "the process may take (ulimit -v)")


def memory(
    *, machine: int | None = None, container: int | None = None, process: int | None = None
) -> Verdict:
    """The least of the machine's memory, what the container allows and what the process may take.

    All in bytes, asked of the system where not given.
    """
    known = {
        ("本机内存", "the machine has"): _machine_bytes() if machine is None else machine,
        ("容器限额", "the container allows"): (
            cgroups.memory_bytes() if container is None else container
        ),
        _PROCESS: _process_bytes() if process is None else process,
    }
    limits = {words: size for words, size in known.items() if size is not None}
    addresses = known[_PROCESS]
    least = min(limits.values(), default=ENOUGH_BYTES)
    zh = "，".join(f"{words[0]} {_gigabytes(size)}" for words, size in limits.items())
    en = ", ".join(f"{words[1]} {_gigabytes(size)}" for words, size in limits.items())
    return judged(
        fault=least < LEAST_BYTES or (addresses is not None and addresses < LEAST_ADDRESSES_BYTES),
        warning=least < ENOUGH_BYTES,
        found=(zh or "本系统不告知", en or "this system does not say"),
        expected=(
            f"不少于 {_gigabytes(ENOUGH_BYTES)}；内存不足 {_gigabytes(LEAST_BYTES)}，或 ulimit -v "
            f"不足 {_gigabytes(LEAST_ADDRESSES_BYTES)}，连示例也跑不完",
            f"at least {_gigabytes(ENOUGH_BYTES)}; with less than {_gigabytes(LEAST_BYTES)}, or "
            f"{_gigabytes(LEAST_ADDRESSES_BYTES)} of ulimit -v, not even the sample ends",
        ),
        to_do=(
            "放宽 ulimit -v 或容器的内存限额，关掉其他程序；大的研究加 --max-memory 500M",
            "raise ulimit -v or the container's limit, end other programs; give large studies "
            "--max-memory 500M",
        ),
    )


def _machine_bytes() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None


def _process_bytes() -> int | None:
    if sys.platform == "win32":
        return None
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    return None if soft == resource.RLIM_INFINITY else soft


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.1f} GB"
