"""Seats of units 驻地: points with an id and perhaps a name."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from planning.errors import InputError, fail
from planning.inputs.tables.sheet import cell_text
from planning.inputs.vectors import check_columns, column, read_layer
from planning.inputs.vocabulary import column_words
from planning.provenance import Tell
from planning.study import Layer


class Seats(NamedTuple):
    """Seats in the order of the layer; `points` (n, 2) in the metric CRS [m]."""

    ids: list[str]
    names: list[str]
    points: npt.NDArray[np.float64]


def read_seats(spec: Layer, path: Path, key: str, *, epsg: int, tell: Tell) -> Seats:
    """Every seat of a layer, each with an id and a place of its own; areas stand for their middle.

    A seat without a name bears its id.
    """
    frame = read_layer(path, key, layer=spec.layer, tell=tell).to_crs(epsg)
    where = f"{key}: {path.name}"
    words = column_words("seats")
    check_columns(spec.columns, words, key)
    said, named = (
        column(frame, words[field], spec.columns.get(field), where=where, needed=field == "id")
        for field in ("id", "name")
    )
    assert said is not None
    ids = [cell_text(value) for value in said]
    names = ids if named is None else [cell_text(value) for value in named]
    shapes = frame.geometry.to_numpy()
    nowhere = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    if nowhere.any() or not all(ids):
        raise fail(
            InputError,
            where,
            found=("有驻地没有编号或位置", "a seat without id or without place"),
            expected=("每个驻地一个编号、一个位置", "one id and one place a seat"),
            to_do=("补全或删去", "fill it in or delete it"),
        )
    points = shapely.get_coordinates(shapely.centroid(shapes))
    if len(np.unique(points, axis=0)) < len(ids) or len(set(ids)) < len(ids):
        raise fail(
            InputError,
            where,
            found=("两个驻地同编号或同位置", "two seats of one id or in one place"),
            expected=("每个驻地一个编号、一个位置", "one id and one place a seat"),
            to_do=("删去或改正其一", "delete or mend one of them"),
        )
    return Seats(ids, [name or own for name, own in zip(names, ids, strict=True)], points)
