"""The run folder: complete or absent. Written aside under another name, then renamed."""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import geopandas as gpd

from planning.errors import InputError, fail
from planning.outputs.bilingual import Lang
from planning.outputs.cards import cards_of
from planning.outputs.edition import Edition
from planning.outputs.gis import write_gis, write_gis_metadata
from planning.outputs.map.content import map_content
from planning.outputs.map.maps import write_map
from planning.outputs.pages.reasons import write_reasons
from planning.outputs.pages.scorecard import write_scorecard
from planning.outputs.pages.tradeoffs import write_tradeoffs
from planning.outputs.privacy.publishing import write_published
from planning.outputs.reach_file import write_reach
from planning.outputs.report import write_report
from planning.outputs.run_summary import summary
from planning.outputs.run_tables import tables_of, write_tables
from planning.outputs.whatif.writing import write_whatif
from planning.outputs.workbook import write_workbook
from planning.peak_memory import peak_memory_bytes
from planning.progress import Progress
from planning.provenance import RunRecord
from planning.result import StudyResult
from planning.shortage import Needs, check_room, shortage_of, shortage_told
from planning.writers import Writer, in_turn, leftovers, removed, synced


def check_out_dir(out_dir: Path) -> None:
    """Refuse a place where no run folder can be made, before the work rather than after it."""
    for place in (out_dir, *out_dir.parents):
        if place.exists():
            if place.is_dir() and os.access(place, os.W_OK):
                return
            raise fail(
                InputError,
                f"--out {out_dir}",
                found=(f"{place} 是文件或不可写", f"{place} is a file, or may not be written"),
                expected=("可写的文件夹", "a folder that may be written"),
                to_do=("换一个 --out", "give another --out"),
            )


def write_run(
    result: StudyResult,
    basemap: gpd.GeoDataFrame,
    out_dir: Path,
    *,
    record: RunRecord,
    progress: Progress,
    edition: Edition,
    needs: Needs | None = None,
) -> Path:
    """Write every deliverable below `out_dir`; returns ``out_dir/<study>-<digest>``.

    The name ends in what tells the `edition` from the usual one.
    An older run of the same digest is moved aside and then removed, or put back where the new one
    cannot take its place; a failed write leaves nothing. What is put into its place has reached the
    disk. What killed runs left below `out_dir` is removed, or put back. Two runs that write the
    same folder take turns.
    Raises ShortageError where there is no room, no memory or no right to write.
    """
    needs = needs or Needs()
    with shortage_told(out_dir, needs):
        out_dir.mkdir(parents=True, exist_ok=True)
        tidy(out_dir)
        name = f"{result.town.study.name}-{result.digest}{edition.suffix}"
        with Writer(out_dir) as writer:
            aside = writer.aside(name)
            try:
                aside.mkdir()
                begin = time.perf_counter()
                _write_edition(result, basemap, aside, record, progress, edition)
                for path in aside.rglob("*"):
                    synced(path)
                _check_room_left(aside, needs)
                seconds = {**result.seconds, "write": round(time.perf_counter() - begin, 3)}
                said = replace(record, seconds=seconds, peak_memory_bytes=peak_memory_bytes())
                _write_json(asdict(said), aside / "record.json")
                synced(aside / "record.json")
                synced(aside)
                _put_in_place(writer, name)
            except BaseException as error:
                # Before what lies aside gives back the room that was lacking.
                needs.disk_bytes = max(needs.disk_bytes, _bytes_in(aside))
                told = shortage_of(error, out_dir, needs)
                removed(aside)
                if told is None:
                    raise
                raise told from error
    return out_dir / name


def _check_room_left(folder: Path, needs: Needs) -> None:
    """Refuse what was written to a disk that is full now: GDAL tells of some lost writes nobody."""
    needs.disk_bytes = max(needs.disk_bytes, _bytes_in(folder) + _LEFT_BYTES)
    check_room(folder.parent, Needs(disk_bytes=_LEFT_BYTES), said=needs)


_LEFT_BYTES = 1 << 20


def _bytes_in(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def tidy(out_dir: Path) -> None:
    """Remove what killed runs left below a folder; put back a run they had moved out of its way."""
    for left in leftovers(out_dir):
        with in_turn(out_dir, left.name):
            place = out_dir / left.name
            if left.kind == "old" and not place.exists():
                left.path.rename(place)
            else:
                removed(left.path)


def _put_in_place(writer: Writer, name: str) -> None:
    """Give what was written aside its name, which an older run may have."""
    aside, folder = writer.aside(name), writer.folder / name
    with in_turn(writer.folder, name):
        old = writer.aside(name, "old") if folder.exists() else None
        if old is not None:
            folder.rename(old)
        try:
            aside.rename(folder)
        except OSError:
            if old is not None:
                old.rename(folder)
            raise
        synced(writer.folder)
    if old is not None:
        removed(old)


def _write_edition(
    result: StudyResult,
    basemap: gpd.GeoDataFrame,
    folder: Path,
    record: RunRecord,
    progress: Progress,
    edition: Edition,
) -> None:
    if edition.suppress_below is None:
        _write_all(result, basemap, folder, record, progress, edition)
    else:
        write_published(
            result, folder, below=edition.suppress_below, record=record, progress=progress,
            lang=edition.lang,
        )  # fmt: skip


def _write_all(
    result: StudyResult,
    basemap: gpd.GeoDataFrame,
    folder: Path,
    record: RunRecord,
    progress: Progress,
    edition: Edition,
) -> None:
    lang = edition.lang
    with progress.step("写出成果", "writing the deliverables", 4) as step:
        cards = cards_of(result)
        tables = tables_of(result, cards)
        write_tables(tables, folder)
        _write_json(summary(result, tables), folder / "summary.json")
        step.advance()
        write_reach(result, folder / "reach.npz")
        gis = write_gis(result, tables["plan"], folder)
        step.advance()
        write_scorecard(folder / "scorecard.html", result, cards, lang=lang)
        if result.frontier or result.robustness is not None:
            write_tradeoffs(folder / "tradeoffs.html", result, lang=lang)
        if result.plan is not None:
            write_reasons(folder / "reasons.html", result, lang=lang)
        shown = map_content(
            result, tables["findings"], tables["plan"], basemap,
            lang=lang, tianditu_key=edition.tianditu_key,
        )  # fmt: skip
        write_map(folder / "map.html", shown)
        write_whatif(folder / "whatif.html", result, basemap, lang=lang)
        step.advance()
        write_workbook(folder / "tables.xlsx", result, lang=lang)
        step.advance()
    figures = _write_sheets(result, basemap, folder, progress, lang) if edition.sheets else {}
    write_report(folder / "report.docx", result, record=record, figures=figures, lang=lang)
    write_gis_metadata(result, gis, folder, record=record, lang=lang)


def _write_sheets(
    result: StudyResult, basemap: gpd.GeoDataFrame, folder: Path, progress: Progress, lang: Lang
) -> dict[str, Path]:
    """The map sheets; their pictures by title, as they stand in the report."""
    # Drawing libraries take a second to load, which other commands need not wait for.
    from planning.outputs.sheets import write_sheets

    with progress.step("绘制图集", "drawing the map sheets"):
        written = write_sheets(folder / "sheets", result, basemap, lang=lang)
    pngs = [path for path in written if path.suffix == ".png"]
    return {path.stem.split("_", 1)[1].replace("_", " "): path for path in pngs}


def _write_json(content: Any, path: Path) -> None:
    text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")
