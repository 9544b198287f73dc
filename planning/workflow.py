"""The order of things: read, walk, judge, propose, write. Timings and the record are kept here."""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from planning.access import coverage
from planning.errors import InputError, StudyError, fail
from planning.inputs.population.outlook import read_outlook
from planning.inputs.remarks import with_remarks
from planning.inputs.study_file import read_study
from planning.inputs.town import read_town
from planning.network import PROFILES
from planning.outputs.geopackage import isochrones_layer
from planning.outputs.isochrone_files import write_isochrones
from planning.outputs.run_folder import check_out_dir, write_run
from planning.progress import Progress, silent
from planning.provenance import RunRecord, digest_of, program_digest
from planning.provision import Provision, farthest_ms, provision
from planning.result import AtSpeed, Outlook, State, StudyResult, Town
from planning.siting import BuildRule, SitingPlan, audit, is_a_walk, pose, solve
from planning.standards import Clause, Finding, Profile, Situation, binding_levels, evaluate, walks
from planning.standards.asks import TravelTimeCoverage
from planning.study import Study
from planning.travel import Reach, reach
from planning.units import limit_ms

Until = Literal["assess", "site"]

_LIBRARIES = (
    "contourpy", "folium", "geopandas", "highspy", "networkx", "numba", "numpy", "osmium", "osmnx",
    "pandas", "pyogrio", "pyproj", "rasterio", "scipy", "shapely",
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
    documents: Sequence[str] = (),
    until: Until = "site",
    out_dir: Path = Path("data/processed"),
    speed_band: bool = False,
    max_memory_bytes: int | None = None,
    progress: Progress | None = None,
) -> tuple[StudyResult, Path]:
    """Do the whole job; returns the result and its run folder below `out_dir`.

    `documents` (short names, ids, or files) are set beside the study's own for this run, in place
    of those the study names. `until="assess"` stops before siting. The folder is complete or
    absent. `speed_band` asks for today's coverage at the profile's slow and fast speed as well.
    `max_memory_bytes` caps what the walking reach may hold in memory; beyond it is kept in a file.
    """
    show = progress or silent()
    seconds: dict[str, float] = {}
    check_out_dir(out_dir)
    study = read_study(study_path, scenario)
    if study.siting is None:
        until = "assess"
    with _timed(seconds, "read"):
        town, basemap = read_town(
            study,
            data_dir or study_path.parent,
            scenario=scenario,
            progress=show,
            documents=documents,
        )
        if until == "site":
            _check_candidates(town)
        town = with_remarks(town)
    with _timed(seconds, "walk"):
        found = _reach(town, max_memory_bytes, show)
    with _timed(seconds, "judge"):
        situation = _situation(town)
        findings = evaluate(town.profile, situation, _levels(town, town.profile))
        beside = tuple(
            evaluate(profile, situation, _levels(town, profile)) for profile in town.beside
        )
    band: tuple[AtSpeed, ...] = ()
    if speed_band:
        with _timed(seconds, "speed band"):
            band = _speed_band(town, situation, data_dir or study_path.parent, show)
    plan = None
    if until == "site":
        with _timed(seconds, "propose"):
            plan = _propose(town, situation, findings, found, show)
    provided: dict[State, Provision] = {}
    if any(map(farthest_ms, study.services.values())):
        with _timed(seconds, "access"), show.step("容量与可达性", "capacity and access"):
            provided = _provided(town, situation, plan, found, max_memory_bytes)
    result = StudyResult(
        town=town,
        situation=situation,
        findings=findings,
        findings_beside=beside,
        reach=found,
        speed_band=band,
        plan=plan,
        provision=provided,
        digest=_digest(town, until, speed_band),
        seconds=seconds,
    )
    folder = write_run(result, basemap, out_dir, record=_record(result), progress=show)
    return result, folder


