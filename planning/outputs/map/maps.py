"""The interactive map of a run: one HTML file, opened by double click on a PC without a network.

Here stands what the map is given and how that is checked. `map_payload` makes the JSON that the
page carries, `page` the page around it, and what is in `static/` draws it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from planning.errors import Fault, InputError, raise_all
from planning.outputs.bilingual import Lang, Says

COLUMNS = {
    "units": "unit_id level name parent_id geometry",
    "findings": "state clause_id article clause_zh clause_en service unit_id level verdict measured"
    " required gap unit because_zh because_en",
    "cells": "people geometry",
    "facilities": "facility_id name type services places floor_m2 elder_land_m2 status geometry",
    "sites": "site candidate_id action service kind year unit_name places beds floor_m2 land_m2"
    " cost_wan because_zh because_en source_class assumed geometry",
    "basemap": "kind geometry",
}
"""What each table must have; `units` and `cells` have the people of every group beside."""

_VERDICTS = frozenset({"met", "not_met", "not_assessable"})


@dataclass(frozen=True, slots=True, kw_only=True)
class MapGroup:
    """People the map can show by themselves.

    Parameters
    ----------
    key
        ``total`` for all residents; others have a column ``people_<key>`` in the cells.
    label
        What a planner reads, e.g. 60岁及以上.
    counted_in
        What they are counted in: 人, or 户 for households.
    edges
        Upper ends of the classes of one cell [persons], rising.
    """

    key: str
    label: Says
    counted_in: Says = ("人", "people")
    edges: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MapService:
    """One service the map can be switched to.

    Parameters
    ----------
    key
        Name of the service in the tables (`minutes_now_<key>`).
    label_zh
        What a planner reads, e.g. 日间照料.
    group
        Key of the group that the service is for: the people that are counted.
    limit_min
        Walking time of the standard [min]; a time equal to it is within.
    """

    key: str
    label_zh: str
    group: str
    limit_min: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MapContent:
    """Everything the page shows. Tables may be empty but carry their columns; any CRS is welcome.

    Parameters
    ----------
    title
        Heading of the sheet, a name.
    subtitle
        What stands below it.
    of_year
        Of which year the people are.
    groups
        The groups, all residents (``total``) first.
    services
        The services, in the order of the switch; at least one.
    units
        Planning units: unit_id, level, name, parent_id, and people as in `cells`, NaN unknown.
    findings
        One row a state (one of `states`), clause and unit: state, clause_id, article, clause_zh,
        clause_en, service, unit_id, level, verdict (met · not_met · not_assessable), measured,
        required, gap, unit, because_zh, because_en.
    cells
        Population polygons: people [persons], for each further group people_<key> [persons], and
        for each service minutes_now_<key> [min]; minutes_after_<key> [min] as well where `sites`
        is not empty. NaN cannot be reached; infinite is a cell on the network while no such
        facility is open, which counts as beyond.
    facilities
        Points: facility_id, name, type, services (keys joined by `|`), places, floor_m2 [m²],
        elder_land_m2 [m²], status.
    sites
        Points of proposed sites: site (its number, S001), candidate_id, action (build · change ·
        close), service, kind (of facility, in words), year, unit_name, places, beds, floor_m2 [m²],
        land_m2 [m²], cost_wan [10 000 yuan], because_zh, because_en, source_class, assumed (fields
        joined by `|`; a site whose `place` is assumed is made).
    basemap
        Lines and polygons by kind: road_major, road_minor, path, water, green, building.
    attribution
        Credits printed on the page, e.g. © OpenStreetMap contributors (ODbL).
    notes
        Sentences a reader must know (years, models, limits of the data).
    borders
        What must be said of boundaries, with the number of the map review (审图号) if there is one.
    lang
        Language in which the page opens; a reader can change it there.
    tianditu_key
        The user's own key: where it is given, Tianditu tiles can be switched on, and the page then
        asks Tianditu for them. Without it the page asks nobody for anything.
    """

    title: str
    subtitle: Says
    of_year: Says
    groups: tuple[MapGroup, ...]
    services: tuple[MapService, ...]
    units: gpd.GeoDataFrame
    findings: pd.DataFrame
    cells: gpd.GeoDataFrame
    facilities: gpd.GeoDataFrame
    sites: gpd.GeoDataFrame
    basemap: gpd.GeoDataFrame
    attribution: tuple[str, ...]
    notes: tuple[Says, ...]
    borders: Says
    lang: Lang = "zh"
    tianditu_key: str | None = None

    def __post_init__(self) -> None:
        raise_all(InputError, list(_faults(self)))

    @property
    def states(self) -> tuple[str, ...]:
        """The states the cells carry: now, and after where sites are proposed."""
        return ("now", "after") if len(self.sites) else ("now",)

    def column_of(self, group: str) -> str:
        """Which column of the cells holds the people of a group."""
        return "people" if group == self.groups[0].key else f"people_{group}"


def write_map(path: Path, content: MapContent) -> None:
    """Write the page; the same content gives the same bytes.

    Parameters
    ----------
    path
        File to write, usually `map.html`.
    content
        What the page shows.

    Raises
    ------
    OutsideReferenceError
        When the finished page would request anything beyond itself; of the tiles of a map service
        only what `content` asks for.
    """
    # Only here: folium takes a third of a second to import, and only a map needs it.
    from planning.outputs.map.page import offline_page
    from planning.outputs.map.payload import payload
    from planning.outputs.map.tianditu import HOSTS

    page = offline_page(
        content.title,
        payload(content),
        lang=content.lang,
        pictures_from=HOSTS if content.tianditu_key is not None else (),
    )
    path.write_text(page, encoding="utf-8", newline="\n")


# ---- what is checked ---------------------------------------------------------------------------


def _faults(content: MapContent) -> Iterable[Fault]:
    if not content.groups or not content.services:
        yield _fault("services, groups", ("没有服务或人群", "no service or group"), "至少各一项")
        return
    people = [content.column_of(group.key) for group in content.groups]
    minutes = [f"minutes_{s}_{v.key}" for s in content.states for v in content.services]
    for table in COLUMNS:
        frame, columns = getattr(content, table), COLUMNS[table].split()
        beside = {"cells": [*people, *minutes], "units": people}.get(table, [])
        wanted = dict.fromkeys([*columns, *beside])
        missing = [name for name in wanted if name not in frame.columns]
        if missing:
            names = ", ".join(missing)
            yield _fault(table, (f"缺少列 {names}", f"no column {names}"), "全部约定的列")
        if "geometry" in columns and getattr(frame, "crs", None) is None:
            yield _fault(table, ("没有坐标系", "no CRS"), "带坐标系的图层")
    for name in content.cells.columns.intersection(people):
        persons = pd.to_numeric(content.cells[name], errors="coerce")
        if not (np.isfinite(persons) & (persons >= 0)).all():
            found = (f"{name} 空缺或为负", f"absent or negative {name}")
            yield _fault("cells", found, "非负人数")
    known = {group.key for group in content.groups}
    strange = sorted({service.group for service in content.services} - known)
    if strange:
        yield _fault("services", (f"未知人群 {strange}", f"groups {strange}"), "groups 中的人群")
    strange = sorted(set(map(str, content.findings.get("verdict", ()))) - _VERDICTS)
    if strange:
        yield _fault("findings", (f"未知结论 {strange}", f"verdicts {strange}"), "三种结论之一")
    strange = sorted(set(map(str, content.findings.get("state", ()))) - set(content.states))
    if strange:
        named = "、".join(content.states)
        yield _fault("findings", (f"未知状态 {strange}", f"states {strange}"), f"状态 {named}")


def _fault(table: str, found: Says, expected_zh: str) -> Fault:
    return Fault(
        where=f"MapContent.{table}",
        found=found,
        expected=(expected_zh, "what the docstring of MapContent lists"),
        to_do=("检查调用 write_map 的程序", "correct the caller of write_map"),
    )
