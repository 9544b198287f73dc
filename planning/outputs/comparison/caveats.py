"""What keeps sides from being comparable, and is said before any figure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from planning.outputs.bilingual import Says
from planning.outputs.comparison.coverage_figures import agree_on, services_of
from planning.outputs.comparison.run_files import Run
from planning.outputs.comparison.shared import Shared
from planning.outputs.comparison.sides import Side, UnitKey, is_before_and_after

_MOST_NAMED = 5
_HALF_PERSON = 0.5


def caveats_of(sides: Sequence[Side], shared: Sequence[Shared]) -> tuple[Says, ...]:
    """All but the plan itself in which sides differ; none for before and after of one run."""
    if is_before_and_after(sides):
        return ()
    return tuple(
        caveat
        for side, common in zip(sides[1:], shared, strict=True)
        for caveat in _against(sides[0], side, common)
    )


def _against(base: Side, other: Side, shared: Shared) -> Iterator[Says]:
    one, two = base.run, other.run
    names = base.name, other.name
    if one.digest == two.digest:
        yield _differ(names, ("是同一次运行的两份", "are two copies of one run"))
        return
    yield from _place(one, two, names, shared)
    if one.speed_m_s != two.speed_m_s:
        what = ("步行速度不同（米/秒）", "walk at different speeds (m/s)")
        yield _differ(names, what, (f"{one.speed_m_s:g}", f"{two.speed_m_s:g}"))
    elif one.summary["walking"] != two.summary["walking"]:
        what = ("出行档案的其他参数不同", "have other figures of the walking profile")
        yield _differ(names, what)
    yield from _asked(base, other)
    yield from _people(one, two, names)
    for service in services_of((base, other)):
        if not agree_on((base, other), service)[1]:
            specs = [run.summary["services"].get(service) for run in (one, two)]
            label = str(next(spec["label"] for spec in specs if spec is not None))
            what = f"服务“{label}”不同（人群、时限）", f"differ in the service '{label}'"
            yield _differ(names, what, (_service(one, service), _service(two, service)))
    yield from _inputs(one, two, names)
    if (base.plan is None) != (other.plan is None):
        without = other.name if other.plan is None else base.name
        yield (
            f"{without[0]}没有方案：以它的现状与对方的规划后相比",
            f"{without[1]} has no plan: its town of today stands beside the other's plan",
        )


def _differ(names: tuple[Says, Says], what: Says, values: tuple[str | Says, ...] = ()) -> Says:
    zh, en = (
        " → ".join(value if isinstance(value, str) else value[at] for value in values)
        for at in (0, 1)
    )
    (one_zh, one_en), (two_zh, two_en) = names
    return (
        f"{one_zh}与{two_zh}{what[0]}" + (f"：{zh}" if zh else ""),
        f"{one_en} and {two_en} {what[1]}" + (f": {en}" if en else ""),
    )


def _service(run: Run, service: str) -> Says:
    spec = run.summary["services"].get(service)
    if spec is None:
        return "无", "none"
    words = run.summary["groups"].get(spec["group"]) or (spec["group"], spec["group"])
    return f"{words[0]} {spec['limit_min']:g} 分钟", f"{words[1]} {spec['limit_min']:g} min"


def _place(one: Run, two: Run, names: tuple[Says, Says], shared: Shared) -> Iterator[Says]:
    if one.summary["study"] != two.summary["study"]:
        what = ("属于不同的研究", "are of different studies")
        yield _differ(names, what, (str(one.summary["study"]), str(two.summary["study"])))
    for keys, zh, en in (
        (shared.only_base, "只有前者有的单元", "units of the former only"),
        (shared.only_other, "只有后者有的单元", "units of the latter only"),
        (tuple(sorted(shared.moved)), "编号相同而界线不同的单元", "units of one id, other borders"),
    ):
        if keys:
            values = f"{zh}（{len(keys)}）：{_some(keys)}", f"{en} ({len(keys)}): {_some(keys)}"
            yield (
                f"{names[0][0]}与{names[1][0]}：{values[0]}；这些单元不比较",
                f"{names[0][1]} and {names[1][1]}: {values[1]}; they are not compared",
            )
    if not shared.is_one_area:
        yield (
            f"{names[0][0]}与{names[1][0]}范围不同：全域合计并列，但不计算差值",
            f"{names[0][1]} and {names[1][1]} are of different areas: totals stand beside each "
            "other without differences",
        )


def _some(keys: Sequence[UnitKey]) -> str:
    named = "、".join(unit for _, unit in keys[:_MOST_NAMED])
    return named + (" …" if len(keys) > _MOST_NAMED else "")


def _asked(base: Side, other: Side) -> Iterator[Says]:
    """Documents, the year they are held to, and thresholds that the study sets."""
    one, two = base.run, other.run
    names = base.name, other.name
    in_force = _in_force(one), _in_force(two)
    if in_force[0] != in_force[1]:
        what = (
            "按不同的文件考核，只比较两边都有的条文",
            "answer to different documents, and only clauses of both are compared",
        )
        yield _differ(names, what, in_force)
    mine, theirs = base.findings(), other.findings()
    years = (
        _distinct(row["year"] for row in mine.values()),
        _distinct(row["year"] for row in theirs.values()),
    )
    if years[0] != years[1]:
        what = ("评估年份不同", "are assessed for different years")
        yield _differ(names, what, years)
    shares = [
        (row, theirs[key])
        for key, row in mine.items()
        if key in theirs and row["unit"] == theirs[key]["unit"] == "share"
        and row["required"] != theirs[key]["required"]
    ]  # fmt: skip
    clauses = list(dict.fromkeys(row["clause_id"] for row, _ in shares))
    if clauses:
        values = _percent(shares[0][0]["required"]), _percent(shares[0][1]["required"])
        what = (
            f"合格线不同（{'、'.join(clauses[:_MOST_NAMED])}）",
            f"have different thresholds ({', '.join(clauses[:_MOST_NAMED])})",
        )
        yield _differ(names, what, values)


def _percent(value: float | None) -> str:
    return "—" if value is None else f"{value:.1%}"


def _distinct(years: Iterator[Any]) -> str:
    known = sorted({int(year) for year in years if year is not None})
    return "、".join(map(str, known)) or "—"


def _in_force(run: Run) -> str:
    short = run.summary["profile"]
    for one in run.summary["documents"]:
        if isinstance(one, dict) and one.get("short") == short:
            return f"{short} {one.get('document', '')}".strip()
    return str(short)


def _people(one: Run, two: Run, names: tuple[Says, Says]) -> Iterator[Says]:
    years = one.summary.get("people_year"), two.summary.get("people_year")
    if years[0] != years[1]:
        what = ("人口年份不同", "have people of different years")
        yield _differ(names, what, (_or_dash(years[0]), _or_dash(years[1])))
    held = [_total(run) for run in (one, two)]
    if held[0] is not None and held[1] is not None and abs(held[0] - held[1]) >= _HALF_PERSON:
        what = ("人口不同（人）", "have different people")
        yield _differ(names, what, (f"{held[0]:,.0f}", f"{held[1]:,.0f}"))


def _total(run: Run) -> float | None:
    total = run.summary["people"].get("total")
    held = total.get("in_area") if isinstance(total, dict) else None
    return float(held) if isinstance(held, (int, float)) else None


def _or_dash(value: object) -> str:
    return "—" if value is None else str(value)


def _inputs(one: Run, two: Run, names: tuple[Says, Says]) -> Iterator[Says]:
    """Input files and programs that differ by their digests."""
    said: list[tuple[Callable[[Run], Mapping[str, str]], Says]] = [
        (lambda run: run.sources, ("输入文件不同", "have different input files")),
        (lambda run: run.versions, ("程序或库的版本不同", "were made by different versions")),
    ]
    for of, what in said:
        mine, theirs = of(one), of(two)
        if not mine or not theirs:
            continue
        keys = [k for k in dict.fromkeys((*mine, *theirs)) if mine.get(k) != theirs.get(k)]
        if keys:
            named = "、".join(keys[:_MOST_NAMED]) + (" …" if len(keys) > _MOST_NAMED else "")
            (zh, en), (one_name, two_name) = what, names
            yield (
                f"{one_name[0]}与{two_name[0]}{zh}：{named}",
                f"{one_name[1]} and {two_name[1]} {en}: {named}",
            )
