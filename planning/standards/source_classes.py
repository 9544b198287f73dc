"""What each source of premises may host, by the documents that name it (STANDARDS F)."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Literal

from pydantic import BaseModel, ConfigDict
from ruamel.yaml import YAML

Kind = Literal["elder", "nursery"]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceClass(_Model):
    """One class: what registers call it, whether its plot can count, and who lets it host what."""

    id: str
    zh: str
    en: str
    words: tuple[str, ...]
    own_plot: Literal["may", "never"]
    premises: Literal["free", "public", "own", "market"]
    may: dict[Kind, tuple[str, ...]]


class NurseryFloors(_Model):
    """The storeys a nursery may lie on, both included, and where that is from."""

    lowest: int
    highest: int
    source: str


class SourceClasses(_Model):
    """All classes, and which services are of which kind."""

    kinds: dict[Kind, tuple[str, ...]]
    nursery_floors: NurseryFloors
    classes: tuple[SourceClass, ...]

    def of_word(self, word: str) -> SourceClass | None:
        """The class a register's word means, or None."""
        return next((found for found in self.classes if word in found.words), None)

    def services(self, source: SourceClass) -> frozenset[str]:
        """The services a class may host."""
        return frozenset(name for kind in source.may for name in self.kinds[kind])


@cache
def source_classes() -> SourceClasses:
    """The classes as the data file lists them."""
    text = (resources.files("planning.standards") / "source_classes.yaml").read_text("utf-8")
    return SourceClasses.model_validate(YAML(typ="safe", pure=True).load(text))
