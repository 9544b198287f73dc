"""What the buildings of a register do: by their type, and by a column of functions beside it."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from planning.facilities import ELDER_FUNCTIONS
from planning.inputs.shortened import shortened
from planning.inputs.tables.register import Register
from planning.inputs.vocabulary import meaning, vocabulary
from planning.provenance import Note
from planning.standards.functions import building_functions

_BETWEEN = re.compile(r"[、,;|/+\s]+")
"""What parts one function from the next, in half width."""
_AND_SO_ON = re.compile(r"等?(?:服务|功能)?[。.]*$")
"""What a list may end in, and its last word mean the same."""

_NAMED = 6


def read_functions(
    table: Register, types: Sequence[str], own: Mapping[str, Sequence[str]]
) -> tuple[list[frozenset[str]], list[Note]]:
    """What every row does, and which words of its column of functions nobody knows.

    A type gives its functions, by the `own` ones of the study before the vocabulary's; the column
    adds to them and takes none away. A type nobody has explained is at fault; a word of the column
    is left out and told, for these are filled in freely.
    """
    known: Mapping[str, Sequence[str]] = {**vocabulary()["functions"], **own}
    found, unknown = [], Counter[str]()
    cells = table.text("functions")
    for row, (kind, said) in enumerate(zip(types, cells, strict=True)):
        if not kind:  # a sum or a remark below the table, as often as not
            table.reject(row, "没有类型", "no type", "设施类型", "the type of the facility")
        elif kind not in known:
            near = difflib.get_close_matches(kind, known, n=_NAMED, cutoff=0.4)
            named = near or shortened(list(known), most=_NAMED)
            table.fault(
                row,
                f"类型“{kind}”",
                f"type '{kind}'",
                f"词表中的类型，如 {'、'.join(named)}；或在 facilities.types 中说明其功能",
                f"a type among the words, such as {', '.join(named)}; or say in facilities.types "
                "what it does",
            )
        does, strange = _added(frozenset(known.get(kind, ())), said, known)
        found.append(building_functions().completed(does))
        unknown.update(strange)
    return found, list(_told(table, unknown))


def serves_the_old_alone(functions: Sequence[frozenset[str]]) -> npt.NDArray[np.bool_]:
    """Which buildings are for elder care, and do nothing that is for others, shape (n,)."""
    for_old = building_functions().for_old
    return np.array([bool(f & ELDER_FUNCTIONS) and f <= for_old for f in functions], dtype=bool)


def _added(
    does: frozenset[str], said: str, known: Mapping[str, Sequence[str]]
) -> tuple[frozenset[str], list[str]]:
    """What a building does with what a cell says added, and the words of it nobody knows."""
    strange, open_words = [], []
    for word in _words(said):
        means = _does(word, known)
        if means is not None:
            does |= means
        else:
            open_words.append(word)
    for word in open_words:  # these mean children where the building is not for the old
        for_old = _meaning(word, "does_for_old")
        if for_old is not None and does & building_functions().in_domain("elder_care"):
            does |= {for_old}
        elif for_old is None or "nursery" not in does:
            strange.append(word)
    return does, strange


def _words(said: str) -> list[str]:
    """The words of a cell, in half width; none where it says that it says nothing."""
    if meaning("cells", said) == "blank":
        return []
    plain = unicodedata.normalize("NFKC", said)
    return [word for word in _BETWEEN.split(plain) if _AND_SO_ON.sub("", word)]


def _does(word: str, known: Mapping[str, Sequence[str]]) -> frozenset[str] | None:
    """The functions a word means: one of its own, or those of a type; None if unknown."""
    means = _meaning(word, "does")
    if means is not None:
        return frozenset({means})
    return next((frozenset(known[form]) for form in _forms(word) if form in known), None)


def _meaning(word: str, section: str) -> str | None:
    return next((means for form in _forms(word) if (means := meaning(section, form))), None)


def _forms(word: str) -> tuple[str, ...]:
    """The word, and without what means the same: 助餐服务等 is 助餐."""
    ended = _AND_SO_ON.sub("", word)
    return word, word.removesuffix("服务"), ended, ended.removesuffix("服务")


def _told(table: Register, unknown: Counter[str]) -> Iterator[Note]:
    """Which words of the column of functions are left out."""
    if unknown:
        named = shortened([f"{word} {count}" for word, count in unknown.most_common()])
        yield Note(
            about=table.kind,
            zh=f"服务功能一列有 {len(unknown)} 个词不认识，不计：{'、'.join(named)}；"
            "可在词表的 does 一节补充",
            en=f"words of the column of functions that nobody knows and that do not count: "
            f"{len(unknown)} ({', '.join(named)}); they can be added to the words under `does`",
        )
