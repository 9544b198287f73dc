"""What a plan is sought for, one aim after the other: each is held at its best for the next."""

from __future__ import annotations

from typing import Literal

Aim = Literal["people_left", "yuan", "uncovered", "person_minutes", "worst_unit", "sites"]
"""What is made as small as can be.

People left without by clauses [persons]; money [yuan]; people outside the limit of their service
[persons]; minutes walked to the nearest, the limit for who is outside [persons × min]; the largest
part of a unit's people who are outside [0–1]; sites.
"""

AIMS: tuple[Aim, ...] = ("people_left", "yuan", "sites")
"""The aims of a study that names none."""
