"""Workers of a Dask cluster: the same walks, whoever dies on the way."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from streets import GridCity, standing
from test_tiles import assert_alike

from planning import cluster
from planning.access import Way
from planning.stages import Stages
from planning.tiles import Pool, TiledWay, ground_in, pieces
from planning.travel import audience

pytest.importorskip("distributed", reason="the extra scale is not installed")


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with cluster.workers(2) as two:
        yield two


def test_two_workers_walk_a_city_as_one_process_does(pool: Pool, tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    network = GridCity(columns=12, rows=9).network()
    homes = rng.uniform(-100, 1_200, (300, 2))
    people = standing(network, homes)
    way = Way(network=network, demand=people, crowd=audience(network, people))
    tile = pieces(homes[:, 0], homes[:, 1], most=50)
    over_tiles = TiledWay(
        network=network, demand=people, crowd=way.crowd, tile=tile, pool=pool,
        ground=ground_in(tmp_path / "ground", network, people, tile),
        stages=Stages(None), halo_ms=120_000,
    )  # fmt: skip
    sites = standing(network, rng.uniform(0, 1_100, (12, 2)))
    assert_alike(way, over_tiles, sites, limit_ms=400_000, k=2)


def once_killed(mark: str) -> str:
    """Kills its own process where no mark stands, and sets one."""
    path = Path(mark)
    if not path.exists():
        path.write_text("was here", encoding="utf-8")
        os.kill(os.getpid(), signal.SIGKILL)
    return "done"


def always_killed(_: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def failing(number: int) -> int:
    if number == 2:
        raise ValueError("the second is no good")
    return number


def test_a_worker_that_dies_loses_nothing(pool: Pool, tmp_path: Path) -> None:
    tasks = [str(tmp_path / f"mark {number}") for number in range(2)]
    done = dict(pool.each(once_killed, tasks))
    assert {number: found for number, (_, found) in done.items()} == {0: "done", 1: "done"}


def test_a_task_that_every_worker_dies_over_is_told(pool: Pool) -> None:
    with pytest.raises(cluster.ClusterError) as told:
        list(pool.each(always_killed, [0]))
    text = str(told.value)
    assert "one worker after the other died" in text
    assert "--workers" in text


def test_where_no_worker_comes_back_nobody_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_WAIT_S", 1.0)
    monkeypatch.setattr(cluster, "_LOOK_S", 0.2)
    with cluster.workers(1) as pool:
        pool._client.cluster.scale(0)  # type: ignore[attr-defined]
        with pytest.raises(cluster.ClusterError, match="no worker has been there"):
            list(pool.each(failing, [1]))


def test_what_fails_in_a_worker_fails_here(pool: Pool) -> None:
    with pytest.raises(ValueError, match="the second is no good"):
        list(pool.each(failing, [1, 2, 3]))
    assert [found for _, (_, found) in sorted(pool.each(failing, [5, 6]))] == [5, 6]


def test_nobody_at_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_WAIT_S", 1)
    with pytest.raises(cluster.ClusterError) as told, cluster.scheduler("tcp://127.0.0.1:9"):
        pass
    assert "tcp://127.0.0.1:9" in str(told.value)


def test_without_dask_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(cluster.ClusterError) as told, cluster.workers(2):
        pass
    assert "yilao-planning[scale]" in str(told.value)
