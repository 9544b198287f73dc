"""What the names in a run's tables mean, so that its folder can be read without the study."""

from __future__ import annotations

from typing import Any

from planning.result import Town


def said_of(town: Town) -> dict[str, Any]:
    """Keys of `summary.json`: which document is in force, the number of the map's review, and
    what services, groups and clauses are called in both languages.
    """
    study = town.study
    return {
        "profile": town.profile.standard.short,
        "map_review_no": study.map_review_no or None,
        "services": {
            name: {"label": spec.label, "group": spec.group, "limit_min": float(spec.limit_min)}
            for name, spec in study.services.items()
        },
        "groups": {name: list(words) for name, words in study.labels.items()},
        "clauses": {
            clause.id: [clause.title_zh, clause.title_en]
            for profile in town.documents
            for clause in profile.clauses
        },
    }
