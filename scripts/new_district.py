"""新区配套：每个规划居住区应配什么、依据哪条、附近有什么点位。What new areas must be given.

python scripts/new_district.py
python scripts/new_district.py scripts/studies/huangpu.yaml --data 数据目录 --area 某居住区
"""

from __future__ import annotations

import pandas as pd
from named_study import parser, study_of, told

import planning

NEAREST = 3


def main() -> None:
    """Assess, then print what every new area owes and the sites next to it."""
    options = parser(__doc__)
    options.add_argument(
        "--area",
        action="append",
        default=[],
        help="居住区编号或名称，可多次 an area; all by default",
    )
    asked = options.parse_args()
    _, folder = planning.run(
        study_of(asked), data_dir=asked.data, scenario=asked.scenario, until="assess",
        out_dir=asked.out, areas=asked.area,
    )  # fmt: skip
    owed = pd.read_csv(folder / "obligations.csv")
    sites = pd.read_csv(folder / "area_sites.csv")
    if asked.area:
        owed = owed[owed["area_id"].isin(asked.area) | owed["area_name"].isin(asked.area)]
    if owed.empty:
        print("没有条文要求配建 no clause asks for anything")
    for (area, name), rows in owed.groupby(["area_id", "area_name"], sort=False):
        first = rows.iloc[0]
        print(f"{name}（{area}）：规划 {first['people']:,.0f} 人 people")
        required = rows[rows["role"] == "requirement"]
        for _, row in required[required["unit_id"] == area].iterrows():
            print(f"  {row['title']} {row['target']}：{row['because_zh']}")
            print(f"    “{row['quote']}”（{row['document']} {row['article']}）")
        near = sites[(sites["area_id"] == area) & (sites["kind"] == "candidate")]
        for _, site in near.nsmallest(NEAREST, "distance_m").iterrows():
            print(
                f"  候选点 candidate {site['site_id']} {site['name']}，"
                f"距 {site['distance_m']:,.0f} 米，步行圈内 {site['share']:.0%} 的居民"
            )
    print(f"清单 sheets: {folder / 'obligations.csv'}")


if __name__ == "__main__":
    told(main)
