"""现状体检：谁在步行圈内，哪条未达标，缺多少。Who is served today, which clause is not met.

python scripts/assess.py
python scripts/assess.py scripts/studies/huangpu.yaml --data 数据目录
"""

from __future__ import annotations

import pandas as pd
from named_study import parser, study_of, told

import planning

WORST = 8


def main() -> None:
    """Assess, then print coverage, the count of findings, and what is most missing."""
    asked = parser(__doc__).parse_args()
    result, folder = planning.run(
        study_of(asked), data_dir=asked.data, scenario=asked.scenario, until="assess",
        out_dir=asked.out,
    )  # fmt: skip
    print("一、步行覆盖 walking coverage")
    coverage = pd.read_csv(folder / "coverage.csv")
    for service, spec in result.town.study.services.items():
        row = coverage[
            (coverage["service"] == service)
            & (coverage["limit_min"] == spec.limit_min)
            & (coverage["group"] == spec.group)
            & (coverage["level"] == "area")
        ].iloc[0]
        print(
            f"  {spec.label} ≤ {spec.limit_min:g} 分钟：圈内 inside {row['covered']:,.0f}，"
            f"共 of {row['people']:,.0f} 人，{row['share']:.1%}；"
            f"圈外 outside {row['unserved']:,.0f}"
        )
    card = pd.read_csv(folder / "scorecard.csv")
    required = card[card["role"] == "requirement"]
    counts = required["verdict"].value_counts()
    print("二、条文 requirements")
    for verdict, words in (
        ("met", "达标 met"),
        ("not_met", "未达标 not met"),
        ("not_assessable", "无法评估 not assessable"),
    ):
        print(f"  {words}: {counts.get(verdict, 0)}")
    print("三、未达标，前几条 the first of those not met")
    for _, row in required[required["verdict"] == "not_met"].head(WORST).iterrows():
        print(f"  {row['unit_name']} · {row['title']}：{row['current']}，目标 {row['target']}，")
        print(f"    缺 {row['shortfall']}（{row['document']} {row['article']}）")
    print(f"记分卡 scorecard: {folder / 'scorecard.html'}")


if __name__ == "__main__":
    told(main)
