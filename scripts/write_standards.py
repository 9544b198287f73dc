"""Write docs/standards.md and the pages of docs/standards from the library, after changing it.

    python scripts/write_standards.py

The prose of docs/standards.md is kept; what stands between its markers, and every page of a
document, is printed by this program.
"""

from __future__ import annotations

import inspect
import tempfile
from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import get_args

from standard_pages import document, document_page, item_counts, profile, zone_words

from planning import workflow
from planning.cli.explained import explained
from planning.standards import Clause, load_standard, measures
from planning.standards.asks import Ask
from planning.standards.functions import building_functions
from planning.standards.measure_words import MEASURE_WORDS, where_words
from planning.standards.printed import ABSENT, target_words, when_words
from planning.standards.profiles import VIA_WORDS
from planning.standards.readings import questions
from planning.standards.terms import Which
from planning.standards.words import plain

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "standards.md"
PAGES = ROOT / "docs" / "standards"
SHORTS = ("SC", "GZ", "CD", "JS", "DZ", "CN")
TOWN = ROOT / "tests" / "tiny_town" / "study.yaml"
EXPLAINED = (
    ("SC-2021-57/2.1/nursery-new", "R2"),
    ("SC-2021-57/1.0/nursing-bed-share", "T"),
)
"""A finding with a gap, and one that nobody can judge."""

MEANINGS: Mapping[str, str] = {
    "per_thousand": "某人群每千人拥有的数量；需要＝⌈值×人数÷1000⌉，面积不进位",
    "land_per_resident": "养老用地；需要＝值×人数（平方米，不进位）；独立占地与按容积率分摊两本账",
    "floor_per_100_households": "养老用房；需要＝值×户数÷100（平方米），按比例，不满百户不进位",
    "presence": "每个有人居住的单元至少有“值”处；每处自身须合格，不能几处相加",
    "count": "单元内的处数，不论有无居民",
    "total": "单元内某一数量之和",
    "yearly_additions": "条文所定年份（或自 since 起）新投用的数量之和；当年不足不由来年弥补",
    "share_of_units": "下级单元中达到 at_least 的占比；需要＝⌈值×单元数÷100⌉个，无人居住的不计",
    "share_of_capacity": "一种数量在另一种数量中的占比，如护理型床位占养老机构床位",
    "share_of_facilities": "设施中同时又是 part 的处数占比",
    "travel_time_coverage": "时限内走得到设施的人数占比，恰好等于时限算在内，单元以外的设施也算",
    "hierarchy": "几级网络中，每个单元都有相应设施的级数",
    "co_location": "设施中与另一种同址或邻近（门到门直线，米）的占比",
    "attached": "由中心机构带动的点的占比，以台账所写上级机构编号为准",
    "candidates": "某些来源类别的候选点有几处、多大，缺口单元内有没有",
    "people": "某人群的人数，研究年份与基年",
    "evenness": "下级单元每千人拥有量的基尼系数；写 by 则为各类单元的区位商",
    "compliance": "居住区中各条约束性条文都达标的占比，按居住区个数计",
    "on_time": "已交付的新建居住区中，交付时设施已投用的占比",
    "closure": "影响最大的一处关停后，时限内再无设施的人数",
    "exposure": "候选点若干米以内的居民数",
    "land_needed": "同一单元中，key 所指用地条文还缺的面积",
    "average": "每处平均规模，或平均每处服务的人数",
    "completeness": "台账应填各项中已填的占比",
    "scorecard": "本单元的约束性条文中，可评估的条数与达标的条数",
    "cost": "值（元）×数量，即一年的金额；只列示",
    "typed_in": "统计部门的填报值，与条文数值对照",
    "budget": "填报的年度预算（元），与条文数值对照",
    "enrolment": "填报的在托人数÷3岁以下人数",
    "listed": "文件或程序性要求，无从计算，仅列示、不计分",
}
"""What is measured, by `kind`; the English is that of the class, the formula that of the module."""

MATTERS = (
    "nursery_rate", "district_places_total", "nursery_new", "nursery_built", "elder_land",
    "elder_land_new", "circle_15min", "nursery_circle", "meal_delivery", "nursing_bed_share",
    "street_complex", "street_home_old", "street_home_new", "daycare_old", "daycare_new",
    "oldyoung_complex", "new_area_compliance", "rural_three_tier", "regional_centre",
    "co_location", "inclusive_beds", "inclusive_places", "new_inclusive_beds", "home_care_beds",
    "beds_total", "elder_budget", "nursery_budget", "lottery_55", "priority_residents",
    "migrant_infants", "priority_list", "training_facilities",
)  # fmt: skip
"""The keys of STANDARDS B, as the library calls them."""


