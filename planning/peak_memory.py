"""How much memory this process has taken at most."""

from __future__ import annotations

import re
import sys
from pathlib import Path

_STATUS = Path("/proc/self/status")
_KIB = 1 << 10


def peak_memory_bytes() -> int | None:
    """Most that was resident since the program began; None where the system does not tell."""
    # Not from getrusage on Linux: there a child begins with what its parent held.
    if _STATUS.exists():
        found = re.search(r"^VmHWM:\s+(\d+) kB$", _STATUS.read_text("ascii", "replace"), re.M)
        return int(found[1]) * _KIB if found else None
    if sys.platform == "darwin":
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return None
