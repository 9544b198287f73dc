"""The study file: what a user writes, frozen; unknown keys are refused, scenarios override."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from planning.errors import Fault, MissingFileError, StudyError, fail
from planning.units import rational

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]


def _exact(value: object) -> object:
    """A share as it is written, kept exact."""
    try:
        return rational(str(value))
    except (ValueError, ZeroDivisionError):
        return value


Share = Annotated[
    Fraction,
    BeforeValidator(_exact, json_schema_input_type=float),
    Field(ge=0, le=1),
]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Input(_Model):
    """A file the study reads: where it is and under which licence it may be used."""

    path: str
    licence: str = Field(default="", description="许可与署名 licence line, printed in every output")


class Layer(Input):
    """A vector layer; `columns` maps our names to the user's where they differ."""

    layer: str | None = None
    columns: dict[str, str] = {}


class AreaSpec(_Model):
    """Which area, from planning units, a boundary file, or a box [lon, lat, lon, lat]."""

    units: Layer | None = None
    boundary: Layer | None = None
    box: tuple[float, float, float, float] | None = Field(
        default=None, description="西、南、东、北 west, south, east, north [degrees]"
    )
    level: str = Field(default="county", description="边界所属层级 level of a boundary or box")
    name: str = Field(default="", description="边界名称 name of a boundary or box")
    epsg: int | None = Field(default=None, description="投影坐标系 metric CRS; chosen if absent")
    empty_units: tuple[str, ...] = Field(
        default=(), description="确无居民的单元编号 ids of units where nobody lives"
    )


class NetworkSpec(Input):
    """The walking network and who walks on it."""

    profile: Literal["elder", "adult"] = "elder"
    speed_m_s: Positive | None = Field(
        default=None, description="步速 [m/s]; profile's own if absent"
    )
    max_snap_m: Positive = Field(default=300.0, description="到最近道路的最大距离 [m]")


class PopulationSpec(Input):
    """Population counts: a raster of persons per cell, or polygons with a column of persons."""

    unit: Literal["persons"] = Field(description="每格人数 persons per cell; densities are refused")
    layer: str | None = None
    column: str | None = Field(default=None, description="矢量图层的人数字段 column of persons")
    year: int | None = None
    official_total: NotNegative | None = Field(
        default=None, description="官方总人口，用于核对 official total, to check against"
    )


class GroupSpec(_Model):
    """A group of residents as `count` of every `of` persons, with the source of both."""

    label: str
    count: Annotated[int, Field(ge=0)]
    of: Annotated[int, Field(gt=0)]
    source: str


class PlacesSpec(Input):
    """A table or layer of places; `coords` says in which coordinates."""

    coords: str = Field(
        default="wgs84",
        description="wgs84 | gcj02 | EPSG:nnnn，表中坐标的含义 of the table's columns",
    )
    sheet: str | None = None
    columns: dict[str, str] = {}
    types: dict[str, tuple[str, ...]] = Field(
        default={}, description="设施类型的功能 what buildings of a type do, beside the known ones"
    )


class MadeCandidates(_Model):
    """Candidate sites made along the streets where the user has none; labelled as made."""

    spacing_m: Positive
    floor_m2: Positive
    yuan_per_m2: NotNegative
    fixed_yuan: NotNegative
    services: tuple[str, ...]
    source: str = Field(description="这些假定从何而来 where these assumptions come from")


class BuildSpec(_Model):
    """How a new site is sized; parameters outside the documents, so with their source."""

    min_floor_m2: NotNegative
    floor_m2_per_place: Positive | None = None
    source: str


class ServiceSpec(_Model):
    """A service: whom it is for, within how many minutes, what buildings offer it."""

    label: str
    group: str = "total"
    limit_min: Positive = 15.0
    bands_min: tuple[Positive, ...] = Field(
        default=(5.0, 10.0, 15.0), description="另行统计的时间档 further limits to report [min]"
    )
    functions: tuple[str, ...]
    build: BuildSpec | None = None


