"""Land by what may stand on it: exclusion zones, and the land use that is allowed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from planning.area import Geometries, StudyArea
from planning.errors import InputError, fail
from planning.inputs.shortened import shortened
from planning.inputs.tables.sheet import cell_text
from planning.inputs.vectors import check_columns, column, read_polygons
from planning.inputs.vocabulary import column_words
from planning.provenance import Note
from planning.siting import Zones
from planning.study import Exclusion, LandUse, Layer, Study

Flags = npt.NDArray[np.bool_]

_MOST_WORDS = 12
_MOST_ZONES = 5
_NO_GEOMETRY: Geometries = np.empty(0, dtype=object)


class SitingLand(NamedTuple):
    """Where no candidate may lie, and the land made ones are bound to; None where any land will do.

    Geometry that does not reach the area is left out.
    """

    closed: Zones
    allowed: Geometries | None
    notes: tuple[Note, ...]


OPEN_LAND = SitingLand(
    closed=Zones(names=(), geometry=_NO_GEOMETRY, buffer_m=np.empty(0)), allowed=None, notes=()
)


def read_siting_land(study: Study, area: StudyArea, paths: dict[str, Path]) -> SitingLand:
    """The exclusions of a study, in its order, and the land use of its made candidates."""
    notes: list[Note] = []
    names: list[str] = []
    shapes: list[Geometries] = [_NO_GEOMETRY]
    buffers: list[float] = []
    for label, spec in study.exclusions.items():
        path = paths[f"exclusions.{label}"]
        titles, geometry = _zones(label, spec, path, area, notes)
        names += titles
        shapes.append(geometry)
        buffers += [spec.buffer_m] * len(titles)
    made = study.made_candidates
    allowed = None
    if made is not None and made.land_use is not None:
        path = paths["made_candidates.land_use"]
        allowed = _allowed(made.land_use, path, area, notes)
    return SitingLand(
        closed=Zones(
            names=tuple(names), geometry=np.concatenate(shapes), buffer_m=np.array(buffers)
        ),
        allowed=allowed,
        notes=tuple(notes),
    )


def counted_by_zone(names: Sequence[str]) -> str:
    """How many there are of each zone's name, the most first."""
    counts = sorted(Counter(names).items(), key=lambda item: (-item[1], item[0]))
    listed = [f"{name} {count:,}" for name, count in counts]
    return "，".join(shortened(listed, most=_MOST_ZONES))


def _zones(
    label: str, spec: Exclusion, path: Path, area: StudyArea, notes: list[Note]
) -> tuple[list[str], Geometries]:
    """Zones of one layer that reach the area, in the order of their names."""
    key = f"exclusions.{label}"
    frame, near = _layer(spec, path, key, area, notes, within_m=spec.buffer_m)
    frame = frame[near & _of_classes(frame, spec, spec.classes, path, key, notes)]
    own = _text(frame, spec, "name", f"{key}: {path.name}", needed=False)
    titles = [f"{label} {name}" if name and name != label else label for name in own]
    order = sorted(range(len(titles)), key=titles.__getitem__)
    around = f"，外扩 {spec.buffer_m:g} 米" if spec.buffer_m else ""
    wider = f", {spec.buffer_m:g} m around them included" if spec.buffer_m else ""
    notes.append(
        Note(
            about="exclusions",
            zh=f"“{label}”：{len(titles)} 个面进入研究范围{around}，其上不设候选点",
            en=f"'{label}': {len(titles)} polygons reach the area{wider}: no candidate lies there",
        )
    )
    return [titles[k] for k in order], frame.geometry.to_numpy()[order]


def _allowed(spec: LandUse, path: Path, area: StudyArea, notes: list[Note]) -> Geometries:
    key = "made_candidates.land_use"
    frame, near = _layer(spec, path, key, area, notes, within_m=0.0)
    land = frame.geometry.to_numpy()[
        near & _of_classes(frame, spec, spec.allowed, path, key, notes)
    ]
    if not len(land):
        raise _elsewhere(key, path)
    return np.asarray(land)


def _layer(
    spec: Layer, path: Path, key: str, area: StudyArea, notes: list[Note], *, within_m: float
) -> tuple[gpd.GeoDataFrame, Flags]:
    """The layer in the CRS of the area, and which of its polygons reach the area, shape (n,)."""
    frame = read_polygons(path, key, layer=spec.layer, tell=notes.append).to_crs(area.epsg)
    check_columns(spec.columns, column_words("land"), key)
    shapely.prepare(area.boundary)
    near = shapely.dwithin(area.boundary, frame.geometry.to_numpy(), within_m)
    if not near.any():
        raise _elsewhere(key, path)
    return frame, near


def _of_classes(
    frame: gpd.GeoDataFrame,
    spec: Layer,
    classes: Sequence[str],
    path: Path,
    key: str,
    notes: list[Note],
) -> Flags:
    """Which polygons are of one of the classes, shape (n,); all are where no class is named."""
    if not classes:
        return np.ones(len(frame), dtype=bool)
    said = _text(frame, spec, "class", f"{key}: {path.name}", needed=True)
    of = np.array([[_is_of(one, wanted) for wanted in classes] for one in said], dtype=bool)
    there = "、".join(_some(said))
    if not of.any():
        named = "、".join(classes)
        raise fail(
            InputError,
            f"{key}: {path.name}",
            found=(f"没有一个面属于“{named}”", f"no polygon of '{named}'"),
            expected=(f"图层中的地类：{there}", f"classes of the layer: {there}"),
            to_do=(
                "改正地类，或用 columns: {class: 字段名} 另指字段",
                "mend the classes, or name another column with columns: {class: …}",
            ),
        )
    for wanted in [wanted for k, wanted in enumerate(classes) if not of[:, k].any()]:
        notes.append(
            Note(
                about=key,
                zh=f"图层中没有地类“{wanted}”（有：{there}）",
                en=f"the layer has no class '{wanted}' (it has {there})",
            )
        )
    return np.asarray(of.any(axis=1))


def _is_of(said: str, wanted: str) -> bool:
    """Whether a polygon's class is the one wanted or, where that is a code, begins with it.

    A code holds a digit and no Chinese: 07 covers 0702, R2 covers R22, and 居住 only 居住.
    """
    is_code = wanted.isascii() and any(sign.isdigit() for sign in wanted)
    return said == wanted or (is_code and said.startswith(wanted))


def _some(said: Sequence[str]) -> Iterator[str]:
    """The first few words of a column, sorted."""
    words = sorted(set(said) - {""})
    yield from words[:_MOST_WORDS]
    if len(words) > _MOST_WORDS:
        yield "…"


def _text(
    frame: gpd.GeoDataFrame, spec: Layer, field: str, where: str, *, needed: bool
) -> list[str]:
    values: npt.NDArray[np.object_] | None = column(
        frame, column_words("land")[field], spec.columns.get(field), where=where, needed=needed
    )
    return [""] * len(frame) if values is None else [cell_text(value) for value in values]


def _elsewhere(key: str, path: Path) -> Exception:
    return fail(
        InputError,
        f"{key}: {path.name}",
        found=("没有一个面与研究范围相交", "no polygon that meets the study area"),
        expected=("覆盖研究范围的面", "polygons in the study area"),
        to_do=(
            "检查其坐标系；若确实无关，删去该项",
            "check its CRS; where it truly does not concern the area, leave it out",
        ),
    )
