"""What a scenario changes, for the reader of a report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from planning.demand import TOTAL
from planning.inputs.shortened import shortened
from planning.inputs.what_if.ground import KEY, Ground
from planning.provenance import Note
from planning.result import Town
from planning.run_record import ground_digest
from planning.study import AddedSite, Resized, WhatIf

_AMOUNTS = {
    "places": ("托位", "places"),
    "beds": ("床位", "beds"),
    "nursing_beds": ("护理型床位", "nursing beds"),
    "floor_m2": ("建筑面积", "floor [m²]"),
}


def notes_of(what_if: WhatIf, before: Ground, after: Ground) -> Iterator[Note]:
    """Remarks on every kind of edit; the first says that all of it is hypothetical."""
    yield Note(
        about=KEY,
        zh="以下为推演的假想现状，并非实际：体检、覆盖与方案均以其为准",
        en="what follows is a hypothetical present, not what is: findings, coverage and plan "
        "are about it",
    )
    yield from _added(what_if.added, after)
    names = dict(zip(before.facilities.ids, before.facilities.names, strict=True))
    yield from _named("撤销", "taken away", what_if.removed, names)
    yield from _named("迁址", "moved", tuple(what_if.moved), names)
    yield from _resized(what_if.resized, names)
    if what_if.closed_streets:
        lines = [str(line) for line in what_if.closed_streets]
        yield Note(
            about=KEY,
            zh=f"封闭道路 {len(lines)} 条（编号 {'、'.join(shortened(lines))}），任何人不得通行",
            en=f"streets closed to everybody: {len(lines)} (lines {', '.join(shortened(lines))})",
        )
    yield from _areas(what_if, before, after)


def of_other_ground(town: Town) -> Iterator[Note]:
    """A remark where a scenario file was made from other data or another study than today's."""
    laid = town.study.laid_over
    if laid is not None and laid.ground and laid.ground != ground_digest(town):
        yield Note(
            about=KEY,
            zh=f"情景文件 {laid.file} 是由另一份数据或研究文件作出的：数字可能与当时所见不同",
            en=f"the scenario file {laid.file} was made from other data or another study file: "
            "figures may differ from those seen then",
        )


def _added(sites: Sequence[AddedSite], after: Ground) -> Iterator[Note]:
    if not sites:
        return
    said = [f"{site.name or site.id}（{site.kind} {site.size:,}）" for site in sites]
    said_en = [f"{site.name or site.id} ({site.kind}, {site.size:,})" for site in sites]
    yield Note(
        about=KEY,
        zh=f"新增设施 {len(sites)} 处：{'、'.join(shortened(said))}",
        en=f"facilities added: {len(sites)}: {', '.join(shortened(said_en))}",
    )
    assert after.cost is not None
    unknown = after.cost.unknown
    yield Note(
        about=KEY,
        zh=f"新增设施费用 {after.cost.yuan:,.0f} 元"
        + (f"，另有 {unknown} 处费用未知" if unknown else ""),
        en=f"they cost {after.cost.yuan:,.0f} yuan"
        + (f", and {unknown} of them nobody says how much" if unknown else ""),
    )
    both = [site.id for site in sites if site.candidate is not None and site.yuan is not None]
    if both:
        yield Note(
            about=KEY,
            zh=f"{'、'.join(shortened(both))} 设在候选点，费用按候选点与种类的价格计，不用其 yuan",
            en=f"{', '.join(shortened(both))}: in candidates, at the prices of these and of the "
            "kind; their own yuan is not used",
        )


def _named(zh: str, en: str, ids: Sequence[str], names: Mapping[str, str]) -> Iterator[Note]:
    if ids:
        said = shortened([names[one] for one in ids])
        yield Note(
            about=KEY,
            zh=f"{zh}设施 {len(ids)} 处：{'、'.join(said)}",
            en=f"facilities {en}: {len(ids)}: {', '.join(said)}",
        )


def _resized(resized: Mapping[str, Resized], names: Mapping[str, str]) -> Iterator[Note]:
    said, said_en = [], []
    for one, amounts in resized.items():
        new = amounts.model_dump(exclude_none=True)
        if new:
            zh = "、".join(f"{_AMOUNTS[key][0]} {value:,g}" for key, value in new.items())
            en = ", ".join(f"{_AMOUNTS[key][1]} {value:,g}" for key, value in new.items())
            said.append(f"{names[one]}（{zh}）")
            said_en.append(f"{names[one]} ({en})")
    if said:
        yield Note(
            about=KEY,
            zh=f"规模改变 {len(said)} 处：{'、'.join(shortened(said))}",
            en=f"facilities of another size: {len(said)}: {', '.join(shortened(said_en))}",
        )


def _areas(what_if: WhatIf, before: Ground, after: Ground) -> Iterator[Note]:
    if not what_if.areas:
        return
    names = [area.name or area.id for area in what_if.areas]
    people = after.demand.total(TOTAL) - before.demand.total(TOTAL)
    households = sum(area.households for area in what_if.areas)
    shown = shortened(names)
    yield Note(
        about=KEY,
        zh=f"勾画居住区 {len(names)} 个（{'、'.join(shown)}）：{households:,} 户 {people:,.0f} 人，"
        "视为已交付、计入居民，均匀分布在区内 50 米方格的中心，各人群占比同全部研究范围",
        en=f"residential areas sketched: {len(names)} ({', '.join(shown)}): {households:,} "
        f"households of {people:,.0f} people, delivered and among the residents, spread evenly "
        "over squares of 50 m; groups as in the whole study area",
    )
