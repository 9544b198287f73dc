"""Registers in any format offices send: one reader, chosen by suffix and checked by content."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from planning.errors import MissingFileError, fail
from planning.inputs.tables.archives import ARCHIVES, GEODATABASE, opened_up
from planning.inputs.tables.delimited_text import TEXT_SUFFIXES, read_delimited
from planning.inputs.tables.osm_places import (
    PLACES_SUFFIXES,
    is_overpass,
    read_osm_places,
    read_overpass_places,
)
from planning.inputs.tables.sheet import Remark, Sheet, unreadable
from planning.inputs.tables.vector_tables import read_vector_table
from planning.inputs.tables.workbooks import WORKBOOK_SUFFIXES, read_workbook
from planning.inputs.vectors import LAYERS

__all__ = ["Remark", "Sheet", "read_sheet"]

_TABLES = (*TEXT_SUFFIXES, *WORKBOOK_SUFFIXES, *PLACES_SUFFIXES, *LAYERS, ".json.gz")


def read_sheet(path: Path, key: str, *, sheet: str | None) -> Sheet:
    """One table out of a file, with raw cells.

    `sheet` names the sheet of a workbook or the layer of a vector file; it may stay away where
    there is only one that is filled. `key` is what the study calls the table: the words for its
    columns tell where the header is, and errors begin with it.

    Raises:
        InputError: with every row at fault, or with what the file is instead of a table.
    """
    name = path.name.lower()
    where = f"{key}: {path.name}"
    if not path.exists():
        raise fail(
            MissingFileError,
            where,
            found=("没有这个文件", "no such file"),
            expected=("已有的文件", "a file that is there"),
            to_do=("检查路径", "check the path"),
        )
    if path.is_dir() and path.suffix.lower() != GEODATABASE:
        raise unreadable(
            where, "是文件夹", "a folder", to_do=("写明其中的文件", "name a file in it")
        )
    if path.is_file() and path.stat().st_size == 0:
        raise unreadable(where, "空文件", "an empty file", to_do=("重新导出", "export it again"))
    if name.endswith(TEXT_SUFFIXES):
        return read_delimited(path, key)
    if name.endswith(WORKBOOK_SUFFIXES):
        return read_workbook(path, key, sheet=sheet)
    if name.endswith(ARCHIVES):
        with opened_up(path, where, _TABLES) as (inside, remarks):
            table = read_sheet(inside, key, sheet=sheet)
        return replace(table, remarks=(*remarks, *table.remarks))
    if name.endswith(PLACES_SUFFIXES):
        return read_osm_places(path, key)
    if name.endswith(".json.gz") or (name.endswith(".json") and is_overpass(path, where)):
        return read_overpass_places(path, key)
    return read_vector_table(path, key, layer=sheet)
