"""Who travels and how fast: figures with their sources, read from profiles.yaml.

Speeds are kept in m/s whatever unit the file prints; times in s.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cache
from importlib import resources
from typing import Any, Literal, get_args

from ruamel.yaml import YAML

from planning.errors import Fault, InputError, fail, raise_all

Means = Literal["foot", "bicycle", "motor"]
Rolls = Literal["nothing", "stroller", "wheelchair"]
Direction = Literal["to_site", "from_site"]
StepsRule = Literal["always", "with_ramp", "never"]

KM_H = 3.6
"""Kilometres an hour in one metre a second; exact."""

_UNIT_M_S: Mapping[str, float] = {"m/s": 1.0, "km/h": KM_H}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number and where it comes from, in both languages."""

    value: float
    source_zh: str
    source_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """The spread of a speed [m/s], to be shown beside the result."""

    low_m_s: float
    high_m_s: float
    source_zh: str
    source_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """Whether steps are used at all, and the factor on the speed there (0: never used)."""

    passable: StepsRule
    speed_factor: float
    source_zh: str
    source_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassSpeeds:
    """Speeds [m/s] by value of OSM's `highway` key."""

    m_s: Mapping[str, float] = field(hash=False)
    source_zh: str
    source_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A kind of traveller.

    `speed` [m/s] holds on the flat, where no class of road says otherwise, and off the network.
    `rolls` is what a walker pushes or sits in. `direction`: to_site, the person goes to the
    facility; from_site, a delivery starts there. `crossing`, `signal`, `elevator` [s]. `push`
    [m/s] is the pace of a bicycle being pushed. `maxspeed_factor` is the share of a posted limit
    that is used; None where limits do not matter.
    """

    name: str
    label_zh: str
    label_en: str
    means: Means
    rolls: Rolls
    direction: Direction
    speed: Figure
    band: Band | None = None
    steps: Steps
    crossing: Figure
    signal: Figure
    elevator: Figure
    push: Figure | None = None
    maxspeed_factor: Figure | None = None
    class_speeds: ClassSpeeds | None = None

    def __post_init__(self) -> None:
        raise_all(InputError, _faults(self))

    @property
    def speed_m_s(self) -> float:
        """Speed on the flat [m/s]."""
        return self.speed.value

    @property
    def source_zh(self) -> str:
        """Where the speed comes from, in Chinese."""
        return self.speed.source_zh

    @property
    def source_en(self) -> str:
        """Where the speed comes from, in English."""
        return self.speed.source_en

    @property
    def band_m_s(self) -> tuple[float, float] | None:
        """The spread of the speed [m/s], low and high; None where none is given."""
        return None if self.band is None else (self.band.low_m_s, self.band.high_m_s)

    @property
    def crossing_s(self) -> float:
        """What a tagged crossing costs [s]."""
        return self.crossing.value

    @property
    def signal_s(self) -> float:
        """What a signal costs [s]: a signalised crossing on foot, a signal node on wheels."""
        return self.signal.value

    @property
    def elevator_s(self) -> float:
        """What a lift costs [s]."""
        return self.elevator.value

    @property
    def fastest_m_s(self) -> float:
        """The highest speed on the flat anywhere [m/s]: how wide a network must reach."""
        by_class = self.class_speeds.m_s.values() if self.class_speeds else ()
        return max(self.speed_m_s, *by_class, self.push.value if self.push else 0.0)

    def at_speed(self, speed_m_s: float, *, source_zh: str, source_en: str) -> Profile:
        """This traveller at a study's own speed [m/s], which then holds on every class of road.

        The band goes, for it spreads about the speed that was replaced; steps, pushing and posted
        limits stay.
        """
        own = Figure(value=speed_m_s, source_zh=source_zh, source_en=source_en)
        return replace(self, speed=own, band=None, class_speeds=None)

    def record(self) -> dict[str, object]:
        """The profile as plain values for a run record: the speed first, then every figure."""
        shown = {f.name: getattr(self, f.name) for f in fields(self)}
        return {
            "name": self.name,
            "speed_m_s": self.speed_m_s,
            "source_zh": self.source_zh,
            "source_en": self.source_en,
            **{key: _plain(value) for key, value in shown.items() if key not in ("name", "speed")},
        }


def _plain(value: object) -> object:
    if isinstance(value, Figure | Band | Steps | ClassSpeeds):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    return dict(value) if isinstance(value, Mapping) else value


def _faults(profile: Profile) -> list[Fault]:
    """Everything wrong with the figures of a profile, at once."""
    name, faults = profile.name, []
    speeds = {"speed": profile.speed.value}
    if profile.push:
        speeds["push"] = profile.push.value
    if profile.maxspeed_factor:
        speeds["maxspeed_factor"] = profile.maxspeed_factor.value
    if profile.class_speeds:
        speeds |= {f"class_speeds.{k}": v for k, v in profile.class_speeds.m_s.items()}
    faults += [
        _fault(
            f"{name}.{key}",
            found=value,
            expected=("大于 0 的有限数", "a finite number above 0"),
            to_do=("给出速度，如 1.0 米/秒", "give a speed, such as 1.0 m/s"),
        )
        for key, value in speeds.items()
        if not (math.isfinite(value) and value > 0)
    ]
    seconds = {
        "crossing_s": profile.crossing,
        "signal_s": profile.signal,
        "elevator_s": profile.elevator,
    }
    faults += [
        _fault(
            f"{name}.{key}",
            found=figure.value,
            expected=("不小于 0 的有限秒数", "finite seconds, 0 or more"),
            to_do=("给出秒数，不计则写 0", "give seconds, 0 where nothing is charged"),
        )
        for key, figure in seconds.items()
        if not (math.isfinite(figure.value) and figure.value >= 0)
    ]
    return faults + _band_faults(profile) + _steps_faults(profile)


def _band_faults(profile: Profile) -> list[Fault]:
    band = profile.band
    if band is None or 0 < band.low_m_s <= profile.speed_m_s <= band.high_m_s < math.inf:
        return []
    return [
        _fault(
            f"{profile.name}.band",
            found=[band.low_m_s, band.high_m_s],
            expected=("由低到高且含默认速度", "low to high, about the speed itself"),
            to_do=("改正两端", "mend the two ends"),
        )
    ]


def _steps_faults(profile: Profile) -> list[Fault]:
    steps = profile.steps
    if steps.passable == "with_ramp" and profile.means == "foot" and profile.rolls == "nothing":
        return [
            _fault(
                f"{profile.name}.steps",
                found=steps.passable,
                expected=("徒步者为 always 或 never", "always or never for a mere walker"),
                to_do=("改正 passable 或 rolls", "mend passable, or rolls"),
            )
        ]
    if (steps.passable == "never" and steps.speed_factor == 0) or (
        steps.passable != "never" and 0 < steps.speed_factor <= 1
    ):
        return []
    return [
        _fault(
            f"{profile.name}.steps",
            found=steps.speed_factor,
            expected=("不走则为 0，否则大于 0、至多 1", "0 if never used, else in (0, 1]"),
            to_do=("改正系数", "mend the factor"),
        )
    ]


def _fault(
    where: str, *, found: object, expected: tuple[str, str], to_do: tuple[str, str]
) -> Fault:
    return Fault(where=where, found=(f"{found}", f"{found}"), expected=expected, to_do=to_do)


# --- reading profiles.yaml ---

_FIGURES = ("crossing_s", "signal_s", "elevator_s")
_WORDS: Mapping[str, tuple[str, ...]] = {
    "means": get_args(Means),
    "rolls": get_args(Rolls),
    "direction": get_args(Direction),
}
_NEEDED = ("label_zh", "label_en", *_WORDS, "speed", "steps", *_FIGURES)
_OPTIONAL = ("band", "push", "maxspeed_factor", "class_speeds")
_SOURCES = ("source_zh", "source_en")


def profiles_from_yaml(text: str) -> dict[str, Profile]:
    """Profiles by name; a missing or unknown key is refused with its place."""
    written = YAML(typ="safe", pure=True).load(text)
    _expect_keys("profiles.yaml", written, needed=(), optional=None)
    return {name: _profile(str(name), entry) for name, entry in written.items()}


def _profile(name: str, entry: Any) -> Profile:
    _expect_keys(name, entry, needed=_NEEDED, optional=_OPTIONAL)
    for key, words in _WORDS.items():
        _expect_word(f"{name}.{key}", entry[key], words)
    return Profile(
        name=name,
        label_zh=entry["label_zh"],
        label_en=entry["label_en"],
        means=entry["means"],
        rolls=entry["rolls"],
        direction=entry["direction"],
        speed=_speed(f"{name}.speed", entry["speed"]),
        band=_band(f"{name}.band", entry["band"]) if "band" in entry else None,
        steps=_steps(f"{name}.steps", entry["steps"]),
        crossing=_figure(f"{name}.crossing_s", entry["crossing_s"]),
        signal=_figure(f"{name}.signal_s", entry["signal_s"]),
        elevator=_figure(f"{name}.elevator_s", entry["elevator_s"]),
        push=_speed(f"{name}.push", entry["push"]) if "push" in entry else None,
        maxspeed_factor=_figure(f"{name}.maxspeed_factor", entry["maxspeed_factor"])
        if "maxspeed_factor" in entry
        else None,
        class_speeds=_class_speeds(f"{name}.class_speeds", entry["class_speeds"])
        if "class_speeds" in entry
        else None,
    )


def _figure(where: str, entry: Any) -> Figure:
    _expect_keys(where, entry, needed=("value", *_SOURCES))
    return Figure(value=_number(where, entry["value"]), **_sources(entry))


def _speed(where: str, entry: Any) -> Figure:
    _expect_keys(where, entry, needed=("value", "unit", *_SOURCES))
    return Figure(value=_m_s(where, entry["value"], entry["unit"]), **_sources(entry))


def _band(where: str, entry: Any) -> Band:
    _expect_keys(where, entry, needed=("value", "unit", *_SOURCES))
    ends = entry["value"]
    if not isinstance(ends, list) or len(ends) != 2:
        raise _refuse(where, found=ends, expected="[low, high]")
    low, high = (_m_s(where, end, entry["unit"]) for end in ends)
    return Band(low_m_s=low, high_m_s=high, **_sources(entry))


def _steps(where: str, entry: Any) -> Steps:
    _expect_keys(where, entry, needed=("passable", "value", *_SOURCES))
    _expect_word(f"{where}.passable", entry["passable"], get_args(StepsRule))
    return Steps(
        passable=entry["passable"],
        speed_factor=_number(where, entry["value"]),
        **_sources(entry),
    )


def _class_speeds(where: str, entry: Any) -> ClassSpeeds:
    _expect_keys(where, entry, needed=("value", "unit", *_SOURCES))
    _expect_keys(f"{where}.value", entry["value"], needed=(), optional=None)
    m_s = {
        str(highway): _m_s(f"{where}.{highway}", value, entry["unit"])
        for highway, value in entry["value"].items()
    }
    return ClassSpeeds(m_s=m_s, **_sources(entry))


def _sources(entry: Mapping[str, str]) -> dict[str, str]:
    return {key: entry[key] for key in _SOURCES}


def _m_s(where: str, value: Any, unit: Any) -> float:
    _expect_word(f"{where}.unit", unit, tuple(_UNIT_M_S))
    return _number(where, value) / _UNIT_M_S[unit]


def _number(where: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _refuse(where, found=value, expected="a number")
    return float(value)


def _expect_word(where: str, value: Any, words: tuple[str, ...]) -> None:
    if value not in words:
        raise _refuse(where, found=value, expected=" | ".join(words))


def _expect_keys(
    where: str,
    entry: Any,
    *,
    needed: tuple[str, ...],
    optional: tuple[str, ...] | None = (),
) -> None:
    """Refuse what is no mapping, lacks a key, leaves a source empty, or (unless None) has more."""
    if not isinstance(entry, dict):
        raise _refuse(where, found=entry, expected="keys and values")
    missing = [key for key in needed if key not in entry or entry[key] in ("", None)]
    if missing:
        raise _refuse(f"{where}.{missing[0]}", found="nothing", expected="a value")
    unknown = [] if optional is None else [k for k in entry if k not in (*needed, *optional)]
    if unknown:
        expected = ", ".join((*needed, *(optional or ())))
        raise _refuse(where, found=f"unknown key {unknown[0]}", expected=expected)


def _refuse(where: str, *, found: object, expected: str) -> Exception:
    return fail(
        InputError,
        where,
        found=(f"{found}", f"{found}"),
        expected=(expected, expected),
        to_do=("改正出行方式文件", "mend the file of profiles"),
    )


@cache
def _library() -> dict[str, Profile]:
    file = resources.files("planning.network") / "profiles.yaml"
    return profiles_from_yaml(file.read_text(encoding="utf-8"))


class _Profiles(Mapping[str, Profile]):
    """The profiles of the library, read when the first one is asked for, not on import."""

    def __getitem__(self, name: str) -> Profile:
        return _library()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_library())

    def __len__(self) -> int:
        return len(_library())


PROFILES: Mapping[str, Profile] = _Profiles()
