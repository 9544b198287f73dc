"""The same streets at another walking speed, without reading or cutting them again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planning.network.graph import StreetNetwork
from planning.network.routing import IMPASSABLE, contract
from planning.network.timing import edge_ms


def retimed(network: StreetNetwork, speed_m_s: float) -> StreetNetwork | None:
    """The network as it is built for a study that sets this speed on the flat [m/s].

    None for travellers whose speed is not of one piece: only who walks is as much faster on every
    street, on steps by the profile's share of it (`passage`).
    """
    before = network.profile
    if before.means != "foot":
        return None
    profile = before.at_speed(speed_m_s, source_zh="研究文件设定", source_en="set by the study")
    factor = before.steps.speed_factor
    becomes = {before.speed_m_s * factor: speed_m_s * factor, before.speed_m_s: speed_m_s}
    if not set(network.speeds_m_s) <= set(becomes):
        return None
    speeds_m_s = tuple(becomes[speed] for speed in network.speeds_m_s)
    on_line = np.array(speeds_m_s)[network.speed]
    forward_ms, backward_ms = (
        np.where(
            before_ms < IMPASSABLE, edge_ms(flat_um, on_line, network.extra_us), IMPASSABLE
        ).astype(np.int32)
        for before_ms, flat_um in (
            (network.forward_ms, network.flat_forward_um),
            (network.backward_ms, network.flat_backward_um),
        )
    )
    routing = contract(
        x_m=network.x_m,
        y_m=network.y_m,
        tail=network.tail,
        head=network.head,
        forward_ms=forward_ms,
        backward_ms=backward_ms,
        private=network.private,
        to_site=profile.direction == "to_site",
    )
    return replace(
        network,
        profile=profile,
        forward_ms=forward_ms,
        backward_ms=backward_ms,
        speeds_m_s=speeds_m_s,
        routing=routing,
    )
