"""Scenario files to test with, of the tiny town unless another study is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from planning.errors import StudyError
from planning.inputs.what_if.ground import Ground
from planning.result import Town

TOWN = Path(__file__).parent / "tiny_town"
EPSG = 4544
ORIGIN = (500_000.0, 3_386_000.0)


def at(x: float, y: float) -> dict[str, float]:
    """A place of the tiny town's drawing, in its CRS."""
    return {"x_m": ORIGIN[0] + x, "y_m": ORIGIN[1] + y}


def outline(*corners: tuple[float, float]) -> list[list[float]]:
    """Corners of the tiny town's drawing, in its CRS."""
    return [[ORIGIN[0] + x, ORIGIN[1] + y] for x, y in corners]


def elder(site: str, x: float, y: float, **more: Any) -> dict[str, Any]:
    """A day care of 200 m² somewhere in the tiny town."""
    kind = {"service": "elder_care", "kind": "elder_care", "size": 200}
    return {"id": site, **kind, **at(x, y), **more}


def written(folder: Path, override: Any, **more: Any) -> Path:
    """A scenario file of the tiny town with this override; `more` are other keys of the file."""
    file = {
        "format": "planning-scenario/1", "study": "tiny", "base": None, "ground": "",
        "name": "方案A", "override": override, **more,
    }  # fmt: skip
    path = folder / "plan.json"
    path.write_text(json.dumps(file, ensure_ascii=False), encoding="utf-8")
    return path


def what_if(folder: Path, **edits: Any) -> str:
    """A scenario file of the tiny town with these edits, as `--scenario` takes it."""
    return str(written(folder, {"what_if": {"epsg": EPSG, **edits}}))


def ground_of(town: Town) -> Ground:
    """What a town without a scenario stands on."""
    assert town.study.what_if is None
    return Ground(
        area=town.area,
        demand=town.demand,
        networks={name: way.network for name, way in town.ways.items()},
        facilities=town.facilities,
        candidates=town.candidates,
    )


def said(error: StudyError) -> dict[str, str]:
    """What is wrong, in English, by where."""
    return {fault.where: f"{fault.found[1]}; {fault.expected[1]}" for fault in error.faults}
