"""What was asked for beside the plan, as a page: one HTML file without a script, to look at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from planning.outputs.bilingual import Lang, Says, said
from planning.outputs.frames.frontier import gap_of, knee_at
from planning.outputs.frontier_words import beyond_money, headline, how_made, last_step
from planning.outputs.inlining import inert_text
from planning.outputs.pages.frontier_picture import curve, rising
from planning.outputs.pages.robustness_section import robustness_section
from planning.outputs.pages.still import still_page, top
from planning.result import StudyResult
from planning.siting.frontier import Funded, met_of

_KIND: Says = ("投入与成效", "Cost and coverage")
_WAN = 10_000.0
_MOST_CANDIDATES = 150


def write_tradeoffs(path: Path, result: StudyResult, *, lang: Lang = "zh") -> None:
    """Write the page, which opens in `lang`; the same result gives the same bytes.

    Raises OutsideReferenceError where the finished page would request anything beyond itself.
    """
    path.write_text(tradeoffs_page(result, lang=lang), encoding="utf-8", newline="\n")


def tradeoffs_page(result: StudyResult, *, lang: Lang = "zh") -> str:
    """The page as HTML: the sections of what was asked for."""
    body = [_top(result), *_frontier(result), *_robustness(result), _footer(result)]
    return still_page(result.town.area.name, _KIND, body, name="tradeoffs", lang=lang)


def _top(result: StudyResult) -> str:
    town = result.town
    scenario = "" if town.scenario is None else f" · {inert_text(town.scenario)}"
    return top(town.area.name, _KIND, f"{said(town.demand.of_year)}{scenario}")


def _frontier(result: StudyResult) -> Iterator[str]:
    funded = result.frontier
    if not funded:
        return
    siting, year = result.town.study.siting, result.town.study.standards.year
    also = [one for one in (last_step(funded), beyond_money(funded)) if one is not None]
    yield f'<section class="sheet"><h2 class="lead">{said(headline(funded))}</h2>'
    yield "".join(f'<p class="also">{said(one)}</p>' for one in also)
    if funded[0].plan.people_short > 0 and funded[-1].plan.objective_yuan > 0:
        yield f'<div class="wide">{curve(funded, width=1040, height=430)}</div>'
        yield f'<div class="narrow">{curve(funded, width=380, height=340)}</div>'
    yield '<div class="small-pictures">' + "".join(_small_pictures(result)) + "</div></section>"
    yield _table(result)
    yield _picks(funded)
    notes = how_made(funded, year, len(siting.years) if siting else 0)
    yield '<section class="notes">' + "".join(f"<p>{said(note)}</p>" for note in notes)
    yield "</section>"


def _robustness(result: StudyResult) -> Iterator[str]:
    if result.robustness is not None:
        yield robustness_section(result.robustness)


def _small_pictures(result: StudyResult) -> Iterator[str]:
    """Requirements met, and the coverage of every service, against money."""
    funded = result.frontier
    spent = [one.plan.objective_yuan / _WAN for one in funded]
    counts = [met_of(one.plan.findings) for one in funded]
    asked = counts[-1][1]
    picture = rising(spent, [met for met, _ in counts], most=max(1, asked), per_cent=False)
    title = (f"达标的要求（共 {asked}）", f"Requirements met (of {asked})")
    yield f"<figure><figcaption>{said(title)}</figcaption>{picture}</figure>"
    for service, spec in result.town.study.services.items():
        shares = [
            one.plan.situation.coverage[service]
            .ledger(one.plan.situation.demand.people[spec.group])
            .share
            for one in funded
        ]
        group = result.town.study.labels[spec.group][0]
        title = (
            f"{spec.label}：{group} {spec.limit_min:g} 分钟内",
            f"{spec.label}: {group} within {spec.limit_min:g} min",
        )
        values = [None if share is None else float(share) for share in shares]
        picture = rising(spent, values, most=1.0, per_cent=True)
        yield f"<figure><figcaption>{said(title)}</figcaption>{picture}</figure>"


def _table(result: StudyResult) -> str:
    funded, knee = result.frontier, knee_at(result.frontier)
    heads: list[Says] = [
        ("投资上限（万元）", "Budget (10,000 yuan)"),
        ("实花", "Spent"),
        ("处数", "Sites"),
        ("仍缺服务人次", "Left without"),
        ("比上一档少", "Fewer than before"),
        ("每万元少", "By 10,000 yuan"),
        ("与下界差距", "Gap"),
        ("达标／要求", "Met / asked"),
    ]
    head = "".join(f"<th>{said(one)}</th>" for one in heads)
    rows = []
    for at, one in enumerate(funded):
        mark = f" <b>{said(('拐点', 'knee'))}</b>" if at == knee else ""
        cells = "".join(f"<td>{cell}</td>" for cell in _cells(funded, at))
        chosen = ' class="chosen"' if at == knee else ""
        rows.append(f"<tr{chosen}><th>{one.point.budget_yuan / _WAN:,.0f}{mark}</th>{cells}</tr>")
    return (
        f'<section class="sheet"><h2>{said(("逐档", "Every budget"))}</h2><div class="scroll">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div></section>"
    )


def _cells(funded: Sequence[Funded], at: int) -> Iterator[str]:
    plan, before = funded[at].plan, funded[max(0, at - 1)].plan
    fewer = before.people_short - plan.people_short
    more = (plan.objective_yuan - before.objective_yuan) / _WAN
    met, asked = met_of(plan.findings)
    yield f"{plan.objective_yuan / _WAN:,.0f}"
    yield f"{len({site.candidate for site in plan.sites}):,}"
    yield f"{plan.people_short:,.0f}"
    yield f"{fewer:,.0f}" if at else "—"
    yield f"{fewer / more:,.1f}" if more > 0 else "—"
    yield f"{gap_of(funded[at]):.1%}"
    yield f"{met}／{asked}"


def _picks(funded: Sequence[Funded]) -> str:
    """Which candidates each budget opens, those first that every larger budget keeps."""
    chosen = [{site.candidate_id for site in one.plan.sites} for one in funded]
    names = sorted(set().union(*chosen), key=lambda name: _rank(name, chosen))
    if not names:
        return ""
    n = len(funded)
    firm = sum(all(name in at for at in chosen[n // 2 :]) for name in names)
    rows = []
    for name in names[:_MOST_CANDIDATES]:
        cells = "".join('<i class="on"></i>' if name in at else "<i></i>" for at in chosen)
        rows.append(f'<div><span title="{inert_text(name)}">{inert_text(name)}</span>{cells}</div>')
    rest = len(names) - _MOST_CANDIDATES
    hint: Says = (
        f"每格一档，自左向右投资递增；深色为选用。{firm} 处自中间一档起档档入选：投资只要到那一档，"
        "再多也要建，可以先建",
        f"A cell a budget, rising to the right; dark: opened. {firm} are in every budget from the "
        "middle one on: whatever comes beyond it, they are built, so they may come first",
    )
    others: Says = (f"其余 {rest} 处见 frontier.csv", f"The other {rest} are in frontier.csv")
    more = f"<p>{said(others)}</p>" if rest > 0 else ""
    return (
        f'<section class="sheet"><h2>{said(("哪些先建", "Which to build first"))}</h2>'
        f'<p class="hint">{said(hint)}</p><div class="picks">{"".join(rows)}</div>{more}</section>'
    )


def _rank(name: str, chosen: Sequence[set[str]]) -> tuple[int, int, str]:
    """From which budget on it is always opened, how often it is opened at all, its name."""
    always = next(
        (at for at in range(len(chosen)) if all(name in one for one in chosen[at:])), len(chosen)
    )
    return always, -sum(name in one for one in chosen), name


def _footer(result: StudyResult) -> str:
    licences = "".join(
        f"<p>{inert_text(one)}</p>" for one in sorted({s.licence for s in result.town.sources})
    )
    return f"<footer><p>{inert_text(result.digest)}</p>{licences}</footer>"
