"""Demand: who lives where, by group and unit, today and in the year a plan is for."""

from planning.demand.ages import AgeBands, AgeRange, age_range, people_of, share_of
from planning.demand.buildings import Buildings, floor_m2
from planning.demand.by_unit import people_by_unit
from planning.demand.calibration import OfficialTotals, Raked, Unmet, rake
from planning.demand.cohorts import STEP_YEARS, Cohorts, FiveYears, project
from planning.demand.growth import between, grown, yearly_rate
from planning.demand.later import aged_by_unit, grown_by_unit
from planning.demand.newcomers import moved_in, newcomers, shares_of
from planning.demand.outlines import GridOutlines
from planning.demand.points import (
    TOTAL,
    BaseYear,
    Demand,
    PopulationCells,
    demand_points,
    with_groups,
)
from planning.demand.rates import RATE, is_rate, rate_of
from planning.demand.unit_means import filled_by_units
from planning.demand.unit_totals import SpreadTotals, spread_totals

__all__ = [
    "RATE",
    "STEP_YEARS",
    "TOTAL",
    "AgeBands",
    "AgeRange",
    "BaseYear",
    "Buildings",
    "Cohorts",
    "Demand",
    "FiveYears",
    "GridOutlines",
    "OfficialTotals",
    "PopulationCells",
    "Raked",
    "SpreadTotals",
    "Unmet",
    "age_range",
    "aged_by_unit",
    "between",
    "demand_points",
    "filled_by_units",
    "floor_m2",
    "grown",
    "grown_by_unit",
    "is_rate",
    "moved_in",
    "newcomers",
    "people_by_unit",
    "people_of",
    "project",
    "rake",
    "rate_of",
    "share_of",
    "shares_of",
    "spread_totals",
    "with_groups",
    "yearly_rate",
]
