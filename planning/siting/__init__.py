"""What to build where, how large, at what cost, with a bound, a reason and an audit."""

from planning.siting.model import solve
from planning.siting.plan import PlannedSite, SitingPlan, Unmet, audit
from planning.siting.problem import BuildRule, Requirement, SitingProblem, is_a_walk, pose
from planning.siting.zones import Zones

__all__ = [
    "BuildRule",
    "PlannedSite",
    "Requirement",
    "SitingPlan",
    "SitingProblem",
    "Unmet",
    "Zones",
    "audit",
    "is_a_walk",
    "pose",
    "solve",
]
