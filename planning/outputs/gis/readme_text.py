"""The metadata as a page of plain text, for whoever is handed the folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from planning.outputs.bilingual import Lang

METADATA_TEXT = "元数据.txt"
_DIGITS = 12

_WORDS: Mapping[str, tuple[str, str]] = {
    "title": ("数据说明", "Metadata"),
    "study": ("研究", "Study"),
    "digest": ("成果编号", "Digest"),
    "program": ("程序", "Program"),
    "crs": ("坐标系", "CRS"),
    "extent": ("范围（经纬度，西南东北）", "Extent (WGS 84: west, south, east, north)"),
    "people": ("人口", "People"),
    "walking": ("步行速度", "Walking speed"),
    "services": ("服务", "Services"),
    "standards": ("依据文件", "Documents"),
    "sources": ("数据来源与许可", "Sources and licences"),
    "files": ("文件", "Files"),
    "layers": ("图层（result.gpkg、shapefile_gbk、parquet）", "Layers"),
    "raster": ("栅格", "Raster"),
    "shapefiles": ("Shapefile", "Shapefiles"),
    "left_out": ("未写出", "Left out"),
    "boundaries": ("界线与审图", "Boundaries"),
    "remarks": ("数据备注", "Remarks"),
}


def metadata_text(content: Mapping[str, Any], *, lang: Lang = "zh") -> str:
    """What `metadata_of` made, as text."""
    at = 1 if lang == "en" else 0
    lines = [f"{content['title']} {_WORDS['title'][at]}", ""]
    for key, said in _sections(content, lang):
        items = list(said)
        if items:
            lines += [f"【{_WORDS[key][at]}】", *(f"  {item}" for item in items), ""]
    return "\r\n".join(lines)


def _sections(content: Mapping[str, Any], lang: Lang) -> Iterator[tuple[str, Iterator[str]]]:
    study = [content["study"], content["scenario"]]
    program = content["program"]
    people, walking = content["people"], content["walking"]
    yield "study", iter([" · ".join(one for one in study if one)])
    yield "digest", iter([content["digest"]])
    yield "program", iter([f"{program['name']} {program['version']}"])
    yield "crs", iter([f"EPSG:{content['crs']['epsg']}（{content['crs']['of']}）"])
    yield "extent", iter([", ".join(f"{one:g}" for one in content["extent"]["wgs84"])])
    groups = (f"{one[lang]}：{one['source']}" for one in people["groups"] if one["source"])
    yield "people", iter([people[lang], *groups])
    speed = f"{walking[f'label_{lang}']} {walking['speed_m_s']:g} m/s"
    yield "walking", iter([f"{speed}（{walking[f'source_{lang}']}）"])
    yield (
        "services",
        (f"{s['label']}（{s['service']}）：{s['limit_min']:g} min" for s in content["services"]),
    )
    yield (
        "standards",
        (f"{s['short']} {s['document']}（{s['dated']}）" for s in content["standards"]),
    )
    yield "sources", _sources(content, lang)
    yield "files", (f"{one['name']}  {one[lang]}" for one in content["files"])
    yield "layers", (f"{one['layer']}（{one['rows']:,}）  {one[lang]}" for one in content["layers"])
    yield "raster", _raster(content, lang)
    yield "shapefiles", (f"{s['name']}  {s['encoding']}" for s in content["shapefiles"])
    yield "left_out", (one[lang] for one in content["left_out"])
    yield "boundaries", iter([content["boundaries"][lang]])
    yield "remarks", (f"{one['about']}：{one[lang]}" for one in content["remarks"])


def _sources(content: Mapping[str, Any], lang: Lang) -> Iterator[str]:
    unstated = "年份未注明" if lang == "zh" else "year not stated"
    for one in content["sources"]:
        year = one["vintage"] or one["year"] or unstated
        digits = one["sha256"][:_DIGITS]
        yield f"{one['used_for']}：{one['file']}；{one['licence']}；{year}；SHA-256 {digits}…"


def _raster(content: Mapping[str, Any], lang: Lang) -> Iterator[str]:
    raster = content["raster"]
    if raster is None:
        return
    yield raster[lang]
    yield raster["nodata"][lang]
    for code in raster["status"]:
        yield f"minutes_status.tif {code['code']}：{code[lang]}"
    for n, band in enumerate(raster["bands"], start=1):
        yield f"{n}  {band}"
