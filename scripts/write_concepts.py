"""Write the examples of docs/concepts.md: what a run on the sample town says, in sentences.

Run it as `python scripts/write_concepts.py`; a test holds the page equal to what it writes.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from planning import workflow
from planning.result import StudyResult
from planning.sample import write_sample
from planning.siting.classic import lscp, mclp, p_median
from planning.travel import reach
from planning.units import MS_PER_MIN

PAGE = Path(__file__).resolve().parents[1] / "docs" / "concepts.md"
LIMIT_MIN = 15
_M2_PER_KM2 = 1e6
_FEW = 3
"""Sites of the classic questions."""
_SHARE = 0.9
_FAR_MIN = 240
"""As far as anybody in the town walks, so that the p-median serves everybody."""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """The sample town, a run on it, and the circles round its facilities."""

    result: StudyResult
    folder: Path
    circles: gpd.GeoDataFrame

    def table(self, name: str, **wanted: object) -> pd.DataFrame:
        """The rows of a table of the run that have these values."""
        rows = pd.read_csv(self.folder / f"{name}.csv")
        for column, value in wanted.items():
            rows = rows[rows[column] == value]
        return rows

    @cached_property
    def elderly(self) -> np.ndarray:
        """People of 60 and over at every point, shape (n,)."""
        return np.asarray(self.result.situation.demand.people["elderly"])


def sample_run(folder: Path) -> Sample:
    """Make the town in `folder` and do everything that the examples speak of."""
    write_sample(folder)
    study = folder / "study.yaml"
    result, run = workflow.run(study, out_dir=folder / "runs", speed_band=True)
    workflow.isochrones(study, (float(LIMIT_MIN),), folder / "circles.gpkg")
    circles = gpd.read_file(folder / "circles.gpkg", layer="isochrones")
    return Sample(result=result, folder=run, circles=circles)


def circle(sample: Sample) -> str:
    """The land that is drawn round all elder care, beside circles of the same radius."""
    (drawn,) = sample.circles[sample.circles.service == "elder_care"].itertuples()
    walked_m = LIMIT_MIN * 60 * drawn.speed_m_s
    town = sample.result.town
    offers = set(town.study.services["elder_care"].functions)
    there = [
        shapely.Point(x, y).buffer(walked_m, quad_segs=64)
        for x, y, does, is_open in zip(
            town.facilities.x_m, town.facilities.y_m, town.facilities.functions,
            town.facilities.is_open, strict=True,
        )
        if is_open and offers & does
    ]  # fmt: skip
    round_km2 = shapely.union_all(there).area / _M2_PER_KM2
    return (
        f"例：{drawn.label}现有 {len(there)} 处，步速 {drawn.speed_m_s:g} 米/秒，"
        f"{LIMIT_MIN} 分钟走 {walked_m:,.0f} 米：走得到的街道及其两侧共 {drawn.area_km2:.2f} km²，"
        f"画圆则是 {round_km2:.2f} km²。\n"
        f"*{len(there)} facilities: streets that are reached, with their sides, cover "
        f"{drawn.area_km2:.2f} km², circles {round_km2:.2f}.*"
    )


def coverage(sample: Sample) -> str:
    """Elder care today and with the plan."""
    said = []
    for state, zh in (("now", "现状"), ("after", "按方案建成后")):
        (row,) = sample.table(
            "coverage", state=state, service="elder_care", limit_min=LIMIT_MIN, group="elderly",
            level="area",
        ).itertuples()  # fmt: skip
        said.append(
            f"{zh} {row.covered:,.0f} 人在圈内（{row.share:.1%}），{row.unserved:,.0f} 人圈外，"
            f"{row.unreachable:,.0f} 人走不到"
        )
    return f"例：60 岁及以上 {row.people:,.0f} 人，" + "；".join(said) + "。"


def catchment(sample: Sample) -> str:
    """The facility to which most people would come."""
    rows = sample.table("loads", state="now", service="elder_care", rule="nearest")
    row = rows.sort_values("people").iloc[-1]
    return (
        f"例：{row.facility_name}，就近来的要床位的有 {row.people:.1f} 人，"
        f"平均走 {row.mean_min:.1f} 分钟，最远 {row.farthest_min:.1f} 分钟；"
        f"有床位 {row.capacity:.0f} 张。\n"
        f"*{row.people:.1f} people who ask for a bed would come, {row.mean_min:.1f} minutes on "
        f"average; it has {row.capacity:.0f} beds.*"
    )


def places(sample: Sample) -> str:
    """The nursery places of the county."""
    (row,) = sample.table(
        "findings", state="now", clause_id="SC-2021-57/1.0/nursery-rate-2025", level="county"
    ).itertuples()
    return f"例：{row.unit_name}，{row.because_zh}。\n*{row.because_en}.*"


def capacity(sample: Sample) -> str:
    """Nursery places today, by both rules."""
    said = []
    for rule, zh in (("nearest_first", "近者先得"), ("transport_optimum", "统筹调配")):
        (row,) = sample.table(
            "capacity", state="now", service="nursery", rule=rule, level="area"
        ).itertuples()
        said.append(f"{zh}，{row.served:.1f} 人有位子（{row.share:.1%}）")
    return (
        f"例：要托位的 {row.people:.1f} 人（3 岁以下的 {row.uptake:.0%}），"
        f"圈内 {row.covered:.1f} 人，托位 {row.capacity:.0f} 个：{'；'.join(said)}。"
    )


def access(sample: Sample) -> str:
    """Nursery places a thousand children have within reach, on average and the worst tenth."""
    said = []
    for state, zh in (("now", "现状"), ("after", "按方案建成后")):
        row = _access(sample, state, "two_step")
        said.append(f"{zh}平均 {row['mean']:.1f} 个，最差一成 {row['worst_tenth']:.1f} 个")
    return f"例：每千名 3 岁以下婴幼儿够得着的托位，{'；'.join(said)}。"


def gini(sample: Sample) -> str:
    """The same supply, by 2SFCA and with a decay."""
    plain, decayed = (_access(sample, "now", name) for name in ("two_step", "enhanced_two_step"))
    return (
        f"例：托位可达性现状的基尼系数 {plain['gini']:.3f}；"
        f"远近有别地算（E2SFCA）为 {decayed['gini']:.3f}。\n"
        f"*{plain['gini']:.3f} by 2SFCA, {decayed['gini']:.3f} where near and far are told apart.*"
    )


def _access(sample: Sample, state: str, measure: str) -> pd.Series:
    rows = sample.table(
        "access", state=state, service="nursery", measure=measure, group="under_3", level="area"
    )
    return rows.iloc[0]


def verdicts(sample: Sample) -> str:
    """The binding findings, today and with the plan."""
    words = {"met": "达标", "not_met": "未达标", "not_assessable": "无法评估"}
    said = []
    for state, zh in (("now", "现状"), ("after", "按方案建成后")):
        found = sample.table("findings", state=state, role="requirement").verdict.value_counts()
        counts = "、".join(f"{word} {found.get(name, 0)}" for name, word in words.items())
        said.append(f"{zh}{counts}")
    return f"例：约束性条文在各单元的结论，{'；'.join(said)}。"


def plan(sample: Sample) -> str:
    """What is built, what it costs, and how close that is to the bound."""
    said = json.loads((sample.folder / "summary.json").read_text(encoding="utf-8"))["plan"]
    yuan, bound, gap = said["objective_yuan"], said["bound_yuan"], said["gap"]
    return (
        f"例：{said['sites_opened']} 处，{yuan:,.0f} 元；界 {bound:,.0f} 元，差距 {gap:.4%}。\n"
        f"*{said['sites_opened']} sites for {yuan:,.0f} yuan; the bound is {bound:,.0f}, the gap "
        f"{gap:.4%}.*"
    )


def classics(sample: Sample) -> str:
    """The candidates as sites, for people of 60 and over."""
    town, elderly = sample.result.town, sample.elderly
    assert town.candidate_snaps is not None
    far = reach(town.network, town.candidate_snaps, town.crowd, limit_ms=_FAR_MIN * MS_PER_MIN)
    limit_ms = LIMIT_MIN * MS_PER_MIN
    least = lscp(far, limit_ms=limit_ms, share=_SHARE, people=elderly)
    most = mclp(far, elderly, limit_ms=limit_ms, p=_FEW)
    nearest = p_median(far, elderly, _FEW)
    mean_min = nearest.objective / elderly.sum() / MS_PER_MIN
    return (
        f"例：只用候选点，60 岁及以上 {elderly.sum():,.0f} 人。"
        f"{LIMIT_MIN} 分钟内覆盖 {_SHARE:.0%}，至少 {least.objective:.0f} 处；"
        f"{_FEW} 处最多覆盖 {most.objective:,.0f} 人；"
        f"{_FEW} 处使人均步行最短，为 {mean_min:.1f} 分钟。\n"
        f"*{least.objective:.0f} candidates cover {_SHARE:.0%}; {_FEW} cover {most.objective:,.0f} "
        f"people at most; {_FEW} bring the mean walk down to {mean_min:.1f} minutes.*"
    )


def speeds(sample: Sample) -> str:
    """Elder care today at the slow, the usual and the fast speed."""
    rows = sample.table("speed_band", service="elder_care", limit_min=LIMIT_MIN, group="elderly")
    said = [f"{row.speed_m_s:g} 米/秒 {row.share:.1%}" for row in rows.itertuples()]
    return f"例：养老服务现状覆盖率，{'，'.join(said)}。"


EXAMPLES: Mapping[str, Callable[[Sample], str]] = {
    "circle": circle, "coverage": coverage, "catchment": catchment, "places": places,
    "capacity": capacity, "access": access, "verdicts": verdicts, "plan": plan,
    "classics": classics, "speeds": speeds, "gini": gini,
}  # fmt: skip


def page_with_examples(page: str, sample: Sample) -> str:
    """The page with everything between each pair of markers written anew."""
    for name, example in EXAMPLES.items():
        begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
        before, rest = page.split(begin)
        _, after = rest.split(end)
        page = f"{before}{begin}\n\n{example(sample)}\n\n{end}{after}"
    return page


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        text = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(page_with_examples(text, sample_run(Path(made))), encoding="utf-8")
