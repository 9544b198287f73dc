"""New or built: which of the two nursery clauses a residential area answers to (STANDARDS A-3)."""

from __future__ import annotations

from datetime import date

from planning.area import Status, StatusBy


def status_of(
    *, planned: bool | None, dated: date | None, old_town: bool, new_since: date
) -> tuple[Status, StatusBy]:
    """What an area is, and what decides it.

    `planned` says whether it is planned or under construction, None where nobody says; `dated` is
    the day its land was granted or permitted. Old town is always held to the lower figure. Else
    either makes it new: to be planned still, or land of `new_since` or later.
    """
    if old_town:
        return "built", "old_town"
    if planned:
        return "new", "status"
    if dated is not None and dated >= new_since:
        return "new", "date"
    return "built", "date" if planned is None else "status"
