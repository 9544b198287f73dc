"""What if facilities shut 关停影响: who loses them, where they can go, which clauses turn."""

from planning.closing.capacity import MorePeople, PlacesLost
from planning.closing.closure import Closure, close
from planning.closing.coverage import Loss, NextSite
from planning.closing.named import named_facilities
from planning.closing.ranking import Ranked, ranking
from planning.closing.turned import Turned, Way, turned

__all__ = [
    "Closure",
    "Loss",
    "MorePeople",
    "NextSite",
    "PlacesLost",
    "Ranked",
    "Turned",
    "Way",
    "close",
    "named_facilities",
    "ranking",
    "turned",
]
