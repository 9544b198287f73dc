"""What was found about the coordinates of a register: the verdict, its figures, and its words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from planning.inputs.coordinates.reading import Reading

MOST_CHANCE = 0.01
"""The largest share of displaced copies as near to streets with which a reading is told."""

LEAST_LEAD = 1.645
"""A reading leads each rival by more than this [standard deviations]; signs at random do in 5 %."""

LEAST_ROWS = 5
"""Fewer rows than this near streets in the area are never told by streets."""

FAR_M = 60.0
"""With a median street distance above this [m] streets tell nothing; a lone reading is in doubt."""

MOST_OFF_STREETS = 0.25
"""With more than this share of rows near no street under any reading streets tell nothing."""

ROWS_TO_CONFIRM = 30
"""From this many rows on a lone reading whose `chance` is above `MOST_CHANCE` is in doubt."""

Verdict = Literal["streets", "area", "close", "nowhere"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypothesis:
    """One reading and what speaks for it.

    `rows` have two finite numbers, `inside` of them lie in the area grown. `median_m` is the median
    street distance of the rows in the area [m], `near_m` the mean of the held ones that readings
    are ranked by; `chance` the share of displaced copies that stand as near, `lead` over the rival
    it leads least [standard deviations]. NaN: no contender (`lead`: no rival), or no row there.
    `compared` rows in the area are what these are of, `off_streets` no reading puts near a street.
    """

    reading: Reading
    rows: int
    inside: int
    median_m: float = np.nan
    near_m: float = np.nan
    chance: float = np.nan
    lead: float = np.nan
    compared: int = 0
    off_streets: int = 0

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


def judged(ranked: list[Hypothesis], every: tuple[Hypothesis, ...]) -> Detection:
    """The verdict on rivals, the one nearest to streets first, and on the other readings."""
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
    rival = ranked[1].reading.in_words
    figures = _figures(first, ranked[1])
    doubts = _doubts(first, alone=False)
    if _told(first):
        return Detection(
            reading=first.reading,
            verdict="streets",
            confidence=1.0 - first.chance,
            why=(
                f"按{zh}读取，设施贴近道路，明显优于{rival[0]}{figures[0]}",
                f"read as {en} the rows stand beside streets, unlike {rival[1]}{figures[1]}",
            ),
            doubts=doubts,
            hypotheses=every,
        )
    return Detection(
        reading=None,
        verdict="close",
        confidence=0.0,
        why=(
            f"{first.inside} 行坐标分不清是{zh}，还是{rival[0]}{figures[0]}",
            f"{first.inside} rows do not tell {en} from {rival[1]}{figures[1]}",
        ),
        doubts=doubts,
        hypotheses=every,
    )


def _told(first: Hypothesis) -> bool:
    """Whether streets tell the first of rivals: five conditions, all in the head of `detection`."""
    return (
        first.chance <= MOST_CHANCE
        and first.lead > LEAST_LEAD
        and first.compared >= LEAST_ROWS
        and first.median_m <= FAR_M
        and not _streets_are_missing(first)
    )


def _streets_are_missing(first: Hypothesis) -> bool:
    return first.off_streets > MOST_OFF_STREETS * (first.off_streets + first.compared)


def _figures(first: Hypothesis, rival: Hypothesis) -> tuple[str, str]:
    """What the streets said of the two that come first; how many rows it takes to say more."""
    if first.compared < LEAST_ROWS:
        return (
            f"（附近有道路的只有 {first.compared} 行，至少要有 {LEAST_ROWS} 行才能判断）",
            f" ({first.compared} rows have a street near them; it takes {LEAST_ROWS} to tell)",
        )
    return (
        f"（至最近道路中位数 {first.median_m:.0f} 米对 {rival.median_m:.0f} 米；"
        f"任意平移后同样贴近道路的占 {first.chance:.1%}，领先 {first.lead:.1f} 个标准差）",
        f" (median street distance {first.median_m:.0f} m against {rival.median_m:.0f} m; "
        f"{first.chance:.1%} of displaced copies stand as near, lead {first.lead:.1f} "
        "standard deviations)",
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
    if _streets_are_missing(first):
        doubts.append(
            (
                f"{first.off_streets} 行按任何读法附近都没有道路，未参与判断",
                f"{first.off_streets} rows have no street near them under any reading and were "
                "not compared",
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


def nowhere(rows: int, others: tuple[Hypothesis, ...]) -> Detection:
    """The verdict where no reading puts a row into the area."""
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
