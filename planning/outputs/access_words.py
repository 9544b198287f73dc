"""What measures of access and their units are called, (中文, English)."""

from __future__ import annotations

from collections.abc import Mapping

from planning.outputs.bilingual import Says

_K_NEAREST = "k_nearest_"
_MEASURES: Mapping[str, Says] = {
    "two_step": ("两步移动搜寻（2SFCA）", "two-step access (2SFCA)"),
    "enhanced_two_step": ("增强两步（E2SFCA）", "enhanced two-step access (E2SFCA)"),
    "three_step": ("三步移动搜寻（3SFCA）", "three-step access (3SFCA)"),
    "gravity": ("重力模型可达性", "gravity access"),
    "cumulative": ("累积机会", "cumulative opportunities"),
}
_UNITS: Mapping[str, Says] = {
    "places": ("托位", "places"),
    "beds": ("床位", "beds"),
    "facilities": ("处", "facilities"),
    "min": ("分钟", "min"),
}
_PER_THOUSAND = "/1000 persons"


def measure_words(measure: str) -> Says:
    """What a measure of access.csv is called; ``k_nearest_3`` is the mean time to the 3 nearest."""
    if measure.startswith(_K_NEAREST):
        k = int(measure.removeprefix(_K_NEAREST))
        if k == 1:
            return "到最近一处的时间", "time to the nearest"
        return f"到最近 {k} 处的平均时间", f"mean time to the {k} nearest"
    return _MEASURES[measure]


def access_unit_words(unit: str) -> Says:
    """What the unit of a measure is called (``beds/1000 persons``)."""
    zh, en = _UNITS[unit.removesuffix(_PER_THOUSAND)]
    return (f"{zh}/千人", f"{en} per 1,000 people") if unit.endswith(_PER_THOUSAND) else (zh, en)
