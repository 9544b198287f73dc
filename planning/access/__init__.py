"""Who is served and how evenly: coverage, catchments, equity; where people of large cells live."""

from planning.access.assignment import Assignment, CapacityLedger, Rule, assign
from planning.access.catchment import Catchments, enhanced_two_step, three_step, two_step
from planning.access.coverage import Coverage, Ledger
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
from planning.access.equity import Disparity, Equity, disparity, equity
from planning.access.gravity import Opportunities, cumulative, gravity
from planning.access.k_nearest import KNearest, k_nearest, mean_of_nearest
from planning.access.newcomers import along_streets
from planning.access.parting import nearest_land, nearest_parts
from planning.access.spreading import SPACING_M, Kind, Spread, spread_over_land
from planning.access.ways import Way

__all__ = [
    "SPACING_M",
    "Assignment",
    "Butterworth",
    "CapacityLedger",
    "Catchments",
    "Coverage",
    "Decay",
    "Disparity",
    "EndingGaussian",
    "Equity",
    "Exponential",
    "Gaussian",
    "KNearest",
    "Kernel",
    "Kind",
    "Ledger",
    "Opportunities",
    "Power",
    "Rule",
    "Spread",
    "Step",
    "Way",
    "Zones",
    "along_streets",
    "assign",
    "cumulative",
    "disparity",
    "enhanced_two_step",
    "equity",
    "gravity",
    "k_nearest",
    "mean_of_nearest",
    "nearest_land",
    "nearest_parts",
    "spread_over_land",
    "three_step",
    "two_step",
]
