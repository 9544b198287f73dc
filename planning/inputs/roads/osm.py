"""OpenStreetMap files (PBF, XML), read by osmium in one pass: roads and a base map.

osmium does in C++ what has to be done to millions of nodes: it drops what nobody looks at, puts
the coordinates of nodes into their ways, and writes that as OPL, a line for each thing, into a
temporary file, out of which the numbers are read all at once. To ask every way for its nodes from
Python takes several times as long.
"""

from __future__ import annotations

import ctypes
import io
import re
import tempfile
from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import osmium
import pandas as pd
from osmium.filter import KeyFilter
from osmium.osm import NODE, WAY, Node, osm_entity_bits

from planning.errors import InputError, OurFaultError, PlanningError, fail
from planning.inputs.roads.basemap import DRAWN_KEYS, drawn_shapes, kind_of
from planning.inputs.roads.drawn_relations import drawn_areas, read_drawn_relations, with_areas
from planning.inputs.roads.ways import Tags, Ways, known_tags, roads_of_ways, spread
from planning.inputs.tables.osm_sizes import refuse_hostile_osm
from planning.network.roads import TAG_KEYS, Flags, Floats, Ints, Longs, Roads

OSM_SUFFIXES = (".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.bz2")

_UNDEFINED = 2**31 - 1
"""What osmium has for a coordinate of a node without a place."""
_PARTS_OF_DEGREE = 1e7
"""OSM keeps coordinates in whole parts of a degree."""
_BLOCK_BYTES = 1 << 26
"""How much of the OPL is taken apart at once."""

_TAG = re.compile(rb"[T,](%s)=([^,]*)" % "|".join((*TAG_KEYS, *DRAWN_KEYS)).encode())
"""The tags that somebody looks at out of ``Tkey=value,key=value``, still escaped."""
_ESCAPE = re.compile("%([0-9a-f]+)%")
_AS_COLUMNS = bytes.maketrans(b"nxy", b"\n  ")

_RawTags = tuple[tuple[bytes, bytes], ...]


def read_osm(path: Path) -> tuple[Roads, gpd.GeoDataFrame]:
    """All ways tagged highway=*, and water, green and buildings to draw (see `basemap`).

    Ways whose nodes are partly missing (a clipped extract) are cut at the gaps and counted.
    """
    where = f"network: {path.name}"
    refuse_hostile_osm(path, where)
    try:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            things = _read(path, Path(folder) / "wanted.opl")
            areas = drawn_areas(read_drawn_relations(path))
    except PlanningError:
        raise
    except (RuntimeError, OverflowError, ValueError, osmium.InvalidLocationError) as error:
        raise fail(
            InputError,
            where,
            found=(
                f"文件损坏或不是 OSM 数据（{error}）",
                f"a damaged file or none of OSM ({error})",
            ),
            expected=(
                f"完整的 OSM 文件（{'、'.join(OSM_SUFFIXES)}）",
                f"a whole OSM file ({', '.join(OSM_SUFFIXES)})",
            ),
            to_do=("重新下载或重新导出", "download or export it again"),
        ) from None
    roads = roads_of_ways(_roads(things), where=where)
    return roads, with_areas(_shapes(things), areas)


def _read(path: Path, text: Path) -> _Things:
    """All ways of use; `text` is for what osmium writes on the way."""
    outside = _OutsideTheWorld()
    try:
        things = _both_passes(path, text)
    except osmium.InvalidLocationError:
        # Such a place cannot be written; it is kept from osmium, and put back for its exclusion.
        things = _with_places(_both_passes(path, text, outside), outside.places)
    return _with_negative_nodes(path, things)


class _OutsideTheWorld(osmium.SimpleHandler):
    """Takes out nodes whose coordinates no place on earth has, and remembers them."""

    def __init__(self) -> None:
        super().__init__()
        self.places: dict[int, tuple[float, float]] = {}

    def node(self, node: Node) -> bool:
        """Whether the node goes no further."""
        if node.location.valid():
            return False
        self.places[node.id] = _place(node)
        return True


def _both_passes(path: Path, text: Path, *before: osmium.SimpleHandler) -> _Things:
    # One for both passes: it knows whether the nodes it has met came in order.
    locations = osmium.NodeLocationsForWays(osmium.index.create_map("flex_mem"))
    locations.ignore_errors()
    _write_wanted(path, NODE | WAY, text, *before, locations)
    things = _read_wanted(text)
    if np.isnan(things.lon).any():
        # Overpass writes ways before their nodes; by now every node has been met.
        _write_wanted(path, WAY, text, locations)
        things = replace(_read_wanted(text), node_tags=things.node_tags)
    return things


