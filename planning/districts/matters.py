"""The matters of an obligations sheet: what a clause wants provided, told by its measure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from planning.standards import Clause
from planning.standards.asks import (
    Compliance,
    Count,
    FloorPer100Households,
    LandPerResident,
    OnTime,
    PerThousand,
    Presence,
    Total,
)

Matter = Literal[
    "nursery_places", "beds", "elder_land", "elder_rooms", "elder_facility", "nursery_facility",
    "facility", "delivery", "compliance", "other",
]  # fmt: skip

MATTERS: Mapping[Matter, tuple[str, str]] = {
    "nursery_places": ("托位", "places"),
    "beds": ("床位", "beds"),
    "elder_land": ("养老用地", "elder land"),
    "elder_rooms": ("养老用房", "elder rooms"),
    "elder_facility": ("养老设施", "elder care"),
    "nursery_facility": ("托育设施", "nursery"),
    "facility": ("其他设施", "facility"),
    "delivery": ("四同步", "in time"),
    "compliance": ("配套达标", "provided for"),
    "other": ("其他", "other"),
}
"""In the order of a sheet, (中文, English)."""

_OF_AMOUNT: Mapping[str, Matter] = {
    "places": "nursery_places",
    "beds": "beds",
    "nursing_beds": "beds",
    "floor_m2": "elder_rooms",
    "elder_floor_m2": "elder_rooms",
    "elder_land_m2": "elder_land",
    "facilities": "facility",
}
_OF_SERVICE: Mapping[str, Matter] = {
    "elder_care": "elder_facility",
    "nursery": "nursery_facility",
}


def matter_of(clause: Clause) -> Matter:
    """What a clause wants provided."""
    match clause.measure:
        case PerThousand() | Total():
            return _OF_AMOUNT[clause.measure.amount]
        case LandPerResident():
            return "elder_land"
        case FloorPer100Households():
            return "elder_rooms"
        case Presence() | Count():
            return _OF_SERVICE.get(clause.service, "facility")
        case OnTime():
            return "delivery"
        case Compliance():
            return "compliance"
        case _:
            return "other"
