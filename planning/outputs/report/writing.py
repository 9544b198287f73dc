"""The whole report, chapter after chapter."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from planning.outputs.bilingual import Lang, check_lang
from planning.outputs.report.findings_chapter import write_findings
from planning.outputs.report.method_chapter import write_method
from planning.outputs.report.packed import FIXED_DATE, packed
from planning.outputs.report.paper import Paper
from planning.outputs.report.plan_chapter import write_plan
from planning.outputs.report.sensitivity_chapter import write_sensitivity
from planning.outputs.report.sources_chapter import write_sources
from planning.outputs.report.summary_chapter import write_summary
from planning.outputs.report.unmet_chapter import write_unmet
from planning.provenance import RunRecord
from planning.result import StudyResult

_NO_FIGURES: Mapping[str, Path] = MappingProxyType({})
_ON_A_LINE = 19
"""Chinese characters of a title."""
_MOST_LETTERS = 255
"""Of a property of a Word file."""


def write_report(
    path: Path,
    result: StudyResult,
    *,
    record: RunRecord | None = None,
    figures: Mapping[str, Path] = _NO_FIGURES,
    lang: Lang = "zh",
) -> None:
    """Write the report as a Word file; the same result gives the same bytes.

    `figures` are pictures (PNG) by their captions, in the order in which they are shown; `record`
    adds the seed and the version. Characters that no Word file may hold are
    taken out, and the last chapter says so.
    Raises InputError for another language, or a figure that is no picture; no file is left then.
    """
    check_lang(lang)
    paper = Paper(lang)
    name = result.town.area.name
    kind = ("评估报告", "Assessment")
    if result.plan is not None:
        kind = ("评估与选址报告", "Assessment and siting plan")
    title = _lines(name, paper.say(kind))
    paper.title(title)
    write_summary(paper, result)
    write_method(paper, result)
    write_findings(paper, result)
    write_plan(paper, result)
    write_unmet(paper, result)
    write_sensitivity(paper, result)
    if figures:
        with paper.on_its_side():
            paper.part(("附图", "Figures"))
            for caption, picture in figures.items():
                paper.figure(caption, picture)
    write_sources(paper, result, record)
    _properties(paper, f"{name} {paper.say(kind)}", result.digest)
    path.write_bytes(packed(paper.document))


def _lines(name: str, kind: str) -> tuple[str, str]:
    """The two lines of the title; what a long name has in brackets at its end goes to the second.

    Otherwise a bracket would be torn apart between them.
    """
    at = name.rfind("（")
    if len(name) <= _ON_A_LINE or at < 1 or not name.endswith("）") or len(name) - at > _ON_A_LINE:
        return name, kind
    return name[:at], name[at:] + kind


def _properties(paper: Paper, title: str, digest: str) -> None:
    """The core properties; nobody is named as the author, and no clock is asked."""
    properties = paper.document.core_properties
    properties.title = paper.clean(title)[:_MOST_LETTERS]
    properties.author = properties.last_modified_by = ""
    properties.comments = ""
    properties.identifier = digest
    properties.language = "en" if paper.is_english else "zh-CN"
    properties.revision = 1
    properties.created = properties.modified = FIXED_DATE
