"""What is handed in besides the tables of every run, and in which language."""

from __future__ import annotations

from dataclasses import dataclass, field

from planning.errors import StudyError, fail
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
    suppress_below
        Only what may be published is written, without counts of fewer people; None: all of it.
    tianditu_key
        The user's own key, where the map may show Tianditu tiles; such a map is not to be passed
        on.
    """

    lang: Lang = "zh"
    sheets: bool = False
    suppress_below: int | None = None
    tianditu_key: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        check_lang(self.lang)
        if self.suppress_below is not None and self.sheets:
            raise fail(
                StudyError,
                "--sheets, --suppress-below",
                found=("两者同时给出", "both of them"),
                expected=(
                    "其中之一：图集上的人数尚不能隐去",
                    "one: sheets cannot be suppressed yet",
                ),
                to_do=("分两次运行，图集只供内部使用", "run twice, and keep the sheets inside"),
            )
        if self.suppress_below is not None and self.tianditu_key is not None:
            raise fail(
                StudyError,
                "--tianditu, --suppress-below",
                found=("两者同时给出", "both of them"),
                expected=("其中之一：可公布的成果没有地图", "one: what is published has no map"),
                to_do=("去掉 --tianditu", "leave --tianditu"),
            )

    @property
    def suffix(self) -> str:
        """What is added to the name of the folder, so that no edition replaces another."""
        parts = (
            "" if self.lang == "zh" else f"-{self.lang}",
            "" if self.suppress_below is None else f"-below{self.suppress_below}",
            "" if self.tianditu_key is None else "-tianditu",
        )
        return "".join(parts)


USUAL = Edition()
"""In Chinese, without what takes long."""
