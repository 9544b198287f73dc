"""Travel times: reach of many sites, the nearest site of every point, polygons to look at."""

from planning.travel.isochrones import isochrone, isochrones
from planning.travel.nearest import Nearest, nearest, nearest_k
from planning.travel.people_within import people_within
from planning.travel.places import Audience, audience
from planning.travel.reach import BYTES_PER_PAIR, Forecast, Reach, forecast, reach
from planning.travel.what_if import WhatIf

__all__ = [
    "BYTES_PER_PAIR",
    "Audience",
    "Forecast",
    "Nearest",
    "Reach",
    "WhatIf",
    "audience",
    "forecast",
    "isochrone",
    "isochrones",
    "nearest",
    "nearest_k",
    "people_within",
    "reach",
]
