"""Demand: who lives where, by group and unit, today and in the year a plan is for."""

from planning.demand.ages import AgeBands, AgeRange, age_range, people_of, share_of
from planning.demand.calibration import OfficialTotals, Raked, Unmet, rake
from planning.demand.cohorts import Cohorts, FiveYears, project
from planning.demand.growth import between, grown, yearly_rate
from planning.demand.points import TOTAL, Demand, PopulationCells, demand_points, with_groups
from planning.demand.unit_totals import SpreadTotals, spread_totals

__all__ = [
    "TOTAL",
    "AgeBands",
    "AgeRange",
    "Cohorts",
    "Demand",
    "FiveYears",
    "OfficialTotals",
    "PopulationCells",
    "Raked",
    "SpreadTotals",
    "Unmet",
    "age_range",
    "between",
    "demand_points",
    "grown",
    "people_of",
    "project",
    "rake",
    "share_of",
    "spread_totals",
    "with_groups",
    "yearly_rate",
]
