"""Column contracts: name, type, unit and meaning of every table that leaves the program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table; `unit` is "" where there is none."""

    name: str
    kind: Literal["text", "integer", "number"]
    unit: str
    zh: str
    en: str


_Row = tuple[str, Literal["text", "integer", "number"], str, str, str]

_PEOPLE_YEAR: _Row = (
    "people_year",
    "integer",
    "",
    "人数所属年份；未注明为空",
    "year of the people; empty where nobody stated it",
)


def _columns(*rows: _Row) -> tuple[Column, ...]:
    return tuple(Column(name=n, kind=k, unit=u, zh=zh, en=en) for n, k, u, zh, en in rows)


TABLES: Mapping[str, tuple[Column, ...]] = {
    "findings": _columns(
        ("state", "text", "", "now 现状 / after 规划后", "now, or after the plan"),
        (
            "profile",
            "text",
            "",
            "按哪份文件考核（简称）",
            "the document held against, by short name",
        ),
        ("clause_id", "text", "", "条文编号", "id of the clause"),
        (
            "via",
            "text",
            "",
            "own 本级 / inherited 沿用上级 / floor 上级下限 / parent_level 上级总体目标",
            "how it came to be in force",
        ),
        ("document", "text", "", "文号", "document number"),
        ("article", "text", "", "条款", "article"),
        ("quote", "text", "", "原文", "the sentence of the document"),
        ("level", "text", "", "单元层级", "level of the unit"),
        ("unit_id", "text", "", "单元编号", "id of the unit"),
        ("unit_name", "text", "", "单元名称", "name of the unit"),
        ("year", "integer", "", "评估年份", "year of the assessment"),
        (
            "role",
            "text",
            "",
            "requirement 要求 / goal 力争 / indicator 指标 / benchmark 对照",
            "binding here, striven for, only an indicator, or only shown",
        ),
        (
            "verdict",
            "text",
            "",
            "met 达标 / not_met 未达标 / not_assessable 无法评估 / not_applicable 不适用",
            "verdict",
        ),
        ("measured", "number", "see unit", "现状值（已知部分）", "what there is for sure"),
        ("at_most", "number", "see unit", "现状值上限；空为未知", "what there may be at most"),
        ("required", "number", "see unit", "要求值", "what there must be"),
        ("gap", "number", "see unit", "缺口", "what is missing; 0 where met"),
        (
            "unit",
            "text",
            "",
            "量纲：places 托位 / beds 床位 / m2 平方米 / share 占比 / facilities 处 …",
            "unit of the figures",
        ),
        ("people_short", "integer", "persons", "缺口涉及人数", "people the gap leaves without"),
        _PEOPLE_YEAR,
        ("because_zh", "text", "", "理由", "the reason, in Chinese"),
        ("because_en", "text", "", "理由（英文）", "the reason, in English"),
    ),
    "scorecard": _columns(
        ("profile", "text", "", "按哪份文件考核（简称）", "the document, by short name"),
        ("level", "text", "", "单元层级", "level of the unit"),
        ("unit_id", "text", "", "单元编号", "id of the unit"),
        ("unit_name", "text", "", "单元名称", "name of the unit"),
        ("within", "text", "", "所在上级单元", "the units it lies in, the largest first"),
        ("clause_id", "text", "", "条文编号", "id of the clause"),
        ("title", "text", "", "指标", "what the clause is about"),
        ("service", "text", "", "服务", "service"),
        ("role", "text", "", "同 findings.csv", "as in findings.csv"),
        ("via", "text", "", "同 findings.csv", "as in findings.csv"),
        ("current", "text", "", "现状，按条文的单位", "what there is, in the clause's unit"),
        ("target", "text", "", "目标，按条文的单位", "what is asked, in the clause's unit"),
        ("shortfall", "text", "", "缺口；— 为无从计算", "what is missing; — cannot be told"),
        ("verdict", "text", "", "达标情况，同 findings.csv", "verdict, as in findings.csv"),
        ("measured", "number", "see unit", "现状值（已知部分）", "what there is for sure"),
        ("required", "number", "see unit", "要求值", "what there must be"),
        ("gap", "number", "see unit", "缺口值", "what is missing; 0 where met"),
        ("unit", "text", "", "三个数值的量纲", "unit of these three"),
        ("due", "text", "", "期限", "by when it is asked"),
        ("due_year", "integer", "", "目标年份；无期限为空", "year of the target"),
        (
            "strictest",
            "text",
            "",
            "only 最严 / equal 并列 / less 另有更严 / no_figure 未定数值；空 = 仅此一份",
            "where it stands among the documents; empty where only one asks",
        ),
        ("asked", "text", "", "各文件对同一事项的要求，最严在前", "what each asks, the most first"),
        ("document", "text", "", "文号", "document number"),
        ("article", "text", "", "依据条款", "article"),
        ("quote", "text", "", "原文", "the sentence of the document"),
        ("because_zh", "text", "", "理由", "the reason, in Chinese"),
        ("because_en", "text", "", "理由（英文）", "the reason, in English"),
    ),
    "coverage": _columns(
        ("state", "text", "", "now 现状 / after 规划后", "now, or after the plan"),
        ("service", "text", "", "服务", "service"),
        ("limit_min", "number", "min", "时间上限", "time limit; at the limit is inside"),
        ("group", "text", "", "人群", "group of people"),
        ("level", "text", "", "单元层级（area 为全域）", "level of the unit; area is all of it"),
        ("unit_id", "text", "", "单元编号", "id of the unit"),
        ("unit_name", "text", "", "单元名称", "name of the unit"),
        ("people", "number", "persons", "人数", "people of the group in the unit"),
        _PEOPLE_YEAR,
        ("covered", "number", "persons", "圈内人数", "within the limit of the nearest facility"),
        (
            "share",
            "number",
            "share",
            "覆盖率；无人为空",
            "covered / people; empty where nobody lives",
        ),
        (
            "backup",
            "number",
            "persons",
            "圈内另有第二处设施",
            "with a second facility in the limit",
        ),
        ("unserved", "number", "persons", "走得到但超时", "could walk there, not in time"),
        (
            "unreachable",
            "number",
            "persons",
            "走不到",
            "off the network, or on a part without facility",
        ),
    ),
    "speed_band": _columns(
        ("service", "text", "", "服务", "service"),
        ("limit_min", "number", "min", "时间上限", "time limit"),
        ("group", "text", "", "人群", "group of people"),
        ("speed_m_s", "number", "m/s", "步速", "walking speed"),
        ("people", "number", "persons", "人数", "people of the group"),
        _PEOPLE_YEAR,
        ("covered", "number", "persons", "圈内人数", "within the limit at that speed"),
        ("share", "number", "share", "覆盖率", "covered / people"),
    ),
    "data_check": _columns(
        ("table", "text", "", "数据表", "register"),
        ("row", "integer", "", "行号", "row as a spreadsheet numbers it"),
        ("id", "text", "", "编号", "id in the register"),
        ("done", "text", "", "处理", "rejected | repaired | doubtful"),
        ("zh", "text", "", "原因", "why, in Chinese"),
        ("en", "text", "", "原因（英文）", "why"),
    ),
    "residential_areas": _columns(
        ("area_id", "text", "", "居住区编号", "id of the residential area"),
        ("name", "text", "", "名称", "name"),
        (
            "status",
            "text",
            "",
            "适用标准：new 新建 / built 已建成（含旧城区）",
            "the clause it answers to; old town counts as built",
        ),
        (
            "status_by",
            "text",
            "",
            "依据：status 状态 / date 出让或许可日期 / old_town 旧城区",
            "what decides: its status, the date of its land, or the old town",
        ),
        ("land_date", "text", "", "出让或许可日期", "day the land was granted or permitted"),
        ("delivery_year", "integer", "", "交付年份", "year of delivery"),
        ("households", "integer", "households", "户数", "households"),
        ("planned_people", "integer", "persons", "规划人口", "planned people"),
        (
            "held_to",
            "text",
            "",
            "按何人口计：planned 规划人口 / residents 常住人口",
            "the people it answers for",
        ),
        ("residents", "number", "persons", "区内居民", "residents inside, those moved in too"),
        ("moved_in", "number", "persons", "其中计入居民的规划人口", "planned people among them"),
    ),
    "plan": _columns(
        ("site", "text", "", "选址编号", "number of the site"),
        ("candidate_id", "text", "", "候选编号", "candidate"),
        ("source_class", "text", "", "来源类别", "class of premises or parcel"),
        (
            "assumed",
            "text",
            "",
            "由假定而来的字段，以 | 分隔；含 place 即程序生成的候选点；空 = 台账所载",
            "fields that are assumed, joined by |; with place the candidate is made; empty: all "
            "of it stands in the register",
        ),
        ("unit_id", "text", "", "所在最小单元", "smallest planning unit it stands in"),
        ("unit_name", "text", "", "单元名称", "its name"),
        ("service", "text", "", "服务", "service"),
        ("places", "integer", "places", "托位数", "nursery places"),
        ("floor_m2", "number", "m2", "建筑面积", "floor used"),
        (
            "land_m2",
            "number",
            "m2",
            "随建筑面积分摊的独立占地",
            "own land that goes with the floor",
        ),
        ("conversion_yuan", "number", "yuan", "改造费用", "price × floor"),
        ("opening_yuan", "number", "yuan", "固定费用（每点一次）", "fixed cost, once a candidate"),
        ("cost_yuan", "number", "yuan", "合计", "both together"),
        ("lon", "number", "degrees", "经度 WGS 84", "longitude, WGS 84"),
        ("lat", "number", "degrees", "纬度 WGS 84", "latitude, WGS 84"),
        ("because_zh", "text", "", "理由", "why it is there, in Chinese"),
        ("because_en", "text", "", "理由（英文）", "why it is there, in English"),
    ),
    "unmet": _columns(
        ("clause_id", "text", "", "条文编号", "id of the clause"),
        ("level", "text", "", "单元层级", "level of the unit"),
        ("unit_id", "text", "", "单元编号", "id of the unit"),
        ("missing", "number", "see unit", "仍缺", "what the plan leaves missing"),
        ("unit", "text", "", "量纲：places / m2 / persons", "unit of what is missing"),
        ("because_zh", "text", "", "原因", "why, in Chinese"),
        ("because_en", "text", "", "原因（英文）", "why, in English"),
    ),
}
