"""Demand: who lives where, by group and unit, today and in the year a plan is for."""

from planning.demand.ages import AgeBands, AgeRange, age_range, people_of, share_of
from planning.demand.points import TOTAL, Demand, PopulationCells, demand_points

__all__ = [
    "TOTAL",
    "AgeBands",
    "AgeRange",
    "Demand",
    "PopulationCells",
    "age_range",
    "demand_points",
    "people_of",
    "share_of",
]
