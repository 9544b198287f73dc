"""What does not fit together among planning units: land of two of one level, of no parent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import shapely

from planning.area import SLIVER, UnitLevel, overlaps
from planning.inputs.shortened import shortened
from planning.inputs.unit_attributes import Attributes
from planning.inputs.vocabulary import vocabulary, words_of
from planning.provenance import Note

_ABOUT = "area.units"


def unit_notes(levels: Sequence[UnitLevel]) -> Iterator[Note]:
    """Remarks on the units of all levels, top down."""
    for level in levels:
        yield from _overlapping(level)
    for below in levels[1:]:
        yield from _astray(below, levels)


def attribute_notes(found: Attributes) -> Iterator[Note]:
    """Words of the layer that nobody knows, and how many forms only the names of units say."""
    for attribute, words in found.unknown.items():
        section = attribute if attribute in vocabulary() else "flag"
        listed = shortened([f"{word} {count}" for word, count in words.most_common()])
        yield Note(
            about=_ABOUT,
            zh=f"{attribute} 一列 {words.total()} 个单元的词不认识，按没有填写计："
            f"{'、'.join(listed)}；认识的词：{words_of(section)}",
            en=f"{words.total()} units of which the column of {attribute} says a word nobody "
            f"knows, taken for a blank: {', '.join(listed)}; known words: {words_of(section)}",
        )
    if found.inferred:
        yield Note(
            about=_ABOUT,
            zh=f"{found.inferred} 个单元的类型（街道、镇、乡，社区、村，县、区等）按名称判定，"
            "可用 form 一列写明",
            en=f"the form of {found.inferred} units (street or town, neighbourhood or village, "
            "county or district) is what their names end in; a column `form` may say it",
        )


def _overlapping(level: UnitLevel) -> Iterator[Note]:
    """Pairs that share more land than neighbours drawn by hand do."""
    one, other, share = overlaps(level.geometry)
    many = int(np.sum(share > SLIVER))
    if many:
        most = np.lexsort((other, one, -share))[0]
        names = level.names[one[most]], level.names[other[most]]
        yield Note(
            about=_ABOUT,
            zh=f"{many} 对 {level.level} 单元互相重叠，最多的是{names[0]}与{names[1]}"
            f"（较小者的 {share[most]:.0%}）：重叠处的居民与设施计入编号在前者",
            en=f"pairs of units of level {level.level} that overlap: {many}, most of all "
            f"{names[0]} and {names[1]} ({share[most]:.0%} of the smaller); people and facilities "
            "there count for the first by id",
        )


def _astray(below: UnitLevel, levels: Sequence[UnitLevel]) -> Iterator[Note]:
    """Units whose middle does not lie in the unit that is said to be above them."""
    land = {
        unit: shape
        for level in levels
        for unit, shape in zip(level.ids, level.geometry, strict=True)
    }
    above = np.array([land[unit] if unit else None for unit in below.parent_ids], dtype=object)
    middle = shapely.point_on_surface(below.geometry)
    named = ~shapely.is_missing(above)
    away = np.flatnonzero(named & ~shapely.intersects(above, middle))
    if len(away):
        some = shortened([below.names[at] for at in away])
        yield Note(
            about=_ABOUT,
            zh=f"{len(away)} 个 {below.level} 单元不在其上级之内：{'、'.join(some)}；"
            "各级居民按位置计，请核对上级编号",
            en=f"units of level {below.level} that do not lie in their parent: {len(away)} "
            f"({', '.join(some)}); people count by place at every level, check the parents",
        )
