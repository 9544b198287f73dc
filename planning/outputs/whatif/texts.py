"""Sentences that the page carries once each, by number."""

from __future__ import annotations


class Texts:
    """Pairs (中文, English), numbered as they come; one that comes again has its number."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []
        self._numbers: dict[tuple[str, str], int] = {}

    def number(self, text: tuple[str, str]) -> int:
        """The number of a text; −1 of one that says nothing."""
        if not any(text):
            return -1
        if text not in self._numbers:
            self._numbers[text] = len(self.said)
            self.said.append(text)
        return self._numbers[text]
