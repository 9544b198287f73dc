"""The order of things: read, walk, judge, propose, write. Timings and the record are kept here."""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from planning.access import coverage
from planning.errors import InputError, fail
from planning.inputs.remarks import with_remarks
from planning.inputs.study_file import read_study
from planning.inputs.town import read_town
from planning.outputs.geopackage import write_isochrones
from planning.outputs.run_folder import check_out_dir, write_run
from planning.progress import Progress, silent
from planning.provenance import RunRecord, digest_of, file_sha256
from planning.result import StudyResult, Town
from planning.siting import BuildRule, SitingPlan, audit, pose, solve
from planning.standards import Finding, Situation, binding_levels, evaluate
from planning.standards.clauses import standard_text
from planning.study import Study
from planning.travel import Reach, reach
from planning.units import limit_ms

Until = Literal["assess", "site"]

_LIBRARIES = (
    "folium", "geopandas", "highspy", "networkx", "numba", "numpy", "osmium", "osmnx", "pandas",
    "pyogrio", "pyproj", "rasterio", "scipy", "shapely",
)  # fmt: skip


def check(
    study_path: Path, *, data_dir: Path | None = None, scenario: str | None = None,
    progress: Progress | None = None,
) -> Town:  # fmt: skip
    """Read a study and all its inputs, change nothing; faults are raised, remarks in `notes`."""
    study = read_study(study_path, scenario)
    town, _ = read_town(
        study, data_dir or study_path.parent, scenario=scenario, progress=progress or silent()
    )
    _check_candidates(town)
    return with_remarks(town)


def run(
    study_path: Path,
    *,
    data_dir: Path | None = None,
    scenario: str | None = None,
    until: Until = "site",
    out_dir: Path = Path("data/processed"),
    progress: Progress | None = None,
) -> tuple[StudyResult, Path]:
    """Do the whole job; returns the result and its run folder below `out_dir`.

    `until="assess"` stops before siting. The folder is complete or absent.
    """
    show = progress or silent()
    seconds: dict[str, float] = {}
    check_out_dir(out_dir)
    study = read_study(study_path, scenario)
    if study.siting is None:
        until = "assess"
    with _timed(seconds, "read"):
        town, basemap = read_town(
            study, data_dir or study_path.parent, scenario=scenario, progress=show
        )
        if until == "site":
            _check_candidates(town)
        town = with_remarks(town)
    with _timed(seconds, "walk"):
        walks = _reach(town, show)
    with _timed(seconds, "judge"):
        situation = _situation(town)
        findings = evaluate(town.standard, situation, _levels(town))
    plan = None
    if until == "site":
        with _timed(seconds, "propose"):
            plan = _propose(town, situation, findings, walks, show)
    result = StudyResult(
        town=town,
        situation=situation,
        findings=findings,
        reach=walks,
        plan=plan,
        digest=_digest(town, until),
        seconds=seconds,
    )
    folder = write_run(result, basemap, out_dir, record=_record(result), progress=show)
    return result, folder


def isochrones(
    study_path: Path,
    minutes: tuple[float, ...],
    out: Path,
    *,
    data_dir: Path | None = None,
    scenario: str | None = None,
    progress: Progress | None = None,
) -> int:
    """Write isochrones of today's facilities for each service and limit [min]; returns how many."""
    study = read_study(study_path, scenario)
    town, _ = read_town(
        study, data_dir or study_path.parent, scenario=scenario, progress=progress or silent()
    )
    functions = {name: frozenset(s.functions) for name, s in town.study.services.items()}
    return write_isochrones(town, functions, minutes, out)


@contextmanager
def _timed(seconds: dict[str, float], name: str) -> Iterator[None]:
    begin = time.perf_counter()
    yield
    seconds[name] = round(time.perf_counter() - begin, 3)


def _check_candidates(town: Town) -> None:
    if town.study.siting is not None and not len(town.candidates or ()):
        raise fail(
            InputError,
            "candidates",
            found=("没有一个候选点", "not one candidate"),
            expected=("至少一个可用的房屋或地块", "at least one premises or parcel"),
            to_do=(
                "提供 candidates，或用 made_candidates 生成，或写 siting: null 只做体检",
                "give candidates, or made_candidates, or say siting: null to assess only",
            ),
        )


