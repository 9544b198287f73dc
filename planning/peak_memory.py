"""How much memory this process has taken at most."""

from __future__ import annotations

import sys

_KIB = 1 << 10


def peak_memory_bytes() -> int | None:
    """Most that was resident since the process began; None where the system does not tell."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux tells KiB, macOS bytes.
    return most if sys.platform == "darwin" else most * _KIB
