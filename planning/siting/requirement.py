"""A clause in one unit, and what meeting it takes: what must be added, or must not be lost."""

from __future__ import annotations

from dataclasses import dataclass

from planning.siting.need import Need
from planning.standards import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """What must be added for a finding to be met, or kept where it is met, for `service`.

    `weight` turns one unit of shortage into people left without [persons], of whom a study may
    count some as several. `is_buildable` says whether any kind of facility that may be built, in
    any candidate, counts for the clause. `window` are the first and the last year in which what
    opens counts, None where all that stands does. `step` is the least step beyond a figure that
    must be passed, of which the finding's gap knows nothing.
    """

    finding: Finding
    service: str
    weight: float
    need: Need
    is_buildable: bool = True
    window: tuple[int, int] | None = None
    step: float = 0.0

    @property
    def is_held(self) -> bool:
        """Whether it is met today, and asks for nothing but to stay so."""
        return self.finding.verdict == "met"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotPosed:
    """A requirement not met that no site can be asked to meet, and why."""

    finding: Finding
    because_zh: str
    because_en: str
