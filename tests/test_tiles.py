"""Tiled equals untiled, to the bit: on any streets, Huangpu and Porto, however they are cut."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from streets import DENSE_KINDS, STREET, Plan, standing, towns

from planning.access import Way
from planning.inputs.roads.osm import read_osm
from planning.inputs.study_file import read_study
from planning.inputs.town import read_town
from planning.network import PROFILES, Snaps, StreetNetwork, build_network, snap
from planning.progress import silent
from planning.stages import Stages
from planning.tiles import Here, TiledWay, ground_in, pieces
from planning.tiles.pieces import Floats
from planning.tiles.walking import NearestTask, ReachTask
from planning.travel import audience
from planning.workflow import run

ROOT = Path(__file__).parents[1]
SOME = settings(
    max_examples=60, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
CUTS = (2, 3, 7)


class Backwards:
    """Does the tasks in the wrong order and every one twice, as after the death of a worker."""

    def each(self, job: Callable[[Any], Any], tasks: Sequence[Any]) -> Iterator[tuple[int, Any]]:
        for number in reversed(range(len(tasks))):
            job(tasks[number])
            yield number, (9.0, job(tasks[number]))


def tiled(way: Way, tile: Any, folder: Path, *, halo_ms: int, pool: Any = None) -> TiledWay:
    return TiledWay(
        network=way.network,
        demand=way.demand,
        crowd=way.crowd,
        ground=ground_in(Path(mkdtemp(dir=folder)) / "ground", way.network, way.demand, tile),
        tile=tile,
        pool=pool or Here(),
        stages=Stages(None),
        halo_ms=halo_ms,
    )


def assert_alike(plain: Way, over_tiles: Way, sites: Snaps, *, limit_ms: int, k: int) -> None:
    theirs = plain.reach(sites, limit_ms=limit_ms)
    for most in (None, 0, 40):
        mine = over_tiles.reach(sites, limit_ms=limit_ms, max_memory_bytes=most)
        for name in ("start", "demand", "ms"):
            np.testing.assert_array_equal(getattr(mine, name), getattr(theirs, name))
            assert getattr(mine, name).dtype == getattr(theirs, name).dtype
    near, nearest = (way.nearest_k(sites, k=k) for way in (over_tiles, plain))
    np.testing.assert_array_equal(near.site, nearest.site)
    np.testing.assert_array_equal(near.ms, nearest.ms)


@pytest.mark.parametrize("profile", ["elder", "e-bike", "drive"])
@SOME
@given(
    data=st.data(),
    limit_ms=st.integers(0, 1_500_000),
    halo_ms=st.sampled_from([1, 60_000, 600_000, 10_000_000]),
    k=st.integers(1, 3),
)
def test_any_streets_in_any_tiles_are_walked_alike(
    profile: str, data: st.DataObject, limit_ms: int, halo_ms: int, k: int, tmp_path: Path
) -> None:
    network, sites, demand = data.draw(towns(kinds=DENSE_KINDS, profile=profile))
    way = Way(network=network, demand=demand, crowd=audience(network, demand))
    tile = np.array(
        data.draw(st.lists(st.integers(0, 2), min_size=len(demand), max_size=len(demand))),
        dtype=np.int32,
    )
    over_tiles = tiled(way, tile, tmp_path, halo_ms=halo_ms, pool=Backwards())
    assert_alike(way, over_tiles, sites, limit_ms=limit_ms, k=k)


def test_nobody_standing_anywhere_and_no_site_at_all(tmp_path: Path) -> None:
    network = Plan(places=[(0, 0), (100, 0)], runs=[[0, 1]], tags=STREET).network()
    nowhere = standing(network, [(0, 9_000), (50, 9_000)])
    on_street = standing(network, [(50, 10)])
    for people in (nowhere, on_street):
        way = Way(network=network, demand=people, crowd=audience(network, people))
        over_tiles = tiled(way, np.zeros(len(people), np.int32), tmp_path, halo_ms=1_000)
        for sites in (nowhere, on_street, on_street.take(np.zeros(0, dtype=np.int64))):
            assert_alike(way, over_tiles, sites, limit_ms=600_000, k=2)


# --- real cities ---


def huangpu(shared_data: Path) -> tuple[Way, Floats, Floats, Snaps]:
    study = read_study(ROOT / "scripts/studies/huangpu.yaml", None)
    town, _ = read_town(study, shared_data, scenario=None, progress=silent())
    return town.ways["walk"], town.demand.x_m, town.demand.y_m, town.sites


def porto(shared_data: Path) -> tuple[Way, Floats, Floats, Snaps]:
    """Its streets of 2015, with people and sites strewn over them."""
    roads, _ = read_osm(shared_data / "porto_portugal_bench" / "porto_20150606.osm.pbf")
    network = build_network(roads, epsg=3763, profile=PROFILES["elder"])
    rng = np.random.default_rng(9)
    at = rng.integers(0, network.n_nodes, 20_000)
    x_m, y_m = (c[at] + rng.normal(0, 60, len(at)) for c in (network.x_m, network.y_m))
    way = Way.of(network, x_m, y_m, max_snap_m=200, island_km=1.0)
    at = rng.integers(0, network.n_nodes, 300)
    sites = snap(network, network.x_m[at], network.y_m[at], max_snap_m=200, island_km=1.0)
    return way, x_m, y_m, sites


@pytest.mark.parametrize("city", [huangpu, porto])
def test_real_cities_in_two_three_and_seven_pieces(
    city: Callable[[Path], tuple[Way, Floats, Floats, Snaps]], shared_data: Path, tmp_path: Path
) -> None:
    way, x_m, y_m, sites = city(shared_data)
    for n in CUTS:
        tile = pieces(x_m, y_m, most=-(-len(x_m) // n))
        assert tile.max() + 1 == n
        over_tiles = tiled(way, tile, tmp_path, halo_ms=600_000)
        assert_alike(way, over_tiles, sites, limit_ms=900_000, k=2)


def test_a_tile_reads_its_own_streets_and_no_others(shared_data: Path, tmp_path: Path) -> None:
    """A twentieth of Porto, with a halo of 15 minutes, is a small part of it."""
    way, x_m, y_m, _ = porto(shared_data)
    tile = pieces(x_m, y_m, most=-(-len(x_m) // 20))
    ground = ground_in(tmp_path / "ground", way.network, way.demand, tile)
    opened = ground.opened()
    edge = way.demand.edge
    read = [
        len(opened.around(np.unique(edge[(tile == t) & (edge >= 0)]), ground.halo_m(900_000)))
        for t in range(20)
    ]
    assert max(read) < way.network.n_edges / 2
    assert np.median(read) < way.network.n_edges / 4
    assert isinstance(opened.network.tail, np.memmap)


# --- pieces, files ---


@given(
    xy=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=60),
    most=st.integers(1, 60),
    data=st.data(),
)
def test_every_point_is_in_one_piece_of_its_county(
    xy: list[tuple[int, int]], most: int, data: st.DataObject
) -> None:
    x_m, y_m = (np.array(c, dtype=np.float64) for c in zip(*xy, strict=True))
    county = np.array(data.draw(st.lists(st.integers(-1, 2), min_size=len(xy), max_size=len(xy))))
    tile = pieces(x_m, y_m, county, most=most)
    numbers, sizes = np.unique(tile, return_counts=True)
    assert numbers.tolist() == list(range(len(numbers)))
    assert sizes.max() <= most
    for number in numbers:
        assert len(set(county[tile == number])) == 1
    fewest = sum(-(-int(np.sum(county == one)) // most) for one in set(county.tolist()))
    assert len(numbers) == fewest
    np.testing.assert_array_equal(tile, pieces(x_m, y_m, county, most=most))


def test_the_digest_of_a_ground_changes_with_whatever_is_in_it(tmp_path: Path) -> None:
    network: StreetNetwork = Plan(places=[(0, 0), (90, 0)], runs=[[0, 1]], tags=STREET).network()
    people = standing(network, [(10, 5), (80, 5)])
    tile = np.zeros(2, dtype=np.int32)
    other = standing(network, [(10, 5), (80, 5.5)])
    digests = [
        ground_in(tmp_path / str(at), network, *there).digest
        for at, there in enumerate(
            [(people, tile), (people, tile), (people, tile + 1), (other, tile)]
        )
    ]
    assert digests[0] == digests[1]
    assert len(set(digests)) == 3


def test_tasks_do_not_carry_the_network(tmp_path: Path) -> None:
    """What goes to a worker is small: the network is read where the work is done."""
    network = Plan(
        places=[(i * 50.0, 0.0) for i in range(400)], runs=[list(range(400))], tags=STREET
    ).network()
    people = standing(network, [(i * 10.0, 5.0) for i in range(1_900)])
    ground = ground_in(tmp_path / "ground", network, people, np.zeros(1_900, dtype=np.int32))
    sites = people.take(np.arange(3))
    assert network.n_edges > 0
    for task in (
        NearestTask(ground=ground, tile=0, sites=sites, k=2, halo_ms=1),
        ReachTask(ground=ground, sites=sites, limit_ms=1),
    ):
        carried = sum(
            array.nbytes
            for noun in (task.ground.network, task.ground.demand)
            for name in noun.__dataclass_fields__
            if isinstance(array := getattr(noun, name), np.ndarray)
        )
        assert carried == 0


# --- a run ---


def test_a_run_over_tiles_writes_the_same_bytes(sample_folder: Path, tmp_path: Path) -> None:
    """All but the record of its times, in another order of the tiles, with nothing left behind."""
    study = sample_folder / "study.yaml"
    _, plain = run(study, out_dir=tmp_path / "plain")
    _, shared = run(study, out_dir=tmp_path / "shared", pool=Backwards())
    assert plain.name == shared.name
    files = sorted(one.relative_to(plain) for one in plain.rglob("*") if one.is_file())
    assert files == sorted(one.relative_to(shared) for one in shared.rglob("*") if one.is_file())
    unlike = [one for one in files if (plain / one).read_bytes() != (shared / one).read_bytes()]
    assert [one.name for one in unlike] == ["record.json"]
    assert [one.name for one in (tmp_path / "shared").iterdir()] == [shared.name]
