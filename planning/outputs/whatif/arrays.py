"""Arrays inside JSON: their bytes, little endian, as base64."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import numpy.typing as npt

_TYPES = {
    "f64": "<f8", "i32": "<i4", "u32": "<u4", "i16": "<i2", "u16": "<u2", "u8": "|u1",
}  # fmt: skip


def packed(array: npt.ArrayLike, kind: str) -> dict[str, str]:
    """An array of any shape, row by row, as `typedArray` of arrays.js reads it.

    Raises ValueError where a value does not fit the kind, or the kind is unknown.
    """
    if kind not in _TYPES:
        raise ValueError(f"found kind {kind!r}, expected one of {', '.join(_TYPES)}")
    given = np.asarray(array)
    as_kind = given.astype(_TYPES[kind])
    if not np.array_equal(given, as_kind, equal_nan=kind == "f64"):
        raise ValueError(f"found values that {kind} does not hold")
    return {"type": kind, "b64": base64.b64encode(np.ascontiguousarray(as_kind).tobytes()).decode()}


def unpacked(content: dict[str, str]) -> npt.NDArray[Any]:
    """The array, flat; for tests and for whoever reads a page's content again."""
    return np.frombuffer(base64.b64decode(content["b64"]), dtype=_TYPES[content["type"]])
