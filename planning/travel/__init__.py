"""Walking times: reach of many sites, the nearest site of every point, polygons to look at."""

from planning.travel.isochrones import isochrone
from planning.travel.reach import Nearest, Reach, nearest, node_labels_ms, reach

__all__ = ["Nearest", "Reach", "isochrone", "nearest", "node_labels_ms", "reach"]
