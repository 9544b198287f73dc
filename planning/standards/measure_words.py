"""What a measure is called, and what of a clause it looks at."""

from __future__ import annotations

from collections.abc import Mapping

from planning.standards.clauses import Clause
from planning.standards.terms import Where, Which
from planning.standards.words import group_words, plain, which_words

Says = tuple[str, str]

MEASURE_WORDS: Mapping[str, Says] = {
    "per_thousand": ("每千人拥有量", "amount per 1,000 people"),
    "land_per_resident": ("人均用地", "land a person"),
    "floor_per_100_households": ("每百户建筑面积", "floor per 100 households"),
    "presence": ("单元内有无", "presence in the unit"),
    "count": ("处数", "number of facilities"),
    "total": ("总量", "total amount"),
    "yearly_additions": ("年度新增", "yearly additions"),
    "share_of_units": ("达到的单元占比", "share of units"),
    "share_of_capacity": ("数量占比", "share of capacity"),
    "share_of_facilities": ("设施占比", "share of facilities"),
    "travel_time_coverage": ("时间圈覆盖", "people within the time"),
    "hierarchy": ("层级体系", "levels of a network"),
    "co_location": ("同址或邻近", "same site or adjacent"),
    "attached": ("由中心带动", "attached to a hub"),
    "candidates": ("可用房屋和用地", "premises and land to be had"),
    "people": ("人口", "people"),
    "evenness": ("均衡程度", "evenness"),
    "compliance": ("居住区达标率", "areas that comply"),
    "on_time": ("交付时同步", "in time at delivery"),
    "closure": ("关停影响", "effect of a closure"),
    "exposure": ("邻避影响", "neighbours exposed"),
    "land_needed": ("尚需用地", "land still needed"),
    "average": ("平均规模", "mean size"),
    "completeness": ("台账完整率", "completeness of the register"),
    "scorecard": ("评价指标体系", "scorecard"),
    "cost": ("资金测算", "cost"),
    "typed_in": ("统计填报", "typed in"),
    "budget": ("预算（填报）", "budget, typed in"),
    "enrolment": ("入托率（填报）", "enrolment, typed in"),
    "listed": ("仅列示", "listed only"),
}
"""By `kind` (中文, English)."""

_WHERE: Mapping[str, Mapping[object, Says]] = {
    "zone": {
        "urban": ("城区", "urban"), "suburb": ("郊区", "suburban"), "rural": ("农村", "rural"),
    },
    "town": {"old": ("旧城区", "old town"), "new": ("新城区", "new town")},
    "form": {
        "street": ("街道", "street"), "town": ("镇", "town"), "township": ("乡", "township"),
        "neighbourhood": ("居委会", "neighbourhood"), "village": ("村", "village"),
        "county": ("县", "county"), "county_city": ("县级市", "county-level city"),
        "district": ("区", "district"), "functional_area": ("功能区", "functional area"),
    },
    "central": {True: ("中心城区", "central city"), False: ("中心城区以外", "outside the centre")},
    "agricultural": {True: ("涉农", "agricultural"), False: ("非涉农", "not agricultural")},
    "central_town": {True: ("中心镇", "central towns"), False: ("非中心镇", "other towns")},
    "eligible": {True: ("具备条件", "where conditions allow"), False: ("不具备条件", "without")},
    "poverty": {True: ("脱贫地区", "ex-poverty areas"), False: ("非脱贫地区", "other areas")},
    "migrants": {True: ("流动人口集聚区", "where migrants gather"), False: ("其他", "others")},
    "status": {"new": ("新建居住区", "new areas"), "built": ("已建居住区", "built areas")},
}  # fmt: skip


def measure_words(clause: Clause) -> Says:
    """What is measured of what: 每千人拥有量（托育机构）, with the people and the limit."""
    ask = clause.measure
    zh, en = MEASURE_WORDS[ask.kind]
    said: list[Says] = []
    which = getattr(ask, "which", None)
    if isinstance(which, Which):
        said.append(which_words(which))
    group = getattr(ask, "group", None)
    if group and group != "total":
        said.append(group_words(group))
    for name, unit in (("limit_min", ("分钟", " min")), ("limit_m", ("米", " m"))):
        limit = getattr(ask, name, None)
        if limit is not None:
            said.append((plain(limit) + unit[0], plain(limit) + unit[1]))
    if not said:
        return zh, en
    return f"{zh}（{'，'.join(s[0] for s in said)}）", f"{en} ({', '.join(s[1] for s in said)})"


def where_words(where: Where) -> Says:
    """The conditions of a clause; "" where it applies everywhere."""
    said: list[Says] = []
    for name, words in _WHERE.items():
        wanted = getattr(where, name)
        values = wanted if isinstance(wanted, tuple) else () if wanted is None else (wanted,)
        if values:
            found = [words[value] for value in values]
            said.append(("、".join(zh for zh, _ in found), " or ".join(en for _, en in found)))
    if where.people_min is not None:
        least = plain(where.people_min)
        said.append((f"{least}人以上", f"{least} people or more"))
    if where.people_over is not None:
        least = plain(where.people_over)
        said.append((f"超过{least}人", f"more than {least} people"))
    if where.names:
        said.append(("、".join(where.names), ", ".join(where.names)))
    return "；".join(zh for zh, _ in said), "; ".join(en for _, en in said)