def _reach(town: Town, progress: Progress) -> Reach:
    limits = [limit_ms(s.limit_min) for s in town.study.services.values()]
    limits += [limit_ms(float(c.limit_min)) for c in town.standard.clauses if c.limit_min]
    sites = town.facility_snaps
    if town.candidate_snaps is not None:
        sites = sites.joined(town.candidate_snaps)
    return reach(town.network, sites, town.demand_snaps, limit_ms=max(limits), progress=progress)


def _levels(town: Town) -> dict[str, tuple[str, ...]]:
    spec = town.study.standards
    return binding_levels(town.standard, spec.levels, spec.year)


def _situation(town: Town) -> Situation:
    services = town.study.services
    functions = {name: frozenset(s.functions) for name, s in services.items()}
    return Situation(
        area=town.area,
        demand=town.demand,
        facilities=town.facilities,
        functions=functions,
        group={name: s.group for name, s in services.items()},
        coverage={
            name: coverage(
                town.network,
                town.facility_snaps,
                town.demand_snaps,
                counting=town.facilities.offering(functions[name]),
                limit_ms=limit_ms(s.limit_min),
            )
            for name, s in services.items()
        },
        goals=town.study.standards.goals,
    )


def _propose(
    town: Town,
    situation: Situation,
    findings: tuple[Finding, ...],
    walks: Reach,
    progress: Progress,
) -> SitingPlan:
    study = town.study
    assert town.candidates is not None and study.siting is not None
    first = len(town.facilities)
    problem = pose(
        standard=town.standard,
        findings=findings,
        situation=situation,
        candidates=town.candidates,
        reach={
            clause.id: walks.part(slice(first, None), limit_ms=limit_ms(float(clause.limit_min)))
            for clause in town.standard.clauses
            if clause.limit_min is not None
        },
        rules=[
            BuildRule(
                service=name,
                min_floor_m2=service.build.min_floor_m2,
                floor_m2_per_place=service.build.floor_m2_per_place,
            )
            for name, service in study.services.items()
            if service.build is not None
        ],
    )
    most_s = 2 * study.siting.time_limit_s
    with progress.step("求解选址（至多）", "solving the siting (at most)", most_s) as step:
        solution = solve(
            problem,
            time_limit_s=study.siting.time_limit_s,
            relative_gap=study.siting.gap,
            seed=study.siting.seed,
            tick=step.advance,
        )
    with progress.step("独立复核", "auditing the plan"):
        return audit(
            problem=problem,
            solution=solution,
            standard=town.standard,
            levels=_levels(town),
            situation=situation,
            network=town.network,
            demand=town.demand_snaps,
        )


def _plain(study: Study) -> Mapping[str, Any]:
    text = study.model_dump_json(exclude={"scenarios"})
    plain: Mapping[str, Any] = json.loads(text)
    return plain


def _digest(town: Town, until: Until) -> str:
    return digest_of(
        {
            "study": _plain(town.study),
            "scenario": town.scenario,
            "versions": _versions(),
            "until": until,
            "inputs": {source.key: source.sha256 for source in town.sources},
            "standard": digest_of(standard_text(town.study.standards.profile)),
            "program": _program_digest(),
        }
    )


def _program_digest() -> str:
    """Changes whenever any file of the package does, so that one digest never means two results."""
    root = Path(__file__).parent
    files = sorted(p for p in root.rglob("*") if p.suffix in (".py", ".yaml", ".js", ".css"))
    return digest_of({str(p.relative_to(root).as_posix()): file_sha256(p) for p in files})


def _versions() -> dict[str, str]:
    return {
        "python": platform.python_version(),
        "planning": version("yilao-planning"),
        **{name: version(name) for name in _LIBRARIES},
    }


def _record(result: StudyResult) -> RunRecord:
    town = result.town
    return RunRecord(
        study=town.study.name,
        scenario=town.scenario,
        digest=result.digest,
        seed=town.study.siting.seed if town.study.siting else 0,
        versions=_versions(),
        sources=town.sources,
        seconds=result.seconds,
    )
