"""The GIS package of a run folder: every format of the same layers, then the metadata of all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd

from planning.outputs.bilingual import Lang
from planning.outputs.gis.fields import fields_of
from planning.outputs.gis.geopackage import layers_of, write_geopackage
from planning.outputs.gis.metadata import METADATA, PARQUET_LEFT_OUT, metadata_of, write_metadata
from planning.outputs.gis.minutes_raster import write_minutes
from planning.outputs.gis.parquet import can_write_parquet, write_parquet
from planning.outputs.gis.pixels import Pixels
from planning.outputs.gis.readme_text import METADATA_TEXT, metadata_text
from planning.outputs.gis.shapefiles import Shapefile, write_shapefiles
from planning.provenance import Note, RunRecord
from planning.result import StudyResult

SHAPEFILE_ROWS = 1_000_000
"""A row of demand takes about a kilobyte, and neither part of a Shapefile may exceed 2 GB."""
Layers = Mapping[str, gpd.GeoDataFrame]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What `write_gis` wrote, for the metadata; `left_out` in words (中文, English)."""

    layers: Layers
    pixels: Pixels | None
    shapefiles: Sequence[Shapefile]
    left_out: Sequence[tuple[str, str]]


def write_gis(
    result: StudyResult,
    plan: pd.DataFrame,
    folder: Path,
    *,
    published: Callable[[Layers], Layers] | None = None,
) -> Written:
    """Write ``result.gpkg``, the rasters, ``shapefile_gbk`` and, with pyarrow, ``parquet``.

    `published` takes out of the layers what is not to be published.
    """
    layers: Layers = layers_of(result, plan)
    if published is not None:
        layers = published(layers)
    write_geopackage(result, layers, folder / "result.gpkg")
    pixels = write_minutes(result, folder)
    small = {name: frame for name, frame in layers.items() if len(frame) <= SHAPEFILE_ROWS}
    fields = {
        name: fields_of(result, name.split("_")[0], list(frame.columns.drop("geometry")))
        for name, frame in small.items()
    }
    shapefiles = write_shapefiles(small, fields, folder / "shapefile_gbk")
    left_out = [_too_large(name, len(layers[name])) for name in layers if name not in small]
    if can_write_parquet():
        write_parquet(layers, folder / "parquet")
    else:
        left_out.append(PARQUET_LEFT_OUT)
    return Written(layers=layers, pixels=pixels, shapefiles=shapefiles, left_out=left_out)


def _too_large(layer: str, rows: int) -> tuple[str, str]:
    return (
        f"Shapefile 不含图层 {layer}：{rows:,} 行，超出该格式 2 GB 的上限，见 result.gpkg",
        f"no Shapefile of layer {layer}: its {rows:,} rows exceed the 2 GB of the format; "
        "result.gpkg has them",
    )


def write_gis_metadata(
    result: StudyResult,
    written: Written,
    folder: Path,
    *,
    record: RunRecord,
    lang: Lang = "zh",
    left_out: Sequence[tuple[str, str]] = (),
    remarks: Sequence[Note] | None = None,
) -> None:
    """Write ``metadata.json`` and ``元数据.txt`` of all that stands in `folder` by now.

    `left_out` says what else was not written and why, (中文, English); `remarks` are those of the
    data that may be told, all of them where None.

    ``record.json`` is to come after: it holds the seconds, and the metadata hold no clock.
    """
    content = metadata_of(
        result,
        record=record,
        folder=folder,
        layers=written.layers,
        pixels=written.pixels,
        shapefiles=written.shapefiles,
        left_out=[*written.left_out, *left_out],
        remarks=result.town.notes if remarks is None else remarks,
    )
    write_metadata(content, folder / METADATA)
    text = metadata_text(content, lang=lang)
    (folder / METADATA_TEXT).write_text(text, encoding="utf-8-sig", newline="")
