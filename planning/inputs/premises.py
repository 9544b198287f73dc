"""What a register of premises says of each, and what is assumed where it is silent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from planning.facilities import ASSUMABLE, Candidates
from planning.inputs.shortened import shortened
from planning.inputs.tables.register import Register
from planning.inputs.vocabulary import vocabulary, words_of
from planning.provenance import Note
from planning.study import AssumedPremises

Floats = npt.NDArray[np.float64]

_YUAN_PER_WAN = 10_000
_NEEDED = ("floor_m2", "services", "yuan_per_m2")
_BETWEEN_SERVICES = str.maketrans({"、": "|", ",": "|", "，": "|", ";": "|", "；": "|", "/": "|"})


class Premises(NamedTuple):
    """The rows of a register, shape (n,) each; `assumed` as in `planning.facilities.Candidates`.

    `unpriced` have no fixed cost, not even an assumed one: it counts as 0.
    """

    source_classes: list[str]
    services: list[frozenset[str]]
    floor_m2: Floats
    yuan_per_m2: Floats
    fixed_yuan: Floats
    assumed: list[frozenset[str]]
    unpriced: list[bool]


def needed_fields(assume: AssumedPremises | None) -> tuple[str, ...]:
    """The columns a register must have: those of which nothing is assumed."""
    return tuple(field for field in _NEEDED if _assumption(assume, field) is None)


def _assumption(assume: AssumedPremises | None, field: str) -> object:
    """What is assumed of a field; None where nothing is."""
    value = getattr(assume, field, None)
    return None if value == () else value


def read_premises(table: Register, assume: AssumedPremises | None) -> Premises:
    """What the register says, with what is assumed in the place of missing columns and blanks."""
    silent: dict[str, list[bool]] = {}
    for field in ASSUMABLE[1:]:
        column = "fixed_wan" if field == "fixed_yuan" else field
        if _assumption(assume, field) is not None:
            silent[field] = table.blank(column)
    words = table.text("source_class", "")
    if assume is not None:
        words = [word or assume.source_class for word in words]
    fixed_yuan = table.number("fixed_wan", 0.0) * _YUAN_PER_WAN
    unpriced = table.blank("fixed_wan")
    if assume is not None and assume.fixed_yuan is not None:
        fixed_yuan = np.where(unpriced, assume.fixed_yuan, fixed_yuan)
        unpriced = [False] * len(table)
    return Premises(
        source_classes=words,
        services=_services(table, frozenset(assume.services if assume else ())),
        floor_m2=table.number("floor_m2", assume.floor_m2 if assume else None),
        yuan_per_m2=table.number("yuan_per_m2", assume.yuan_per_m2 if assume else None),
        fixed_yuan=fixed_yuan,
        assumed=[
            frozenset(field for field, rows in silent.items() if rows[row])
            for row in range(len(table))
        ],
        unpriced=unpriced,
    )


def _services(table: Register, assumed: frozenset[str]) -> list[frozenset[str]]:
    """Services each candidate may host, from words such as 养老|托育; `assumed` for a blank."""
    known = vocabulary()["services"]
    found = []
    for row, said in enumerate(table.text("services")):
        if assumed and not said:
            found.append(assumed)
            continue
        if not said:
            table.reject(row, "没有可设服务", "no service", "可设服务", "what it may host")
            found.append(frozenset())
            continue
        words = [word.strip() for word in said.translate(_BETWEEN_SERVICES).split("|")]
        for word in words:
            if word not in known:
                listed = words_of("services")
                table.fault(row, f"服务“{word}”", f"service '{word}'", listed, listed)
        found.append(frozenset(known.get(word, "") for word in words))
    return found


def assumptions_told(candidates: Candidates, assume: AssumedPremises | None) -> Iterator[Note]:
    """For each field how many candidates have it from an assumption, and where that is from."""
    if assume is None:
        return
    for field, zh, en in _in_words(assume):
        count = sum(field in fields for fields in candidates.assumed)
        if count:
            yield Note(
                about="candidates",
                zh=f"{count:,} 处台账未载，{zh}（假定）；假定出处：{assume.source}",
                en=f"{count:,} of which the register is silent: {en} (assumed), after: "
                f"{assume.source}",
            )


def unpriced_told(ids: Sequence[str]) -> Iterator[Note]:
    """The candidates of which nobody says a fixed cost."""
    if ids:
        named = "、".join(shortened(ids))
        yield Note(
            about="candidates",
            zh=f"{len(ids):,} 处没有固定成本，按 0 计：{named}；"
            "可写入台账，或在 candidates.assume.fixed_yuan 假定",
            en=f"{len(ids):,} without a fixed cost, which counts as 0: {named}; say it in the "
            "register, or assume one as candidates.assume.fixed_yuan",
        )


def _in_words(assume: AssumedPremises) -> Iterator[tuple[str, str, str]]:
    """Every field of which something is assumed: its name and what, in two languages."""
    word = assume.source_class
    yield "source_class", f"来源类别按“{word}”", f"taken for '{word}'"
    if assume.services:
        services = "、".join(assume.services)
        yield (
            "services",
            f"可设服务按 {services}，限其来源类别所许",
            f"they may host {services}, as far as their source may",
        )
    for field, zh, en in (
        ("floor_m2", "建筑面积按 {:,g} 平方米", "{:,g} m2 of floor"),
        ("yuan_per_m2", "改造单价按每平方米 {:,g} 元", "{:,g} yuan per m2"),
        ("fixed_yuan", "固定成本按 {:,g} 元", "{:,g} yuan fixed"),
    ):
        value = getattr(assume, field)
        if value is not None:
            yield field, zh.format(value), en.format(value)
