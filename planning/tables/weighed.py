"""What budgets buy and how plans do in other worlds."""

from __future__ import annotations

from collections.abc import Mapping

from planning.tables.column import PEOPLE_YEAR, Column, columns

WEIGHED: Mapping[str, tuple[Column, ...]] = {
    "frontier": columns(
        ("budget_yuan", "number", "yuan", "投资上限", "the most that may be spent"),
        ("cost_yuan", "number", "yuan", "该档方案实际投资", "what the plan of the budget costs"),
        ("sites", "integer", "sites", "处数", "candidates opened"),
        (
            "people_short",
            "number",
            "persons",
            "仍缺服务人次（各项要求合计）",
            "people left without, summed over requirements",
        ),
        (
            "people_short_bound",
            "number",
            "persons",
            "下界：该投资内任何方案不会更少",
            "no plan within the budget leaves fewer",
        ),
        ("gap", "number", "share", "与下界的差距", "distance from the bound, relative"),
        ("status", "text", "", "求解状态", "how the search ended: optimal | stopped …"),
        (
            "fewer",
            "number",
            "persons",
            "比最小一档少缺的服务人次",
            "fewer than with the least budget",
        ),
        (
            "fewer_per_wan",
            "number",
            "persons",
            "比上一档多花的每万元少缺的服务人次；没有多花为空",
            "fewer by each 10,000 yuan beyond the budget before; empty where nothing more is spent",
        ),
        ("requirements_met", "integer", "", "达标的要求", "requirements met"),
        (
            "requirements",
            "integer",
            "",
            "可评估的要求（达标与未达标）",
            "requirements that are met or not met",
        ),
        ("knee", "text", "", "拐点 yes / no", "whether money brings clearly less after it"),
        ("candidates", "text", "", "选用的候选点编号", "ids of the candidates opened"),
    ),
    "robustness": columns(
        ("plan", "text", "", "方案为哪种情形而做", "the world a plan was made for"),
        ("world", "text", "", "在哪种情形下评估", "the world it is judged in"),
        (
            "people_short",
            "number",
            "persons",
            "仍缺服务人次（各项要求合计）",
            "people left without, summed over requirements",
        ),
        (
            "regret",
            "number",
            "persons",
            "比该情形下最好的方案多缺的服务人次",
            "beyond what the best of the plans leaves in that world",
        ),
        (
            "people_short_bound",
            "number",
            "persons",
            "该情形下任何方案都不会更少；分年实施时为空",
            "no plan leaves fewer in that world; empty where years are planned together",
        ),
        ("worst_regret", "number", "persons", "各情形中最大的", "the largest over the worlds"),
        ("chosen", "text", "", "最大值最小的方案 yes / no", "whether its worst is the least"),
        ("cost_yuan", "number", "yuan", "方案投资", "what the plan costs"),
        ("sites", "integer", "sites", "处数", "candidates opened"),
        ("requirements_met", "integer", "", "达标的要求", "requirements met"),
        (
            "requirements",
            "integer",
            "",
            "可评估的要求（达标与未达标）",
            "requirements that are met or not met",
        ),
    ),
    "robustness_coverage": columns(
        ("plan", "text", "", "方案为哪种情形而做", "the world a plan was made for"),
        ("world", "text", "", "在哪种情形下评估", "the world it is judged in"),
        ("service", "text", "", "服务", "service"),
        ("group", "text", "", "服务的人群", "the service's group"),
        ("people", "number", "persons", "人数", "people of the group"),
        ("covered", "number", "persons", "圈内人数", "within the limit"),
        ("share", "number", "share", "覆盖率；无人为空", "covered / people"),
    ),
    "frontier_coverage": columns(
        ("budget_yuan", "number", "yuan", "投资上限", "the most that may be spent"),
        ("service", "text", "", "服务", "service"),
        ("limit_min", "number", "min", "时间上限", "time limit; at the limit is inside"),
        ("group", "text", "", "服务的人群", "the service's group"),
        ("people", "number", "persons", "人数", "people of the group"),
        PEOPLE_YEAR,
        ("covered", "number", "persons", "圈内人数", "within the limit"),
        ("share", "number", "share", "覆盖率；无人为空", "covered / people"),
    ),
}
