"""The commands of the command line, one function each.

Heavy libraries are imported inside the commands, so that ``planning --help`` answers at once.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from planning.cli.bars import progress_bars
from planning.cli.budgets import FrontierCommand, budgets_of
from planning.cli.closing import close
from planning.cli.compare import compare
from planning.cli.crew import crew_of
from planning.cli.district import district
from planning.cli.doctor import doctor
from planning.cli.job import Job, do
from planning.cli.options import (
    OUT,
    BandOption,
    BudgetsOption,
    DataOption,
    DocumentsOption,
    ExplainOption,
    FrontierOption,
    JsonOption,
    LangOption,
    MemoryOption,
    OutOption,
    QuietOption,
    RobustOption,
    ScenarioOption,
    ScenariosOption,
    SchedulerOption,
    SheetsOption,
    StrictOption,
    StudyArgument,
    SuppressOption,
    TiandituOption,
    WorkersOption,
    documents_of,
    memory,
    minutes_of,
    tianditu_key,
)
from planning.cli.outlook import outlooks_json, print_outlooks
from planning.cli.pairs import PairCommand, pairs
from planning.cli.serve import serve
from planning.cli.standards import standards_app
from planning.cli.tables import (
    print_areas,
    print_data_check,
    print_notes,
)
from planning.outputs.edition import Edition

app = typer.Typer(
    name="planning",
    help="一老一小设施规划：步行圈体检、条文对照、选址推荐，全程离线。\n\n"
    "Elder-care and nursery siting against policy clauses, offline.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # rich would take half a second to draw the help
)
app.add_typer(standards_app, name="standards")


def _say(text: str = "") -> None:
    typer.echo(text)


@app.command()
def demo(
    out: OutOption = OUT,
    data: Annotated[
        Path, typer.Option("--data", help="示例数据写到哪里 where the sample goes")
    ] = Path("data/raw/sample"),
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """生成示例新城并完成全部工作 make the sample town and do the whole job on it."""
    from planning.sample import write_sample

    write_sample(data)
    if not quiet and not as_json:
        _say(f"示例数据 sample: {data}")
    do(
        Job(study=data / "study.yaml", out=out, quiet=quiet, as_json=as_json),
        until="site",
        tell="all",
    )


@app.command()
def check(
    study: StudyArgument,
    data: DataOption = None,
    scenario: ScenarioOption = None,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """读取全部数据，报告所见与全部错误，不改动任何文件 read everything, report, change nothing."""
    from planning import workflow

    with progress_bars(quiet=quiet) as progress:
        town = workflow.check(study, data_dir=data, scenario=scenario, progress=progress)
    if as_json:
        from planning.outputs.frames.results import residential_frame
        from planning.outputs.plain_rows import plain_rows

        said = {
            "study": town.study.name,
            "notes": [asdict(note) for note in town.notes],
            "rows": [asdict(note) for note in town.row_notes],
            "residential_areas": plain_rows(residential_frame(town)),
        }
        _say(json.dumps(said, ensure_ascii=False, indent=1))
        return
    if quiet:
        return
    _say(f"✓ {study.name}：可以运行 ready to run")
    for source in town.sources:
        _say(f"  · {source.key}: {source.name} [{source.sha256[:10]}] {source.licence}")
    print_notes(town.notes)
    print_areas(town)
    print_data_check(town)


@app.command()
def demand(
    study: StudyArgument,
    data: DataOption = None,
    scenario: ScenariosOption = None,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """服务人口：基年与目标年，各情景并列 people of the base and the target year, by scenario."""
    from planning import workflow

    with progress_bars(quiet=quiet) as progress:
        outlooks = workflow.demand(
            study, data_dir=data, scenarios=scenario or (), progress=progress
        )
    if as_json:
        _say(json.dumps(outlooks_json(outlooks), ensure_ascii=False, indent=1))
    elif not quiet:
        print_outlooks(outlooks)


@app.command(cls=PairCommand)
def run(
    study: StudyArgument,
    data: DataOption = None,
    scenario: ScenarioOption = None,
    out: OutOption = OUT,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
    speed_band: BandOption = False,
    lang: LangOption = "zh",
    sheets: SheetsOption = False,
    suppress_below: SuppressOption = None,
    tianditu: TiandituOption = False,
    max_memory: MemoryOption = None,
    workers: WorkersOption = None,
    scheduler: SchedulerOption = None,
    standards: DocumentsOption = None,
    explain: ExplainOption = None,
    strict: StrictOption = False,
) -> None:
    """体检、选址、出图表，一步完成 assess, site, and write the run folder."""
    job = Job(
        study=study,
        data=data,
        scenario=scenario,
        out=out,
        quiet=quiet,
        as_json=as_json,
        strict=strict,
        speed_band=speed_band,
        edition=Edition(
            lang=lang,
            sheets=sheets,
            suppress_below=suppress_below,
            tianditu_key=tianditu_key(asked=tianditu),
        ),
        max_memory_bytes=memory(max_memory),
        crew=crew_of(workers, scheduler),
        documents=documents_of(standards),
        explain=pairs(explain),
    )
    do(job, until="site", tell="all")


@app.command(cls=PairCommand)
def assess(
    study: StudyArgument,
    data: DataOption = None,
    scenario: ScenarioOption = None,
    out: OutOption = OUT,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
    speed_band: BandOption = False,
    lang: LangOption = "zh",
    sheets: SheetsOption = False,
    suppress_below: SuppressOption = None,
    max_memory: MemoryOption = None,
    workers: WorkersOption = None,
    scheduler: SchedulerOption = None,
    standards: DocumentsOption = None,
    explain: ExplainOption = None,
    strict: StrictOption = False,
) -> None:
    """现状体检：谁在圈内，哪条达标 who is inside the circle, which clause is met."""
    job = Job(
        study=study,
        data=data,
        scenario=scenario,
        out=out,
        quiet=quiet,
        as_json=as_json,
        strict=strict,
        speed_band=speed_band,
        edition=Edition(lang=lang, sheets=sheets, suppress_below=suppress_below),
        max_memory_bytes=memory(max_memory),
        crew=crew_of(workers, scheduler),
        documents=documents_of(standards),
        explain=pairs(explain),
    )
    do(job, until="assess", tell="findings")


@app.command(cls=FrontierCommand)
def site(
    study: StudyArgument,
    data: DataOption = None,
    scenario: ScenarioOption = None,
    out: OutOption = OUT,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
    speed_band: BandOption = False,
    lang: LangOption = "zh",
    sheets: SheetsOption = False,
    suppress_below: SuppressOption = None,
    max_memory: MemoryOption = None,
    workers: WorkersOption = None,
    scheduler: SchedulerOption = None,
    strict: StrictOption = False,
    frontier: FrontierOption = None,
    budgets: BudgetsOption = None,
    robust: RobustOption = False,
) -> None:
    """选址：在哪建、建多大、为什么 where to build, how large, and why."""
    job = Job(
        study=study,
        data=data,
        scenario=scenario,
        out=out,
        quiet=quiet,
        as_json=as_json,
        strict=strict,
        speed_band=speed_band,
        edition=Edition(lang=lang, sheets=sheets, suppress_below=suppress_below),
        max_memory_bytes=memory(max_memory),
        crew=crew_of(workers, scheduler),
        budgets=budgets_of(frontier, budgets),
        robust=robust,
    )
    do(job, until="site", tell="plan")


app.command()(district)
app.command()(close)
app.command()(compare)
app.command()(serve)
app.command()(doctor)


@app.command()
def isochrones(
    study: StudyArgument,
    minutes: Annotated[str, typer.Option("--minutes", help="时间档，逗号分隔 limits")] = "5,10,15",
    data: DataOption = None,
    scenario: ScenarioOption = None,
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            help="输出文件 .gpkg .geojson .shp .fgb .kml .csv，或文件夹（全部格式） "
            "a file, or a folder for all formats",
        ),
    ] = Path("isochrones.gpkg"),
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """现有设施的步行等时圈 isochrones of today's facilities, by service."""
    from planning import workflow

    limits = minutes_of(minutes)
    with progress_bars(quiet=quiet) as progress:
        count, files = workflow.isochrones(
            study, limits, out, data_dir=data, scenario=scenario, progress=progress
        )
    if as_json:
        named = [str(path) for path in files]
        _say(json.dumps({"isochrones": count, "files": named}, ensure_ascii=False))
    elif not quiet:
        for path in files:
            _say(f"{count} 个等时圈 isochrones → {path}")


