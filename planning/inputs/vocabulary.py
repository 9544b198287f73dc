"""The words of registers, as the vocabulary file lists them."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

from ruamel.yaml import YAML


@cache
def vocabulary() -> dict[str, Any]:
    """The whole vocabulary, by section."""
    text = (resources.files("planning.inputs") / "vocabulary.yaml").read_text(encoding="utf-8")
    words: dict[str, Any] = YAML(typ="safe", pure=True).load(text)
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
    words = [w for listed in known.values() for w in listed] if _is_by_meaning(known) else known
    return "、".join(word for word in words if word)


def _is_by_meaning(section: dict[str, Any]) -> bool:
    """Whether a section reads ``meaning: [words]`` rather than ``word: meaning``."""
    return all(isinstance(listed, list) for listed in section.values())
