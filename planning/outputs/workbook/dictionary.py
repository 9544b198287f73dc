"""数据说明: where everything is from, how people walk, and what the columns mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planning.outputs.bilingual import Says
from planning.outputs.workbook.table import Column, Table
from planning.result import StudyResult


def dictionary_table(result: StudyResult, tables: Sequence[Table]) -> Table:
    """Sources and licences, settings, remarks on the data, and the columns of the other sheets."""
    rows = [*_settings(result), *_sources(result), *_remarks(result), *_columns(tables)]
    return Table(
        name=("数据说明", "About the data"),
        note=(
            "界线仅为示意，不作为划界依据；公开展示前请办理地图审核。",
            "Borders are for illustration only; maps shown in public need review.",
        ),
        columns=(
            Column(heading=("类别", "kind"), values=[row[0] for row in rows], width=14),
            Column(heading=("名称", "name"), values=[row[1] for row in rows], form="words",
                   width=40),
            Column(heading=("说明", "meaning"), values=[row[2] for row in rows], form="words",
                   width=90),
        ),
    )  # fmt: skip


_Row = tuple[str, str, str]


def _settings(result: StudyResult) -> Iterator[_Row]:
    town, profile = result.town, result.town.network.profile
    speed = profile.speed_m_s
    yield "研究", "名称", town.area.name
    yield "研究", "编号与摘要", f"{town.study.name} {result.digest}"
    yield "研究", "情景", town.scenario or "无"
    yield "研究", "采用文件", town.profile.standard.document
    year = town.study.standards.year
    yield "研究", "评估年份", "未注明" if year is None else str(year)
    yield "步行", "步速（米/秒）", f"{speed:g}"
    people = town.demand.year
    yield "人口", "人口年份", "未注明" if people is None else str(people)
    yield "坐标系", "计算用", f"EPSG:{town.area.epsg}"


def _sources(result: StudyResult) -> Iterator[_Row]:
    for source in result.town.sources:
        yield "来源", f"{source.key}：{source.name}", f"{source.licence} [SHA-256 {source.sha256}]"


def _remarks(result: StudyResult) -> Iterator[_Row]:
    for note in result.town.notes:
        yield "数据备注", note.about, f"{note.zh}"


_MEANT: dict[str, Says] = {
    "规划后仍缺": ("方案建成后仍缺的数量，量纲见该列", "what the plan leaves missing"),
    "涉及人数（人）": ("缺口使多少人得不到服务", "people whom the gap leaves without"),
    "年末仍缺服务人次": (
        "各项要求年末仍缺的服务人次之和，一人可计多次",
        "people left without at the end of the year, summed over requirements",
    ),
    "新增覆盖人口（人）": (
        "现状在圈外、规划后以该处为圈内最近设施的人数；各处之和即该服务新进圈的人",
        "people outside today to whom the site is the nearest within the limit",
    ),
    "投资（万元）": ("改造费用与开办费用之和；开办费用每处一次", "works and opening"),
    "依据": ("该处为哪些条文增加了什么", "what it adds to which clause"),
    "最好的替代": ("其余不变，另一处能否顶替、差多少钱", "what could take its place"),
}


def _columns(tables: Sequence[Table]) -> Iterator[_Row]:
    for table in tables:
        yield "表", table.name[0], table.note[0]
        for column in table.columns:
            meaning = _MEANT.get(column.heading[0])
            if meaning is not None:
                yield "字段", f"{table.name[0]}·{column.heading[0]}", meaning[0]
