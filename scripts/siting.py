"""选址：建在何处、多大、哪年、花多少、为什么，什么还满足不了。Where to build, at what cost.

    python scripts/siting.py
    python scripts/siting.py scripts/studies/huangpu.yaml --data 数据目录 --scenario chengdu

Not named site.py: a module of that name in a folder on the path would stand in for Python's own.
"""

from __future__ import annotations

import json

import pandas as pd
from named_study import parser, study_of, told

import planning

YUAN_PER_WAN = 10_000


def main() -> None:
    """Seek a plan, then print its cost and certainty, a line a site, and what it leaves."""
    asked = parser(__doc__).parse_args()
    result, folder = planning.run(
        study_of(asked), data_dir=asked.data, scenario=asked.scenario, out_dir=asked.out
    )
    plan = json.loads((folder / "summary.json").read_text(encoding="utf-8"))["plan"]
    if plan is None:
        print("本研究只做体检（siting: null）this study is only assessed")
        return
    labels = {name: spec.label for name, spec in result.town.study.services.items()}
    before, after = plan["findings_before"], plan["findings_after"]
    print(
        f"方案 plan：{plan['sites_opened']} 处 sites，"
        f"{plan['cost_yuan'] / YUAN_PER_WAN:,.1f} 万元，"
        f"托位 places {plan['places']:,}，建筑面积 floor {plan['floor_m2']:,.0f} 平方米"
    )
    gap = "—" if plan["gap"] is None else f"{plan['gap']:.2%}"
    print(f"求解 solved：{plan['status']}，与下界的差距 gap {gap}，已独立复核 audited")
    print(
        f"要求达标 requirements met：{before['met']} → {after['met']}，"
        f"未达标 not met {before['not_met']} → {after['not_met']}"
    )
    sites = pd.read_csv(folder / "plan.csv")
    for _, site in sites.iterrows():
        print(
            f"  {site['site']} {site['candidate_id']} {labels[site['service']]} {site['year']}年 "
            f"{site['floor_m2']:,.0f}平方米 {site['cost_yuan'] / YUAN_PER_WAN:,.1f}万元："
            f"{site['because_zh']}"
        )
    for _, row in pd.read_csv(folder / "unmet.csv").iterrows():
        print(
            f"  仍不能满足 cannot be met：{row['clause_id']} {row['unit_id']}，{row['because_zh']}"
        )
    print(f"理由书 reasons: {folder / 'reasons.html'}")


if __name__ == "__main__":
    told(main)
