"""Isochrones as files: GeoPackage, GeoJSON, Shapefile, FlatGeobuf, KML and CSV; complete or absent.

Every format has the same columns, `FIELDS`; their names fit a Shapefile. Metric and WGS 84
coordinates are told apart by the column `crs`. Attribution and sources stand in the file itself
where the format has room for them, beside it for a Shapefile, in a column for CSV.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely

from planning.errors import InputError, fail
from planning.provenance import Source

FIELDS = {
    "service": ("设施服务代码", "key of the service in the study"),
    "label": ("设施服务名称", "name of the service"),
    "minutes": ("时间档（分钟），含上限", "time limit [min], the limit itself is inside"),
    "speed_m_s": ("步行速度（米/秒）", "walking speed [m/s]"),
    "area_km2": ("面积（平方千米），平面坐标量算", "area measured in the metric CRS [km²]"),
    "crs": ("本文件（图层）坐标系", "CRS of the coordinates in this file or layer"),
}
"""Columns in their order, each with what it means (中文, English); at most 10 ASCII bytes."""

_GIVEN = ("service", "label", "minutes", "speed_m_s")
_TO_LOOK_AT = (
    "步行等时圈，仅供查看；覆盖情况按人口点的步行时间统计，不从图形读取。"
    " Walking isochrones, to look at; coverage is counted from walking times, never from polygons."
)
_NAME = "isochrones"
_WGS84 = 4326
FIXED_DAY = "2000-01-01"
_DECIMALS_DEGREE = 7  # 1 cm, as RFC 7946 section 11.2 advises
_DECIMALS_M = 3
_SHAPEFILE_TEXT = "GBK"  # what Chinese desktop GIS expects; UTF-8 where a name has other letters

# ColorBrewer RdYlBu (Brewer 2003), blue for the nearest band, half transparent, as aabbggrr.
_KML_FILLS = ("80b4752c", "80d1c47f", "8090e0fe", "8061aefd", "801c19d7")

# What other programs leave beside these files; it would be read with the new file and be wrong.
_STALE = {
    ".shp": (".qix", ".sbn", ".sbx"),
    ".gpkg": (".gpkg-wal", ".gpkg-shm", ".gpkg-journal"),
}


def write_isochrones(
    frame: gpd.GeoDataFrame, out: Path, *, sources: Sequence[Source] = ()
) -> tuple[Path, ...]:
    """Write isochrones as the suffix of `out` says, or in every format where `out` is a folder.

    A name without suffix is a folder; its files are called ``isochrones``. All files are finished
    aside and then renamed: what was there before is replaced only by complete files, and is back
    in place where one of them cannot be replaced. The same frame gives the same bytes.

    Parameters
    ----------
    frame
        Columns service, label, minutes [min], speed_m_s [m/s], and polygons in a metric CRS.
    out
        ``.gpkg`` (layers isochrones and isochrones_wgs84), ``.geojson`` (RFC 7946), ``.shp``,
        ``.fgb``, ``.kml``, ``.csv`` (geometry as WKT), or a folder.
    sources
        Inputs whose licences and digests are written with the polygons.

    Returns
    -------
    tuple of Path
        The files written, in order of their names.

    Raises
    ------
    InputError
        Where the suffix is none of these, or a file there may not be replaced.
    ValueError
        Where the frame lacks a column, is not in metres, or holds an empty polygon.
    """
    suffix = out.suffix.lower()
    if out.is_dir() or not suffix:
        home, stem, chosen = out, _NAME, list(_WRITERS)
    elif suffix in _WRITERS:
        home, stem, chosen = out.parent, out.stem, [suffix]
    else:
        raise _unknown(out)
    metric = _with_columns(frame)
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{stem}.partial-", dir=home) as name:
        fresh, replaced = Path(name) / "fresh", Path(name) / "replaced"
        fresh.mkdir()
        replaced.mkdir()
        with fixed_date():
            for each in chosen:
                _WRITERS[each](metric, fresh / f"{stem}{each}", sources)
        stale = [f"{stem}{end}" for each in chosen for end in _STALE.get(each, ())]
        return _put_in_place(fresh, home, replaced, stale)


@contextmanager
def fixed_date() -> Iterator[None]:
    """GeoPackage stamps the date of writing; the same inputs must give the same bytes."""
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{FIXED_DAY}T00:00:00.000Z"})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def _unknown(out: Path) -> Exception:
    formats = " ".join(_WRITERS)
    return fail(
        InputError,
        f"--out {out}",
        found=(f"后缀“{out.suffix}”", f"suffix '{out.suffix}'"),
        expected=(f"{formats}，或文件夹（写出全部格式）", f"{formats}, or a folder (all of them)"),
        to_do=("改用其中一种", "choose one of these"),
    )


def _with_columns(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    missing = [name for name in _GIVEN if name not in frame.columns]
    if missing:
        raise ValueError(f"isochrones lack the columns {missing}")
    if frame.crs is None or not frame.crs.is_projected:
        raise ValueError(f"isochrones must be in a projected CRS, not {frame.crs}")
    if (frame.geometry.isna() | frame.geometry.is_empty).any():
        raise ValueError("an isochrone is empty")
    multi = [shapely.multipolygons(shapely.get_parts(shape)) for shape in frame.geometry]
    columns: dict[str, Any] = {name: frame[name].to_list() for name in _GIVEN}
    columns["minutes"] = frame["minutes"].astype(float).to_list()
    columns["speed_m_s"] = frame["speed_m_s"].astype(float).to_list()
    columns["area_km2"] = (frame.geometry.area / 1e6).round(6).to_list()
    columns["crs"] = frame.crs.to_string()
    return gpd.GeoDataFrame(columns, geometry=multi, crs=frame.crs)[[*FIELDS, "geometry"]]


def _in_wgs84(metric: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return metric.to_crs(_WGS84).assign(crs=f"EPSG:{_WGS84}")


def _licences(sources: Sequence[Source]) -> str:
    return "; ".join(sorted({source.licence for source in sources if source.licence}))


def _about(sources: Sequence[Source]) -> str:
    """What stands in a file that has room: what it is, whose data, which bytes."""
    lines = [_TO_LOOK_AT, _licences(sources)]
    lines += [f"{each.key}: {each.name} sha256:{each.sha256}" for each in sources]
    return "\n".join(line for line in lines if line)


def _write(frame: gpd.GeoDataFrame, path: Path, driver: str, **options: Any) -> None:
    pyogrio.write_dataframe(
        frame, path, driver=driver, geometry_type="MultiPolygon", promote_to_multi=True, **options
    )


def _write_gpkg(metric: gpd.GeoDataFrame, path: Path, sources: Sequence[Source]) -> None:
    layers = {_NAME: metric, f"{_NAME}_wgs84": _in_wgs84(metric)}
    for layer, frame in layers.items():
        about = {"DESCRIPTION": _about(sources)}
        _write(frame, path, "GPKG", layer=layer, layer_metadata=about, VERSION="1.2")


def _write_geojson(metric: gpd.GeoDataFrame, path: Path, sources: Sequence[Source]) -> None:
    options = {"RFC7946": "YES", "COORDINATE_PRECISION": str(_DECIMALS_DEGREE)}
    about = _about(sources)
    _write(_in_wgs84(metric), path, "GeoJSON", layer=_NAME, DESCRIPTION=about, **options)


def _write_shapefile(metric: gpd.GeoDataFrame, path: Path, sources: Sequence[Source]) -> None:
    text = "".join(map(str, [*metric["service"], *metric["label"]]))
    gbk = text == text.encode(_SHAPEFILE_TEXT, errors="ignore").decode(_SHAPEFILE_TEXT)
    encoding = _SHAPEFILE_TEXT if gbk else "UTF-8"
    _write(metric, path, "ESRI Shapefile", encoding=encoding, DBF_DATE_LAST_UPDATE=FIXED_DAY)
    table = [f"{name}\t{zh}\t{en}" for name, (zh, en) in FIELDS.items()]
    lines = ["字段 field\t含义\tmeaning", *table, f"文字编码 text encoding: {encoding}"]
    beside = path.with_name(f"{path.stem}.fields.txt")
    beside.write_bytes("\r\n".join([*lines, _about(sources), ""]).encode("utf-8-sig"))


def _write_flatgeobuf(metric: gpd.GeoDataFrame, path: Path, sources: Sequence[Source]) -> None:
    _write(metric, path, "FlatGeobuf", layer=_NAME, TITLE=_NAME, DESCRIPTION=_about(sources))


def _write_csv(metric: gpd.GeoDataFrame, path: Path, sources: Sequence[Source]) -> None:
    """UTF-8 with BOM, so that Excel in China opens it; text that Excel would compute is quoted."""
    table = pd.DataFrame(metric.drop(columns="geometry"))
    for name in ("service", "label"):
        table[name] = table[name].astype(str).str.replace(r"^(?=[=+\-@\t\r])", "'", regex=True)
    table["licence"] = _licences(sources)
    table["wkt"] = shapely.to_wkt(metric.geometry.array, rounding_precision=_DECIMALS_M)
    table.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")


def _write_kml(metric: gpd.GeoDataFrame, path: Path, sources: Sequence[Source]) -> None:
    """KML 2.2 (OGC 07-147r2): a folder a service, larger limits first so that smaller lie on top.

    Written here because GDAL's driver leaves no say over names and gives no fill.
    """
    degrees = _in_wgs84(metric)
    root = ElementTree.Element("kml", xmlns="http://www.opengis.net/kml/2.2")
    document = ElementTree.SubElement(root, "Document")
    _text(document, "name", "步行等时圈 Isochrones")
    _text(document, "description", _about(sources))
    limits = sorted(degrees["minutes"].unique())
    for rank, minutes in enumerate(limits):
        fill = _KML_FILLS[rank * (len(_KML_FILLS) - 1) // max(1, len(limits) - 1)]
        style = ElementTree.SubElement(document, "Style", id=f"within_{minutes:g}")
        line = ElementTree.SubElement(style, "LineStyle")
        _text(line, "color", "ff" + fill[2:])
        _text(line, "width", "1.5")
        _text(ElementTree.SubElement(style, "PolyStyle"), "color", fill)
    for _, bands in degrees.groupby("service", sort=False):
        folder = ElementTree.SubElement(document, "Folder")
        _text(folder, "name", str(bands["label"].iloc[0]))
        for row in bands.sort_values("minutes", ascending=False, kind="stable").itertuples():
            _placemark(folder, row)
    ElementTree.indent(root, " ")
    ElementTree.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _placemark(folder: ElementTree.Element, row: Any) -> None:
    mark = ElementTree.SubElement(folder, "Placemark")
    _text(mark, "name", f"{row.label} {row.minutes:g} 分钟")
    _text(mark, "styleUrl", f"#within_{row.minutes:g}")
    extended = ElementTree.SubElement(mark, "ExtendedData")
    for name, (meaning, _) in FIELDS.items():
        data = ElementTree.SubElement(extended, "Data", name=name)
        _text(data, "displayName", meaning)
        _text(data, "value", str(getattr(row, name)))
    shapes = ElementTree.SubElement(mark, "MultiGeometry")
    for polygon in shapely.orient_polygons(shapely.get_parts(row.geometry)):
        shape = ElementTree.SubElement(shapes, "Polygon")
        for place, ring in enumerate(shapely.get_rings(polygon)):
            boundary = "innerBoundaryIs" if place else "outerBoundaryIs"
            around = ElementTree.SubElement(ElementTree.SubElement(shape, boundary), "LinearRing")
            pairs = shapely.get_coordinates(ring)
            _text(around, "coordinates", " ".join(_lon_lat(lon, lat) for lon, lat in pairs))


def _lon_lat(lon: float, lat: float) -> str:
    return f"{lon:.{_DECIMALS_DEGREE}f},{lat:.{_DECIMALS_DEGREE}f}"


def _text(parent: ElementTree.Element, tag: str, text: str) -> None:
    ElementTree.SubElement(parent, tag).text = text


_WRITERS: dict[str, Callable[[gpd.GeoDataFrame, Path, Sequence[Source]], None]] = {
    ".gpkg": _write_gpkg,
    ".geojson": _write_geojson,
    ".shp": _write_shapefile,
    ".fgb": _write_flatgeobuf,
    ".kml": _write_kml,
    ".csv": _write_csv,
}


def _put_in_place(
    fresh: Path, home: Path, replaced: Path, stale: Sequence[str]
) -> tuple[Path, ...]:
    """Move every file of `fresh` to `home`, older ones to `replaced`; or leave all as it was."""
    names = sorted(path.name for path in fresh.iterdir())
    taken = [home / name for name in names if (home / name).is_dir()]
    if taken:
        raise _not_replaceable(taken[0])
    placed: list[Path] = []
    try:
        for name in [*names, *stale]:
            if (home / name).exists():
                (home / name).rename(replaced / name)
        for name in names:
            placed.append((fresh / name).rename(home / name))
    except OSError as error:
        for path in placed:
            path.unlink()
        for path in replaced.iterdir():
            path.rename(home / path.name)
        raise _not_replaceable(home / name) from error
    return tuple(placed)


def _not_replaceable(path: Path) -> Exception:
    return fail(
        InputError,
        f"--out {path}",
        found=("不能替换的文件或文件夹", "a file or folder that cannot be replaced"),
        expected=("可写、未被其他程序打开的位置", "a place that no other program holds open"),
        to_do=("关闭打开它的程序，或换一个 --out", "close what holds it, or give another --out"),
    )
