"""The street network: who may pass where, how fast, and where a point stands on it."""

from planning.network.frontage import lined_with_homes
from planning.network.graph import StreetNetwork, build_network
from planning.network.profiles import PROFILES, Profile
from planning.network.roads import Roads, SetAside
from planning.network.routing import IMPASSABLE, RoutingGraph
from planning.network.snapping import Place, Snapper, Snaps, at_nodes, snap
from planning.network.terrain import Dem

__all__ = [
    "IMPASSABLE",
    "PROFILES",
    "Dem",
    "Place",
    "Profile",
    "Roads",
    "RoutingGraph",
    "SetAside",
    "Snapper",
    "Snaps",
    "StreetNetwork",
    "at_nodes",
    "build_network",
    "lined_with_homes",
    "snap",
]
