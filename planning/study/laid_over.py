"""The scenario file that a study was read with, laid over what the study itself says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class LaidOver:
    """Which file it was, what the scenario is called, and over what it was laid.

    `sha256` is that of the file's bytes. `base` is the scenario of the study that came first, None
    where it was the study itself; `ground` the digest of what it was made from
    (`run_record.ground_digest`), "" where it does not say. `under` holds every key of the study
    that it changes, as it was before, as plain JSON.
    """

    file: str
    sha256: str
    name: str
    base: str | None
    ground: str
    under: Mapping[str, Any]
