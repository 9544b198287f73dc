"""Demand: who lives where, by group and unit, today and in the year a plan is for."""

from planning.demand.points import TOTAL, Demand, PopulationCells, demand_points

__all__ = ["TOTAL", "Demand", "PopulationCells", "demand_points"]
