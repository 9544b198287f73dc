"""The same walks over tiles: pieces of a network with a halo around them, walked by workers."""

from planning.tiles.ground import Ground, ground_in
from planning.tiles.pieces import MOST_POINTS, pieces
from planning.tiles.pool import Here, Pool, timed
from planning.tiles.tiled_way import TiledWay

__all__ = ["MOST_POINTS", "Ground", "Here", "Pool", "TiledWay", "ground_in", "pieces", "timed"]
