"""A network at another speed is the one that a study with that speed builds, bit for bit."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from planning.inputs.catalogue import locate_inputs
from planning.inputs.roads.streets import read_streets
from planning.inputs.study_file import read_study
from planning.network import StreetNetwork
from planning.network.retimed import retimed
from planning.progress import silent

ROOT = Path(__file__).parents[1]


def network(study_path: Path, data: Path, epsg: int, **spec: object) -> StreetNetwork:
    study = read_study(study_path)
    study = study.model_copy(update={"network": study.network.model_copy(update=spec)})
    with locate_inputs(study, data, silent(), keys=("network",)) as located:
        return read_streets(study, located.paths, epsg=epsg).network


def assert_same(one: StreetNetwork, other: StreetNetwork) -> None:
    for field in fields(StreetNetwork):
        if field.name in ("profile", "set_aside", "routing", "compounds"):
            continue
        assert np.array_equal(getattr(one, field.name), getattr(other, field.name)), field.name
    assert one.profile == other.profile
    for name, value in one.routing._asdict().items():
        assert np.array_equal(value, getattr(other.routing, name)), name


@pytest.mark.parametrize("speed_m_s", [0.5, 0.77, 1.0, 1.43, 3.1])
def test_the_sample_town(sample_folder: Path, speed_m_s: float) -> None:
    study = sample_folder / "study.yaml"
    before = network(study, sample_folder, 4544, speed_m_s=1.2)
    found = retimed(before, speed_m_s)
    assert found is not None
    assert_same(found, network(study, sample_folder, 4544, speed_m_s=speed_m_s))


@pytest.mark.parametrize("speed_m_s", [0.83, 1.2])
def test_huangpu(shared_data: Path, speed_m_s: float) -> None:
    """With steps, bridges, crossings and private streets."""
    study = ROOT / "scripts" / "studies" / "huangpu.yaml"
    before = network(study, shared_data, 4549)
    assert len(before.speeds_m_s) > 1
    found = retimed(before, speed_m_s)
    assert found is not None
    assert_same(found, network(study, shared_data, 4549, speed_m_s=speed_m_s))


def test_who_rides_has_no_speed_of_one_piece(sample_folder: Path) -> None:
    rides = network(sample_folder / "study.yaml", sample_folder, 4544, profile="e-bike")
    assert retimed(rides, 2.0) is None