def _write_wanted(path: Path, entities: osm_entity_bits, text: Path, *handlers: Any) -> None:
    """Write ways that are roads or drawn, and nodes that decide who may pass, as OPL."""
    of_use, drawn = KeyFilter(*TAG_KEYS), KeyFilter("highway", *DRAWN_KEYS)
    of_use.enable_for(NODE)
    drawn.enable_for(WAY)
    as_opl = osmium.io.File(str(text), "opl,locations_on_ways=true,add_metadata=false")
    with osmium.io.Reader(str(path), entities) as reader:
        writer = osmium.SimpleWriter(as_opl, overwrite=True)
        try:
            osmium.apply(reader, *handlers, of_use, drawn, writer)
        finally:
            _close(writer, text.parent)


def _close(writer: osmium.SimpleWriter, folder: Path) -> None:
    """Close the writer, or say that it could not write.

    pyosmium 4.3 ends the whole process when a writer that has failed is destroyed: it is kept for
    good.
    """
    try:
        writer.close()
    except (RuntimeError, osmium.InvalidLocationError) as error:
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(writer))
        if isinstance(error, osmium.InvalidLocationError):
            raise
        raise fail(
            InputError,
            f"TMPDIR: {folder.parent}",
            found=(f"临时文件无法写入（{error}）", f"a temporary file that failed ({error})"),
            expected=(
                "足够的磁盘空间（约为路网文件的十倍）",
                "room on the disk, about ten times the network's file",
            ),
            to_do=("清理磁盘，或用 TMPDIR 指定别处", "make room, or name another place by TMPDIR"),
        ) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Things:
    """All ways of use: `tags` (w,) points into `tag_sets`, the rest is as in `Ways`."""

    ids: Longs
    tags: Ints
    tag_sets: tuple[dict[str, str], ...]
    starts: Longs
    refs: Longs
    lon: Floats
    lat: Floats
    node_tags: dict[int, Tags]


@dataclass(slots=True)
class _Gathered:
    """What is collected from the OPL, block by block."""

    ids: array[int] = field(default_factory=lambda: array("q"))
    tags: array[int] = field(default_factory=lambda: array("i"))
    tag_sets: dict[_RawTags, int] = field(default_factory=dict)
    texts: dict[bytes, int] = field(default_factory=dict)
    sizes: array[int] = field(default_factory=lambda: array("q"))
    corners: list[pd.DataFrame] = field(default_factory=list)
    node_tags: dict[int, Tags] = field(default_factory=dict)

    def take(self, block: bytes) -> None:
        """Take some whole lines."""
        runs = []
        for line in block.splitlines():
            try:
                name, tags, rest = line.split(b" ", 2)
            except ValueError:
                raise _laid_out_otherwise(line) from None
            if rest[:1] == b"N":
                self.ids.append(int(name[1:]))
                self.tags.append(self._number(tags))
                self.sizes.append(rest.count(b"n"))
                runs.append(rest)
            elif rest[:1] == b"x" and tags[:1] == b"T":
                self.node_tags[int(name[1:])] = known_tags(_decoded(_TAG.findall(tags)))
            else:
                raise _laid_out_otherwise(line)
        self.corners.append(_corners(b"".join(runs)))

    def _number(self, text: bytes) -> int:
        """The number of the tags in a text, of which many ways have the very same."""
        number = self.texts.get(text)
        if number is None:
            if text[:1] != b"T":
                raise _laid_out_otherwise(text)
            found = tuple(_TAG.findall(text))
            number = self.tag_sets.setdefault(found, len(self.tag_sets))
            self.texts[text] = number
        return number

    def things(self) -> _Things:
        """All of it as arrays."""
        corners = pd.concat(self.corners)
        return _Things(
            ids=np.array(self.ids, dtype=np.int64),
            tags=np.array(self.tags, dtype=np.int32),
            tag_sets=tuple(_decoded(found) for found in self.tag_sets),
            starts=_starts(np.array(self.sizes, dtype=np.int64)),
            refs=corners["ref"].to_numpy(dtype=np.int64),
            lon=_degrees(corners["lon"]),
            lat=_degrees(corners["lat"]),
            node_tags=self.node_tags,
        )


def _read_wanted(text: Path) -> _Things:
    gathered = _Gathered()
    for block in _blocks(text):
        gathered.take(block)
    return gathered.things()


