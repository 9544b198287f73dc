"""What is handed in besides the tables of every run, and in which language."""

from __future__ import annotations

from dataclasses import dataclass, field

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
    tianditu_key
        The user's own key, where the map may show Tianditu tiles; such a map is not to be passed
        on.
    """

    lang: Lang = "zh"
    sheets: bool = False
    tianditu_key: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        check_lang(self.lang)

    @property
    def suffix(self) -> str:
        """What is added to the name of the folder, so that no edition replaces another."""
        said = "" if self.lang == "zh" else f"-{self.lang}"
        return said if self.tianditu_key is None else f"{said}-tianditu"


USUAL = Edition()
"""In Chinese, without what takes long."""
