"""What a layer says of its planning units: urban or rural, street or town, in our words."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from planning.area import ATTRIBUTES, FORMS, INHERITED, LEVELS
from planning.inputs.vocabulary import meaning, vocabulary

Said = Mapping[str, tuple[str, ...]]
"""A column of the layer by our name, one word a row; columns that are not there are absent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRows:
    """The rows of a layer of units, (n,) each; a level nobody knows stands as it is written."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    levels: tuple[str, ...]
    parents: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributes:
    """What is known of the rows, (n,) each by `planning.area.ATTRIBUTES`.

    `unknown` counts the words nobody knows by attribute, `inferred` the forms that only the names
    of units say.
    """

    values: dict[str, tuple[str, ...]]
    unknown: Mapping[str, Counter[str]]
    inferred: int


def attributes_of(rows: UnitRows, said: Said) -> Attributes:
    """The attributes of all rows.

    A blank, or a word nobody knows, takes what the unit above says, where the attribute is one that
    a unit shares with its parent (`planning.area.INHERITED`); the form of a unit is read from its
    name (…街道, …镇, …村委会).
    """
    values: dict[str, tuple[str, ...]] = {}
    unknown: dict[str, Counter[str]] = {}
    for attribute in ATTRIBUTES:
        words = said.get(attribute, ("",) * len(rows))
        means = _meaning_of(attribute)
        strange = Counter[str]()
        found = []
        for word, level in zip(words, rows.levels, strict=True):
            value = means(word, level)
            if value is None and word and meaning("cells", word) != "blank":
                strange[word] += 1
            found.append(value or "")
        values[attribute] = tuple(found)
        unknown[attribute] = strange
    before = values["form"]
    values["form"] = tuple(
        form or form_in_name(name, level)
        for form, name, level in zip(before, rows.names, rows.levels, strict=True)
    )
    inferred = sum(was != now for was, now in zip(before, values["form"], strict=True))
    for attribute in INHERITED:
        values[attribute] = _inherited(values[attribute], rows)
    told = {attribute: words for attribute, words in unknown.items() if words}
    return Attributes(values=values, unknown=told, inferred=inferred)


def form_in_name(name: str, level: str) -> str:
    """The form that the official suffix of a name says, the longest that fits; "" where none."""
    plain = unicodedata.normalize("NFKC", name).strip()
    fits = [
        (len(suffix), form)
        for form in FORMS.get(level, ())
        for suffix in vocabulary()["form_in_name"][form]
        if plain.endswith(suffix) and len(plain) > 1
    ]
    return max(fits, default=(0, ""))[1]


def _meaning_of(attribute: str) -> Callable[[str, str], str | None]:
    """How a word of a column is read at a level: its value, "" for no matter, None if unknown."""

    def form(word: str, level: str) -> str | None:
        if level not in FORMS:  # provinces and cities have none to tell apart
            return ""
        means = _section("form", word)
        return means if means in FORMS[level] else None

    if attribute == "form":
        return form
    section = attribute if attribute in vocabulary() else "flag"
    return lambda word, _level: _section(section, word)


def _section(section: str, word: str) -> str | None:
    return meaning(section, unicodedata.normalize("NFKC", word).strip())


def _inherited(values: Sequence[str], rows: UnitRows) -> tuple[str, ...]:
    """The values, with that of the unit above where there is none, top down."""
    found = list(values)
    at = {unit: row for row, unit in enumerate(rows.ids)}
    for row in _top_down(rows):
        above = at.get(rows.parents[row])
        if not found[row] and above is not None:
            found[row] = found[above]
    return tuple(found)


def _top_down(rows: UnitRows) -> Iterator[int]:
    for level in LEVELS:
        yield from (row for row in range(len(rows)) if rows.levels[row] == level)
