"""The command line: arguments → workflow → exit code.

0 done · 1 a clause is not met and --strict was given · 2 the user's input is at fault · 3 our own.
Heavy libraries are imported inside the commands, so that ``planning --help`` answers at once.
"""

from __future__ import annotations

import json
import sys
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple, NoReturn

import typer

from planning.cli.bars import progress_bars
from planning.cli.tables import (
    figure,
    print_coverage,
    print_findings,
    print_notes,
    print_plan,
    print_speed_band,
    print_table,
)

if TYPE_CHECKING:
    from planning.result import StudyResult

app = typer.Typer(
    name="planning",
    help="一老一小设施规划：步行圈体检、条文对照、选址推荐，全程离线。\n\n"
    "Elder-care and nursery siting against policy clauses, offline.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # rich would take half a second to draw the help
)
standards_app = typer.Typer(
    help="查看条文库 the library of clauses", no_args_is_help=True, add_completion=False
)
app.add_typer(standards_app, name="standards")


class Exit(IntEnum):
    """What the shell is told."""

    DONE = 0
    NOT_MET = 1
    USER = 2
    OURS = 3


StudyArgument = Annotated[Path, typer.Argument(metavar="STUDY", help="研究文件 study file (YAML)")]
DataOption = Annotated[
    Path | None, typer.Option("--data", help="数据目录 where the study's paths begin")
]
ScenarioOption = Annotated[
    str | None, typer.Option("--scenario", help="研究文件中的情景名 a scenario of the study")
]
OutOption = Annotated[Path, typer.Option("--out", help="成果目录 where run folders go")]
QuietOption = Annotated[
    bool, typer.Option("--quiet", "-q", help="不显示过程 say nothing on the way")
]
JsonOption = Annotated[bool, typer.Option("--json", help="以 JSON 输出 print JSON")]
StrictOption = Annotated[
    bool,
    typer.Option("--strict", help="有条文未达标时退出码为 1 exit with 1 if a clause is not met"),
]
MemoryOption = Annotated[
    str | None,
    typer.Option("--max-memory", help="步行矩阵的内存上限，如 2G most memory of the walking reach"),
]
BandOption = Annotated[
    bool,
    typer.Option(
        "--speed-band",
        help="另按慢、快步速算覆盖率（老年人 0.8、1.2 米/秒） also at the slow and the fast speed",
    ),
]
_OUT = Path("data/processed")
_MOST_MINUTES = 240


def _say(text: str = "") -> None:
    typer.echo(text)


