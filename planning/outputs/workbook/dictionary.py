"""数据说明: where everything is from, how people walk, and what the columns mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planning.outputs.bilingual import Says
from planning.outputs.borders import borders_said
from planning.outputs.workbook.table import Column, Table
from planning.result import StudyResult


def dictionary_table(result: StudyResult, tables: Sequence[Table]) -> Table:
    """Sources and licences, settings, remarks on the data, and every column of the other sheets."""
    rows = [*_settings(result), *_sources(result), *_remarks(result), *_columns(tables)]
    return Table(
        name=("数据说明", "About the data"),
        note=borders_said(result.town.study.map_review_no),
        columns=(
            Column(heading=("类别", "kind"), values=[row[0] for row in rows], width=14),
            Column(heading=("名称", "name"), values=[row[1] for row in rows], form="words",
                   width=44),
            Column(heading=("说明", "meaning"), values=[row[2] for row in rows], form="words",
                   width=90),
        ),
    )  # fmt: skip


_Row = tuple[Says, str | Says, str | Says]

_STUDY: Says = ("研究", "study")
_NOT_SAID: Says = ("未注明", "not stated")


def _settings(result: StudyResult) -> Iterator[_Row]:
    town, profile = result.town, result.town.network.profile
    year, people = town.study.standards.year, town.demand.year
    yield _STUDY, ("名称", "name"), town.area.name
    yield _STUDY, ("编号与摘要", "key and digest"), f"{town.study.name} {result.digest}"
    yield _STUDY, ("情景", "scenario"), town.scenario or ("无", "none")
    yield _STUDY, ("采用文件", "document"), town.profile.standard.document
    yield _STUDY, ("评估年份", "year assessed"), _NOT_SAID if year is None else str(year)
    yield ("步行", "walking"), ("步速（米/秒）", "speed [m/s]"), f"{profile.speed_m_s:g}"
    yield (
        ("人口", "people"), ("人口年份", "year of the people"),
        _NOT_SAID if people is None else str(people),
    )  # fmt: skip
    yield ("坐标系", "coordinates"), ("计算用", "computed in"), f"EPSG:{town.area.epsg}"


def _sources(result: StudyResult) -> Iterator[_Row]:
    for source in result.town.sources:
        dated = f"（{source.vintage}）" if source.vintage else ""
        licence = f"{source.licence} [SHA-256 {source.sha256}]"
        yield ("来源", "source"), f"{source.key}：{source.name}{dated}", licence


def _remarks(result: StudyResult) -> Iterator[_Row]:
    for note in result.town.notes:
        yield ("数据备注", "remark"), note.about, (note.zh, note.en)


_MEANT: dict[str, Says] = {
    "规划后仍缺": (
        "方案建成后仍缺的数量，量纲见该列", "what the plan leaves missing, in the column's unit",
    ),
    "涉及人数（人）": ("缺口使多少人得不到服务", "people whom the gap leaves without"),
    "年末仍缺服务人次": (
        "各项要求年末仍缺的服务人次之和，一人可计多次",
        "people left without at the end of the year, summed over requirements",
    ),
    "新增覆盖人口（人）": (
        "现状在圈外、规划后以该处为圈内最近设施的人数；各处之和即该服务新进圈的人",
        "people outside today to whom the site is the nearest within the limit: the sites of a "
        "service add up to all who come inside",
    ),
    "投资（万元）": (
        "改造费用与开办费用之和；开办费用每处一次", "works and opening; the latter once a place",
    ),
    "依据": ("该处为哪些条文增加了什么", "what it adds to which clause"),
    "去掉它的后果": (
        "其余不变，少了这一处会怎样", "what would be lost without it, all else being as it is",
    ),
    "最好的替代": (
        "其余不变，另一处能否顶替、差多少钱",
        "what could take its place, all else being as it is, and for how much",
    ),
}  # fmt: skip


def _columns(tables: Sequence[Table]) -> Iterator[_Row]:
    """Every column by its heading in both languages, with its meaning where that needs words."""
    for table in tables:
        yield ("表", "sheet"), table.name, table.note
        for column in table.columns:
            (zh, en), (meant_zh, meant_en) = column.heading, _MEANT.get(column.heading[0], ("", ""))
            yield (
                ("字段", "column"),
                (f"{table.name[0]}·{zh}", f"{table.name[1]} · {en}"),
                (f"{en}。{meant_zh}" if meant_zh else en, f"{zh}. {meant_en}" if meant_en else zh),
            )
