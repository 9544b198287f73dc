"""Columns of counts as people write them: 1234, "1,234", １２３４, 0.1234 under 万人."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from planning.inputs.tables.sheet import Remark
from planning.units import counted, per_of

Floats = npt.NDArray[np.float64]


def counts_of(texts: Sequence[str], *, heading: str = "") -> Floats:
    """The counts in cells, shape (n,); NaN where a cell is blank or is none."""
    per = per_of(heading)
    if per != 1:
        return np.array([counted(text, per=per) for text in texts])
    numbers = pd.to_numeric(pd.Series(texts, dtype=object), errors="coerce")
    counts = numbers.to_numpy(dtype=np.float64, copy=True)
    # Plain numbers, of which there may be millions, are read at once, the others one by one.
    for at in np.flatnonzero(np.isnan(counts)).tolist():
        counts[at] = counted(texts[at])
    return counts


def told_of(heading: str) -> tuple[Remark, ...]:
    """That the numbers below a heading are in 万, % or ‰, if they are."""
    per = per_of(heading)
    if per == 1:
        return ()
    zh, en = {100: ("百分数", "per cent"), 1000: ("千分数", "per mille")}.get(
        int(per), ("万", "tens of thousands")
    )
    return ((f"“{heading}”的数以{zh}计", f"numbers under '{heading}' are in {en}"),)
