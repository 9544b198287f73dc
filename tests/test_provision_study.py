"""Capacity and access as a study says them: defaults, and every contradiction with its line."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from planning.access import (
    Butterworth,
    Decay,
    EndingGaussian,
    Exponential,
    Gaussian,
    Kernel,
    Power,
    Zones,
)
from planning.errors import StudyError
from planning.inputs.study_file import read_study
from planning.provision import decay_of, farthest_ms
from planning.study import ServiceSpec

STUDY = """\
name: small
area: {box: [104.98, 30.59, 105.02, 30.61]}
network: {path: roads.osm.pbf}
population: {path: people.tif, unit: persons}
services:
  care:
    label: 照料
    limit_min: 15
    functions: [FUNCTION]
"""
MIN = 60_000

Read = Callable[..., ServiceSpec]
Faults = Callable[..., list[str]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """The service of a study with lines added to it."""

    def call(added: str, function: str = "nursery") -> ServiceSpec:
        path = tmp_path / "mine.yaml"
        text = STUDY.replace("FUNCTION", function) + f"    {added}\n"
        path.write_text(text, encoding="utf-8")
        return read_study(path).services["care"]

    return call


@pytest.fixture
def faults_of(read: Read) -> Faults:
    """The English lines of a study that is refused."""

    def call(added: str, function: str = "nursery") -> list[str]:
        with pytest.raises(StudyError) as error:
            read(added, function)
        return str(error.value).splitlines()[1::2]

    return call


# --- what is not said -------------------------------------------------------------------------


def test_what_is_absent_is_not_asked_for(read: Read) -> None:
    service = read("group: total")
    assert (service.capacity, service.access, farthest_ms(service)) == (None, None, 0)


def test_access_without_a_word_is_two_steps_and_the_nearest(read: Read) -> None:
    service = read("access: {}")
    assert service.access is not None
    assert service.access.measures == ("two_step", "k_nearest")
    assert (service.access.k, service.supply) == ((1,), "facilities")
    assert decay_of(service) == EndingGaussian(limit_ms=15 * MIN)
    assert farthest_ms(service) == 15 * MIN


def test_capacity_without_a_word_is_everybody_by_both_rules(read: Read) -> None:
    service = read("capacity: {amount: places}")
    assert service.capacity is not None
    assert service.capacity.uptake == 1
    assert service.capacity.rules == ("nearest_first", "transport_optimum")
    assert farthest_ms(service) == 15 * MIN


def test_a_share_is_kept_exact(read: Read) -> None:
    service = read("capacity: {amount: places, uptake: 0.15, source: x}")
    assert service.capacity is not None
    assert service.capacity.uptake == Fraction(3, 20)


@pytest.mark.parametrize(
    ("added", "supply"),
    [
        ("{}", "places"),
        ("{amount: facilities}", "facilities"),
    ],
)
def test_access_shares_out_what_capacity_counts_unless_it_says(
    read: Read, added: str, supply: str
) -> None:
    service = read(f"capacity: {{amount: places}}\n    access: {added}")
    assert service.supply == supply


# --- decays by name ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "decay"),
    [
        (
            "zones, until_min: [5, 10, 30], weights: [1, 0.68, 0.22]",
            Zones(until_ms=(5 * MIN, 10 * MIN, 30 * MIN), weights=(1, 0.68, 0.22)),
        ),
        ("gaussian, sigma_min: 5", Gaussian(limit_ms=20 * MIN, sigma_ms=5.0 * MIN)),
        ("ending_gaussian", EndingGaussian(limit_ms=20 * MIN)),
        ("exponential, tau_min: 2.5", Exponential(limit_ms=20 * MIN, tau_ms=2.5 * MIN)),
        (
            "power, unit_min: 1, exponent: 1.5",
            Power(limit_ms=20 * MIN, unit_ms=1.0 * MIN, exponent=1.5),
        ),
        (
            "butterworth, half_min: 8, exponent: 6",
            Butterworth(limit_ms=20 * MIN, half_ms=8.0 * MIN, power=6),
        ),
        ("kernel", Kernel(limit_ms=20 * MIN)),
    ],
)
def test_a_decay_is_named_with_its_parameters(read: Read, said: str, decay: Decay) -> None:
    measures = "measures: [gravity], limit_min: 20"
    service = read(f"access: {{{measures}, decay: {{name: {said}, source: x}}}}")
    assert decay_of(service) == decay
    assert farthest_ms(service) == max(20 * MIN, decay.limit_ms)
    weight = decay.weight(np.array([0, 20 * MIN, 31 * MIN]))
    assert weight[0] > 0 and weight[2] == 0 and math.isfinite(weight[1])


# --- what may not be said ---------------------------------------------------------------------

AMONG = "expected nursery among the service's functions"


@pytest.mark.parametrize(
    ("added", "function", "fault"),
    [
        (
            "capacity: {amount: places}",
            "elder_community",
            f"capacity.amount: found 'places' of buildings that do elder_community; {AMONG}",
        ),
        (
            "access: {amount: places}",
            "elder_community",
            f"access.amount: found 'places' of buildings that do elder_community; {AMONG}",
        ),
        (
            "capacity: {amount: beds}",
            "nursery",
            "capacity.amount: found 'beds' of buildings that do nursery; "
            "expected elder_community or elder_institution among the service's functions",
        ),
        (
            "capacity: {amount: places, uptake: 0.15}",
            "nursery",
            "capacity.uptake: found 0.15 without a source; expected a source",
        ),
        (
            "access: {decay: {name: kernel}}",
            "nursery",
            "access.decay: found a decay that no measure uses; "
            "expected one of enhanced_two_step, gravity, three_step in measures",
        ),
        (
            "access: {measures: [gravity], decay: {name: gaussian, tau_min: 5, source: x}}",
            "nursery",
            "access.decay: found gaussian with tau_min; expected sigma_min",
        ),
        (
            "access: {measures: [gravity], decay: {name: power, exponent: 2, source: x}}",
            "nursery",
            "access.decay: found power with exponent; expected unit_min, exponent",
        ),
        (
            "access: {measures: [gravity], decay: {name: kernel, sigma_min: 3, source: x}}",
            "nursery",
            "access.decay: found kernel with sigma_min; expected no parameter",
        ),
        (
            "access: {measures: [gravity], decay: {name: exponential, tau_min: 5}}",
            "nursery",
            "access.decay: found parameters without a source; expected a source",
        ),
        (
            "access: {measures: [gravity], decay: "
            "{name: zones, until_min: [5, 15, 10], weights: [1, 0.5, 0.2], source: x}}",
            "nursery",
            "access.decay.until_min: found (5.0, 15.0, 10.0); expected above 0 and rising",
        ),
        (
            "access: {measures: [gravity], decay: "
            "{name: zones, until_min: [5, 10], weights: [1], source: x}}",
            "nursery",
            "access.decay.weights: found (1.0,); expected one weight a zone (2)",
        ),
        (
            "access: {measures: [gravity], decay: "
            "{name: zones, until_min: [5, 10], weights: [0.5, 1], source: x}}",
            "nursery",
            "access.decay.weights: found (0.5, 1.0); expected 0 or more, and none above",
        ),
        (
            "access: {measures: [gravity], decay: {name: gaussian, sigma_min: 1e-6, source: x}}",
            "nursery",
            "access.decay.sigma_min: found 1e-06; expected a finite number of 1 ms or more",
        ),
    ],
)
def test_a_contradiction_is_told_where_it_stands(
    faults_of: Faults, added: str, function: str, fault: str
) -> None:
    (found,) = faults_of(added, function)
    assert found.startswith(f"mine.yaml:10 services.care.{fault}"), found


@pytest.mark.parametrize(
    ("added", "fault"),
    [
        ("capacity: {}", "capacity: found nothing; expected this key"),
        ("capacity: {amount: rooms}", "capacity.amount: found 'rooms'"),
        ("capacity: {amount: places, uptake: 0}", "capacity.uptake: found '0'; expected"),
        ("capacity: {amount: places, uptake: 1.2}", "capacity.uptake: found '6/5'; expected"),
        ("capacity: {amount: places, rule: fairest}", "capacity.rule: found 'fairest'; expected"),
        ("capacity: {amount: places, uptak: 1}", "capacity.uptak: found unknown key 'uptak'"),
        ("access: {measures: []}", "access.measures: found '[]'; expected more values"),
        ("access: {measures: [2sfca]}", "access.measures.0: found '2sfca'; expected one of"),
        ("access: {limit_min: 0}", "access.limit_min: found '0'; expected a number above 0"),
        ("access: {k: [0]}", "access.k.0: found '0'; expected a number ≥ 1"),
        ("access: {k: []}", "access.k: found '[]'; expected more values"),
        ("access: {decay: {name: step}}", "access.decay.name: found 'step'; expected one of"),
        ("access: {decay: {sigma_min: 5}}", "access.decay: found nothing; expected this key"),
    ],
)
def test_a_wrong_value_is_told_where_it_stands(faults_of: Faults, added: str, fault: str) -> None:
    said = faults_of(added)
    at, _, rest = fault.partition(":")
    (found,) = [line for line in said if f" services.care.{at}" in line]
    assert rest.strip() in found, found


def test_every_contradiction_is_told_at_once(faults_of: Faults) -> None:
    said = faults_of("capacity: {amount: beds, uptake: 0.1}\n    access: {decay: {name: gaussian}}")
    assert len(said) == 4
