"""``metadata.json``: what every file of a run folder is, from whose data, and how far it goes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely

from planning.outputs.borders import borders_said
from planning.outputs.gis.contents import described
from planning.outputs.gis.minutes_raster import MINUTES, STATUS, STATUS_WORDS, band_names
from planning.outputs.gis.pixels import Pixels
from planning.outputs.gis.readme_text import METADATA_TEXT
from planning.outputs.gis.shapefiles import Shapefile
from planning.projection import WGS84, transformer
from planning.provenance import Note, RunRecord, file_sha256
from planning.result import StudyResult

METADATA = "metadata.json"
_UNMEASURED = (METADATA, METADATA_TEXT, "record.json")
_DECIMALS_DEGREE, _DECIMALS_M = 5, 1

PARQUET_LEFT_OUT = (
    "GeoParquet 未写出：没有安装 pyarrow（pip install yilao-planning[parquet]）",
    "no GeoParquet was written: pyarrow is not installed (pip install yilao-planning[parquet])",
)


def metadata_of(
    result: StudyResult,
    *,
    record: RunRecord,
    folder: Path,
    layers: Mapping[str, gpd.GeoDataFrame],
    pixels: Pixels | None,
    shapefiles: Sequence[Shapefile],
    left_out: Sequence[tuple[str, str]],
    remarks: Sequence[Note],
) -> dict[str, Any]:
    """The metadata of a run, of the files that stand in its `folder`; the same inputs, the same.

    `left_out` says what was not written, and why, (中文, English); `remarks` are those on the data.
    """
    town = result.town
    area, demand, borders = town.area, town.demand, borders_said(town.study.map_review_no)
    return {
        "title": area.name,
        "study": town.study.name,
        "scenario": town.scenario,
        "digest": result.digest,
        "language": ["zh", "en"],
        "program": {"name": "yilao-planning", "version": record.versions["planning"]},
        "libraries": {k: v for k, v in record.versions.items() if k != "planning"},
        "seed": record.seed,
        "crs": {"epsg": area.epsg, "of": "result.gpkg, shapefile_gbk, parquet"},
        "extent": _extent(result),
        "people": {
            "year": demand.year,
            "base_year": None if demand.base is None else demand.base.year,
            "zh": demand.of_year[0],
            "en": demand.of_year[1],
            "groups": _groups(result),
        },
        "walking": {
            key: town.network.profile.record()[key]
            for key in ("name", "label_zh", "label_en", "speed_m_s", "source_zh", "source_en")
        },
        "services": [
            {"service": name, "label": spec.label, "group": spec.group, "limit_min": spec.limit_min}
            for name, spec in town.study.services.items()
        ],
        "standards": _standards(result),
        "sources": list(_sources(result)),
        "layers": [_layer(name, frame) for name, frame in layers.items()],
        "raster": None if pixels is None else _raster(result, pixels),
        "shapefiles": [
            {
                "name": one.path.stem,
                "layer": one.layer,
                "encoding": one.encoding,
                "rows": one.rows,
                "texts_cut": one.cut,
            }
            for one in shapefiles
        ],
        "left_out": [{"zh": zh, "en": en} for zh, en in left_out],
        "boundaries": {"zh": borders[0], "en": borders[1]},
        "map_review_no": town.study.map_review_no or None,
        "remarks": [{"about": n.about, "zh": n.zh, "en": n.en} for n in remarks],
        "files": list(_files(folder)),
    }


def write_metadata(content: Mapping[str, Any], path: Path) -> None:
    """Write what `metadata_of` made as JSON."""
    text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def _extent(result: StudyResult) -> dict[str, list[float]]:
    """West, south, east, north of the study area, in metres and in degrees of WGS 84."""
    area = result.town.area
    metric = shapely.bounds(area.boundary).tolist()
    degrees = transformer(area.epsg, WGS84).transform_bounds(*metric)
    return {
        "metric": [round(one, _DECIMALS_M) for one in metric],
        "wgs84": [round(one, _DECIMALS_DEGREE) for one in degrees],
    }


def _groups(result: StudyResult) -> list[dict[str, str]]:
    labels, groups = result.town.study.labels, result.town.study.groups
    return [
        {
            "group": group,
            "zh": labels[group][0],
            "en": labels[group][1],
            "source": groups[group].source if group in groups else "",
        }
        for group in result.town.demand.people
    ]


def _standards(result: StudyResult) -> list[dict[str, Any]]:
    """The documents held against, in the order shown, each with those it inherits from."""
    return [
        {
            "id": profile.standard.id,
            "short": profile.standard.short,
            "document": profile.standard.document,
            "jurisdiction": profile.standard.jurisdiction,
            "dated": str(profile.standard.dated),
            "chain": [one.id for one in profile.chain],
            "year": result.town.study.standards.year,
        }
        for profile in result.town.documents
    ]


def _sources(result: StudyResult) -> Iterator[dict[str, Any]]:
    """Every input: the year of the people, and the vintage that the study states of any of them."""
    demand = result.town.demand
    counted = demand.year if demand.base is None else demand.base.year
    for source in result.town.sources:
        yield {
            "used_for": source.key,
            "file": source.name,
            "licence": source.licence,
            "year": counted if source.key == "population" else None,
            "vintage": source.vintage or None,
            "sha256": source.sha256,
        }


def _layer(name: str, frame: gpd.GeoDataFrame) -> dict[str, Any]:
    zh, en = described(name.split("_")[0])
    return {
        "layer": name,
        "zh": zh,
        "en": en,
        "geometry": sorted(set(frame.geom_type)),
        "rows": len(frame),
        "columns": len(frame.columns) - 1,
    }


def _raster(result: StudyResult, pixels: Pixels) -> dict[str, Any]:
    """How ``minutes.tif`` and its status are laid out."""
    rows, columns = pixels.cell.shape
    if pixels.is_native:
        zh = "像元即人口栅格的原有像元，坐标系与位置不变，未重采样"
        en = "pixels are the cells of the population raster themselves, nothing is resampled"
    else:
        hidden = f"{pixels.unshown:,}"
        zh = (
            "人口不是（或不全是）栅格像元：像元取中心点落在其内的人口格的分钟数（多个时取人数最多者），"
            f"没有中心点时取覆盖像元中心的人口格；{hidden} 个人口格与他格同在一个像元而未显示"
        )
        en = (
            "the people are not, or not all, cells of a raster: a pixel shows the demand cell "
            "whose centre lies in it, of several the one with most people, else the cell that "
            f"covers its middle; {hidden} demand cells share their pixel with one that is shown"
        )
    return {
        "files": [MINUTES, STATUS],
        "crs": pixels.crs,
        "transform": [float(one) for one in pixels.transform[:6]],
        "rows": rows,
        "columns": columns,
        "native_cells": pixels.is_native,
        "demand_cells_not_shown": pixels.unshown,
        "zh": zh,
        "en": en,
        "bands": band_names(result),
        "nodata": {
            "zh": "NaN：没有人口格或走不到，见状态",
            "en": "NaN: nobody, or no walk: see status",
        },
        "status": [{"code": code, "zh": zh, "en": en} for code, (zh, en) in STATUS_WORDS.items()],
    }


def _files(folder: Path) -> Iterator[dict[str, Any]]:
    """Every file and folder at the top of the run folder, with what it is; folders by their files.

    The record is named and not measured, for it holds the seconds of the run; so are these files.
    """
    for path in sorted(folder.iterdir()):
        zh, en = described(path.name)
        inside = sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else []
        entry: dict[str, Any] = {"name": path.name, "zh": zh, "en": en}
        if path.is_file():
            entry |= {"bytes": path.stat().st_size, "sha256": file_sha256(path)}
        else:
            entry["files"] = [
                {
                    "name": one.relative_to(path).as_posix(),
                    "bytes": one.stat().st_size,
                    "sha256": file_sha256(one),
                }
                for one in inside
            ]
        yield entry
    for name in _UNMEASURED:
        zh, en = described(name)
        yield {"name": name, "zh": zh, "en": en}
