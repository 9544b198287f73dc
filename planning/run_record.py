"""The digest and the record of a run: one digest never means two results."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from typing import Any

from planning.provenance import RunRecord, Source, digest_of, program_digest
from planning.result import StudyResult, Town
from planning.study import Study

_LIBRARIES = (
    "contourpy", "folium", "fonttools", "geopandas", "highspy", "matplotlib", "networkx", "numba",
    "numpy", "osmium", "osmnx", "pandas", "pyogrio", "pyproj", "python-docx", "rasterio",
    "scipy", "shapely",
)  # fmt: skip


def run_digest(
    town: Town, *, until: str, speed_band: bool, budgets: int | Sequence[float] | None, robust: bool
) -> str:
    """Ten digits that change with the study, its inputs, the documents, and the program."""
    return digest_of(
        {
            **_made_from(town),
            "until": until,
            "speed_band": speed_band,
            "budgets": budgets,
            "robust": robust,
        }
    )


def town_digest(town: Town) -> str:
    """Digits that change with whatever a stage of a run may be made from: the town, the program.

    The machine too: where sums are rounded otherwise, another plan may be as good.
    """
    machine = {"machine": platform.machine(), "system": platform.system()}
    return digest_of({**_made_from(town), **machine}, digits=64)


def _made_from(town: Town) -> dict[str, Any]:
    return {
        "study": _plain(town.study),
        "scenario": town.scenario,
        "versions": _versions(),
        "inputs": {source.key: source.sha256 for source in town.sources},
        "standards": [
            [digest_of(standard.model_dump_json()) for standard in profile.chain]
            for profile in town.documents
        ],
        "program": program_digest(),
    }


def ground_digest(town: Town) -> str:
    """Ten digits that change with what scenarios are laid over: the inputs, the study, its base.

    The same with and without a scenario file laid over them, whatever limits and walking speed are
    set, for these a scenario may change, and whatever plan was picked.
    """
    laid = town.study.laid_over
    plain = dict(_plain(town.study))
    if laid is not None:
        plain |= laid.under
    services = {
        name: {key: value for key, value in service.items() if key != "limit_min"}
        for name, service in plain["services"].items()
    }
    network = {key: value for key, value in plain["network"].items() if key != "speed_m_s"}
    siting = plain["siting"] and {**plain["siting"], "picked": None}
    same = {"services": services, "network": network, "siting": siting, "what_if": None}
    inputs = {source.key: source.sha256 for source in town.sources}
    inputs.pop("siting.picked", None)
    base = town.scenario if laid is None else laid.base
    return digest_of({"study": {**plain, **same}, "base": base, "inputs": inputs})


def record_of(result: StudyResult) -> RunRecord:
    """How a run was made."""
    town = result.town
    return RunRecord(
        study=town.study.name,
        scenario=town.scenario,
        digest=result.digest,
        seed=town.study.siting.seed if town.study.siting else 0,
        versions=_versions(),
        sources=(*town.sources, *_scenario_file(town)),
        seconds=result.seconds,
    )


def _scenario_file(town: Town) -> Iterator[Source]:
    laid = town.study.laid_over
    if laid is not None:
        yield Source(key="scenario", name=laid.file, sha256=laid.sha256, licence="")


def _plain(study: Study) -> Mapping[str, Any]:
    text = study.model_dump_json(exclude={"scenarios"})
    plain: Mapping[str, Any] = json.loads(text)
    return plain


def _versions() -> dict[str, str]:
    return {
        "python": platform.python_version(),
        "planning": version("yilao-planning"),
        **{name: version(name) for name in _LIBRARIES},
    }
