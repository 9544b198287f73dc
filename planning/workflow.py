"""The order of things: read, walk, judge, propose, write. Timings and the record are kept here."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Literal

from planning.budgeting import funded
from planning.closing import Closure, Ranked, named_facilities, ranking
from planning.closing import close as shut
from planning.districts import named_areas
from planning.errors import InputError, StudyError, fail
from planning.inputs.population.outlook import read_outlook
from planning.inputs.remarks import with_remarks
from planning.inputs.study_file import read_study
from planning.inputs.town import read_town
from planning.judging import coverage_of, findings_of, situation_of
from planning.outputs.edition import USUAL, Edition
from planning.outputs.gis.geopackage import isochrones_layer
from planning.outputs.gis.isochrone_files import write_isochrones
from planning.outputs.run_folder import check_out_dir, write_run
from planning.progress import Progress, silent
from planning.proposing import audited, propose
from planning.provenance import MadeFrom
from planning.provision import Provision, farthest_ms, provision
from planning.result import AtSpeed, Outlook, State, StudyResult, Town
from planning.robustness import robustness
from planning.run_record import record_of, run_digest
from planning.siting import SitingPlan
from planning.siting.frontier import Funded
from planning.siting.regret import Robustness
from planning.speed_band import at_each_speed
from planning.standards import Situation
from planning.standards.asked import check_asked
from planning.travel import Reach

Until = Literal["assess", "site"]


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
    explain: Sequence[tuple[str, str]] = (),
    areas: Sequence[str] | None = None,
    until: Until = "site",
    out_dir: Path = Path("data/processed"),
    speed_band: bool = False,
    budgets: int | Sequence[float] | None = None,
    robust: bool = False,
    edition: Edition = USUAL,
    max_memory_bytes: int | None = None,
    progress: Progress | None = None,
) -> tuple[StudyResult, Path]:
    """Do the whole job; returns the result and its run folder below `out_dir`.

    `documents` (short names, ids, or files) are set beside the study's own for this run, in place
    of those the study names. `explain` are findings that will be asked about, (clause id, unit),
    and `areas` new residential areas, by id or name (none named: all; None: nobody asks): what is
    not there is refused before the walks. `until="assess"` stops before siting. The folder is
    complete or absent. `speed_band` asks for today's coverage at the profile's slow and fast speed
    as well, `budgets` what each of so many budgets, or of these [yuan], would buy, `robust`
    how the plan does with other people and at other speeds. `edition` is how all of it is written.
    `max_memory_bytes` caps what the walking reach may hold in memory; beyond it is kept in a file.
    """
    show = progress or silent()
    seconds: dict[str, float] = {}
    check_out_dir(out_dir)
    study = read_study(study_path, scenario)
    if study.siting is None:
        until = "assess"
    is_picked = study.siting is not None and study.siting.picked is not None
    _check_sited(until, budgets, robust=robust, picked=is_picked)
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
        check_asked(
            explain,
            town.documents,
            town.area,
            adopted=study.standards.levels,
            year=study.standards.year,
        )
        if areas is not None:
            named_areas(areas, town.area.residential)
        town = with_remarks(town)
    with _timed(seconds, "walk"):
        found = town.ways["walk"].reach(
            town.sites,
            limit_ms=town.longest_ms,
            max_memory_bytes=max_memory_bytes,
            progress=show,
        )
    with _timed(seconds, "judge"):
        situation = situation_of(town)
        findings = findings_of(town, situation, town.profile)
        beside = tuple(findings_of(town, situation, one) for one in town.beside)
    band: tuple[AtSpeed, ...] = ()
    if speed_band:
        with _timed(seconds, "speed band"):
            band = at_each_speed(
                town,
                situation.coverage,
                data_dir=data_dir or study_path.parent,
                documents=documents,
                progress=show,
            )
    plan = None
    frontier: tuple[Funded, ...] = ()
    sturdy: Robustness | None = None
    if until == "site":
        with _timed(seconds, "propose"):
            proposal = propose(town, situation, findings, found, show)
            with show.step("独立复核", "auditing the plan"):
                plan = audited(town, situation, proposal)
        if budgets is not None:
            with _timed(seconds, "frontier"):
                frontier = funded(town, situation, proposal, budgets, show)
        if robust:
            with _timed(seconds, "robustness"):
                sturdy = robustness(
                    town,
                    situation,
                    proposal,
                    study_path=study_path,
                    data_dir=data_dir or study_path.parent,
                    documents=documents,
                    max_memory_bytes=max_memory_bytes,
                    progress=show,
                )
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
        digest=run_digest(town, until=until, speed_band=speed_band, budgets=budgets, robust=robust),
        seconds=seconds,
        frontier=frontier,
        robustness=sturdy,
    )
    record = record_of(result)
    if edition.suppress_below is None:
        data = data_dir or study_path.parent
        made_from = MadeFrom.seen_from(out_dir, study=study_path, data_dir=data, scenario=scenario)
        record = replace(record, made_from=made_from)
    folder = write_run(result, basemap, out_dir, record=record, progress=show, edition=edition)
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
            called = study.called(name)
            found.append(read_outlook(study, data_dir or study_path.parent, scenario=called))
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


def close(
    study_path: Path,
    facilities: Sequence[str],
    *,
    data_dir: Path | None = None,
    scenario: str | None = None,
    documents: Sequence[str] = (),
    progress: Progress | None = None,
) -> tuple[Town, Closure]:
    """What shutting some facilities, by id or name, does to a town and to its findings.

    Names that no facility has are refused before the walks. Nothing is written.
    """
    show = progress or silent()
    study = read_study(study_path, scenario)
    town, _ = read_town(
        study, data_dir or study_path.parent, scenario=scenario, progress=show, documents=documents
    )
    return town, shut(town, named_facilities(facilities, town.facilities), progress=show)


def rank_closures(
    study_path: Path,
    *,
    data_dir: Path | None = None,
    scenario: str | None = None,
    progress: Progress | None = None,
) -> tuple[Town, tuple[Ranked, ...]]:
    """Every open facility of every service by the people who would lose it, the worst first."""
    show = progress or silent()
    study = read_study(study_path, scenario)
    town, _ = read_town(study, data_dir or study_path.parent, scenario=scenario, progress=show)
    with show.step("步行覆盖", "walking coverage"):
        return town, ranking(town, coverage_of(town))


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


def _check_sited(
    until: Until, budgets: int | Sequence[float] | None, *, robust: bool, picked: bool
) -> None:
    """Refuse a question about a plan where none is made."""
    asked = ["--frontier"] * (budgets is not None) + ["--robust"] * robust
    if asked and picked:
        raise fail(
            StudyError,
            ", ".join(asked),
            found=("人工方案（siting.picked）", "a plan picked by hand (siting.picked)"),
            expected=("由程序求解的方案", "a plan that is sought"),
            to_do=("去掉 siting.picked，或去掉该选项", "leave siting.picked, or leave the option"),
        )
    if asked and until == "assess":
        raise fail(
            StudyError,
            ", ".join(asked),
            found=("只做体检，没有选址方案", "no plan: the study is only assessed"),
            expected=("有 siting 的研究", "a study with siting"),
            to_do=("去掉 siting: null，或去掉该选项", "leave siting: null, or leave the option"),
        )


def _check_candidates(town: Town) -> None:
    may_change = any(service.change for service in town.study.services.values())
    if town.study.siting is not None and not may_change and not len(town.candidates or ()):
        raise fail(
            InputError,
            "candidates",
            found=("没有一个候选点", "not one candidate"),
            expected=("至少一个可用的房屋或地块", "at least one premises or parcel"),
            to_do=(
                "提供 candidates，或用 made_candidates 生成，或写明现有设施可作的 change，"
                "或写 siting: null 只做体检",
                "give candidates, or made_candidates, or what may be changed (change), or say "
                "siting: null to assess only",
            ),
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
    walked = way.reach(sites, limit_ms=farthest, max_memory_bytes=max_memory_bytes)
    after = provision(services, plan.situation, way, sites=sites, reach=walked)
    return {"now": now, "after": after}
