"""Clauses on the terminal: as lines of a list, or one on a page of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planning.standards import Clause, Profile, Standard
    from planning.standards.profiles import Replaced

LEVEL_ZH = {
    "province": "省", "city": "市", "county": "区县", "street": "街道", "community": "社区",
    "residential_area": "居住区",
}  # fmt: skip


def levels_words(clause: Clause) -> str:
    """Where a clause binds, and in brackets where it is only shown."""
    binds = "、".join(LEVEL_ZH[level] for level in clause.levels)
    shown = "、".join(LEVEL_ZH[level] for level in clause.benchmark_levels)
    return f"{binds}（对照{shown}）" if shown else binds


def clause_lines(clause: Clause, origin: str = "") -> str:
    """A clause in two lines: what it is called, and what it asks, where, by when, how firmly."""
    from planning.standards.measure_words import measure_words
    from planning.standards.printed import STRENGTH_WORDS, target_words, when_words

    target = target_words(clause)[0]
    said = (
        "无数值 no figure" if target == "—" else target, when_words(clause)[0],
        levels_words(clause), STRENGTH_WORDS[clause.strength][0], measure_words(clause)[0],
        origin, clause.article,
    )  # fmt: skip
    return f"{clause.id}  {clause.title_zh}\n    {' · '.join(part for part in said if part)}"


def print_documents(documents: Sequence[Standard]) -> None:
    """The documents, with how many of their clauses are computed, typed in and listed."""
    typer.echo("文件 documents")
    for one in documents:
        n = counts(one)
        typer.echo(
            f"  {one.short}  {one.document}（{one.jurisdiction}）· {one.id}"
            f"{f' ← {one.parent}' if one.parent else ''}\n"
            f"      {n['clauses']} 条 clauses：计算 computed {n['computed']}，"
            f"填报 typed in {n['typed_in']}，列示 listed {n['listed']}；重复 repeats {n['repeats']}"
        )


def counts(document: Standard) -> dict[str, int]:
    """How many clauses of a document count, by treatment, and how many repeat others."""
    counted = [clause for clause in document.clauses if clause.repeats is None]
    treatments = [clause.treatment for clause in counted]
    return {
        "clauses": len(counted),
        "computed": treatments.count("computed"),
        "typed_in": treatments.count("typed_in"),
        "listed": treatments.count("listed"),
        "repeats": len(document.clauses) - len(counted),
    }


def print_document(document: Standard) -> None:
    """Every clause of one document."""
    typer.echo(f"\n{document.short} {document.document} · {document.id}")
    for clause in document.clauses:
        origin = f"同于 repeats {clause.repeats}" if clause.repeats else ""
        typer.echo(clause_lines(clause, origin))


def print_profile(profile: Profile) -> None:
    """Every clause in force under a document, then what repeats others and what is replaced."""
    from planning.standards.profiles import VIA_WORDS

    vias = [one.via for one in profile.effective]
    told = "，".join(
        f"{' '.join(words)} {vias.count(via)}" for via, words in VIA_WORDS.items() if via in vias
    )
    typer.echo(
        f"现行条文 in force under {' ← '.join(f'{o.short} {o.document}' for o in profile.chain)}\n"
        f"{len(vias)} 条 clauses：{told}\n"
    )
    for one in profile.effective:
        typer.echo(clause_lines(one.clause, f"{one.standard.short} {VIA_WORDS[one.via][0]}"))
    if profile.repeats:
        typer.echo(f"\n重复，不另计 repeats, not counted again: {len(profile.repeats)}")
        for clause in profile.repeats:
            typer.echo(f"{clause.id}  {clause.title_zh}\n    同于 as {clause.repeats}")
    if profile.replaced:
        typer.echo(f"\n已被替代的上级条文 replaced clauses of the parent: {len(profile.replaced)}")
        for gone in profile.replaced:
            typer.echo(f"{gone.clause.id}  {gone.clause.title_zh}\n    {_change(gone)}")


def _change(gone: Replaced) -> str:
    from planning.standards.printed import target_words

    return f"{target_words(gone.clause)[0]} → {target_words(gone.by)[0]}  {gone.by.id}"


def profile_json(profile: Profile) -> dict[str, Any]:
    """The same for machines."""
    return {
        "profile": profile.standard.id,
        "short": profile.standard.short,
        "chain": [standard.id for standard in profile.chain],
        "readings": dict(profile.readings.answers),
        "effective": [
            {"origin": one.standard.id, "via": one.via, **one.clause.model_dump(mode="json")}
            for one in profile.effective
        ],
        "repeats": [{"id": c.id, "repeats": c.repeats} for c in profile.repeats],
        "replaced": [
            {"id": one.clause.id, "origin": one.standard.id, "by": one.by.id}
            for one in profile.replaced
        ],
    }


def print_clause(document: Standard, clause: Clause) -> None:
    """One clause on a page of its own."""
    from planning.standards.measure_words import measure_words, where_words
    from planning.standards.printed import STRENGTH_WORDS, target_words, when_words

    typer.echo(f"{clause.id}  {clause.title_zh} / {clause.title_en}")
    typer.echo(f"{clause.document or document.document} {clause.article}：“{clause.quote}”")
    target, when, where = target_words(clause), when_words(clause), where_words(clause.applies)
    measure, strength = measure_words(clause), STRENGTH_WORDS[clause.strength]
    treated = {"computed": "计算 computed", "typed_in": "填报 typed in", "listed": "列示 listed"}
    shown = "、".join(LEVEL_ZH[level] for level in clause.benchmark_levels)
    lines = [
        ("目标 target", _both(target) + (f"，{clause.per}" if clause.per else "")),
        ("期限 when", _both(when) or "长期有效 standing"),
        ("测算 measure", f"{_both(measure)}；{treated[clause.treatment]}"),
        ("约束层级 binds at", "、".join(LEVEL_ZH[level] for level in clause.levels) or "—"),
        ("对照层级 shown at", shown or "—"),
        ("适用 applies", _both(where) or "全部 everywhere"),
        ("约束力 strength", _both(strength)),
        ("另定 set by", clause.set_by),
        ("数值取自读法 figure of the reading", clause.value_from or ""),
        ("基期 baseline", _baseline(clause)),
        ("同于 repeats", clause.repeats or ""),
        ("事项 key", clause.key),
        ("服务 service", clause.service),
        ("读法 reading", _both(clause.reading)),
    ]
    for name, said in lines:
        if said:
            typer.echo(f"  {name}：{said}")
    typer.echo(f"  measure: {clause.measure.model_dump_json(exclude_defaults=True)}")


def _both(said: tuple[str, str]) -> str:
    return said[0] if said[0] == said[1] else f"{said[0]} {said[1]}"


def _baseline(clause: Clause) -> str:
    from planning.standards.words import plain

    if clause.baseline is None:
        return ""
    base = clause.baseline
    year = f"（{base.year}）" if base.year else ""
    return f"{plain(base.value)}{clause.unit}{year} {base.note}".strip()
