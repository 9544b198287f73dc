"""The documents as code: clauses with their quotes, the closed list of measures, findings."""

from planning.standards.clauses import Clause, Standard
from planning.standards.evaluate import binding_levels, evaluate, explain
from planning.standards.figures import Figure, Figures
from planning.standards.findings import Finding
from planning.standards.library import load_standard, standards_in_library
from planning.standards.outcome import Verdict
from planning.standards.profiles import Effective, Profile, profile_of
from planning.standards.situation import Situation, Walk
from planning.standards.terms import Which, does_any_of
from planning.standards.walks import in_year, walks

__all__ = [
    "Clause",
    "Effective",
    "Figure",
    "Figures",
    "Finding",
    "Profile",
    "Situation",
    "Standard",
    "Verdict",
    "Walk",
    "Which",
    "binding_levels",
    "does_any_of",
    "evaluate",
    "explain",
    "in_year",
    "load_standard",
    "profile_of",
    "standards_in_library",
    "walks",
]
