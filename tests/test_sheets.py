"""Registers as offices send them: text and workbooks, and what only looks like one."""

from __future__ import annotations

import datetime
import re
import time
import zipfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from registers import read, refused, said

from planning.errors import InputError, MissingFileError
from planning.inputs.tables.archives import MOST_BYTES

HEADER = ["编号", "名称", "类型", "经度", "纬度"]
ROW = ["F1", "白云敬老院", "敬老院", "105.1", "30.5"]
TEXT = "\r\n".join(",".join(row) for row in (HEADER, ROW)) + "\r\n"


def text_file(folder: Path, text: str, encoding: str = "utf-8", name: str = "f.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def workbook(path: Path, *sheets: Iterable[list[Any]], names: Iterable[str] = ()) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    titles = list(names) or [f"表{k + 1}" for k in range(len(sheets))]
    for title, rows in zip(titles, sheets, strict=True):
        page = book.create_sheet(title)
        for row in rows:
            page.append(row)
    book.save(path)
    return path


def rewritten(path: Path, member: str, change: Callable[[bytes], bytes]) -> Path:
    """The archive with one member changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    parts[member] = change(parts[member])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


# --- text -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "remark"),
    [
        ("utf-8", ""),
        ("utf-8-sig", ""),
        ("utf-16", "read as UTF-16"),
        ("gb18030", "read as GB18030"),
    ],
)
def test_encodings_of_text(tmp_path: Path, encoding: str, remark: str) -> None:
    sheet = read(text_file(tmp_path, TEXT.replace("白云", "㙍𠮷"), encoding))
    assert sheet.rows.columns.tolist() == HEADER
    assert sheet.rows["名称"].tolist() == ["㙍𠮷敬老院"]
    assert sheet.numbers.tolist() == [2]
    assert said(sheet) == remark


@pytest.mark.parametrize(
    ("delimiter", "name", "remark"),
    [
        (",", "f.csv", ""),
        ("\t", "f.tsv", "tabs"),
        (";", "f.csv", "semicolons"),
        ("\t", "f.txt", "tab"),
    ],
)
def test_delimiters(tmp_path: Path, delimiter: str, name: str, remark: str) -> None:
    sheet = read(text_file(tmp_path, TEXT.replace(",", delimiter), name=name))
    assert sheet.rows.iloc[0].tolist() == ROW
    assert remark in said(sheet)


def test_a_semicolon_inside_cells_is_no_delimiter(tmp_path: Path) -> None:
    text = TEXT.replace("白云敬老院", "白云；敬老院;东区;西区;南区;北区")
    assert read(text_file(tmp_path, text)).rows["名称"].tolist() == [
        "白云；敬老院;东区;西区;南区;北区"
    ]


def test_a_line_break_in_quotes_keeps_the_count_of_rows(tmp_path: Path) -> None:
    text = TEXT + '"F2","两\n行, 名","养老院","105.2","30.6"\r\n\r\n,,,,\r\nF3,三,养老院,105,30\r\n'
    sheet = read(text_file(tmp_path, text))
    assert sheet.numbers.tolist() == [2, 3, 6]
    assert sheet.rows["名称"].tolist() == ["白云敬老院", "两\n行, 名", "三"]


def test_rows_of_too_many_cells_are_all_named(tmp_path: Path) -> None:
    """An unquoted comma has shifted them, and blank cells too many have not."""
    text = (
        TEXT + "F2,二,养老院,105,30,备注\r\nF3,三,东,区,养老院,105,30\r\nF4,四,养老院,105,30,,\r\n"
    )
    where = refused(text_file(tmp_path, text), zh="6 个单元格", en="7 cells")
    assert [re.findall(r"row (\d+)", at) for at in where] == [["3"], ["4"]]


def test_blank_cells_that_excel_leaves_away_are_told(tmp_path: Path) -> None:
    sheet = read(text_file(tmp_path, TEXT + "F2,二,养老院\r\nF3\r\n\r\nF4,四,养老院,105,30,,\r\n"))
    assert sheet.numbers.tolist() == [2, 3, 4, 6]
    assert sheet.rows.iloc[1].tolist() == ["F2", "二", "养老院", "", ""]
    assert dict(sheet.short) == {1: 2, 2: 4}


def test_a_header_of_more_cells_than_any_row_is_at_fault(tmp_path: Path) -> None:
    """A comma in a column's name shifts all names behind it, and no row tells."""
    text = (
        "编号,名称(全称,简称),类型,经度,纬度\r\nF1,白云,敬老院,105,30\r\nF2,乌云,敬老院,105,30\r\n"
    )
    where = refused(text_file(tmp_path, text), zh="5 个单元格", en="5 cells")
    assert [re.findall(r"row (\d+)", at) for at in where] == [["2"], ["3"]]


def test_a_quote_that_does_not_end(tmp_path: Path) -> None:
    path = text_file(tmp_path, TEXT + '"F2,二,养老院,105,30\r\n')
    assert "row 3" in refused(path, zh="引号不成对", en="quotes that do not pair")[0]


@pytest.mark.parametrize(
    ("content", "en"),
    [
        (b"", "an empty file"),
        (b"\n\n", "it is empty"),
        (b"\xef\xbb\xbf", "it is empty"),
        (b"a,b\n1,\x002\n", "NUL bytes"),
        (TEXT.encode("utf-16-le"), "NUL bytes"),
        (b"\xff\xfe\x81", "neither in UTF-8"),
        (b"\x89PNG\r\n\x1a\n\xff\xd8", "neither in UTF-8"),
        (b"a,b\n\xff\xff,1\n", "neither in UTF-8"),
    ],
    ids=range(8),
)
def test_text_that_is_none(tmp_path: Path, content: bytes, en: str) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(content)
    refused(path, zh="无法读取的表", en=en)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="no such file"):
        read(tmp_path / "f.csv")


