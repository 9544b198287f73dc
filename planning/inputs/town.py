"""A study's files become a town: read everything, hold the layers against each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TypeVar, cast

import geopandas as gpd
import numpy as np
import numpy.typing as npt

from planning.access import Way
from planning.area import StudyArea
from planning.demand import Demand
from planning.errors import Fault, InputError, StudyError, fail, raise_all
from planning.facilities import Candidates, Facilities
from planning.inputs.areas import check_residential, read_area
from planning.inputs.catalogue import Located, locate_inputs
from planning.inputs.coordinates.displacement import DistanceTo
from planning.inputs.documents import read_documents
from planning.inputs.figures import KEY as FIGURES
from planning.inputs.figures import read_figures
from planning.inputs.made_candidates import with_made_candidates
from planning.inputs.network_checks import check_network
from planning.inputs.own_words import read_words
from planning.inputs.picked_plan import KEY as PICKED
from planning.inputs.picked_plan import read_picked_plan
from planning.inputs.places import Remarks, no_facilities, read_candidates, read_facilities
from planning.inputs.population.age_files import with_age_files
from planning.inputs.population.planned import with_planned_people
from planning.inputs.population.residents import read_residents
from planning.inputs.priorities import priority_clauses
from planning.inputs.roads.streets import Streets, read_roads, read_streets
from planning.inputs.siting_land import OPEN_LAND, SitingLand, read_siting_land
from planning.inputs.vocabulary import in_force
from planning.inputs.what_if.ground import Ground
from planning.inputs.what_if.laying import laid_over
from planning.inputs.what_if.notes import of_other_ground
from planning.network import Snaps, StreetNetwork, snap
from planning.progress import Progress, Step
from planning.projection import WGS84, transformer
from planning.provenance import Note, RowNote
from planning.result import Town
from planning.siting.picked import PickedSite
from planning.standards import Figures, Profile
from planning.standards.asks import PerThousand, Total
from planning.standards.functions import building_functions
from planning.standards.profiles import with_clauses
from planning.standards.terms import Level
from planning.study import Study
from planning.travel import audience

Read = TypeVar("Read")
Floats = npt.NDArray[np.float64]

_STEPS = 8
_NO_REMARKS = Remarks(notes=(), rows=())
_FAR_FROM_STREETS_M = 2_000.0


def read_town(
    study: Study,
    data_dir: Path,
    *,
    scenario: str | None,
    progress: Progress,
    documents: Sequence[str] = (),
) -> tuple[Town, gpd.GeoDataFrame]:
    """Read all inputs of a study; the second result is the base map of its network file.

    `documents` stand in for those that the study sets beside its own.
    """
    study = with_age_files(study, data_dir)
    profiles, shown = read_documents(study, [data_dir], documents)
    with locate_inputs(study, data_dir, progress) as located:
        town, basemap = _town(study, located, profiles, scenario, progress)
        return replace(town, shown=shown, notes=(*town.notes, *of_other_ground(town))), basemap


def _town(
    study: Study,
    located: Located,
    profiles: Sequence[Profile],
    scenario: str | None,
    progress: Progress,
) -> tuple[Town, gpd.GeoDataFrame]:
    paths = located.paths
    words, changed = read_words(study, paths)
    with progress.step("读取数据", "reading the inputs", _STEPS) as step:
        with in_force(words):
            area, demand, facilities, candidates, streets, figures, row_notes = _read_all(
                study, profiles, paths, step
            )
        network = streets.network
        demand, arrivals = with_planned_people(study, area, demand, network)
        networks = {"walk": network}
        for mode in study.standards.modes:
            networks[mode] = _network_for(study, mode, paths, area)
        ground = laid_over(
            study,
            Ground(
                area=area,
                demand=demand,
                networks=networks,
                facilities=facilities,
                candidates=candidates,
            ),
        )
        area, demand, network = ground.area, ground.demand, ground.networks["walk"]
        facilities, candidates = ground.facilities, ground.candidates
        step.advance()
    with progress.step("就近上路", "snapping to streets", 3) as step:
        demand_snaps = _snapped(study, network, demand, step)
        facility_snaps = _snapped(study, network, facilities, step)
        candidate_snaps = None if candidates is None else _snapped(study, network, candidates, step)
    own, *beside = profiles
    extra = tuple(priority_clauses(study, cast(Level, area.levels[0].level)))
    ways = {
        "walk": Way(network=network, demand=demand_snaps, crowd=audience(network, demand_snaps))
    }
    spec = study.network
    for mode in study.standards.modes:
        ways[mode] = Way.of(
            ground.networks[mode],
            demand.x_m,
            demand.y_m,
            max_snap_m=spec.max_snap_m,
            island_km=spec.island_km,
        )
    check_network(paths["network"].name, network, demand_snaps, facility_snaps, candidate_snaps)
    town = Town(
        study=study,
        scenario=study.called(scenario),
        area=area,
        demand=demand,
        network=network,
        facilities=facilities,
        candidates=candidates,
        demand_snaps=demand_snaps,
        crowd=ways["walk"].crowd,
        ways=ways,
        facility_snaps=facility_snaps,
        candidate_snaps=candidate_snaps,
        profile=with_clauses(own, extra),
        beside=tuple(beside),
        figures=figures,
        sources=located.sources,
        notes=(*located.notes, *changed, *streets.notes, *arrivals, *ground.notes),
        row_notes=row_notes,
        picked=_picked(study, paths),
        absent=ground.absent,
        added_cost=ground.cost,
    )
    return town, streets.basemap


def _read_all(
    study: Study, profiles: Sequence[Profile], paths: dict[str, Path], step: Step
) -> tuple[StudyArea, Demand, Facilities, Candidates | None, Streets, Figures, tuple[RowNote, ...]]:
    """Every input; the faults of all are raised together, to be mended in one go."""
    faults: list[Fault] = []

    def read(reader: Callable[[], Read]) -> Read | None:
        step.advance()
        try:
            return reader()
        except InputError as error:
            faults.extend(error.faults)
            return None

    told: list[Note] = []
    area = read(
        lambda: read_area(study, paths, new_since=_new_since(study, profiles[0]), tell=told.append)
    )
    if area is None:
        # Without the area no metric CRS is known; at least the roads' file can be looked at.
        read(lambda: read_roads(paths["network"], "network", spec=study.network, tell=told.append))
        raise InputError(*faults)
    streets = read(lambda: read_streets(study, paths, epsg=area.epsg))
    if study.residential_areas is not None:
        read(lambda: check_residential(area, paths["residential_areas"].name))
    network = None if streets is None else streets.network
    people = read(lambda: read_residents(study, area, paths, network))
    near = None if streets is None else _distance_to(streets.network)
    stands = read(lambda: _facilities(study, profiles, area, paths, near))
    land = read(lambda: read_siting_land(study, area, paths))
    listed = read(lambda: _candidates(study, area, paths, near, land or OPEN_LAND))
    typed_in = read(lambda: _figures(study, area, paths))
    raise_all(InputError, faults)
    assert streets is not None and people is not None and stands is not None and land is not None
    assert typed_in is not None
    figures, of_figures = typed_in
    demand, notes = people
    facilities, found = stands
    candidates, also = listed or (None, _NO_REMARKS)
    candidates, made = with_made_candidates(
        study, paths, area, streets.network, land, listed=candidates
    )
    told += (*streets.notes, *notes, *found.notes, *land.notes, *also.notes, *made, *of_figures)
    streets = replace(streets, notes=tuple(told))
    return area, demand, facilities, candidates, streets, figures, (*found.rows, *also.rows)


def _distance_to(network: StreetNetwork) -> DistanceTo:
    """Distances of places [degrees] to the nearest street [m], infinite where it is far."""

    def distance_m(lon: Floats, lat: Floats) -> Floats:
        x_m, y_m = transformer(WGS84, network.epsg).transform(lon, lat)
        leg_m = snap(network, x_m, y_m, max_snap_m=_FAR_FROM_STREETS_M, island_km=0.0).leg_m
        return np.where(np.isnan(leg_m), np.inf, leg_m)

    return distance_m


def _snapped(
    study: Study, network: StreetNetwork, points: Demand | Facilities | Candidates, step: Step
) -> Snaps:
    spec = study.network
    step.advance()
    return snap(
        network, points.x_m, points.y_m, max_snap_m=spec.max_snap_m, island_km=spec.island_km
    )


def _facilities(
    study: Study,
    profiles: Sequence[Profile],
    area: StudyArea,
    paths: dict[str, Path],
    near: DistanceTo | None,
) -> tuple[Facilities, Remarks]:
    if study.facilities is None:
        return no_facilities(area), _NO_REMARKS
    counted = _counted_in_places(study, profiles)
    return read_facilities(study.facilities, paths["facilities"], area, near, counted=counted)


def _counted_in_places(study: Study, profiles: Sequence[Profile]) -> frozenset[str]:
    """Functions that a clause counts in places, nurseries in any case.

    With those of the study's own that it takes for one of them.
    """
    asked = [clause.measure for profile in profiles for clause in profile.clauses]
    counted = frozenset({"nursery"}).union(
        *(ask.which.functions for ask in asked
          if isinstance(ask, PerThousand | Total) and ask.amount == "places")
    )  # fmt: skip
    services = [frozenset(service.functions) for service in study.services.values()]
    taken = frozenset[str]().union(*(does for does in services if does & counted))
    return counted | taken - {*building_functions().ids}


def _new_since(study: Study, profile: Profile) -> date:
    """From which day on areas are new. Raises StudyError where no document says."""
    if profile.new_since is not None:
        return profile.new_since.date
    if study.residential_areas is None:
        return date.max
    raise fail(
        StudyError,
        f"{profile.standard.id}.new_since",
        found=("没有“新建”的起算日", "no day from which on areas are new"),
        expected=("日期及其来源", "a date and its source"),
        to_do=("在条文文件中写 new_since，或写 parent", "say new_since in the file, or a parent"),
    )


_MODE_PROFILES = {"step_free": "wheelchair", "delivery": "e-bike", "metres": "metres"}
"""Who travels so: without steps, on an e-bike (A-10), and one who counts metres."""


def _network_for(study: Study, mode: str, paths: dict[str, Path], area: StudyArea) -> StreetNetwork:
    """The same streets for another mode of travel."""
    plain = {
        "profile": _MODE_PROFILES[mode],
        "speed_m_s": None,
        "crossing_s": None,
        "signal_s": None,
    }
    if mode == "metres":
        plain["dem"] = None
    spec = study.network.model_copy(update=plain)
    return read_streets(study.model_copy(update={"network": spec}), paths, epsg=area.epsg).network


def _candidates(
    study: Study, area: StudyArea, paths: dict[str, Path], near: DistanceTo | None, land: SitingLand
) -> tuple[Candidates, Remarks] | None:
    if study.candidates is None:
        return None
    return read_candidates(study.candidates, paths["candidates"], area, near, land.closed)


def _figures(
    study: Study, area: StudyArea, paths: dict[str, Path]
) -> tuple[Figures, tuple[Note, ...]]:
    spec = study.standards.figures
    return (Figures(), ()) if spec is None else read_figures(spec, paths[FIGURES], area)


def _picked(study: Study, paths: dict[str, Path]) -> tuple[PickedSite, ...] | None:
    spec = None if study.siting is None else study.siting.picked
    return None if spec is None else read_picked_plan(spec, paths[PICKED])
