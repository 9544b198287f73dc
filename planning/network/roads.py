"""Roads as a reader gives them: lines over shared nodes, with the tags that decide who may pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

UNTAGGED = -1

TAG_KEYS = (
    "highway", "access", "foot", "sidewalk", "wheelchair", "bicycle", "vehicle", "motor_vehicle",
    "motorcar", "motorroad", "oneway", "oneway:bicycle", "oneway:foot", "junction", "area",
    "service", "footway", "path", "cycleway", "crossing", "ramp", "ramp:stroller",
    "ramp:wheelchair", "ramp:bicycle", "conveying", "bridge", "tunnel", "layer", "indoor", "level",
    "maxspeed", "barrier", "locked", "entrance",
)  # fmt: skip
"""The OSM keys that any profile looks at; readers keep these and drop all others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """What was left out, why, how often, and the first few by name, so that nothing goes silently.

    `reason` is a key of `inputs.remarks`, which says it in both languages.
    """

    reason: str
    count: int
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Roads:
    """Lines of every kind of road, before anybody is asked who may use them.

    `lon`, `lat` [degrees, WGS 84], shape (n,). Line k runs over ``nodes[starts[k]:starts[k + 1]]``
    in the direction it was mapped; lines meet where they share a node, and nowhere else.
    `line_tags` (k,) and `node_tags` (n,) point into `tag_sets`, −1 for a node without tags.
    `line_ids` (k,) are the ids in the source (OSM way ids), for naming a line to the user.
    """

    lon: Floats
    lat: Floats
    nodes: Ints
    starts: Longs
    line_tags: Ints
    node_tags: Ints
    tag_sets: tuple[Mapping[str, str], ...]
    line_ids: Longs
    set_aside: tuple[SetAside, ...] = ()

    @property
    def n_lines(self) -> int:
        """Number of lines."""
        return len(self.starts) - 1

    @classmethod
    def from_runs(
        cls,
        lon: npt.ArrayLike,
        lat: npt.ArrayLike,
        runs: Sequence[Sequence[int]],
        *,
        tags: Sequence[Mapping[str, str]] | Mapping[str, str],
        node_tags: Mapping[int, Mapping[str, str]] | None = None,
        line_ids: Sequence[int] | None = None,
        set_aside: tuple[SetAside, ...] = (),
    ) -> Roads:
        """Roads from plain lists: `runs` of node numbers, one set of tags for all or one each."""
        each = [tags] * len(runs) if isinstance(tags, Mapping) else list(tags)
        at_nodes = node_tags or {}
        number: dict[tuple[tuple[str, str], ...], int] = {}

        def index(found: Mapping[str, str]) -> int:
            return number.setdefault(tuple(sorted(found.items())), len(number))

        of_line = [index(found) for found in each]
        of_node = np.full(np.size(lon), UNTAGGED, dtype=np.int32)
        for node, found in at_nodes.items():
            of_node[node] = index(found)
        return cls(
            lon=np.asarray(lon, dtype=np.float64),
            lat=np.asarray(lat, dtype=np.float64),
            nodes=np.array([node for run in runs for node in run], dtype=np.int32),
            starts=np.cumsum([0, *map(len, runs)]).astype(np.int64),
            line_tags=np.array(of_line, dtype=np.int32),
            node_tags=of_node,
            tag_sets=tuple(dict(key) for key in number),
            line_ids=np.array(
                range(1, len(runs) + 1) if line_ids is None else line_ids, dtype=np.int64
            ),
            set_aside=set_aside,
        )
