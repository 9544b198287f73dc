"""How it was worked out: the walk, the people, the count, the proof."""

from __future__ import annotations

from planning.outputs.bilingual import Says
from planning.outputs.report.paper import Head, Paper
from planning.outputs.report.said import AIM_WORDS, STATUS_WORDS, gap, minutes
from planning.result import StudyResult
from planning.siting import SitingPlan, Stage, Status


def write_method(paper: Paper, result: StudyResult) -> None:
    """Write the chapter on method."""
    paper.part(("方法", "Method"), new_page=True)
    paper.section(("步行与步速", "Walking and its speed"))
    paper.say_so(_walk(result))
    paper.section(("人口", "People"))
    paper.say_so(_people(result))
    paper.section(("圈内怎样算", "How people are counted as inside"))
    paper.say_so(_counted(result))
    if result.plan is not None:
        paper.section(("方案怎样证明", "How the plan is proven"))
        _proof(paper, result.plan)


def _walk(result: StudyResult) -> Says:
    network = result.town.network
    profile = network.profile
    km = float(network.component_km().sum())
    return (
        f"按“{profile.label_zh}”沿路网计时，步速 {profile.speed_m_s:g} 米/秒。步速依据："
        f"{profile.source_zh}。路网 {km:,.0f} 公里，{network.n_nodes:,} 个节点。",
        f"Times are along the streets for: {profile.label_en}, at {profile.speed_m_s:g} m/s. "
        f"Source of the speed: {profile.source_en}. The network has {km:,.0f} km and "
        f"{network.n_nodes:,} nodes.",
    )


def _people(result: StudyResult) -> Says:
    town, demand = result.town, result.town.demand
    named = [s.name for s in town.sources if s.key.split(".")[0] == "population"]
    zh, en = demand.of_year
    groups = [
        f"{label[0]} {demand.total(name):,.0f} {town.study.counted_in(name)[0]}"
        for name, label in town.study.labels.items()
        if name in demand.people
    ]
    groups_en = [
        f"{label[1]} {demand.total(name):,.0f}"
        for name, label in town.study.labels.items()
        if name in demand.people
    ]
    return (
        f"人口来源：{'、'.join(named)}（{zh}）。范围内：{'，'.join(groups)}；共 {len(demand):,} 个"
        "人口点。许可见末章。",
        f"Source of the people: {', '.join(named)} ({en}). In the area: {'; '.join(groups_en)}; "
        f"{len(demand):,} points. Licences stand in the last chapter.",
    )


def _counted(result: StudyResult) -> Says:
    services = result.town.study.services.values()
    zh = "、".join(f"{one.label} {minutes(one.limit_min)} 分钟" for one in services)
    en = ", ".join(f"{one.label} {minutes(one.limit_min)} min" for one in services)
    off = float(result.town.demand.total("total", ~result.town.demand_snaps.on_network))
    return (
        f"人口点和设施都接到最近的可用路段，接驳一段也要走；到最近设施的时间不超过时限即为圈内，"
        f"正好等于时限也算。时限：{zh}。上不了路网的 {off:,.0f} 人计为走不到，不剔除。"
        "圈内不等于有位子：位子够不够另见附表 capacity.csv（研究设定时）。",
        "People and facilities stand on the nearest piece of street, and the way to it is walked "
        "as well; whoever is at the nearest facility within the limit, or just at it, is inside. "
        f"Limits: {en}. The {off:,.0f} people who cannot reach the network count as unreachable, "
        "they are not dropped. To be inside is not to have a place: see capacity.csv, where the "
        "study asks.",
    )


def _proof(paper: Paper, plan: SitingPlan) -> None:
    if plan.status is Status.PICKED:
        paper.say_so(
            (
                "方案由人工给定，未求最优，没有下界；各项结论由同一评估器重新计算。",
                "The plan was picked by hand: nothing was sought and there is no bound; the same "
                "evaluator judged it anew.",
            )
        )
        return
    paper.say_so(
        (
            "依次求各项目标，前一项取得的最好值在求后一项时保持不变。“下界”是求解器证明任何方案都"
            "不能低于的值；“差距”是所得值与下界的相对距离。求得的方案用与体检相同的评估器独立复核。",
            "The aims are sought one after the other, each held at its best for the next. No plan "
            "is below the bound; the gap is how far the plan is from it, relatively. The plan is "
            "then recomputed by the evaluator that made the findings.",
        )
    )
    if not plan.stages:
        paper.say_so(STATUS_WORDS[plan.status])
        return
    heads = [
        Head(says=("目标（依次）", "Aim, in order"), width=34),
        Head(says=("所得", "Found"), width=20, is_figure=True),
        Head(says=("下界", "Bound"), width=20, is_figure=True),
        Head(says=("差距", "Gap"), width=12, is_figure=True),
        Head(says=("求解状态", "Status"), width=30),
    ]
    rows = [
        [
            paper.say(AIM_WORDS[stage.aim]),
            _figure(stage.found),
            _figure(stage.bound),
            gap(stage.gap),
            paper.say(_ended(stage)),
        ]
        for stage in plan.stages
    ]
    paper.table(("各项目标的求解结果", "What came of each aim"), heads, rows)


def _ended(stage: Stage) -> Says:
    return STATUS_WORDS[stage.status]


def _figure(value: float) -> str:
    """A quantity of any aim: whole where it is, else with its decimals."""
    return f"{value:,.2f}".rstrip("0").rstrip(".")
