"""One page of docs/standards: every clause of a document in words; counts by item.

`scripts/write_standards.py` writes the pages.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from planning.inputs.standard_file import chain_of
from planning.standards import Clause, Effective, Profile, Standard
from planning.standards.measure_words import measure_words, where_words
from planning.standards.printed import ABSENT, STRENGTH_WORDS, target_words, when_words
from planning.standards.profiles import VIA_WORDS, profile_of
from planning.standards.readings import questions
from planning.standards.terms import Which
from planning.standards.words import LEVEL_WORDS, plain, which_words

_FURTHER = {
    "part": ("其中", "of these"),
    "also": ("并有", "and also"),
    "beside": ("旁有", "beside"),
    "hub": ("中心为", "the hub"),
}


@cache
def profile(short: str) -> Profile:
    """What is in force under a document."""
    return profile_of(chain_of(short, []))


def document(short: str) -> Standard:
    """A document by its short name."""
    return profile(short).standard


def by_item(standard: Standard) -> Mapping[str, list[Clause]]:
    """The clauses of every item, in the document's order."""
    found: dict[str, list[Clause]] = {}
    for clause in standard.clauses:
        found.setdefault(clause.item, []).append(clause)
    return found


def item_counts(standard: Standard) -> tuple[int, int, int, int, int, int, int]:
    """Items; of these computed, typed in, listed, repeating others; clauses, of these repeats."""
    items = by_item(standard)
    treated = Counter(clauses[0].treatment for clauses in items.values())
    again = [clause for clause in standard.clauses if clause.repeats is not None]
    return (
        len(items),
        treated["computed"],
        treated["typed_in"],
        treated["listed"],
        sum(all(c.repeats is not None for c in clauses) for clauses in items.values()),
        len(standard.clauses),
        len(again),
    )


def zone_words(zone: str) -> str:
    """A zone in Chinese."""
    return {"urban": "城区", "suburb": "郊区", "rural": "农村"}[zone]


def document_page(short: str) -> str:
    """Every clause of one document, in its order; then what it inherits."""
    one, counts = document(short), item_counts(document(short))
    replaces: dict[str, list[str]] = {}
    for gone in profile(short).replaced:
        replaces.setdefault(gone.by.id, []).append(gone.clause.id)
    parts = [
        f"# {short} · {one.document}",
        f"{one.jurisdiction} · {one.dated} · `{one.id}`",
        f"{counts[0]} 个条目 items：计算 computed {counts[1]}，填报 typed in {counts[2]}，"
        f"列示 listed {counts[3]}，其中重复 of these repeats {counts[4]}；分为 {counts[5]} 条条文 "
        f"clauses，其中重复 of these repeats {counts[6]}。",
        "由 `scripts/write_standards.py` 按条文库写成，勿手改；各词含义见 "
        "[standards.md](../standards.md)。Written by that program from the library; what the "
        "words mean is said there.",
    ]
    for clause in one.clauses:
        parts.append(clause_text(clause, replaces.get(clause.id, ()), one))
    inherited = [e for e in profile(short).effective if e.via != "own" and e.standard is not one]
    if inherited:
        parts.append(f"## 上级条文中仍然有效的 Of the parent still in force ({len(inherited)})")
        parts.append("\n".join(_inherited(e) for e in inherited))
    return "\n\n".join(parts) + "\n"


def _inherited(one: Effective) -> str:
    zh, en = VIA_WORDS[one.via]
    page = one.standard.short
    return f"- [{one.clause.id}]({page}.md) {one.clause.title_zh} · {zh} {en}"


def clause_text(clause: Clause, replaces: Sequence[str], standard: Standard) -> str:
    """One clause: quote, measure, what is asked of whom, how it is read, where it comes from."""
    lines = [
        f"### {clause.id}",
        "",
        f"**{clause.title_zh}** {clause.title_en} · `{clause.key}`",
        "",
        f"> {clause.quote}",
        f"> —— {clause.article}",
        "",
    ]
    lines += [f"- {' · '.join(part)}" for part in _facts(clause) if part]
    lines.append(f"- 读法 reading：{''.join(dict.fromkeys(clause.reading))}")
    origin = [clause.document or standard.document]
    origin += [f"重复，同于 repeats `{clause.repeats}`，不另计"] if clause.repeats else []
    origin += (
        [f"替代上级 replaces {'、'.join(f'`{name}`' for name in replaces)}"] if replaces else []
    )
    return "\n".join([*lines, f"- 来源 origin：{'；'.join(origin)}"])


def _facts(clause: Clause) -> Iterator[list[str]]:
    treated = {"computed": "计算 computed", "typed_in": "填报 typed in", "listed": "列示 listed"}
    zh, en = measure_words(clause)
    yield [f"测算 measure：{zh} {en}", *_further(clause), treated[clause.treatment]]
    target = target_words(clause)
    asks = "无数值 no figure" if target == ABSENT else _both(*target)
    if clause.value_from is not None:
        default = questions()[clause.value_from].default
        asks = f"≥{default}{clause.unit}（读法 reading `{clause.value_from}`）"
    elif clause.measure.kind == "cost" and clause.value is not None:
        asks = f"{plain(clause.value)}{clause.unit}"
    strength = " ".join(STRENGTH_WORDS[clause.strength])
    said = [f"要求 asked：{asks}", _both(*when_words(clause)), strength]
    said += [f"计量 unit：{clause.unit}"] if "no figure" in asks and clause.unit else []
    said += [f"口径 per：{clause.per}"] if clause.per else []
    said += [f"另定 set by：{clause.set_by}"] if clause.set_by else []
    if clause.baseline is not None:
        start, year = clause.baseline, clause.baseline.year
        said.append(f"起点 from：{plain(start.value)}{'' if year is None else f'（{year}）'}"
                    f"{start.note and ' ' + start.note}")  # fmt: skip
    yield [part for part in said if part]
    where = [f"层级 levels：{_levels(clause.levels)}"] if clause.levels else []
    where += [f"对照 shown：{_levels(clause.benchmark_levels)}"] if clause.benchmark_levels else []
    applies = _both(*where_words(clause.applies))
    yield [*where, *([f"适用 where：{applies}"] if applies else [])]


def _further(clause: Clause) -> list[str]:
    """What else of a clause is looked at: a part, a neighbour, limits by zone."""
    said = []
    for name, (zh, en) in _FURTHER.items():
        which = getattr(clause.measure, name, None)
        if isinstance(which, Which):
            of_zh, of_en = which_words(which)
            said.append(f"{zh}{of_zh} {en} {of_en}")
    zones = getattr(clause.measure, "limit_by_zone", {})
    said += [f"{zone_words(zone)}{plain(minutes)}分钟" for zone, minutes in zones.items()]
    return said


def _levels(levels: Sequence[str]) -> str:
    return "、".join(f"{LEVEL_WORDS[level][0]} {LEVEL_WORDS[level][1]}" for level in levels)


def _both(zh: str, en: str) -> str:
    return zh if zh == en else f"{zh} {en}"
