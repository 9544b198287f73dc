"""Remarks on the rows of one register: what was rejected, repaired or is doubtful, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from planning.inputs.tables.register import Register
from planning.provenance import RowNote


class Rows:
    """Collects the remarks on a register; rows are told by position, 0 = the first."""

    def __init__(self, *, table: str, numbers: Sequence[int], ids: Sequence[str]) -> None:
        self._table, self._numbers, self._ids = table, numbers, ids
        self._found: list[RowNote] = []

    @property
    def found(self) -> tuple[RowNote, ...]:
        """All remarks by row, in the order they were made."""
        return tuple(sorted(self._found, key=lambda note: note.row))

    def of_register(self, table: Register) -> None:
        """What the register itself rejected, repaired and doubts."""
        for row, told in table.repaired.items():
            for zh, en in told:
                self.repair(row, zh, en)
        for row, told in table.doubted.items():
            for zh, en in told:
                self.doubt(row, zh, en)
        for row, fault in table.rejected.items():
            self.reject(
                row,
                f"{fault.found[0]}，应为{fault.expected[0]}",
                f"{fault.found[1]}, expected {fault.expected[1]}",
            )

    def reject(self, row: int, zh: str, en: str) -> None:
        """The row is left out."""
        self._note(row, "rejected", zh, en)

    def repair(self, row: int, zh: str, en: str) -> None:
        """A cell of the row is read otherwise than it stands."""
        self._note(row, "repaired", zh, en)

    def doubt(self, row: int, zh: str, en: str) -> None:
        """The row counts as it stands, and somebody ought to look at it."""
        self._note(row, "doubtful", zh, en)

    def _note(
        self, row: int, done: Literal["rejected", "repaired", "doubtful"], zh: str, en: str
    ) -> None:
        self._found.append(
            RowNote(
                table=self._table,
                row=int(self._numbers[row]),
                id=self._ids[row],
                done=done,
                zh=zh,
                en=en,
            )
        )
