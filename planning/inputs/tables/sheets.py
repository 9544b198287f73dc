"""Registers in any format offices send: one reader, chosen by suffix and checked by content."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from planning.errors import MissingFileError, fail
from planning.inputs.tables.archives import open_archive, unpack
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

__all__ = ["Remark", "Sheet", "read_sheet"]

_ARCHIVES = (".zip", ".kmz")
_VECTORS = (".gpkg", ".shp", ".geojson", ".kml", ".dxf", ".fgb", ".gml", ".tab", ".mif")


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
    if path.is_dir() and path.suffix.lower() != ".gdb":
        raise unreadable(
            where, "是文件夹", "a folder", to_do=("写明其中的文件", "name a file in it")
        )
    if path.is_file() and path.stat().st_size == 0:
        raise unreadable(where, "空文件", "an empty file", to_do=("重新导出", "export it again"))
    if name.endswith(TEXT_SUFFIXES):
        return read_delimited(path, key)
    if name.endswith(WORKBOOK_SUFFIXES):
        return read_workbook(path, key, sheet=sheet)
    if name.endswith(_ARCHIVES):
        return _read_archive(path, key, sheet)
    if name.endswith(PLACES_SUFFIXES):
        return read_osm_places(path, key)
    if name.endswith(".json.gz") or (name.endswith(".json") and is_overpass(path, where)):
        return read_overpass_places(path, key)
    return read_vector_table(path, key, layer=sheet)


def _read_archive(path: Path, key: str, sheet: str | None) -> Sheet:
    """The one table or layer in a zip archive."""
    where = f"{key}: {path.name}"
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        open_archive(path, where) as archive,
    ):
        found = _tables(unpack(archive, Path(folder), where))
        if len(found) != 1:
            listed = "、".join(sorted(table.name for table in found))
            raise unreadable(
                where,
                f"压缩包内有 {len(found)} 个表或图层：{listed}",
                f"{len(found)} tables or layers in the archive: {listed}",
                expected=("恰好一个", "exactly one"),
                to_do=("解压后在 path 中写明所需的文件", "unpack it and name the file under path"),
            )
        table = read_sheet(found[0], key, sheet=sheet)
    inside = found[0].name
    said = (f"读取压缩包内的 {inside}", f"{inside} out of the archive is read")
    return replace(table, remarks=(said, *table.remarks))


def _tables(files: list[Path]) -> list[Path]:
    """Files and folders that can be read as a table; the parts of a geodatabase are one."""
    known = (*TEXT_SUFFIXES, *WORKBOOK_SUFFIXES, *PLACES_SUFFIXES, *_VECTORS, ".json", ".json.gz")
    found = set()
    for file in files:
        base = next((p for p in file.parents if p.suffix.lower() == ".gdb"), None)
        if base is not None:
            found.add(base)
        elif file.name.lower().endswith(known):
            found.add(file)
    tables = sorted(found)
    # A readme beside a layer is no table.
    return [f for f in tables if f.suffix.lower() != ".txt"] or tables
