"""Write docs/standards.md and the pages of docs/standards/ from the library, after changing it.

Every number of these pages is printed by this program, from `planning.standards`.
"""

from __future__ import annotations

import importlib
import inspect
import typing
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

from planning.area import ATTRIBUTES
from planning.inputs.standard_file import chain_of
from planning.standards import Clause, Profile, Standard, load_standard, profile_of
from planning.standards import asks as asked
from planning.standards.library import standards_in_library
from planning.standards.measure_words import MEASURE_WORDS, measure_words, where_words
from planning.standards.measures import JUDGES
from planning.standards.printed import STRENGTH_WORDS, asks_a_figure, target_words, when_words
from planning.standards.profiles import VIA_WORDS, Effective
from planning.standards.readings import questions
from planning.standards.words import LEVEL_WORDS

ROOT = Path(__file__).resolve().parents[1]
PAGE, FOLDER = ROOT / "docs" / "standards.md", ROOT / "docs" / "standards"
ORDER = ("SC", "GZ", "CD", "JS", "DZ", "CN")
CHILDREN = ("CD", "DZ")
Says = tuple[str, str]


def documents() -> list[Standard]:
    """The library: the five documents, then the norms outside of them."""
    found = [load_standard(name) for name in standards_in_library()]
    return sorted(found, key=lambda standard: ORDER.index(standard.short))


def profile(short: str) -> Profile:
    """What is in force under a document."""
    return profile_of(chain_of(short, []))


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; bars and line breaks within cells are mended."""
    lines = [[_cell(value) for value in row] for row in (head, *rows)]
    lines.insert(1, ["---"] * len(head))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(value: object) -> str:
    return " ".join(str(value).split()).replace("|", "\\|")


# --- docs/standards.md -----------------------------------------------------------------------


def overview() -> str:
    """The documents with how many items and clauses each has, and how they are treated."""
    rows, total = [], Counter[str]()
    for standard in documents():
        counts = _counts(standard)
        if not standard.outside:
            total.update(counts)
        rows.append(
            [
                f"[{standard.short}](standards/{standard.short}.md)",
                standard.document,
                standard.dated,
                (standard.parent and load_standard(standard.parent).short) or "–",
                *(counts[name] for name in COUNTED),
            ]
        )
    rows.append(["**五份文件 five documents**", "", "", "", *(total[name] for name in COUNTED)])
    head = [
        "简称 short", "文件 document", "日期 dated", "上级 parent", "条目 items",
        "可计算 computed", "填报 typed in", "仅列示 listed", "重复 repeats", "条文 clauses",
    ]  # fmt: skip
    return table(head, rows)


COUNTED = ("items", "computed", "typed_in", "listed", "repeats", "clauses")


def _counts(standard: Standard) -> Counter[str]:
    """Items by what is done with them; one of several clauses counts as its first does."""
    first = {}
    for clause in standard.clauses:
        first.setdefault(clause.item, clause)
    counts = Counter[str](clause.treatment for clause in first.values())
    counts["items"], counts["clauses"] = len(first), len(standard.clauses)
    counts["repeats"] = len({c.item for c in standard.clauses if c.repeats is not None})
    return counts


def inheritance() -> str:
    """How many clauses are in force under the documents that inherit, and by which way."""
    rows = []
    for short in CHILDREN:
        found = profile(short)
        ways = Counter(one.via for one in found.effective)
        rows.append(
            [short, len(found.effective), *(ways[via] for via in VIA_WORDS), len(found.replaced)]
        )
    head = [
        "文件 document", "现行 in force", *(f"{zh} {en}" for zh, en in VIA_WORDS.values()),
        "上级被取代 replaced",
    ]  # fmt: skip
    return table(head, rows)


def effective_table() -> str:
    """What Sichuan prints a figure for, and what Chengdu and Dazhou do, as it is in force there.

    One line a key (STANDARDS B). Clauses of named districts alone are left to the document's page.
    """
    parent = load_standard("sichuan-2021-57")
    own = {short: profile(short) for short in CHILDREN}
    clauses = [*parent.clauses, *(c for found in own.values() for c in found.clauses)]
    keys = dict.fromkeys(c.key for c in clauses if _has_figure(c) and not c.applies.names)
    rows = []
    for key in keys:
        here = [c for c in parent.clauses if c.key == key and c.repeats is None]
        title = next(c.title_zh for c in clauses if c.key == key)
        there = (_in_force(own[short].effective, key) for short in CHILDREN)
        rows.append([f"`{key}`", title, _targets(here), *there])
    return table(["键 key", "名称 title", parent.short, *CHILDREN], rows)


def _has_figure(clause: Clause) -> bool:
    limits = [getattr(clause.measure, name, None) for name in ("limit_min", "limit_by_zone")]
    return asks_a_figure(clause) or any(limits)


def _in_force(effective: Iterable[Effective], key: str) -> str:
    found: dict[str, list[Clause]] = {}
    for one in effective:
        if one.clause.key == key and not one.clause.applies.names:
            zh, _ = VIA_WORDS[one.via]
            found.setdefault(zh if one.via != "own" else "", []).append(one.clause)
    said = [f"{_targets(some)}{f'（{via}）' if via else ''}" for via, some in found.items()]
    return "；".join(said) or "–"


def _targets(clauses: Sequence[Clause]) -> str:
    """The figures of some clauses, each with its year and where it applies."""
    return "；".join(dict.fromkeys(_target(clause) for clause in clauses)) or "–"


def _target(clause: Clause) -> str:
    limit = getattr(clause.measure, "limit_min", None)
    zones = getattr(clause.measure, "limit_by_zone", {})
    if asks_a_figure(clause):
        target = target_words(clause)[0]
    elif zones:
        target = "、".join(f"{_ZONES[zone]}{float(m):g}" for zone, m in zones.items()) + "分钟"
    elif limit is not None:
        target = f"{float(limit):g}分钟"
    else:
        target = "未定数值"
    where, when = where_words(clause.applies)[0], when_words(clause)[0]
    said = "，".join(filter(None, (where, when)))
    return f"{target}（{said}）" if said else target


_ZONES = {"urban": "城区", "suburb": "郊区", "rural": "农村"}


def measures_table() -> str:
    """The closed list: what each measure asks, how it is computed, how many clauses use it."""
    used = Counter(c.measure.kind for standard in documents() for c in standard.clauses)
    rows = []
    for model in typing.get_args(typing.get_args(asked.Ask)[0]):
        (kind,) = typing.get_args(model.model_fields["kind"].annotation)
        options = [f"`{name}`" for name in model.model_fields if name != "kind"]
        zh, en = MEASURE_WORDS[kind]
        rows.append(
            [f"`{kind}`", f"{zh} {en}", _said(model), _said(JUDGES[kind]), *_formulas(kind),
             " ".join(options) or "–", used[kind]]
        )  # fmt: skip
    head = [
        "`kind`", "名称 name", "问什么 what is asked", "怎么算 how it is judged",
        "公式 formula", "选项 options", "条文数 clauses",
    ]  # fmt: skip
    return table(head, rows)


def _said(thing: object) -> str:
    """A docstring on one line, code in single marks."""
    return " ".join((inspect.getdoc(thing) or "").replace("``", "`").split())


def _formulas(kind: str) -> list[str]:
    """The bare functions of a measure's module that its judge calls, with their docstrings."""
    judge = JUDGES[kind]
    assert isinstance(judge, FunctionType)
    module = importlib.import_module(judge.__module__)
    called = _names_of(judge, module)
    bare = [
        f"`{name}`: {_said(function)}"
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if name in called and not name.startswith(("_", "judge")) and _is_bare(function)
    ]
    return [" ".join(bare) or "–"]