def demand(
    study_path: Path,
    *,
    data_dir: Path | None = None,
    scenarios: Sequence[str] = (),
    progress: Progress | None = None,
) -> tuple[Outlook, ...]:
    """Whom the study plans for, and each of its `scenarios`; no place is read, and streets
    only where people are spread along them.

    The study itself comes first, then the scenarios in the order given.
    """
    show = progress or silent()
    named: tuple[str | None, ...] = (None, *dict.fromkeys(scenarios))
    studies = [(name, read_study(study_path, name)) for name in named]
    found = []
    with show.step("推算人口", "projecting people", len(studies)) as step:
        for name, study in studies:
            found.append(read_outlook(study, data_dir or study_path.parent, scenario=name))
            step.advance()
    _check_same_units(found)
    return tuple(found)


def _check_same_units(outlooks: Sequence[Outlook]) -> None:
    """Scenarios side by side speak of one area."""
    own, *others = ([(level.level, level.ids) for level in one.area.levels] for one in outlooks)
    for one, units in zip(outlooks[1:], others, strict=True):
        if units != own:
            raise fail(
                StudyError,
                f"--scenario {one.scenario}",
                found=("研究范围或单元不同", "another area, or other units"),
                expected=("与本研究相同的单元", "the units of the study"),
                to_do=("去掉该情景，单独运行", "leave that scenario, or run it by itself"),
            )


def isochrones(
    study_path: Path,
    minutes: tuple[float, ...],
    out: Path,
    *,
    data_dir: Path | None = None,
    scenario: str | None = None,
    progress: Progress | None = None,
) -> tuple[int, tuple[Path, ...]]:
    """Write isochrones of today's facilities for each service and limit [min].

    `out` is a file of any format of `outputs.isochrone_files`, or a folder for all of them; returns
    how many polygons, and the files.
    """
    show = progress or silent()
    study = read_study(study_path, scenario)
    town, _ = read_town(study, data_dir or study_path.parent, scenario=scenario, progress=show)
    functions = {name: frozenset(s.functions) for name, s in town.study.services.items()}
    with show.step("绘制等时圈", "drawing isochrones"):
        layer = isochrones_layer(town, functions, minutes)
        return len(layer), write_isochrones(layer, out, sources=town.sources)


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


def _reach(town: Town, max_memory_bytes: int | None, progress: Progress) -> Reach:
    return reach(
        town.network,
        town.sites,
        town.crowd,
        limit_ms=town.longest_ms,
        max_memory_bytes=max_memory_bytes,
        progress=progress,
    )


def _levels(town: Town, profile: Profile) -> dict[str, tuple[str, ...]]:
    spec = town.study.standards
    return binding_levels(profile, spec.levels, spec.year)


def _situation(town: Town) -> Situation:
    services, year = town.study.services, town.study.standards.year
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
                town.crowd,
                counting=town.facilities.offering(functions[name]),
                limit_ms=limit_ms(s.limit_min),
            )
            for name, s in services.items()
        },
        goals=town.study.standards.goals,
        base=town.study.population.base,
        candidates=town.candidates,
        figures=town.figures,
        walks=walks(
            _clauses(town),
            town.facilities,
            town.ways,
            year=year,
            strict_tiers=town.profile.readings["tiers"] == "strict",
        ),
        year=year,
        absent=frozenset().union(*([] if town.study.facilities else functions.values())),
    )


def _clauses(town: Town) -> list[Clause]:
    """The clauses of every document the town is held against."""
    return [clause for profile in (town.profile, *town.beside) for clause in profile.clauses]


