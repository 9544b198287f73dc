"""What the files and layers of a run folder are, (中文, English)."""

from __future__ import annotations

from collections.abc import Mapping

_FILES: Mapping[str, tuple[str, str]] = {
    "access.csv": ("可达性与公平", "access and equity"),
    "area_sites.csv": ("居住区内与步行圈内的设施和候选点", "sites in and around residential areas"),
    "capacity.csv": ("圈内且有位子的人", "who is within the limit and has a place"),
    "coverage.csv": ("步行覆盖台账", "coverage ledger"),
    "data_check.csv": ("台账中剔除、改读、存疑的行", "rows rejected, repaired or doubtful"),
    "findings.csv": ("条文体检：每条 × 每单元", "findings, clause by unit"),
    "frontier.csv": ("各档投资能做到什么", "what each budget buys"),
    "frontier_coverage.csv": ("各档投资的覆盖", "coverage by budget"),
    "goings.csv": ("谁去哪里", "who goes where"),
    "loads.csv": ("每处设施去多少人", "who goes to each facility, against its places"),
    "map.html": ("离线地图，双击打开", "the offline map"),
    "metadata.json": ("元数据", "metadata"),
    "minutes.qml": ("minutes.tif 的 QGIS 样式", "how QGIS draws minutes.tif"),
    "minutes.tif": (
        "到最近设施的步行分钟（COG 栅格）",
        "minutes to the nearest facility, as a COG",
    ),
    "minutes_status.qml": ("minutes_status.tif 的 QGIS 样式", "how QGIS draws it"),
    "minutes_status.tif": ("没有分钟数的原因（COG 栅格）", "why there are no minutes, as a COG"),
    "obligations.csv": ("新区配套清单", "what planned areas must be given"),
    "parquet": ("全部图层的 GeoParquet", "all layers as GeoParquet"),
    "plan.csv": ("选址方案", "proposed sites"),
    "reach.npz": ("步行时间矩阵", "walking times as a sparse matrix"),
    "reasons.html": ("选址理由书", "the page of reasons"),
    "record.json": ("运行记录（含用时）", "record of the run, with its seconds"),
    "report.docx": ("报告（Word）", "the report for Word"),
    "residential_areas.csv": ("居住区：适用标准及依据、人口", "residential areas"),
    "result.gpkg": ("GIS 图层，QGIS 打开即带样式", "layers for QGIS, which opens them styled"),
    "robustness.csv": ("每个方案 × 每种情形", "every plan in every world"),
    "robustness_coverage.csv": ("每种情形下的覆盖", "coverage in every world"),
    "scorecard.csv": ("记分卡", "the scorecard"),
    "scorecard.html": ("离线记分卡，可打印", "the offline scorecard, made to be printed"),
    "shapefile_gbk": ("全部图层的 Shapefile（GBK）及字段对照表", "all layers as Shapefiles in GBK"),
    "sheets": ("A3 图集", "A3 map sheets"),
    "speed_band.csv": ("慢、快步速下的覆盖", "coverage at slow and fast speeds"),
    "summary.json": ("全部数字", "every figure, machine-readable"),
    "tables.xlsx": ("Excel 附表", "tables for Excel"),
    "tradeoffs.html": ("投资与情形的离线页面", "budgets and worlds as an offline page"),
    "unmet.csv": ("仍不能满足的要求及原因", "requirements that cannot be met, and why"),
    "whatif.html": ("情景推演，双击打开", "the page to try scenarios on, offline"),
    "元数据.txt": ("元数据（给人读的）", "the metadata as plain text"),
}
_LAYERS: Mapping[str, tuple[str, str]] = {
    "demand": ("人口格：人数、到最近设施的分钟", "demand cells: people and minutes"),
    "facilities": ("现有设施", "facilities of today"),
    "candidates": ("全部候选点", "every candidate, chosen or not"),
    "isochrones": ("步行等时圈，仅供查看", "isochrones, to look at"),
    "units": ("规划单元与条文结论", "planning units with verdicts"),
    "residential": ("居住区与条文结论", "residential areas with verdicts"),
    "plan": ("推荐选址", "proposed sites"),
}


def described(name: str) -> tuple[str, str]:
    """What a file or folder of a run, or a layer by its English name, is; ("", "") if unknown."""
    return _FILES.get(name) or _LAYERS.get(name) or ("", "")
