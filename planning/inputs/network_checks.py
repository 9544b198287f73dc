"""Whether a network is that of the town: who lives there and what stands there is on it."""

from __future__ import annotations

import numpy as np

from planning.errors import InputError, fail
from planning.network import Snaps, StreetNetwork

_FEW = 0.5


def check_network(
    name: str,
    network: StreetNetwork,
    demand: Snaps,
    facilities: Snaps,
    candidates: Snaps | None,
) -> None:
    """Refuse a network that people, facilities or candidates do not stand on, or not on one part.

    `name` is that of its file. Raises InputError.
    """
    if not demand.on_network.any():
        raise fail(
            InputError,
            f"network: {name}",
            found=(
                f"没有居民在任何道路的 {demand.max_snap_m:g} 米以内",
                f"no inhabitant within {demand.max_snap_m:g} m of any street",
            ),
            expected=("与人口重叠的步行路网", "a walking network that overlaps the population"),
            to_do=("检查路网范围与坐标系", "check the network's extent and CRS"),
        )
    if len(facilities) and not facilities.on_network.any():
        if np.mean(demand.on_network) < _FEW:
            raise _elsewhere(name, demand)
        raise fail(
            InputError,
            "facilities",
            found=(
                f"没有设施在任何道路的 {demand.max_snap_m:g} 米以内",
                f"no facility within {demand.max_snap_m:g} m of any street",
            ),
            expected=("与路网重叠的设施", "facilities that overlap the network"),
            to_do=(
                "检查 facilities.coords（可写 auto，由程序判定）",
                "check facilities.coords (auto: it is found out)",
            ),
        )
    if candidates is not None and len(candidates) and not candidates.on_network.any():
        raise fail(
            InputError,
            "candidates",
            found=(
                f"没有候选点在任何道路的 {demand.max_snap_m:g} 米以内",
                f"no candidate within {demand.max_snap_m:g} m of any street",
            ),
            expected=("与路网重叠的候选点", "candidates that overlap the network"),
            to_do=(
                "检查 candidates.coords（可写 auto，由程序判定）",
                "check candidates.coords (auto: it is found out)",
            ),
        )
    served = set(facilities.component(network))
    if candidates is not None:
        served |= set(candidates.component(network))
    lived = set(demand.component(network))
    if (served - {-1}) and not (served & lived) - {-1}:
        raise fail(
            InputError,
            f"network: {name}",
            found=(
                f"路网分为 {network.n_components} 块，居民所在的块上没有任何设施或候选点",
                f"{network.n_components} separate parts, none with both inhabitants and a facility "
                "or candidate",
            ),
            expected=("居民能沿路网走到设施", "streets that connect people with facilities"),
            to_do=("补全断开的道路或换用完整的路网", "mend the gaps or take a complete network"),
        )


def _elsewhere(name: str, demand: Snaps) -> Exception:
    """Neither people nor facilities stand on the network: it is the network that is wrong."""
    share = float(np.mean(demand.on_network))
    return fail(
        InputError,
        f"network: {name}",
        found=(
            f"只有 {share:.1%} 的人口格在道路 {demand.max_snap_m:g} 米以内，且没有一处设施",
            f"{share:.1%} of the inhabited cells within {demand.max_snap_m:g} m of a street, and "
            "no facility",
        ),
        expected=("覆盖研究范围的步行路网", "a walking network that covers the area"),
        to_do=("补全断开的道路或换用完整的路网", "mend the gaps or take a complete network"),
    )
