"""The page's answer to a scenario, and the program's answer to the file that the page saves."""

from __future__ import annotations

import json
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
from whatif_page import exposing

from planning.area import RESIDENTIAL
from planning.inputs.study_file import read_study
from planning.inputs.town import read_town
from planning.judging import findings_of, situation_of
from planning.progress import silent
from planning.result import StudyResult, Town
from planning.travel import reach
from planning.units import whole_persons

SCRIPT = exposing(
    opened_engine=["openedEngine"],
    engine=["wholePersons"],
    scenario_file=["scenarioText", "readScenario"],
    scenario=["PRESENT", "frozen"],
)
"""The page's engine without what is seen of it."""

OPEN = """async (text) => {
  window.content = JSON.parse(text);
  Object.assign(window, await openedEngine(content));
  window.levels = Object.keys(content.units).filter((name) => name !== "residential_area");
}"""

ANSWER = """async (scenario) => {
  const answer = await engine.apply(frozen({ ...PRESENT, ...scenario }));
  const groups = Object.keys(content.people.groups);
  const services = answer.services.map(({ key, people, covered, byUnit }) => ({
    key,
    people: groups.map((group) => wholePersons(people[group])),
    covered: groups.map((group) => wholePersons(covered[group])),
    byUnit: levels.map((level) => groups.map(
      (group) => Array.from(byUnit(group, level), wholePersons))),
  }));
  const findings = answer.findings.map(({ id, level, at, area, verdict, measured, at_most,
    required, gap, people_short, live }) => ({ id, level, at, area: area ?? null, verdict, measured,
    at_most, required, gap, people_short, live }));
  return { services, findings, yuan: answer.yuan, unknown: answer.unknown,
    text: scenarioText(frozen({ ...PRESENT, ...scenario }), content) };
}"""


@dataclass(frozen=True, slots=True)
class Stand:
    """A study without its run folder: what is so, and what is found of it."""

    result: StudyResult
    basemap: gpd.GeoDataFrame


def stand(study: Path, scenario: str | None, data_dir: Path) -> Stand:
    """What `planning assess` finds, by the same calls, with nothing written."""
    town, basemap = read_town(
        read_study(study, scenario), data_dir, scenario=scenario, progress=silent()
    )
    situation = situation_of(town)
    result = StudyResult(
        town=town,
        situation=situation,
        findings=findings_of(town, situation, town.profile),
        findings_beside=(),
        reach=reach(town.network, town.facility_snaps, town.crowd, limit_ms=1),
        speed_band=(),
        plan=None,
        provision={},
        digest="",
        seconds={},
    )
    return Stand(result, basemap)


def covered_persons(result: StudyResult) -> dict[str, dict[str, Any]]:
    """Whole persons of every group within each service's limit, in all and by unit."""
    town, demand = result.town, result.town.demand
    found: dict[str, dict[str, Any]] = {}
    for service, within in result.situation.coverage.items():
        ledgers = [within.ledger(demand.people[group]) for group in demand.people]
        found[service] = {
            "people": [whole_persons(one.people) for one in ledgers],
            "covered": [whole_persons(one.covered) for one in ledgers],
            "byUnit": [
                [_by_unit(town, level.level, len(level), group, within.covered)
                 for group in demand.people]
                for level in town.area.levels
            ],
        }  # fmt: skip
    return found


def _by_unit(town: Town, level: str, n: int, group: str, covered: Any) -> list[int]:
    people = np.where(covered, town.demand.people[group], 0.0)
    at = town.demand.place[level]
    return [whole_persons(float(np.sum(people[at == unit]))) for unit in range(n)]


def same_findings(shown: list[dict[str, Any]], result: StudyResult) -> tuple[int, list[str]]:
    """How many live findings of the page are the program's, and every one that is not."""
    ids = {level.level: level.ids for level in result.town.area.levels}
    if result.town.area.residential is not None:
        ids[RESIDENTIAL] = result.town.area.residential.ids
    true = {(one.clause_id, one.level, one.unit_id): one for one in result.findings}
    same, wrong = 0, []
    for one in shown:
        if not one["live"]:
            continue
        unit = ids[one["level"]][one["at"]] if one["at"] >= 0 else ""
        key = (one["id"], one["level"], unit)
        found = true.get(key)
        if found is None:
            wrong.append(f"{key}: not found by the program")
            continue
        page = (one["verdict"], *(_fraction(one[name]) for name in _FIGURES), one["people_short"])
        ours = (found.verdict, *(getattr(found, name) for name in _FIGURES), found.people_short)
        same += page == ours
        if page != ours:
            wrong.append(f"{key}: page {page}, program {ours}")
    return same, wrong


_FIGURES = ("measured", "at_most", "required", "gap")


def _fraction(pair: list[Any] | None) -> Fraction | None:
    return None if pair is None else Fraction(int(pair[0]), int(pair[1]))


def saved(text: str, folder: Path) -> str:
    """The file that the page would save, as `--scenario` takes it."""
    path = folder / "scenario.json"
    path.write_text(text, encoding="utf-8")
    json.loads(text)
    return str(path)
