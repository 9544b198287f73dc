"""The options the commands share, and what they mean."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from planning.outputs.bilingual import Lang

StudyArgument = Annotated[Path, typer.Argument(metavar="STUDY", help="研究文件 study file (YAML)")]
DataOption = Annotated[
    Path | None, typer.Option("--data", help="数据目录 where the study's paths begin")
]
ScenarioOption = Annotated[
    str | None,
    typer.Option(
        "--scenario",
        help="研究文件中的情景名，或情景文件（JSON） a scenario of the study, or a file of one "
        "(JSON)",
    ),
]
ScenariosOption = Annotated[
    list[str] | None,
    typer.Option(
        "--scenario",
        help="并列的情景名或情景文件（JSON），可多次给出 scenarios, or files of them (JSON), to "
        "set beside it, one each",
    ),
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
WorkersOption = Annotated[
    int | None,
    typer.Option(
        "--workers",
        min=1,
        help="用本机多少个进程分区县步行（需可选组件 scale），结果不变 processes of this machine "
        "that share the walks, by county (extra scale); the result is the same",
    ),
]
SchedulerOption = Annotated[
    str | None,
    typer.Option(
        "--scheduler",
        help="已有 Dask 集群的地址，如 tcp://10.0.0.5:8786；各机须能读写成果目录 address of a Dask "
        "cluster, whose machines all see the folder of results",
    ),
]
BandOption = Annotated[
    bool,
    typer.Option(
        "--speed-band",
        help="另按慢、快步速算覆盖率（老年人 0.8、1.2 米/秒） also at the slow and the fast speed",
    ),
]
LangOption = Annotated[
    Lang,
    typer.Option(
        "--lang", help="报告、附表、图集和网页的语言 language of report, tables, sheets and pages"
    ),
]
SheetsOption = Annotated[
    bool,
    typer.Option("--sheets", help="另出 A3 图集（PDF、PNG），图入报告 also A3 map sheets"),
]
SuppressOption = Annotated[
    int | None,
    typer.Option(
        "--suppress-below",
        min=2,
        metavar="N",
        help="只写可公布的成果，隐去不足 N 人的数字，如 5 "
        "only what may be published, counts below N hidden",
    ),
]
TiandituOption = Annotated[
    bool,
    typer.Option(
        "--tianditu",
        help="地图可开天地图底图，密钥取自环境变量 TIANDITU_KEY map may show Tianditu tiles",
    ),
]
DocumentsOption = Annotated[
    str | None,
    typer.Option(
        "--standards",
        help="本次并列对照的文件，逗号分隔，如 SC,GZ,CD 或条文文件 documents to hold it against",
    ),
]
ExplainOption = Annotated[
    list[str] | None,
    typer.Option(
        "--explain",
        metavar="CLAUSE UNIT",
        help="逐步说明一条结论的由来，可多次给出 how a finding came about; may be repeated",
    ),
]
FrontierOption = Annotated[
    int | None,
    typer.Option(
        "--frontier",
        metavar="[N]",
        help="另算约 N 档投资各能做到什么（默认 12） also what each of about N budgets would buy",
    ),
]
BudgetsOption = Annotated[
    str | None,
    typer.Option(
        "--budgets",
        help="同上，指定各档投资（万元），如 5000,10000 the same for these budgets (10,000 yuan)",
    ),
]
RobustOption = Annotated[
    bool,
    typer.Option(
        "--robust",
        help="方案在各人口情景和步速下的后悔值 regret over scenarios of people and walking speeds",
    ),
]
OUT = Path("data/processed")
_MOST_MINUTES = 240


def memory(text: str | None) -> int | None:
    """A size of memory in bytes, None where no cap was given."""
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


def tianditu_key(*, asked: bool) -> str | None:
    """The user's key for Tianditu tiles where these are asked for; a fault where it is missing."""
    from planning.outputs.map.tianditu import key_from_environment

    return key_from_environment() if asked else None


def documents_of(text: str | None) -> tuple[str, ...]:
    """The documents named, in the order given; a file at hand by its whole path."""
    names = [] if text is None else [name.strip() for name in text.split(",") if name.strip()]
    return tuple(dict.fromkeys(map(at_hand, names)))


def at_hand(name: str) -> str:
    """A file named from where the command is run, by its whole path; other names as they are."""
    path = Path(name)
    return str(path.resolve()) if path.suffix in (".yaml", ".yml") and path.is_file() else name


def minutes_of(text: str) -> tuple[float, ...]:
    """The limits of isochrones, in the order given."""
    from planning.errors import StudyError, fail

    try:
        limits = tuple(float(part) for part in text.split(","))
    except ValueError:
        limits = ()
    if not limits or not all(0 < limit <= _MOST_MINUTES for limit in limits):
        raise fail(
            StudyError,
            "--minutes",
            found=(f"“{text}”", f"'{text}'"),
            expected=(
                f"大于 0、不超过 {_MOST_MINUTES} 的分钟数，如 5,10,15",
                f"minutes above 0 and up to {_MOST_MINUTES}, such as 5,10,15",
            ),
            to_do=("改正参数", "mend the option"),
        )
    return limits