def _speed_band(
    town: Town, situation: Situation, data_dir: Path, progress: Progress
) -> tuple[AtSpeed, ...]:
    """Today's coverage at the slow, the study's own and the fast speed of the profile."""
    study, profile = town.study, town.network.profile
    band = PROFILES[study.network.profile].band_m_s
    if band is None:
        raise fail(
            StudyError,
            "--speed-band",
            found=(f"“{profile.label_zh}”没有步速区间", f"no band of speeds for '{profile.name}'"),
            expected=("有步速区间的步行档案，如 elder", "a profile on foot, such as elder"),
            to_do=("去掉 --speed-band，或换 profile", "leave --speed-band, or change the profile"),
        )
    situations = {profile.speed_m_s: situation}
    for speed_m_s in band:
        spec = study.network.model_copy(update={"speed_m_s": speed_m_s})
        other, _ = read_town(
            study.model_copy(update={"network": spec}),
            data_dir,
            scenario=town.scenario,
            progress=progress,
        )
        if other.sources != town.sources:
            raise _changed(town, other)
        situations[speed_m_s] = _situation(other)
    return tuple(
        AtSpeed(
            service=service,
            speed_m_s=speed_m_s,
            ledger=at.coverage[service].ledger(at.demand.people[spec.group]),
        )
        for service, spec in study.services.items()
        for speed_m_s, at in sorted(situations.items())
    )


def _changed(before: Town, after: Town) -> Exception:
    """The refusal of a run whose inputs, a table of a database perhaps, changed underneath it."""
    keys = [a.key for a, b in zip(before.sources, after.sources, strict=True) if a != b]
    return fail(
        InputError,
        ", ".join(keys),
        found=("运行期间数据变了", "data that changed during the run"),
        expected=("运行期间不变的数据", "data that stay as they are"),
        to_do=("重新运行，或先导出为文件", "run again, or export them as files first"),
    )


def _propose(
    town: Town,
    situation: Situation,
    findings: tuple[Finding, ...],
    found: Reach,
    progress: Progress,
) -> SitingPlan:
    study = town.study
    assert town.candidates is not None and study.siting is not None
    first = len(town.facilities)
    problem = pose(
        profile=town.profile,
        findings=findings,
        situation=situation,
        candidates=town.candidates,
        reach={
            clause.id: found.part(slice(first, None), limit_ms=limit_ms(float(ask.limit_min)))
            for clause in town.profile.clauses
            if isinstance(ask := clause.measure, TravelTimeCoverage)
            and is_a_walk(ask)
            and ask.limit_min is not None
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
            profile=town.profile,
            levels=_levels(town, town.profile),
            situation=situation,
            ways=town.ways,
        )


def _provided(
    town: Town,
    situation: Situation,
    plan: SitingPlan | None,
    found: Reach,
    max_memory_bytes: int | None,
) -> dict[State, Provision]:
    """Capacity and access today and, walked anew, with the plan."""
    services, way = town.study.services, town.ways["walk"]
    farthest = max(map(farthest_ms, services.values()))
    today = found.part(slice(len(town.facilities)), limit_ms=farthest)
    now = provision(services, situation, way, sites=town.facility_snaps, reach=today)
    if plan is None:
        return {"now": now}
    facilities = plan.situation.facilities
    sites = way.sites(facilities.x_m, facilities.y_m)
    walked = reach(
        way.network, sites, way.crowd, limit_ms=farthest, max_memory_bytes=max_memory_bytes
    )
    after = provision(services, plan.situation, way, sites=sites, reach=walked)
    return {"now": now, "after": after}


def _plain(study: Study) -> Mapping[str, Any]:
    text = study.model_dump_json(exclude={"scenarios"})
    plain: Mapping[str, Any] = json.loads(text)
    return plain


def _digest(town: Town, until: Until, speed_band: bool) -> str:
    return digest_of(
        {
            "study": _plain(town.study),
            "scenario": town.scenario,
            "versions": _versions(),
            "until": until,
            "speed_band": speed_band,
            "inputs": {source.key: source.sha256 for source in town.sources},
            "standards": [
                [digest_of(standard.model_dump_json()) for standard in profile.chain]
                for profile in town.documents
            ],
            "program": program_digest(),
        }
    )


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
