"""Obligations sheets 配套清单 on the terminal: one an area, each clause with its sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from planning.cli.tables import figure, print_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planning.districts import AreaSite, Basis, Obligation, Sheet
    from planning.result import Town
    from planning.standards import Finding

_TITLES: dict[Basis, str] = {
    "area": "本居住区应配 to be provided in the area",
    "delivery": "同步交付与达标 delivered with the homes, and provided for",
    "around": "入住后所在单元的要求 what the units around then ask (不与上表相加 not on top)",
}
_RANKS = {"only": " ★", "equal": " ＝", "less": " ·", "no_figure": "", "": ""}
_LEGEND = (
    "★ 各文件中最严 the strictest  ＝ 同为最严 as strict as others  · 另有更严 others ask more  "
    "（对照）仅列示 only shown  （力争）goal"
)
_STATUS = {
    "open": "运营",
    "preparing": "筹建",
    "closed": "关停",
    "candidate": "候选",
}
_RULE = "═" * 78
_MOST_UNITS = 4
_MOST_SITES = 12


def print_sheet(sheet: Sheet, *, town: Town | None = None, sites: Sequence[AreaSite] = ()) -> None:
    """One sheet: what it is, what is wanted, on what grounds, and which sites are at hand.

    Without a `town` it is of a district that stands on no map.
    """
    name = sheet.name if sheet.name == sheet.id else f"{sheet.name}（{sheet.id}）"
    who = ("规划人口", "planned people") if sheet.by_plan else ("居民", "residents")
    homes = figure(sheet.households) if sheet.households >= 0 else "—"
    typer.echo(f"\n{_RULE}\n新区配套清单 obligations · {name}\n{_RULE}")
    typer.echo(f"{sheet.described[0]} · {sheet.described[1]}")
    typer.echo(f"{who[0]} {who[1]} {sheet.people:,} · 户数 homes {homes}")
    if sheet.within and town is not None:
        typer.echo(f"位于 in {' ▸ '.join(sheet.within)}")
    _print_most(sheet)
    told = [one for one in sheet.obligations if _is_told(one, is_made=town is None)]
    for basis in _TITLES:
        some = [one for one in told if one.basis == basis]
        if some:
            _print_basis(_TITLES[basis], some, sheet, has_town=town is not None)
    if any(one.rank for one in told):
        typer.echo(f"\n{_LEGEND}")
    if town is not None and (rest := len(sheet.obligations) - len(told)):
        typer.echo(
            f"另有指标与对照 {rest} 条见 obligations.csv; {rest} more, only shown, are there"
        )
    if town is not None:
        _print_sites(town, sites)


def _print_most(sheet: Sheet) -> None:
    """Of every matter the most that any document asks of the area, and which do."""
    from planning.districts import MATTERS
    from planning.standards.words import figure as in_words

    asked = [
        one
        for one in sheet.obligations
        if one.basis == "area" and one.finding.role in ("requirement", "goal")
    ]
    said = []
    for matter, (zh, _) in MATTERS.items():
        some = [
            (required, one)
            for one in asked
            if one.matter == matter and (required := one.finding.required) is not None
        ]
        if some:
            most = max(required for required, _ in some)
            by = dict.fromkeys(one.finding.profile for required, one in some if required == most)
            amount = in_words(most, some[0][1].finding.unit)[0]
            name = "" if amount.endswith(zh) else f"{zh} "
            said.append(f"{name}{amount}（{'、'.join(by)}）")
    if said:
        typer.echo(f"应配（各文件取最高）the most that any asks：{'；'.join(said)}")


def _is_told(one: Obligation, *, is_made: bool) -> bool:
    """What is asked; what is only shown of the units around, where there is no table to show it."""
    role = one.finding.role
    if role == "benchmark" and one.basis == "around":
        return is_made
    return role != "indicator"


def _print_basis(title: str, told: Sequence[Obligation], sheet: Sheet, *, has_town: bool) -> None:
    lines = _lines(told)
    typer.echo()
    print_table(
        title,
        ["", "事项 matter", "文件 by", "要求 asked", "应配\nwanted", "现有\nthere", "尚缺\nlacks"],
        [
            [
                str(number),
                _matter(some),
                _documents(some),
                _asked(some[0], sheet),
                *_amounts(some[0].finding),
            ]
            for number, some in enumerate(lines, 1)
        ],
        figures=3,
    )
    for number, some in enumerate(lines, 1):
        _print_grounds(number, some, with_change=has_town)


def _lines(told: Sequence[Obligation]) -> list[list[Obligation]]:
    """Obligations that read alike share a line: of several documents, or in several units."""
    found: dict[tuple[object, ...], list[Obligation]] = {}
    for one in told:
        f = one.finding
        units = "" if one.basis == "around" else f.unit_id
        figures = (f.required, f.measured, f.at_most, f.gap, f.verdict, f.role, f.level)
        title = one.clause.title_zh if one.basis == "around" else ""
        key = (one.matter, one.clause.measure.model_dump_json(), one.rank, title, units, *figures)
        found.setdefault(key, []).append(one)
    return list(found.values())


def _matter(some: Sequence[Obligation]) -> str:
    from planning.districts import MATTERS

    one = some[0]
    zh, en = MATTERS[one.matter]
    if one.basis == "area":
        return f"{zh}\n{en}"
    names = list(dict.fromkeys(each.finding.unit_name for each in some))
    if one.basis == "delivery":
        return one.clause.title_zh
    more = f"等{len(names)}个" if len(names) > _MOST_UNITS else ""
    each = "（各）" if len(names) > 1 else ""
    return f"{one.clause.title_zh}\n{'、'.join(names[:_MOST_UNITS])}{more}{each}"


def _documents(some: Sequence[Obligation]) -> str:
    names = ", ".join(dict.fromkeys(one.finding.profile for one in some))
    role = some[0].finding.role
    if role == "benchmark":
        return f"{names}\n（对照）"
    return f"{names}{_RANKS[some[0].rank]}" + ("\n（力争）" if role == "goal" else "")


def _asked(one: Obligation, sheet: Sheet) -> str:
    """What the document asks, by when."""
    from planning.standards.printed import when_words

    clause = one.clause
    if one.matter == "delivery":
        year = f"{sheet.delivered}年" if sheet.delivered >= 0 else ""
        return f"随住宅{year}同步交付"
    asked = one.row.target[0]
    if asked == "—" and clause.set_by:
        asked = f"由{clause.set_by}另定"
    when = when_words(clause)[0]
    return f"{asked}\n{when}" if when else asked


def _amounts(found: Finding) -> list[str]:
    from planning.standards.words import figure as in_words

    wanted = "—" if found.required is None else in_words(found.required, found.unit)[0]
    missing = "—" if found.gap is None else in_words(found.gap, found.unit)[0]
    return [wanted, _there(found), missing]


def _there(found: Finding) -> str:
    from planning.standards.words import figure as in_words
    from planning.standards.words import plain

    if found.measured is None:
        return "—"
    least = in_words(found.measured, found.unit)[0]
    if found.at_most is None:
        return f"至少{least}"
    if found.at_most > found.measured:
        return f"{plain(found.measured)}–{in_words(found.at_most, found.unit)[0]}"
    return least


def _print_grounds(number: int, some: Sequence[Obligation], *, with_change: bool) -> None:
    """The sentences of the documents, and how the figures come about."""
    cited: dict[tuple[str, str, str], list[str]] = {}
    for one in some:
        key = (one.finding.document, one.finding.article, one.clause.quote)
        cited.setdefault(key, []).append(one.finding.profile)
    for at, ((document, article, quote), profiles) in enumerate(cited.items()):
        by = ", ".join(dict.fromkeys(profiles))
        head = f"{number:>3}. " if at == 0 else " " * 5
        typer.echo(f"{head}{by} {document} {article}：“{quote}”")
    one = some[0]
    typer.echo(f"     {one.finding.because_zh}")
    typer.echo(f"     {one.finding.because_en}")
    if with_change and any(one.because):
        typer.echo(f"     {one.because[0]} {one.because[1]}")


def _print_sites(town: Town, sites: Sequence[AreaSite]) -> None:
    """Facilities and candidates inside and in reach."""
    if not sites:
        typer.echo("\n区内与步行圈内没有设施或候选点 no facility or candidate inside or in reach")
        return
    inside = sum(one.is_inside for one in sites)
    typer.echo()
    print_table(
        f"区内与 {sites[0].limit_min:g} 分钟步行圈内的场所 sites inside and within the walk："
        f"区内 {inside}，区外 {len(sites) - inside}",
        ["场所 site", "状态", "规模 size", "位置\nwhere", "最近/平均\nmin", "可及居民\nin reach"],
        [_site(town, one) for one in sites[:_MOST_SITES]],
        figures=3,
    )
    if len(sites) > _MOST_SITES:
        rest = len(sites) - _MOST_SITES
        typer.echo(f"其余 {rest} 处见 area_sites.csv; the rest is in area_sites.csv")


def _site(town: Town, one: AreaSite) -> list[str]:
    if one.kind == "facility":
        places, done = town.facilities, town.facilities.functions[one.site]
        name, number = places.names[one.site], places.ids[one.site]
        floor_m2, land_m2 = places.floor_m2[one.site], places.elder_land_m2[one.site]
        serves = [n for n, s in town.study.services.items() if done & set(s.functions)]
        size = _holds(town, one.site)
    else:
        assert town.candidates is not None
        could = town.candidates
        name, number = could.source_classes[one.site], could.ids[one.site]
        floor_m2, land_m2 = could.floor_m2[one.site], could.land_m2[one.site]
        serves = [n for n in town.study.services if n in could.services[one.site]]
        size = []
    size += [f"建筑 {_area(floor_m2)} ㎡", f"用地 {_area(land_m2)} ㎡"]
    walk = "—" if one.nearest_min is None else f"{one.nearest_min:.1f} / {one.mean_min:.1f}"
    share = "—" if one.share is None else f"{one.share:.0%}"
    return [
        f"{number} {name}\n{'、'.join(town.study.services[n].label for n in serves)}",
        _STATUS[one.status],
        "\n".join(size),
        "区内" if one.is_inside else f"{one.distance_m:,.0f} m",
        walk,
        f"{one.people_within:,.0f}\n{share}",
    ]


def _holds(town: Town, at: int) -> list[str]:
    """Places and beds of a facility; ? where it has some and does not say how many."""
    facilities = town.facilities
    found = []
    for amount, word in ((facilities.places[at], "托位"), (facilities.beds[at], "床位")):
        if amount != amount:
            found.append(f"{word} ?")
        elif amount > 0:
            found.append(f"{word} {amount:,.0f}")
    return found


def _area(m2: float) -> str:
    return "?" if m2 != m2 else f"{m2:,.0f}"
