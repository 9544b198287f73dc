"""Which ways a person on foot may use, and how fast.

Tags are read as the OSM wiki says (Key:highway, Key:access, Key:foot, OSM tags for routing /
access restrictions). The one departure is `private`, of access or foot: residents walk there, so
such ways are kept and their length is reported; to forbid short cuts needs gates and walls.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_NEVER = frozenset(
    [
        "motorway",
        "motorway_link",
        "raceway",
        "bus_guideway",
        "construction",
        "proposed",
        "planned",
        "abandoned",
        "razed",
        "platform",
        "no",
        "services",
        "rest_area",
        "elevator",
        "bus_stop",
        "trail",
    ]
)
_FOOT_YES = frozenset({"yes", "designated", "permissive", "official", "destination"})
_FOOT_NO = frozenset({"no", "use_sidepath"})


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkProfile:
    """A kind of walker: speed on the flat [m/s] and where that figure comes from."""

    name: str
    speed_m_s: float
    source_zh: str
    source_en: str


PROFILES: Mapping[str, WalkProfile] = {
    "elder": WalkProfile(
        name="elder",
        speed_m_s=1.0,
        # STANDARDS A-9, C-17: 0.83-1.11 m/s in popular sources; 0.8 and 1.2 m/s as a band.
        source_zh="文件未规定步速；老年人常见步速 3—4 公里/小时",
        source_en="no document prints a speed; 3-4 km/h is usual for the elderly",
    ),
    "adult": WalkProfile(
        name="adult",
        speed_m_s=1.3,
        source_zh="文件未规定步速；R5 软件的默认步速",
        source_en="no document prints a speed; the default of the R5 engine",
    ),
}


def is_walkable(tags: Mapping[str, str]) -> bool:
    """Whether a way with these tags carries people on foot; one-way rules do not bind them."""
    highway = tags.get("highway")
    if highway is None or highway in _NEVER or tags.get("area") == "yes":
        return False
    foot = tags.get("foot")
    if foot in _FOOT_YES:
        return True
    if foot in _FOOT_NO or tags.get("motorroad") == "yes":
        return False
    if highway in ("cycleway", "bridleway"):
        return False
    return tags.get("access") not in ("no", "military")


def is_private(tags: Mapping[str, str]) -> bool:
    """Whether a way is for residents only."""
    return tags.get("foot", tags.get("access")) == "private"
