"""Workbooks (Excel, OpenDocument): what they are by content, which sheet, cells as they stand."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from planning.errors import InputError
from planning.inputs.shortened import shortened
from planning.inputs.tables.archives import open_archive, unpacked
from planning.inputs.tables.headings import MOST_CELLS, headed, stripped
from planning.inputs.tables.repeated_texts import (
    MOST_TEXT,
    refuse_repeated_texts,
    text_lengths,
)
from planning.inputs.tables.sheet import Remark, Sheet, unreadable

WORKBOOK_SUFFIXES = (".xlsx", ".xlsm", ".xls", ".ods")

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_SAVE_AS = ("用 Excel 或 WPS 打开，另存为 .xlsx", "open it in Excel or WPS and save it as .xlsx")

_SPACED = re.compile(rb"\s*=\s*")
_LETTERS, _DIGITS = 4, 9
"""So long may the reference of a cell be; XFD1048576 is the last there is."""
_ERROR = re.compile(
    rb"<(?:\w+:)?c(?=[^<>]*\st=[\"']e[\"'])[^<>]*\sr=[\"']([A-Z]+)(\d+)[\"'][^<>]*>"
    rb"(?:<(?:\w+:)?f[^<]{0,9000}</(?:\w+:)?f>|<(?:\w+:)?f[^<>]*/>)?<(?:\w+:)?v>([^<]{1,40})<",
    re.DOTALL,
)
_WITHOUT_VALUE = re.compile(
    rb"<(?:\w+:)?c(?![^<>]*\st=[\"']str[\"'])(?=[^<>]*\sr=[\"']([A-Z]+\d+)[\"'])?[^<>]*>"
    rb"<(?:\w+:)?f[^<>]*>[^<]*</(?:\w+:)?f>"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?</(?:\w+:)?c>"
)
_OVERLAP = 10_000
_MOST_OF_A_LIST = 1 << 24
"""The list of sheets is no longer than this [bytes]."""


def read_workbook(path: Path, key: str, *, sheet: str | None) -> Sheet:
    """One sheet of a workbook: the one named, else the only one with cells that is not hidden."""
    where = f"{key}: {path.name}"
    with path.open("rb") as file:
        head = file.read(4096)
    parts: dict[str, _Part] = {}
    if head.startswith(b"PK"):
        parts = _looked_through(path, where)
    elif not head.startswith(_OLE):
        raise _no_workbook(path, head, where)
    elif _ENCRYPTED in path.read_bytes():
        raise _has_password(where)
    book = _opened(path, where, is_old=head.startswith(_OLE))
    name, remarks = _chosen(book, sheet, where)
    with _refusing(where):
        cells = book.get_sheet_by_name(name)
        if cells.height * cells.width > MOST_CELLS:
            raise _too_wide(_Part(rows=cells.height, columns=cells.width), where)
        rows: list[list[Any]] = cells.to_python(skip_empty_area=False)
        merged = [r for r in cells.merged_cell_ranges or [] if r[1][0] > r[0][0]]
    part = parts.get(name, _Part())
    for row, column, said in part.errors:
        if row < len(rows) and column < len(rows[row]):
            rows[row][column] = said
    remarks += _said_of(part, merged)
    return headed(rows, key, where, remarks=remarks)


@dataclass(slots=True)
class _Part:
    """What is learnt of a sheet from its XML before it is loaded."""

    rows: int = 0
    columns: int = 0
    closing_tags: int = 0
    errors: list[tuple[int, int, str]] = field(default_factory=list)
    without_value: list[str] = field(default_factory=list)


@contextmanager
def _refusing(where: str) -> Iterator[None]:
    """Turns whatever calamine raises, its panics too, into a refusal."""
    try:
        yield
    except PasswordError:
        raise _has_password(where) from None
    except InputError:
        raise
    except BaseException as error:
        is_panic = type(error).__name__ == "PanicException"
        if not is_panic and not isinstance(error, CalamineError | ValueError | OSError):
            raise
        raise unreadable(
            where,
            f"工作簿不完整或已损坏：{error}",
            f"a workbook cut short or damaged: {error}",
            to_do=_SAVE_AS,
        ) from None


def _opened(path: Path, where: str, *, is_old: bool) -> CalamineWorkbook:
    with _refusing(where):
        if is_old == (path.suffix.lower() == ".xls"):
            return CalamineWorkbook.from_path(path)  # it says what is wrong; the other only guesses
        return CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))


def _has_password(where: str) -> Exception:
    return unreadable(
        where, "工作簿有密码", "the workbook has a password",
        to_do=("去掉密码后另存", "take the password off and save it again"),
    )  # fmt: skip


def _no_workbook(path: Path, head: bytes, where: str) -> Exception:
    """What a file that is called a workbook is in truth."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    suffix = path.suffix
    if not head:
        zh, en = "空文件", "an empty file"
    elif b"urn:schemas-microsoft-com:office:spreadsheet" in head:
        zh, en = "内容是 XML 表格 2003", "it is an XML Spreadsheet 2003"
    elif start.startswith((b"<!doctype", b"<html", b"<table", b"<meta", b"<head", b"mime-version")):
        zh, en = "内容是网页表格（HTML）", "it is an HTML table"
    elif b"\x00" not in head or head.startswith((b"\xff\xfe", b"\xfe\xff")):
        zh, en = "内容是文本表（如 CSV）", "it is text, such as CSV"
    else:
        zh, en = "内容不是工作簿", "it is no workbook"
    return unreadable(where, f"名为 {suffix}，{zh}", f"called {suffix}, but {en}", to_do=_SAVE_AS)


