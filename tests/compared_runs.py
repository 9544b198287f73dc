"""Runs of the sample to be set side by side, and what is read back from them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from planning import workflow
from planning.outputs.comparison import Comparison

FILES = ("comparison.xlsx", "comparison.html", "comparison.docx")
_MADE: dict[Path, dict[str, Path]] = {}


def made_runs(sample: Path, temp: pytest.TempPathFactory) -> dict[str, Path]:
    """The sample as it stands, walked slowly, and without a plan; made once a worker."""
    if sample not in _MADE:
        study, out = sample / "study.yaml", temp.mktemp("runs")
        _MADE[sample] = {
            "base": workflow.run(study, out_dir=out)[1],
            "slow": workflow.run(study, out_dir=out, scenario="slow")[1],
            "assess": workflow.run(study, out_dir=out, until="assess")[1],
        }
    return _MADE[sample]


def summary(run: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((run / "summary.json").read_text(encoding="utf-8"))
    return found


def changed(run: Path, folder: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """A copy of a run whose summary is changed in place."""
    copy = folder / run.name
    shutil.copytree(run, copy)
    said = summary(run)
    change(said)
    text = json.dumps(said, ensure_ascii=False)
    (copy / "summary.json").write_text(text, encoding="utf-8")
    return copy


def as_it_is(_: dict[str, Any]) -> None:
    """No change."""


def figures(comparison: Comparison, section: str) -> dict[tuple[str, str], Any]:
    """The figures of a section by subject and label, in Chinese."""
    found = next(one for one in comparison.sections if one.name == section)
    return {(one.subject[0], one.says[0]): one for one in found.figures}
