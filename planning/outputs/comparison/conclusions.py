"""What a comparison comes to, in sentences: each figure is one of its tables."""

from __future__ import annotations

from collections.abc import Iterator

from planning.outputs.bilingual import Says
from planning.outputs.comparison.compared import Comparison, Pair
from planning.outputs.comparison.figure import Figure, Form, shown, shown_difference
from planning.outputs.comparison.turned import counted


def conclusions(comparison: Comparison) -> tuple[Says, ...]:
    """A sentence or two a pair, in the order of money, coverage, findings, sites."""
    return tuple(
        said
        for at, pair in enumerate(comparison.pairs, start=1)
        for said in _of_pair(comparison, pair, at)
    )


def _of_pair(comparison: Comparison, pair: Pair, at: int) -> Iterator[Says]:
    (one_zh, one_en), (two_zh, two_en) = pair.base.name, pair.other.name
    parts = [
        *_money(comparison, at),
        *_coverage(comparison, at),
        _findings(pair),
        *_sites(comparison, pair),
    ]
    zh, en = "；".join(part[0] for part in parts), "; ".join(part[1] for part in parts)
    yield f"{two_zh}与{one_zh}相比：{zh}。", f"{two_en} against {one_en}: {en}."
    for remark_zh, remark_en in pair.remarks:
        yield f"{remark_zh}。", f"{remark_en}."


def _money(comparison: Comparison, at: int) -> Iterator[Says]:
    costs = next((one for one in _figures(comparison, "plan") if one.form == "wan"), None)
    if costs is None or costs.values[at] is None:
        return
    value, difference = costs.values[at], costs.difference(at)
    zh, en = f"投资 {shown('wan', value)} 万元", f"it costs {shown('yuan', value)} yuan"
    if difference is not None:
        more = _more("yuan", difference, ("", ""))
        zh, en = f"{zh}（{_more('wan', difference, ('', ''))[0]}）", f"{en} ({more[1]})"
    yield zh, en


def _more(form: Form, difference: float, unit: Says) -> Says:
    """How much more or less, or that it is the same."""
    text = shown_difference(form, difference)
    return ("相同", "the same") if text == "0" else (text + unit[0], text + unit[1])


def _coverage(comparison: Comparison, at: int) -> Iterator[Says]:
    """The share of every service with the plan, the last of its shares."""
    shares: dict[Says, Figure] = {
        one.subject: one
        for one in _figures(comparison, "coverage")
        if one.form == "share" and one.says == ("覆盖率", "share")
    }
    for (zh, en), one in shares.items():
        difference = one.difference(at)
        if difference is not None:
            value = shown("share", one.values[at])
            more = _more("share", difference, (" 个百分点", " points"))
            yield f"{zh}覆盖率 {value}（{more[0]}）", f"{en} {value} ({more[1]})"


def _findings(pair: Pair) -> Says:
    if not pair.turned:
        return "没有一条结论不同", "no finding differs"
    binding = counted(pair.turned, binding=True)
    rest = counted(pair.turned, binding=False)
    return (
        f"要求新达标 {binding['won']:,} 条、不再达标 {binding['lost']:,} 条"
        f"（力争、指标与对照另有 {rest['won']:,}、{rest['lost']:,} 条）",
        f"{binding['won']:,} requirements are newly met and {binding['lost']:,} no longer "
        f"({rest['won']:,} and {rest['lost']:,} of all else)",
    )


def _sites(comparison: Comparison, pair: Pair) -> Iterator[Says]:
    if comparison.is_before_and_after or not pair.sites:
        return
    first = [site.first for site in pair.sites]
    only_base, only_other = first.count("only_base"), first.count("only_other")
    same = first.count("same")
    differ = len(first) - only_base - only_other - same
    (one_zh, one_en), (two_zh, two_en) = pair.base.name, pair.other.name
    yield (
        f"选址仅{one_zh}有 {only_base:,} 处、仅{two_zh}有 {only_other:,} 处，"
        f"都有而不同 {differ:,} 处，相同 {same:,} 处",
        f"{only_base:,} sites are in {one_en} only, {only_other:,} in {two_en} only, {differ:,} "
        f"in both but not alike, {same:,} the same",
    )


def _figures(comparison: Comparison, name: str) -> tuple[Figure, ...]:
    return next((one.figures for one in comparison.sections if one.name == name), ())
