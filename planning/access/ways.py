"""People on the network of one mode of travel, ready to be asked who reaches what."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planning.access.coverage import Coverage, coverage
from planning.network import Snaps, StreetNetwork, snap
from planning.travel import Audience, audience

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A network, and where the demand points stand on it."""

    network: StreetNetwork
    demand: Snaps
    crowd: Audience

    @classmethod
    def of(
        cls,
        network: StreetNetwork,
        x_m: Floats,
        y_m: Floats,
        *,
        max_snap_m: float,
        island_km: float,
    ) -> Way:
        """Demand points put on a network."""
        snaps = snap(network, x_m, y_m, max_snap_m=max_snap_m, island_km=island_km)
        return cls(network=network, demand=snaps, crowd=audience(network, snaps))

    def sites(self, x_m: Floats, y_m: Floats) -> Snaps:
        """Sites at `x_m`, `y_m` put on the network as the demand points were."""
        return snap(
            self.network,
            x_m,
            y_m,
            max_snap_m=self.demand.max_snap_m,
            island_km=self.demand.island_km,
        )

    def coverage(self, x_m: Floats, y_m: Floats, *, counting: Flags, limit_ms: int) -> Coverage:
        """Coverage by those of the sites at `x_m`, `y_m` that are `counting`, shape (sites,)."""
        sites = self.sites(x_m, y_m)
        return coverage(self.network, sites, self.crowd, counting=counting, limit_ms=limit_ms)
