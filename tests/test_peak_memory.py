"""The most memory a process has taken, held against what it took."""

from __future__ import annotations

import subprocess
import sys

import pytest

from planning.peak_memory import peak_memory_bytes

if peak_memory_bytes() is None:
    pytest.skip("this system does not tell", allow_module_level=True)

_TAKING = """
import sys
from planning.peak_memory import peak_memory_bytes
before = peak_memory_bytes()
held = bytearray(int(sys.argv[1]))
for at in range(0, len(held), 4096):
    held[at] = 1
del held
print(peak_memory_bytes() - before)
"""


def test_what_was_taken_and_given_back_is_told() -> None:
    taken = 400 << 20
    done = subprocess.run(
        [sys.executable, "-c", _TAKING, str(taken)], capture_output=True, text=True, check=True
    )
    assert 0.9 * taken < int(done.stdout) < 1.2 * taken
