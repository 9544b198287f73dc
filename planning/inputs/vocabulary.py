"""The words of registers: ours, as the vocabulary file lists them, under those of the study."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib import resources
from typing import Any

from ruamel.yaml import YAML

Vocabulary = dict[str, Any]

BY_MEANING = (
    "level", "status", "cells", "sex", "residential_status", "town", "building_use", "flag", "does",
    "does_for_old", "zone", "form", "form_in_name", "operator", "tier_min", "grade", "trait",
    "trait_lacking",
)  # fmt: skip
"""Sections of ``meaning: [words]``; `columns` are the same, by table; others: ``word: meaning``."""

_IN_FORCE: ContextVar[Vocabulary | None] = ContextVar("words in force", default=None)


def vocabulary() -> Vocabulary:
    """The whole vocabulary, by section."""
    return _IN_FORCE.get() or our_words()


@contextmanager
def in_force(words: Vocabulary) -> Iterator[None]:
    """Tables are read in these words; they lie below every reader, from headings to statuses."""
    before = _IN_FORCE.set(words)
    try:
        yield
    finally:
        _IN_FORCE.reset(before)


@cache
def our_words() -> Vocabulary:
    """The vocabulary of the package."""
    text = (resources.files("planning.inputs") / "vocabulary.yaml").read_text(encoding="utf-8")
    words: Vocabulary = YAML(typ="safe", pure=True).load(text)
    return words


def column_words(table: str) -> dict[str, list[str]]:
    """Known column names of one table, by our field."""
    words: dict[str, list[str]] = vocabulary()["columns"][table]
    return words


def meaning(section: str, word: str) -> str | None:
    """What a register's word means in a section of ``meaning: [words]``; None if unknown."""
    return next((m for m, words in vocabulary()[section].items() if word in words), None)


def words_of(section: str) -> str:
    """All words a section knows, to show to a user."""
    known = vocabulary()[section]
    words = [w for listed in known.values() for w in listed] if section in BY_MEANING else known
    return "、".join(word for word in words if word)
