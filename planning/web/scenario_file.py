"""A scenario as the page sends it: its outer form, its file for a task, its digest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from planning.provenance import digest_of

LONGEST_NAME = 100


def _printable(text: str) -> str:
    if not all(sign.isprintable() for sign in text):
        raise ValueError("one line of text")
    return text


Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_NAME),
    AfterValidator(_printable),
]


class ScenarioFile(BaseModel):
    """The file that `planning run --scenario FILE` takes; what it changes is read when it is used.

    `ground` is the digest of what the page was made from, `override` what is laid over the study.
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    format: Literal["planning-scenario/1"]
    study: Annotated[str, Field(max_length=64)]
    base: Annotated[str, Field(max_length=LONGEST_NAME)] | None = None
    ground: Annotated[str, Field(max_length=200)] = ""
    name: Name
    override: dict[str, Any]


def scenario_digest(scenario: Mapping[str, Any]) -> str:
    """Changes with whatever changes a figure; the scenario's name does not."""
    return digest_of({key: scenario.get(key) for key in ("base", "override")}, digits=32)


def write_scenario(scenario: Mapping[str, Any], folder: Path) -> Path:
    """The scenario as a file, for a task that takes it from there."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "scenario.json"
    text = json.dumps(scenario, ensure_ascii=False, allow_nan=False, indent=1)
    path.write_text(f"{text}\n", encoding="utf-8")
    return path
