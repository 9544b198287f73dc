"""Each site on a card: what is built, why here, what is lost without it, what could replace it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from planning.outputs.bilingual import Says
from planning.outputs.goings import site_numbers
from planning.outputs.report.paper import Paper
from planning.outputs.report.said import amount, money, people
from planning.result import StudyResult
from planning.siting import PlannedSite
from planning.siting.reasons import LostClause, Purpose
from planning.standards import Clause
from planning.standards.outcome import Unit

MOST_CARDS = 120
"""Sites with a card of their own; a plan with more has cards of those most people depend on."""

_ACTIONS: Mapping[str, Says] = {
    "build": ("新建", "Build"),
    "change": ("改造现有设施", "Change what stands"),
    "close": ("关停", "Close"),
}
_Cited = Mapping[str, Clause]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """All that is done in one candidate. `modules` have one loss and one alternative in common."""

    number: str
    modules: tuple[PlannedSite, ...]
    path: tuple[str, ...]

    @property
    def first(self) -> PlannedSite:
        """Any of the modules: what they have in common."""
        return self.modules[0]

    @property
    def lost_people(self) -> float:
        """Who would lose the circle of a service without it [persons], over the services."""
        return sum(one.people for one in self.first.loss.people)

    @property
    def lost_clauses(self) -> int:
        """Requirements met no longer without it."""
        return sum(one.falls for one in self.first.loss.clauses)

    @property
    def cost_yuan(self) -> float:
        """All of it [yuan]."""
        return sum(one.cost_yuan for one in self.modules)


def sites_of(result: StudyResult) -> list[Site]:
    """The sites of a plan by their numbers."""
    if result.plan is None:
        return []
    numbers = site_numbers(result)
    modules: dict[str, list[PlannedSite]] = {}
    for one in result.plan.sites:
        modules.setdefault(one.candidate_id, []).append(one)
    return [
        Site(number=numbers[key], modules=tuple(some), path=_path(result, some[0].candidate))
        for key, some in modules.items()
    ]


def _path(result: StudyResult, candidate: int) -> tuple[str, ...]:
    """The units it stands in below the topmost, the largest first."""
    assert result.plan is not None
    found = []
    for level in result.town.area.levels:
        at = int(result.plan.candidates.place[level.level][candidate])
        if at >= 0:
            found.append(level.names[at] or level.ids[at])
    return tuple(found[1:] or found)


def most_needed(sites: Sequence[Site], most: int) -> list[Site]:
    """Those without which most people lose a circle, or most requirements fall where these are as
    many; in the order of their numbers.
    """
    chosen = sorted(sites, key=lambda site: (-site.lost_people, -site.lost_clauses))[:most]
    kept = {site.number for site in chosen}
    return [site for site in sites if site.number in kept]


def builds(result: StudyResult, module: PlannedSite) -> Says:
    """What is done: the kind by its own name, or its service's where it has none."""
    label = result.town.study.services[module.service].label
    kind = label if module.module == module.service else module.module
    zh, en = _ACTIONS[module.action]
    return f"{zh}{kind}", f"{en} {kind}"


def size(module: PlannedSite) -> Says:
    """Places, beds, floor and land, those that there are."""
    counted: tuple[tuple[int, Unit], ...] = ((module.places, "places"), (module.beds, "beds"))
    parts = [amount(value, unit) for value, unit in counted if value]
    for value, zh, en in (
        (module.floor_m2, "建筑面积", "floor"),
        (round(module.land_m2, 2), "独立用地", "land of its own"),
    ):
        if value:
            said = amount(value, "m2")
            parts.append((f"{zh} {said[0]}", f"{said[1]} of {en}"))
    return "，".join(p[0] for p in parts), ", ".join(p[1] for p in parts)


def write_card(
    paper: Paper, result: StudyResult, site: Site, clauses: _Cited, *, new_page: bool
) -> None:
    """Write one card below its heading."""
    assert result.plan is not None
    first = site.first
    where = " ▸ ".join(site.path)
    name = f"{site.number}  {first.candidate_id}  {site.path[-1] if site.path else ''}".strip()
    paper.item(name, new_page=new_page)
    assumed = result.plan.candidates.assumed_in_words(first.candidate)
    source = f"{where}{paper.say(('；来源：', '; source: '))}{first.source_class}"
    rows: list[tuple[Says, Sequence[str]]] = [
        (("位置与来源", "Where, and what"), [source]),
        (("建什么", "What is built"), [_built(paper, result, one) for one in site.modules]),
        (("投资与年度", "Cost and year"), [_cost(paper, site)]),
        (("为什么在这里", "Why here"), _why(paper, result, site, clauses)),
        (("去掉会失去", "Lost without it"), _lost(paper, result, site, clauses)),
        (("最好的替代", "Best alternative"), [paper.say(_other(result, site))]),
    ]
    if assumed:
        rows.insert(1, (("其中为假定", "Assumed of it"), [assumed]))
    paper.card(rows)


