"""Run folders as they are read back: nothing but what is in them, checked before it is compared."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from planning.errors import Fault, InputError, fail, raise_all
from planning.tables import TABLES

Row = Mapping[str, Any]
State = Literal["now", "after"]

_PLACE = ("level", "unit_id", "unit_name")
_READ: Mapping[str, tuple[str, ...]] = {
    "coverage": ("state", "service", "limit_min", "group", *_PLACE, "people", "covered", "share"),
    "findings": ("state", "profile", "clause_id", "document", "article", "quote", *_PLACE, "year",
                 "role", "verdict", "required", "gap", "unit", "because_zh", "because_en"),
    "plan": ("action", "candidate_id", "unit_name", "service", "module", "year", "places", "beds",
             "floor_m2", "cost_yuan", "lon", "lat"),
    "access": ("state", "service", "measure", "unit", "group", "between", *_PLACE, "mean",
               "worst_tenth", "gini", "palma"),
    "capacity": ("state", "service", "rule", "amount", *_PLACE, "people", "served", "share"),
}  # fmt: skip
"""The columns of each table that a comparison needs."""
_KINDS: Mapping[str, tuple[type, ...]] = {
    "text": (str,), "integer": (int, float), "number": (int, float)
}  # fmt: skip
_KEYS: Mapping[str, tuple[type, ...]] = {
    "study": (str,), "title": (str,), "digest": (str,), "epsg": (int,), "documents": (list,),
    "profile": (str,), "services": (dict,), "groups": (dict,), "clauses": (dict,),
    "walking": (dict,), "people": (dict,), "coverage": (list,), "findings": (list,),
    "licences": (list,),
}  # fmt: skip
_PLAN_KEYS: Mapping[str, tuple[type, ...]] = {
    "status": (str,), "bound_yuan": (int, float), "gap": (int, float),
    "people_short": (int, float), "people_short_bound": (int, float), "stages": (list,),
    "years": (list,), "sites_opened": (int,), "places": (int,), "land_m2": (int, float),
    "floor_m2": (int, float), "cost_yuan": (int, float), "sites": (list,),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run folder: its `summary.json`, the digests of its inputs by their place in the study.

    `sources` and `versions` are empty where the folder has no `record.json`.
    """

    folder: Path
    summary: Mapping[str, Any]
    sources: Mapping[str, str]
    versions: Mapping[str, str]

    @property
    def digest(self) -> str:
        """The run's own number."""
        return str(self.summary["digest"])

    @property
    def title(self) -> str:
        """What the area is called."""
        return str(self.summary["title"])

    @property
    def scenario(self) -> str | None:
        """The scenario, None for the study as it stands."""
        name = self.summary.get("scenario")
        return None if name is None else str(name)

    @property
    def plan(self) -> Mapping[str, Any] | None:
        """The plan's part of the summary; None where nothing was sited."""
        return self.summary.get("plan")

    @property
    def speed_m_s(self) -> float:
        """The walking speed [m/s]."""
        return float(self.summary["walking"]["speed_m_s"])

    def rows(self, table: str, state: State) -> list[Row]:
        """The rows of a table in one state; none where the study did not ask for it."""
        return [row for row in self.summary.get(table) or () if row["state"] == state]


def read_runs(folders: Sequence[Path]) -> tuple[Run, ...]:
    """The runs in the order given.

    Raises InputError for no folder at all, one that is given twice, one that is no run folder or
    was written in an older layout; every fault is told at once.
    """
    if not folders:
        raise fail(
            InputError,
            "compare",
            found=("没有成果目录", "no run folder"),
            expected=("一个或多个成果目录", "one run folder or more"),
            to_do=("给出要比较的目录", "name the folders to compare"),
        )
    faults = _twice(folders)
    runs: list[Run] = []
    for folder in folders:
        try:
            runs.append(read_run(folder))
        except InputError as error:
            faults += error.faults
    raise_all(InputError, list(dict.fromkeys(faults)))
    return tuple(runs)


def _twice(folders: Sequence[Path]) -> list[Fault]:
    whole = [folder.resolve() for folder in folders]
    return [
        Fault(
            where=str(folder),
            found=("同一个成果目录给了两次", "the same run folder twice"),
            expected=("各不相同的成果目录", "run folders that differ"),
            to_do=(
                "去掉一个；只看一份成果的前后变化，就只给它一个",
                "leave one out; for before and after of one run, name it alone",
            ),
        )
        for at, folder in enumerate(folders)
        if whole[at] in whole[:at]
    ]


