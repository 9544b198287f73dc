"""What of a study keeps siting from building something, told before it is solved."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from planning.provenance import Note
from planning.result import Town


def siting_remarks(town: Town) -> Iterator[Note]:
    """Services that candidates could host and of which the study does not say how to build one."""
    if town.study.siting is None or town.candidates is None:
        return
    for name, service in town.study.services.items():
        hosts = int(np.sum([name in one for one in town.candidates.services]))
        if not service.build and hosts:
            yield Note(
                about=f"services.{name}",
                zh=f"{service.label}没有写 build（新建规模参数）：选址不新建它，"
                f"{hosts:,} 个可设它的候选点不用于它",
                en=f"{service.label} has no build: siting builds none of it, though {hosts:,} "
                "candidates could host it",
            )
