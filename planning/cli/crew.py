"""Who walks: this process, processes beside it, or a cluster elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planning.tiles import Pool


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """So many processes of this machine, or the workers of a scheduler; neither is this process."""

    workers: int | None = None
    scheduler: str | None = None

    @contextmanager
    def pool(self) -> Iterator[Pool | None]:
        """Those who walk, None where this process does; they are let go with the context.

        Raises ClusterError where they cannot be had.
        """
        if self.workers is None and self.scheduler is None:
            yield None
            return
        from planning import cluster

        opened = (
            cluster.workers(self.workers)
            if self.workers is not None
            else cluster.scheduler(str(self.scheduler))
        )
        with opened as pool:
            yield pool


ALONE = Crew()


def crew_of(workers: int | None, scheduler: str | None) -> Crew:
    """What the options say. Raises StudyError where they say both."""
    if workers is not None and scheduler is not None:
        from planning.errors import StudyError, fail

        raise fail(
            StudyError,
            "--workers, --scheduler",
            found=("两者同时给出", "both"),
            expected=("其一", "one of the two"),
            to_do=("去掉其一", "leave one"),
        )
    return Crew(workers=workers, scheduler=scheduler)
