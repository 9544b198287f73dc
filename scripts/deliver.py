"""成果：一次运行写出全部交付文件，并列出各是什么。The whole folder to hand in, file by file.

python scripts/deliver.py
python scripts/deliver.py scripts/studies/huangpu.yaml --data 数据目录 --scenario chengdu
"""

from __future__ import annotations

from named_study import parser, study_of, told

import planning

FILES = {
    "map.html": "离线地图，双击打开 the map, opens offline",
    "report.docx": "Word 报告 the report",
    "tables.xlsx": "Excel 附表 the tables",
    "scorecard.html": "条文评分表 clause by clause",
    "reasons.html": "选址理由书 why these sites",
    "tradeoffs.html": "投入与成效、稳健性 cost against coverage",
    "result.gpkg": "QGIS 图层，已带样式 layers for QGIS, styled",
    "minutes.tif": "步行分钟栅格 minutes of walking as a raster",
    "元数据.txt": "来源、许可与年份 sources, licences, years",
    "summary.json": "全部数字，供程序读取 every figure, for programs",
    "record.json": "输入文件的指纹、许可与版本 digests, licences and versions",
}
"""What a person opens first, in this order; the tables in CSV come after."""


def main() -> None:
    """Do the whole job with the map sheets, then print every file, its size and what it is."""
    options = parser(__doc__)
    options.add_argument("--no-sheets", action="store_true", help="不绘 A3 图集 without the sheets")
    options.add_argument("--lang", choices=["zh", "en"], default="zh", help="成果的语言 language")
    asked = options.parse_args()
    edition = planning.Edition(lang=asked.lang, sheets=not asked.no_sheets)
    _, folder = planning.run(
        study_of(asked), data_dir=asked.data, scenario=asked.scenario, out_dir=asked.out,
        edition=edition,
    )  # fmt: skip
    print(f"成果 results: {folder}")
    for name, what in FILES.items():
        if (folder / name).is_file():
            print(f"  {name}  {(folder / name).stat().st_size / 1000:,.0f} kB  {what}")
    for sheet in sorted((folder / "sheets").glob("*.pdf")):
        print(f"  sheets/{sheet.name}  {sheet.stat().st_size / 1000:,.0f} kB  A3 图 map sheet")
    others = sorted(path.name for path in folder.iterdir() if path.name not in FILES)
    print("  另有 besides: " + " ".join(name for name in others if name != "sheets"))


if __name__ == "__main__":
    told(main)
