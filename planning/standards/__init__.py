"""The documents as code: clauses with their quotes, the closed list of measures, findings."""

from planning.standards.clauses import Clause, Standard
from planning.standards.library import load_standard, standards_in_library

__all__ = ["Clause", "Standard", "load_standard", "standards_in_library"]
