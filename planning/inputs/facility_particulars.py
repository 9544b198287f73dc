"""What else a register says of its facilities: who runs them, since when, grade, hub, traits."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from planning.facilities import NO, TRAITS, UNKNOWN, YES
from planning.inputs.tables.dates import read_year
from planning.inputs.tables.register import Register
from planning.inputs.vocabulary import meaning, vocabulary

Whole = npt.NDArray[np.int32]
_ALREADY = "已"


class Particulars(NamedTuple):
    """Particulars of the rows of a register, (n,) each, as `planning.facilities.Facilities`."""

    operator: list[str]
    opened_year: Whole
    tier_min: Whole
    grade: Whole
    hub: list[str]
    traits: dict[str, npt.NDArray[np.int8]]


def read_particulars(table: Register, ids: list[str]) -> Particulars:
    """The particulars of the rows with these ids; what cannot be read is unknown and told."""
    return Particulars(
        operator=_coded(table, "operator"),
        opened_year=years_of(table, "opened_year"),
        tier_min=_numbers(table, "tier_min", _code("tier_min")),
        grade=_numbers(table, "grade", _code("grade")),
        hub=_hubs(table, ids),
        traits={name: _trait(table, name) for name in TRAITS},
    )


def years_of(table: Register, field: str) -> Whole:
    """The year in each cell of a column, −1 where there is none; what is none is told."""
    return _numbers(table, field, read_year)


def _plain(said: str) -> str:
    """A cell in half width, "" where it says that it says nothing."""
    plain = unicodedata.normalize("NFKC", said).strip()
    return "" if meaning("cells", said) == "blank" or meaning("cells", plain) == "blank" else plain


def _coded(table: Register, section: str) -> list[str]:
    """A column of words as a section of the vocabulary means them; "" for unknown."""
    found = []
    for row, said in enumerate(table.text(section)):
        means = meaning(section, _plain(said))
        if means is None and _plain(said):
            table.doubt_cell(row, table.heading(section), said)
        found.append(means or "")
    return found


def _code(section: str) -> Callable[[str], int | None]:
    """How a word is read as the number it means in a section of the vocabulary."""

    def read(said: str) -> int | None:
        means = meaning(section, said)
        if means is None and said != "0":  # Shapefiles have no null
            raise ValueError(f"found {said}, expected a word of {section}")
        return None if means is None else int(means)

    return read


def _numbers(table: Register, field: str, read: Callable[[str], int | None]) -> Whole:
    """A column of whole numbers, −1 where there is none."""
    found = np.full(len(table), -1, dtype=np.int32)
    for row, said in enumerate(table.text(field)):
        plain = _plain(said).removesuffix(".0")  # once saved as a column with blanks
        try:
            number = read(plain) if plain else None
        except ValueError:
            table.doubt_cell(row, table.heading(field), said)
            continue
        found[row] = -1 if number is None else number
    return found


def _hubs(table: Register, ids: list[str]) -> list[str]:
    """The facility that runs each, "" where none does; it stands in the same register."""
    known = set(ids)
    found = []
    for row, said in enumerate(table.text("hub")):
        hub = "" if meaning("cells", said) == "blank" else said
        if hub and (hub not in known or hub == ids[row]):
            table.doubt(
                row,
                f"上级机构“{hub}”不是台账中的另一处，按没有计",
                f"a hub '{hub}' that is no other row of the register: taken for none",
            )
            hub = ""
        found.append(hub)
    return found


def _trait(table: Register, trait: str) -> npt.NDArray[np.int8]:
    """A column of yes and no, in these words or in the trait's own."""
    found = np.full(len(table), UNKNOWN, dtype=np.int8)
    for row, said in enumerate(table.text(trait)):
        plain = _plain(said)
        if not plain:
            continue
        value = _yes_or_no(trait, plain)
        if value == UNKNOWN:
            table.doubt_cell(row, table.heading(trait), said)
        found[row] = value
    return found


def _yes_or_no(trait: str, word: str) -> int:
    """Whether a facility has a trait by a word: 是, 普惠, 已备案; 否, 非普惠, 未备案, 闲置."""
    flag = meaning("flag", word)
    if flag is not None:
        return YES if flag == "yes" else NO
    words = vocabulary()["trait"]
    bare = word.removeprefix(_ALREADY)
    if bare in words[trait]:
        return YES
    denials = [word.removeprefix(denial) for denial in words["denied"] if word.startswith(denial)]
    denied = any(rest.removeprefix(_ALREADY) in words[trait] for rest in denials)
    return NO if denied or word in vocabulary()["trait_lacking"].get(trait, ()) else UNKNOWN
