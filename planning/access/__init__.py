"""Who is served: coverage as a ledger that always adds up."""

from planning.access.coverage import Coverage, Ledger, coverage

__all__ = ["Coverage", "Ledger", "coverage"]
