"""Figures and closed lists in words, (中文, English), as every chapter says them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from planning.access import Ledger
from planning.outputs.bilingual import Says
from planning.outputs.finding_words import VERDICT_WORDS
from planning.result import State, StudyResult
from planning.siting import Status
from planning.siting.aims import Aim
from planning.standards import Finding, Verdict
from planning.standards.outcome import Unit
from planning.standards.words import UNIT_WORDS
from planning.units import limit_ms

ABSENT = "—"

STATUS_WORDS: Mapping[Status, Says] = {
    Status.OPTIMAL: ("已证明最优（在设定差距内）", "proven the best, within the gap asked for"),
    Status.STOPPED: ("到时停止，取目前最好", "stopped with the best found"),
    Status.INFEASIBLE: ("无解", "infeasible"),
    Status.NOTHING_TO_DO: ("无须新增", "nothing to be added"),
    Status.PICKED: ("人工方案，未求最优", "picked by hand, no best one was sought"),
}
AIM_WORDS: Mapping[Aim, Says] = {
    "people_left": ("仍缺服务人次最少", "fewest people left without"),
    "yuan": ("投资最省（元）", "least cost (yuan)"),
    "uncovered": ("步行圈外人次最少", "fewest people outside the limit"),
    "person_minutes": ("步行人分钟最少", "fewest person-minutes walked"),
    "worst_unit": ("最差单元的圈外占比最小", "smallest part outside in the worst unit"),
    "sites": ("选址处数最少", "fewest sites"),
}


def people(count: float) -> str:
    """Persons to the whole one; less than half a one is still somebody."""
    return "<1" if 0 < count < 0.5 else f"{count:,.0f}"


def share(part: float | None) -> str:
    """A share in percent with one decimal; a dash where nobody lives."""
    return ABSENT if part is None else f"{part:.1%}"


def gap(relative: float) -> str:
    """A gap in percent, fine enough to tell it from none."""
    return f"{relative:.2%}" if relative >= 5e-5 or relative == 0 else "<0.01%"


def wan(yuan: float) -> str:
    """Money in 万元, as the tables of the report head it."""
    return f"{yuan / 1e4:,.2f}"


def money(yuan: float) -> Says:
    """Money in a sentence."""
    return f"{wan(yuan)} 万元", f"{yuan:,.0f} yuan"


def amount(count: float, unit: Unit) -> Says:
    """A quantity with its unit; of shares the points."""
    if unit == "share":
        return f"{count * 100:,.2f} 个百分点", f"{count * 100:,.2f} points"
    zh, en = UNIT_WORDS[unit]
    text = f"{count:,.2f}".rstrip("0").rstrip(".")
    return f"{text} {zh}", f"{text} {en}"


def tally(findings: Iterable[Finding]) -> dict[Verdict, int]:
    """Requirements by verdict, as summary.json counts them; goals and benchmarks are not in it."""
    binding = [one.verdict for one in findings if one.role == "requirement"]
    return {verdict: binding.count(verdict) for verdict in VERDICT_WORDS}


def inside(result: StudyResult, service: str, state: State) -> Ledger:
    """Who of a service's group lives within its limit, in the whole area."""
    spec, situation = result.town.study.services[service], result.situation_of(state)
    within = replace(situation.coverage[service], limit_ms=limit_ms(spec.limit_min))
    return within.ledger(result.town.demand.people[spec.group])


def minutes(limit_min: float) -> str:
    """15, not 15.0."""
    return f"{limit_min:g}"
