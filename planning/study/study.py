"""A whole study."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field, PrivateAttr

from planning.demand import TOTAL
from planning.study.area import AreaSpec
from planning.study.figures import Name
from planning.study.files import Input, Model
from planning.study.laid_over import LaidOver
from planning.study.network import NetworkSpec
from planning.study.places import CandidatesSpec, Exclusion, MadeCandidates, PlacesSpec, WordsSpec
from planning.study.population import AgesSpec, GroupSpec, PopulationSpec
from planning.study.projection import ProjectionSpec
from planning.study.residential import ResidentialSpec
from planning.study.services import ServiceSpec, SitingSpec, StandardsSpec
from planning.study.what_if import WhatIf


class Study(Model):
    """A whole study, as `planning schema` prints it."""

    name: Name = Field(
        description="研究名，用作成果目录名：字母、数字、点、横线 names the run folder: letters, "
        "digits, dots, hyphens, underscores"
    )
    title: str = Field(default="", description="标题，印在地图和各表上 title of map and tables")
    map_review_no: str = Field(
        default="", description="审图号，印在地图和图集上 number of the map review, on every map"
    )
    area: AreaSpec = Field(description="范围与规划单元 the area and its planning units")
    network: NetworkSpec = Field(description="路网与出行者 the streets and who travels on them")
    population: PopulationSpec = Field(description="人口计数 who lives where")
    ages: AgesSpec | None = Field(
        default=None, description="分年龄人口表 a census table of people by age"
    )
    groups: dict[str, GroupSpec] = Field(
        default={}, description="人群，按名称列出 groups of residents, by name"
    )
    projection: ProjectionSpec | None = Field(
        default=None, description="推算到目标年的人口 the people of a later year"
    )
    facilities: PlacesSpec | None = Field(
        default=None, description="设施台账 the register of what stands today"
    )
    candidates: CandidatesSpec | None = Field(
        default=None, description="候选房屋与地块 premises and parcels to be had"
    )
    made_candidates: MadeCandidates | None = Field(
        default=None, description="由程序生成的候选点（假定） candidates made by the program"
    )
    exclusions: dict[str, Exclusion] = Field(
        default={}, description="排除区，按名称列出 zones without candidates, by name"
    )
    residential_areas: ResidentialSpec | None = Field(
        default=None, description="居住区图层 residential areas, planned and built"
    )
    vocabulary: WordsSpec | None = Field(
        default=None, description="自备词表（YAML） words of one's own for tables, over ours"
    )
    standards: StandardsSpec = Field(
        default=StandardsSpec(), description="依据哪些文件，怎样读 which documents, and how read"
    )
    services: dict[str, ServiceSpec] = Field(
        description="服务，按名称列出 services to be judged and sited, by name"
    )
    siting: SitingSpec | None = Field(
        default=SitingSpec(),
        description="怎样选址；写 null 只做体检 how a plan is sought; null to assess only",
    )
    what_if: WhatIf | None = Field(
        default=None, description="推演：假想的现状 a hypothetical present, see docs/whatif.md"
    )
    scenarios: dict[str, dict[str, Any]] = Field(
        default={}, description="情景：按名称覆盖以上任何键 named overrides of any key above"
    )
    _laid_over: LaidOver | None = PrivateAttr(default=None)

    @property
    def laid_over(self) -> LaidOver | None:
        """The scenario file it was read with, None where there was none."""
        return self._laid_over

    def under(self, scenario: LaidOver) -> Self:
        """The same study, which remembers the scenario file it was read with."""
        other = self.model_copy()
        other._laid_over = scenario
        return other

    def called(self, scenario: str | None) -> str | None:
        """What a scenario that was asked for is called: that of a file by its own name."""
        return scenario if self._laid_over is None else self._laid_over.name

    @property
    def labels(self) -> dict[str, tuple[str, str]]:
        """What people call each group, all residents first, (中文, English)."""
        own = {name: (group.label, group.label) for name, group in self.groups.items()}
        return {TOTAL: ("全体居民", "All residents"), **own}

    def counted_in(self, group: str) -> tuple[str, str]:
        """What a group is counted in (中文, English)."""
        households = group in self.groups and self.groups[group].unit == "households"
        return ("户", "households") if households else ("人", "people")

    def inputs(self) -> dict[str, Input]:
        """Every file the study names, by its place in the study."""
        made, sites = self.area.made_units, self.made_candidates
        rates = self.projection.rates if self.projection else None
        cohorts = self.projection.cohorts if self.projection else None
        named: dict[str, Input | None] = {
            "area.units": self.area.units,
            "area.boundary": self.area.boundary,
            "area.made_units.seats": made.seats if made else None,
            "network": self.network,
            "network.dem": self.network.dem,
            "network.planned_roads": self.network.planned_roads,
            "network.compounds": self.network.compounds,
            "network.gates": self.network.gates,
            **self.population.inputs(),
            "population.buildings": self.population.buildings,
            "population.totals": self.population.totals,
            "ages": self.ages,
            "projection.rates": rates,
            "projection.cohorts.people": cohorts.people if cohorts else None,
            "projection.cohorts.survival": cohorts.survival if cohorts else None,
            "projection.cohorts.fertility": cohorts.fertility if cohorts else None,
            "projection.cohorts.migration": cohorts.migration if cohorts else None,
            "facilities": self.facilities,
            "candidates": self.candidates,
            "made_candidates.seats": sites.seats if sites else None,
            "made_candidates.land_use": sites.land_use if sites else None,
            **{f"exclusions.{name}": zones for name, zones in self.exclusions.items()},
            "residential_areas": self.residential_areas,
            **{f"groups.{name}.table": group.table for name, group in self.groups.items()},
            "standards.figures": self.standards.figures,
            "siting.picked": self.siting.picked if self.siting else None,
            "vocabulary": self.vocabulary,
        }
        return {key: value for key, value in named.items() if value is not None}
