"""The classic location models, by the names of the field and with a bound each."""

from planning.siting.classic.asked import Effort
from planning.siting.classic.capacitated import (
    capacitated_lscp,
    capacitated_mclp,
    capacitated_p_median,
    facility_location,
)
from planning.siting.classic.costs import Costs
from planning.siting.classic.frontier import coverage_frontier
from planning.siting.classic.k_coverage import k_coverage, lscpb
from planning.siting.classic.location import Location, Shares
from planning.siting.classic.lscp import lscp
from planning.siting.classic.max_capture import max_capture
from planning.siting.classic.mclp import mclp
from planning.siting.classic.p_center import p_center
from planning.siting.classic.p_median import p_median

__all__ = [
    "Costs",
    "Effort",
    "Location",
    "Shares",
    "capacitated_lscp",
    "capacitated_mclp",
    "capacitated_p_median",
    "coverage_frontier",
    "facility_location",
    "k_coverage",
    "lscp",
    "lscpb",
    "max_capture",
    "mclp",
    "p_center",
    "p_median",
]
