"""Every sheet of a result, as PDF and PNG on A3."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import geopandas as gpd
import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf

from planning.outputs.bilingual import Lang, check_lang
from planning.outputs.frames.frontier import frontier_frame
from planning.outputs.frames.provision import access_frame
from planning.outputs.frames.results import coverage_frame, findings_frame, plan_frame
from planning.outputs.sheets.charts import frontier_sheet, lorenz_sheet, shortfall_sheet
from planning.outputs.sheets.findings_sheet import findings_sheet, judged_levels
from planning.outputs.sheets.fonts import Fonts
from planning.outputs.sheets.map_sheets import coverage_sheet, people_sheet
from planning.outputs.sheets.paper import Paper
from planning.outputs.sheets.plan_sheets import comparison_sheet, plan_sheet
from planning.outputs.sheets.sheet import Sheet
from planning.outputs.sheets.site_list import list_sheets
from planning.result import StudyResult
from planning.standards.words import LEVEL_WORDS

DPI = 150
"""Of the PNG: 2480 × 1754 pixels."""
_MOST_LETTERS = 40
_SETTINGS: dict[Any, Any] = {
    "pdf.fonttype": 42, "pdf.compression": 6, "axes.unicode_minus": False, "text.usetex": False,
    "hatch.linewidth": 0.4, "hatch.color": "white", "path.simplify": False,
}  # fmt: skip


def write_sheets(
    folder: Path, result: StudyResult, basemap: gpd.GeoDataFrame, *, lang: Lang = "zh"
) -> tuple[Path, ...]:
    """Draw every sheet that a result has something for, ``NN_<title>.pdf`` and ``.png`` each.

    `folder` is made if need be; `basemap` has a column `kind` (``road_major``, ``road_minor``,
    ``path``, ``water``, ``green``, ``building``). The same result gives the same bytes. Returns the
    files in the order of the sheets. Raises MissingFileError where the font is not installed.
    """
    check_lang(lang)
    folder.mkdir(parents=True, exist_ok=True)
    paths: list[Path] = []
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as own,
        mpl.rc_context({**mpl.rcParamsDefault, **_SETTINGS, "backend": "agg"}),
    ):
        fonts = Fonts(Path(own), _expected(result))
        for number, sheet in enumerate(_sheets(result, basemap, lambda: Paper(fonts, lang)), 1):
            stem = f"{number:02d}_{_file_name(sheet.name)}"
            paths += _save(sheet, fonts, folder / stem)
    return tuple(paths)


def _expected(result: StudyResult) -> str:
    """The letters that most of the sheets take: of this folder's words, and of names."""
    town = result.town
    words = [
        path.read_text(encoding="utf-8") for path in sorted(Path(__file__).parent.glob("*.py"))
    ]
    labels = [label for pair in town.study.labels.values() for label in pair]
    services = [service.label for service in town.study.services.values()]
    titles = [clause.title_zh + clause.article for clause in town.profile.clauses]
    units = [name for level in town.area.levels for name in level.names]
    licences = [source.licence for source in town.sources]
    said = [*words, *labels, *services, *titles, *units, *licences, town.area.name]
    levels = [word for pair in LEVEL_WORDS.values() for word in pair]
    return "".join([*said, *levels, town.profile.standard.document])


def _sheets(
    result: StudyResult, basemap: gpd.GeoDataFrame, paper: Callable[[], Paper]
) -> Iterator[Sheet]:
    """One after the other, so that only one is held."""
    town, coverage, findings = result.town, coverage_frame(result), findings_frame(result)
    outlines = np.asarray(town.demand.outline)
    services = town.study.services
    for group in town.demand.people:
        yield people_sheet(paper(), result, basemap, outlines, group)
    for service in services:
        yield coverage_sheet(paper(), result, basemap, coverage, outlines, service)
    for level in judged_levels(result, findings, "now"):
        yield findings_sheet(paper(), result, basemap, findings, level, "now")
    if result.plan is not None and result.plan.sites:
        plan = plan_frame(result)
        proposed = plan_sheet(paper(), result, basemap, plan)
        yield proposed
        if proposed.is_cut:
            yield from list_sheets(paper, result, plan)
        for service in filter(partial(_changes, result), services):
            yield comparison_sheet(paper(), result, basemap, coverage, outlines, service)
        for level in judged_levels(result, findings, "after"):
            yield findings_sheet(paper(), result, basemap, findings, level, "after")
    if town.area.levels:
        for service in services:
            yield shortfall_sheet(paper(), result, coverage, service)
    yield from _access_sheets(result, paper)
    if result.frontier:
        yield frontier_sheet(paper(), result, frontier_frame(result))


def _changes(result: StudyResult, service: str) -> bool:
    """Whether the plan changes anybody's walk to a service."""
    assert result.plan is not None
    now, after = result.situation.coverage, result.plan.situation.coverage
    return not np.array_equal(now[service].nearest.ms, after[service].nearest.ms)


def _access_sheets(result: StudyResult, paper: Callable[[], Paper]) -> Iterator[Sheet]:
    """One a service: of the first measure that is no time, for of times less is better."""
    if "now" not in result.provision:
        return
    frame = None
    for service, measures in result.provision["now"].access.items():
        measure = next((access.measure for access in measures if not access.is_time), None)
        if measure is not None:
            frame = access_frame(result) if frame is None else frame
            yield lorenz_sheet(paper(), result, frame, service, measure)


def _file_name(title: str) -> str:
    """Letters and digits of any script, nothing that a file system or a shell could mistake."""
    return re.sub(r"\W+", "_", title).strip("_")[:_MOST_LETTERS].rstrip("_")


def _save(sheet: Sheet, fonts: Fonts, stem: Path) -> list[Path]:
    """PDF and PNG of a sheet, without date or program, for both change no picture."""
    figure = sheet.paper.figure
    fonts.set_on(figure)
    pdf, png = stem.with_name(f"{stem.name}.pdf"), stem.with_name(f"{stem.name}.png")
    about = {"Title": sheet.title, "Creator": None, "Producer": None, "CreationDate": None}
    FigureCanvasPdf(figure).print_figure(pdf, dpi=200, metadata=about)
    FigureCanvasAgg(figure).print_figure(png, dpi=DPI, metadata={"Software": None})
    figure.clear()
    return [pdf, png]
