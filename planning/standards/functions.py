"""What buildings do: the closed list of functions the documents ask about (STANDARDS A-11)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator
from ruamel.yaml import YAML

Domain = Literal[
    "elder_care", "meals", "nursery", "kindergartens", "training", "elder_education",
    "grass_roots_health", "hospitals", "wellness", "community", "mother_rooms", "elder_goods",
    "employers",
]  # fmt: skip


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DomainNames(_Model):
    """What a domain is called."""

    zh: str
    en: str


class Function(_Model):
    """One function: its names, its domain, and what it says of a building besides.

    A building with it has the function `kind_of` too, where it names one; `for_old` says whether
    it serves the old alone.
    """

    id: str
    zh: str
    en: str
    domain: Domain
    kind_of: str | None = None
    for_old: bool = False


class BuildingFunctions(_Model):
    """All functions, in the order of the data file."""

    domains: dict[Domain, DomainNames]
    functions: tuple[Function, ...]

    @model_validator(mode="after")
    def _is_closed(self) -> Self:
        ids = [function.id for function in self.functions]
        if len(set(ids)) < len(ids):
            raise ValueError("found an id twice, expected one entry a function")
        stray = {function.kind_of for function in self.functions} - {None, *ids}
        if stray:
            raise ValueError(f"found kind_of {sorted(map(str, stray))}, expected ids of the list")
        return self

    @property
    def ids(self) -> tuple[str, ...]:
        """The id of every function."""
        return tuple(function.id for function in self.functions)

    def of_id(self, function_id: str) -> Function | None:
        """The function of that id; None for one of a study's own."""
        return next((found for found in self.functions if found.id == function_id), None)

    def domains_of(self, does: Iterable[str]) -> frozenset[str]:
        """The domains that functions belong to; those of a study's own belong to none."""
        found = (self.of_id(function_id) for function_id in does)
        return frozenset(function.domain for function in found if function)

    def in_domain(self, domain: Domain) -> frozenset[str]:
        """The ids of one domain."""
        return frozenset(found.id for found in self.functions if found.domain == domain)

    @property
    def for_old(self) -> frozenset[str]:
        """The ids of functions that serve the old alone."""
        return frozenset(found.id for found in self.functions if found.for_old)

    def completed(self, does: Iterable[str]) -> frozenset[str]:
        """What a building does, with the broad functions that what is said of it amounts to."""
        said = frozenset(does)
        found = (self.of_id(function_id) for function_id in said)
        return said | {function.kind_of for function in found if function and function.kind_of}


@cache
def building_functions() -> BuildingFunctions:
    """The functions as the data file lists them."""
    text = (resources.files("planning.standards") / "functions.yaml").read_text("utf-8")
    return BuildingFunctions.model_validate(YAML(typ="safe", pure=True).load(text))
