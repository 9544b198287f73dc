"""Who is served: coverage as a ledger that always adds up; where the people of large cells live."""

from planning.access.coverage import Coverage, Ledger, coverage
from planning.access.parting import nearest_land, nearest_parts
from planning.access.spreading import SPACING_M, Kind, Spread, spread_over_land
from planning.access.ways import Way

__all__ = [
    "SPACING_M",
    "Coverage",
    "Kind",
    "Ledger",
    "Spread",
    "Way",
    "coverage",
    "nearest_land",
    "nearest_parts",
    "spread_over_land",
]
