"""The walking network: who may walk where, at what speed, and where a point stands on it."""

from planning.network.graph import RoadLines, StreetNetwork, build_network
from planning.network.snapping import Snaps, snap
from planning.network.walking import PROFILES, WalkProfile, is_private, is_walkable

__all__ = [
    "PROFILES",
    "RoadLines",
    "Snaps",
    "StreetNetwork",
    "WalkProfile",
    "build_network",
    "is_private",
    "is_walkable",
    "snap",
]
