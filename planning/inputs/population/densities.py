"""Densities are no counts: what says density is refused unless the study declares it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from planning.errors import InputError, PlanningError, fail
from planning.study import PopulationSpec

M2_OF_UNIT: Mapping[str, float] = {"persons_per_km2": 1e6, "persons_per_ha": 1e4}
"""The area that a declared density counts people on [m²]."""

_DENSITY_WORDS = ("per km", "per sq", "/km", "density", "人/平方公里", "密度", "_pd_")


def refuse_undeclared_density(spec: PopulationSpec, path: Path, said: Mapping[str, str]) -> None:
    """Refuse a file whose name, tags or column speak of density where `unit` says persons."""
    words = " ".join([path.name, *map(str, said.values())]).lower()
    if spec.unit == "persons" and any(word in words for word in _DENSITY_WORDS):
        raise density_error(path, "标签或文件名写明为密度", "its name or tags say density")


def density_error(path: Path, why_zh: str, why_en: str) -> PlanningError:
    """Ready to raise, with the reason."""
    return fail(
        InputError,
        f"population: {path.name}",
        found=(f"密度而非人数（{why_zh}）", f"densities, not counts ({why_en})"),
        expected=("每格人数（persons per cell）", "persons per cell"),
        to_do=(
            "改用人口计数产品（如 WorldPop ppp）；确为密度时写明 population.unit"
            "（persons_per_km2 或 persons_per_ha）；若确为人数，"
            "在 population.official_total 写明官方总数",
            "use a product of counts (WorldPop ppp); declare a density as population.unit: "
            "persons_per_km2 or persons_per_ha; if they are counts, say so by giving "
            "population.official_total",
        ),
    )
