"""Workers for the tiles of a study: a Dask cluster, started here or running elsewhere.

Optional (extra ``scale``). Tasks and results travel as Dask sends them, that is pickled: a
scheduler elsewhere has to be one that is trusted, on a network that is.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from planning.errors import PlanningError, fail
from planning.tiles import Pool, timed

Task = TypeVar("Task")
Done = TypeVar("Done")

_WAIT_S = 60.0
"""How long nobody is waited for [s]: a worker that died comes back in some seconds."""
_LOOK_S = 5.0
"""How often it is looked whether anybody works at all [s]."""


class ClusterError(PlanningError, RuntimeError):
    """Workers cannot be had, or die over a task."""


@contextmanager
def workers(n: int) -> Iterator[Pool]:
    """So many processes of this machine, one thread each; they end with the context.

    Raises ClusterError where Dask is not installed or does not start.
    """
    distributed = _dask()
    with _told("--workers", f"{n}"):
        cluster = distributed.LocalCluster(
            n_workers=n,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            silence_logs=logging.CRITICAL,
        )
    with cluster, distributed.Client(cluster) as client:
        yield _Dask(client)


@contextmanager
def scheduler(address: str) -> Iterator[Pool]:
    """The workers of a scheduler that runs already, such as ``tcp://10.0.0.5:8786``.

    Raises ClusterError where Dask is not installed, or nobody answers there.
    """
    distributed = _dask()
    with _told("--scheduler", address):
        client = distributed.Client(address, timeout=_WAIT_S, set_as_default=False)
        client.wait_for_workers(1, timeout=_WAIT_S)
    with client:
        yield _Dask(client)


class _Dask:
    """Tasks as Dask gives them out; see `tiles.Pool`."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def each(
        self, job: Callable[[Task], Done], tasks: Sequence[Task]
    ) -> Iterator[tuple[int, tuple[float, Done]]]:
        """The number of each task, the seconds it took and what came of it, as they are done."""
        # Not pure: Dask would otherwise hash every task's arrays to find out who is alike.
        futures = [self._client.submit(timed, job, task, pure=False) for task in tasks]
        number = {future.key: at for at, future in enumerate(futures)}
        left, seen = set(futures), time.monotonic()
        try:
            while left:
                done = self._ended(left)
                for future in done:
                    yield number[future.key], future.result()
                    future.release()
                left -= done
                if done or self._client.nthreads():
                    seen = time.monotonic()
                elif time.monotonic() - seen > _WAIT_S:
                    raise _died("no worker has been there for a while")
        except _dask().KilledWorker as error:
            raise _died(str(error)) from None
        finally:
            self._client.cancel(list(left))

    def _ended(self, futures: set[Any]) -> set[Any]:
        """Those that ended, once any has; none where that takes long."""
        distributed = _dask()
        try:
            ended: set[Any] = distributed.wait(
                list(futures), timeout=_LOOK_S, return_when="FIRST_COMPLETED"
            ).done
        except TimeoutError:
            return set()
        return ended


def _dask() -> Any:
    try:
        import distributed
    except ImportError:
        raise fail(
            ClusterError,
            "--workers, --scheduler",
            found=("没有安装 Dask", "Dask is not installed"),
            expected=("可选组件 scale", "the optional extra scale"),
            to_do=("pip install 'yilao-planning[scale]'", "pip install 'yilao-planning[scale]'"),
        ) from None
    return distributed


@contextmanager
def _told(option: str, said: str) -> Iterator[None]:
    """What Dask raises while it starts, as an error of ours."""
    try:
        yield
    except (OSError, TimeoutError, ValueError, RuntimeError) as error:
        why = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise fail(
            ClusterError,
            option,
            found=(f"{said}：{why}", f"{said}: {why}"),
            expected=("可用的工作进程", "workers that answer"),
            to_do=(
                "检查地址、端口和防火墙，或去掉该选项在本进程内运行",
                "check address, port and firewall, or leave the option to run in this process",
            ),
        ) from None


def _died(why: str) -> Exception:
    return fail(
        ClusterError,
        "--workers, --scheduler",
        found=(
            f"工作进程接连退出（{why[:200]}）",
            f"one worker after the other died ({why[:200]})",
        ),
        expected=("内存足够的工作进程", "workers with memory enough for a tile"),
        to_do=(
            "减少 --workers，或给工作进程更多内存，再运行一次：已完成的瓦片不必重算",
            "take fewer --workers, or give each more memory, and run again: what is done is kept",
        ),
    )
