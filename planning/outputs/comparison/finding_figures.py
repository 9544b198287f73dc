"""How many requirements each side meets, of the document in force there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from planning.outputs.bilingual import Says
from planning.outputs.comparison.figure import Better, Figure, Section
from planning.outputs.comparison.sides import Side
from planning.outputs.finding_words import VERDICT_WORDS
from planning.standards import Verdict

_BETTER: Mapping[Verdict, Better] = {"met": "more", "not_met": "less"}


def findings_section(sides: Sequence[Side]) -> Section:
    """Requirements by verdict; other documents and other units make other numbers of them."""
    verdicts = [
        [row["verdict"] for row in side.findings().values() if row["role"] == "requirement"]
        for side in sides
    ]
    comparable = same_requirements(sides)
    figures = tuple(
        Figure(
            says=(f"要求：{zh}（条）", f"Requirements: {en}"),
            form="whole",
            values=tuple(float(one.count(verdict)) for one in verdicts),
            comparable=comparable,
            better=_BETTER.get(verdict, ""),
        )
        for verdict, (zh, en) in VERDICT_WORDS.items()
    )
    notes: tuple[Says, ...] = (
        (
            "一条要求在一个单元为一条；力争、指标与对照不计",
            "Each clause counts once a unit; goals, indicators and benchmarks are not counted",
        ),
    )
    if not all(comparable):
        notes += (
            (
                "要求的组成不同（文件或单元不同），条数不计算差值，得失见后",
                "The requirements are not the same ones (other documents or units): counts have no "
                "differences, what is won and lost comes below",
            ),
        )
    return Section(
        name="findings", title=("达标", "Requirements met"), figures=figures, notes=notes
    )


def same_requirements(sides: Sequence[Side]) -> tuple[bool, ...]:
    """By side, whether the same clauses bind the same units as on the base."""
    keys = [
        {key for key, row in side.findings().items() if row["role"] == "requirement"}
        for side in sides
    ]
    return tuple(one == keys[0] for one in keys)
