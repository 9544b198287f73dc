"""A scenario laid over the present: streets, areas, facilities; all its faults at once."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

import numpy as np

from planning.area import RESIDENTIAL, StudyArea, first_containing
from planning.demand.sketched import with_sketched
from planning.errors import StudyError, raise_all
from planning.facilities import Candidates, Facilities
from planning.inputs.what_if.added import added
from planning.inputs.what_if.areas import sketches_of, with_areas
from planning.inputs.what_if.ground import Edits, Ground
from planning.inputs.what_if.notes import notes_of
from planning.inputs.what_if.standing import as_changed
from planning.inputs.what_if.streets import closed
from planning.siting.built import given_up
from planning.study import Study, WhatIf

Placed = TypeVar("Placed", Facilities, Candidates)


def laid_over(study: Study, ground: Ground) -> Ground:
    """The ground with the study's hypothetical present laid over it; itself where it has none.

    Raises StudyError with everything that is wrong with the edits.
    """
    what_if = study.what_if
    if what_if is None:
        return ground
    is_placed = what_if.epsg == ground.area.epsg
    edits = Edits(study=study, area=ground.area, is_placed=is_placed)
    if not is_placed:
        edits.wrong(
            ("epsg",),
            (f"EPSG:{what_if.epsg}", f"EPSG:{what_if.epsg}"),
            (f"EPSG:{ground.area.epsg}，研究所用", f"EPSG:{ground.area.epsg}, the study's"),
        )
    networks = closed(edits, what_if.closed_streets, ground.networks)
    sketched = _with_areas(edits, what_if, ground)
    edits = replace(edits, area=sketched.area)
    stands = as_changed(edits, what_if, sketched.facilities)
    year = study.standards.year
    more = added(edits, what_if.added, sketched.facilities, sketched.candidates, year=year)
    raise_all(StudyError, edits.faults)
    facilities = stands if more is None else stands.joined(more.facilities)
    laid = replace(
        sketched,
        networks=networks,
        facilities=facilities,
        candidates=sketched.candidates if more is None else more.candidates,
        absent=given_up(ground.facilities, facilities),
        cost=None if more is None else more.cost,
    )
    return replace(laid, notes=tuple(notes_of(what_if, ground, laid)))


def _with_areas(edits: Edits, what_if: WhatIf, ground: Ground) -> Ground:
    """The ground with sketched areas, their people, and everything else placed in them."""
    sketches = sketches_of(edits, what_if.areas, ground.area.residential)
    if len(sketches) < len(what_if.areas) or not sketches:
        return ground
    area = with_areas(edits.study, ground.area, what_if.areas, sketches)
    return replace(
        ground,
        area=area,
        demand=with_sketched(area, ground.demand, sketches),
        facilities=_placed(area, ground.facilities),
        candidates=None if ground.candidates is None else _placed(area, ground.candidates),
    )


def _placed(area: StudyArea, points: Placed) -> Placed:
    """Facilities or candidates, in the residential areas that there are now."""
    assert area.residential is not None
    at = first_containing(area.residential.geometry, points.x_m, points.y_m)
    return replace(points, place={**points.place, RESIDENTIAL: np.asarray(at)})
