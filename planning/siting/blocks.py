"""A model falls into blocks that have no row in common: each is solved by itself.

What is asked for in one town and what is asked for in another, with no clause and no budget over
both, are two problems; a search tree over both at once would have as many leaves as the product of
theirs. The best of the whole is the bests of its blocks together, and so is the bound.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from planning.siting.highs import Model, Solved, Status, minimise
from planning.siting.stopping import PartOf, Stop, Watch

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Some columns of a model, rising, and the model that they are by themselves."""

    columns: Longs
    model: Model

    def held(self, cost: Floats, values: Floats) -> Block:
        """The block with one more row: what it costs stays as low as `values` have it, both (n,).

        `cost` and `values` are those of the whole model.
        """
        own = cost[self.columns]
        return replace(self, model=held(self.model, own, float(own @ values[self.columns])))


def held(model: Model, cost: Floats, best: float) -> Model:
    """The model with one more row: an aim of this cost stays as good as it is."""
    return model.with_at_most(cost, best + abs(best) * _ROUNDING + _LEAST)


_ROUNDING, _LEAST = 1e-9, 1e-6
"""How much an aim may lose to sums of floats, relative and at least."""


def blocks_of(model: Model) -> tuple[Block, ...]:
    """The blocks of a model, the smallest first, so that the largest has what time is left."""
    part = _parts(model)
    row_of = np.repeat(np.arange(model.n_rows), np.diff(model.start))
    # A row without a column is nobody's; it stays with the first block, which may break on it.
    row_part = np.zeros(model.n_rows, dtype=np.int64)
    row_part[row_of] = part[model.column]
    by_column, by_row = (np.argsort(of, kind="stable") for of in (part, row_part))
    n = int(part.max(initial=-1)) + 1
    columns = np.split(by_column, np.searchsorted(part[by_column], np.arange(1, n)))
    rows = np.split(by_row, np.searchsorted(row_part[by_row], np.arange(1, n)))
    found = [_block(model, *one) for one in zip(columns, rows, strict=True)] if n else []
    return tuple(sorted(found, key=lambda block: len(block.columns)))


def _parts(model: Model) -> Longs:
    """The block of every column, numbered by its first column, shape (n,)."""
    part = np.arange(model.n_columns)
    if not len(model.column):
        return part
    # Only here: it is slow to import.
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    # Each row joins its columns to its own first one.
    sizes = np.diff(model.start)
    first = np.repeat(model.column[np.minimum(model.start[:-1], len(model.column) - 1)], sizes)
    n = model.n_columns
    joined = coo_array((np.ones(len(first), dtype=np.int8), (first, model.column)), shape=(n, n))
    return np.asarray(connected_components(joined, directed=False)[1], dtype=np.int64)


def _block(model: Model, columns: Longs, rows: Longs) -> Block:
    sizes = np.diff(model.start)[rows]
    start = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    at = np.arange(start[-1]) + np.repeat(model.start[rows] - start[:-1], sizes)
    return Block(
        columns=columns,
        model=Model(
            cost=model.cost[columns],
            lower=model.lower[columns],
            upper=model.upper[columns],
            whole=model.whole[columns],
            start=start,
            column=np.searchsorted(columns, model.column[at]),
            value=model.value[at],
            row_lower=model.row_lower[rows],
            row_upper=model.row_upper[rows],
        ),
    )


def minimise_blocks(
    blocks: Sequence[Block],
    cost: Floats,
    *,
    start: Floats,
    stop: Stop,
    seed: int = 0,
    relative_gap: float = 0.0,
    watch: Watch | None = None,
) -> Solved:
    """The least cost (n,) of all blocks together, as `highs.minimise` finds it of each.

    `start` (n,) are values to begin with, where they keep a block's rows. One clock for all: what
    it cuts short keeps its start.
    """
    began = time.perf_counter()
    values = start.copy()
    floor = [_floor(block.model, cost[block.columns]) for block in blocks]
    best = [float(cost[block.columns] @ start[block.columns]) for block in blocks]
    bound, nodes, statuses = floor.copy(), 0, {Status.OPTIMAL}
    for at, block in enumerate(blocks):
        own, mine = replace(block.model, cost=cost[block.columns]), start[block.columns]
        keeps = own.allows(mine)
        if keeps and best[at] <= floor[at]:
            continue
        part = PartOf(
            whole=stop,
            began_s=time.perf_counter() - began,
            offset=sum(best) - best[at],
            open_beside=sum(best) - best[at] - sum(bound) + bound[at],
        )
        found = minimise(
            own,
            stop=part,
            seed=seed,
            start=mine if keeps else None,
            relative_gap=relative_gap,
            watch=None if watch is None else _told(watch, part),
        )
        statuses.add(found.status)
        nodes += found.nodes
        if not found.found:
            return replace(found, values=np.full(len(start), np.nan))
        values[block.columns] = found.values
        best[at], bound[at] = found.objective, max(found.bound, floor[at])
    objective = float(cost @ values)
    return Solved(
        status=Status.OPTIMAL if statuses == {Status.OPTIMAL} else Status.STOPPED,
        values=values,
        objective=objective,
        bound=min(sum(bound), objective),
        seconds=time.perf_counter() - began,
        nodes=nodes,
    )


def _told(watch: Watch, part: PartOf) -> Watch:
    return lambda sofar: watch(part.of_whole(sofar))


def _floor(model: Model, cost: Floats) -> float:
    """What no values within the limits of the columns cost less than."""
    with np.errstate(invalid="ignore"):
        least = np.where(cost > 0, cost * model.lower, np.where(cost < 0, cost * model.upper, 0.0))
    return float(np.sum(least))
