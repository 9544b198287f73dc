"""whatif.html in a run folder: the page, or why there is none of this run."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd

from planning.outputs.bilingual import Lang, Says, in_lang, said
from planning.outputs.inlining import inert_json
from planning.outputs.pages.still import still_page, top
from planning.outputs.whatif.content import whatif_content
from planning.outputs.whatif.page import whatif_page
from planning.result import StudyResult, Town

MOST_NODES = 100_000
"""Nodes of the walking network that a page carries; beyond, a server walks (`planning serve`)."""
_KIND: Says = ("情景推演", "What if")


def write_whatif(
    path: Path, result: StudyResult, basemap: gpd.GeoDataFrame, *, lang: Lang = "zh"
) -> None:
    """Write the page, which opens in `lang`; the same result gives the same bytes.

    Of a network that is too large, and of a run that a scenario was laid over already, a page that
    says so and what to do instead. `basemap` as `whatif_content` takes it.
    """
    name = result.town.area.name
    why = why_none(result.town)
    if why is None:
        content = whatif_content(result, basemap, with_streets=True)
        title = f"{name} {in_lang(_KIND, lang)}"
        text = whatif_page(title, inert_json(content), lang=lang)
    else:
        text = still_page(name, _KIND, [top(name, _KIND, said(why))], name="whatif", lang=lang)
    path.write_text(text, encoding="utf-8", newline="\n")


def why_none(town: Town) -> Says | None:
    """Why there is no page of a town, and what to do; None where there is one."""
    if town.study.what_if is not None or town.study.laid_over is not None:
        return (
            "本次运行已套用情景：请在未套用情景的成果中打开本页，再打开情景文件继续推演",
            "a scenario is laid over this run: open this page in the run without it, and there the "
            "scenario file",
        )
    nodes = town.network.n_nodes
    if nodes > MOST_NODES:
        return (
            f"步行路网有 {nodes:,} 个节点，单个文件至多容纳 {MOST_NODES:,} 个：请用 planning serve "
            "打开本成果目录推演",
            f"the walking network has {nodes:,} nodes, more than the {MOST_NODES:,} of one file: "
            "open this folder with `planning serve`",
        )
    return None
