"""一老一小设施规划：谁在步行圈内，哪条达标，缺口在哪，建在何处。

Elder-care and nursery siting against the clauses of Chinese policy documents, offline.
"""

import os
import sys
from importlib import import_module
from typing import Any


def _shun_foreign_proj() -> dict[str, str]:
    """Other GIS installers point PROJ_DATA at another version's database; rasterio breaks on it."""
    foreign = {
        name: os.environ[name]
        for name in ("PROJ_DATA", "PROJ_LIB")
        if not os.environ.get(name, sys.prefix).startswith(sys.prefix)
    }
    for name in foreign:
        del os.environ[name]
    return foreign


SHUNNED_PROJ = _shun_foreign_proj()
"""The variables that pointed to a foreign database and were let go of; `planning doctor` tells."""

_HOMES = {
    "Edition": "planning.outputs.edition",
    "check": "planning.workflow",
    "close": "planning.workflow",
    "compare_runs": "planning.outputs.comparison",
    "isochrones": "planning.workflow",
    "rank_closures": "planning.workflow",
    "run": "planning.workflow",
    "use_chinese_font": "planning.outputs.picture_font",
    "write_comparison": "planning.outputs.comparison.writing",
}
"""The verbs for notebooks and scripts, and where each lives."""

__all__ = [
    "Edition",
    "check",
    "close",
    "compare_runs",
    "isochrones",
    "rank_closures",
    "run",
    "use_chinese_font",
    "write_comparison",
]


def __getattr__(name: str) -> Any:
    """Load a verb when asked for: importing one stage must not load every reader."""
    if name in __all__:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'planning' has no attribute '{name}'")
