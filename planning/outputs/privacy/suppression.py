"""One run as it may be published: no count of people below a limit, in any table or layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from planning.demand import TOTAL
from planning.outputs.privacy.coverage_sums import COUNTS, HiddenCounts, Unit, hidden_counts
from planning.outputs.privacy.pattern import is_small
from planning.outputs.privacy.published_findings import PublishedFindings, published_words
from planning.result import StudyResult


@dataclass(frozen=True, kw_only=True)
class Suppression:
    """What of a run is hidden where counts of people `below` so many are not published.

    The result itself is exact, and so is everything that was judged or sited by it: only what
    leaves the program is changed. `coverage` is the exact table.
    """

    result: StudyResult
    coverage: pd.DataFrame
    below: int

    @cached_property
    def hidden(self) -> HiddenCounts:
        """What of the coverage table is not shown."""
        return hidden_counts(self.coverage, self.result.town.area, below=self.below)

    @cached_property
    def closed(self) -> frozenset[Unit]:
        """The units of which the people of some group are hidden."""
        of_people = self.hidden.cells[:, COUNTS.index("people")]
        rows = self.coverage[of_people]
        return frozenset(zip(rows["level"], rows["unit_id"], strict=True))

    @cached_property
    def published_coverage(self) -> pd.DataFrame:
        """The coverage table, null where a count is hidden or a share tells it."""
        shown = self.coverage.copy()
        for n, count in enumerate(COUNTS):
            shown[count] = shown[count].mask(self.hidden.cells[:, n])
        shown["share"] = shown["share"].mask(shown[["people", "covered"]].isna().any(axis=1))
        return shown

    def published_result(self) -> StudyResult:
        """The result with findings as they may be published; everything else as it is."""
        result = self.result
        documents = result.town.documents
        kinds = {c.id: c.measure.kind for one in documents for c in one.clauses}
        now = self._findings(kinds, "now")
        plan = result.plan
        if plan is not None:
            plan = replace(plan, findings=self._findings(kinds, "after").of(plan.findings))
        return replace(
            result,
            findings=now.of(result.findings),
            findings_beside=tuple(now.of(one) for one in result.findings_beside),
            plan=plan,
        )

    def _findings(self, kinds: Mapping[str, str], state: str) -> PublishedFindings:
        rows = self.published_coverage
        rows = rows[(rows["state"] == state) & rows["share"].notna()]
        shares: dict[Unit, list[tuple[float, float]]] = {}
        columns = rows[["level", "unit_id", "share", "people"]]
        for level, unit_id, share, people in columns.itertuples(index=False, name=None):
            shares.setdefault((level, unit_id), []).append((share, people))
        return PublishedFindings(below=self.below, kinds=kinds, closed=self.closed, shares=shares)

    def published_plan(self, plan: pd.DataFrame) -> pd.DataFrame:
        """The planned sites without counts of people, and without sentences about them."""
        shown = plan.copy()
        for column in ("goes_nearest", "goes_optimum", "lost_people"):
            shown[column] = np.nan
        return self._published_words(shown, ("because", "lost", "alternative"))

    def published_unmet(self, unmet: pd.DataFrame) -> pd.DataFrame:
        """What the plan leaves unmet; shares and people, and sentences about them, are left out."""
        shown = unmet.copy()
        for figure, unit in (("missing", "unit"), ("relax_by", "relax_unit")):
            shown[figure] = shown[figure].mask(shown[unit].isin(["share", "persons"]))
        return self._published_words(shown, ("because", "relax"))

    def _published_words(self, frame: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
        for column in columns:
            pair = [f"{column}_zh", f"{column}_en"]
            texts = [
                (zh, en) if pd.isna(zh) else published_words((zh, en), self.below)
                for zh, en in frame[pair].itertuples(index=False, name=None)
            ]
            for at, name in enumerate(pair):
                frame[name] = pd.Series([one[at] for one in texts], index=frame.index, dtype=object)
        return frame

    def published_layers(
        self, layers: Mapping[str, gpd.GeoDataFrame]
    ) -> dict[str, gpd.GeoDataFrame]:
        """The layers of the GIS package without what is hidden; columns stay, null."""
        shown = dict(layers)
        for name, layer in layers.items():
            kind = name.split("_")[0]
            if kind == "demand":
                shown[name] = self._published_cells(layer)
            elif kind == "units":
                shown[name] = self._published_units(layer)
            elif kind == "residential":
                shown[name] = layer.assign(residents=np.nan, moved_in=np.nan)
        return shown

    def cells_shown(self, group: str) -> npt.NDArray[np.bool_]:
        """Of which demand cells the people of a group are shown, shape (n,).

        All cells of a smallest unit, or none: none where one is small, or where anything of the
        unit is hidden in the table, for minutes are public and cells add up to the table's counts.
        """
        town = self.result.town
        level = town.area.levels[-1]
        at = town.demand.place[level.level]
        closed = self.hidden.units[group]
        is_open = np.array([(level.level, one) not in closed for one in level.ids], dtype=bool)
        is_open[at[(at >= 0) & is_small(town.demand.people[group], self.below)]] = False
        return np.asarray((at >= 0) & is_open[at])

    def _published_cells(self, layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        shown = layer.copy()
        for group in self.result.town.demand.people:
            column = "people" if group == TOTAL else f"people_{group}"
            shown[column] = shown[column].where(self.cells_shown(group))
        # Supply per person tells how few share it.
        for column in [name for name in shown.columns if str(name).startswith("access_")]:
            shown[column] = np.nan
        return shown

    def _published_units(self, layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        rows = self.published_coverage
        of_all = rows[rows["group"] == TOTAL].drop_duplicates(["level", "unit_id"])
        people = of_all.set_index(["level", "unit_id"])["people"]
        keys = pd.MultiIndex.from_frame(layer[["level", "unit_id"]])
        return layer.assign(people=people.reindex(keys).to_numpy())
