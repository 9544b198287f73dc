"""People on the network of one mode of travel, ready to be asked who reaches what."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planning.access.coverage import Coverage, by_two_nearest
from planning.network import Snaps, StreetNetwork, snap
from planning.progress import Progress
from planning.travel import Audience, Nearest, Reach, audience, nearest_k, reach

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
        return self.coverage_by(self.sites(x_m, y_m), counting=counting, limit_ms=limit_ms)

    def coverage_by(self, sites: Snaps, *, counting: Flags, limit_ms: int) -> Coverage:
        """Coverage by the two nearest of the sites that are `counting`, shape (sites,).

        The site numbers of the result refer to all of `sites`.
        """
        rows = np.flatnonzero(counting & sites.on_network)
        found = self.nearest_k(sites.take(rows), k=2)
        on_network = self.crowd.on_network
        return by_two_nearest(found, rows, on_network=on_network, limit_ms=limit_ms)

    def nearest_k(self, sites: Snaps, *, k: int) -> Nearest:
        """The k nearest of the sites for every demand point, however far; see `travel.nearest`."""
        return nearest_k(self.network, sites, self.crowd, k=k)

    def reach(
        self,
        sites: Snaps,
        *,
        limit_ms: int,
        max_memory_bytes: int | None = None,
        progress: Progress | None = None,
    ) -> Reach:
        """Every demand point within the limit [ms] of every site; see `travel.reach`."""
        return reach(
            self.network,
            sites,
            self.crowd,
            limit_ms=limit_ms,
            max_memory_bytes=max_memory_bytes,
            progress=progress,
        )