@app.command()
def fetch(
    place: Annotated[str, typer.Argument(metavar="PLACE", help="地名，如“上海市黄浦区” a place")],
    out: Annotated[
        Path | None, typer.Option("--out", help="输出 where it goes; data/raw/PLACE.graphml")
    ] = None,
    buffer_m: Annotated[
        float, typer.Option("--buffer", help="边界外延伸 beyond the boundary [m]")
    ] = 1500.0,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="替换已有文件 replace")] = False,
    quiet: QuietOption = False,
) -> None:
    """联网下载一地的步行路网（OSM） download the streets of a place from OpenStreetMap."""
    from planning.inputs.roads.fetch import fetch_place

    target = out or Path("data/raw") / f"{place.replace('/', '-').replace(' ', '-')}.graphml"
    with progress_bars(quiet=quiet) as progress, progress.step("下载路网", "downloading streets"):
        fetched = fetch_place(place, target, buffer_m=buffer_m, overwrite=overwrite)
    if not quiet:
        _say(
            f"{fetched.place}：{fetched.nodes:,} 个节点 nodes，{fetched.edges:,} 条边 edges，"
            f"{fetched.area_km2:,.1f} km²\n{fetched.licence}\n→ {fetched.path}"
        )


@app.command()
def schema() -> None:
    """打印研究文件的 JSON Schema print the JSON Schema of a study file."""
    from planning.study import Study

    _say(json.dumps(Study.model_json_schema(), ensure_ascii=False, indent=1))