def _built(paper: Paper, result: StudyResult, module: PlannedSite) -> str:
    what, how = paper.say(builds(result, module)), paper.say(size(module))
    return paper.say((f"{what}：{how}", f"{what}: {how}")) if how else what


def _cost(paper: Paper, site: Site) -> str:
    zh, en = money(site.cost_yuan)
    fixed = sum(one.opening_yuan for one in site.modules)
    if fixed:
        fixed_zh, fixed_en = money(fixed)
        zh, en = f"{zh}（含固定费用 {fixed_zh}）", f"{en} ({fixed_en} of it for opening)"
    if site.first.year is not None:
        zh, en = f"{zh}；{site.first.year} 年", f"{en}; {site.first.year}"
    return paper.say((zh, en))


def _why(paper: Paper, result: StudyResult, site: Site, clauses: _Cited) -> list[str]:
    purposes = [one for module in site.modules for one in module.purposes]
    if not purposes:
        siting = result.town.study.siting
        if siting is not None and site.first.candidate_id in siting.required:
            words = (
                "研究指定必选；没有要求由它满足",
                "Required by the study; meets no requirement",
            )
        else:
            words = (site.first.because_zh or "—", site.first.because_en or "—")
        return [paper.say(words)]
    return _by_clause(paper, purposes, clauses)


def _lost(paper: Paper, result: StudyResult, site: Site, clauses: _Cited) -> list[str]:
    study = result.town.study
    lines = [
        paper.say(
            (
                f"{study.labels[one.group][0]} {people(one.people)} 人失去 {one.limit_min:g} 分钟"
                f"步行圈（{study.services[one.service].label}）",
                f"{people(one.people)} of the group {study.labels[one.group][1]} lose the "
                f"{one.limit_min:g} min circle ({study.services[one.service].label})",
            )
        )
        for one in site.first.loss.people
    ]
    lines += _by_clause(paper, site.first.loss.clauses, clauses)
    nothing = ("各项要求与步行圈都不变", "No requirement and nobody's circle changes")
    return lines or [paper.say(nothing)]


def _by_clause(paper: Paper, some: Iterable[Purpose | LostClause], clauses: _Cited) -> list[str]:
    """A line for each clause: what is said of the units, and where it is written."""
    said: dict[str, list[str]] = {}
    cited: dict[str, str] = {}
    for one in some:
        lines = said.setdefault(one.clause_id, [])
        text = paper.say((one.because_zh, one.because_en))
        if text not in lines:
            lines.append(text)
        clause = clauses.get(one.clause_id)
        title = "" if clause is None else paper.say((clause.title_zh, clause.title_en))
        cited[one.clause_id] = paper.say(
            (f"{title}，{one.document} {one.article}", f"{title}, {one.document} {one.article}")
        )
    stop = paper.say(("；", "; "))
    return [
        paper.say((f"{stop.join(lines)}（{cited[key]}）", f"{stop.join(lines)} ({cited[key]})"))
        for key, lines in said.items()
    ]


def _other(result: StudyResult, site: Site) -> Says:
    """What could take its place, or why nothing is named."""
    plan, first, siting = result.plan, site.first, result.town.study.siting
    assert plan is not None
    if first.alternative is not None:
        return first.alternative.because_zh, first.alternative.because_en
    if siting is not None and first.candidate_id in siting.required:
        return "研究指定必选，不找替代", "Required by the study: no other is looked for"
    if not plan.alternatives_sought:
        return (
            "方案规模很大，没有逐处寻找替代",
            "The plan is too large: no alternative was looked for",
        )
    if not first.loss.people and not first.loss.clauses:
        return "去掉也无妨，无须替代", "Nothing is lost without it: none is needed"
    return (
        "没有别的候选点能补上其中任何一项",
        "No other candidate makes up for any of it",
    )
