"""What verdicts, roles and levels of findings are called in documents, (中文, English)."""

from __future__ import annotations

from collections.abc import Mapping

from planning.outputs.bilingual import Says
from planning.standards import Verdict
from planning.standards.words import LEVEL_WORDS

VERDICT_WORDS: Mapping[Verdict, Says] = {
    "met": ("达标", "met"),
    "not_met": ("未达标", "not met"),
    "not_assessable": ("无法评估", "not assessable"),
    "not_applicable": ("不适用", "not applicable"),
}
ROLE_WORDS: Mapping[str, Says] = {
    "requirement": ("要求", "requirement"),
    "goal": ("力争", "goal"),
    "benchmark": ("对照", "benchmark"),
    "indicator": ("指标", "indicator"),
}


def level_words(level: str) -> Says:
    """What the units of a level are called; some clauses are about a document and bind no unit."""
    return LEVEL_WORDS.get(level, ("文件", "the document"))
