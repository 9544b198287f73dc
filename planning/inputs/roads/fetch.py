"""The streets of a named place from OpenStreetMap, through OSMnx: the only step that is online."""

from __future__ import annotations

import json
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten
from typing import Any, Literal
from urllib.parse import urlparse

import geopandas as gpd
import shapely

from planning.errors import InputError, fail
from planning.inputs.vectors import metric_epsg
from planning.network.roads import TAG_KEYS
from planning.provenance import OSM_LICENCE

_SUFFIX = ".graphml"
_LARGEST_KM2 = 2_500.0
"""More than this the public Overpass servers are not to be asked for at once (OSMnx's default)."""
_LONGEST_WORD = 200
_EVERY_ROAD = '["highway"]'
_WITHOUT_NETWORK = (
    "在能上网的电脑上运行同一命令，或从 Overpass Turbo、Geofabrik 导出 .osm.pbf，放入 data/raw",
    "run the same command on a computer that is online, or export an .osm.pbf from Overpass Turbo "
    "or Geofabrik; put the file into data/raw",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What was downloaded: `place` as the geocoder calls it, its area with the buffer [km²]."""

    path: Path
    place: str
    area_km2: float
    nodes: int
    edges: int
    licence: str = OSM_LICENCE


def fetch_place(
    place: str,
    out: Path,
    *,
    buffer_m: float = 1_500.0,
    network_type: Literal["all", "walk"] = "all",
    overwrite: bool = False,
    timeout_s: float = 180.0,
) -> Fetched:
    """Download the streets within `buffer_m` of a place into a GraphML that `read_graphml` reads.

    "all" takes every way tagged highway=*, as the other readers do, and leaves it to the profiles
    who may pass; "walk" takes OSMnx's choice, without residents' ways and without one-way streets.
    An answer that breaks off is refused, and `out` is written whole or not at all.
    """
    _check_out(out, overwrite=overwrite)
    import osmnx  # takes 1.5 s to import, and only this function needs it

    with _settings(osmnx.settings, timeout_s) as answers:
        found = _geocode(osmnx, place)
        polygon, area_km2 = _with_buffer(found, buffer_m, place)
        graph = _download(osmnx, polygon, network_type, place)
        if not _has_whole_answer(answers):
            raise _broke_off(place)
    graph.graph["licence"] = OSM_LICENCE
    _save(osmnx, graph, out)
    return Fetched(
        path=out,
        place=str(found["display_name"].iloc[0]),
        area_km2=area_km2,
        nodes=graph.number_of_nodes(),
        edges=graph.number_of_edges(),
    )


def _check_out(out: Path, *, overwrite: bool) -> None:
    if out.suffix.lower() != _SUFFIX:
        raise fail(
            InputError,
            f"out: {out.name}",
            found=(f"扩展名“{out.suffix}”", f"a name ending in '{out.suffix}'"),
            expected=(_SUFFIX, _SUFFIX),
            to_do=(f"改用如 {out.stem}{_SUFFIX}", f"use a name such as {out.stem}{_SUFFIX}"),
        )
    if out.exists() and not overwrite:
        raise fail(
            InputError,
            f"out: {out.name}",
            found=("文件已存在", "a file that exists already"),
            expected=("新的文件名", "a new name"),
            to_do=("换一个文件名，或允许覆盖", "take another name, or allow to overwrite it"),
        )
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(out, error) from None


@contextmanager
def _settings(settings: Any, timeout_s: float) -> Iterator[Path]:
    """OSMnx's settings for one download, put back afterwards; yields where the answers are kept.

    The answers go to a folder of their own, not to ./cache; hosts are resolved by the system, not
    by asking a public server; one query holds the whole area, so that one answer is all there is.
    """
    with tempfile.TemporaryDirectory() as folder:
        wanted = {
            "all_oneway": False,
            "cache_folder": folder,
            "cache_only_mode": False,
            "doh_url_template": None,
            "max_query_area_size": 100 * _LARGEST_KM2 * 1e6,
            "requests_timeout": timeout_s,
            "use_cache": True,
            "useful_tags_node": list(TAG_KEYS),
            "useful_tags_way": list(TAG_KEYS),
        }
        before = {name: getattr(settings, name) for name in wanted}
        getaddrinfo = socket.getaddrinfo
        try:
            for name, value in wanted.items():
                setattr(settings, name, value)
            yield Path(folder)
        finally:
            for name, value in before.items():
                setattr(settings, name, value)
            socket.getaddrinfo = getaddrinfo  # OSMnx pins hosts to addresses there


def _geocode(osmnx: Any, place: str) -> gpd.GeoDataFrame:
    """The polygon of the place."""
    try:
        return osmnx.geocode_to_gdf(place)
    except OSError as error:
        raise _unreachable(osmnx.settings.nominatim_url, error) from None
    except (KeyError, TypeError, ValueError) as error:
        raise fail(
            InputError,
            f"place: {place}",
            found=(f"找不到边界（{_said(error)}）", f"no boundary by that name ({_said(error)})"),
            expected=(
                "OpenStreetMap 中有边界的地名，如“上海市黄浦区”",
                "a place with a boundary in OpenStreetMap, such as 'Huangpu, Shanghai'",
            ),
            to_do=("写全省、市、区的名称", "give the names of district, city and province in full"),
        ) from None


def _with_buffer(
    found: gpd.GeoDataFrame, buffer_m: float, place: str
) -> tuple[shapely.Geometry, float]:
    """The polygon with its buffer [degrees], and its area [km²]; refused if too large."""
    shape = found.geometry.iloc[0]
    epsg = metric_epsg(shape.centroid.x, shape.centroid.y)
    wide = found.geometry.iloc[[0]].to_crs(epsg).buffer(buffer_m)
    area_km2 = float(wide.area.iloc[0]) / 1e6
    if area_km2 > _LARGEST_KM2:
        raise fail(
            InputError,
            f"place: {place}",
            found=(f"{area_km2:,.0f} 平方公里", f"{area_km2:,.0f} km²"),
            expected=(
                f"不超过 {_LARGEST_KM2:,.0f} 平方公里（公共服务器的限度）",
                f"at most {_LARGEST_KM2:,.0f} km², what public servers allow",
            ),
            to_do=(
                "改为区县，或从 Geofabrik 下载 .osm.pbf 放入 data/raw",
                "name a district, or put an .osm.pbf from Geofabrik into data/raw",
            ),
        )
    return wide.to_crs(4326).iloc[0], area_km2


def _download(osmnx: Any, polygon: shapely.Geometry, network_type: str, place: str) -> Any:
    """The streets as a graph whose edges keep to one OSM way and end at gates and crossings."""
    try:
        graph = osmnx.graph_from_polygon(
            polygon,
            network_type=network_type,
            custom_filter=_EVERY_ROAD if network_type == "all" else None,
            simplify=False,
            retain_all=True,
            truncate_by_edge=True,
        )
        return osmnx.simplify_graph(
            graph, node_attrs_include=TAG_KEYS, edge_attrs_differ=["osmid"], remove_rings=False
        )
    except OSError as error:
        raise _unreachable(osmnx.settings.overpass_url, error) from None
    except (KeyError, TypeError, ValueError) as error:
        raise fail(
            InputError,
            f"place: {place}",
            found=(
                f"服务器没有给出道路（{_said(error)}）",
                f"no street from the server ({_said(error)})",
            ),
            expected=("该地的道路", "the streets of the place"),
            to_do=(
                f"稍后再试；或{_WITHOUT_NETWORK[0]}",
                f"try again later, or {_WITHOUT_NETWORK[1]}",
            ),
        ) from None


def _has_whole_answer(answers: Path) -> bool:
    """Whether OSMnx kept the answer of Overpass; one with a remark, broken off, it does not."""
    kept = (json.loads(file.read_text(encoding="utf-8")) for file in answers.glob("*.json"))
    return any(isinstance(answer, dict) and "elements" in answer for answer in kept)


def _save(osmnx: Any, graph: Any, out: Path) -> None:
    """Write the graph beside `out` and put it there when it is whole."""
    part = out.with_name(out.name + ".part")
    try:
        osmnx.save_graphml(graph, part)
        part.replace(out)
    except OSError as error:
        raise _unwritable(out, error) from None
    finally:
        with suppress(OSError):
            part.unlink()


def _unwritable(out: Path, error: OSError) -> Exception:
    return fail(
        InputError,
        f"out: {out.name}",
        found=(f"无法写入（{error}）", f"it cannot be written ({error})"),
        expected=("可写的文件夹", "a folder that may be written"),
        to_do=("换一个文件夹", "choose another folder"),
    )


def _said(error: Exception) -> str:
    """What an error says; a server may answer with a whole page."""
    return shorten(str(error), _LONGEST_WORD)


def _unreachable(url: str, error: OSError) -> Exception:
    host, why = urlparse(url).netloc, type(error).__name__
    return fail(
        InputError,
        f"network: {host}",
        found=(f"无法连接（{why}）", f"it cannot be reached ({why})"),
        expected=("能访问该服务器的网络", "a network from which this server can be reached"),
        to_do=_WITHOUT_NETWORK,
    )


def _broke_off(place: str) -> Exception:
    return fail(
        InputError,
        f"place: {place}",
        found=("服务器的应答中断，道路不全", "an answer that broke off: streets are missing"),
        expected=("完整的应答", "a whole answer"),
        to_do=(
            "缩小范围、加长时限或稍后再试；或" + _WITHOUT_NETWORK[0],
            "ask for a smaller place, allow more time, or try again later; or "
            + _WITHOUT_NETWORK[1],
        ),
    )
