"""The order of things: read, walk, judge, propose, write. Timings and the record are kept here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from planning.closing import Closure, Ranked, named_facilities, ranking
from planning.closing import close as shut
from planning.errors import ShortageError, StudyError, fail
from planning.inputs.population.outlook import read_outlook
from planning.inputs.remarks import with_remarks
from planning.inputs.study_file import read_study
from planning.inputs.town import read_town
from planning.judging import coverage_of
from planning.outputs.edition import USUAL, Edition
from planning.outputs.gis.geopackage import isochrones_layer
from planning.outputs.gis.isochrone_files import write_isochrones
from planning.outputs.run_folder import check_out_dir, tidy, write_run
from planning.progress import Progress, silent
from planning.provenance import MadeFrom, Note
from planning.result import Outlook, StudyResult, Town
from planning.run_record import record_of
from planning.running import Until, check_candidates, worked_out
from planning.shortage import Needs, shortage_told
from planning.stages import Stages
from planning.tiled_town import tiles
from planning.tiles import Pool

STAGES = ".stages"
"""Where the stages of unfinished runs lie, below the folder of results."""


def check(
    study_path: Path, *, data_dir: Path | None = None, scenario: str | None = None,
    progress: Progress | None = None,
) -> Town:  # fmt: skip
    """Read a study and all its inputs, change nothing; faults are raised, remarks in `notes`."""
    study = read_study(study_path, scenario)
    town, _ = read_town(
        study, data_dir or study_path.parent, scenario=scenario, progress=progress or silent()
    )
    check_candidates(town)
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
    pool: Pool | None = None,
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
    With a `pool` the walks are shared out among its workers, who all see `out_dir`; the result is
    the same to the bit.

    Stages that are finished are kept in ``out_dir/.stages`` until the folder is complete: the same
    call goes on where a killed one ended. Raises ShortageError where there is no room, no memory or
    no right to write.
    """
    needs, asides = Needs(), list[Note]()
    check_out_dir(out_dir)
    with shortage_told(out_dir, needs):
        tidy(out_dir)
        stages = Stages(out_dir / STAGES, tell=asides.append)
        with _dropped_where_wrong(stages), tiles(pool, stages) as tiled:
            result, basemap = worked_out(
                study_path,
                data_dir=data_dir or study_path.parent,
                scenario=scenario,
                documents=documents,
                explain=explain,
                areas=areas,
                until=until,
                speed_band=speed_band,
                budgets=budgets,
                robust=robust,
                max_memory_bytes=max_memory_bytes,
                stages=stages,
                tiled=tiled,
                needs=needs,
                progress=progress or silent(),
            )
            record = replace(record_of(result), resumed=tuple(stages.resumed))
            if edition.suppress_below is None:
                data = data_dir or study_path.parent
                made_from = MadeFrom.seen_from(
                    out_dir, study=study_path, data_dir=data, scenario=scenario
                )
                record = replace(record, made_from=made_from)
            folder = write_run(
                result, basemap, out_dir,
                record=record, progress=progress or silent(), edition=edition, needs=needs,
            )  # fmt: skip
        stages.drop()
    return replace(result, resumed=record.resumed, asides=tuple(asides)), folder


@contextmanager
def _dropped_where_wrong(stages: Stages) -> Iterator[None]:
    """Keep the stages of a run that is interrupted or lacks something; not those of a wrong one."""
    try:
        yield
    except (ShortageError, OSError, MemoryError):
        raise
    except Exception:
        stages.drop()
        raise


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
