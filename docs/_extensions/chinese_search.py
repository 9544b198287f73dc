"""Searching Chinese without a dictionary: every two signs side by side are a word.

What Sphinx brings needs one, and drops Chinese where it is not installed.
"""

from __future__ import annotations

import re

from sphinx.application import Sphinx
from sphinx.search import SearchLanguage

_PIECES = re.compile(r"[\u3400-\u9fff]+|[A-Za-z0-9_]+")
_CHINESE = re.compile(r"[\u3400-\u9fff]")


def pairs(text: str) -> list[str]:
    """The words of a text: Chinese by every two signs, a sign by itself as it is."""
    found = []
    for piece in _PIECES.findall(text):
        chinese = _CHINESE.match(piece) and len(piece) > 1
        found += [piece[i : i + 2] for i in range(len(piece) - 1)] if chinese else [piece]
    return found


class PairedChinese(SearchLanguage):
    """Chinese by pairs of signs, other words as they are; the page splits its queries likewise."""

    lang = "zh-pairs"
    language_name = "Chinese"
    js_stemmer_code = "var Stemmer = function () { this.stemWord = (word) => word; };"
    js_splitter_code = r"""
function splitQuery(query) {
  const found = [];
  for (const piece of query.match(/[\u3400-\u9fff]+|[A-Za-z0-9_]+/g) || []) {
    if (/[\u3400-\u9fff]/.test(piece) && piece.length > 1)
      for (let i = 0; i + 1 < piece.length; i++) found.push(piece.slice(i, i + 2));
    else found.push(piece);
  }
  return found;
}
"""

    def split(self, input: str) -> list[str]:
        """The words of a text."""
        return pairs(input)

    def word_filter(self, word: str) -> bool:
        """Every word is kept: two signs are few enough."""
        return bool(word)

    def stem(self, word: str) -> str:
        """As it is, in small letters."""
        return word.lower()


def setup(app: Sphinx) -> dict[str, object]:
    """Register the language that conf.py asks for."""
    app.add_search_language(PairedChinese)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
