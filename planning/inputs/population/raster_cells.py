"""Inhabited cells of population rasters: one of all residents, others of each age."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import numpy.typing as npt

from planning.area import StudyArea
from planning.demand import GridOutlines, PopulationCells
from planning.inputs.population.age_cells import KEY, AgeLayout, parts_by_age
from planning.inputs.population.densities import M2_OF_UNIT, refuse_undeclared_density
from planning.inputs.population.ground_area import cell_areas_m2
from planning.inputs.population.raster_band import CountBand, count_band, open_raster
from planning.inputs.population.raster_window import Layers, RasterCells, read_cells
from planning.inputs.shortened import shortened
from planning.projection import transformer
from planning.provenance import Note
from planning.study import PopulationSpec

Floats = npt.NDArray[np.float64]

_SHOWN = 3


def read_raster_cells(
    spec: PopulationSpec, files: Mapping[str, Path], area: StudyArea, layout: AgeLayout | None
) -> tuple[PopulationCells, tuple[Note, ...]]:
    """The cells near the area, in the metric CRS, and what was made of their values.

    `files` are the paths by the names they have in the study.
    """
    with ExitStack() as open_files:
        layers = _layers(spec, files, layout, open_files)
        grid = layers.bands[0].grid
        found = read_cells(layers, area, count_elsewhere=spec.unit == "persons")
        notes = [*_beside(layers.bands), *_scales(layers.bands), *_astray(layers, found)]
    people, by_age = found.value, found.by_age
    if spec.unit in M2_OF_UNIT:
        units = cell_areas_m2(grid, found.row, found.col) / M2_OF_UNIT[spec.unit]
        people, by_age = people * units, by_age * units
        notes.append(_by_area(spec, people))
    ages = None
    if layout is not None:
        ages, also = parts_by_age(layout, by_age, people, name=layers.bands[-1].name)
        notes += also
    middle = grid.xy(found.col + 0.5, found.row + 0.5)
    x_m, y_m = transformer(grid.crs, area.epsg).transform(*middle)
    outline = GridOutlines(
        row=found.row,
        col=found.col,
        transform=grid.transform,
        crs=grid.crs.to_wkt(),
        epsg=area.epsg,
    )
    cells = PopulationCells(
        x_m=np.asarray(x_m),
        y_m=np.asarray(y_m),
        people=people,
        outline=outline,
        ages=ages,
        elsewhere=found.elsewhere,
        unread=found.unread,
    )
    return cells, tuple(notes)


def _layers(
    spec: PopulationSpec,
    files: Mapping[str, Path],
    layout: AgeLayout | None,
    open_files: ExitStack,
) -> Layers:
    """Every band the study names, each file opened once."""
    keys = {path: f"{KEY}.{at}" for at, path in reversed([*enumerate(e.path for e in spec.by_age)])}
    keys[spec.path] = "population"
    sources = {
        name: open_files.enter_context(open_raster(path, keys[name]))
        for name, path in files.items()
    }

    def layer(name: str, band: int | None, key: str) -> CountBand:
        source = sources[name]
        found = count_band(source, band, key)
        refuse_undeclared_density(spec, files[name], {**source.tags(), **source.tags(found.band)})
        return found

    residents = layer(spec.path, spec.band, "population") if spec.path else None
    ages = [
        (at, layer(entry.path or spec.path, entry.band, f"{KEY}.{number}"))
        for number, (entry, at) in enumerate(
            zip(spec.by_age, layout.of_entry if layout else (), strict=True)
        )
    ]
    return Layers(residents=residents, ages=ages, n_ages=len(layout.told) if layout else 0)


def _beside(bands: list[CountBand]) -> Iterator[Note]:
    """Files that GDAL reads along, such as the tiles of a VRT or a mask: no digest holds them."""
    named = {Path(name).name for band in bands for name in band.source.files[1:]}
    also = sorted(name for name in named if not name.endswith(".ovr"))
    if also:
        shown = shortened(also, most=_SHOWN)
        yield Note(
            about="population",
            zh=f"栅格另读取随附的 {len(also)} 个文件，不在输入摘要之内：{'、'.join(shown)}",
            en=f"{len(also)} files are read along with the raster, which the digests of the inputs "
            f"do not hold: {', '.join(shown)}",
        )


def _scales(bands: list[CountBand]) -> Iterator[Note]:
    """The scales and offsets that the rasters' own tags ask for."""
    for scale, offset in sorted({(band.scale, band.offset) for band in bands} - {(1.0, 0.0)}):
        yield Note(
            about="population",
            zh=f"按栅格标签换算：人数 = 像元值 × {scale:g} + {offset:g}",
            en=f"scaled as the raster's tags say: persons = value × {scale:g} + {offset:g}",
        )


def _astray(layers: Layers, found: RasterCells) -> Iterator[Note]:
    """People of an age where the raster of all residents has nobody."""
    if layers.residents is not None and found.astray > 0:
        yield Note(
            about=KEY,
            zh=f"分年龄栅格中 {found.astray:,.1f} 落在没有居民的像元，未采用",
            en=f"{found.astray:,.1f} of the rasters by age lie in cells without residents: unused",
        )


def _by_area(spec: PopulationSpec, people: Floats) -> Note:
    return Note(
        about="population",
        zh=f"声明的密度（{spec.unit}）乘以每个像元的真实面积，得所读像元 {people.sum():,.0f} 人",
        en=f"densities ({spec.unit}) times the true area of each cell: {people.sum():,.0f} people "
        "in the cells read",
    )
