"""A town whose walks are shared out among workers, by county."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from typing import Any

from planning.access import Way
from planning.result import Town
from planning.stages import Stages
from planning.tiles import Pool, TiledWay, ground_in, pieces
from planning.writers import Writer, removed


@contextmanager
def tiles(pool: Pool | None, stages: Stages) -> Iterator[Callable[[Town], Town]]:
    """Lets towns be walked by the workers of a pool; by this process alone where there is none.

    Their streets lie in files beside the `stages`, whose folder all workers see, and go with the
    context.
    """
    if pool is None or stages.folder is None:
        yield lambda town: town
        return
    stages.folder.mkdir(parents=True, exist_ok=True)
    with Writer(stages.folder) as writer:
        made = []

        def tiled(town: Town) -> Town:
            county = town.demand.place.get("county")
            tile = pieces(town.demand.x_m, town.demand.y_m, county)
            ways = {}
            for mode, way in town.ways.items():
                folder = writer.aside(f"streets-{mode}")
                made.append(folder)
                ground = ground_in(folder, way.network, way.demand, tile)
                ways[mode] = TiledWay(
                    **_plain(way), ground=ground, tile=tile, pool=pool, stages=stages
                )
            return replace(town, ways=ways)

        try:
            yield tiled
        finally:
            for folder in made:
                removed(folder)


def _plain(way: Way) -> dict[str, Any]:
    return {field.name: getattr(way, field.name) for field in fields(Way)}