def _is_bare(function: FunctionType) -> bool:
    """A function of plain figures: it takes keywords alone, and no case."""
    kinds = {parameter.kind for parameter in inspect.signature(function).parameters.values()}
    is_ours = function.__module__.startswith("planning.standards")
    return is_ours and kinds == {inspect.Parameter.KEYWORD_ONLY}


def _names_of(function: FunctionType, module: ModuleType) -> set[str]:
    """Names that a function of a module uses, and those that its own helpers do."""
    found: set[str] = set()
    waiting: list[CodeType] = [function.__code__]
    while waiting:
        code = waiting.pop()
        names = set(code.co_names) - found
        found |= names
        own = (getattr(module, name, None) for name in names)
        waiting += [one.__code__ for one in own if inspect.isfunction(one)]
        waiting += [const for const in code.co_consts if isinstance(const, CodeType)]
    return found


def readings_table() -> str:
    """Every open question with its choices, the default in bold."""
    rows = [
        [
            f"`{name}`", question.ambiguity,
            " · ".join(f"**{c}**" if c == question.default else c for c in question.choices)
            or f"**{question.default}**（数 a number）",
            question.zh, question.en,
        ]
        for name, question in questions().items()
    ]  # fmt: skip
    return table(["问题 question", "歧义 open in", "选择 choices", "读法", "reading"], rows)


def conditions_table() -> str:
    """Attributes of units that clauses ask about, and the words that each may have."""
    used = Counter(
        name for standard in documents() for c in standard.clauses for name in c.applies.attributes
    )
    rows = []
    for name, values in ATTRIBUTES.items():
        said = []
        for value in values:
            wanted = {"yes": True, "no": False}.get(value, value)
            where = asked.Where.model_validate({name: [wanted] if name in _SEVERAL else wanted})
            zh, en = where_words(where)
            said.append(f"`{value}` {zh} {en}")
        rows.append([f"`{name}`", "；".join(said), used[name]])
    return table(["属性 attribute", "取值 values", "条文数 clauses"], rows)


