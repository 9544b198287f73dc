"""What of a study keeps siting from building or changing something, told before it is solved."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from planning.buildable import changes_of
from planning.provenance import Note
from planning.result import Town
from planning.siting.changes import changeable


def siting_remarks(town: Town) -> Iterator[Note]:
    """Changes that fit nothing, and services of which the study does not say how to build one."""
    if town.study.siting is None:
        return
    for change in changes_of(town.study):
        if not changeable(town.facilities, change):
            yield Note(
                about=f"services.{change.service}.change.{change.name}",
                zh="没有一处现有设施可作此改变：台账中没有符合 which 的，或没有写明可改的数量",
                en="no facility can be changed so: the register lists none that is as `which` "
                "says, or does not say how much there is to change",
            )
    if town.candidates is None:
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
