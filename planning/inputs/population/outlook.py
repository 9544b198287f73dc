"""The people of a study by themselves: no facility or residential area is read.

Streets are read only where people are spread along them.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from planning.inputs.areas import read_area
from planning.inputs.catalogue import Located, locate_inputs
from planning.inputs.own_words import read_words
from planning.inputs.population.age_files import with_age_files
from planning.inputs.population.placing import spreads
from planning.inputs.population.projection import projected
from planning.inputs.population.residents import count_residents
from planning.inputs.roads.streets import read_streets
from planning.inputs.vocabulary import in_force
from planning.progress import silent
from planning.provenance import Note
from planning.result import Outlook
from planning.study import Study

_WITHOUT_PLANNED = Note(
    about="residential_areas",
    zh="规划居住区的人口不在其内：check、run 把已交付的另加在居民之上",
    en="without the people of planned residential areas, which check and run add to the residents "
    "once delivered",
)
_WITHOUT_SKETCHED = Note(
    about="what_if",
    zh="情景中勾画的居住区的人口不在其内：check、run 把它们计入居民",
    en="without the people of areas that the scenario sketches, whom check and run count",
)
_NO_AREAS = date.max
_KEYS = ("area", "population", "ages", "groups", "projection", "vocabulary")


def read_outlook(study: Study, data_dir: Path, *, scenario: str | None) -> Outlook:
    """Those who live in the area in the year they were counted, and in the year planned for."""
    study = with_age_files(study, data_dir)
    streets = ("network",) if spreads(study.population) else ()
    with locate_inputs(study, data_dir, silent(), keys=(*_KEYS, *streets)) as located:
        words, changed = read_words(study, located.paths)
        with in_force(words):
            return _outlook(study, located, (*located.notes, *changed), scenario)


def _outlook(
    study: Study, located: Located, before: tuple[Note, ...], scenario: str | None
) -> Outlook:
    paths, told = located.paths, list(before)
    alone = study.model_copy(update={"residential_areas": None})
    area = read_area(alone, paths, new_since=_NO_AREAS, tell=told.append)
    network = None
    if spreads(study.population):
        network = read_streets(study, paths, epsg=area.epsg).network
    counted, notes = count_residents(study, area, paths, network)
    told += notes
    later = None
    if study.projection is not None:
        later, assumed = projected(study, study.projection, area, counted, paths)
        told += assumed
    if study.residential_areas is not None:
        told.append(_WITHOUT_PLANNED)
    if study.what_if is not None and study.what_if.areas:
        told.append(_WITHOUT_SKETCHED)
    return Outlook(
        study=study, scenario=scenario, area=area, counted=counted, later=later, notes=tuple(told)
    )
