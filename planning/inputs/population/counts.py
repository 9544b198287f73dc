"""Population counts from rasters, polygons, points: routed from native cells, never resampled."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import rasterio
import shapely
from pyproj import CRS
from rasterio.errors import RasterioError

from planning.demand import PopulationCells
from planning.errors import InputError, fail
from planning.inputs.old_datums import refuse_old_datum
from planning.inputs.population.point_table import is_point_table, read_points
from planning.inputs.vectors import read_polygons
from planning.projection import transformer
from planning.study import Study

Floats = npt.NDArray[np.float64]

_RASTERS = (".tif", ".tiff", ".asc", ".vrt", ".img")

_MOST_PER_KM2 = 20_000.0
"""Mean of the inhabited cells above which counts have to be confirmed by an official total.

A plausibility bound, not a policy number: persons per km² read as persons per 100 m cell come out a
hundredfold too high. Dense old towns lie above it too, so an official total settles the matter.
"""
_DENSITY_WORDS = ("per km", "per sq", "/km", "density", "人/平方公里", "密度", "_pd_")
_FARTHEST_FROM_OFFICIAL = 2.0


def read_population(study: Study, path: Path, epsg: int) -> PopulationCells:
    """Inhabited cells in the metric CRS; the sum over cells is the sum over the source."""
    if is_point_table(path.name):
        _refuse_density(path, {"column": study.population.column or ""})
        cells = read_points(study.population, path, epsg)
    else:
        is_raster = path.suffix.lower() in _RASTERS
        cells = _raster(path, epsg) if is_raster else _polygons(study, path, epsg)
    _check(study, path, cells)
    return cells


def _raster(path: Path, epsg: int) -> PopulationCells:
    try:
        with rasterio.open(path) as source:
            if source.crs is None:
                raise _no_crs(path)
            _refuse_density(path, {**source.tags(), **source.tags(1)})
            if source.count != 1:
                raise _several_bands(path, source.count)
            band = source.read(1, masked=True)
            transform, crs = source.transform, CRS.from_wkt(source.crs.to_wkt())
    except RasterioError as error:
        raise fail(
            InputError,
            f"population: {path.name}",
            found=(f"无法读取的栅格（{error}）", f"a raster that cannot be read ({error})"),
            expected=("GeoTIFF 等人口计数栅格", "a raster of counts such as a GeoTIFF"),
            to_do=("重新下载或导出", "download or export it again"),
        ) from None
    refuse_old_datum(crs, f"population: {path.name}")
    people = np.ma.filled(band.astype(np.float64), 0.0)
    people[np.isnan(people)] = 0.0
    _refuse_impossible(path, people)
    row, col = np.nonzero(people)
    to_metric = transformer(crs, epsg)

    def metric(right: float, down: float) -> tuple[Floats, Floats]:
        """A point of every cell, as parts of a cell from its upper left corner."""
        east, south = col + right, row + down
        x = transform.a * east + transform.b * south + transform.c
        y = transform.d * east + transform.e * south + transform.f
        x_m, y_m = to_metric.transform(x, y)
        return np.asarray(x_m), np.asarray(y_m)

    ring = [metric(*corner) for corner in ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))]
    x_m, y_m = metric(0.5, 0.5)
    outline: npt.NDArray[np.object_] = shapely.polygons(
        np.stack([np.column_stack(corner) for corner in ring], axis=1)
    )
    return PopulationCells(x_m=x_m, y_m=y_m, people=people[row, col], outline=outline)


def _polygons(study: Study, path: Path, epsg: int) -> PopulationCells:
    spec = study.population
    frame: gpd.GeoDataFrame = read_polygons(path, "population", layer=spec.layer).to_crs(epsg)
    name = spec.column or "population"
    if name not in frame.columns:
        raise fail(
            InputError,
            f"population: {path.name}",
            found=(
                f"字段 {list(map(str, frame.columns))}",
                f"columns {list(map(str, frame.columns))}",
            ),
            expected=(f"人数字段“{name}”", f"a column of persons '{name}'"),
            to_do=("在 population.column 中指明", "name it in population.column"),
        )
    try:
        people = frame[name].to_numpy(dtype=np.float64, copy=True)
        people[np.isnan(people)] = 0.0
    except (TypeError, ValueError):
        raise fail(
            InputError,
            f"population.column: {name}",
            found=("不是数字的值", "values that are no numbers"),
            expected=("每格人数", "persons per cell"),
            to_do=("清理该字段", "clean the column"),
        ) from None
    _refuse_density(path, {"column": name})
    _refuse_impossible(path, people)
    held = people > 0
    blank = int(frame[name].isna().sum())
    shapes = frame.geometry.to_numpy()[held]
    middle = shapely.point_on_surface(shapes)
    return PopulationCells(
        x_m=shapely.get_x(middle),
        y_m=shapely.get_y(middle),
        people=people[held],
        outline=shapes,
        blank=blank,
    )


def _refuse_density(path: Path, tags: dict[str, str]) -> None:
    said = " ".join([path.name, *map(str, tags.values())]).lower()
    if any(word in said for word in _DENSITY_WORDS):
        raise _density(path, "标签或文件名写明为密度", "its name or tags say density")


def _refuse_impossible(path: Path, people: Floats) -> None:
    """No cell holds an infinity of people, or less than nobody."""
    if np.isinf(people).any():
        raise fail(
            InputError,
            f"population: {path.name}",
            found=("无穷大的人数（inf）", "an infinity of people (inf)"),
            expected=("有限的人数，空值登记为 NoData", "finite counts, gaps declared as NoData"),
            to_do=("把这些像元设为 NoData", "declare those cells as NoData"),
        )
    if (people < 0).any():
        low = float(people.min())
        raise fail(
            InputError,
            f"population: {path.name}",
            found=(f"负的人数（最小 {low:g}）", f"negative people (lowest {low:g})"),
            expected=("人数 ≥ 0，空值登记为 NoData", "counts ≥ 0, gaps declared as NoData"),
            to_do=(f"把 {low:g} 设为栅格的 NoData", f"declare {low:g} as NoData of the raster"),
        )


def _check(study: Study, path: Path, cells: PopulationCells) -> None:
    total = float(np.sum(cells.people))
    if total <= 0:
        raise fail(
            InputError,
            f"population: {path.name}",
            found=("没有一个人（全部为空或 0）", "nobody (all empty or 0)"),
            expected=("大于 0 的每格人数", "counts above 0"),
            to_do=("检查裁剪范围与 NoData", "check how it was clipped, and NoData"),
        )
    density = total / (float(np.sum(shapely.area(cells.outline))) / 1e6)
    if density > _MOST_PER_KM2 and study.population.official_total is None:
        raise _density(
            path,
            f"按每格人数计，平均每平方公里 {density:,.0f} 人",
            f"read as counts they give {density:,.0f} persons/km² on average",
        )


def check_total(study: Study, people: float, name: str) -> None:
    """Hold the people inside the area against the official total, within a factor of two."""
    official = study.population.official_total
    if official and not 1 / _FARTHEST_FROM_OFFICIAL < people / official < _FARTHEST_FROM_OFFICIAL:
        raise fail(
            InputError,
            f"population: {name}",
            found=(f"范围内合计 {people:,.0f} 人", f"{people:,.0f} people inside the area"),
            expected=(f"接近官方总数 {official:,.0f}", f"about the official {official:,.0f}"),
            to_do=(
                "检查是否为密度栅格、范围或年份是否有误",
                "check whether it is a density raster, or of another area or year",
            ),
        )


def _density(path: Path, why_zh: str, why_en: str) -> Exception:
    return fail(
        InputError,
        f"population: {path.name}",
        found=(f"密度而非人数（{why_zh}）", f"densities, not counts ({why_en})"),
        expected=("每格人数（persons per cell）", "persons per cell"),
        to_do=(
            "改用人口计数产品（如 WorldPop ppp）；"
            "若确为人数，在 population.official_total 写明官方总数",
            "use a product of counts (WorldPop ppp); if they are counts, say so by giving "
            "population.official_total",
        ),
    )


def _several_bands(path: Path, count: int) -> Exception:
    return fail(
        InputError,
        f"population: {path.name}",
        found=(f"{count} 个波段", f"{count} bands"),
        expected=("一个波段：全部居民的每格人数", "one band, all residents per cell"),
        to_do=("导出其中总人口的波段", "export the band of all residents"),
    )


def _no_crs(path: Path) -> Exception:
    return fail(
        InputError,
        f"population: {path.name}",
        found=("栅格没有坐标系", "a raster without a CRS"),
        expected=("带坐标系的栅格", "a raster with a CRS"),
        to_do=("用 gdal_edit.py -a_srs 或 GIS 定义投影", "define it (gdal_edit.py -a_srs EPSG:…)"),
    )
