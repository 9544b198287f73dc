"""The report while it is written: headings, captions and tables number themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import docx
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.image.exceptions import InvalidImageStreamError, UnrecognizedImageError
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm
from docx.table import Table, _Cell, _Row

from planning.errors import InputError, fail
from planning.outputs.bilingual import Lang, Says, in_lang
from planning.outputs.report.style import TEXT_MM, dress, set_fonts, turn

_REFUSED = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 does not allow: control characters, halves of pairs, two that are no characters."""
_NUMERALS = "零一二三四五六七八九十"
_HEAD_FILL = "EDEDED"
_CELL_TWIPS = 70  # 1.2 mm
_WHOLE = 8  # most lines of a table that is not cut by a page
_PICTURE_MM, _PICTURE_ON_ITS_SIDE_MM = (TEXT_MM, 150.0), (240.0, 143.0)
"""Widest and highest, so that heading and caption stay on the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """One column: its heading, its part of the width, and whether it holds figures."""

    says: Says
    width: float
    is_figure: bool = False


class Paper:
    """A document in one language. `stripped` counts the texts that held what XML refuses."""

    def __init__(self, lang: Lang) -> None:
        self.lang = lang
        self.document = docx.Document()
        self.stripped = 0
        self._picture_mm = _PICTURE_MM
        self._parts = self._sections = self._tables = self._figures = 0
        dress(self.document)

    @property
    def is_english(self) -> bool:
        """Whether the report is in English."""
        return self.lang == "en"

    def say(self, words: Says) -> str:
        """Words in the language of the report."""
        return in_lang(words, self.lang)

    def clean(self, text: str) -> str:
        """A text without what no document may hold; on one line."""
        kept = _REFUSED.sub("", text.replace("\r", "\n"))
        self.stripped += kept != text
        return " ".join(kept.split("\n")) if "\n" in kept else kept

    def title(self, lines: Sequence[str]) -> None:
        """The title of it all, line by line."""
        for line in lines:
            self.document.add_paragraph(self.clean(line), style="Title")

    def part(self, words: Says, *, new_page: bool = False) -> None:
        """A chapter, numbered 一、 or 1."""
        self._parts, self._sections = self._parts + 1, 0
        number = f"{self._parts}  " if self.is_english else f"{chinese(self._parts)}、"
        paragraph = self.document.add_paragraph(number + self.say(words), style="Heading 1")
        paragraph.paragraph_format.page_break_before = new_page

    def section(self, words: Says) -> None:
        """A section of a chapter, numbered （一） or 1.1."""
        self._sections += 1
        number = (
            f"{self._parts}.{self._sections}  "
            if self.is_english
            else f"（{chinese(self._sections)}）"
        )
        self.document.add_paragraph(number + self.clean(self.say(words)), style="Heading 2")

    def item(self, text: str, *, new_page: bool = False) -> None:
        """A heading of the third level, with the number it brings along."""
        paragraph = self.document.add_paragraph(self.clean(text), style="Heading 3")
        paragraph.paragraph_format.page_break_before = new_page

    def say_so(self, words: Says) -> None:
        """A paragraph."""
        self.document.add_paragraph(self.clean(self.say(words)))

    def note(self, words: Says) -> None:
        """A note in small print, below a table or by itself."""
        text = self.clean(self.say(words))
        label = "Note: " if self.is_english else "注："
        self.document.add_paragraph(label + text, style="Note")

    def table(
        self,
        caption: Says,
        heads: Sequence[Head],
        rows: Sequence[Sequence[str]],
        *,
        is_large: bool = False,
    ) -> None:
        """A numbered table, its caption above; its header comes again on every page."""
        self._tables += 1
        label = f"Table {self._tables}  " if self.is_english else f"表{self._tables}  "
        title = self.document.add_paragraph(label + self.clean(self.say(caption)), style="Caption")
        title.paragraph_format.keep_with_next = True
        table = self._grid([head.width for head in heads])
        style, figures = "Card" if is_large else "Cell", [head.is_figure for head in heads]
        head_cells = self._row(table, [self.say(head.says) for head in heads], style, is_head=True)
        _keep_with_next(head_cells)
        for at, row in enumerate(rows):
            cells = self._row(table, row, style, figures=figures)
            # A short table stays whole, and the last line never stands alone on a page.
            if at == len(rows) - 2 or (len(rows) <= _WHOLE and at < len(rows) - 1):
                _keep_with_next(cells)
        self._gap()

    def card(self, rows: Sequence[tuple[Says, Sequence[str]]]) -> None:
        """What is said of one thing, a row a matter; kept on one page where it fits."""
        table = self._grid([0.17, 0.83])
        for at, (head, lines) in enumerate(rows):
            cells = self._row(table, [self.say(head), ""], "Card")
            _fill(cells[0])
            for line_at, line in enumerate(lines):
                own = cells[1].paragraphs[0] if line_at == 0 else cells[1].add_paragraph()
                own.style = self.document.styles["Card"]
                own.add_run(self.clean(line))
            if at + 1 < len(rows):
                _keep_with_next(cells)
        self._gap()

    @contextmanager
    def on_its_side(self) -> Iterator[None]:
        """Pages on their side for the pictures within, upright ones after them."""
        turn(self.document, on_its_side=True)
        self._picture_mm = _PICTURE_ON_ITS_SIDE_MM
        yield
        self._picture_mm = _PICTURE_MM
        turn(self.document, on_its_side=False)

    def figure(self, caption: str, path: Path) -> None:
        """A numbered picture, its caption below.

        Raises InputError where the file is no picture.
        """
        paragraph = self.document.add_paragraph(style="Picture")
        try:
            picture = paragraph.add_run().add_picture(str(path), width=Mm(self._picture_mm[0]))
        except (OSError, UnrecognizedImageError, InvalidImageStreamError) as error:
            raise fail(
                InputError,
                f"figures[{caption!r}]",
                found=(f"{path} 不能作为图片读取", f"{path}, which cannot be read as a picture"),
                expected=("PNG 图片文件", "a PNG file"),
                to_do=("重新出图，或去掉这一项", "draw it again, or leave this entry out"),
            ) from error
        highest = Mm(self._picture_mm[1])
        if picture.height > highest:
            picture.width = round(picture.width * highest / picture.height)
            picture.height = highest
        self._figures += 1
        label = f"Figure {self._figures}  " if self.is_english else f"图{self._figures}  "
        self.document.add_paragraph(label + self.clean(caption), style="Caption")

    def _grid(self, widths: Sequence[float]) -> Table:
        """A table without rows, of fixed widths; a long word breaks rather than widens it."""
        table: Table = self.document.add_table(rows=0, cols=len(widths), style="Table Grid")
        table.autofit = False
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        _margins(table)
        total = sum(widths)
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Mm(TEXT_MM * width / total)
        return table

    def _row(
        self,
        table: Table,
        texts: Sequence[str],
        style: str,
        *,
        is_head: bool = False,
        figures: Sequence[bool] = (),
    ) -> tuple[_Cell, ...]:
        row: _Row = table.add_row()  # type: ignore[no-untyped-call]
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if is_head:
            properties.append(OxmlElement("w:tblHeader"))
        cells: tuple[_Cell, ...] = row.cells
        for at, (cell, text) in enumerate(zip(cells, texts, strict=True)):
            paragraph = cell.paragraphs[0]
            paragraph.style = self.document.styles[style]
            cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
            run = paragraph.add_run(self.clean(text))
            if is_head:
                set_fonts(run._r.get_or_add_rPr(), "黑体")
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
                _fill(cell)
            elif figures and figures[at]:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        return cells

    def _gap(self) -> None:
        """A little air below a table, which would otherwise touch what follows."""
        self.document.add_paragraph(style="Cell")


def _margins(table: Table) -> None:
    """Leave less air beside the words of a cell than Word does: columns are many and narrow."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(_CELL_TWIPS))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    look = table._tbl.tblPr.find(qn("w:tblLook"))
    look.addprevious(margins)  # the order is that of the schema


def _keep_with_next(cells: Sequence[_Cell]) -> None:
    """Leave no page break between a row and the next."""
    for cell in cells:
        for paragraph in cell.paragraphs:
            paragraph.paragraph_format.keep_with_next = True


def _fill(cell: _Cell) -> None:
    """Shade a cell as a heading."""
    shade = OxmlElement("w:shd")
    for key, value in (("val", "clear"), ("color", "auto"), ("fill", _HEAD_FILL)):
        shade.set(qn(f"w:{key}"), value)
    properties = cell._tc.get_or_add_tcPr()
    below = properties.find(qn("w:vAlign"))  # which has to come last
    if below is None:
        properties.append(shade)
    else:
        below.addprevious(shade)


def chinese(number: int) -> str:
    """A number from 1 to 99 as headings write it: 十二."""
    tens, ones = divmod(number, 10)
    if not tens:
        return _NUMERALS[ones]
    return ("" if tens == 1 else _NUMERALS[tens]) + "十" + (_NUMERALS[ones] if ones else "")
