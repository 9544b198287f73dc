"""What a closure does, on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from planning.cli.cards import VERDICTS
from planning.cli.tables import print_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planning.closing import Closure, Loss, PlacesLost, Ranked, Turned, Way
    from planning.result import Town
    from planning.standards import Clause

_MOST_ROWS = 12
_MOST_SITES = 5
_HALF_PERSON = 0.5
_WAYS: dict[Way, str] = {
    "lost": "达标→未达标",
    "wider": "缺口扩大",
    "open": "结论改变",
    "better": "缺口缩小",
}
_RULES = {
    "nearest_first": "近者先得\nnearest first",
    "transport_optimum": "统筹调配\nshared out",
}
_AMOUNTS = {"places": "托位", "beds": "床位"}


def print_closure(town: Town, closure: Closure) -> None:
    """Who loses what, by group and by unit; where they can go; which clauses turn."""
    facilities = town.facilities
    typer.echo("\n关停影响 if these shut")
    for row in closure.closed:
        idle = "：现状未运营，无人因此失去服务 not open today" if row in closure.idle else ""
        typer.echo(f"  · {facilities.names[row]}（{facilities.ids[row]}）{idle}")
    typer.echo(" ".join(town.demand.of_year))
    _print_losses(town, closure)
    _print_next(town, closure)
    _print_places(town, closure.places)
    for profile, found in closure.turned:
        _print_turned(town, profile, found)


def _print_losses(town: Town, closure: Closure) -> None:
    touched = [one for one in closure.losses if one.lost > 0 or one.farther > 0]
    if not touched:
        typer.echo(
            "\n没有人失去任何服务的步行圈，也没有人走得更远 nobody loses a circle or walks farther"
        )
        return
    services = list(town.study.services)
    _table_of_losses(
        town,
        "谁失去步行圈 who is newly outside the circle",
        sorted(
            (one for one in touched if one.level == "area"),
            key=lambda one: (services.index(one.service), not _is_own(town, one)),
        ),
    )
    own = [one for one in touched if one.level != "area" and _is_own(town, one) and one.lost > 0]
    level = town.area.levels[-1].level if town.area.levels else ""
    units = sorted((one for one in own if one.level == level), key=lambda one: -one.lost)
    if units:
        _table_of_losses(
            town,
            "在哪些单元（各服务的人群） in which units, of each service's own group",
            units[:_MOST_ROWS],
        )
    if len(units) > _MOST_ROWS:
        typer.echo(f"其余 {len(units) - _MOST_ROWS} 个单元见 --out; the rest is in --out")


def _is_own(town: Town, one: Loss) -> bool:
    """Whether the service is for this group."""
    return one.group == town.study.services[one.service].group


def _table_of_losses(town: Town, title: str, rows: Sequence[Loss]) -> None:
    typer.echo()
    print_table(
        title,
        [
            "服务\nservice",
            "人群\ngroup",
            "圈内 前→后\ncovered",
            "失去\nlost",
            "无处可去\nno way",
            "多走 均/最\nmin more",
            "仍在圈内\n但更远",
        ],
        [
            [
                _service(town, one.service) + ("" if one.level == "area" else f"\n{one.unit_name}"),
                town.study.labels[one.group][0],
                f"{one.covered_before:,.0f}→{one.covered_after:,.0f}",
                f"{one.lost:,.0f}",
                f"{one.no_way:,.0f}",
                _minutes(one.added_mean_min, one.added_worst_min),
                f"{one.farther:,.0f}",
            ]
            for one in rows
        ],
        figures=5,
    )


def _service(town: Town, name: str) -> str:
    return town.study.services[name].label


def _minutes(mean: float | None, worst: float | None) -> str:
    return "—" if mean is None or worst is None else f"{mean:.1f} / {worst:.1f}"


def _print_next(town: Town, closure: Closure) -> None:
    """The facilities that are nearest now to those newly outside."""
    if not closure.next_sites:
        return
    rows = []
    for service in town.study.services:
        here = [one for one in closure.next_sites if one.service == service]
        rows += here[:_MOST_SITES]
        if len(here) > _MOST_SITES:
            typer.echo(f"{_service(town, service)}：另有 {len(here) - _MOST_SITES} 处，见 --out")
    typer.echo()
    print_table(
        "圈外居民今后最近的设施 the next nearest of those newly outside",
        ["服务 service", "设施 facility", "人数\npeople", "多走 均/最\nmin more"],
        [
            [
                _service(town, one.service),
                _name(town, one.facility),
                f"{one.people:,.0f}",
                _minutes(one.added_mean_min, one.added_worst_min),
            ]
            for one in rows
        ],
        figures=2,
    )


def _name(town: Town, row: int) -> str:
    return f"{town.facilities.names[row]}（{town.facilities.ids[row]}）"


def _print_places(town: Town, places: Sequence[PlacesLost]) -> None:
    told = [one for one in places if one.capacity or one.unknown or one.gains]
    if not told:
        return
    typer.echo()
    print_table(
        "位子 places",
        [
            "服务 service",
            "规则 rule",
            "减少\ngone",
            "要位子\nasking",
            "有位子 前→后\nserved",
            "失去\nlost",
        ],
        [
            [
                _service(town, one.service),
                _RULES[one.rule],
                f"{one.capacity:,.0f} {_AMOUNTS.get(one.amount, one.amount)}"
                + (f"\n另 {one.unknown} 处不详" if one.unknown else ""),
                f"{one.asking:,.0f}",
                f"{one.served_before:,.0f}→{one.served_after:,.0f}",
                f"{one.served_before - one.served_after:,.0f}",
            ]
            for one in told
        ],
        figures=4,
    )
    for one in told:
        gains = [gain for gain in one.gains if gain.more >= _HALF_PERSON]
        at = "、".join(f"{_name(town, g.facility)} +{g.more:,.0f}" for g in gains[:_MOST_SITES])
        rule_zh, rule_en = _RULES[one.rule].split("\n")
        typer.echo(
            f"  {_service(town, one.service)}，{rule_zh}：可转到 {at}"
            if at
            else f"  {_service(town, one.service)}，{rule_zh}：圈内其余设施没有空位 "
            f"no place is left within the limit ({rule_en})"
        )


def _print_turned(town: Town, profile: str, found: Sequence[Turned]) -> None:
    """Requirements and goals whose verdict or gap changes under one document."""
    asked = [one for one in found if one.after.role in ("requirement", "goal")]
    shown = len(found) - len(asked)
    rest = f"；对照与指标另有 {shown} 条 only shown: {shown}" if shown else ""
    if not asked:
        typer.echo(f"\n{profile}：没有要求因此改变 no requirement changes{rest}")
        return
    document = next(p for p in town.documents if p.standard.short == profile)
    typer.echo()
    print_table(
        f"条文 clauses · {profile} {document.standard.document}",
        ["", "指标 title", "单元 unit", "变化 change", "现有 前→后\nthere", "缺口 前→后\nlacking"],
        [
            [
                str(number),
                _title(town, one),
                one.after.unit_name or one.after.unit_id,
                _change(one),
                f"{_amount(one, 'measured', 0)}\n→ {_amount(one, 'measured', 1)}",
                f"{_amount(one, 'gap', 0)}\n→ {_amount(one, 'gap', 1)}",
            ]
            for number, one in enumerate(asked[:_MOST_ROWS], 1)
        ],
        figures=2,
    )
    for number, one in enumerate(asked[:_MOST_ROWS], 1):
        new = one.after
        typer.echo(f"{number:>3}. {new.document} {new.article}：“{_quote(town, one)}”")
        typer.echo(f"     {new.because_zh}")
        typer.echo(f"     {new.because_en}")
    if len(asked) > _MOST_ROWS:
        rest = f"；其余 {len(asked) - _MOST_ROWS} 条见 --out the rest is in --out{rest}"
    if rest:
        typer.echo(f"  {rest.lstrip('；')}")


def _change(one: Turned) -> str:
    if one.way == "open":
        old, new = (VERDICTS.get(f.verdict, "不适用").split()[0] for f in (one.before, one.after))
        return f"{old}→{new}"
    return _WAYS[one.way]


def _amount(one: Turned, name: str, which: int) -> str:
    from planning.standards.words import figure

    finding = (one.before, one.after)[which]
    value = getattr(finding, name)
    if name == "gap" and value is not None and finding.unit == "share":
        return f"{float(value * 100):.1f}个百分点"
    return "—" if value is None else figure(value, finding.unit)[0]


def _title(town: Town, one: Turned) -> str:
    return _clause(town, one).title_zh


def _quote(town: Town, one: Turned) -> str:
    return _clause(town, one).quote


def _clause(town: Town, one: Turned) -> Clause:
    profile = next(p for p in town.documents if p.standard.short == one.after.profile)
    clause = profile.clause(one.after.clause_id)
    assert clause is not None
    return clause


def print_ranking(town: Town, ranked: Sequence[Ranked]) -> None:
    """For every service its facilities, those that most would lose first."""
    typer.echo("\n逐处关停的影响 each facility shut by itself\n" + " ".join(town.demand.of_year))
    for service, spec in town.study.services.items():
        rows = [one for one in ranked if one.service == service]
        if not rows:
            typer.echo(f"\n{spec.label}：没有运营中的设施 no facility is open")
            continue
        typer.echo()
        print_table(
            f"{spec.label} {service} ≤ {spec.limit_min:g} min · {town.study.labels[spec.group][0]}",
            [
                "设施 facility",
                "仅靠此处\nlost",
                "占圈内\nof covered",
                "最近者为此处\nnearest to",
                "全体居民\nall ages",
            ],
            [
                [
                    _name(town, one.facility),
                    f"{one.lost:,.0f}",
                    f"{one.lost / one.covered:.1%}" if one.covered > 0 else "—",
                    f"{one.nearest_to:,.0f}",
                    f"{one.lost_total:,.0f}",
                ]
                for one in rows[:_MOST_ROWS]
            ],
            figures=4,
        )
        if len(rows) > _MOST_ROWS:
            typer.echo(f"其余 {len(rows) - _MOST_ROWS} 处见 --out、--json; the rest is there")
    typer.echo(
        "仅靠此处：圈内没有第二处的人，单独关停即失去服务；多处同时关停请写明各处\n"
        "lost: people with no second one within the limit; name several to shut them together"
    )


def closure_json(town: Town, closure: Closure) -> dict[str, Any]:
    """The same for machines."""
    from planning.outputs.frames.closing import closing_frames, places_rows
    from planning.outputs.plain_rows import plain_rows

    frames = closing_frames(town, closure)
    return {
        "closed": [
            {
                "id": town.facilities.ids[row],
                "name": town.facilities.names[row],
                "open": row not in closure.idle,
            }
            for row in closure.closed
        ],
        **{name: plain_rows(frame) for name, frame in frames.items()},
        "places": places_rows(closure.places),
    }
