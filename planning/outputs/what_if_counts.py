"""How much of a run is hypothetical, for ``summary.json``."""

from __future__ import annotations

from typing import Any

from planning.result import Town


def what_if_counts(town: Town) -> dict[str, Any] | None:
    """How much of a hypothetical present differs from what is; None where nothing does."""
    what_if, cost = town.study.what_if, town.added_cost
    if what_if is None:
        return None
    edits = ("added", "moved", "removed", "resized", "closed_streets", "areas")
    return {
        **{name: len(getattr(what_if, name)) for name in edits},
        "yuan": 0.0 if cost is None else cost.yuan,
        "yuan_unknown": 0 if cost is None else cost.unknown,
    }
