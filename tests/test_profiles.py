"""Who travels and how fast: every figure has a source, and a wrong one is refused in words."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from dataclasses import FrozenInstanceError

import pytest

from planning.errors import InputError
from planning.network.profiles import PROFILES, Profile, profiles_from_yaml

NAMES = ("adult", "elder", "stroller", "wheelchair", "metres", "e-bike", "drive")

ONE = """
walker:
  label_zh: 人
  label_en: somebody
  means: foot
  rolls: nothing
  direction: to_site
  speed: {value: 1.0, unit: m/s, source_zh: 甲, source_en: a}
  band: {value: [0.8, 1.2], unit: m/s, source_zh: 甲, source_en: a}
  steps: {passable: always, value: 0.6, source_zh: 甲, source_en: a}
  crossing_s: {value: 0, source_zh: 甲, source_en: a}
  signal_s: {value: 0, source_zh: 甲, source_en: a}
  elevator_s: {value: 0, source_zh: 甲, source_en: a}
"""


def at(speed: float) -> Profile:
    return PROFILES["elder"].at_speed(speed, source_zh="本研究实测", source_en="measured here")


def test_four_come_on_foot_and_one_counts_metres_and_there_are_two_ways_of_delivering() -> None:
    assert tuple(PROFILES) == NAMES
    assert {p.means for p in PROFILES.values() if p.direction == "to_site"} == {"foot"}
    assert [n for n, p in PROFILES.items() if p.direction == "from_site"] == ["e-bike", "drive"]


@pytest.mark.parametrize(
    ("name", "speed_m_s", "band_m_s"),
    [
        ("adult", 1.3, None),
        ("elder", 1.0, (0.8, 1.2)),
        ("stroller", 1.1, (0.92, 1.16)),
        ("wheelchair", 0.79, (0.64, 0.98)),
        ("metres", 1.0, None),
        ("e-bike", 15 / 3.6, None),
        ("drive", 10 / 3.6, None),
    ],
)
def test_default_speeds(name: str, speed_m_s: float, band_m_s: tuple[float, float] | None) -> None:
    assert (PROFILES[name].speed_m_s, PROFILES[name].band_m_s) == (speed_m_s, band_m_s)


def test_an_elderly_person_walks_900_m_in_a_quarter_of_an_hour() -> None:
    assert PROFILES["elder"].speed_m_s * 15 * 60 == 900.0


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_says_where_it_comes_from_in_both_languages(name: str) -> None:
    record = PROFILES[name].record()
    sourced = [value for value in record.values() if isinstance(value, dict)]
    assert len(sourced) >= 4
    for entry in [record, *sourced]:
        assert entry["source_zh"]
        assert entry["source_en"]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_assumed_is_called_so_in_both_languages(name: str) -> None:
    figures = [v for v in PROFILES[name].record().values() if isinstance(v, dict)]
    for entry in figures:
        assert ("假定" in str(entry["source_zh"])) == ("assumption" in str(entry["source_en"]))


@pytest.mark.parametrize("name", NAMES)
def test_a_record_can_be_written_as_json(name: str) -> None:
    assert json.loads(json.dumps(PROFILES[name].record()))["speed_m_s"] == PROFILES[name].speed_m_s


def test_nobody_waits_at_a_crossing_unless_a_study_says_so() -> None:
    walkers = [p for p in PROFILES.values() if p.means == "foot"]
    assert {(p.crossing_s, p.signal_s) for p in walkers} == {(0.0, 0.0)}


def test_only_walkers_with_nothing_on_wheels_take_any_steps() -> None:
    assert {n: p.steps.passable for n, p in PROFILES.items()} == {
        "adult": "always",
        "elder": "always",
        "stroller": "with_ramp",
        "wheelchair": "with_ramp",
        "metres": "always",
        "e-bike": "with_ramp",
        "drive": "never",
    }


def test_the_network_reaches_as_far_as_the_fastest_class_of_road_carries() -> None:
    assert PROFILES["elder"].fastest_m_s == 1.0
    assert PROFILES["drive"].fastest_m_s == 25.0  # 90 km/h on a motorway


def test_a_study_may_set_its_own_speed_with_its_own_source() -> None:
    own = at(0.9)
    assert (own.name, own.speed_m_s, own.source_zh) == ("elder", 0.9, "本研究实测")
    assert own.band_m_s is None, "the band spread about the speed that was replaced"
    assert own.steps == PROFILES["elder"].steps
    assert PROFILES["elder"].speed_m_s == 1.0


def test_a_delivery_at_the_study_s_own_speed_keeps_it_on_every_road() -> None:
    own = PROFILES["drive"].at_speed(6.0, source_zh="甲", source_en="a")
    assert own.class_speeds is None
    assert own.fastest_m_s == 6.0


@pytest.mark.parametrize("speed", [0.0, -1.0, math.nan, math.inf, -math.inf])
def test_a_speed_that_is_none_is_refused_and_says_what_to_do(speed: float) -> None:
    with pytest.raises(ValueError, match=r"elder\.speed") as refused:
        at(speed)
    said = str(refused.value)
    assert f"found {speed}" in said
    assert "expected a finite number above 0" in said
    assert "give a speed" in said
    assert "大于 0 的有限数" in said


def test_a_profile_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        PROFILES["elder"].speed = PROFILES["adult"].speed  # type: ignore[misc]


def test_an_unknown_traveller_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        PROFILES["horse"]


def test_importing_the_profiles_reads_no_file() -> None:
    code = "import planning.network.profiles as p; print(p._library.cache_info().currsize)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"


def test_the_small_example_reads() -> None:
    walker = profiles_from_yaml(ONE)["walker"]
    assert (walker.speed_m_s, walker.band_m_s, walker.push) == (1.0, (0.8, 1.2), None)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("rolls: nothing", "rolls: nothing\n  wheels: 2", "found unknown key wheels"),
        ("rolls: nothing", "rolls: barrow", "walker.rolls: found barrow"),
        ("means: foot", "means: horse", "walker.means: found horse"),
        ("  direction: to_site\n", "", "walker.direction: found nothing"),
        ("unit: m/s", "unit: knots", "walker.speed.unit: found knots"),
        ("value: 1.0, ", "value: fast, ", "walker.speed: found fast; expected a number"),
        ("value: 1.0, ", "value: true, ", "walker.speed: found True; expected a number"),
        ("value: 1.0, ", "value: .nan, ", "walker.speed: found nan"),
        ("value: 1.0, ", "value: 0, ", "walker.speed: found 0.0"),
        ("[0.8, 1.2]", "[1.2, 0.8]", "walker.band: found [1.2, 0.8]"),
        ("[0.8, 1.2]", "[1.1, 1.2]", "walker.band: found [1.1, 1.2]"),
        ("[0.8, 1.2]", "0.8", "walker.band: found 0.8; expected [low, high]"),
        ("value: 0.6", "value: 1.6", "walker.steps: found 1.6"),
        ("passable: always", "passable: never", "walker.steps: found 0.6"),
        ("passable: always", "passable: with_ramp", "walker.steps: found with_ramp"),
        ("crossing_s: {value: 0,", "crossing_s: {value: -3,", "walker.crossing_s: found -3.0"),
        ("source_zh: 甲", "source_zh: ''", "source_zh: found nothing"),
        ("source_en: a}", "}", "source_en: found nothing"),
        ("speed: {", "speed: 1.0 #{", "walker.speed: found 1.0; expected keys and values"),
    ],
)
def test_a_slip_in_the_file_is_refused_with_its_place(old: str, new: str, said: str) -> None:
    assert old in ONE
    with pytest.raises(InputError) as refused:
        profiles_from_yaml(ONE.replace(old, new, 1))
    assert said in str(refused.value)


def test_every_fault_of_a_profile_is_said_at_once() -> None:
    wrong = ONE.replace("value: 1.0, ", "value: 0, ").replace("value: 0.6", "value: 7")
    with pytest.raises(InputError) as refused:
        profiles_from_yaml(wrong)
    assert {fault.where for fault in refused.value.faults} == {
        "walker.speed",
        "walker.band",
        "walker.steps",
    }
