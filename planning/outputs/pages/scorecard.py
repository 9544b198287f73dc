"""The scorecard as a page: one HTML file, opened by double click, made to be read and printed.

No text is carried twice: sentences are taken apart into a pattern and its figures, and lines into
columns.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from planning.outputs.bilingual import Lang, in_lang
from planning.outputs.cards import Cards, UnitKey, names_of
from planning.outputs.pages.drawn import drawn_page
from planning.result import StudyResult
from planning.standards import Profile, Verdict
from planning.standards.clauses import Clause
from planning.standards.measure_words import measure_words, where_words
from planning.standards.measures import Role
from planning.standards.printed import STRENGTH_WORDS, target_words, when_words
from planning.standards.profiles import VIA_WORDS
from planning.standards.scorecard import Rank, Row, row_key

VERDICTS: tuple[str, ...] = get_args(Verdict)
ROLES: tuple[str, ...] = get_args(Role)
RANKS: tuple[str, ...] = get_args(Rank)
VIAS = tuple(VIA_WORDS)
_HOLE = "¤"
_FIGURE = re.compile(r"\d[\d,]*(?:\.\d+)?")

_SCRIPTS = (
    "words.js", "verdicts.js", "dom.js", "scorecard_words.js", "scorecard_content.js",
    "scorecard_matrix.js", "scorecard_detail.js", "scorecard.js",
)  # fmt: skip


def write_scorecard(path: Path, result: StudyResult, cards: Cards, *, lang: Lang = "zh") -> None:
    """Write the page, which opens in `lang`; the same result gives the same bytes.

    Raises OutsideReferenceError where the finished page would request anything beyond itself.
    """
    title = f"{result.town.area.name} {in_lang(('条文记分卡', 'scorecard'), lang)}"
    text = scorecard_page(title, scorecard_content(result, cards), lang=lang)
    path.write_text(text, encoding="utf-8", newline="\n")


def scorecard_page(title: str, content: Mapping[str, Any], *, lang: Lang = "zh") -> str:
    """The page as HTML around its content."""
    return drawn_page(title, content, name="scorecard", scripts=_SCRIPTS, lang=lang)


def scorecard_content(result: StudyResult, cards: Cards) -> dict[str, Any]:
    """What the page carries: documents, clauses, units, lines in columns, comparisons."""
    town = result.town
    lines = [(at, row) for at, (_, rows) in enumerate(cards.cards) for row in rows]
    clauses = {row.clause.id: (row.clause, row.finding.document) for _, row in lines}
    units = _units(result, cards, [row for _, row in lines])
    texts = _Texts()
    number = {row_key(row): n for n, (_, row) in enumerate(lines)}
    columns = _columns(lines, cards, list(clauses), list(units), texts)
    return {
        "title": town.area.name,
        "of_year": town.demand.of_year,
        "year": town.study.standards.year,
        "scenario": town.scenario,
        "digest": result.digest,
        "documents": [_document(profile, town.profile) for profile, _ in cards.cards],
        "verdicts": VERDICTS,
        "roles": ROLES,
        "ranks": RANKS,
        "vias": [[via, *VIA_WORDS[via]] for via in VIAS],
        "clauses": [_clause(clause, document) for clause, document in clauses.values()],
        "units": list(units.values()),
        "patterns": texts.patterns,
        "texts": texts.texts,
        "columns": columns,
        "comparisons": [
            [[number[row_key(row)] for row in rows] for rows in (c.strictest, c.others,
                                                                 c.without_figure)]
            for c in cards.comparisons
        ],
        "licences": sorted({source.licence for source in town.sources}),
    }  # fmt: skip


def _document(profile: Profile, own: Profile) -> dict[str, Any]:
    standard = profile.standard
    return {
        "short": standard.short,
        "name": standard.document,
        "of": standard.jurisdiction,
        "dated": standard.dated,
        "above": [one.document for one in profile.chain[1:]],
        "own": standard.id == own.standard.id,
    }


def _clause(clause: Clause, document: str) -> dict[str, Any]:
    return {
        "id": clause.id,
        "document": document,
        "article": clause.article,
        "quote": clause.quote,
        "title": [clause.title_zh, clause.title_en],
        "service": clause.service,
        "target": target_words(clause),
        "per": clause.per,
        "due": when_words(clause),
        "strength": STRENGTH_WORDS[clause.strength],
        "measure": measure_words(clause),
        "where": where_words(clause.applies),
        "reading": clause.reading,
    }


def _units(result: StudyResult, cards: Cards, rows: Sequence[Row]) -> dict[UnitKey, dict[str, Any]]:
    """The units that anything is said of, each with the numbers of those it lies in."""
    names = names_of(result)
    keys = dict.fromkeys((row.finding.level, row.finding.unit_id) for row in rows)
    wanted = dict.fromkeys(unit for key in keys for unit in (*cards.above.get(key, ()), key))
    at = {key: n for n, key in enumerate(wanted)}
    return {
        key: {
            "id": key[1],
            "level": key[0],
            "name": names.get(key, ""),
            "in": [at[upper] for upper in cards.above.get(key, ())],
        }
        for key in wanted
    }


class _Texts:
    """Texts by number, each a pattern and the figures that stand in its holes."""

    def __init__(self) -> None:
        self._patterns: dict[str, int] = {}
        self._texts: dict[str, int] = {}

    def number(self, text: str) -> int:
        """The number of a text, −1 for none."""
        if not text:
            return -1
        figures = [] if _HOLE in text else _FIGURE.findall(text)
        pattern = _FIGURE.sub(_HOLE, text) if figures else text
        of = self._patterns.setdefault(pattern, len(self._patterns))
        return self._texts.setdefault("|".join((str(of), *figures)), len(self._texts))

    @property
    def patterns(self) -> list[str]:
        """Every pattern, by its number."""
        return list(self._patterns)

    @property
    def texts(self) -> list[str]:
        """Every text as ``pattern|figure|figure``, by its number."""
        return list(self._texts)


def _columns(
    lines: Sequence[tuple[int, Row]],
    cards: Cards,
    clauses: Sequence[str],
    units: Sequence[UnitKey],
    texts: _Texts,
) -> dict[str, list[int]]:
    """One list for each column, an entry a line; −1 is absent."""
    clause_at = {name: n for n, name in enumerate(clauses)}
    unit_at = {key: n for n, key in enumerate(units)}
    found: dict[str, list[int]] = {}
    for document, row in lines:
        finding = row.finding
        entry = {
            "document": document,
            "clause": clause_at[finding.clause_id],
            "unit": unit_at[finding.level, finding.unit_id],
            "verdict": VERDICTS.index(finding.verdict),
            "role": ROLES.index(finding.role),
            "via": VIAS.index(finding.via),
            "rank": RANKS.index(cards.rank(row)),
            "compared": cards.compared.get(row_key(row), -1),
            "people_short": -1 if finding.people_short is None else finding.people_short,
        }
        said = {
            "current": row.current,
            "current_amount": row.current_amount,
            "target": row.target,
            "target_amount": row.target_amount,
            "gap": row.gap,
            "because": (finding.because_zh, finding.because_en),
        }
        entry |= {f"{name}_zh": texts.number(zh) for name, (zh, _) in said.items()}
        entry |= {f"{name}_en": texts.number(en) for name, (_, en) in said.items()}
        for name, value in entry.items():
            found.setdefault(name, []).append(value)
    return found
