"""How a slope changes walking time: named functions of the grade, each with its paper.

The grade is rise over run in the direction walked, uphill positive [1]. The answer is a factor on
the time on the flat: exactly 1.0 at grade 0, so that a level street costs what it costs without
heights. NaN, a height that is not known, counts as flat: factor 1.0; whoever calls counts those
kilometres and reports them.

They are walkers' functions; wheels have none here. Nor does any say what a wheelchair can climb:
the routers disagree (6 % in GraphHopper's WheelchairAverageSpeedParser, 8 % up and 10 % down in
AccessMap, 12 in Valhalla) and a height model is too coarse to close a street by it. Naismith's
rule with Langmuir's corrections is left out: it jumps at −5° and −12°.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

STEEPEST = 0.5
"""Grades beyond ±0.5 are taken as ±0.5: a street is not that steep, a height model errs (R5 clamps
there too: conveyal/r5, rastercost/MinettiCalculator.java)."""

MINETTI_RANGE = 0.45
"""The treadmill stood between −0.45 and +0.45 (Minetti et al. 2002, abstract)."""

FASTEST_FACTOR = math.exp(-3.5 * 0.05)
"""0.839, the time factor of Tobler's best descent (6 km/h at −5 %, against 5.04 on the flat)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlopeFunction:
    """A named factor on walking time; `steepest` [1] is the grade at which it is held constant."""

    name: str
    label_zh: str
    label_en: str
    citation: str
    steepest: float
    bare: Callable[[Floats], Floats]

    def time_factor(self, grade: npt.ArrayLike) -> Floats:
        """Time at `grade` [1] over time on the flat, same shape; NaN (unknown) gives 1.0."""
        known = np.nan_to_num(np.asarray(grade, dtype=np.float64), nan=0.0)
        return self.bare(np.clip(known, -self.steepest, self.steepest))


def tobler(grade: Floats) -> Floats:
    """Tobler's hiking function, W = 6 exp(−3.5 |S + 0.05|) km/h, as W(0) / W(S)."""
    return np.asarray(np.exp(3.5 * (np.abs(grade + 0.05) - 0.05)))


def minetti(grade: Floats) -> Floats:
    """Energy per metre over energy per metre on the flat: the time of walking at constant power.

    The polynomial of cost [J/kg/m] is the one R5 uses. Two departures: it is held at the range
    that was measured, ±0.45 and not ±0.5; and it is never below Tobler's best, for at constant
    power a walker would come down a 10 % slope at twice the pace, which nobody does.
    """
    cost = np.polyval([280.5, -58.7, -76.8, 51.9, 19.6, 2.5], grade)
    return np.asarray(np.maximum(cost / 2.5, FASTEST_FACTOR))


def campbell_2019(grade: Floats) -> Floats:
    """Measured paces of GPS trackers by slope, a Lorentz curve in degrees, as v(0) / v(S).

    Terms of the 5th percentile, 1.14 m/s on the flat: the nearest to a walk (the median, 2.55 m/s,
    is a run).
    """
    return np.asarray(_campbell_m_s(np.zeros(1))[0] / _campbell_m_s(grade))


def _campbell_m_s(grade: Floats) -> Floats:
    a, b, c, d, e = -1.527, 14.041, 36.813, 0.320, -0.00273
    degrees = np.degrees(np.arctan(grade))
    return np.asarray(c / (math.pi * b * (1.0 + ((degrees - a) / b) ** 2)) + d + e * degrees)


SLOPE_FUNCTIONS: Mapping[str, SlopeFunction] = {
    function.name: function
    for function in (
        SlopeFunction(
            name="tobler",
            label_zh="托布勒徒步函数",
            label_en="Tobler's hiking function",
            citation=(
                "Tobler, W. (1993). Three presentations on geographical analysis and modeling. "
                "NCGIA Technical Report 93-1."
            ),
            steepest=STEEPEST,
            bare=tobler,
        ),
        SlopeFunction(
            name="minetti",
            label_zh="米内蒂能耗函数",
            label_en="Minetti's cost of transport, at constant power",
            citation=(
                "Minetti, A. E., Moia, C., Roi, G. S., Susta, D., Ferretti, G. (2002). Energy cost "
                "of walking and running at extreme uphill and downhill slopes. J Appl Physiol "
                "93(3), 1039-1046, doi 10.1152/japplphysiol.01177.2001; coefficients as in "
                "conveyal/r5, rastercost/MinettiCalculator.java."
            ),
            steepest=MINETTI_RANGE,
            bare=minetti,
        ),
        SlopeFunction(
            name="campbell2019",
            label_zh="坎贝尔实测步速（第5百分位）",
            label_en="Campbell's measured paces, 5th percentile",
            citation=(
                "Campbell, M. J., et al. (2019). Using crowdsourced fitness tracker data to model "
                "the relationship between slope and travel rates. Applied Geography 106, 93-107, "
                "doi 10.1016/j.apgeog.2019.03.008; terms as in josephlewis/leastcostpath, R/cost.R."
            ),
            steepest=STEEPEST,
            bare=campbell_2019,
        ),
    )
}
