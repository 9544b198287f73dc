"""Who is served: coverage as a ledger that always adds up; where the people of large cells live."""

from planning.access.assignment import Assignment, CapacityLedger, Rule, assign
from planning.access.coverage import Coverage, Ledger, coverage
from planning.access.parting import nearest_land, nearest_parts
from planning.access.spreading import SPACING_M, Kind, Spread, spread_over_land

__all__ = [
    "SPACING_M",
    "Assignment",
    "CapacityLedger",
    "Coverage",
    "Kind",
    "Ledger",
    "Rule",
    "Spread",
    "assign",
    "coverage",
    "nearest_land",
    "nearest_parts",
    "spread_over_land",
]
