"""A sheet: a register as it stands in its file, before anybody reads a number out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from planning.errors import InputError, PlanningError, fail
from planning.inputs.shortened import shortened

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]
Remark = tuple[str, str]
"""What was guessed or left out, (中文, English)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sheet:
    """One table of n rows, none of them blank.

    `rows` are raw cells under column names without blanks around them; `numbers` (n,) row numbers
    as a spreadsheet shows them, so that 1 is the first row of the file; a layer has no such rows,
    and its first feature is 2, as in a table under a header. `lon`, `lat` (n,) are places out of
    geometry [degrees WGS 84], None where the file has no geometry or does not say in which CRS.
    `short` says by position, 0 = the first, how many cells a row lacks at its right end; they are
    blank in `rows`. `is_ours` says that its columns are our fields, and tags they were made of.
    """

    rows: pd.DataFrame
    numbers: Longs
    lon: Floats | None = None
    lat: Floats | None = None
    remarks: tuple[Remark, ...] = ()
    short: Mapping[int, int] = field(default_factory=dict)
    is_ours: bool = False

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def guesses(self) -> tuple[Remark, ...]:
        """The remarks, and which rows are short: for tables whose rows are told of together."""
        if not self.short:
            return self.remarks
        rows = [str(self.numbers[at]) for at in sorted(self.short)]
        named = "、".join(shortened(rows))
        return (
            *self.remarks,
            (
                f"{len(rows)} 行缺少末尾的格，按空白读取：第{named}行",
                f"{len(rows)} rows lack cells at their end, read as blank: {named}",
            ),
        )


_CONTROLS = dict.fromkeys({*range(0x20), *range(0x7F, 0xA0)} - {ord("\t"), ord("\n")})
"""Characters that nobody sees, and that terminals and XML stumble over."""


def cell_text(value: object) -> str:
    """A cell as a person reads it: a workbook keeps 12 as 12.0, and nothing as NaN."""
    if isinstance(value, float):
        if np.isnan(value):
            return ""
        return str(int(value)) if value.is_integer() else repr(float(value))
    return "" if value is None else str(value).translate(_CONTROLS).strip()


def unreadable(
    where: str,
    zh: str,
    en: str,
    *,
    expected: Remark = (
        "CSV（UTF-8 或 GB18030）、Excel、矢量图层或 OSM 数据",
        "CSV (UTF-8 or GB18030), Excel, a vector layer or OSM data",
    ),
    to_do: Remark = ("重新导出", "export it again"),
) -> PlanningError:
    """A table that cannot be read, and why, ready to raise."""
    return fail(
        InputError,
        where,
        found=(f"无法读取的表（{zh}）", f"a table that cannot be read ({en})"),
        expected=expected,
        to_do=to_do,
    )
