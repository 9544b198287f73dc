"""What a container allows: its processors and its memory, by Linux control groups."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")
_OWN = Path("/proc/self/cgroup")


def processors(root: Path = ROOT, own: Path = _OWN) -> float | None:
    """The processors' time allowed [processors], None where there is no limit."""
    found = []
    for folder in _folders(root, "cpu", own):
        quota, _, period = _text(folder / "cpu.max").partition(" ")
        if not quota:
            quota, period = (_text(folder / f"cpu.cfs_{one}_us") for one in ("quota", "period"))
        if quota.isdigit() and period.isdigit() and int(period):
            found.append(int(quota) / int(period))
    return min(found, default=None)


def memory_bytes(root: Path = ROOT, own: Path = _OWN) -> int | None:
    """The memory allowed, None where there is no limit."""
    found = []
    for folder in _folders(root, "memory", own):
        for name in ("memory.max", "memory.limit_in_bytes"):
            text = _text(folder / name)
            # Version 1 writes "no limit" as a number near 2**63.
            if text.isdigit() and int(text) < 2**60:
                found.append(int(text))
    return min(found, default=None)


def _folders(root: Path, controller: str, own: Path) -> Iterator[Path]:
    """The folders of this process's group and of all above it, in both versions of the system."""
    for line in _text(own).splitlines():
        number, names, path = (*line.split(":", 2), "", "")[:3]
        top = root if number == "0" else root / controller
        if number == "0" or controller in names.split(","):
            place = top / path.lstrip("/")
            yield from (place, *(up for up in place.parents if up.is_relative_to(top)))
    # In a container the group's own path may not be there, and its limits stand at the top.
    yield from (root, root / controller)


def _text(file: Path) -> str:
    with suppress(OSError):
        return file.read_text(encoding="ascii").strip()
    return ""
