"""What a run works out before it writes: each stage is timed, and the long ones are kept."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Literal

from planning.budgeting import funded
from planning.districts import named_areas
from planning.errors import InputError, StudyError, fail
from planning.inputs.remarks import with_remarks
from planning.inputs.study_file import read_study
from planning.inputs.town import read_town
from planning.judging import findings_of, situation_of
from planning.keeping import Keeper, digest_of_arrays
from planning.progress import Progress
from planning.proposing import audited, propose
from planning.provision import Provision, farthest_ms, provision
from planning.result import AtSpeed, State, StudyResult, Town
from planning.robustness import robustness
from planning.run_record import run_digest
from planning.shortage import Needs, check_room
from planning.siting import SitingPlan
from planning.siting.frontier import Funded
from planning.siting.regret import Robustness
from planning.speed_band import at_each_speed
from planning.stages import Stages
from planning.standards import Situation
from planning.standards.asked import check_asked
from planning.travel import BYTES_PER_PAIR, Reach, forecast

Until = Literal["assess", "site"]


def worked_out(
    study_path: Path,
    *,
    data_dir: Path,
    scenario: str | None,
    documents: Sequence[str],
    explain: Sequence[tuple[str, str]],
    areas: Sequence[str] | None,
    until: Until,
    speed_band: bool,
    budgets: int | Sequence[float] | None,
    robust: bool,
    max_memory_bytes: int | None,
    stages: Stages,
    tiled: Callable[[Town], Town],
    needs: Needs,
    progress: Progress,
) -> tuple[StudyResult, Any]:
    """Everything that is to be written of a study, and its base map; see `workflow.run`.

    `tiled` is who walks the town: see `tiled_town`.
    `needs` is told what the run takes as soon as that is known. Raises ShortageError where there is
    not as much.
    """
    seconds: dict[str, float] = {}
    study = read_study(study_path, scenario)
    if study.siting is None:
        until = "assess"
    is_picked = study.siting is not None and study.siting.picked is not None
    _check_sited(until, budgets, robust=robust, picked=is_picked)
    with _timed(seconds, "read"):
        town, basemap = read_town(
            study,
            data_dir,
            scenario=scenario,
            progress=progress,
            documents=documents,
        )
        if until == "site":
            check_candidates(town)
        check_asked(
            explain,
            town.documents,
            town.area,
            adopted=study.standards.levels,
            year=study.standards.year,
        )
        if areas is not None:
            named_areas(areas, town.area.residential)
        town = tiled(with_remarks(town))
    keeper = Keeper(town, stages)
    with _timed(seconds, "walk"):
        _foresee(town, needs, max_memory_bytes, stages)
        found = keeper.reach(max_memory_bytes=max_memory_bytes, progress=progress)
    with _timed(seconds, "judge"):
        situation = situation_of(town)
        findings = findings_of(town, situation, town.profile)
        beside = tuple(findings_of(town, situation, one) for one in town.beside)
    band: tuple[AtSpeed, ...] = ()
    if speed_band:
        with _timed(seconds, "speed band"):
            band = keeper.speed_band(
                partial(
                    at_each_speed,
                    town,
                    situation.coverage,
                    data_dir=data_dir,
                    documents=documents,
                    progress=progress,
                )
            )
    plan, built = None, ""
    frontier: tuple[Funded, ...] = ()
    sturdy: Robustness | None = None
    if until == "site":
        with _timed(seconds, "propose"):
            proposal = propose(town, situation, findings, found, progress, keeper=keeper)
            with progress.step("独立复核", "auditing the plan"):
                plan = audited(town, situation, proposal)
            built = digest_of_arrays(proposal.size, proposal.opened)
        if budgets is not None:
            with _timed(seconds, "frontier"):
                frontier = funded(town, situation, proposal, budgets, progress, keeper=keeper)
        if robust:
            with _timed(seconds, "robustness"):
                sturdy = robustness(
                    town,
                    situation,
                    proposal,
                    study_path=study_path,
                    data_dir=data_dir,
                    documents=documents,
                    max_memory_bytes=max_memory_bytes,
                    progress=progress,
                    keeper=keeper,
                )
    provided: dict[State, Provision] = {}
    if any(map(farthest_ms, study.services.values())):
        with _timed(seconds, "access"), progress.step("容量与可达性", "capacity and access"):
            provided = keeper.provided(
                {"plan": built},
                lambda: _provided(town, situation, plan, found, max_memory_bytes),
            )
    return StudyResult(
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
    ), basemap


def _foresee(town: Town, needs: Needs, max_memory_bytes: int | None, stages: Stages) -> None:
    """Say what the walking reach takes, where it may be much; refuse a disk that cannot hold it."""
    if len(town.sites) * town.crowd.n_points * BYTES_PER_PAIR < _LITTLE_BYTES:
        return
    found = forecast(town.network, town.sites, town.crowd, limit_ms=town.longest_ms)
    on_disk = found.pairs * BYTES_PER_PAIR
    needs.memory_bytes = found.n_bytes
    needs.disk_bytes = on_disk
    if max_memory_bytes is not None and found.n_bytes > max_memory_bytes:
        needs.memory_bytes = max_memory_bytes
        check_room(Path(tempfile.gettempdir()), needs)
    if stages.folder is not None:
        check_room(stages.folder, needs)


_LITTLE_BYTES = 1 << 28
"""Of what takes no more than this in any case no forecast is made."""


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


def check_candidates(town: Town) -> None:
    """Refuse a siting that has nowhere to build, nor anything to change."""
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
