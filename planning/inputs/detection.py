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

A reading among rivals is told when its `chance` is at most 0.01, when it leads each rival, and
when five rows or more lie in the area. It leads when, row by row, the differences of the two
readings' distances sum to more than 1.645 standard deviations of the same differences with signs
thrown at random: which of the two is nearer would be as lopsided in one case of twenty. Either
test alone would be wrong now and then; together they were in 1 of 600 cases or fewer, in whichever
town and however many rows were tried. Whatever is not told is returned as such: nobody guesses.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import shapely

from planning.inputs.coordinates import GROWN_M, Floats, Reading, plausible
from planning.inputs.displacement import DistanceTo, Placed, typical_m
from planning.inputs.ground import Ground
from planning.projection import WGS84

MOST_CHANCE = 0.01
"""The largest share of displaced copies as near to streets with which a reading is told."""

LEAST_LEAD = 1.645
"""A reading leads each rival by more than this [standard deviations]; signs at random do in 5 %."""

LEAST_ROWS = 5
"""Fewer rows than this in the area are never told by streets."""

FAR_M = 60.0
"""A median street distance above this [m] is a doubt, whatever the reading."""

ROWS_TO_CONFIRM = 30
"""From this many rows on a lone reading whose `chance` is above `MOST_CHANCE` is in doubt."""

_MOST_ROWS = 400
_SHARE_OF_BEST = 0.5

