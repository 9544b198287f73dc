"""Reading a register in a test: what it says, and how it is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from planning.errors import InputError
from planning.inputs.tables.sheets import Sheet, read_sheet


def read(path: Path, sheet: str | None = None) -> Sheet:
    return read_sheet(path, "facilities", sheet=sheet)


def refused(path: Path, *, zh: str, en: str, sheet: str | None = None) -> list[str]:
    """It is refused in both languages; where each fault is."""
    with pytest.raises(InputError) as caught:
        read(path, sheet)
    faults = caught.value.faults
    assert any(zh in fault.found[0] for fault in faults), faults
    assert any(en in fault.found[1] for fault in faults), faults
    for fault in faults:
        assert fault.where.startswith(f"facilities: {path.name}"), fault
    return [fault.where for fault in faults]


def said(sheet: Sheet) -> str:
    return " | ".join(en for _, en in sheet.remarks)
