"""What to build where, how large, at what cost, with a bound, a reason and an audit."""

from planning.siting.audit import audit
from planning.siting.changes import Change
from planning.siting.highs import Status
from planning.siting.modules import Module
from planning.siting.plan import PlannedSite, PlanYear, SitingPlan, Unmet
from planning.siting.posing import WalksTo
from planning.siting.problem import SitingProblem, pose
from planning.siting.proposal import Proposal
from planning.siting.requirement import NotPosed, Requirement
from planning.siting.solving import Solution, Stage, solve
from planning.siting.zones import Zones

__all__ = [
    "Change",
    "Module",
    "NotPosed",
    "PlanYear",
    "PlannedSite",
    "Proposal",
    "Requirement",
    "SitingPlan",
    "SitingProblem",
    "Solution",
    "Stage",
    "Status",
    "Unmet",
    "WalksTo",
    "Zones",
    "audit",
    "pose",
    "solve",
]
