"""What a layer is by its content must be what its name says: GDAL would open anything else too.

GDAL looks at the content, not at the name. A file called units.geojson may be a virtual layer (VRT,
GDALG, WFS) that reads other files or asks servers, and a GeoPackage may hold queries that never
end; no record of a run would tell of either.
"""

from __future__ import annotations

import json
import mmap
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

from planning.errors import InputError, PlanningError, fail

_LOOKED_AT = 1 << 16
"""So much of a file is looked at to see what it is [bytes]; GDAL looks at less."""
_BLANKS = b"\xef\xbb\xbf \t\r\n"
_BEGINS = {
    ".gpkg": b"sqlite format 3\x00", ".shp": b"\x00\x00\x27\x0a", ".fgb": b"fgb",
    ".mif": b"version", ".tab": b"!table", ".kml": b"<", ".gml": b"<",
    ".geojson": b"{", ".json": b"{",
}  # fmt: skip
"""How files of a suffix begin, in small letters."""
_NAMES = {".kml": b"<kml", ".gml": b"opengis.net/gml"}
"""What stands near the beginning of XML of a suffix."""
_DTD = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_VIRTUAL = re.compile(
    rb"OGRVRTDataSource|OGRWFSDataSource|WFS_Capabilities|OGRCSWDataSource|csw:Capabilities"
    rb"|VRTDataset|GDAL_WMS|gdal_streamed_alg|seamless",
    re.IGNORECASE,
)
"""Words of formats that only say where the data are."""
_CRS = re.compile(rb'"crs"\s*:\s*(?=\{)')
_LETTER_ESCAPED = re.compile(rb"\\u00(?:[46][1-9a-fA-F]|[57][0-9aA])")
_MOST_OF_A_CRS = 1 << 14
"""The CRS of a GeoJSON is no longer than this [bytes]."""
_ELSEWHERE = frozenset({"link", "url"})
_MODULES = re.compile(r"USING\s+(?:rtree|fts[345])\b", re.IGNORECASE)


def refuse_other_kinds(path: Path, where: str) -> None:
    """Raise InputError where a layer is not of the kind its name says, or reads other sources."""
    suffix = path.suffix.lower()
    if path.is_dir():
        if not any(path.glob("*.gdbtable")):
            raise _refused(where, "没有 .gdbtable 的文件夹", "a folder without any .gdbtable")
        return
    if suffix not in _BEGINS:
        return
    with path.open("rb") as file:
        head = file.read(_LOOKED_AT)
    if not head:
        return  # GDAL says that it is nothing
    begins = head.lstrip(_BLANKS) if suffix not in (".shp", ".gpkg") else head
    if not begins[: len(_BEGINS[suffix])].lower() == _BEGINS[suffix]:
        raise _refused(where, f"内容不是 {suffix}", f"what is in it is no {suffix}")
    if _NAMES.get(suffix, b"") not in head:
        raise _refused(where, f"内容不是 {suffix}", f"what is in it is no {suffix}")
    is_text = suffix not in (".gpkg", ".shp", ".fgb")
    if is_text and (found := _VIRTUAL.search(head)):
        word = found[0].decode()
        raise _refused(where, f"引用别处数据的虚拟图层（{word}）", f"a virtual layer ({word})")
    if suffix in _NAMES and _DTD.search(head):
        raise _refused(where, "含 DTD 或实体定义", "a DTD, or entities of its own")
    if suffix in (".geojson", ".json"):
        _refuse_crs_elsewhere(path, where)
    if suffix == ".gpkg":
        _refuse_queries(path, where)


def _refuse_crs_elsewhere(path: Path, where: str) -> None:
    """A GeoJSON may say that its CRS is to be fetched: GDAL does."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
        if _LETTER_ESCAPED.search(text):
            raise _refused(where, "以 \\u 转义的英文字母", "letters written as \\u escapes")
        for found in _CRS.finditer(text):
            said = text[found.end() : found.end() + _MOST_OF_A_CRS].decode("utf-8", "replace")
            try:
                crs, _ = json.JSONDecoder().raw_decode(said)
            except (ValueError, RecursionError):
                raise _refused(where, "无法读取的 crs", "a crs that cannot be read") from None
            if str(crs.get("type")).lower() in _ELSEWHERE:
                raise _refused(where, "须从网络获取的坐标系", "a CRS that is to be fetched")


def _refuse_queries(path: Path, where: str) -> None:
    """Views, virtual tables and computed columns are queries: they may read without end."""
    with suppress(
        sqlite3.Error, UnicodeDecodeError
    ):  # GDAL says better what is wrong with a damaged file
        for zh, en in _queries(path):
            raise _refused(where, zh, en)


def _queries(path: Path) -> Iterator[tuple[str, str]]:
    with closing(_opened(path)) as db:
        db.text_factory = _text
        db.execute("PRAGMA trusted_schema = OFF")
        things = db.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
        tables = [str(name) for kind, name, _ in things if kind == "table"]
        if "gpkg_contents" not in {name.lower() for name in tables}:
            yield "没有 gpkg_contents 表", "no table gpkg_contents"
        for kind, name, sql in things:
            said, shown = str(sql or ""), str(name)[:40]
            is_virtual = "VIRTUAL" in said.upper() and not _MODULES.search(said)
            if kind == "view" or (kind == "table" and is_virtual):
                yield f"“{shown}”是视图或虚拟表", f"'{shown}', a view or a virtual table"
        for name in tables:
            quoted = name.replace('"', '""')
            if any(column[6] > 1 for column in db.execute(f'PRAGMA table_xinfo("{quoted}")')):
                yield f"“{name[:40]}”有计算列", f"'{name[:40]}', which has computed columns"


def _text(said: bytes) -> str:
    return said.decode("utf-8", "replace")


def _opened(path: Path) -> sqlite3.Connection:
    """The database, to be read only; `immutable` where its folder may not be written."""
    uri = path.absolute().as_uri()
    db = sqlite3.connect(f"{uri}?mode=ro", uri=True)
    try:
        db.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        db.close()
        db = sqlite3.connect(f"{uri}?immutable=1", uri=True)
    return db


def _refused(where: str, zh: str, en: str) -> PlanningError:
    return fail(
        InputError,
        where,
        found=(zh, en),
        expected=(
            "与扩展名相符、数据都在文件之内的图层",
            "a layer of the kind its name says, with all its data in it",
        ),
        to_do=(
            "在 GIS 中另存为 GeoPackage 或 GeoJSON",
            "save it as GeoPackage or GeoJSON in a GIS",
        ),
    )