Verdict = Literal["streets", "area", "close", "nowhere"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypothesis:
    """One reading and what speaks for it.

    `rows` have two finite numbers, `inside` of them lie in the area grown. `median_m` is the median
    street distance of the rows in the area [m], `near_m` the mean of the held ones that readings
    are ranked by; `chance` the share of displaced copies that stand as near, `lead` over the rival
    it leads least [standard deviations]. NaN: no contender (`lead`: no rival), or no row there.
    """

    reading: Reading
    rows: int
    inside: int
    median_m: float = np.nan
    near_m: float = np.nan
    chance: float = np.nan
    lead: float = np.nan

    @property
    def share(self) -> float:
        """Share of the rows that lie in the area grown."""
        return self.inside / self.rows if self.rows else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """What was found: `reading` is None where it could not be told.

    `verdict` says what told it: "streets" among rivals, "area" where only one reading lies there;
    or why it was not: "close" (rivals too alike), "nowhere" (no reading lies in the area).
    `confidence` is 1 − chance where streets told it, the share of rows in the area where the area
    did, else 0. `why` and `doubts` are (中文, English); `hypotheses` are all readings the
    magnitudes allow, best first.
    """

    reading: Reading | None
    verdict: Verdict
    confidence: float
    why: tuple[str, str]
    doubts: tuple[tuple[str, str], ...]
    hypotheses: tuple[Hypothesis, ...]

    @property
    def rivals(self) -> tuple[Hypothesis, ...]:
        """The readings that put rows into the area about equally often, for streets to tell."""
        return tuple(one for one in self.hypotheses if not np.isnan(one.chance))


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
        return _nowhere(len(x), tuple(others))
    ranked = _measured(rivals, x, y, ground, distance_m)
    return _judged(ranked, (*ranked, *others))


def _measured(
    rivals: list[Hypothesis], x: Floats, y: Floats, ground: Ground, distance_m: DistanceTo
) -> list[Hypothesis]:
    """The rivals with their figures, the one nearest to streets first."""
    some = np.unique(np.linspace(0, len(x) - 1, min(len(x), _MOST_ROWS)).astype(np.int64))
    placed = [Placed.of(one.reading, x[some], y[some], ground, distance_m) for one in rivals]
    spacing_m = typical_m([each.copies_m for each in placed])
    near_m = [each.near_m(spacing_m) for each in placed]
    measured = []
    for i, one in enumerate(rivals):
        leads = [placed[i].lead(other, spacing_m) for j, other in enumerate(placed) if j != i]
        measured.append(
            replace(
                one,
                median_m=_median(placed[i].own_m[placed[i].inside]),
                near_m=near_m[i],
                chance=placed[i].chance(spacing_m),
                lead=min(leads, default=np.nan),
            )
        )
    return sorted(measured, key=lambda one: np.nan_to_num(one.near_m, nan=np.inf))


def _judged(ranked: list[Hypothesis], every: tuple[Hypothesis, ...]) -> Detection:
    first = ranked[0]
    zh, en = first.reading.in_words
    if len(ranked) == 1:
        return Detection(
            reading=first.reading,
            verdict="area",
            confidence=first.share,
            why=(
                f"只有按{zh}读取，{first.rows} 行中的 {first.inside} 行才落在研究范围",
                f"only read as {en} do {first.inside} of {first.rows} rows lie in the area",
            ),
            doubts=_doubts(first, alone=True),
            hypotheses=every,
        )
    rival_zh, rival_en = ranked[1].reading.in_words
    told = first.chance <= MOST_CHANCE and first.lead > LEAST_LEAD and first.inside >= LEAST_ROWS
    figures = (
        f"（至最近道路中位数 {first.median_m:.0f} 米对 {ranked[1].median_m:.0f} 米；"
        f"任意平移后同样贴近道路的占 {first.chance:.1%}，领先 {first.lead:.1f} 个标准差）",
        f" (median street distance {first.median_m:.0f} m against {ranked[1].median_m:.0f} m; "
        f"{first.chance:.1%} of displaced copies stand as near, lead {first.lead:.1f} "
        "standard deviations)",
    )
    few = ("", "")
    if first.inside < LEAST_ROWS:
        few = (f"，少于 {LEAST_ROWS} 行无从判断", f", for which {LEAST_ROWS} rows are the fewest")
    if not told:
        return Detection(
            reading=None,
            verdict="close",
            confidence=0.0,
            why=(
                f"{first.inside} 行坐标分不清是{zh}，还是{rival_zh}{few[0]}{figures[0]}",
                f"{first.inside} rows do not tell {en} from {rival_en}{few[1]}{figures[1]}",
            ),
            doubts=_doubts(first, alone=False),
            hypotheses=every,
        )
    return Detection(
        reading=first.reading,
        verdict="streets",
        confidence=1.0 - first.chance,
        why=(
            f"按{zh}读取，设施贴近道路，明显优于{rival_zh}{figures[0]}",
            f"read as {en} the rows stand beside streets, unlike {rival_en}{figures[1]}",
        ),
        doubts=_doubts(first, alone=False),
        hypotheses=every,
    )


def _doubts(first: Hypothesis, *, alone: bool) -> tuple[tuple[str, str], ...]:
    doubts = []
    if first.share < 0.5:
        doubts.append(
            (
                f"{first.rows} 行中只有 {first.inside} 行落在研究范围附近",
                f"only {first.inside} of {first.rows} rows lie in or near the area",
            )
        )
    old = "CGCS2000" in first.reading.en and first.reading.crs is not None
    hint = (
        "；可能是西安 80、北京 54 或地方坐标系",
        "; it may be Xi'an 80, Beijing 54 or a local system",
    )
    if first.median_m > FAR_M:
        doubts.append(
            (
                f"至最近道路中位数 {first.median_m:.0f} 米，超过 {FAR_M:.0f} 米"
                + (hint[0] if old else ""),
                f"the median street distance is {first.median_m:.0f} m, above {FAR_M:.0f} m"
                + (hint[1] if old else ""),
            )
        )
    if alone and first.inside >= ROWS_TO_CONFIRM and first.chance > MOST_CHANCE:
        doubts.append(
            (
                f"道路不能印证：任意平移后有 {first.chance:.1%} 同样贴近道路"
                + (hint[0] if old else ""),
                f"the streets do not confirm it: {first.chance:.1%} of displaced copies stand as "
                "near" + (hint[1] if old else ""),
            )
        )
    return tuple(doubts)


def _nowhere(rows: int, others: tuple[Hypothesis, ...]) -> Detection:
    return Detection(
        reading=None,
        verdict="nowhere",
        confidence=0.0,
        why=(
            f"{rows} 行坐标按任何已知坐标系都不在研究范围",
            f"{rows} rows of coordinates lie in the area under no reading known",
        ),
        doubts=(),
        hypotheses=others,
    )


def _median(found_m: Floats) -> float:
    return float(np.median(found_m)) if len(found_m) else np.nan
