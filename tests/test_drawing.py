"""Drawings of streets against plain buffers: valid, nested, whole, never beyond, fast enough."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import osmium
import pytest
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from planning.projection import WGS84, transformer
from planning.travel import drawing
from planning.travel.drawing import draw_streets

HALF_WIDTH_M = 25.0
NORTHING_M = 4_500_000.0
MEAN_IOU = {5.0: 0.997, 10.0: 0.99}
VERTEX_BEYOND_CELLS = 0.52

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]
Sets = tuple[Floats, Longs]


def random_tree(rng: np.random.Generator, pieces: int) -> Floats:
    """Streets that branch from each other, some closing a block, shape (pieces, 4) [m]."""
    ends = [np.array([500_000.0, NORTHING_M])]
    segments = []
    for _ in range(pieces):
        begin = ends[int(rng.integers(len(ends)))]
        angle, length_m = rng.uniform(0, 2 * np.pi), rng.uniform(5.0, 150.0)
        end = begin + length_m * np.array([np.cos(angle), np.sin(angle)])
        segments.append([*begin, *end])
        ends.append(end)
    return np.array(segments)


def as_sets(sets: list[Floats]) -> Sets:
    return np.concatenate(sets), np.cumsum([0, *map(len, sets)])


def street_lines(segments: Floats) -> npt.NDArray[np.object_]:
    lines: npt.NDArray[np.object_] = shapely.linestrings(segments.reshape(-1, 2, 2))
    return lines


def oracle(segments: Floats, quad_segs: int = 16) -> shapely.Geometry:
    """The plain way: a buffer around every piece, and the union of them all."""
    return shapely.union_all(
        shapely.buffer(street_lines(segments), HALF_WIDTH_M, quad_segs=quad_segs)
    )


def shared_over_joint(one: shapely.Geometry, other: shapely.Geometry) -> float:
    joint = shapely.area(shapely.union(one, other))
    return float(shapely.area(shapely.intersection(one, other)) / joint)


def outside_share(inner: npt.NDArray[np.object_], outer: npt.NDArray[np.object_]) -> float:
    lost = shapely.area(shapely.difference(inner, outer))
    return float((lost / shapely.area(inner)).max())


def holes_of(shapes: Iterable[shapely.Geometry], least_m2: float) -> int:
    """How many holes of at least so much area there are."""
    polygons = shapely.get_parts(list(shapes))
    holes = [shapely.polygons(ring) for each in polygons for ring in shapely.get_rings(each)[1:]]
    return int((shapely.area(holes) >= least_m2).sum())


def streets_of(pbf: Path, epsg: int) -> tuple[Floats, Longs, Longs]:
    """Nodes [m] and raw segments of every highway in a PBF, nothing of the package involved."""
    place: dict[int, tuple[float, float]] = {}
    tails: list[int] = []
    heads: list[int] = []
    for way in osmium.FileProcessor(pbf).with_locations():
        if isinstance(way, osmium.osm.Way) and "highway" in way.tags:
            nodes = [node for node in way.nodes if node.location.valid()]
            place.update((node.ref, (node.lon, node.lat)) for node in nodes)
            refs = [node.ref for node in nodes]
            tails += refs[:-1]
            heads += refs[1:]
    ids = np.array(sorted(place))
    lon, lat = np.array([place[i] for i in ids]).T
    xy = np.column_stack(transformer(WGS84, epsg).transform(lon, lat))
    return xy, np.searchsorted(ids, tails), np.searchsorted(ids, heads)


def walks(streets: tuple[Floats, Longs, Longs], limits_m: tuple[float, ...], k: int) -> list[Sets]:
    """Pieces within each limit of k random nodes, edges cut from both ends; one set a limit."""
    xy, tail, head = streets
    length = np.hypot(*(xy[tail] - xy[head]).T)
    tail, head, length = tail[length > 0], head[length > 0], length[length > 0]
    graph = coo_array((length, (tail, head)), shape=(len(xy),) * 2).tocsr()
    found: list[list[Floats]] = [[] for _ in limits_m]
    for node in np.random.default_rng(1).choice(len(xy), k, replace=False):
        away = dijkstra(graph, directed=False, indices=node, limit=max(limits_m))
        for limit, sets in zip(limits_m, found, strict=True):
            left = np.maximum(0, limit - away[tail]), np.maximum(0, limit - away[head])
            pieces = []
            for begin, end, rest in ((tail, head, left[0]), (head, tail, left[1])):
                on = rest > 0
                share = np.minimum(1.0, rest[on] / length[on])[:, None]
                step = share * (xy[end[on]] - xy[begin[on]])
                pieces.append(np.hstack([xy[begin[on]], xy[begin[on]] + step]))
            sets.append(np.concatenate(pieces))
    return [as_sets(sets) for sets in found]


@pytest.fixture(scope="module")
def trees() -> Sets:
    rng = np.random.default_rng(7)
    return as_sets([random_tree(rng, pieces) for pieces in (1, 2, 5, 30, 80, 200, 300, 400)])


@pytest.fixture(scope="module")
def huangpu(shared_data: Path) -> list[Sets]:
    streets = streets_of(shared_data / "shanghai_huangpu" / "huangpu_walk.osm.pbf", 4549)
    return walks(streets, (300.0, 600.0, 900.0), 12)


@pytest.fixture(scope="module")
def huangpu_buffers(huangpu: list[Sets]) -> list[shapely.Geometry]:
    segments, start = huangpu[-1]
    return [oracle(segments[start[i] : start[i + 1]]) for i in range(len(start) - 1)]


@pytest.mark.parametrize("cell_m", [5.0, 10.0])
def test_random_trees_are_drawn_as_their_buffers(trees: Sets, cell_m: float) -> None:
    segments, start = trees
    drawn = draw_streets(segments, start, cell_m=cell_m)
    assert shapely.is_valid(drawn).all()
    exact = [oracle(segments[start[i] : start[i + 1]]) for i in range(len(drawn))]
    agreement = [shared_over_joint(*pair) for pair in zip(drawn, exact, strict=True)]
    assert np.mean(agreement) >= MEAN_IOU[cell_m]


@pytest.mark.parametrize("cell_m", [5.0, 10.0])
def test_real_streets_are_drawn_as_their_buffers(
    huangpu: list[Sets], huangpu_buffers: list[shapely.Geometry], cell_m: float
) -> None:
    drawn = draw_streets(*huangpu[-1], cell_m=cell_m)
    assert shapely.is_valid(drawn).all()
    agreement = [shared_over_joint(*pair) for pair in zip(drawn, huangpu_buffers, strict=True)]
    assert np.mean(agreement) >= MEAN_IOU[cell_m]
    assert holes_of(drawn, 20 * cell_m**2) == pytest.approx(
        holes_of(huangpu_buffers, 20 * cell_m**2), rel=0.05
    )


@pytest.mark.parametrize("cell_m", [5.0, 10.0, 16.0])
def test_shorter_walks_lie_in_longer_ones(huangpu: list[Sets], cell_m: float) -> None:
    short, middle, long = (draw_streets(*sets, cell_m=cell_m) for sets in huangpu)
    assert outside_share(short, middle) < 1e-8
    assert outside_share(middle, long) < 1e-8


def test_any_part_of_the_streets_lies_in_the_whole() -> None:
    rng = np.random.default_rng(3)
    sets = []
    for _ in range(40):
        tree = random_tree(rng, 120)
        sets += [tree[rng.random(len(tree)) < 0.6], tree]
    drawn = draw_streets(*as_sets(sets), cell_m=10.0)
    assert outside_share(drawn[0::2], drawn[1::2]) < 1e-8


@pytest.mark.parametrize("cell_m", [5.0, 10.0, 16.0])
def test_never_beyond_the_streets_and_never_without_them(trees: Sets, cell_m: float) -> None:
    segments, start = trees
    drawn = draw_streets(segments, start, cell_m=cell_m)
    for i, shape in enumerate(drawn):
        lines = street_lines(segments[start[i] : start[i + 1]])
        vertices = shapely.points(shapely.get_coordinates(shape))
        _, away_m = shapely.STRtree(lines).query_nearest(
            vertices, return_distance=True, all_matches=False
        )
        assert away_m.max() <= HALF_WIDTH_M + VERTEX_BEYOND_CELLS * cell_m
        assert shapely.contains(shape, shapely.multilinestrings(lines))


def test_where_two_borders_almost_meet_the_bound_is_needed_and_holds() -> None:
    """One border passes just beyond a lattice line, the other just short of the next."""
    cell_m = 10.0
    left_m, right_m = 0.05 - HALF_WIDTH_M, cell_m + 0.11 + HALF_WIDTH_M
    segments = np.array([[left_m, 0.0, left_m, 90.0], [right_m, 0.0, right_m, 90.0]])
    shape = draw_streets(segments, np.array([0, 2]), cell_m=cell_m)[0]
    vertices = shapely.points(shapely.get_coordinates(shape))
    away_m = shapely.distance(shapely.multilinestrings(street_lines(segments)), vertices)
    assert 0.45 * cell_m < away_m.max() - HALF_WIDTH_M <= VERTEX_BEYOND_CELLS * cell_m


def test_a_straight_street_along_the_lattice_is_exact() -> None:
    shape = draw_streets(np.array([[0.0, 0.0, 1000.0, 0.0]]), np.array([0, 1]))[0]
    middle = shapely.clip_by_rect(shape, 100.0, -100.0, 900.0, 100.0)
    assert middle.area == pytest.approx(800.0 * 2 * HALF_WIDTH_M, rel=1e-2)
    sides = shapely.get_coordinates(shape)
    assert len(sides) < 60, "straight runs must not be strewn with vertices"


def test_a_block_keeps_its_hole() -> None:
    side_m = 200.0
    corners = np.array([4e5, NORTHING_M]) + side_m * np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
    block = np.hstack([corners, np.roll(corners, -1, axis=0)])
    shape = draw_streets(block, np.array([0, 4]))[0]
    (polygon,) = shape.geoms
    (hole,) = polygon.interiors
    assert shapely.Polygon(hole).area == pytest.approx((side_m - 2 * HALF_WIDTH_M) ** 2, rel=0.01)
    assert polygon.exterior.is_ccw
    assert not hole.is_ccw


def test_a_piece_without_length_is_a_disc_and_no_piece_is_nothing() -> None:
    spot = np.array([[500_003.0, NORTHING_M + 1.0] * 2])
    nothing, disc, last = draw_streets(spot, np.array([0, 0, 1, 1]))
    assert nothing.is_empty
    assert last.is_empty
    assert disc.area == pytest.approx(np.pi * HALF_WIDTH_M**2, rel=0.01)
    assert len(draw_streets(np.empty((0, 4)), np.array([0]))) == 0


def test_far_from_the_origin_nothing_is_lost() -> None:
    tree = random_tree(np.random.default_rng(5), 60) - np.tile([500_000.0, NORTHING_M], 2)
    start = np.array([0, len(tree)])
    near = draw_streets(tree, start)[0]
    moved = draw_streets(tree + np.tile([40_500_000.0, NORTHING_M], 2), start)[0]
    back = shapely.transform(moved, lambda xy: xy - (40_500_000.0, NORTHING_M))
    assert shapely.symmetric_difference(near, back).area < 1e-3


def test_same_bytes_for_any_threads_and_any_order(trees: Sets) -> None:
    segments, start = trees
    first = shapely.to_wkb(draw_streets(segments, start)).tolist()
    assert shapely.to_wkb(draw_streets(segments, start, threads=3)).tolist() == first
    rng = np.random.default_rng(11)
    mixed = segments.copy()
    for i in range(len(start) - 1):
        mixed[start[i] : start[i + 1]] = rng.permutation(segments[start[i] : start[i + 1]])
    turned = rng.random(len(mixed)) < 0.5
    mixed[turned] = mixed[turned][:, [2, 3, 0, 1]]
    assert shapely.to_wkb(draw_streets(mixed, start)).tolist() == first


@pytest.mark.parametrize("tile", [7, 40])
def test_tiles_leave_no_trace(
    trees: Sets, huangpu: list[Sets], tile: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for segments, start in (trees, huangpu[0]):
        whole = draw_streets(segments, start)
        with monkeypatch.context() as patch:
            patch.setattr(drawing, "_TILE", tile)
            tiled = draw_streets(segments, start)
        assert shapely.is_valid(tiled).all()
        assert (shapely.get_num_geometries(tiled) == shapely.get_num_geometries(whole)).all()
        off = shapely.area(shapely.symmetric_difference(whole, tiled)) / shapely.area(whole)
        assert off.max() < 1e-9


def test_a_long_drive_does_not_fill_the_memory() -> None:
    """40 km each way: 64 million lattice points at 5 m, of which few are ever held at once."""
    rng = np.random.default_rng(2)
    hub = np.tile([500_000.0, NORTHING_M], (60, 1))
    spokes = np.hstack([hub, hub + rng.uniform(-20_000.0, 20_000.0, hub.shape)])
    tracemalloc.start()
    shape = draw_streets(spokes, np.array([0, len(spokes)]))[0]
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_bytes < 400e6
    assert shape.is_valid
    assert shared_over_joint(shape, oracle(spokes)) > 0.997


@pytest.mark.parametrize(
    ("segments", "start", "options"),
    [
        (np.zeros((1, 3)), [0, 1], {}),
        (np.zeros((1, 4)), [0, 2], {}),
        (np.zeros((2, 4)), [0, 2, 1, 2], {}),
        (np.full((1, 4), np.nan), [0, 1], {}),
        (np.zeros((1, 4)), [0, 1], {"cell_m": 20.0}),
        (np.zeros((1, 4)), [0, 1], {"cell_m": 0.0}),
        (np.zeros((1, 4)), [0, 1], {"threads": 0}),
    ],
)
def test_what_cannot_be_drawn_is_refused(
    segments: Floats, start: list[int], options: dict[str, float]
) -> None:
    with pytest.raises(ValueError, match=r"segments|start|finite|half_width_m|threads"):
        draw_streets(segments, np.array(start), **options)  # type: ignore[arg-type]
