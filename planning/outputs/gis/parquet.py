"""The layers as GeoParquet, one file each, where pyarrow is installed."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import geopandas as gpd


def can_write_parquet() -> bool:
    """Whether pyarrow is there; it is an extra (``pip install yilao-planning[parquet]``)."""
    return find_spec("pyarrow") is not None


def write_parquet(layers: Mapping[str, gpd.GeoDataFrame], folder: Path) -> tuple[Path, ...]:
    """Write every layer as GeoParquet 1.0 into a new `folder`, its columns as in result.gpkg."""
    folder.mkdir()
    written = []
    for name, frame in layers.items():
        # A column without a single text would have no type at all.
        texts = frame.drop(columns="geometry").select_dtypes(["object", "string"]).columns
        written.append(folder / f"{name}.parquet")
        frame.astype(dict.fromkeys(texts, "string")).to_parquet(written[-1], index=False)
    return tuple(written)
