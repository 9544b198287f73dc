"""What a user's own document adds to the one it inherits, and what it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from planning.cli.clause_lines import clause_lines

if TYPE_CHECKING:
    from planning.standards import Clause, Profile

_TITLES = {
    "adds": "新增 adds",
    "overrides": "替代上级 overrides",
    "floors": "较上级宽松，上级作为下限保留 looser, the parent's is kept as a floor",
    "other_level": "与上级层级不同，上级作对照 at other levels, the parent's is shown",
    "no_value": "无本地数值 no local value",
    "inherits": "沿用上级 inherits",
    "repeats": "重复，不另计 repeats, not counted again",
}


def relations(profile: Profile) -> dict[str, list[tuple[Clause, Clause | None]]]:
    """Clauses by how they stand to the parent's, each with the parent's where there is one.

    A clause without a figure stands under `no_value`, with the parent's that holds instead.
    """
    own = [one.clause for one in profile.effective if one.via == "own"]
    own = [clause for clause in own if profile.standard.clause(clause.id) is not None]
    above: dict[str, list[tuple[str, Clause]]] = {}
    for one in profile.replaced:
        above.setdefault(one.clause.key, []).append(("overrides", one.clause))
    vias = {"floor": "floors", "parent_level": "other_level", "inherited": "inherits"}
    for kept in profile.effective:
        if kept.via != "own":
            above.setdefault(kept.clause.key, []).append((vias[kept.via], kept.clause))
    found: dict[str, list[tuple[Clause, Clause | None]]] = {name: [] for name in _TITLES}
    for clause in own:
        parents = above.get(clause.key, [])
        if clause.value is None and clause.treatment != "listed":
            found["no_value"].append((clause, parents[0][1] if parents else None))
        elif not parents:
            found["adds"].append((clause, None))
        else:
            how, parent = parents[0]
            found["overrides" if how == "inherits" else how].append((clause, parent))
    keys = {clause.key for clause in own}
    found["inherits"] = [
        (one.clause, None)
        for one in profile.effective
        if one.via == "inherited" and one.clause.key not in keys
    ]
    found["repeats"] = [(clause, None) for clause in profile.repeats]
    return found


def print_file(name: str, profile: Profile) -> None:
    """What the file says, and how it stands to its parent."""
    from planning.standards.printed import target_words

    standard, found = profile.standard, relations(profile)
    parent = profile.chain[1] if len(profile.chain) > 1 else None
    above = f"{parent.short} {parent.document}" if parent else "无 none"
    typer.echo(f"✓ {name}：{standard.short} {standard.document}，{len(standard.clauses)} 条")
    typer.echo(f"  上级 parent：{above}")
    for how, title in _TITLES.items():
        pairs = found[how]
        if not pairs:
            continue
        if how in ("inherits", "repeats"):
            typer.echo(f"  {title}：{len(pairs)}")
            continue
        typer.echo(f"\n{title}: {len(pairs)}")
        for clause, other in pairs:
            typer.echo(clause_lines(clause))
            if other is not None:
                typer.echo(f"    上级 parent's：{target_words(other)[0]}  {other.id}")
    if found["inherits"]:
        typer.echo(
            f"  现行条文见 planning standards list --profile {name}\n"
            "  every clause in force: the same command"
        )


def file_json(profile: Profile) -> dict[str, Any]:
    """The same for machines."""
    return {
        "id": profile.standard.id,
        "short": profile.standard.short,
        "parent": profile.standard.parent,
        "clauses": len(profile.standard.clauses),
        **{
            how: [{"id": c.id, "of_parent": None if p is None else p.id} for c, p in pairs]
            for how, pairs in relations(profile).items()
        },
    }