def documents_table() -> str:
    """Every document with its number, date and counts, and the sum of the five."""
    rows = [
        "| 简称 short | 文件 document | 日期 dated | 上级 parent | 条目 items | 计算 computed "
        "| 填报 typed in | 列示 listed | 重复 repeats | 条文 clauses | 重复 repeats |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    total = [0] * 7
    for short in SHORTS:
        one = document(short)
        counts = item_counts(one)
        parent = "–" if one.parent is None else load_standard(one.parent).short
        rows.append(
            f"| [{short}](standards/{short}.md) | {one.document}（{one.jurisdiction}） "
            f"| {one.dated} | {parent} | {' | '.join(map(str, counts))} |"
        )
        if not one.outside:
            total = [n + more for n, more in zip(total, counts, strict=True)]
    sums = " | ".join(f"**{n}**" for n in total)
    rows.append(f"| **合计 total** | 五份文件，不含 CN the five, without CN | – | – | {sums} |")
    return "\n".join(rows)


def new_table() -> str:
    """From which day on an area is new."""
    rows = ["| | 新建自 new since | 依据 source |", "|---|---|---|"]
    for short in SHORTS:
        since = document(short).new_since
        if since is not None:
            rows.append(f"| {short} | {since.date.isoformat()} | {since.source} |")
    return "\n".join(rows)


def inheritance_table() -> str:
    """STANDARDS B: what Sichuan asks, and what is in force in Chengdu and Dazhou."""
    rows = ["| key | SC | CD 现行 effective | DZ 现行 effective |", "|---|---|---|---|"]
    for key in MATTERS:
        own = [asked(c) for c in document("SC").clauses if c.key == key and c.repeats is None]
        cells = [" · ".join(own) or "–", *(_in_force(short, key) for short in ("CD", "DZ"))]
        rows.append(f"| `{key}` | {' | '.join(cells)} |")
    rows.append("")
    rows.append("| 文件 profile | " + " | ".join(f"{zh} {en}" for zh, en in VIA_WORDS.values())
                + " | 被替代的上级条文 replaced |")  # fmt: skip
    rows.append("|---|---|---|---|---|---|")
    for short in ("CD", "DZ"):
        vias = Counter(one.via for one in profile(short).effective)
        counts = " | ".join(str(vias[via]) for via in VIA_WORDS)
        rows.append(f"| {short} | {counts} | {len(profile(short).replaced)} |")
    return "\n".join(rows)


def _in_force(short: str, key: str) -> str:
    found = [one for one in profile(short).effective if one.clause.key == key]
    return "<br>".join(
        f"{asked(one.clause)} · {VIA_WORDS[one.via][0]} {one.via} · `{one.clause.id}`"
        for one in found
    ) or "–"  # fmt: skip


def asked(clause: Clause) -> str:
    """What is asked in few words: the figure, the limit, the least size, by when."""
    target, _ = target_words(clause)
    said = [] if target == ABSENT[0] else [target]
    ask = clause.measure
    limit, zones = getattr(ask, "limit_min", None), getattr(ask, "limit_by_zone", {})
    said += [] if limit is None else [f"{plain(limit)}分钟"]
    said += [f"{zone_words(zone)}{plain(minutes)}分钟" for zone, minutes in zones.items()]
    which = getattr(ask, "which", None)
    if isinstance(which, Which) and which.min_floor_m2 is not None:
        said.append(f"单处≥{plain(which.min_floor_m2)}平方米")
    when, _ = when_words(clause)
    where, _ = where_words(clause.applies)
    text = " ".join(said) or "无数值 no figure"
    more = "，".join(part for part in (where, when) if part)
    return f"{text}（{more}）" if more else text


def readings_table() -> str:
    """Every open question, what may be chosen, the default, and the sentence told."""
    rows = [
        "| 读法 reading | 歧义 ambiguity | 可选 choices | 默认 default | 说明 | meaning |",
        "|---|---|---|---|---|---|",
    ]
    for name, one in questions().items():
        choices = "、".join(f"`{choice}`" for choice in one.choices) or "数 a number"
        rows.append(
            f"| `{name}` | {one.ambiguity} | {choices} | `{one.default}` | {one.zh} | {one.en} |"
        )
    return "\n".join(rows)


def measures_table() -> str:
    """The closed list, each with what it is, what it needs to be told, and how often it is used."""
    used = Counter(
        clause.measure.kind
        for short in SHORTS
        for clause in document(short).clauses
        if clause.repeats is None
    )
    rows = [
        "| `kind` | 名称 name | 含义 | meaning | 键 keys | 条文 clauses |",
        "|---|---|---|---|---|---|",
    ]
    for kind, cls in _asks().items():
        zh, en = MEASURE_WORDS[kind]
        keys = ", ".join(
            f"**`{name}`**" if field.is_required() else f"`{name}`"
            for name, field in cls.model_fields.items()
            if name != "kind"
        )
        rows.append(
            f"| `{kind}` | {zh} {en} | {MEANINGS[kind]} | {_one_line(cls)} | {keys or '–'} "
            f"| {used[kind]} |"
        )
    return "\n".join(rows)


def _asks() -> Mapping[str, type]:
    """The class of every measure, by its kind, in the order of the closed list."""
    union, *_ = get_args(Ask)
    return {get_args(cls.model_fields["kind"].annotation)[0]: cls for cls in get_args(union)}


def _one_line(thing: object) -> str:
    return " ".join((inspect.getdoc(thing) or "").split()).replace("``", "`").replace("|", "\\|")


def formulas_table() -> str:
    """The bare functions of the measures: everything that is arithmetic and no more."""
    rows = ["| 函数 function | 公式 formula |", "|---|---|"]
    for module in sorted(name for _, name, _ in iter_modules(measures.__path__)):
        found = import_module(f"{measures.__name__}.{module}")
        for name, one in inspect.getmembers(found, inspect.isfunction):
            takes = inspect.signature(one).parameters.values()
            is_bare = all(p.kind is p.KEYWORD_ONLY for p in takes) and takes
            if one.__module__ == found.__name__ and is_bare and not name.startswith("_"):
                names = ", ".join(p.name for p in takes)
                rows.append(f"| `{module}.{name}({names})` | {_one_line(one)} |")
    return "\n".join(rows)


def functions_table() -> str:
    """What buildings do, by what registers are kept of."""
    known = building_functions()
    rows = ["| 台账 kept of | 功能 functions |", "|---|---|"]
    for name, domain in known.domains.items():
        inside = "；".join(f"`{f.id}` {f.zh}" for f in known.functions if f.domain == name)
        rows.append(f"| {domain.zh} {domain.en} | {inside} |")
    return "\n".join(rows)


def findings_shown() -> str:
    """Two findings of the tiny town, step by step."""
    with tempfile.TemporaryDirectory() as out:
        result, _ = workflow.run(TOWN, until="assess", out_dir=Path(out))
    parts = []
    for clause_id, unit in EXPLAINED:
        _, found, trail = explained(result, clause_id, unit)
        steps = [
            f"{n}. {zh}" + ("" if en.endswith(zh.partition("：")[2]) else f"<br>{en}")
            for n, (zh, en) in enumerate(trail.steps, 1)
        ]
        head = (
            f"`{found.clause_id}` · {found.unit_name or found.unit_id}（{found.level}） · "
            f"role `{found.role}` · verdict `{found.verdict}` · via `{found.via}` · "
            f"measured {_exact(found.measured)} · at_most {_exact(found.at_most)} · "
            f"required {_exact(found.required)} · gap {_exact(found.gap)} · unit `{found.unit}`"
        )
        parts.append("\n".join([head, "", *steps]))
    return "\n\n".join(parts)


def _exact(value: Fraction | None) -> str:
    return "–" if value is None else plain(value)


TABLES = {
    "documents": documents_table,
    "new": new_table,
    "inheritance": inheritance_table,
    "findings": findings_shown,
    "readings": readings_table,
    "measures": measures_table,
    "formulas": formulas_table,
    "functions": functions_table,
}


def page_with_tables(page: str) -> str:
    """The page with everything between each pair of markers written anew."""
    for name, table in TABLES.items():
        begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
        before, rest = page.split(begin)
        _, after = rest.split(end)
        page = f"{before}{begin}\n\n{table()}\n\n{end}{after}"
    return page


if __name__ == "__main__":
    PAGES.mkdir(exist_ok=True)
    for name in SHORTS:
        (PAGES / f"{name}.md").write_text(document_page(name), encoding="utf-8")
    PAGE.write_text(page_with_tables(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