def _chosen(book: CalamineWorkbook, sheet: str | None, where: str) -> tuple[str, list[Remark]]:
    """The sheet to read, and what is worth saying of the choice."""
    with _refusing(where):
        names = [m.name for m in book.sheets_metadata if m.typ == SheetTypeEnum.WorkSheet]
        listed = "、".join(names)
        if sheet is not None:
            wanted = [name for name in names if stripped(name) == stripped(sheet)]
            if wanted:
                return wanted[0], []
            raise _not_chosen(where, f"没有工作表“{sheet}”", f"no sheet '{sheet}'", listed)
        visible = {m.name for m in book.sheets_metadata if m.visible == SheetVisibleEnum.Visible}
        if len(names) == 1:
            return names[0], []
        filled = [n for n in names if n in visible and book.get_sheet_by_name(n).height]
        if len(filled) == 1:
            zh, en = f"取工作表“{filled[0]}”", f"sheet '{filled[0]}' is read"
            return filled[0], [
                (f"{zh}（表中另有空的或隐藏的）", f"{en}; others are empty or hidden")
            ]
        count = len(filled)
        raise _not_chosen(where, f"{count} 个有内容的工作表", f"{count} sheets with cells", listed)


def _not_chosen(where: str, zh: str, en: str, listed: str) -> Exception:
    return unreadable(
        where, zh, en,
        expected=(f"其中一个工作表：{listed}", f"one of the sheets {listed}"),
        to_do=("在 sheet 中写明工作表", "name it under sheet"),
    )  # fmt: skip


def _said_of(part: _Part, merged: list[Any]) -> list[Remark]:
    said: list[Remark] = []
    if part.without_value:
        count, named = len(part.without_value), ", ".join(shortened(part.without_value))
        said.append(
            (
                f"{count} 个公式没有存下结果（{named}），按空白读取；请用 Excel 或 WPS 打开并保存",
                f"{count} formulas without a stored result ({named}), read as blank; open and save "
                "in Excel",
            )
        )
    if merged:
        cells = [f"{_reference(*first)}:{_reference(*last)}" for first, last in merged]
        named = ", ".join(shortened(cells))
        said.append(
            (
                f"{len(merged)} 处纵向合并的单元格（{named}），只有首行有值",
                f"{len(merged)} cells merged downwards ({named}): only their first row has the "
                "value",
            )
        )
    return said


def _reference(row: int, column: int) -> str:
    """A cell as a spreadsheet calls it: (104, 1) is B105."""
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row + 1}"


def _looked_through(path: Path, where: str) -> dict[str, _Part]:
    """What the XML of each sheet says, by the sheet's name; refuses what would fill the memory.

    calamine lays a sheet out as a full rectangle: one cell in XFD1048576 ends the process.
    """
    with open_archive(path, where) as archive:
        members = {_inside(info.filename): info for info in archive.infolist()}
        if not any(name == "content.xml" or name.startswith("xl/") for name in members):
            raise unreadable(where, "压缩包，不是工作簿", "a zip archive, but no workbook")
        sheets = _sheet_parts(archive, members)
        found: dict[str, _Part] = {}
        scanned: dict[str, _Part] = {}
        for name, info in members.items():
            pieces = unpacked(archive, info, where)
            if name not in sheets and not name.startswith("xl/worksheets/"):
                for _ in pieces:
                    pass
                continue
            part = _scanned(pieces)
            if part.rows * part.columns > MOST_CELLS:
                raise _too_wide(part, where)
            found[sheets.get(name, name)] = part
            scanned[name] = part
        _refuse_long_texts(archive, members, scanned, where)
        return found


