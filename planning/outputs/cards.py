"""The scorecards of a run, one a document, with what lies above each unit and who asks most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from planning.area import LEVELS, RESIDENTIAL
from planning.outputs.frames.results import frame_of
from planning.result import StudyResult
from planning.standards import Profile
from planning.standards.accounts import Accounts
from planning.standards.printed import when_words
from planning.standards.scorecard import (
    Comparison,
    Rank,
    Row,
    rank,
    row_key,
    scorecard,
    strictest,
)

UnitKey = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cards:
    """The lines of every document, in the order shown; what several documents ask; what lies where.

    `above` holds for every unit, by level and id, the units it lies in, the largest first.
    `compared` finds for a line (document, clause, level, unit) the comparison it is part of.
    """

    cards: tuple[tuple[Profile, tuple[Row, ...]], ...]
    comparisons: tuple[Comparison, ...]
    above: Mapping[UnitKey, tuple[UnitKey, ...]]
    compared: Mapping[tuple[str, str, str, str], int]

    def comparison(self, row: Row) -> Comparison | None:
        """What the documents ask in the matter of a line; None where only one speaks of it."""
        at = self.compared.get(row_key(row))
        return None if at is None else self.comparisons[at]

    def rank(self, row: Row) -> Rank:
        """Where a line stands among what several documents ask; "" where only one does."""
        return rank(row, self.comparison(row))


def cards_of(result: StudyResult) -> Cards:
    """The scorecards of a run as things stand."""
    cards = tuple(
        (profile, scorecard(result.findings_of(profile), profile))
        for profile in result.town.documents
    )
    # Norms outside the documents ask nothing of anybody.
    comparisons = strictest([rows for one, rows in cards if not one.standard.outside])
    return Cards(
        cards=cards,
        comparisons=comparisons,
        above=_above(result),
        compared={row_key(row): at for at, c in enumerate(comparisons) for row in c.rows},
    )


def _above(result: StudyResult) -> Mapping[UnitKey, tuple[UnitKey, ...]]:
    """The units that each unit lies in, by borders."""
    area = result.town.area
    accounts = Accounts(result.situation, result.town.profile.readings)
    ids = {level.level: level.ids for level in area.levels}
    if area.residential is not None:
        ids[RESIDENTIAL] = area.residential.ids
    order = [*LEVELS, RESIDENTIAL]
    found: dict[UnitKey, tuple[UnitKey, ...]] = {}
    for level, units in ids.items():
        uppers = [name for name in order[: order.index(level)] if name in ids]
        lies_in = {upper: accounts.ancestors(level, upper) for upper in uppers}
        for at, unit_id in enumerate(units):
            found[level, unit_id] = tuple(
                (upper, ids[upper][lies_in[upper][at]])
                for upper in uppers
                if lies_in[upper][at] >= 0
            )
    return found


def names_of(result: StudyResult) -> Mapping[UnitKey, str]:
    """The name of every unit by level and id; its id where it has none."""
    area = result.town.area
    found = {
        (level.level, unit_id): name or unit_id
        for level in area.levels
        for unit_id, name in zip(level.ids, level.names, strict=True)
    }
    if area.residential is not None:
        pairs = zip(area.residential.ids, area.residential.names, strict=True)
        found |= {(RESIDENTIAL, unit_id): name or unit_id for unit_id, name in pairs}
    return found


def scorecard_frame(result: StudyResult, cards: Cards) -> pd.DataFrame:
    """The scorecards as one table, in the columns that `planning.tables` promises."""
    names = names_of(result)
    rows = [
        _line(row, cards, [names[unit] for unit in cards.above.get(_unit(row), ())])
        for _, card in cards.cards
        for row in card
    ]
    return frame_of("scorecard", rows)


def _unit(row: Row) -> UnitKey:
    return row.finding.level, row.finding.unit_id


def _line(row: Row, cards: Cards, above: Sequence[str]) -> dict[str, object]:
    found, clause = row.finding, row.clause
    comparison = cards.comparison(row)
    return {
        "profile": found.profile,
        "level": found.level,
        "unit_id": found.unit_id,
        "unit_name": found.unit_name,
        "within": " ▸ ".join(above),
        "clause_id": found.clause_id,
        "title": clause.title_zh,
        "service": clause.service,
        "role": found.role,
        "via": found.via,
        "current": row.current[0],
        "target": row.target[0],
        "shortfall": row.gap[0],
        "verdict": found.verdict,
        "measured": None if found.measured is None else float(found.measured),
        "required": None if found.required is None else float(found.required),
        "gap": None if found.gap is None else float(found.gap),
        "unit": found.unit,
        "due": when_words(clause)[0],
        "due_year": clause.year,
        "strictest": cards.rank(row),
        "asked": "" if comparison is None else asked_words(comparison)[0],
        "document": found.document,
        "article": found.article,
        "quote": clause.quote,
        "because_zh": found.because_zh,
        "because_en": found.because_en,
    }


def asked_words(comparison: Comparison) -> tuple[str, str]:
    """What every document asks, those that ask most first (中文, English)."""
    zh, en = [], []
    for row in (*comparison.strictest, *comparison.others):
        when_zh, when_en = when_words(row.clause)
        zh.append(f"{row.finding.profile} {row.target[0]}{f'（{when_zh}）' if when_zh else ''}")
        en.append(f"{row.finding.profile} {row.target[1]}{f' ({when_en})' if when_en else ''}")
    silent = dict.fromkeys(row.finding.profile for row in comparison.without_figure)
    zh += [f"{name} 未定数值" for name in silent]
    en += [f"{name} prints no figure" for name in silent]
    return "；".join(dict.fromkeys(zh)), "; ".join(dict.fromkeys(en))
