"""The files of a comparison: each complete or absent."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from planning.errors import InputError, fail
from planning.outputs.bilingual import Lang, check_lang
from planning.outputs.comparison.compared import Comparison
from planning.outputs.comparison.map_scene import Scene, scenes_of
from planning.outputs.comparison.page import comparison_page
from planning.outputs.comparison.word_section import write_word_section
from planning.outputs.comparison.workbook import write_comparison_workbook


def write_comparison(
    folder: Path, comparison: Comparison, *, lang: Lang = "zh"
) -> tuple[Path, ...]:
    """Write ``comparison.xlsx``, ``.html`` and ``.docx`` into `folder`, which is made if need be.

    Older ones of the same names are replaced, other files are left alone. `lang` is "zh" or "en".
    Returns the files. Raises InputError for another language, or a folder that cannot be written.
    """
    check_lang(lang)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=".comparison.partial-", dir=folder))
    except OSError as error:
        raise fail(
            InputError,
            f"--out {folder}",
            found=(f"不能写入（{error.strerror}）", f"not writable ({error.strerror})"),
            expected=("可写的文件夹", "a folder that may be written"),
            to_do=("换一个 --out", "give another --out"),
        ) from None
    try:
        names = _write_all(aside, comparison, lang)
        for name in names:
            (aside / name).replace(folder / name)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return tuple(folder / name for name in names)


def _write_all(folder: Path, comparison: Comparison, lang: Lang) -> tuple[str, ...]:
    write_comparison_workbook(folder / "comparison.xlsx", comparison, lang=lang)
    page = comparison_page(comparison, lang=lang)
    (folder / "comparison.html").write_text(page, encoding="utf-8", newline="\n")
    maps = _maps(folder, comparison, lang)
    write_word_section(folder / "comparison.docx", comparison, maps, lang=lang)
    return "comparison.xlsx", "comparison.html", "comparison.docx"


def _maps(folder: Path, comparison: Comparison, lang: Lang) -> dict[int, list[tuple[Scene, Path]]]:
    """The pictures of every pair; they live in the Word file only."""
    scenes = {at: scenes_of(comparison, pair) for at, pair in enumerate(comparison.pairs)}
    if not any(scenes.values()):
        return {}
    # matplotlib takes a second to load.
    from planning.outputs.comparison.map_picture import draw_maps

    drawn = iter(draw_maps(folder, [one for of in scenes.values() for one in of], lang=lang))
    return {at: [(one, next(drawn)) for one in of] for at, of in scenes.items()}
