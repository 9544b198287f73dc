"""Streets that a scenario closes, for every mode of travel alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from planning.inputs.what_if.ground import Edits
from planning.network import StreetNetwork
from planning.network.closing import without_lines

_SHOWN = 5


def closed(
    edits: Edits, lines: Sequence[int], networks: Mapping[str, StreetNetwork]
) -> Mapping[str, StreetNetwork]:
    """The networks without these lines; a line that none of them has is a fault."""
    if not lines:
        return networks
    known = np.unique(np.concatenate([network.line for network in networks.values()]))
    is_known = np.isin(np.array(lines, dtype=np.int64), known)
    for n in np.flatnonzero(~is_known).tolist():
        such = ", ".join(map(str, known[:_SHOWN].tolist()))
        edits.wrong(
            ("closed_streets", n),
            (f"没有编号为 {lines[n]} 的道路", f"no street {lines[n]}"),
            (f"路网中线的编号，如 {such}", f"the id of a line of the network, such as {such}"),
        )
    left = {mode: without_lines(network, set(lines)) for mode, network in networks.items()}
    for mode, network in left.items():
        if not network.n_edges:
            edits.wrong(
                ("closed_streets",),
                (f"全部道路（{mode}）", f"every street ({mode})"),
                ("至少留一条道路", "one street left at least"),
            )
    return left
