"""Demand: who lives where, by group and unit, today and in the year a plan is for."""

from planning.demand.ages import AgeBands, AgeRange, age_range, people_of, share_of
from planning.demand.calibration import OfficialTotals, Raked, Unmet, rake
from planning.demand.points import TOTAL, Demand, PopulationCells, demand_points

__all__ = [
    "TOTAL",
    "AgeBands",
    "AgeRange",
    "Demand",
    "OfficialTotals",
    "PopulationCells",
    "Raked",
    "Unmet",
    "age_range",
    "demand_points",
    "people_of",
    "rake",
    "share_of",
]
