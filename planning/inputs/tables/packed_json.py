"""JSON as it is or packed by gzip: how long it may be is known before it is taken apart."""

from __future__ import annotations

import gzip
from pathlib import Path

from planning.inputs.tables.archives import too_large
from planning.inputs.tables.sheet import unreadable

MOST_BYTES = 1 << 29
"""No JSON may be longer [bytes]: taken apart it fills some ten times as much memory."""


def unpacked_json(path: Path, where: str) -> bytes:
    """The text of a JSON file. Raises InputError where it is too long, OSError where it is torn."""
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise unreadable(
            where, f"{size >> 20} MiB", f"{size >> 20} MiB",
            expected=(f"至多 {MOST_BYTES >> 20} MiB", f"at most {MOST_BYTES >> 20} MiB"),
            to_do=("缩小范围后重新查询", "ask for a smaller area"),
        )  # fmt: skip
    data = path.read_bytes()
    if data[:2] != b"\x1f\x8b":
        return data
    with gzip.open(path) as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise too_large(where, len(data), size)
    return data
