"""The libraries that are installed, held against what the package asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import metadata

from planning.doctor.requirements import Needed, needs, version
from planning.doctor.verdict import Verdict, Words, judged

Installed = Callable[[str], str]

EXTRAS: dict[str, Words] = {
    "app": ("planning serve 推演服务", "planning serve"),
    "postgis": ("读 PostGIS 里的表", "tables in PostGIS"),
    "parquet": ("另写 GeoParquet", "GeoParquet too"),
    "scale": ("多进程、多机分片计算", "tiles over workers and machines"),
}
"""What the extras are for that a user may want; those for developers are left out."""


def core_libraries(installed: Installed = metadata.version) -> Verdict:
    """Whether every library is there and not older than its lower bound."""
    core = [one for one in needs().libraries if not one.extra]
    wrong = _wrong(core, installed)
    sound = (f"{len(core)} 个库齐全，版本合适", f"all {len(core)} libraries, new enough")
    return judged(
        fault=bool(wrong),
        found=_listed(wrong) if wrong else sound,
        expected=(
            "pyproject.toml 所列的库与最低版本",
            "the libraries and bounds of pyproject.toml",
        ),
        to_do=(
            "删去 .venv 后重新运行 python3 run.py demo；自建环境则 "
            f"pip install {_bounds(core, wrong)}",
            "remove .venv and run python3 run.py demo again; in an environment of your own "
            f"pip install {_bounds(core, wrong)}",
        ),
    )


def extras(installed: Installed = metadata.version) -> Verdict:
    """Which optional parts are there; only one that is there in part, or too old, is wrong."""
    told: list[Words] = []
    half: list[str] = []
    for extra, use in EXTRAS.items():
        asked = [one for one in needs().libraries if one.extra == extra]
        wrong = _wrong(asked, installed)
        if not asked:
            continue
        absent = all(found is None for found in wrong.values()) and len(wrong) == len(asked)
        state = ("没有", "absent") if absent else ("不全", "in part") if wrong else ("有", "there")
        told.append((f"{extra} {state[0]}（{use[0]}）", f"{extra} {state[1]} ({use[1]})"))
        if wrong and not absent:
            half.append(extra)
            what = _listed(wrong)
            told[-1] = (f"{told[-1][0]}：{what[0]}", f"{told[-1][1]}: {what[1]}")
    command = f'pip install "yilao-planning[{",".join(half)}]"'
    return judged(
        warning=bool(half),
        found=("；".join(zh for zh, _ in told), "; ".join(en for _, en in told)),
        expected=("可有可无；有则齐全", "optional; complete where there"),
        to_do=(f"运行 {command}", f"run {command}"),
    )


def _wrong(asked: Iterable[Needed], installed: Installed) -> dict[str, str | None]:
    """What is missing (None) or too old (its version), by name."""
    wrong: dict[str, str | None] = {}
    for one in asked:
        try:
            found = installed(one.name)
        except metadata.PackageNotFoundError:
            wrong[one.name] = None
            continue
        if version(found) < version(one.least):
            wrong[one.name] = found
    return wrong


def _listed(wrong: dict[str, str | None]) -> Words:
    zh = [
        f"缺 {name}" if found is None else f"{name} {found} 过旧" for name, found in wrong.items()
    ]
    en = [
        f"{name} missing" if found is None else f"{name} {found} too old"
        for name, found in wrong.items()
    ]
    return "、".join(zh), ", ".join(en)


def _bounds(asked: Iterable[Needed], wrong: dict[str, str | None]) -> str:
    return " ".join(f'"{one.name}>={one.least}"' for one in asked if one.name in wrong)
