"""What is handed in besides the tables of every run, and in which language."""

from __future__ import annotations

from dataclasses import dataclass

from planning.outputs.bilingual import Lang, check_lang


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One way of writing a run folder; the results are the same in all of them.

    Parameters
    ----------
    lang
        Language of report, workbook and sheets, and in which the pages open. Tables for programs
        (CSV, JSON, GIS) hold both.
    sheets
        Whether the A3 map sheets are drawn, whose pictures the report then has: they take longest.
    """

    lang: Lang = "zh"
    sheets: bool = False

    def __post_init__(self) -> None:
        check_lang(self.lang)

    @property
    def suffix(self) -> str:
        """What is added to the name of the folder, so that no edition replaces another."""
        return "" if self.lang == "zh" else f"-{self.lang}"


USUAL = Edition()
"""In Chinese, without what takes long."""
