"""What reading residential areas had to assume, and what in them does not fit together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np

from planning.area import SLIVER, ResidentialAreas, overlaps
from planning.inputs.residential.rows import KEY, AreaRow
from planning.inputs.vocabulary import words_of
from planning.provenance import Note
from planning.study import ResidentialSpec

_NAMED = 5


def residential_notes(
    spec: ResidentialSpec, said: Sequence[AreaRow], areas: ResidentialAreas, *, new_since: date
) -> Iterator[Note]:
    """Remarks on the areas, `said` in their order."""
    yield from _households(spec, said)
    yield from _contradictions(said, areas, new_since)
    yield from _towns(said)
    yield from _overlaps(areas)


def _households(spec: ResidentialSpec, said: Sequence[AreaRow]) -> Iterator[Note]:
    by_column = sum(area.by_households == "column" for area in said)
    by_study = sum(area.by_households == "study" for area in said)
    if by_column:
        yield Note(
            about=KEY,
            zh=f"{by_column} 个居住区的规划人口按户数 × 表中户均人口计算，取整到人",
            en="planned people by households × persons per household of the layer, in whole "
            f"persons: {by_column} areas",
        )
    size = spec.persons_per_household
    if by_study and size is not None:
        yield Note(
            about=KEY,
            zh=f"{by_study} 个居住区的规划人口按户数 × {float(size.persons):g} 人计算，取整到人；"
            f"户均人口出处：{size.source}",
            en=f"planned people by households × {float(size.persons):g}, in whole persons: "
            f"{by_study} areas; that figure is from: {size.source}",
        )


def _contradictions(
    said: Sequence[AreaRow], areas: ResidentialAreas, new_since: date
) -> Iterator[Note]:
    """Where status and date do not say the same, and where a date is not known to the day."""
    pairs = list(zip(said, areas.status, areas.status_by, strict=True))
    early = [
        area.name
        for area, _, by in pairs
        if by == "status" and area.planned and area.dated and area.dated.last < new_since
    ]
    if early:
        yield Note(
            about=KEY,
            zh=f"{_zh(early)}状态为规划或在建，出让或许可却早于 {new_since}：按状态计为新建",
            en=f"{_en(early)}: planned by status, yet of land before {new_since}: new, by status",
        )
    late = [area.name for area, _, by in pairs if by == "date" and area.planned is False]
    if late:
        yield Note(
            about=KEY,
            zh=f"{_zh(late)}状态为已建成，出让或许可却不早于 {new_since}：按日期计为新建",
            en=f"{_en(late)}: built by status, yet of land of {new_since} or later: new, by date",
        )
    open_day = [
        area.name
        for area, status, by in pairs
        if (status, by) == ("new", "date") and area.dated and area.dated.first < new_since
    ]
    if open_day:
        yield Note(
            about=KEY,
            zh=f"{_zh(open_day)}的出让或许可日期不到日，可能早于 {new_since}：计为新建",
            en=f"{_en(open_day)}: the date is not known to the day and may be before {new_since}: "
            "taken as new",
        )
    lower = [area.name for area, _, by in pairs if by == "old_town" and not area.built]
    if lower:
        yield Note(
            about=KEY,
            zh=f"{_zh(lower)}为规划居住区但位于旧城区：适用旧城区（已建成）的标准，按规划人口计",
            en=f"{_en(lower)}: planned, but in the old town: held to the figure of built areas, by "
            "planned people",
        )


def _towns(said: Sequence[AreaRow]) -> Iterator[Note]:
    unknown = sorted({area.town for area in said} - {"old", "new", ""})
    if unknown:
        known = words_of("town")
        yield Note(
            about=KEY,
            zh=f"片区一列的“{'、'.join(unknown[:_NAMED])}”不说明新旧城区，按所在单元；认识的词：{known}",
            en=f"'{', '.join(unknown[:_NAMED])}' in the column of town says neither old nor new: "
            f"as the unit around says; known words: {known}",
        )


def _overlaps(areas: ResidentialAreas) -> Iterator[Note]:
    """Pairs that share more land than neighbours do: one of them may be there twice."""
    one, other, share = overlaps(areas.geometry)
    many = int(np.sum(share > SLIVER))
    if many:
        most = np.lexsort((other, one, -share))[0]
        names = areas.names[one[most]], areas.names[other[most]]
        yield Note(
            about=KEY,
            zh=f"{many} 对居住区互相重叠，最多的是{names[0]}与{names[1]}"
            f"（较小者的 {share[most]:.0%}）：重叠处的居民与设施计入编号在前者，"
            "规划人口各自计入，请核对是否重复",
            en=f"pairs of areas that overlap: {many}, most of all {names[0]} and {names[1]} "
            f"({share[most]:.0%} of the smaller); residents and facilities there count for the "
            "first by id, planned people for each; check for doubles",
        )


def _zh(names: Sequence[str]) -> str:
    return "、".join(names[:_NAMED]) + (f"等 {len(names)} 个" if len(names) > _NAMED else "")


def _en(names: Sequence[str]) -> str:
    rest = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {rest} more" if rest > 0 else "")