def test_a_folder_is_no_table(tmp_path: Path) -> None:
    (tmp_path / "f.csv").mkdir()
    refused(tmp_path / "f.csv", zh="是文件夹", en="a folder")


def test_blanks_nobody_sees_are_stripped(tmp_path: Path) -> None:
    text = "\ufeff\u3000编号\u200b,名\u200b称 ,类型,经度,\u00a0纬度\n"
    text += "F1\u00a0,\u3000白云 ,敬老院,105.1\u200b,30.5\n"
    sheet = read(text_file(tmp_path, text, "utf-8-sig"))
    assert sheet.rows.columns.tolist() == HEADER
    assert sheet.rows.iloc[0].tolist() == ["F1", "白云", "敬老院", "105.1", "30.5"]


def test_wide_digits_and_formulas_stay_text(tmp_path: Path) -> None:
    sheet = read(text_file(tmp_path, TEXT + "=1+1,<script>alert(1)</script>,敬老院,１２,030\n"))
    assert sheet.rows.iloc[1].tolist() == [
        "=1+1",
        "<script>alert(1)</script>",
        "敬老院",
        "１２",
        "030",
    ]


def test_titles_above_the_header(tmp_path: Path) -> None:
    text = "××区养老服务设施台账,,,,\n,,,,\n" + TEXT
    sheet = read(text_file(tmp_path, text))
    assert sheet.rows.columns.tolist() == HEADER
    assert sheet.numbers.tolist() == [4]
    assert "header in row 3" in said(sheet)


def test_headings_written_wide_are_the_words_they_say(tmp_path: Path) -> None:
    """As offices set a table of two characters to the width of one of four."""
    wide = ["编 号", "名　　称", "类 型", "Name of", "备 注"]
    text = ",".join(wide) + "\n" + ",".join(ROW) + "\n"
    sheet = read(text_file(tmp_path, f"台账\n{text}"))
    assert sheet.rows.columns.tolist() == ["编号", "名称", "类型", "Name of", "备 注"]
    assert sheet.numbers.tolist() == [3]


def test_a_header_of_unknown_words_is_the_first_row(tmp_path: Path) -> None:
    sheet = read(text_file(tmp_path, "甲,乙\n1,2\n"))
    assert sheet.rows.columns.tolist() == ["甲", "乙"]
    assert sheet.remarks == ()