def read_run(folder: Path) -> Run:
    """One run folder, its tables checked for the columns that are needed."""
    path = folder / "summary.json"
    if not path.is_file():
        raise fail(
            InputError,
            str(folder),
            found=("没有 summary.json", "no summary.json"),
            expected=("planning run 写出的成果目录", "a run folder written by `planning run`"),
            to_do=("检查路径", "check the path"),
        )
    summary = _json(path)
    _check_is_exact(path, summary)
    lacking = list(_lacking(summary))
    if lacking:
        names = "、".join(lacking[:_MOST_NAMED]), ", ".join(lacking[:_MOST_NAMED])
        more = f" …（{len(lacking)}）" if len(lacking) > _MOST_NAMED else ""
        raise fail(
            InputError,
            str(path),
            found=(f"缺少或读不出：{names[0]}{more}", f"missing or unreadable: {names[1]}{more}"),
            expected=(
                "本版 planning run 写出的 summary.json（旧版的列较少）",
                "a summary.json by this version of `planning run`; older ones hold less",
            ),
            to_do=("重新运行该研究", "run the study again"),
        )  # fmt: skip
    record = _json(folder / "record.json") if (folder / "record.json").is_file() else {}
    try:
        sources = {str(one["key"]): str(one["sha256"]) for one in record.get("sources", ())}
        versions = {str(k): str(v) for k, v in record.get("versions", {}).items()}
    except (AttributeError, KeyError, TypeError):
        sources, versions = {}, {}
    return Run(folder=folder, summary=summary, sources=sources, versions=versions)


_MOST_NAMED = 6


def _check_is_exact(path: Path, summary: Mapping[str, Any]) -> None:
    """Refuse a run as it is published: beside another, what is hidden could be told again."""
    below = summary.get("suppressed_below")
    if below is not None:
        raise fail(
            InputError,
            str(path),
            found=(
                f"供公布的成果，不足 {below} 人的数字已隐去",
                f"a run for publication, counts below {below} hidden",
            ),
            expected=("数字完整的成果目录", "a run folder with all its figures"),
            to_do=(
                "比较不带 --suppress-below 的成果；比选结果只供内部使用",
                "compare runs made without --suppress-below, and keep the comparison inside",
            ),
        )


def _json(path: Path) -> Mapping[str, Any]:
    """An object of a file. Raises InputError where the file holds none."""
    try:
        held = json.loads(path.read_text(encoding="utf-8"), parse_constant=_no_number)
    except ValueError:
        held = None
    if not isinstance(held, dict):
        raise fail(
            InputError,
            str(path),
            found=("不是一个 JSON 对象", "no JSON object"),
            expected=(f"planning run 写出的 {path.name}", f"a {path.name} of `planning run`"),
            to_do=("重新运行该研究", "run the study again"),
        )
    return held


def _no_number(word: str) -> float:
    raise ValueError(word)


def _lacking(summary: Mapping[str, Any]) -> list[str]:
    """What a comparison needs and the summary does not hold, or not as what it should be."""
    lacking = [key for key, kinds in _KEYS.items() if not _is(summary.get(key), kinds)]
    if _is(summary.get("walking"), (dict,)) and not _is(
        summary["walking"].get("speed_m_s"), (int, float)
    ):
        lacking.append("walking.speed_m_s")
    if _is(summary.get("services"), (dict,)):
        lacking += [
            f"services.{name}" for name, one in summary["services"].items() if not _service(one)
        ]
    for table in ("coverage", "findings", "access", "capacity"):
        lacking += _lacking_columns(table, summary.get(table) or (), table)
    plan = summary.get("plan")
    if plan is not None and not isinstance(plan, dict):
        return [*lacking, "plan"]
    if plan is not None:
        lacking += [f"plan.{k}" for k, kinds in _PLAN_KEYS.items() if not _is(plan.get(k), kinds)]
        lacking += _lacking_columns("plan", plan.get("sites") or (), "plan.sites")
    return lacking


def _service(one: object) -> bool:
    return (
        isinstance(one, dict)
        and _is(one.get("label"), (str,))
        and _is(one.get("group"), (str,))
        and _is(one.get("limit_min"), (int, float))
    )


def _is(value: object, kinds: tuple[type, ...]) -> bool:
    return isinstance(value, kinds) and not isinstance(value, bool)


def _lacking_columns(table: str, rows: object, name: str) -> list[str]:
    """Columns that a row lacks, or that hold a value of another kind; null is allowed."""
    if not isinstance(rows, (list, tuple)):
        return []
    kinds = {c.name: _KINDS[c.kind] for c in TABLES[table] if c.name in _READ[table]}
    lacking: dict[str, None] = {}
    for row in rows:
        if not isinstance(row, dict):
            return [name]
        for column, kind in kinds.items():
            value = row.get(column, _NOTHING)
            if value is not None and not _is(value, kind):
                lacking[f"{name}.{column}"] = None
    return list(lacking)


_NOTHING = object()