class StandardsSpec(_Model):
    """Which document holds, the goals it leaves open, the levels the study adopts."""

    profile: str = "sichuan-2021-57"
    goals: dict[str, Share] = {}
    levels: dict[str, tuple[str, ...]] = {}


class SitingSpec(_Model):
    """How long to look for a plan and how close to the bound to come."""

    time_limit_s: Positive = Field(
        default=60.0, description="每一步求解的时限 limit of each of the two solves [s]"
    )
    gap: NotNegative = 0.001
    seed: Annotated[int, Field(ge=0)] = 0


class Study(_Model):
    """A whole study, as `planning schema` prints it."""

    name: Name
    title: str = ""
    area: AreaSpec
    network: NetworkSpec
    population: PopulationSpec
    groups: dict[str, GroupSpec] = {}
    facilities: PlacesSpec | None = None
    candidates: PlacesSpec | None = None
    made_candidates: MadeCandidates | None = None
    residential_areas: Layer | None = None
    standards: StandardsSpec = StandardsSpec()
    services: dict[str, ServiceSpec]
    siting: SitingSpec | None = SitingSpec()
    scenarios: dict[str, dict[str, Any]] = {}

    def inputs(self) -> dict[str, Input]:
        """Every file the study names, by its place in the study."""
        named: dict[str, Input | None] = {
            "area.units": self.area.units,
            "area.boundary": self.area.boundary,
            "network": self.network,
            "population": self.population,
            "facilities": self.facilities,
            "candidates": self.candidates,
            "residential_areas": self.residential_areas,
        }
        return {key: value for key, value in named.items() if value is not None}


def read_study(path: Path, scenario: str | None = None) -> Study:
    """Read a study file (YAML 1.2), apply a scenario, and list every fault at once."""
    if not path.is_file():
        raise fail(
            MissingFileError,
            str(path),
            found=("没有这个文件", "no such file"),
            expected=("研究文件（YAML）", "a study file (YAML)"),
            to_do=("检查路径", "check the path"),
        )
    written = _parse(path)
    plain = _plain(written)
    if scenario is not None:
        plain = _with_scenario(plain, scenario, path)
    try:
        study = Study.model_validate(plain)
    except ValidationError as error:
        raise StudyError(*(_fault(path, written, e) for e in error.errors())) from None
    faults = [*_cross_checks(study, path)]
    if faults:
        raise StudyError(*faults)
    return study


def _parse(path: Path) -> Any:
    try:
        written = YAML(typ="rt", pure=True).load(path.read_text(encoding="utf-8-sig"))
    except (YAMLError, UnicodeDecodeError) as error:
        mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
        line = f" line {mark.line + 1}" if mark else ""
        reason = (error.problem or "") if isinstance(error, MarkedYAMLError) else str(error)
        raise fail(
            StudyError,
            f"{path.name}{line}",
            found=(f"YAML 语法错误：{reason}", f"a YAML fault: {reason}"),
            expected=("UTF-8 编码的 YAML 1.2，键不重复", "YAML 1.2 in UTF-8, no key twice"),
            to_do=("改正该行", "mend that line"),
        ) from None
    if not isinstance(written, Mapping):
        raise fail(
            StudyError,
            path.name,
            found=("文件不是键值结构", "no mapping at the top"),
            expected=("name:、area: 等键", "keys such as name: and area:"),
            to_do=("对照示例研究文件改写", "follow an example study"),
        )
    return written


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(v) for v in value]
    return value


def _with_scenario(plain: dict[str, Any], scenario: str, path: Path) -> dict[str, Any]:
    known = plain.get("scenarios") or {}
    if scenario not in known:
        names = ", ".join(known) or "—"
        raise fail(
            StudyError,
            f"{path.name} scenarios",
            found=(f"没有情景“{scenario}”", f"no scenario '{scenario}'"),
            expected=(f"以下之一：{names}", f"one of: {names}"),
            to_do=("改用已有情景名", "name one of them"),
        )
    merged: dict[str, Any] = _merged(plain, known[scenario])
    return merged


