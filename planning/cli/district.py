"""``planning district``: what new residential areas must be given, of a study or asked outright."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planning.cli.bars import progress_bars
from planning.cli.job import print_asides
from planning.cli.options import (
    OUT,
    DataOption,
    DocumentsOption,
    JsonOption,
    MemoryOption,
    OutOption,
    QuietOption,
    ScenarioOption,
    documents_of,
    memory,
)

if TYPE_CHECKING:
    from planning.districts import MadeArea

_MOST = 10_000_000
_MOST_COMMUNITIES = 1_000


def district(
    study: Annotated[
        Path | None,
        typer.Argument(metavar="[STUDY]", help="研究文件 study file；不写则用 --people"),
    ] = None,
    area: Annotated[
        list[str] | None,
        typer.Argument(metavar="[AREA…]", help="居住区编号或名称，默认全部 areas; all by default"),
    ] = None,
    people: Annotated[
        int | None,
        typer.Option("--people", min=0, max=_MOST, help="不用研究文件：规划人口 planned people"),
    ] = None,
    households: Annotated[
        int | None,
        typer.Option("--households", min=0, max=_MOST, help="规划户数 planned homes"),
    ] = None,
    communities: Annotated[
        int,
        typer.Option(
            "--communities", min=1, max=_MOST_COMMUNITIES, help="分为几个社区 communities in it"
        ),
    ] = 1,
    built: Annotated[
        bool, typer.Option("--built", help="按已建成或旧城区 held to the figure of built areas")
    ] = False,
    places: Annotated[
        int, typer.Option("--places", min=0, help="方案已有托位 places in its plan")
    ] = 0,
    elder_land: Annotated[
        float, typer.Option("--elder-land", min=0, help="方案已有养老用地 elder-care land [m²]")
    ] = 0.0,
    elder_rooms: Annotated[
        float, typer.Option("--elder-rooms", min=0, help="方案已有养老用房 elder-care rooms [m²]")
    ] = 0.0,
    standards: DocumentsOption = None,
    data: DataOption = None,
    scenario: ScenarioOption = None,
    out: OutOption = OUT,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
    max_memory: MemoryOption = None,
) -> None:
    """新区配套：每个新建居住区应配什么、依据哪条 what new areas must be given, by which clause."""
    if (study is None) == (people is None):
        raise _one_of_two(study)
    if people is None:
        assert study is not None
        _of_study(
            study,
            area or [],
            data=data,
            scenario=scenario,
            out=out,
            quiet=quiet,
            as_json=as_json,
            max_memory_bytes=memory(max_memory),
            documents=documents_of(standards),
        )
        return
    from planning.districts import MadeArea

    made = MadeArea(
        people=people,
        households=-1 if households is None else households,
        status="built" if built else "new",
        communities=communities,
        places=places,
        elder_land_m2=elder_land,
        elder_rooms_m2=elder_rooms,
    )
    _alone(made, documents_of(standards), as_json=as_json)


def _one_of_two(study: Path | None) -> Exception:
    from planning.errors import StudyError, fail

    none = study is None
    return fail(
        StudyError,
        "planning district",
        found=("既无研究文件也无 --people", "neither a study nor --people")
        if none
        else ("研究文件与 --people 同时给出", "both a study and --people"),
        expected=("其一", "one of the two"),
        to_do=(
            "写 planning district 研究.yaml，或 planning district --people 12600",
            "say `planning district STUDY`, or `planning district --people 12600`",
        ),
    )


def _of_study(
    study: Path,
    areas: list[str],
    *,
    data: Path | None,
    scenario: str | None,
    out: Path,
    quiet: bool,
    as_json: bool,
    max_memory_bytes: int | None,
    documents: tuple[str, ...],
) -> None:
    """The assessment of a study, and the sheets of its areas."""
    from planning import workflow
    from planning.cli.sheets import print_sheet
    from planning.districts import named_areas, sheets_of, sites_of

    with progress_bars(quiet=quiet) as progress:
        result, folder = workflow.run(
            study,
            data_dir=data,
            scenario=scenario,
            until="assess",
            out_dir=out,
            max_memory_bytes=max_memory_bytes,
            documents=documents,
            areas=areas,
            progress=progress,
        )
    print_asides(result)
    asked = named_areas(areas, result.town.area.residential)
    sheets = [sheet for sheet in sheets_of(result) if sheet.at in asked]
    sites = [site for site in sites_of(result) if site.area in asked]
    if as_json:
        from planning.outputs.frames.district import area_sites_frame, obligations_frame
        from planning.outputs.plain_rows import plain_rows

        said = {
            "obligations": plain_rows(obligations_frame(sheets)),
            "area_sites": plain_rows(area_sites_frame(result.town, sites)),
            "folder": str(folder),
        }
        typer.echo(json.dumps(said, ensure_ascii=False, indent=1))
    elif not quiet:
        for sheet in sheets:
            print_sheet(
                sheet, town=result.town, sites=[site for site in sites if site.area == sheet.at]
            )
        typer.echo(f"\n清单 sheets: {folder / 'obligations.csv'}")


def _alone(made: MadeArea, documents: tuple[str, ...], *, as_json: bool) -> None:
    """The sheet of a district that is in no study."""
    from planning.cli.sheets import print_sheet
    from planning.districts import judged_alone
    from planning.inputs.standard_file import chain_of
    from planning.standards import load_standard, profile_of, standards_in_library

    inside = [name for name in standards_in_library() if not load_standard(name).outside]
    profiles = [
        profile_of(chain_of(name, [Path()], where="--standards")) for name in documents or inside
    ]
    sheet = judged_alone(made, profiles)
    if as_json:
        from planning.outputs.frames.district import obligations_frame
        from planning.outputs.plain_rows import plain_rows

        rows = plain_rows(obligations_frame([sheet]))
        typer.echo(json.dumps({"obligations": rows}, ensure_ascii=False, indent=1))
        return
    print_sheet(sheet)
    typer.echo(
        f"假定：城区内自成一个街道、{made.communities} 个社区；不在图上，距离与选址请用研究文件。\n"
        f"Taken to be urban, a street of its own, communities: {made.communities}; it is on no "
        "map: for distances and sites write a study."
    )
