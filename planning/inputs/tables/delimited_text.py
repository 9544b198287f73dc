"""Delimited text (CSV, TSV, TXT) as offices here save it: encoding and delimiter are found out."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from pathlib import Path

from planning.inputs.tables.headings import (
    MOST_CELLS,
    headed,
    known_words,
    too_wide,
    words_among,
)
from planning.inputs.tables.sheet import Remark, Sheet, unreadable

TEXT_SUFFIXES = (".csv", ".tsv", ".txt")

_DELIMITERS = {",": ("逗号", "comma"), "\t": ("制表符", "tab"), ";": ("分号", "semicolon")}
_LOOKED_AT = 30
_FIRST = 1 << 20
"""Of so many characters, to find the delimiter: a row may be as long as the file."""

MOST_TEXT_BYTES = 1 << 27
"""A text may be so long: two million rows of eight columns, which take some 2 GB of memory."""


MOST_LINES = 4_000_000
"""And have so many lines, blank ones too."""


def read_delimited(path: Path, key: str) -> Sheet:
    """The table of a text file; rows are counted as a spreadsheet counts them."""
    where = f"{key}: {path.name}"
    if (size := path.stat().st_size) > MOST_TEXT_BYTES:
        raise _too_long(size, where)
    text, encoding = decoded(path.read_bytes(), where)
    _refuse_many_lines(text, where)
    delimiter = _delimiter(text[:_FIRST], known_words(key))
    if (cells := text.count(delimiter)) > MOST_CELLS:
        raise too_wide(_lines(text), cells // _lines(text), where)
    remarks: list[Remark] = []
    if encoding != "UTF-8":
        remarks.append((f"按 {encoding} 编码读取", f"read as {encoding}"))
    if delimiter != ",":
        zh, en = _DELIMITERS[delimiter]
        remarks.append((f"以{zh}分列", f"cells are parted by {en}s"))
    return headed(_rows(text, delimiter, where), key, where, remarks=remarks, even=True)


def _lines(text: str) -> int:
    """How many lines a text has, at least."""
    return max(text.count("\n"), text.count("\r"), 1)


def _refuse_many_lines(text: str, where: str) -> None:
    """Blank lines take memory too, some 60 bytes each."""
    if (lines := _lines(text)) > MOST_LINES:
        raise unreadable(
            where,
            f"{lines:,} 行",
            f"{lines:,} lines",
            expected=(f"至多 {MOST_LINES:,} 行", f"at most {MOST_LINES:,} lines"),
            to_do=("只保留研究范围内的行", "keep the rows of the area"),
        )


def _too_long(size: int, where: str) -> Exception:
    most = f"{MOST_TEXT_BYTES >> 20} MiB"
    return unreadable(
        where,
        f"{size >> 20} MiB",
        f"{size >> 20} MiB",
        expected=(f"至多 {most}", f"at most {most}"),
        to_do=("只保留研究范围内的行和所需的列", "keep the rows and columns that are needed"),
    )


def decoded(data: bytes, where: str) -> tuple[str, str]:
    """The text and its encoding: by its mark, else UTF-8 where it can be, else GB18030."""
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if not marked and b"\x00" in data:
        raise unreadable(
            where,
            "含空字节，是二进制文件或没有标记的 UTF-16 文本",
            "NUL bytes: a binary file, or UTF-16 without its mark",
            to_do=("用 Excel 或 WPS 另存为 UTF-8 的 CSV", "save it as CSV in UTF-8"),
        )
    for encoding in ("UTF-16",) if marked else ("UTF-8", "GB18030"):
        try:
            text = data.decode("utf-8-sig" if encoding == "UTF-8" else encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text, encoding
    raise unreadable(
        where,
        "文字编码既不是 UTF-8、UTF-16，也不是 GB18030",
        "text neither in UTF-8, UTF-16 nor GB18030",
        to_do=("用 Excel 或 WPS 另存为 UTF-8 的 CSV", "save it as CSV in UTF-8"),
    )


def _delimiter(text: str, known: frozenset[str]) -> str:
    """The delimiter under which most column words are found, else the most even, widest rows."""
    return max(_DELIMITERS, key=lambda delimiter: _fit(text, delimiter, known))


def _fit(text: str, delimiter: str, known: frozenset[str]) -> tuple[int, int]:
    rows = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            rows.append(row)
            if len(rows) == _LOOKED_AT:
                break
    except csv.Error:
        return 0, 0
    words = max((words_among(row, known) for row in rows), default=0)
    widths = Counter(len(row) for row in rows if len(row) > 1)
    return words, max((width * count for width, count in widths.items()), default=0)


def _rows(text: str, delimiter: str, where: str) -> list[list[str]]:
    rows: list[list[str]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        rows.extend(reader)
    except csv.Error as error:
        row = len(rows) + 1
        raise unreadable(
            f"{where} 第{row}行 row {row}",
            f"引号不成对或单元格过长：{error}",
            f"quotes that do not pair, or a cell too long: {error}",
            expected=("成对的英文双引号", "quotes in pairs"),
            to_do=("改正该行的引号，或存为 .xlsx", "mend the quotes of that row, or save as .xlsx"),
        ) from None
    return rows
