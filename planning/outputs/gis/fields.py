"""The columns of the GIS layers: what each means, and its name where ten bytes must do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from planning.area import LEVELS
from planning.demand import TOTAL
from planning.outputs.gis.minutes_raster import STATE_WORDS
from planning.result import StudyResult
from planning.standards.words import LEVEL_WORDS
from planning.tables import TABLES

MOST_BYTES = 10
"""Of the name of a column in a dBASE table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A column: its name in result.gpkg, the short one, and what it holds, `unit` "" if none."""

    name: str
    alias: str
    zh: str
    en: str
    unit: str


_Row = tuple[str, str, str, str, str]

_STREET: tuple[_Row, ...] = (
    (
        "street", "street", "",
        "怎样上路：nearest 最近、moved 改接、island 只有孤岛、too_far 太远、walled_in 在围墙内",
        "how it came to its street, or why it has none",
    ),
    ("leg_m", "leg_m", "m", "到路边的距离", "way to the street"),
    ("moved_m", "moved_m", "m", "改接多走的距离", "how much farther than the nearest street"),
)  # fmt: skip

_FIXED: Mapping[str, tuple[_Row, ...]] = {
    "demand": (
        ("people", "people", "persons", "全体居民", "all residents"),
        ("people_year", "ppl_year", "", "人数所属年份", "year of the people"),
        ("planned_area_id", "plan_area", "", "规划人口所属居住区；空 = 人口数据中的居民",
         "area whose planned people they are; empty: residents of the population data"),
        *_STREET,
    ),
    "facilities": (
        ("facility_id", "fac_id", "", "设施编号", "id of the facility"),
        ("name", "name", "", "名称", "name"),
        ("type", "type", "", "类型", "type"),
        ("services", "services", "", "提供的服务，以 | 分隔", "services it offers, joined by |"),
        ("places", "places", "places", "托位；空 = 未注明", "nursery places; empty: not said"),
        ("beds", "beds", "beds", "床位；空 = 未注明", "beds; empty: not said"),
        ("nursing_beds", "nurs_beds", "beds", "护理型床位；空 = 未注明", "nursing beds"),
        ("elder_land_m2", "eld_land", "m2", "独立占地的养老用地", "own land for elder care"),
        ("floor_m2", "floor_m2", "m2", "建筑面积", "floor"),
        ("elder_floor_m2", "eld_floor", "m2", "养老建筑面积", "floor for elder care"),
        ("far", "far", "", "容积率", "floor area ratio"),
        ("status", "status", "", "open 运营、not_open 未运营", "open or not"),
        ("operator", "operator", "", "运营方：government 政府、market 市场", "who operates it"),
        ("opened_year", "open_year", "", "开办年份", "year of opening"),
        ("tier_min", "tier_min", "min", "所属生活圈层级", "its tier of living circles"),
        ("grade", "grade", "", "等级", "grade"),
        ("hub", "hub", "", "所属中心（设施编号）", "facility that runs it"),
        ("inclusive", "inclusive", "", "普惠：yes、no", "inclusive"),
        ("demo", "demo", "", "示范：yes、no", "a model facility"),
        ("filed", "filed", "", "备案：yes、no", "filed"),
        ("in_use", "in_use", "", "在用：yes、no", "in use"),
        ("fire_safe", "fire_safe", "", "消防达标：yes、no", "fire safe"),
        ("clinic", "clinic", "", "内设医务室或护理站：yes、no", "has a clinic"),
        ("medical_contract", "med_contr", "", "签约医疗机构：yes、no", "medical contract"),
        ("county_run", "county_run", "", "县级直管：yes、no", "run by the county"),
        ("general_hospital", "gen_hosp", "", "综合医院：yes、no", "general hospital"),
        ("public", "public", "", "公立：yes、no", "public"),
        ("geriatric_department", "geriatric", "", "设老年医学科：yes、no", "geriatric department"),
        ("health_manager", "health_mgr", "", "配健康管理员：yes、no", "has a health manager"),
        ("standardised", "standard", "", "标准化：yes、no", "standardised"),
        ("upgraded", "upgraded", "", "已改造提升：yes、no", "upgraded"),
        *_STREET,
    ),
    "candidates": (
        ("candidate_id", "cand_id", "", "候选编号", "id of the candidate"),
        ("source_class", "src_class", "", "来源类别", "class of premises or parcel"),
        ("premises", "premises", "", "房屋成本层级：free、public、own、market；空 = 文件未列",
         "cost class of the premises; empty: no document lists it"),
        ("services", "services", "", "可供服务，以 | 分隔", "services it may take, joined by |"),
        ("floor_m2", "floor_m2", "m2", "可用建筑面积", "floor"),
        ("land_m2", "land_m2", "m2", "自有地块面积", "its own plot"),
        ("yuan_per_m2", "yuan_m2", "yuan/m2", "每平方米改造费用", "price of conversion"),
        ("fixed_yuan", "fixed_yuan", "yuan", "固定费用", "fixed cost"),
        ("available_year", "avail_year", "", "可用年份；空 = 随时可用", "free from; empty: now"),
        ("made", "made", "", "listed 登记、made 程序生成", "listed in a register, or made"),
        ("assumed", "assumed", "", "由假定而来的字段，以 | 分隔", "what is assumed, joined by |"),
        *_STREET,
    ),
    "isochrones": (
        ("service", "service", "", "服务代码", "key of the service"),
        ("label", "label", "", "服务名称", "name of the service"),
        ("minutes", "minutes", "min", "时间档，含上限；仅供查看", "limit, itself inside"),
        ("speed_m_s", "speed_m_s", "m/s", "步行速度", "walking speed"),
    ),
    "units": (
        ("unit_id", "unit_id", "", "单元编号", "id of the unit"),
        ("level", "level", "", "单元层级", "level of the unit"),
        ("parent_id", "parent_id", "", "上级单元编号", "id of the unit above"),
        ("name", "name", "", "单元名称", "name of the unit"),
        ("people", "people", "persons", "全体居民", "all residents"),
        ("people_year", "ppl_year", "", "人数所属年份", "year of the people"),
    ),
}  # fmt: skip

_TABLE_OF = {"plan": "plan", "residential": "residential_areas"}
"""Layers whose columns are those of a table that `planning.tables` promises."""
_SHORT = {
    "candidate_id": "cand_id", "source_class": "src_class", "nursing_beds": "nurs_beds",
    "conversion_yuan": "conv_yuan", "opening_yuan": "open_yuan", "goes_nearest": "goes_near",
    "goes_optimum": "goes_opt", "lost_people": "lost_ppl", "lost_clauses": "lost_claus",
    "alternative_id": "alt_id", "alternative_extra_yuan": "alt_extra",
    "alternative_leaves": "alt_leaves", "alternative_zh": "alt_zh", "alternative_en": "alt_en",
    "delivery_year": "deliv_year", "planned_people": "plan_ppl",
}  # fmt: skip
_STATE_LETTERS = {"now": "n", "after": "a"}
_LEVEL_ALIASES = {"province": "prov_id", "community": "commu_id"}
_GAP = "_gap"


def fields_of(result: StudyResult, layer: str, columns: Sequence[str]) -> tuple[Field, ...]:
    """The fields of a layer, in the order of its columns (the geometry is none of them).

    `layer` is its English name (``demand``). Services and groups are numbered as the study names
    them, clauses as the document has them: ``min_n_s1`` are minutes now to the first service.

    Raises
    ------
    KeyError
        Where a column has no meaning written down.
    """
    known = {row[0]: _field(row) for row in _FIXED.get(layer, ())}
    if layer in _TABLE_OF:
        for column in TABLES[_TABLE_OF[layer]]:
            alias = _SHORT.get(column.name, column.name)
            known[column.name] = _field((column.name, alias, column.unit, column.zh, column.en))
    if layer == "demand":
        known |= {field.name: field for field in _of_demand(result, columns)}
    if layer in ("units", "residential"):
        known |= {field.name: field for field in _of_clauses(result)}
    fields = tuple(known[name] for name in columns)
    aliases = [field.alias for field in fields]
    assert len(set(aliases)) == len(aliases) and max(map(len, aliases)) <= MOST_BYTES
    return fields


def _field(row: _Row) -> Field:
    name, alias, unit, zh, en = row
    return Field(name=name, alias=alias, zh=zh, en=en, unit=unit)


def _of_demand(result: StudyResult, columns: Sequence[str]) -> Iterator[Field]:
    """People by group, minutes and facilities by state and service, access, units."""
    labels = result.town.study.labels
    for n, group in enumerate((g for g in result.town.demand.people if g != TOTAL), start=1):
        zh, en = labels[group]
        yield _field((f"people_{group}", f"people_g{n}", "persons", zh, en))
    for state, letter in _STATE_LETTERS.items():
        for n, (service, spec) in enumerate(result.town.study.services.items(), start=1):
            yield from _walks(state, letter, service, spec.label, n)
    access = [name for name in columns if name.startswith("access_")]
    for n, name in enumerate(access, start=1):
        said = name.removeprefix("access_")
        zh = f"可达性 {said}（量纲见 access.csv）"
        yield _field((name, f"access_{n}", "see access.csv", zh, f"access {said}"))
    for level in LEVELS:
        zh, en = LEVEL_WORDS[level]
        alias = _LEVEL_ALIASES.get(level, f"{level}_id")
        yield _field((f"{level}_id", alias, "", f"所在{zh}编号", f"of the {en}, the one it is in"))


def _walks(state: str, letter: str, service: str, label: str, number: int) -> Iterator[Field]:
    zh, en = STATE_WORDS["now" if state == "now" else "after"]
    tail = f"{letter}_s{number}"
    for prefix, short, which, nearest in (
        ("", "", "最近", "nearest"),
        ("second_", "2", "第二近", "second nearest"),
    ):
        yield _field(
            (
                f"{prefix}minutes_{state}_{service}", f"min{short}_{tail}", "min",
                f"{zh}到{which}{label}设施的步行时间；空 = 走不到",
                f"{en}: walk to the {nearest} facility of {service}; empty: none",
            )
        )  # fmt: skip
        yield _field(
            (
                f"{prefix}facility_{state}_{service}", f"fac{short}_{tail}", "",
                f"{zh}{which}{label}设施的编号", f"{en}: id of the {nearest} of {service}",
            )
        )  # fmt: skip


def _of_clauses(result: StudyResult) -> Iterator[Field]:
    """Verdict and gap of every clause of the study's own document, now and after."""
    for n, clause in enumerate(result.town.profile.clauses, start=1):
        short = re.sub("-", "_", clause.id.rsplit("/", 1)[-1])
        for state, letter in _STATE_LETTERS.items():
            state_zh, state_en = STATE_WORDS["now" if state == "now" else "after"]
            of = f"{clause.title_zh}（{clause.id}）"
            name, alias = f"{short}_{state}", f"c{n:03d}_{letter}"
            yield _field((name, alias, "", f"{state_zh}：{of}结论", f"{state_en}: {clause.id}"))
            zh, en = f"{state_zh}：{of}缺口", f"{state_en}: {clause.id}, what is missing"
            yield _field((name + _GAP, alias + _GAP, "see findings.csv", zh, en))
