"""A model in blocks: the best of the whole is the bests of its blocks, and so is the bound."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.siting.blocks import blocks_of, minimise_blocks
from planning.siting.highs import FREE, Model, Status, minimise
from planning.siting.stopping import NEVER, Seconds, Sofar

SOME = settings(max_examples=60, deadline=None, derandomize=True)


@st.composite
def models(draw: st.DrawFn) -> Model:
    """Up to four lots of columns, each with rows of its own, strewn among one another."""
    lots = draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    n = sum(lots)
    place = draw(st.permutations(range(n)))
    rows: list[dict[int, float]] = []
    for at, size in enumerate(lots):
        own = place[sum(lots[:at]) : sum(lots[:at]) + size]
        for _ in range(draw(st.integers(0, 3))):
            some = draw(st.lists(st.sampled_from(own), min_size=1, max_size=size, unique=True))
            rows.append({c: float(draw(st.integers(1, 5))) for c in sorted(some)})
    numbers = st.lists(st.integers(-4, 9), min_size=n, max_size=n)
    sums = [sum(row.values()) for row in rows]
    return Model(
        cost=np.array(draw(numbers), dtype=float),
        lower=np.zeros(n),
        upper=np.full(n, 3.0),
        whole=np.array(draw(st.lists(st.booleans(), min_size=n, max_size=n))),
        start=np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64),
        column=np.array([c for row in rows for c in row], dtype=np.int64),
        value=np.array([v for row in rows for v in row.values()]),
        row_lower=np.array([float(draw(st.integers(0, int(2 * total)))) for total in sums]),
        row_upper=np.full(len(rows), FREE),
    )


@SOME
@given(model=models())
def test_the_best_of_the_blocks_is_the_best_of_the_whole(model: Model) -> None:
    blocks = blocks_of(model)
    assert sorted(np.concatenate([block.columns for block in blocks])) == list(
        range(len(model.cost))
    )
    assert sum(block.model.n_rows for block in blocks) == model.n_rows
    whole = minimise(model, stop=NEVER)
    found = minimise_blocks(blocks, model.cost, start=np.zeros(len(model.cost)), stop=NEVER)
    assert found.status == Status.OPTIMAL
    assert found.objective == pytest.approx(whole.objective, abs=1e-6)
    assert found.bound == pytest.approx(whole.objective, abs=1e-5)
    assert model.allows(found.values)


@SOME
@given(model=models())
def test_no_two_blocks_have_a_row_in_common_and_none_could_be_cut_again(model: Model) -> None:
    of = {int(c): at for at, block in enumerate(blocks_of(model)) for c in block.columns}
    touching = [set(model.column[a:b].tolist()) for a, b in pairwise(model.start)]
    assert all(len({of[c] for c in row}) == 1 for row in touching)
    # A plain union of whatever touches, again and again.
    lots = [{c} for c in range(len(model.cost))]
    for row in touching:
        met = [lot for lot in lots if lot & row]
        lots = [lot for lot in lots if not lot & row] + [set().union(*met)]
    assert len(lots) == len(set(of.values()))


@SOME
@given(model=models())
def test_an_aim_that_is_held_stays_as_good_in_every_block(model: Model) -> None:
    start = np.zeros(len(model.cost))
    blocks = blocks_of(model)
    first = minimise_blocks(blocks, model.cost, start=start, stop=NEVER)
    held = [block.held(model.cost, first.values) for block in blocks]
    other = np.ones(len(model.cost))
    then = minimise_blocks(held, other, start=first.values, stop=NEVER)
    assert model.cost @ then.values <= first.objective + 1e-5 * len(blocks)
    one_row = model.with_at_most(model.cost, first.objective + 1e-6)
    whole = minimise(Model(**{**_fields(one_row), "cost": other}), start=first.values, stop=NEVER)
    assert then.objective == pytest.approx(whole.objective, abs=1e-4)


def _fields(model: Model) -> dict[str, np.ndarray]:
    return {name: getattr(model, name) for name in Model.__dataclass_fields__}


@SOME
@given(model=models())
def test_without_time_the_start_is_kept_with_a_bound_that_holds(model: Model) -> None:
    start = np.full(len(model.cost), 3.0)  # every row asks for two thirds of that at most
    found = minimise_blocks(blocks_of(model), model.cost, start=start, stop=Seconds(0))
    assert model.allows(found.values)
    assert found.objective <= model.cost @ start + 1e-9
    best = minimise(model, stop=NEVER).objective
    assert found.bound <= best + 1e-6
    assert found.objective >= best - 1e-6


def test_what_is_told_on_the_way_is_of_the_whole() -> None:
    """Two knapsacks of their own: neither the bound nor the best told is that of one alone."""
    rng = np.random.default_rng(5)
    n = 60
    weights = rng.integers(20, 90, 2 * n).astype(float)
    model = Model(
        cost=-(weights + rng.integers(0, 9, 2 * n)),
        lower=np.zeros(2 * n),
        upper=np.ones(2 * n),
        whole=np.ones(2 * n, dtype=bool),
        start=np.array([0, n, 2 * n]),
        column=np.arange(2 * n),
        value=weights,
        row_lower=np.full(2, -FREE),
        row_upper=np.array([weights[:n].sum() / 3, weights[n:].sum() / 2]),
    )
    told: list[Sofar] = []
    found = minimise_blocks(
        blocks_of(model), model.cost, start=np.zeros(2 * n), stop=NEVER, watch=told.append
    )
    assert len(blocks_of(model)) == 2
    assert found.objective == pytest.approx(minimise(model).objective)
    known = [sofar for sofar in told if np.isfinite(sofar.bound)]
    assert known
    for sofar in known:
        assert sofar.bound <= found.objective + 1e-6
        assert sofar.objective >= found.objective - 1e-6
