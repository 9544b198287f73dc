"""一老一小设施规划：谁在步行圈内，哪条达标，缺口在哪，建在何处。

Elder-care and nursery siting against the clauses of Chinese policy documents, offline.
"""

import os
import sys
from typing import Any


def _shun_foreign_proj() -> None:
    """Other GIS installers point PROJ_DATA at another version's database; rasterio breaks on it."""
    for name in ("PROJ_DATA", "PROJ_LIB"):
        if not os.environ.get(name, sys.prefix).startswith(sys.prefix):
            del os.environ[name]


_shun_foreign_proj()

__all__ = ["check", "run"]


def __getattr__(name: str) -> Any:
    """Load `run` and `check` when asked for: importing one stage must not load every reader."""
    if name in __all__:
        from planning import workflow

        return getattr(workflow, name)
    raise AttributeError(f"module 'planning' has no attribute '{name}'")
