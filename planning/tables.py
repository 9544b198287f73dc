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
    "capacity": _columns(
        ("state", "text", "", "now 现状 / after 规划后", "now, or after the plan"),
        ("service", "text", "", "服务", "service"),
        ("limit_min", "number", "min", "时间上限", "time limit; at the limit is inside"),
        (
            "rule",
            "text",
            "",
            "谁先得：nearest_first 近者先得 / transport_optimum 统筹调配",
            "who goes first: the nearer, or whoever it takes to serve most",
        ),
        ("amount", "text", "", "位子：places 托位 / beds 床位", "what a place is"),
        ("group", "text", "", "人群", "group of people"),
        ("uptake", "number", "share", "其中要位子的比例", "part of the group that asks"),
        ("level", "text", "", "单元层级（area 为全域）", "level of the unit; area is all of it"),
        ("unit_id", "text", "", "单元编号", "id of the unit"),
        ("unit_name", "text", "", "单元名称", "name of the unit"),
        ("people", "number", "persons", "要位子的人数", "people of the unit who ask for a place"),
        _PEOPLE_YEAR,
        (
            "covered",
            "number",
            "persons",
            "圈内人数，不问有没有位子",
            "within the limit of any facility, place or no place",
        ),
        ("served", "number", "persons", "圈内且有位子", "within the limit, and has a place"),
        (
            "full",
            "number",
            "persons",
            "圈内设施已满",
            "within the limit of a facility, but every place in reach is taken",
        ),
        ("unserved", "number", "persons", "走得到但超时", "could walk there, not in time"),
        (
            "unreachable",
            "number",
            "persons",
            "走不到",
            "off the network, or on a part without facility",
        ),
        ("share", "number", "share", "有位子的占比；无人为空", "served / people"),
        (
            "perhaps",
            "number",
            "persons",
            "没有位子者中，圈内有容量不详设施的人数",
            "of full and unserved, those near a facility that does not say its places",
        ),
        (
            "facilities_unknown",
            "integer",
            "",
            "单元内容量不详的设施，未参加分配",
            "facilities in the unit that do not say their places: not shared out",
        ),
        ("capacity", "number", "see amount", "单元内已知位子", "known places in the unit"),
        (
            "taken",
            "number",
            "see amount",
            "其中分出的，不论分给哪里的人",
            "those of them that are taken, by people of wherever",
        ),
    ),
    "access": _columns(
        ("state", "text", "", "now 现状 / after 规划后", "now, or after the plan"),
        ("service", "text", "", "服务", "service"),
        (
            "measure",
            "text",
            "",
            "指标；k_nearest_2 为到最近两处的平均时间（见 access.md）",
            "measure; k_nearest_2 is the mean time to the two nearest (see access.md)",
        ),
        (
            "unit",
            "text",
            "",
            "可达性的量纲：places/1000 persons 每千人托位 / places 托位 / min 分钟 …",
            "what access is counted in",
        ),
        ("group", "text", "", "人群", "group of people"),
        (
            "between",
            "text",
            "",
            "谁与谁比：people 人与人 / units 该层级各单元均值之间",
            "who is compared: people, or the means of all units of the level",
        ),
        ("level", "text", "", "单元层级（area 为全域）", "level of the unit; area is all of it"),
        ("unit_id", "text", "", "单元编号；单元之间为空", "id of the unit; empty between units"),
        ("unit_name", "text", "", "单元名称", "name of the unit"),
        ("people", "number", "persons", "可达性已知的人数", "people whose access is known"),
        _PEOPLE_YEAR,
        ("left_out", "number", "persons", "此外可达性未知的人数", "further people: not known"),
        (
            "understated",
            "number",
            "persons",
            "附近有容量不详设施、实际只会更多的人数",
            "people near a facility that does not say its places: they have at least so much",
        ),
        ("mean", "number", "see unit", "人均", "mean of the people"),
        (
            "worst_tenth",
            "number",
            "see unit",
            "最差十分之一人的均值（时间取最长者）",
            "mean of the worst served tenth; of times, the longest",
        ),
        ("gini", "number", "", "基尼系数", "Gini coefficient"),
        (
            "palma",
            "number",
            "",
            "最多的一成人与最少的四成人之比",
            "what the tenth with the most has, to the four tenths with the least",
        ),
        ("cv", "number", "", "变异系数", "coefficient of variation"),
        ("min_max", "number", "", "最小与最大之比", "the least to the most"),
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
