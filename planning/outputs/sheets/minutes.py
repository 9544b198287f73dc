"""Cells coloured by the walk to the nearest facility, as the map's classes have it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from planning.access import Coverage
from planning.outputs.sheets.colours import BEYOND, FILL, INK, NOWHERE, bands
from planning.outputs.sheets.ground import Ground, areas, draw_points
from planning.outputs.sheets.legend import Entry
from planning.outputs.sheets.paper import Paper
from planning.result import State, StudyResult
from planning.units import limit_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What coverage.csv says of one state, service and its group: rows by limit and unit."""

    rows: pd.DataFrame

    def area(self, limit_min: float) -> pd.Series:
        """The row of the whole area."""
        return self.rows[
            (self.rows["level"] == "area") & (self.rows["limit_min"] == limit_min)
        ].iloc[0]

    def units(self, level: str, limit_min: float) -> pd.DataFrame:
        """The rows of a level, in the order of its units."""
        return self.rows[(self.rows["level"] == level) & (self.rows["limit_min"] == limit_min)]


def account(result: StudyResult, coverage: pd.DataFrame, state: State, service: str) -> Account:
    """The account of a service's own group."""
    group = result.town.study.services[service].group
    of = (coverage["state"] == state) & (coverage["service"] == service)
    return Account(rows=coverage[of & (coverage["group"] == group)])


def classes_min(result: StudyResult, service: str) -> list[float]:
    """The limits of the classes [min]: the bands up to the service's limit, which is the last."""
    spec = result.town.study.services[service]
    return sorted({*(band for band in spec.bands_min if band < spec.limit_min), spec.limit_min})


def draw_minutes(
    at: Ground, result: StudyResult, within: Coverage, service: str,
    outlines: npt.NDArray[np.object_],
) -> None:  # fmt: skip
    """Every cell in the class of its walk; one at the limit is inside."""
    limits = classes_min(result, service)
    colours = [*bands(len(limits)), BEYOND, NOWHERE]
    edges = [limit_ms(minutes) for minutes in limits]
    ms = within.nearest.ms
    kind = np.searchsorted(edges, ms, side="left")
    kind = np.where(ms < 0, np.where(within.reachable, len(limits), len(limits) + 1), kind)
    for one, colour in enumerate(colours):
        hatch = "////" if one == len(colours) - 1 else None
        areas(at, outlines[kind == one], colour, z=3, alpha=FILL, hatch=hatch)


def draw_facilities(at: Ground, result: StudyResult, service: str) -> None:
    """Facilities that offer the service today."""
    facilities = result.town.facilities
    here = facilities.offering(result.situation.functions[service])
    draw_points(at, facilities.x_m[here], facilities.y_m[here], colour=INK)


def minute_entries(
    paper: Paper, result: StudyResult, found: Account, service: str, *, figures: bool = True
) -> list[Entry]:
    """The classes with the people up to each limit, as coverage.csv has them."""
    spec = result.town.study.services[service]
    limits = classes_min(result, service)
    entries = []
    for minutes, colour in zip(limits, bands(len(limits)), strict=True):
        row = found.area(minutes)
        said = paper.say((f"{minutes:g} 分钟以内", f"within {minutes:g} min"))
        entries.append(_area(said, colour, _persons(row, "covered") if figures else ""))
    row = found.area(spec.limit_min)
    beyond = paper.say((f"超过 {spec.limit_min:g} 分钟", f"beyond {spec.limit_min:g} min"))
    nowhere = paper.say(("走不到", "cannot be walked"))
    entries.append(_area(beyond, BEYOND, _persons(row, "unserved") if figures else ""))
    last = _persons(row, "unreachable") if figures else ""
    entries.append(Entry(kind="area", text=nowhere, colour=NOWHERE, hatch="////", figure=last))
    return entries


def _area(text: str, colour: str, figure: str) -> Entry:
    return Entry(kind="area", text=text, colour=colour, figure=figure)


def _persons(row: pd.Series, column: str) -> str:
    if not row["people"] > 0:
        return "—"
    return f"{row[column]:,.0f} ({row[column] / row['people']:.1%})"


def per_cent(share: float) -> str:
    """A share as printed; — where nobody lives."""
    return "—" if pd.isna(share) else f"{share:.1%}"