def test_a_table_of_no_rows_is_a_table(tmp_path: Path) -> None:
    sheet = read(text_file(tmp_path, ",".join(HEADER)))
    assert len(sheet) == 0
    assert sheet.rows.columns.tolist() == HEADER


def test_names_used_twice(tmp_path: Path) -> None:
    same = read(text_file(tmp_path, "编号,名称,备注,备注,编号\n1,甲,a,b,1\n"))
    assert same.rows.columns.tolist() == ["编号", "名称", "备注", "备注.1", "编号.1"]
    assert "named twice" in said(same)
    refused(
        text_file(tmp_path, "编号,名称,编号\n1,甲,2\n"),
        zh="第1列与第3列都叫“编号”而内容不同",
        en="columns 1 and 3 are both called '编号'",
    )


# --- workbooks ------------------------------------------------------------------------------


def test_cells_of_a_workbook_stay_as_they_are(tmp_path: Path) -> None:
    day = datetime.date(2024, 5, 1)
    rows = [
        [*HEADER, "日期", "备\n注", None],
        [1, "㙍𠮷", "敬老院", 105.1, 30.5, day, "'=1+1", None],
        ["01", "\u3000<script>\u00a0", "敬老院", "１０５", True, None, None, None],
    ]
    sheet = read(workbook(tmp_path / "f.xlsx", rows))
    assert sheet.rows.columns.tolist() == [*HEADER, "日期", "备注"]
    assert sheet.rows.iloc[0].tolist() == [1.0, "㙍𠮷", "敬老院", 105.1, 30.5, day, "'=1+1"]
    assert sheet.rows.iloc[1].tolist()[:5] == ["01", "<script>", "敬老院", "１０５", True]
    assert sheet.remarks == ()


