"""The installation examined: what is wrong with it and how to mend it."""

from planning.doctor.examination import Check, Examined, checks, examine
from planning.doctor.verdict import Verdict

__all__ = ["Check", "Examined", "Verdict", "checks", "examine"]
