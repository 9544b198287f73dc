"""方案比选：同一研究的几个情景并列，只列规划师先问的几行。Scenarios of one study side by side.

    python scripts/compare.py
    python scripts/compare.py scripts/studies/huangpu.yaml --data 数据目录 --beside slow

The study as it stands, or --scenario, comes first. Every figure is in the three files
it writes, page, workbook and Word chapter, as `planning compare 成果 成果…` does.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from named_study import parser, study_of, told

import planning

OF_THE_SAMPLE = ["slow", "fast"]
YUAN_PER_WAN = 10_000


def main() -> None:
    """Run every scenario, then print a line a figure, its values from left to right."""
    options = parser(__doc__)
    options.add_argument(
        "--beside", action="append", default=[], metavar="情景", help="并列的情景，可多次 scenarios"
    )
    asked = options.parse_args()
    study, beside = study_of(asked), asked.beside or ([] if asked.study else OF_THE_SAMPLE)
    folders: list[Path] = []
    columns: list[dict[str, str]] = []
    for scenario in dict.fromkeys([asked.scenario, *beside]):
        result, folder = planning.run(
            study, data_dir=asked.data, scenario=scenario, out_dir=asked.out
        )
        said = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
        columns.append(_coverage(said, result.town.study.services) | _plan(said["plan"]))
        columns[-1]["情景 scenario"] = scenario or "（原研究 as it stands）"
        folders.append(folder)
    lines = dict.fromkeys(["情景 scenario", *(line for one in columns for line in one)])
    for line in lines:
        print(f"{line}：" + " | ".join(one.get(line, "—") for one in columns))
    print("成果 results: " + " ".join(map(str, folders)))
    comparison = planning.compare_runs(folders)
    for path in planning.write_comparison(asked.out / comparison.name, comparison):
        print(f"比选 comparison: {path}")


def _coverage(said: dict[str, Any], services: dict[str, Any]) -> dict[str, str]:
    """How many people of the group each service is for are inside its circle, now and after."""
    words = {"now": "现状 now", "after": "规划后 after"}
    return {
        f"{services[row['service']].label} ≤ {row['limit_min']:g} 分钟 {words[row['state']]}": (
            f"{row['covered']:,.0f} 人 {row['share']:.1%}"
        )
        for row in said["coverage"]
        if row["level"] == "area"
        and row["group"] == services[row["service"]].group
        and row["limit_min"] == services[row["service"]].limit_min
        and row["share"] is not None
    }


def _plan(plan: dict[str, Any] | None) -> dict[str, str]:
    if plan is None:
        return {"方案 plan": "无 none"}
    return {
        "要求达标 requirements met": (
            f"{plan['findings_before']['met']} → {plan['findings_after']['met']}"
        ),
        "选址 sites": f"{plan['sites_opened']}",
        "新增托位 places": f"{plan['places']:,}",
        "投资（万元）cost [10,000 yuan]": f"{plan['cost_yuan'] / YUAN_PER_WAN:,.1f}",
        "所用点位 candidates": " ".join(
            sorted({site["candidate_id"] for site in plan["sites"] if site["candidate_id"]})
        ),
    }


if __name__ == "__main__":
    told(main)