def test_formulas_give_their_stored_value_and_errors_stay_visible(tmp_path: Path) -> None:
    path = workbook(tmp_path / "f.xlsx", [HEADER, ["F1", "=1+1", "=2+2", "x", "y"]])

    def cached(xml: bytes) -> bytes:
        xml = xml.replace(b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>")
        xml = xml.replace(b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>")
        return re.sub(rb'<c r="D2"[^>]*>.*?</c>', b'<c r="D2" t="e"><v>#N/A</v></c>', xml)

    sheet = read(rewritten(path, "xl/worksheets/sheet1.xml", cached))
    assert sheet.rows.iloc[0].tolist() == ["F1", 2.0, "", "#N/A", "y"]
    assert "1 formulas without a stored result (C2), read as blank" in said(sheet)


def test_a_merged_title_above_the_header(tmp_path: Path) -> None:
    path = workbook(tmp_path / "f.xlsx", [["××区养老服务设施台账"], [], HEADER, ROW, [], ROW])
    book = openpyxl.load_workbook(path)
    book.active.merge_cells("A1:E1")
    book.active.merge_cells("C4:C5")
    book.save(path)
    sheet = read(path)
    assert sheet.rows.columns.tolist() == HEADER
    assert sheet.numbers.tolist() == [4, 6]
    assert "1 cells merged downwards (C4:C5)" in said(sheet)


def test_which_sheet_is_read(tmp_path: Path) -> None:
    names = ["说明", "台账"]
    one = workbook(tmp_path / "1.xlsx", [], [HEADER, ROW], names=names)
    assert "sheet '台账' is read" in said(read(one))
    two = workbook(tmp_path / "2.xlsx", [["说明"]], [HEADER, ROW], names=names)
    assert read(two, "台账").rows.iloc[0].tolist() == ROW
    assert read(two, " 台账").rows.iloc[0].tolist() == ROW
    refused(two, zh="2 个有内容的工作表", en="2 sheets with cells")
    refused(two, sheet="表", zh="没有工作表“表”", en="no sheet '表'")
    book = openpyxl.load_workbook(two)
    book["说明"].sheet_state = "hidden"
    book.save(two)
    assert "sheet '台账' is read" in said(read(two))


def _ods(path: Path, rows: list[list[str]]) -> Path:
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{c}</text:p></table:table-cell>'
            for c in row
        )
        + "</table:table-row>"
        for row in rows
    )
    urn = "urn:oasis:names:tc:opendocument:xmlns"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", f'<m:manifest xmlns:m="{urn}:manifest:1.0"/>')
        archive.writestr(
            "content.xml",
            f'<office:document-content xmlns:office="{urn}:office:1.0" xmlns:table='
            f'"{urn}:table:1.0" xmlns:text="{urn}:text:1.0"><office:body><office:spreadsheet>'
            f'<table:table table:name="表1">{cells}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return path


def test_an_opendocument_sheet(tmp_path: Path) -> None:
    assert read(_ods(tmp_path / "f.ods", [HEADER, ROW])).rows.iloc[0].tolist() == ROW


def test_an_opendocument_sheet_that_repeats_itself(tmp_path: Path) -> None:
    path = _ods(tmp_path / "f.ods", [HEADER, ROW])
    many = b'<table:table-row table:number-rows-repeated="1048570">'
    wide = b'<table:table-cell table:number-columns-repeated="16384" '

    def repeated(xml: bytes) -> bytes:
        return xml.replace(b"<table:table-row>", many).replace(b"<table:table-cell ", wide)

    refused(rewritten(path, "content.xml", repeated), zh="已损坏", en="Cell limit exceeded")


def _xls(path: Path, rows: list[list[str]], *, password: bool = False) -> Path:
    """A workbook of Excel 97, by hand: records of BIFF8 as a stream of a compound file."""

    def record(number: int, data: bytes) -> bytes:
        return number.to_bytes(2, "little") + len(data).to_bytes(2, "little") + data

    def words(*numbers: int, size: int = 2) -> bytes:
        return b"".join(n.to_bytes(size, "little") for n in numbers)

    def bof(kind: int) -> bytes:
        return record(0x809, words(0x600, kind, 0x1DBB, 0x7CC) + words(0, 6, size=4))

    secret = record(0x2F, words(1, 1, 1) + bytes(48)) if password else b""
    title = "台账"
    tail = words(0) + bytes([len(title), 1]) + title.encode("utf-16-le")
    at = len(bof(5) + secret) + 4 + 4 + len(tail) + 4
    stream = (
        bof(5) + secret + record(0x85, words(at, size=4) + tail) + record(0x0A, b"") + bof(0x10)
    )
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            data = words(r, c, 0, len(cell)) + b"\x01" + cell.encode("utf-16-le")
            stream += record(0x204, data)
    stream += record(0x0A, b"")
    stream += bytes(max(4096, -(-len(stream) // 512) * 512) - len(stream))
    count = len(stream) // 512
    free, end, fat = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + words(0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += words(0, 1, 1, 0, 4096, end, 0, end, 0, 0, *[free] * 108, size=4)
    chain = [fat, end, *(range(3, 2 + count)), end]
    table = words(*chain, *[free] * (128 - len(chain)), size=4)

    def entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
        text = name.encode("utf-16-le") + b"\0\0"
        return (
            text.ljust(64, b"\0") + words(len(text)) + bytes([kind, 1])
            + words(free, free, child, size=4) + bytes(36) + words(start, size, 0, size=4)
        )  # fmt: skip

    folder = entry("Root Entry", 5, 1, end, 0) + entry("Workbook", 2, free, 2, len(stream))
    path.write_bytes(head + table + folder.ljust(512, b"\0") + stream)
    return path


def test_a_workbook_of_excel_97(tmp_path: Path) -> None:
    sheet = read(_xls(tmp_path / "f.xls", [HEADER, ROW]), "台账")
    assert sheet.rows.columns.tolist() == HEADER
    assert sheet.rows.iloc[0].tolist() == ROW


def test_workbooks_under_the_other_suffix(tmp_path: Path) -> None:
    """As many systems here export them."""
    new = workbook(tmp_path / "f.xlsx", [HEADER, ROW]).rename(tmp_path / "g.xls")
    assert read(new).rows.iloc[0].tolist() == ROW
    old = _xls(tmp_path / "h.xls", [HEADER, ROW]).rename(tmp_path / "i.xlsx")
    assert read(old).rows.iloc[0].tolist() == ROW


def test_workbooks_with_a_password(tmp_path: Path) -> None:
    refused(_xls(tmp_path / "f.xls", [HEADER], password=True), zh="有密码", en="has a password")
    path = _xls(tmp_path / "f.xlsx", [HEADER])
    path.write_bytes(path.read_bytes() + "EncryptedPackage".encode("utf-16-le"))
    refused(path, zh="有密码", en="has a password")


HTML = "<html><head><meta charset='utf-8'></head><body><table><tr><td>编号</td></tr></table>"
XML_2003 = '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'


@pytest.mark.parametrize("suffix", [".xls", ".xlsx"])
@pytest.mark.parametrize(
    ("content", "en"),
    [
        (HTML.encode(), "but it is an HTML table"),
        (b"\xef\xbb\xbf\r\n" + HTML.encode(), "but it is an HTML table"),
        (XML_2003.encode(), "an XML Spreadsheet 2003"),
        (TEXT.encode("gb18030"), "but it is text, such as CSV"),
        (TEXT.replace(",", "\t").encode("utf-16"), "but it is text, such as CSV"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "but it is no workbook"),
        (b"", "an empty file"),
    ],
    ids=["html", "html after blanks", "xml", "csv", "unicode text", "picture", "empty"],
)
def test_what_is_called_a_workbook(tmp_path: Path, suffix: str, content: bytes, en: str) -> None:
    path = tmp_path / f"f{suffix}"
    path.write_bytes(content)
    refused(path, zh="无法读取的表", en=en)


@pytest.mark.parametrize("suffix", [".xls", ".xlsx"])
def test_a_workbook_cut_short(tmp_path: Path, suffix: str) -> None:
    """At every tenth of its length, and with bytes overwritten in the middle."""
    path = tmp_path / f"f{suffix}"
    rows = [HEADER, *[[f"F{k}", *ROW[1:]] for k in range(60)]]
    whole = (_xls if suffix == ".xls" else workbook)(path, rows).read_bytes()
    damaged = [whole[: len(whole) * k // 10] for k in range(1, 10)]
    damaged.append(whole[: len(whole) // 2] + b"\xff" * 40 + whole[len(whole) // 2 + 40 :])
    for data in damaged:
        path.write_bytes(data)
        try:
            sheet = read(path)
        except InputError:
            continue
        assert suffix == ".xls" and len(sheet) <= 60  # what follows the last record is padding


def test_a_dimension_that_is_a_lie(tmp_path: Path) -> None:
    path = workbook(tmp_path / "f.xlsx", [HEADER, ROW])
    rewritten(
        path,
        "xl/worksheets/sheet1.xml",
        lambda xml: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', xml),
    )
    begun = time.perf_counter()
    assert read(path).rows.iloc[0].tolist() == ROW
    assert time.perf_counter() - begun < 2


@pytest.mark.parametrize("far", ["XFD1048576", "ZZ1048576", "XFD99999"])
def test_a_cell_at_the_end_of_the_world(tmp_path: Path, far: str) -> None:
    """calamine would lay out 17 thousand million cells, and end the process."""
    path = workbook(tmp_path / "f.xlsx", [HEADER, ROW])
    book = openpyxl.load_workbook(path)
    book.active[far] = "x"
    book.save(path)
    refused(path, zh="工作表跨", en="a sheet that spans")


@pytest.mark.parametrize(
    "said", ["r = 'XFD1048576'", "\tr='xfd1048576'", 's="0"\n r ="XFD1048576"']
)
def test_a_cell_far_away_in_other_writing(tmp_path: Path, said: str) -> None:
    path = workbook(tmp_path / "f.xlsx", [HEADER, ROW])
    cell = f"</row><row><c {said}><v>1</v></c></row></sheetData>".encode()
    rewritten(
        path,
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(b"</row></sheetData>", cell),
    )
    refused(path, zh="1048576 行 × 16384 列", en="1048576 rows × 16384 columns")


def test_a_stray_cell_that_does_no_harm(tmp_path: Path) -> None:
    path = workbook(tmp_path / "f.xlsx", [HEADER, ROW])
    book = openpyxl.load_workbook(path)
    book.active["AZ120000"] = "x"
    book.save(path)
    assert read(path).numbers.tolist() == [2, 120_000]


def _bomb(path: Path, *, lie: bool) -> Path:
    """A workbook whose first sheet inflates to 100 MiB of blanks, or says it does not."""
    workbook(path, [HEADER, ROW])
    rewritten(path, "xl/worksheets/sheet1.xml", lambda xml: xml + b" " * (100 << 20))
    if lie:
        data = bytearray(path.read_bytes())
        size = next(
            i for i in zipfile.ZipFile(path).infolist() if i.filename.endswith("sheet1.xml")
        ).file_size.to_bytes(4, "little")
        path.write_bytes(bytes(data.replace(size, (4096).to_bytes(4, "little"))))
    return path


@pytest.mark.parametrize("lie", [False, True])
def test_a_bomb_is_refused_before_it_goes_off(tmp_path: Path, lie: bool) -> None:
    refused(_bomb(tmp_path / "f.xlsx", lie=lie), zh="压缩炸弹", en="a zip bomb")


def test_an_archive_above_the_cap(tmp_path: Path) -> None:
    path = workbook(tmp_path / "f.xlsx", [HEADER, ROW])
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo("xl/worksheets/sheet1.xml")
    size, crc = info.file_size.to_bytes(4, "little"), info.CRC.to_bytes(4, "little")
    data = path.read_bytes()
    at = data.rindex(crc)  # in the directory: what the archive says of itself
    assert data[at + 8 : at + 12] == size
    path.write_bytes(data[: at + 8] + (MOST_BYTES + 1).to_bytes(4, "little") + data[at + 12 :])
    refused(path, zh="解压后 1024 MiB 以上", en="it unpacks to 1024 MiB")


def test_a_large_workbook(tmp_path: Path) -> None:
    """40 000 rows take about a second; a million, which take 15, would hold the others up."""
    count = 40_000
    path = large_workbook(tmp_path / "f.xlsx", count)
    begun = time.perf_counter()
    sheet = read(path)
    assert time.perf_counter() - begun < 10
    assert len(sheet) == count
    assert sheet.numbers[-1] == count + 1
    assert sheet.rows.iloc[-1].tolist()[:3] == [float(count), f"设施{count}", "养老院"]


def large_workbook(path: Path, count: int) -> Path:
    """Written as text: openpyxl would take longer than the test."""
    workbook(path, [HEADER])

    def filled(xml: bytes) -> bytes:
        head, _, tail = xml.partition(b"</sheetData>")
        rows = (
            f'<row r="{k + 2}"><c r="A{k + 2}"><v>{k + 1}</v></c><c r="B{k + 2}" t="inlineStr"><is>'
            f'<t>设施{k + 1}</t></is></c><c r="C{k + 2}" t="inlineStr"><is><t>养老院</t></is></c>'
            f'<c r="D{k + 2}"><v>{105 + k * 7919 % 99991 / 1e6}</v></c>'
            f'<c r="E{k + 2}"><v>{30 + k * 104729 % 99991 / 1e6}</v></c></row>'
            for k in range(count)
        )
        return head + "".join(rows).encode() + b"</sheetData>" + tail

    return rewritten(path, "xl/worksheets/sheet1.xml", filled)


def test_an_archive_that_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "f.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    refused(path, zh="不是工作簿", en="no workbook")


def test_data_damaged_inside_an_archive(tmp_path: Path) -> None:
    path = tmp_path / "f.zip"
    packed = zlib.compress(TEXT.encode())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("f.csv", TEXT * 50)
        info = archive.getinfo("f.csv")
    data = bytearray(path.read_bytes())
    data[info.header_offset + 40 : info.header_offset + 60] = packed[:20]
    path.write_bytes(bytes(data))
    refused(path, zh="压缩数据已损坏", en="damaged data")
