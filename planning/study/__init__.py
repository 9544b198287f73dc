"""The study: what a user writes, frozen; `inputs.study_file` reads it."""

from planning.study.area import MadeUnits
from planning.study.changes import ChangeSpec
from planning.study.files import Input, Layer, TableSpec, UnitTable
from planning.study.laid_over import LaidOver
from planning.study.network import NetworkSpec
from planning.study.places import (
    AssumedPremises,
    CandidatesSpec,
    Exclusion,
    LandUse,
    MadeCandidates,
    PlacesSpec,
)
from planning.study.population import AgeCells, AgesSpec, BuildingsSpec, GroupSpec, PopulationSpec
from planning.study.projection import CohortsSpec, CountSpec, GrowthSpec, ProjectionSpec, RatesSpec
from planning.study.provision import AccessSpec, CapacitySpec, DecaySpec, Measure, Supply
from planning.study.residential import HouseholdSize, ResidentialSpec, ShareSpec
from planning.study.services import BuildSpec, PrioritySpec, ServiceSpec, SitingSpec
from planning.study.study import Study
from planning.study.what_if import AddedSite, Resized, SketchedArea, WhatIf

__all__ = [
    "AccessSpec",
    "AddedSite",
    "AgeCells",
    "AgesSpec",
    "AssumedPremises",
    "BuildSpec",
    "BuildingsSpec",
    "CandidatesSpec",
    "CapacitySpec",
    "ChangeSpec",
    "CohortsSpec",
    "CountSpec",
    "DecaySpec",
    "Exclusion",
    "GroupSpec",
    "GrowthSpec",
    "HouseholdSize",
    "Input",
    "LaidOver",
    "LandUse",
    "Layer",
    "MadeCandidates",
    "MadeUnits",
    "Measure",
    "NetworkSpec",
    "PlacesSpec",
    "PopulationSpec",
    "PrioritySpec",
    "ProjectionSpec",
    "RatesSpec",
    "ResidentialSpec",
    "Resized",
    "ServiceSpec",
    "ShareSpec",
    "SitingSpec",
    "SketchedArea",
    "Study",
    "Supply",
    "TableSpec",
    "UnitTable",
    "WhatIf",
]
