"""How the report looks: an official document (公文) on A4, in fonts that every office PC has."""

from __future__ import annotations

from typing import Any

from docx.document import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle

TEXT_MM = 156.0
"""Width of the text: A4 less the margins of GB/T 9704 (28 mm and 26 mm)."""

LATIN = "Times New Roman"
SONG, HEI, KAI, FANGSONG = "宋体", "黑体", "楷体", "仿宋"
_INDENT = 200  # [hundredths of a character]: two characters
_THEMED = ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme")
_LINE_PT = 28.0
_SMALL = {"Cell": 9.0, "Card": 10.5, "Note": 9.0, "Picture": 9.0}
"""Styles of what stands beside the text [pt]."""


def dress(document: Document) -> None:
    """Set the page, the styles and the page number of a new document."""
    _shape(document.sections[0], on_its_side=False)
    _without_themes(document)
    _text(document, "Normal", FANGSONG, 16, indent=True)
    _text(document, "Title", SONG, 22, bold=True, centred=True, line_pt=36, after_pt=4)
    _text(document, "Heading 1", HEI, 16, indent=True, keep=True)
    _text(document, "Heading 2", KAI, 16, indent=True, keep=True)
    _text(document, "Heading 3", FANGSONG, 16, bold=True, indent=True, keep=True)
    _text(document, "Caption", HEI, 12, centred=True, line_pt=None, before_pt=6, after_pt=4)
    for name, size_pt in _SMALL.items():
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = document.styles["Normal"]
        _text(document, name, SONG, size_pt, line_pt=None, after_pt=8 if name == "Note" else 0)
    document.styles["Picture"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.styles["Picture"].paragraph_format.keep_with_next = True
    _footer(document)


def set_fonts(properties: Any, east: str, latin: str = LATIN) -> None:
    """Name the fonts of run properties: Chinese by `east`, all else by `latin`."""
    fonts = properties.get_or_add_rFonts()
    for key in list(fonts.attrib):
        del fonts.attrib[key]
    for key, name in (("ascii", latin), ("hAnsi", latin), ("cs", latin), ("eastAsia", east)):
        fonts.set(qn(f"w:{key}"), name)


def turn(document: Document, *, on_its_side: bool) -> None:
    """Go on to a new page, upright or on its side as pictures want it."""
    _shape(document.add_section(WD_SECTION.NEW_PAGE), on_its_side=on_its_side)


def _shape(section: Section, *, on_its_side: bool) -> None:
    """A4 with the margins of GB/T 9704; on its side with narrower ones."""
    short, long = Mm(210), Mm(297)
    if on_its_side:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = long, short
        section.top_margin, section.bottom_margin = Mm(20), Mm(22)
        section.left_margin = section.right_margin = Mm(28)
        section.footer_distance = Mm(12)
    else:
        section.orientation = WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = short, long
        section.top_margin, section.bottom_margin = Mm(37), Mm(35)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        section.footer_distance = Mm(25)


def _without_themes(document: Document) -> None:
    """Fonts by theme would win over fonts by name, and differ from one office to the next."""
    root = document.styles.element
    for fonts in root.iter(qn("w:rFonts")):
        for name in _THEMED:
            fonts.attrib.pop(qn(f"w:{name}"), None)
    for language in root.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")
    defaults = root.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    set_fonts(defaults, FANGSONG)


def _text(
    document: Document,
    name: str,
    font: str,
    size_pt: float,
    *,
    bold: bool = False,
    indent: bool = False,
    centred: bool = False,
    keep: bool = False,
    line_pt: float | None = _LINE_PT,
    before_pt: float = 0,
    after_pt: float = 0,
) -> None:
    """One paragraph style; `line_pt` None leaves lines as high as what stands in them."""
    style = document.styles[name]
    assert isinstance(style, ParagraphStyle)
    style.font.size, style.font.bold, style.font.italic = Pt(size_pt), bold, False
    style.font.color.rgb = RGBColor(0, 0, 0)
    set_fonts(style.element.get_or_add_rPr(), font)
    shape = style.paragraph_format
    shape.space_before, shape.space_after = Pt(before_pt), Pt(after_pt)
    shape.keep_with_next, shape.widow_control = keep, True
    shape.alignment = WD_ALIGN_PARAGRAPH.CENTER if centred else None
    if line_pt is None:
        shape.line_spacing_rule = WD_LINE_SPACING.SINGLE
    else:
        shape.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        shape.line_spacing = Pt(line_pt)
    properties = style.element.get_or_add_pPr()
    rule = properties.find(qn("w:pBdr"))
    if rule is not None:  # the blue rule below the default title
        properties.remove(rule)
    _indent(properties, size_pt if indent else 0)


def _indent(properties: Any, size_pt: float) -> None:
    """Indent the first line by two characters, in characters and, for other readers, in points."""
    indent = properties.get_or_add_ind()
    indent.set(qn("w:firstLineChars"), str(_INDENT if size_pt else 0))
    indent.set(qn("w:firstLine"), str(round(2 * 20 * size_pt)))


def _footer(document: Document) -> None:
    """— 1 — in the middle of the foot."""
    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _indent(paragraph._p.get_or_add_pPr(), 0)
    for kind, text in (("t", "— "), ("field", "PAGE"), ("t", " —")):
        run = paragraph.add_run("" if kind == "field" else text)
        run.font.size = Pt(14)
        set_fonts(run._r.get_or_add_rPr(), SONG, SONG)
        if kind == "field":
            _field(run._r, text)


def _field(run: Any, instruction: str) -> None:
    for kind in ("begin", "instruction", "separate", "shown", "end"):
        if kind == "instruction":
            part = OxmlElement("w:instrText")
            part.text = instruction
        elif kind == "shown":
            part = OxmlElement("w:t")
            part.text = "1"
        else:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        run.append(part)
