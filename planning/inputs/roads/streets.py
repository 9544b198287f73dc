"""A study's streets: read, joined with what is planned, walled in, timed; kept for the next run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from planning.errors import Fault, InputError, StudyError, fail, raise_all
from planning.inputs.roads.basemap import basemap_of, no_shapes
from planning.inputs.roads.graphml import read_graphml
from planning.inputs.roads.network_cache import load_streets, save_streets
from planning.inputs.roads.osm import OSM_SUFFIXES, read_osm
from planning.inputs.roads.overpass import read_overpass
from planning.inputs.roads.roads_layer import read_roads_layer
from planning.inputs.roads.set_aside import SET_ASIDE_ZH
from planning.inputs.roads.terrain import read_dem
from planning.inputs.vectors import read_layer, read_polygons
from planning.network import PROFILES, Profile, Roads, StreetNetwork, build_network
from planning.network.compounds import Walls, wall_in
from planning.network.joining import Joined, join
from planning.network.profiles import Figure
from planning.provenance import Note, Tell, content_sha256, digest_of, program_digest
from planning.study import NetworkSpec, Study

NETWORK_INPUTS = (
    "network",
    "network.planned_roads",
    "network.dem",
    "network.compounds",
    "network.gates",
)
_OVERPASS = (".json", ".json.gz")
_LAYERS = (".gpkg", ".shp", ".geojson", ".gdb", ".zip")
FORMATS = (*OSM_SUFFIXES, *_OVERPASS, ".graphml", *_LAYERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Streets:
    """The network of a study, the base map of its file, and what was done to it."""

    network: StreetNetwork
    basemap: gpd.GeoDataFrame
    notes: tuple[Note, ...]


def profile_of(spec: NetworkSpec) -> Profile:
    """The study's traveller: a profile of ours with the figures the study sets itself."""
    profile = PROFILES[spec.profile]
    own = ("研究文件设定", "set by the study")
    if spec.speed_m_s is not None:
        profile = profile.at_speed(spec.speed_m_s, source_zh=own[0], source_en=own[1])
    if spec.crossing_s is not None:
        figure = Figure(value=spec.crossing_s, source_zh=own[0], source_en=own[1])
        profile = replace(profile, crossing=figure)
    if spec.signal_s is not None:
        figure = Figure(value=spec.signal_s, source_zh=own[0], source_en=own[1])
        profile = replace(profile, signal=figure)
    return profile


def read_roads(
    path: Path, key: str, *, spec: NetworkSpec, tell: Tell
) -> tuple[Roads, gpd.GeoDataFrame]:
    """The roads of a file of any format we know, and what else of it can be drawn."""
    name = path.name.lower()
    if name.endswith(".graphml"):
        return read_graphml(path), no_shapes()
    if name.endswith(OSM_SUFFIXES):
        return read_osm(path)
    if name.endswith(_OVERPASS):
        return read_overpass(path)
    if name.endswith(_LAYERS):
        roads = read_roads_layer(path, key=key, layer=spec.layer, columns=spec.columns, tell=tell)
        return roads, no_shapes()
    raise fail(
        InputError,
        f"{key}: {path.name}",
        found=("无法识别的路网格式", "a network of an unknown format"),
        expected=("、".join(FORMATS), " or ".join(FORMATS)),
        to_do=("换用上述格式", "use one of these formats"),
    )


def read_streets(study: Study, paths: dict[str, Path], *, epsg: int) -> Streets:
    """Read and build the network, or take it from the cache where nothing has changed."""
    spec = study.network
    profile = profile_of(spec)
    key = digest_of(
        {
            "inputs": {k: content_sha256(paths[k]) for k in NETWORK_INPUTS if k in paths},
            "spec": spec.model_dump(mode="json"),
            "epsg": epsg,
            "program": program_digest(),
        },
        digits=32,
    )
    kept = load_streets(key, profile)
    if kept is not None:
        return Streets(network=kept[0], basemap=kept[1], notes=kept[2])
    streets = _built(spec, paths, profile, epsg)
    save_streets(key, streets.network, streets.basemap, streets.notes)
    return streets


def _built(spec: NetworkSpec, paths: dict[str, Path], profile: Profile, epsg: int) -> Streets:
    notes: list[Note] = []
    roads, shapes = read_roads(paths["network"], "network", spec=spec, tell=notes.append)
    basemap = basemap_of(roads, shapes)
    if spec.planned_roads is not None:
        planned = read_roads_layer(
            paths["network.planned_roads"],
            layer=spec.planned_roads.layer,
            columns=spec.planned_roads.columns,
            tell=notes.append,
        )
        roads, joined = join(roads, planned, epsg=epsg, tolerance_m=spec.join_m)
        notes += _planned_notes(planned, joined)
    if spec.links:
        roads = _linked(roads, spec, epsg)
        notes.append(
            Note(
                about="network.links",
                zh=f"手工连接 {len(spec.links)} 条",
                en=f"{len(spec.links)} links drawn by hand",
            )
        )
    walls = None
    if spec.compounds is not None:
        walls = _walls(spec, paths, roads, epsg, notes.append)
        roads = walls.roads
        notes += _wall_notes(walls)
    dem = None if spec.dem is None else read_dem(paths["network.dem"])
    slope = spec.slope if dem is not None and profile.means == "foot" else None
    network = build_network(
        roads,
        epsg=epsg,
        profile=profile,
        dem=dem,
        slope=slope,
        closed=None if walls is None else walls.closed,
        gates=None if walls is None else walls.gates,
        compounds=None if walls is None else walls.compounds,
    )
    if not network.n_edges:
        raise fail(
            InputError,
            f"network: {paths['network'].name}",
            found=(
                f"没有“{profile.label_zh}”可用的道路",
                f"no way that '{profile.name}' may use",
            ),
            expected=("带 highway 标签、可通行的道路", "ways tagged highway=* and open to them"),
            to_do=("检查数据范围，或换一个 profile", "check the extract, or take another profile"),
        )
    if dem is not None:
        notes += _dem_notes(network, profile)
    return Streets(network=network, basemap=basemap, notes=tuple(notes))


