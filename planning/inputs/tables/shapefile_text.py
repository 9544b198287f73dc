"""In which encoding the attribute table (.dbf) of a Shapefile is written."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from planning.errors import InputError, fail
from planning.inputs.tables.sheet import Remark

_GBK_BYTE = 0x4D
_SAYS_NOTHING = frozenset({0x00, 0x01, 0x02, 0x03, 0x57})
"""Language bytes that Chinese programs write whatever the table holds."""
_NAME_BYTES = 10
_DESCRIPTOR = 32
_PYTHON_NAMES = {"936": "gb18030", "CP936": "gb18030", "GBK": "gb18030", "GB2312": "gb18030"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CodePage:
    """`encoding` to read the table with, None to leave it to GDAL, and what was guessed."""

    encoding: str | None = None
    remarks: tuple[Remark, ...] = ()


def code_page(path: Path, where: str) -> CodePage:
    """By the .cpg file, the language byte, else strict UTF-8 and then GB18030.

    UTF-8 names torn at the tenth byte are refused: nobody can tell what they were.
    """
    table = path.with_suffix(".dbf")
    if path.suffix.lower() != ".shp" or not table.is_file():
        return CodePage()
    data = table.read_bytes()
    names, texts = _names(data), _texts(data)
    if not texts and all(name.isascii() for name in names):
        return CodePage()
    said, byte = _said(path), data[29]
    tried = [said] if said else ["gb18030"] if byte == _GBK_BYTE else []
    if not said and byte not in _SAYS_NOTHING and byte != _GBK_BYTE:
        return CodePage()
    for encoding in dict.fromkeys([*tried, "utf-8", "gb18030"]):
        if all(_decodes(text, encoding) for text in (*names, *texts)):
            if encoding == "utf-8":
                _refuse_torn(names, where)
            return CodePage(encoding=encoding, remarks=_remarks(encoding, tried))
    return CodePage()


def _remarks(encoding: str, tried: list[str]) -> tuple[Remark, ...]:
    if tried and encoding == tried[0]:
        return ()
    name = encoding.upper()
    if tried:
        return (
            (
                f"属性表声明的编码不符，按 {name} 读取",
                f"not in its declared encoding; read as {name}",
            ),
        )
    return ((f"没有 .cpg，属性表按 {name} 读取", f"no .cpg: attributes are read as {name}"),)


def _said(path: Path) -> str | None:
    """The codec a .cpg names, if Python knows it."""
    for file in (path.with_suffix(".cpg"), path.with_suffix(".CPG")):
        if file.is_file():
            word = file.read_bytes()[:40].decode("ascii", "replace").strip("\ufeff\ufffd \r\n\x00")
            try:
                return codecs.lookup(_PYTHON_NAMES.get(word.upper(), word)).name
            except LookupError:
                return None
    return None


def _names(data: bytes) -> list[bytes]:
    return [name for name, _, _ in _fields(data)]


def _fields(data: bytes) -> Iterator[tuple[bytes, bytes, int]]:
    """Name, type and width of every field."""
    at = _DESCRIPTOR
    while at + _DESCRIPTOR <= len(data) and data[at] != 0x0D:
        field = data[at : at + _DESCRIPTOR]
        yield field[: _NAME_BYTES + 1].split(b"\x00")[0], field[11:12], field[16]
        at += _DESCRIPTOR


def _texts(data: bytes) -> set[bytes]:
    """Different cells of text that are more than ASCII."""
    begin, size = int.from_bytes(data[8:10], "little"), int.from_bytes(data[10:12], "little")
    at, spans = 1, []
    for _, kind, width in _fields(data):
        if kind == b"C":
            spans.append(slice(at, at + width))
        at += width
    found: set[bytes] = set()
    if size < max(at, 2) or begin < _DESCRIPTOR:
        return found  # records shorter than their fields: forged, and GDAL says what it is
    for start in range(begin, len(data) - size + 1, size):
        record = data[start : start + size]
        if not record.isascii():
            found.update(record[span].rstrip(b" \x00") for span in spans)
    return {text for text in found if not text.isascii()}


def _decodes(text: bytes, encoding: str) -> bool:
    """Whether it is text, its last character perhaps torn."""
    try:
        codecs.getincrementaldecoder(encoding)("strict").decode(text, False)
    except UnicodeDecodeError:
        return False
    return True


def _refuse_torn(names: list[bytes], where: str) -> None:
    for name in names:
        whole = name.decode("utf-8", "ignore")
        if whole.encode() != name:
            raise fail(
                InputError,
                where,
                found=(
                    f"字段名“{whole}…”在第 {_NAME_BYTES} 字节处被截断（UTF-8 汉字占 3 字节）",
                    f"a column name '{whole}…' torn at byte {_NAME_BYTES}",
                ),
                expected=(
                    "至多 3 个汉字的 UTF-8 字段名，或 GBK 编码",
                    "names of 3 characters at most in UTF-8, or a Shapefile in GBK",
                ),
                to_do=(
                    "改用 GeoPackage，或改短字段名后重新导出",
                    "export it as GeoPackage, or with shorter names",
                ),
            )
