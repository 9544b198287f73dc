"""The first of many names, for remarks that one line is to hold."""

from __future__ import annotations

from collections.abc import Sequence


def shortened(names: Sequence[str], *, most: int = 5) -> list[str]:
    """The names, or the first of them and "…"."""
    return [*names[:most], *["…"] * (len(names) > most)]
