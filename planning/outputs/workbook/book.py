"""The workbook: its sheets in their order."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from xlsxwriter import Workbook

from planning.outputs.bilingual import Lang, check_lang, in_lang
from planning.outputs.cards import cards_of
from planning.outputs.workbook.dictionary import dictionary_table
from planning.outputs.workbook.gaps import gaps_table
from planning.outputs.workbook.overview import overview_table
from planning.outputs.workbook.sites import sites_table, years_table
from planning.outputs.workbook.table import Look, Table, write_table
from planning.outputs.workbook.units import units_table
from planning.result import StudyResult

_BY_LEVEL = {
    "county": ("分区县", "By county"),
    "street": ("分街道", "By street"),
    "community": ("分社区", "By community"),
}
_NO_CLOCK = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""The same result gives the same bytes: no file says when it was written."""


def write_workbook(path: Path, result: StudyResult, *, lang: Lang = "zh") -> None:
    """Write ``tables.xlsx``: indicators, units by level, gaps, sites, years, and their data.

    Sums and shares are formulas with their values beside them, so that they are there without a
    recalculation. Text never computes. `lang` is the language of headings and words; names and
    quotes stay as they are.
    """
    check_lang(lang)
    tables = tables_of(result, lang=lang)
    options = {
        "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    }  # fmt: skip
    with Workbook(str(path), options) as book:
        book.set_properties({"title": result.town.area.name, "created": _NO_CLOCK})
        book.set_calc_mode("auto")
        look = Look(book)
        for table in tables:
            write_table(look, table, title=result.town.area.name, lang=lang)


def tables_of(result: StudyResult, *, lang: Lang = "zh") -> tuple[Table, ...]:
    """The sheets in their order; a level of units that the study does not have is left out."""
    cards = cards_of(result)
    sites = sites_table(result)
    by_level = [
        units_table(result, level, name=_BY_LEVEL[level.level])
        for level in result.town.area.levels
        if level.level in _BY_LEVEL
    ]
    tables = (
        overview_table(result, cards),
        *by_level,
        gaps_table(result, cards),
        sites,
        years_table(result, sites, sheet=in_lang(sites.name, lang)),
    )
    return (*tables, dictionary_table(result, tables))
