"""Who is served and what is in reach: coverage, catchments; where people of large cells live."""

from planning.access.catchment import Catchments, enhanced_two_step, three_step, two_step
from planning.access.coverage import Coverage, Ledger, coverage
from planning.access.decay import (
    Butterworth,
    Decay,
    EndingGaussian,
    Exponential,
    Gaussian,
    Kernel,
    Power,
    Step,
    Zones,
)
from planning.access.gravity import Opportunities, cumulative, gravity
from planning.access.k_nearest import KNearest, k_nearest
from planning.access.parting import nearest_land, nearest_parts
from planning.access.spreading import SPACING_M, Kind, Spread, spread_over_land

__all__ = [
    "SPACING_M",
    "Butterworth",
    "Catchments",
    "Coverage",
    "Decay",
    "EndingGaussian",
    "Exponential",
    "Gaussian",
    "KNearest",
    "Kernel",
    "Kind",
    "Ledger",
    "Opportunities",
    "Power",
    "Spread",
    "Step",
    "Zones",
    "coverage",
    "cumulative",
    "enhanced_two_step",
    "gravity",
    "k_nearest",
    "nearest_land",
    "nearest_parts",
    "spread_over_land",
    "three_step",
    "two_step",
]