def _refuse_long_texts(
    archive: zipfile.ZipFile,
    members: dict[str, zipfile.ZipInfo],
    scanned: dict[str, _Part],
    where: str,
) -> None:
    """A cell may only number its text; its number stands before a closing tag."""
    if (texts := members.get("xl/sharedstrings.xml")) is None:
        return
    lengths = text_lengths(unpacked(archive, texts, where))
    longest = int(lengths.max(initial=0))
    for name, part in scanned.items():
        if longest * part.closing_tags > MOST_TEXT:
            refuse_repeated_texts(archive, members[name], lengths, where)


def _inside(name: str) -> str:
    """The path of a member in one writing: some programs write XL\\Worksheets."""
    return name.replace("\\", "/").lower()


def _too_wide(part: _Part, where: str) -> Exception:
    return unreadable(
        where,
        f"工作表跨 {part.rows} 行 × {part.columns} 列",
        f"a sheet that spans {part.rows} rows × {part.columns} columns",
        expected=(f"至多 {MOST_CELLS} 个单元格", f"at most {MOST_CELLS} cells"),
        to_do=("删除远处的零星单元格", "delete stray cells far away"),
    )


def _sheet_parts(archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo]) -> dict[str, str]:
    """Names of sheets by the path of their XML; empty where the workbook does not say."""
    parts = [members.get(name) for name in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels")]
    try:
        book, links = (
            ElementTree.fromstring(archive.read(info))
            for info in parts
            if info is not None and info.file_size <= _MOST_OF_A_LIST
        )
    except (ValueError, ElementTree.ParseError, zipfile.BadZipFile, zlib.error, OSError):
        return {}
    target = {link.get("Id"): link.get("Target", "") for link in links}
    found = {}
    for element in book.iter():
        if element.tag.rpartition("}")[2] == "sheet":
            link = next((v for k, v in element.attrib.items() if k.endswith("}id")), None)
            at = posixpath.normpath(posixpath.join("/xl", target.get(link, ""))).lstrip("/")
            found[_inside(at)] = element.get("name", "")
    return found


def _scanned(pieces: Iterator[bytes]) -> _Part:
    """The last row and column, cells of errors, formulas without a result."""
    part = _Part()
    for text, again in _overlapping(pieces):
        row, column = _last_cell(text)
        part.closing_tags += text.count(b"</", again)
        part.rows, part.columns = max(part.rows, row), max(part.columns, column)
        if b'"e"' in text or b"'e'" in text:
            for match in _ERROR.finditer(text):
                if match.end() > again:
                    column, said = _column(match[1]) - 1, match[3].decode("utf-8", "replace")
                    part.errors.append((int(match[2]) - 1, column, said))
        if b"<f" in text or b":f" in text:
            part.without_value += [
                (match[1] or b"?").decode()
                for match in _WITHOUT_VALUE.finditer(text)
                if match.end() > again
            ]
    return part


def _last_cell(text: bytes) -> tuple[int, int]:
    """The last row and column that stand in any r="AB12" or r="12", all taken apart at once."""
    letters = np.frombuffer(text + bytes(_LETTERS + _DIGITS + 5), dtype=np.uint8)
    is_r = (letters[1:-2] == ord("r")) & (letters[:-3] <= ord(" "))
    follows = letters[2:-1]
    spaced = is_r & ((follows <= ord(" ")) | ((follows == ord("=")) & (letters[3:] <= ord(" "))))
    if spaced[: len(text)].any() and (tight := _SPACED.sub(b"=", text)) != text:
        return _last_cell(tight)
    at = np.flatnonzero(is_r & (follows == ord("="))) + len(' r="')
    at = at[at < len(text)]
    column, row = np.zeros(len(at), dtype=np.int64), np.zeros(len(at), dtype=np.int64)
    for _ in range(_LETTERS):
        number = (letters[at] & 0xDF).astype(np.int64) - 64
        is_letter = (number >= 1) & (number <= 26)
        column = np.where(is_letter, column * 26 + number, column)
        at = at + is_letter
    for _ in range(_DIGITS):
        number = letters[at].astype(np.int64) - 48
        is_digit = (number >= 0) & (number <= 9)
        row = np.where(is_digit, row * 10 + number, row)
        at = at + is_digit
    return int(row.max(initial=0)), int(column.max(initial=0))


def _overlapping(pieces: Iterator[bytes]) -> Iterator[tuple[bytes, int]]:
    """Pieces, each led by the end of the one before, and how much of it was there already."""
    tail = b""
    for piece in pieces:
        text = tail + piece
        yield text, len(tail)
        tail = text[-_OVERLAP:]


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
