"""The documents as code: clauses with their quotes, the closed list of measures, findings."""

from planning.standards.clauses import Clause, Standard, load_standard, standards_in_library
from planning.standards.evaluate import (
    Finding,
    Situation,
    Verdict,
    binding_levels,
    evaluate,
)

__all__ = [
    "Clause",
    "Finding",
    "Situation",
    "Standard",
    "Verdict",
    "binding_levels",
    "evaluate",
    "load_standard",
    "standards_in_library",
]