def _blocks(text: Path) -> Iterator[bytes]:
    """The file in pieces of whole lines."""
    with text.open("rb") as file:
        rest = b""
        while more := file.read(_BLOCK_BYTES):
            whole, line_end, begun = more.rpartition(b"\n")
            if line_end:
                yield rest + whole
                rest = begun
            else:
                rest += more
        yield rest


def _decoded(tags: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    return {key.decode(): _ESCAPE.sub(_character, value.decode()) for key, value in tags}


def _character(escape: re.Match[str]) -> str:
    return chr(int(escape[1], 16))


def _corners(runs: bytes) -> pd.DataFrame:
    """Node, longitude and latitude, NaN where unknown, out of ``Nn1x2.5y3.5,n2xy``."""
    return pd.read_csv(
        io.BytesIO(runs.translate(_AS_COLUMNS, b"N,") + b"\n0 0 0\n"),
        sep=r"\s+",
        names=["ref", "lon", "lat"],
        dtype={"ref": np.int64, "lon": np.float64, "lat": np.float64},
    )[:-1]


def _laid_out_otherwise(line: bytes) -> PlanningError:
    return fail(
        OurFaultError,
        f"osmium {version('osmium')}",
        found=(f"未见过的 OPL 写法：{line[:60]!r}", f"OPL not met before: {line[:60]!r}"),
        expected=("w1 Tkey=value Nn1x2y3", "w1 Tkey=value Nn1x2y3"),
        to_do=("安装 requirements 中的版本", "install the version named in requirements"),
    )


def _degrees(values: pd.Series) -> Floats:
    """Coordinates as osmium has them: the quick parser may be off by the last bit."""
    return np.rint(values.to_numpy(dtype=np.float64) * _PARTS_OF_DEGREE) / _PARTS_OF_DEGREE


def _with_negative_nodes(path: Path, things: _Things) -> _Things:
    """The same with nodes of negative id, as editors give them: osmium's index takes none."""
    if not np.any(np.isnan(things.lon) & (things.refs < 0)):
        return things
    places = {
        node.id: _place(node)
        for node in osmium.FileProcessor(str(path), NODE)
        if isinstance(node, Node) and node.id < 0 and node.location.x != _UNDEFINED
    }
    return _with_places(things, places)


def _with_places(things: _Things, places: Mapping[int, tuple[float, float]]) -> _Things:
    """The same with the places of nodes that had none."""
    rows = np.flatnonzero(np.isnan(things.lon))
    found = [places.get(ref, (np.nan, np.nan)) for ref in things.refs[rows].tolist()]
    lon, lat = things.lon.copy(), things.lat.copy()
    lon[rows], lat[rows] = np.array(found).reshape(-1, 2).T
    return replace(things, lon=lon, lat=lat)


def _place(node: Node) -> tuple[float, float]:
    return node.location.lon_without_check(), node.location.lat_without_check()


def _roads(things: _Things) -> Ways:
    """The ways that are roads."""
    number: dict[Tags, int] = {}
    known = [number.setdefault(known_tags(t), len(number)) for t in things.tag_sets]
    is_road = np.array(["highway" in tags for tags in things.tag_sets], dtype=bool)
    rows, starts, at = _chosen(things, is_road)
    return Ways(
        ids=things.ids[rows],
        tags=np.array(known, dtype=np.int32)[things.tags[rows]],
        tag_sets=tuple(number),
        starts=starts,
        refs=things.refs[at],
        lon=things.lon[at],
        lat=things.lat[at],
        node_tags=things.node_tags,
    )


def _shapes(things: _Things) -> gpd.GeoDataFrame:
    """Water, green and buildings."""
    kinds = [None if "highway" in tags else kind_of(tags.get) for tags in things.tag_sets]
    rows, starts, at = _chosen(things, np.array([kind is not None for kind in kinds], dtype=bool))
    named = [kinds[tags] or "" for tags in things.tags[rows]]
    return drawn_shapes(named, starts, np.column_stack([things.lon[at], things.lat[at]]))


def _chosen(things: _Things, by_set: Flags) -> tuple[Longs, Longs, Longs]:
    """Rows of the ways with certain tags, where their corners begin, and which corners."""
    rows = np.flatnonzero(by_set[things.tags])
    sizes = np.diff(things.starts)[rows]
    return rows, _starts(sizes), spread(things.starts[rows], sizes)


def _starts(sizes: npt.NDArray[np.int64]) -> Longs:
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