_SEVERAL = ("zone", "form")


# --- docs/standards/<short>.md ---------------------------------------------------------------


def document_page(standard: Standard) -> str:
    """Every clause of a document, and what it takes over from its parent."""
    counts = _counts(standard)
    parts = [
        "<!-- 由 scripts/write_standards.py 生成 written by scripts/write_standards.py -->",
        f"# {standard.short} · {standard.document}",
        f"{standard.jurisdiction}，{standard.dated}。",
        f"{counts['items']} 项，{counts['clauses']} 条：可计算 {counts['computed']}、填报 "
        f"{counts['typed_in']}、仅列示 {counts['listed']}；重复 {counts['repeats']} 项，只计一次。"
        f"各列含义见 [standards.md](../standards.md)。",
        f"{counts['items']} items, {counts['clauses']} clauses: {counts['computed']} items are "
        f"computed, {counts['typed_in']} typed in, {counts['listed']} listed; {counts['repeats']} "
        "repeat another and are counted once. A level in brackets is only shown.",
    ]
    if standard.new_since is not None:
        parts.append(f"新建起算日 new since {standard.new_since.date}：{standard.new_since.source}")
    head = [
        "编号 id", "条款 article", "原文 quote", "名称 title", "测算 measure", "数值 value",
        "适用 applies", "层级 levels", "效力 strength", "读法 reading",
    ]  # fmt: skip
    parts.append(table(head, map(_clause_row, standard.clauses)))
    if standard.parent is not None:
        parts += ["## 沿用与取代 Inherited and replaced", *_from_parent(profile(standard.short))]
    return "\n\n".join(parts) + "\n"


def _clause_row(clause: Clause) -> Iterator[str]:
    yield f"`{clause.id}`"
    # Norms outside the documents have each its own.
    yield " ".join(filter(None, (clause.document, clause.article)))
    yield f"“{clause.quote}”"
    yield f"{clause.title_zh} {clause.title_en}"
    yield "–" if clause.repeats else f"`{clause.measure.kind}` {measure_words(clause)[0]}"
    yield _value(clause)
    yield where_words(clause.applies)[0] or "–"
    yield _levels(clause)
    yield STRENGTH_WORDS[clause.strength][0]
    yield f"同 `{clause.repeats}`。{clause.reading}" if clause.repeats else clause.reading


def _value(clause: Clause) -> str:
    """The figure with its year, or who sets it, or the reading that has it."""
    target, when = target_words(clause)[0], when_words(clause)[0]
    if clause.value_from is not None:
        target = f"读法 `{clause.value_from}`"
    elif clause.value is None and clause.set_by:
        target = f"由{clause.set_by}另定"
    return f"{target}（{when}）" if when else target


def _levels(clause: Clause) -> str:
    binds = "、".join(LEVEL_WORDS[level][0] for level in clause.levels)
    shown = "、".join(LEVEL_WORDS[level][0] for level in clause.benchmark_levels)
    return f"{binds}（{shown}）" if shown else binds or "–"


def _from_parent(found: Profile) -> Iterator[str]:
    """The parent's clauses in force, and those that the document's own stand in for."""
    yield table(
        ["上级条文 clause of the parent", "名称 title", "数值 value", "如何 how"],
        [
            [f"`{e.clause.id}`", e.clause.title_zh, _value(e.clause), " ".join(VIA_WORDS[e.via])]
            for e in found.effective
            if e.via != "own"
        ],
    )
    yield table(
        ["被取代 replaced", "数值 value", "取代者 by", "数值 value"],
        [
            [f"`{r.clause.id}`", _value(r.clause), f"`{r.by.id}`", _value(r.by)]
            for r in found.replaced
        ],
    )


# --- writing ---------------------------------------------------------------------------------

TABLES = {
    "documents": overview,
    "inheritance": inheritance,
    "effective": effective_table,
    "measures": measures_table,
    "readings": readings_table,
    "conditions": conditions_table,
}


def with_tables(page: str) -> str:
    """The page with everything between each pair of markers written anew."""
    for name, make in TABLES.items():
        begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
        before, rest = page.split(begin)
        _, after = rest.split(end)
        page = f"{before}{begin}\n\n{make()}\n\n{end}{after}"
    return page


def pages() -> dict[Path, str]:
    """Every page as it should be, by its path."""
    found = {FOLDER / f"{standard.short}.md": document_page(standard) for standard in documents()}
    return {PAGE: with_tables(PAGE.read_text(encoding="utf-8")), **found}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
        print(f"{path.relative_to(ROOT)} {len(text.encode()) / 1000:,.0f} kB")
