"""Runs side by side, read back from their `summary.json`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from planning.errors import InputError, fail

_VERDICTS = {"met": "达标 met", "not_met": "未达标 not met", "not_assessable": "无法评估 n/a"}


def compare_runs(runs: Sequence[Path]) -> list[dict[str, Any]]:
    """A row a figure: `label` and, by run folder as given, its value; None where a run has none."""
    if len(runs) < 2:
        raise fail(
            InputError,
            "compare",
            found=(f"{len(runs)} 个成果目录", f"{len(runs)} run folder"),
            expected=("两个或更多", "two or more"),
            to_do=("给出要比较的目录", "name the folders to compare"),
        )
    figures = {str(run): _figures_of(run) for run in runs}
    labels = dict.fromkeys(label for one in figures.values() for label in one)
    return [
        {"label": label, **{run: one.get(label) for run, one in figures.items()}}
        for label in labels
    ]


def _figures_of(run: Path) -> dict[str, Any]:
    path = run / "summary.json"
    if not path.is_file():
        raise fail(
            InputError,
            str(run),
            found=("没有 summary.json", "no summary.json"),
            expected=("planning run 写出的成果目录", "a run folder written by `planning run`"),
            to_do=("检查路径", "check the path"),
        )
    try:
        return _figures(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError) as error:
        raise fail(
            InputError,
            str(path),
            found=(f"读不出数字（{error!r}）", f"no figures ({error!r})"),
            expected=("planning run 写出的 summary.json", "a summary.json of `planning run`"),
            to_do=("重新运行该研究", "run the study again"),
        ) from None


def _year(year: int | None) -> str | None:
    """A year is a name, not a quantity: no thousands are parted in it."""
    return None if year is None else str(year)


def _figures(summary: dict[str, Any]) -> dict[str, Any]:
    figures: dict[str, Any] = {
        "研究 study": summary["study"],
        "情景 scenario": summary["scenario"],
        "步速 walking speed [m/s]": summary["walking"]["speed_m_s"],
        "人口年份 year of the people": _year(summary["people_year"]),
        "人口 people": summary["people"]["total"]["in_area"],
    }
    for row in summary["coverage"]:
        if row["level"] == "area":
            key = f"圈内 covered {row['service']} {row['limit_min']:g} min {row['group']}"
            key += f" {row['state']}"
            figures[key] = row["covered"]
    plan = summary["plan"]
    if plan is not None:
        for state in ("before", "after"):
            for verdict, label in _VERDICTS.items():
                figures[f"条文 findings {state} {label}"] = plan[f"findings_{state}"][verdict]
        figures["选址 sites"] = plan["sites_opened"]
        figures["新增托位 places"] = plan["places"]
        figures["新增养老用地 elder-care land [m²]"] = plan["elder_land_m2"]
        figures["投资 cost [yuan]"] = plan["cost_yuan"]
        figures["仍缺服务人次 people short"] = plan["people_short"]
    return figures