def _merged(base: Any, change: Any) -> Any:
    """`base` with `change` laid over it; mappings are merged key by key, all else is replaced."""
    if isinstance(base, dict) and isinstance(change, dict):
        return {
            **base,
            **{k: _merged(base[k], v) if k in base else v for k, v in change.items()},
        }
    return change


def _fault(path: Path, written: Any, error: Any) -> Fault:
    where = ".".join(str(part) for part in error["loc"])
    line = _line(written, error["loc"])
    at = f"{path.name}:{line} {where}" if line else f"{path.name} {where}"
    if error["type"] == "extra_forbidden":
        known = _known_keys(error["loc"][:-1])
        near = difflib.get_close_matches(str(error["loc"][-1]), known, n=1)
        hint = near[0] if near else ", ".join(known)
        return Fault(
            where=at,
            found=(f"未知的键“{error['loc'][-1]}”", f"unknown key '{error['loc'][-1]}'"),
            expected=(f"“{hint}”", f"'{hint}'"),
            to_do=("改正键名", "mend the key"),
        )
    if error["type"] == "missing":
        return Fault(
            where=at,
            found=("缺少该键", "nothing"),
            expected=("必填", "this key"),
            to_do=("补上", "add it"),
        )
    value = str(error.get("input"))[:60]
    return Fault(
        where=at,
        found=(f"“{value}”", f"'{value}'"),
        expected=(f"{error['msg']}", f"{error['msg']}"),
        to_do=("改正取值", "mend the value"),
    )


def _line(written: Any, loc: Sequence[int | str]) -> int | None:
    """The line (from 1) on which the deepest part of `loc` that is there stands."""
    here, line = written, None
    for part in loc:
        if isinstance(here, Mapping) and part in here:
            line = here.lc.key(part)[0] + 1 if hasattr(here, "lc") else line
        elif isinstance(here, Sequence) and not isinstance(here, str) and isinstance(part, int):
            line = here.lc.item(part)[0] + 1 if hasattr(here, "lc") and part < len(here) else line
        else:
            return line
        here = here[part]
    return line


def _known_keys(loc: Sequence[int | str]) -> list[str]:
    """Keys the schema knows at a place of the study."""
    schema = Study.model_json_schema()
    here: dict[str, Any] = schema
    for part in loc:
        inner = here.get("properties", {}).get(part) or here.get("additionalProperties") or {}
        options = [inner, *inner.get("anyOf", []), *inner.get("allOf", [])]
        ref = next((o["$ref"] for o in options if "$ref" in o), None)
        here = schema["$defs"][ref.rsplit("/", 1)[-1]] if ref else inner
    return sorted(here.get("properties", {}))


def _cross_checks(study: Study, path: Path) -> list[Fault]:
    """What one key may not say without another."""
    faults = []

    def wrong(key: str, found: tuple[str, str], expected: tuple[str, str]) -> None:
        faults.append(
            Fault(
                where=f"{path.name} {key}",
                found=found,
                expected=expected,
                to_do=("改正研究文件", "mend the study file"),
            )
        )

    given = [k for k in ("units", "boundary", "box") if getattr(study.area, k) is not None]
    if len(given) != 1:
        listed = "、".join(given) or "无"
        wrong(
            "area",
            (f"{listed}", f"{', '.join(given) or 'none'}"),
            ("units、boundary、box 三者之一", "exactly one of units, boundary, box"),
        )
    if study.candidates and study.made_candidates:
        wrong(
            "candidates",
            ("candidates 与 made_candidates 同时给出", "both candidates and made_candidates"),
            ("只用其一", "one of them"),
        )
    groups = ["total", *study.groups]
    for name, service in study.services.items():
        if service.group not in groups:
            wrong(
                f"services.{name}.group",
                (f"“{service.group}”", f"'{service.group}'"),
                (f"以下之一：{'、'.join(groups)}", f"one of {', '.join(groups)}"),
            )
    return faults
