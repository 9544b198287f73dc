"""Which coordinates a register is in, told by the study area and by the streets, or not told.

The area decides between degrees and metres, between zones, between orders of columns: a wrong one
of these puts the rows into another county. It cannot decide between WGS 84, GCJ-02 and BD-09, which
lie half a kilometre apart. Streets can: a facility stands beside a street, and a register in the
wrong datum is the register displaced as a whole by hundreds of metres, so its rows stand anywhere.

The test is a permutation test with displacement for permutation. The rows, as one reading places
them, are displaced as a whole in 400 ways, 250 m to 1 500 m in all directions: what they look like
when the reading is wrong, here, among these streets, however the rows cluster. `chance` is the
share of the copies that stand as near to streets as the undisplaced rows do. A wrong reading has
any chance from 0 to 1 alike; the right one a small chance, if the rows suffice. Near means: the
mean street distance, where distances are held between 0.7 and 6 times the town's typical one (the
median of all copies). So whether a row stands at 2 m or 12 m says nothing (no house stands in the
middle of a road), and neither a row of another city nor a wrong cell weighs more than a few good
rows. The two factors served best over a dense walking network, a sparse one of driving and an
invented town; no distance that a facility ought to have is assumed, and `chance` is true whatever
they are.

Rows that no reading puts near a street, within 6 times the typical distance, are not compared:
the streets there are not drawn.

A reading among rivals is told when its `chance` is at most 0.01 and it leads each rival, when five
rows or more are compared and at most a quarter are left out for want of streets, and when half of
them stand within 60 m of a street. It leads when, row by row, the differences of the two readings'
distances sum to more than 1.645 standard deviations of the same differences with signs thrown at
random: so lopsided would chance be in one case of twenty. Either test alone errs now and then;
together they erred in 2 of some 10 000 trials with 5 to 100 rows, drawn from six sets of places in
three towns. Whatever is not told is returned as such: nobody guesses.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import shapely

from planning.inputs.coordinates.detected import Detection, Hypothesis, judged, nowhere
from planning.inputs.coordinates.displacement import DistanceTo, Placed, on_known_streets, typical_m
from planning.inputs.coordinates.ground import Ground
from planning.inputs.coordinates.reading import GROWN_M, Floats, plausible
from planning.projection import WGS84

_MOST_ROWS = 400
_SHARE_OF_BEST = 0.5


def detect(
    x: Floats,
    y: Floats,
    *,
    area: shapely.Geometry,
    epsg: int = WGS84,
    distance_m: DistanceTo,
    grown_m: float = GROWN_M,
) -> Detection:
    """Tell the coordinates of two columns, shape (n,) each; see the head of this file for the rule.

    `area` is the study area in the CRS `epsg`, degrees or metres. `distance_m` measures on streets
    that are themselves in place (OpenStreetMap is) and reach to the borders of the area. Rows
    without two finite numbers count for nothing, rows outside the area only against the reading.
    Xi'an 80 and Beijing 54 metres are told as CGCS2000; the streets, some 100 m off, mostly do not
    confirm them, which is a doubt from `ROWS_TO_CONFIRM` rows on, and a median distance above
    `FAR_M` is one at once. The order of the rows does not matter.
    """
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    said = np.isfinite(x) & np.isfinite(y)
    x, y = x[said], y[said]
    order = np.lexsort((y, x))
    x, y = x[order], y[order]
    ground = Ground.of(area, epsg=epsg)
    found = []
    for reading in plausible(x, y, bounds=ground.bounds()):
        inside = ground.holds(*reading.to_wgs84(x, y), within_m=grown_m)
        found.append(Hypothesis(reading=reading, rows=len(x), inside=int(np.count_nonzero(inside))))
    least = _SHARE_OF_BEST * max((one.inside for one in found), default=0)
    rivals = [one for one in found if one.inside and one.inside >= least]
    others = sorted((one for one in found if one not in rivals), key=lambda one: -one.inside)
    if not rivals:
        return nowhere(len(x), tuple(others))
    ranked = _measured(rivals, x, y, ground, distance_m)
    return judged(ranked, (*ranked, *others))


def _measured(
    rivals: list[Hypothesis], x: Floats, y: Floats, ground: Ground, distance_m: DistanceTo
) -> list[Hypothesis]:
    """The rivals with their figures, the one nearest to streets first."""
    some = np.unique(np.linspace(0, len(x) - 1, min(len(x), _MOST_ROWS)).astype(np.int64))
    whole = [Placed.of(one.reading, x[some], y[some], ground, distance_m) for one in rivals]
    placed = on_known_streets(whole)
    spacing_m = typical_m(placed)
    measured = []
    for one, before, its in zip(rivals, whole, placed, strict=True):
        leads = [its.lead(other, spacing_m) for other in placed if other is not its]
        compared = int(np.count_nonzero(its.inside))
        measured.append(
            replace(
                one,
                median_m=float(np.median(its.own_m[its.inside])) if compared else np.nan,
                near_m=its.near_m(spacing_m),
                chance=its.chance(spacing_m),
                lead=min(leads, default=np.nan),
                compared=compared,
                off_streets=int(np.count_nonzero(before.inside)) - compared,
            )
        )
    return sorted(measured, key=lambda one: np.nan_to_num(one.near_m, nan=np.inf))
