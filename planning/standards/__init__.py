"""The documents as code: clauses with their quotes, the closed list of measures, findings."""

from planning.standards.clauses import Clause, Standard, load_standard, standards_in_library
from planning.standards.evaluate import (
    Finding,
    Situation,
    Verdict,
    binding_levels,
    evaluate,
)
from planning.standards.figures import Figure, Figures

__all__ = [
    "Clause",
    "Figure",
    "Figures",
    "Finding",
    "Situation",
    "Standard",
    "Verdict",
    "binding_levels",
    "evaluate",
    "load_standard",
    "standards_in_library",
]