@app.command()
def demo(
    out: OutOption = _OUT,
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
    _whole_job(data / "study.yaml", None, None, out, quiet, as_json, _How(), strict=False)


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
        notes = [{"about": n.about, "zh": n.zh, "en": n.en} for n in town.notes]
        _say(json.dumps({"study": town.study.name, "notes": notes}, ensure_ascii=False, indent=1))
        return
    if quiet:
        return
    _say(f"✓ {study.name}：可以运行 ready to run")
    for source in town.sources:
        _say(f"  · {source.key}: {source.name} [{source.sha256[:10]}] {source.licence}")
    print_notes(town.notes)


@app.command()
def run(
    study: StudyArgument,
    data: DataOption = None,
    scenario: ScenarioOption = None,
    out: OutOption = _OUT,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
    speed_band: BandOption = False,
    max_memory: MemoryOption = None,
    strict: StrictOption = False,
) -> None:
    """体检、选址、出图表，一步完成 assess, site, and write the run folder."""
    how = _How(speed_band=speed_band, max_memory_bytes=_bytes(max_memory))
    _whole_job(study, data, scenario, out, quiet, as_json, how, strict=strict)


@app.command()
def assess(
    study: StudyArgument,
    data: DataOption = None,
    scenario: ScenarioOption = None,
    out: OutOption = _OUT,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
    speed_band: BandOption = False,
    max_memory: MemoryOption = None,
    strict: StrictOption = False,
) -> None:
    """现状体检：谁在圈内，哪条达标 who is inside the circle, which clause is met."""
    how = _How(speed_band=speed_band, max_memory_bytes=_bytes(max_memory))
    result, folder = _do(study, data, scenario, out, quiet, how, until="assess")
    if as_json:
        _say((folder / "summary.json").read_text(encoding="utf-8"))
    elif not quiet:
        print_coverage(result)
        print_speed_band(result)
        print_findings(result)
    _finish(result, folder, quiet or as_json, strict)


@app.command()
def site(
    study: StudyArgument,
    data: DataOption = None,
    scenario: ScenarioOption = None,
    out: OutOption = _OUT,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
    speed_band: BandOption = False,
    max_memory: MemoryOption = None,
    strict: StrictOption = False,
) -> None:
    """选址：在哪建、建多大、为什么 where to build, how large, and why."""
    how = _How(speed_band=speed_band, max_memory_bytes=_bytes(max_memory))
    result, folder = _do(study, data, scenario, out, quiet, how, until="site")
    if as_json:
        plan = json.loads((folder / "summary.json").read_text(encoding="utf-8"))["plan"]
        _say(json.dumps(plan, ensure_ascii=False, indent=1))
    elif not quiet:
        print_plan(result)
    _finish(result, folder, quiet or as_json, strict)


@app.command()
def compare(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN RUN…", help="成果目录 run folders")],
    as_json: JsonOption = False,
) -> None:
    """方案比选：并列各次成果 run folders side by side."""
    from planning.outputs.comparison import compare_runs

    rows = compare_runs(runs)
    if as_json:
        _say(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    names = [run.name for run in runs]
    print_table(
        "方案比选 comparison",
        ["指标 figure", *names],
        [[row["label"], *(figure(row[str(run)]) for run in runs)] for row in rows],
    )


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
    from planning.errors import StudyError, fail

    try:
        limits = tuple(float(part) for part in minutes.split(","))
    except ValueError:
        limits = ()
    if not limits or not all(0 < limit <= _MOST_MINUTES for limit in limits):
        raise fail(
            StudyError,
            "--minutes",
            found=(f"“{minutes}”", f"'{minutes}'"),
            expected=(
                f"大于 0、不超过 {_MOST_MINUTES} 的分钟数，如 5,10,15",
                f"minutes above 0 and up to {_MOST_MINUTES}, such as 5,10,15",
            ),
            to_do=("改正参数", "mend the option"),
        )
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
    from planning.inputs.fetch import fetch_place

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


@standards_app.command("list")
def standards_list(as_json: JsonOption = False) -> None:
    """列出全部条文 list every clause."""
    from planning.standards import load_standard, standards_in_library

    documents = [load_standard(name) for name in standards_in_library()]
    if as_json:
        _say(
            json.dumps([d.model_dump(mode="json") for d in documents], ensure_ascii=False, indent=1)
        )
        return
    for document in documents:
        print_table(
            f"{document.jurisdiction} {document.document}（{document.dated}）· {document.id}",
            ["编号 id", "条款", "名称 title", "数值 value", "约束层级 binds at"],
            [
                [
                    clause.id,
                    clause.article,
                    clause.title_zh,
                    "—" if clause.value is None else f"{float(clause.value):g} {clause.unit}",
                    "、".join(clause.levels),
                ]
                for clause in document.clauses
            ],
        )


@standards_app.command("show")
def standards_show(
    clause_id: Annotated[str, typer.Argument(metavar="ID", help="条文编号 id of a clause")],
    as_json: JsonOption = False,
) -> None:
    """显示一条条文及其原文 show one clause with its quote."""
    from planning.errors import StudyError, fail
    from planning.standards import load_standard, standards_in_library

    for document in map(load_standard, standards_in_library()):
        clause = document.clause(clause_id)
        if clause is None:
            continue
        if as_json:
            _say(json.dumps(clause.model_dump(mode="json"), ensure_ascii=False, indent=1))
            return
        _say(f"{clause.id}  {clause.title_zh} / {clause.title_en}")
        _say(f"{document.document} {clause.article}：“{clause.quote}”")
        for name, value in clause.model_dump(mode="json").items():
            if name not in ("id", "title_zh", "title_en", "article", "quote"):
                _say(f"  {name}: {value}")
        return
    raise fail(
        StudyError,
        "standards show",
        found=(f"没有条文“{clause_id}”", f"no clause '{clause_id}'"),
        expected=("库中的条文编号", "the id of a clause in the library"),
        to_do=("用 planning standards list 查看", "see `planning standards list`"),
    )


class _How(NamedTuple):
    """What a run is told beside the study."""

    speed_band: bool = False
    max_memory_bytes: int | None = None


def _bytes(text: str | None) -> int | None:
    from planning.errors import StudyError, fail
    from planning.units import memory_bytes

    if text is None:
        return None
    try:
        return memory_bytes(text)
    except ValueError:
        raise fail(
            StudyError,
            "--max-memory",
            found=(f"“{text}”", f"'{text}'"),
            expected=("内存大小，如 500M、2G", "a size such as 500M or 2G"),
            to_do=("改正参数", "mend the option"),
        ) from None


def _do(
    study: Path,
    data: Path | None,
    scenario: str | None,
    out: Path,
    quiet: bool,
    how: _How,
    *,
    until: Literal["assess", "site"],
) -> tuple[StudyResult, Path]:
    from planning import workflow

    with progress_bars(quiet=quiet) as progress:
        return workflow.run(
            study,
            data_dir=data,
            scenario=scenario,
            until=until,
            out_dir=out,
            speed_band=how.speed_band,
            max_memory_bytes=how.max_memory_bytes,
            progress=progress,
        )


def _whole_job(
    study: Path,
    data: Path | None,
    scenario: str | None,
    out: Path,
    quiet: bool,
    as_json: bool,
    how: _How,
    *,
    strict: bool,
) -> None:
    result, folder = _do(study, data, scenario, out, quiet, how, until="site")
    if as_json:
        _say((folder / "summary.json").read_text(encoding="utf-8"))
    elif not quiet:
        print_notes(result.town.notes)
        print_coverage(result)
        print_speed_band(result)
        print_findings(result)
        print_plan(result)
    _finish(result, folder, quiet or as_json, strict)


def _finish(result: StudyResult, folder: Path, silent: bool, strict: bool) -> None:
    """Where the results are, and the exit code."""
    if not silent:
        _say(f"\n成果 results: {folder}\n地图 map: {folder / 'map.html'}")
    findings = result.plan.findings if result.plan else result.findings
    if strict and any(f.role == "requirement" and f.verdict == "not_met" for f in findings):
        raise typer.Exit(Exit.NOT_MET)


def _complain(error: Exception) -> None:
    sys.stderr.write("".join(f"✗ {line}\n" for line in str(error).splitlines()))


def main() -> NoReturn:
    """Run the command line and turn what went wrong into a sentence and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    from planning.errors import OurFaultError, PlanningError

    try:
        app(standalone_mode=True)
    except OurFaultError as error:
        _complain(error)
        sys.exit(Exit.OURS)
    except PlanningError as error:
        _complain(error)
        sys.exit(Exit.USER)
    except OSError as error:
        sys.stderr.write(f"✗ 系统错误：{error}\n✗ The system refused: {error}\n")
        sys.exit(Exit.USER)
    except Exception:
        import traceback

        traceback.print_exc()
        sys.stderr.write(
            "✗ 程序自身的错误，请把以上内容发给我们。\n"
            "✗ This is our own fault: please send us the above.\n"
        )
        sys.exit(Exit.OURS)
    sys.exit(Exit.DONE)
