"""Tables as CSV that Excel in China opens, and in which no text computes."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

_COMPUTED = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Excel computes a cell that begins so; in East Asia with the wide signs too (OWASP)."""


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """UTF-8 with BOM, so that Excel in China opens it; text that Excel would compute is quoted."""
    inert = frame.copy()
    for name in inert.select_dtypes(["object", "string"]).columns:
        inert[name] = inert[name].map(_inert)
    inert.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")


def _inert(value: object) -> object:
    if isinstance(value, str) and value.startswith(_COMPUTED):
        return "'" + value
    return value
