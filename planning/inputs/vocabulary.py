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
