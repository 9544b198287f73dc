"""Population from a table of points: one row a cell, an address or a village, with its people."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import shapely

from planning.access import nearest_land
from planning.area import Geometries, only_polygons
from planning.demand import PopulationCells
from planning.errors import Fault, InputError, raise_all
from planning.inputs.coordinates.positions import DECLARED, crs_named, datum_word
from planning.inputs.tables.counts import counts_of, told_of
from planning.inputs.tables.delimited_text import TEXT_SUFFIXES
from planning.inputs.tables.sheet import cell_text, unreadable
from planning.inputs.tables.sheets import Sheet, read_sheet
from planning.inputs.tables.workbooks import WORKBOOK_SUFFIXES
from planning.inputs.vectors import check_columns, column_name
from planning.inputs.vocabulary import column_words
from planning.projection import WGS84, transformer
from planning.provenance import Note
from planning.study import PopulationSpec

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_KEY = "population"
_FIELDS = ("x", "y", "people")
_MOST_FAULTS = 50

_NEIGHBOURS = 3
_REACH = 0.75
"""An outline reaches this part of the way to the third nearest point, or of what is usual in the
table: beyond the corners of a lattice of hexagons (0.58) or of squares (0.71), which come out
whole."""
_MOST_REACH_M = 500.0
_DECIMALS = 3


def is_point_table(name: str) -> bool:
    """Whether a file of this name is a table of points, no raster and no layer."""
    return name.lower().endswith((*TEXT_SUFFIXES, *WORKBOOK_SUFFIXES))


def read_points(
    spec: PopulationSpec, path: Path, epsg: int
) -> tuple[PopulationCells, tuple[Note, ...]]:
    """The inhabited points in the metric CRS, and what was guessed to read the table.

    The sum over the points is the sum over the table.

    A row without a count is counted as blank; rows of one place are one point. The table has no
    outlines: those made here are the land nearest to each point and not far from it, to look at,
    and for `spread_m`. Raises InputError with every row that does not say where it is or how many.
    """
    where = f"{_KEY}: {path.name}"
    sheet = read_sheet(path, _KEY, sheet=spec.layer)
    if not len(sheet):
        raise unreadable(where, "没有数据行", "no row below the header")
    headings = _headings(sheet, spec, where)
    texts = {field: [cell_text(v) for v in sheet.rows[name]] for field, name in headings.items()}
    x, y = (counts_of(texts[field]) for field in ("x", "y"))
    people = counts_of(texts["people"], heading=headings["people"])
    x_m, y_m = _metric(x, y, spec.coords or "", epsg, where)
    is_blank = np.array([not text for text in texts["people"]], dtype=bool)
    is_place = np.isfinite(x_m) & np.isfinite(y_m)
    is_count = is_blank | (np.isfinite(people) & (people >= 0))
    raise_all(InputError, list(_faults(sheet, texts, is_place, is_count, where)))
    x_m, y_m, people = _one_a_place(x_m, y_m, np.where(is_blank, 0.0, people))
    held = people > 0
    cells = PopulationCells(
        x_m=x_m[held],
        y_m=y_m[held],
        people=people[held],
        outline=_outlines(x_m, y_m)[held],
        blank=int(is_blank.sum()),
    )
    guesses = (*sheet.guesses, *told_of(headings["people"]))
    return cells, tuple(Note(about=_KEY, zh=zh, en=en) for zh, en in guesses)


def _headings(sheet: Sheet, spec: PopulationSpec, where: str) -> dict[str, str]:
    """The column of each field."""
    check_columns(spec.columns, ("x", "y"), _KEY)
    chosen = {**spec.columns, "people": spec.column}
    words = column_words(_KEY)
    found = {
        field: column_name(sheet.rows, words[field], chosen.get(field), where=where)
        for field in _FIELDS
    }
    return {field: name for field, name in found.items() if name is not None}


def _metric(x: Floats, y: Floats, coords: str, epsg: int, where: str) -> tuple[Floats, Floats]:
    """The places in the metric CRS [m], not finite where two numbers are no coordinates."""
    reading = DECLARED.get(datum_word(coords))
    if reading is None:
        return transformer(crs_named(coords, where, DECLARED), epsg).transform(x, y)
    return transformer(WGS84, epsg).transform(*reading.to_wgs84(x, y))


def _faults(
    sheet: Sheet, texts: dict[str, list[str]], is_place: Flags, is_count: Flags, where: str
) -> Iterator[Fault]:
    """The first rows that do not say where they are or how many, as a spreadsheet numbers them."""
    for row in np.flatnonzero(~(is_place & is_count))[:_MOST_FAULTS].tolist():
        said = "，".join(f"{field}=“{texts[field][row]}”" for field in _FIELDS)
        yield Fault(
            where=f"{where} 第{sheet.numbers[row]}行 row {sheet.numbers[row]}",
            found=(said, ", ".join(f"{field} = '{texts[field][row]}'" for field in _FIELDS)),
            expected=(
                "coords 所述的坐标，人数 ≥ 0 或空白",
                "coordinates as coords says, people ≥ 0 or a blank",
            ),
            to_do=("改正该行，或 population.coords", "mend the row, or population.coords"),
        )


def _one_a_place(x_m: Floats, y_m: Floats, people: Floats) -> tuple[Floats, Floats, Floats]:
    """Each place once, to the millimetre, from west to east, with the people of all its rows."""
    x_m, y_m = np.round(x_m, _DECIMALS), np.round(y_m, _DECIMALS)
    order = np.lexsort((people, y_m, x_m))
    x_m, y_m, people = x_m[order], y_m[order], people[order]
    starts = np.flatnonzero(np.r_[True, (np.diff(x_m) != 0) | (np.diff(y_m) != 0)])
    return x_m[starts], y_m[starts], np.add.reduceat(people, starts)


def _outlines(x_m: Floats, y_m: Floats) -> Geometries:
    """The land nearest to each point, as far as `_REACH` says."""
    # Only here: it is slow to import, and most people are counted by cells or units.
    from scipy.spatial import KDTree

    xy = np.column_stack([x_m, y_m])
    reach_m = np.full(len(xy), _MOST_REACH_M)
    if len(xy) > 1:
        apart_m = KDTree(xy).query(xy, k=[min(_NEIGHBOURS, len(xy) - 1) + 1])[0][:, 0]
        reach_m = np.minimum(reach_m, _REACH * np.minimum(apart_m, np.median(apart_m)))
    around: Geometries = shapely.buffer(shapely.points(xy), reach_m)
    west, south, east, north = shapely.total_bounds(around)
    return only_polygons(shapely.intersection(nearest_land(xy, (west, south, east, north)), around))