def _linked(roads: Roads, spec: NetworkSpec, epsg: int) -> Roads:
    """Links by hand, both ends joined to a street, or a fault that names the link."""
    corners = np.array(spec.links, dtype=np.float64).reshape(-1, 2)
    runs = [[2 * k, 2 * k + 1] for k in range(len(spec.links))]
    added = Roads.from_runs(
        corners[:, 0], corners[:, 1], runs, tags={"highway": "footway"},
        line_ids=[-1 - k for k in range(len(runs))],
    )  # fmt: skip
    both, joined = join(roads, added, epsg=epsg, tolerance_m=spec.join_m)
    raise_all(
        StudyError,
        [
            Fault(
                where=f"network.links[{k}]",
                found=(
                    f"只有 {ends} 端在道路 {spec.join_m:g} 米以内",
                    f"{ends} of 2 ends within {spec.join_m:g} m of a street",
                ),
                expected=("两端都落在道路附近", "both ends near a street"),
                to_do=("改正坐标，或加大 network.join_m", "mend it, or raise network.join_m"),
            )
            for k, ends in enumerate(joined.ends.tolist())
            if ends < 2
        ],
    )
    return both


def _walls(spec: NetworkSpec, paths: dict[str, Path], roads: Roads, epsg: int, tell: Tell) -> Walls:
    assert spec.compounds is not None
    frame = read_polygons(
        paths["network.compounds"], "network.compounds", layer=spec.compounds.layer, tell=tell
    ).to_crs(epsg)
    gates = np.empty((0, 2))
    if spec.gates is not None:
        points = read_layer(
            paths["network.gates"], "network.gates", layer=spec.gates.layer, tell=tell
        )
        kinds = sorted(set(points.geometry.geom_type) - {"Point"})
        if kinds:
            raise fail(
                InputError,
                f"network.gates: {paths['network.gates'].name}",
                found=(f"几何类型 {'、'.join(kinds)}", f"geometry of type {', '.join(kinds)}"),
                expected=("点（Point）", "points"),
                to_do=("改用点图层，每个出入口一点", "give a layer of points, one a gate"),
            )
        gates = shapely.get_coordinates(points.to_crs(epsg).geometry.to_numpy())
    return wall_in(roads, np.asarray(frame.geometry.to_numpy()), gates, epsg=epsg)


def _planned_notes(planned: Roads, joined: Joined) -> Iterator[Note]:
    ends, crossings, loose = joined.ends.sum(), joined.crossings, joined.loose
    yield Note(
        about="network.planned_roads",
        zh=f"规划道路 {planned.n_lines} 条：{ends} 个端点接入现状路网，新增交叉 {crossings} 处",
        en=f"{planned.n_lines} planned lines: {ends} ends joined to today's streets, "
        f"{crossings} crossings made",
    )
    if loose:
        named = "、".join(map(str, loose[:5]))
        yield Note(
            about="network.planned_roads",
            zh=f"{len(loose)} 条规划道路未与现状路网相连（第 {named} 条等），请检查 network.join_m",
            en=f"{len(loose)} planned lines touch no street of today (rows {named}, …): "
            "check network.join_m",
        )
    for entry in planned.set_aside:
        yield Note(
            about="network.planned_roads",
            zh=f"规划道路未采用：{SET_ASIDE_ZH[entry.reason]} {entry.count}",
            en=f"planned roads left out: {entry.reason} {entry.count}",
        )


def _wall_notes(walls: Walls) -> Iterator[Note]:
    yield Note(
        about="network.compounds",
        zh=f"{len(walls.compounds)} 个封闭小区；围墙截断道路 {walls.crossings} 处；"
        f"{walls.assumed_paths} 条内部通道系假定（出入口至中心的直线）",
        en=f"{len(walls.compounds)} walled compounds; their walls stop streets in "
        f"{walls.crossings} places; {walls.assumed_paths} inner paths are assumed (straight from "
        "gate to middle)",
    )
    if walls.open_compounds:
        yield Note(
            about="network.compounds",
            zh=f"{walls.open_compounds} 个小区既无内部道路也无出入口，按不封闭处理",
            en=f"{walls.open_compounds} compounds have neither street nor gate: taken as open",
        )


def _dem_notes(network: StreetNetwork, profile: Profile) -> Iterator[Note]:
    if network.slope is None:
        yield Note(
            about="network.dem",
            zh=f"坡度仅用于步行，“{profile.label_zh}”不计坡度",
            en=f"slope counts on foot only: '{profile.name}' goes as on the flat",
        )
        return
    yield Note(
        about="network.dem",
        zh=f"步速随坡度变化（{network.slope}）；"
        f"{network.no_height_km:,.1f} 公里道路没有高程，按平地计",
        en=f"speed depends on slope ({network.slope}); {network.no_height_km:,.1f} km of streets "
        "have no height and count as flat",
    )
