"""A sparse matrix as it is written down: columns and rows in the order in which they come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from planning.siting.highs import FREE, Model

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]


@dataclass(slots=True)
class _Block:
    """Rows or columns as they are written down, in pieces."""

    n: int = 0
    pieces: list[tuple[Any, ...]] = field(default_factory=list)

    def column(self, at: int) -> Any:
        return np.concatenate([piece[at] for piece in self.pieces])


@dataclass(slots=True)
class MatrixWriter:
    """Columns and rows in the order in which they are written: lower ≤ Σ value · column ≤ upper."""

    columns: _Block = field(default_factory=_Block)
    rows: _Block = field(default_factory=_Block)
    entries: _Block = field(default_factory=_Block)

    def add_columns(self, n: int, *, upper: Floats | float = FREE, whole: bool) -> Longs:
        """So many columns from 0 up; their numbers."""
        first = self.columns.n
        self.columns.n += n
        self.columns.pieces.append((np.broadcast_to(upper, n), np.full(n, whole)))
        return np.arange(first, first + n)

    def add_rows(
        self,
        row: Longs,
        column: Longs,
        value: Floats | float,
        *,
        n: int | None = None,
        lower: Floats | float = -FREE,
        upper: Floats | float = FREE,
    ) -> None:
        """Entries of new rows, numbered from 0 among themselves; `n` rows, or as many as named."""
        n = int(row.max(initial=-1)) + 1 if n is None else n
        self.entries.pieces.append(
            (row + self.rows.n, column, np.broadcast_to(value, len(row)).astype(np.float64))
        )
        self.rows.n += n
        self.rows.pieces.append((np.broadcast_to(lower, n), np.broadcast_to(upper, n)))

    def add_row(
        self,
        column: Sequence[int] | Longs,
        value: Sequence[float] | Floats,
        *,
        lower: float = -FREE,
        upper: float = FREE,
    ) -> None:
        """One row."""
        columns = np.asarray(column, dtype=np.int64)
        self.add_rows(
            np.zeros(len(columns), dtype=np.int64),
            columns,
            np.asarray(value, dtype=np.float64),
            n=1,
            lower=lower,
            upper=upper,
        )

    def matrix(self) -> Model:
        """What was written; its costs are 0."""
        row, column, value = (self.entries.column(at) for at in range(3))
        order = np.argsort(row, kind="stable")
        n = self.columns.n
        return Model(
            cost=np.zeros(n),
            lower=np.zeros(n),
            upper=self.columns.column(0).astype(np.float64),
            whole=self.columns.column(1).astype(bool),
            start=np.concatenate([[0], np.cumsum(np.bincount(row, minlength=self.rows.n))]),
            column=column[order],
            value=value[order].astype(np.float64),
            row_lower=self.rows.column(0).astype(np.float64),
            row_upper=self.rows.column(1).astype(np.float64),
        )
