"""What sides, changes of findings and changes of sites are called, (中文, English)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from planning.outputs.bilingual import Says
from planning.outputs.borders import borders_said
from planning.outputs.comparison.compared import Comparison, Pair
from planning.outputs.comparison.figure import ABSENT
from planning.outputs.comparison.plan_figures import is_cost_sought
from planning.outputs.comparison.sides import Side
from planning.outputs.comparison.site_changes import Change, SiteChange, Use
from planning.outputs.comparison.turned import Turn, Turned
from planning.outputs.finding_words import ROLE_WORDS, VERDICT_WORDS
from planning.outputs.report.said import STATUS_WORDS, amount, gap

TURN_WORDS: Mapping[Turn, Says] = {
    "won": ("新达标", "newly met"),
    "lost": ("不再达标", "no longer met"),
    "unknown": ("变为无法评估", "no longer assessable"),
    "known": ("变为可评估", "assessable now"),
    "other": ("适用与否改变", "applies on one side only"),
    "wider": ("仍未达标，缺口扩大", "still not met, missing more"),
    "narrower": ("仍未达标，缺口缩小", "still not met, missing less"),
}
_STATUS: Mapping[str, Says] = {str(status): words for status, words in STATUS_WORDS.items()}
_ACTIONS: Mapping[str, Says] = {
    "build": ("", ""), "change": ("改造 ", "change "), "close": ("关停 ", "close ")
}  # fmt: skip


def change_words(pair: Pair, change: Change) -> Says:
    """What happens to a site between the base and the other side."""
    if pair.planned is not None:
        return "方案选址", "site of the plan"
    (base_zh, base_en), (other_zh, other_en) = pair.base.name, pair.other.name
    words: Mapping[Change, Says] = {
        "only_base": (f"仅{base_zh}", f"only {base_en}"),
        "only_other": (f"仅{other_zh}", f"only {other_en}"),
        "service": ("服务或种类不同", "other service or kind"),
        "size": ("规模不同", "other size"),
        "year": ("年度不同", "other year"),
        "cost": ("投资不同", "other cost"),
        "same": ("相同", "the same"),
    }
    return words[change]


def sites_title(pair: Pair) -> Says:
    """What the list of sites is called, with how many differ."""
    if pair.planned is not None:
        n = len(pair.sites)
        if pair.base.run is pair.other.run:
            return f"方案选址（{n:,} 处）", f"Sites of the plan ({n:,})"
        zh, en = pair.planned.name
        return f"{zh}的选址（{n:,} 处；另一方没有方案）", f"Sites of {en} ({n:,}); no other plan"
    differ = sum(one.first != "same" for one in pair.sites)
    same = len(pair.sites) - differ
    (one_zh, one_en), (two_zh, two_en) = pair.base.name, pair.other.name
    return (
        f"选址差异：{one_zh}与{two_zh}（不同 {differ:,} 处，相同 {same:,} 处）",
        f"Sites: {one_en} and {two_en} ({differ:,} differ, {same:,} are the same)",
    )


def planned_uses(pair: Pair, site: SiteChange) -> tuple[tuple[Says, Use | None], ...]:
    """What stands on a site, by the sides that have a plan."""
    both = ((pair.base, site.base), (pair.other, site.other))
    return tuple((side.head, use) for side, use in both if side.plan is not None)


def changes_said(pair: Pair, site: SiteChange) -> Says:
    """All changes of one site."""
    words = [change_words(pair, change) for change in site.changes]
    return "、".join(zh for zh, _ in words), ", ".join(en for _, en in words)


def use_said(comparison: Comparison, use: Use | None) -> Says:
    """What stands on a site: services and kinds, places or beds, floor, years."""
    if use is None:
        return ABSENT, ABSENT
    whats_zh, whats_en = [], []
    for action, service, module in dict.fromkeys(use.what):
        label = comparison.service_label(service)
        name = label if module == service else f"{label}·{module}"
        zh, en = _ACTIONS.get(action, ("", ""))
        whats_zh.append(zh + name)
        whats_en.append(en + name)
    zh, en = "、".join(whats_zh), ", ".join(whats_en)
    if use.places:
        zh, en = f"{zh}，{use.places:,} 托位", f"{en}, {use.places:,} places"
    if use.beds:
        zh, en = f"{zh}，{use.beds:,} 床", f"{en}, {use.beds:,} beds"
    years = "、".join(map(str, use.years))
    if years:
        zh, en = f"{zh}，{years} 年", f"{en}, {years}"
    return f"{zh}，{use.floor_m2:,.0f} 平方米", f"{en}, {use.floor_m2:,.0f} m²"


def turned_said(one: Turned) -> Says:
    """The verdicts of both sides, with what is missing where both are not met."""
    was, now = one.base, one.other
    (was_zh, was_en), (now_zh, now_en) = _verdict(was["verdict"]), _verdict(now["verdict"])
    if one.turn not in ("wider", "narrower"):
        return f"{was_zh} → {now_zh}", f"{was_en} → {now_en}"
    before, after = (amount(row["gap"], row["unit"]) for row in (was, now))
    return f"缺 {before[0]} → {after[0]}", f"missing {before[1]} → {after[1]}"


def _verdict(verdict: str) -> Says:
    return next((words for name, words in VERDICT_WORDS.items() if name == verdict), (verdict,) * 2)


def about(sides: Sequence[Side]) -> tuple[tuple[Says, tuple[Says, ...]], ...]:
    """What each side is: a line a matter, a value a side."""
    lines: list[tuple[Says, tuple[Says, ...]]] = [
        (("情景", "Scenario"), tuple(_scenario(side) for side in sides)),
        (("成果编号", "Run"), tuple(_same(side.run.digest) for side in sides)),
        (("步行速度（米/秒）", "Walking speed (m/s)"),
         tuple(_same(f"{side.run.speed_m_s:g}") for side in sides)),
        (("人口年份", "Year of the people"),
         tuple(_same(_dash(side.run.summary.get("people_year"))) for side in sides)),
        (("评估年份", "Year of assessment"), tuple(_same(_years(side)) for side in sides)),
        (("考核文件", "Document in force"), tuple(_same(_document(side)) for side in sides)),
        (("求解", "How it was solved"), tuple(_status(side) for side in sides)),
        (("与下界差距", "Gap"), tuple(_same(_gap(side)) for side in sides)),
    ]  # fmt: skip
    return tuple(line for line in lines if any(value[0] != ABSENT for value in line[1]))


def _same(text: str) -> Says:
    return text, text


def _dash(value: object) -> str:
    return ABSENT if value is None else str(value)


def _scenario(side: Side) -> Says:
    name = side.run.scenario
    return ("研究本身", "the study as it stands") if name is None else (name, name)


def _years(side: Side) -> str:
    years = {row["year"] for row in side.findings().values() if row["year"] is not None}
    return "、".join(str(int(year)) for year in sorted(years)) or ABSENT


def _document(side: Side) -> str:
    short = side.run.summary["profile"]
    for one in side.run.summary["documents"]:
        if isinstance(one, dict) and one.get("short") == short:
            return str(one.get("document", short))
    return str(short)


def _status(side: Side) -> Says:
    if side.plan is None:
        return ("现状，无方案", "as it stands, no plan")
    status = str(side.plan["status"])
    return _STATUS.get(status, (status, status))


def _gap(side: Side) -> str:
    plan: Mapping[str, Any] | None = side.plan
    return ABSENT if plan is None or not is_cost_sought(plan) else gap(float(plan["gap"]))


def role_words(one: Turned) -> Says:
    """What a finding is: binding, or only shown; both roles where the sides have different ones."""
    was, now = (ROLE_WORDS.get(row["role"], (row["role"],) * 2) for row in (one.base, one.other))
    return now if was == now else (f"{was[0]} → {now[0]}", f"{was[1]} → {now[1]}")


def caution(comparison: Comparison) -> Says:
    """What has to stand below a map: the number of its review where all runs have the same."""
    numbers = {str(side.run.summary.get("map_review_no") or "") for side in comparison.sides}
    return borders_said(numbers.pop() if len(numbers) == 1 else "")
