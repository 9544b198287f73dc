"""Why: what each site is for and what it would cost to do without; what is not met, and why."""

from planning.siting.reasons.alternative import Alternative, Built, best_alternative
from planning.siting.reasons.due import Due, last_of_each
from planning.siting.reasons.loss import Loss, LostClause, LostPeople, losses
from planning.siting.reasons.made_plan import Plan
from planning.siting.reasons.relaxation import Loosening, Relaxation, ground_of
from planning.siting.reasons.why_not import why_not
from planning.siting.reasons.why_site import Purpose, touched_by, why_site

__all__ = [
    "Alternative",
    "Built",
    "Due",
    "Loosening",
    "Loss",
    "LostClause",
    "LostPeople",
    "Plan",
    "Purpose",
    "Relaxation",
    "best_alternative",
    "ground_of",
    "last_of_each",
    "losses",
    "touched_by",
    "why_not",
    "why_site",
]
