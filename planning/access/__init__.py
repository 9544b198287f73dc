"""Who is served: coverage as a ledger that always adds up."""

from planning.access.coverage import Coverage, Ledger, coverage
from planning.access.spreading import spread_along_streets

__all__ = ["Coverage", "Ledger", "coverage", "spread_along_streets"]
