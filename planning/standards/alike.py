"""Names that come near one that nobody knows."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

_LEAST = 0.5


def alike(text: str, known: Sequence[str], *, n: int = 5) -> list[str]:
    """Those that hold the text, then those written much like it, `n` at most."""
    wanted = text.casefold()
    holding = [one for one in known if wanted and wanted in one.casefold()]
    like = difflib.get_close_matches(text, known, n=n, cutoff=_LEAST)
    return list(dict.fromkeys([*holding, *like]))[:n]
