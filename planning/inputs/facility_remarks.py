"""What a user ought to know about the facilities: which count, what their register leaves out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from planning.facilities import ELDER_FUNCTIONS
from planning.inputs.shortened import shortened
from planning.provenance import Note
from planning.result import Town

_MOST_TYPES = 8


def facility_remarks(town: Town) -> Iterator[Note]:
    """How many there are, what they offer, and what is not known of them."""
    facilities, snaps = town.facilities, town.facility_snaps
    if not len(facilities):
        yield Note(about="facilities", zh="没有现有设施", en="there is no facility today")
        return
    inside = town.area.contains(facilities.x_m, facilities.y_m)
    yield Note(
        about="facilities",
        zh=f"{len(facilities)} 处设施，其中运营 {int(facilities.is_open.sum())} 处，"
        f"范围内 {int(inside.sum())} 处，上不了路网 {int((~snaps.on_network).sum())} 处",
        en=f"{len(facilities)} facilities, {int(facilities.is_open.sum())} open, "
        f"{int(inside.sum())} inside the area, "
        f"{int((~snaps.on_network).sum())} off the network",
    )
    yield from _services(town, inside)
    yield from _unknown(town, inside & facilities.is_open)


def _services(town: Town, inside: np.ndarray) -> Iterator[Note]:
    """What counts for each service, and the types that count for none."""
    facilities = town.facilities
    in_places = {c.service for c in town.profile.clauses if c.measure.kind == "per_thousand"}
    unused = np.ones(len(facilities), dtype=bool)
    for name, spec in town.study.services.items():
        functions = frozenset(spec.functions)
        offering = facilities.offering(functions)
        unused &= np.array([not does & functions for does in facilities.functions], dtype=bool)
        within, beyond = int((offering & inside).sum()), int((offering & ~inside).sum())
        zh = f"{spec.label}：范围内运营 {within} 处，范围外 {beyond} 处"
        en = f"{spec.label}: {within} open inside the area, {beyond} beyond it"
        if name in in_places:
            places = int(np.nansum(facilities.places[offering & inside]))
            zh += f"；范围内已知托位 {places:,} 个"
            en += f"; {places:,} known places inside"
        yield Note(about="facilities", zh=zh, en=en)
    if unused.any():
        types = Counter(np.array(facilities.types, dtype=object)[unused].tolist()).most_common()
        listed = shortened([f"{kind} {count}" for kind, count in types], most=_MOST_TYPES)
        yield Note(
            about="facilities",
            zh=f"{int(unused.sum())} 处的类型不属于任何服务，不计入：{'、'.join(listed)}",
            en=f"{int(unused.sum())} of types that offer none of the services do not count: "
            + ", ".join(listed),
        )


def _unknown(town: Town, counts: np.ndarray) -> Iterator[Note]:
    """What the register does not say of those that count."""
    facilities = town.facilities
    if unknown := int((np.isnan(facilities.elder_land_m2) & counts).sum()):
        yield Note(
            about="facilities",
            zh=f"{unknown} 处养老设施的独立占地未知，用地不足处只能写“无法评估”",
            en=f"{unknown} elder-care facilities of unknown land: where land is short, their "
            "units cannot be assessed",
        )
    if unknown := int((np.isnan(facilities.places) & counts).sum()):
        yield Note(
            about="facilities",
            zh=f"{unknown} 处托育设施的托位数未知：步行圈照算，托位不足处只能写“无法评估”",
            en=f"{unknown} nurseries of unknown places: walks to them count, but where places "
            "are short, their units cannot be assessed",
        )
    if unknown := int((np.isnan(facilities.beds) & counts).sum()):
        yield Note(
            about="facilities",
            zh=f"{unknown} 处养老机构的床位数未知",
            en=f"{unknown} elder-care institutions of unknown beds",
        )
    mixed = sum(
        bool(does & ELDER_FUNCTIONS) and "nursery" in does and not facilities.elder_land_m2[i]
        for i, does in enumerate(facilities.functions)
    )
    if mixed:
        yield Note(
            about="facilities",
            zh=f"{mixed} 处老幼复合设施未给出养老用地面积，其用地不计入人均养老用地",
            en=f"{mixed} complexes for old and young give no elder-care land: not counted",
        )
