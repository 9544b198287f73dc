"""The frontier drawn: people left without against money, and what else rises with it, as SVG."""

from __future__ import annotations

from collections.abc import Sequence

from planning.outputs.axes import Axes, in_millions, in_thousands, in_wan, ticks
from planning.outputs.frames.frontier import gap_of, knee_at
from planning.outputs.inlining import inert_text
from planning.siting.frontier import Funded

_WAN = 10_000.0
_VISIBLE_GAP = 0.005
_EARLY = 0.55
_ROOM_FOR_WORDS = 22.0
_ROOM_FOR_A_LINE = 12.0


def both(x: float, y: float, zh: str, en: str, *, kind: str, anchor: str = "start") -> str:
    """A text of the picture in both languages, of which the page shows one."""
    at = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return "".join(
        f'<text class="{lang} {kind}" {at}>{inert_text(text)}</text>'
        for lang, text in (("zh", zh), ("en", en))
    )


def curve(funded: Sequence[Funded], *, width: float, height: float) -> str:
    """The picture: what is helped above the curve, what still could be, what no money helps."""
    spent = [one.plan.objective_yuan / _WAN for one in funded]
    left = [one.plan.people_short for one in funded]
    axes = Axes(
        width=width, height=height, left=54, right=18, top=14, bottom=44,
        x_most=spent[-1], y_most=left[0] * 1.04,
    )  # fmt: skip
    places = [(axes.x(x), axes.y(y)) for x, y in zip(spent, left, strict=True)]
    knee = knee_at(funded)
    parts = [
        _areas(axes, places, left),
        _grid(axes),
        _bounds(axes, funded, places),
        f'<polyline class="line" points="{_points(places)}"/>',
        "".join(_dot(one, at) for one, at in zip(funded, places, strict=True)),
        "" if knee < 0 else _knee(axes, funded, knee, places[knee]),
        _words(axes, places, left),
    ]
    return _svg(axes, "".join(parts), "投资与仍缺服务人次 cost against people left without")


def rising(
    spent: Sequence[float], values: Sequence[float | None], *, most: float, per_cent: bool
) -> str:
    """A small picture of one figure against money [10,000 yuan]; gaps where it cannot be told."""
    axes = Axes(
        width=300, height=132, left=10, right=56, top=16, bottom=24, x_most=spent[-1], y_most=most
    )
    known = [(x, v) for x, v in zip(spent, values, strict=True) if v is not None]
    places = [(axes.x(x), axes.y(v)) for x, v in known]
    lines = [
        f'<line class="grid" x1="{axes.left}" x2="{axes.width - axes.right}" '
        f'y1="{axes.y(v):.1f}" y2="{axes.y(v):.1f}"/>'
        for v in (0.0, most / 2, most)
    ]
    lines.append(f'<polyline class="line" points="{_points(places)}"/>')
    lines += [f'<circle class="dot small" cx="{x:.1f}" cy="{y:.1f}" r="2.6"/>' for x, y in places]
    if places:
        says = [f"{v:.1%}" if per_cent else f"{v:,.0f}" for _, v in known]
        (x0, y0), (x1, y1) = places[0], places[-1]
        # Below the first dot, where the line does not go, if there is room.
        first = y0 + 16 if y0 + 16 < axes.floor else y0 - 8
        lines.append(f'<text class="figure" x="{x0:.1f}" y="{first:.1f}">{says[0]}</text>')
        lines.append(
            f'<text class="figure last" x="{x1 + 7:.1f}" y="{y1 + 4:.1f}">{says[-1]}</text>'
        )
    end = f"{spent[-1]:,.0f}"
    lines.append(both(axes.left, axes.height - 8, "0 万元", "0", kind="tick"))
    lines.append(
        both(axes.width - axes.right, axes.height - 8, end, end, kind="tick", anchor="end")
    )
    return _svg(axes, "".join(lines), "")


def _svg(axes: Axes, inner: str, label: str) -> str:
    named = f' role="img" aria-label="{inert_text(label)}"' if label else ' aria-hidden="true"'
    return f'<svg viewBox="0 0 {axes.width:g} {axes.height:g}"{named}>{inner}</svg>'


def _points(places: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in places)


def _areas(axes: Axes, places: Sequence[tuple[float, float]], left: Sequence[float]) -> str:
    top, low = axes.y(left[0]), axes.y(left[-1])
    first, last = places[0][0], places[-1][0]
    rest = f"{last:.1f},{low:.1f} {first:.1f},{low:.1f}"
    return (
        f'<polygon class="helped" points="{_points(places)} {last:.1f},{top:.1f}"/>'
        f'<polygon class="open" points="{_points(places)} {rest}"/>'
        f'<rect class="beyond" x="{first:.1f}" y="{low:.1f}" width="{last - first:.1f}" '
        f'height="{axes.floor - low:.1f}"/>'
    )


def _grid(axes: Axes) -> str:
    lines = []
    for value in ticks(axes.y_most, 5):
        y = axes.y(value)
        lines.append(
            f'<line class="grid" x1="{axes.left}" x2="{axes.width - axes.right}" '
            f'y1="{y:.1f}" y2="{y:.1f}"/>'
        )
        lines.append(
            both(
                axes.left - 7, y + 4, in_wan(value), in_thousands(value), kind="tick", anchor="end"
            )
        )
    for value in ticks(axes.x_most, 8 if axes.width > 600 else 4):
        x, said = axes.x(value), f"{value:,g}"
        lines.append(
            f'<line class="axis" x1="{x:.1f}" x2="{x:.1f}" '
            f'y1="{axes.floor:.1f}" y2="{axes.floor + 5:.1f}"/>'
        )
        lines.append(both(x, axes.floor + 19, said, said, kind="tick", anchor="middle"))
    lines.append(
        f'<line class="axis" x1="{axes.left}" x2="{axes.width - axes.right}" '
        f'y1="{axes.floor:.1f}" y2="{axes.floor:.1f}"/>'
    )
    right = axes.width - axes.right
    lines.append(
        both(
            right, axes.height - 5, "投资（万元）", "Cost (10,000 yuan)", kind="name", anchor="end"
        )
    )
    return "".join(lines)


def _words(axes: Axes, places: Sequence[tuple[float, float]], left: Sequence[float]) -> str:
    """What each of the areas is, where there is room to say it."""
    right = axes.width - axes.right - 10
    helped, beyond = left[0] - left[-1], left[-1]
    said = [
        both(
            right, axes.y(left[0]) + 22,
            f"已解决 {in_wan(helped)}", f"helped {in_thousands(helped)}",
            kind="area good", anchor="end",
        )
    ]  # fmt: skip
    low = axes.y(left[-1])
    if low - places[0][1] > 3 * _ROOM_FOR_WORDS:
        said.append(
            both(axes.left + 10, low - 10, "尚缺，加钱可解决", "left, money helps", kind="area bad")
        )
    if axes.floor - low > _ROOM_FOR_A_LINE:
        said.append(
            both(
                axes.left + 10,
                (low + axes.floor) / 2 + 4.5,
                f"这些候选点解决不了 {in_wan(beyond)}",
                f"beyond these candidates {in_thousands(beyond)}",
                kind="area",
            )
        )
    return "".join(said)


def _bounds(axes: Axes, funded: Sequence[Funded], places: Sequence[tuple[float, float]]) -> str:
    """How much lower a point could be at most, where that can be seen."""
    return "".join(
        f'<line class="bound" x1="{x:.1f}" x2="{x:.1f}" y1="{y:.1f}" '
        f'y2="{axes.y(one.plan.people_short_bound):.1f}"/>'
        for one, (x, y) in zip(funded, places, strict=True)
        if gap_of(one) > _VISIBLE_GAP
    )


def _dot(one: Funded, at: tuple[float, float]) -> str:
    plan = one.plan
    said = (
        f"投资 {plan.objective_yuan / _WAN:,.0f} 万元，"
        f"{len({site.candidate for site in plan.sites})} 处，"
        f"仍缺 {plan.people_short:,.0f} 服务人次（差距 {gap_of(one):.1%}） "
        f"{in_millions(plan.objective_yuan)}: {plan.people_short:,.0f} left without"
    )
    return (
        f'<circle class="dot" cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="4.2">'
        f"<title>{inert_text(said)}</title></circle>"
    )


def _knee(axes: Axes, funded: Sequence[Funded], knee: int, at: tuple[float, float]) -> str:
    """A ring round the knee, a line down to what it costs, and what it brings."""
    x, y = at
    plan, first, last = funded[knee].plan, funded[0].plan, funded[-1].plan
    part = (first.people_short - plan.people_short) / (first.people_short - last.people_short)
    yuan = plan.objective_yuan
    zh, en = f"拐点 {yuan / _WAN:,.0f} 万元", f"knee at {in_millions(yuan)}"
    word_y = max(axes.top + 30, y - 30)
    is_early = x < axes.width * _EARLY
    word_x, anchor = (x + 14, "start") if is_early else (x - 14, "end")
    return (
        f'<line class="drop" x1="{x:.1f}" x2="{x:.1f}" y1="{y:.1f}" y2="{axes.floor:.1f}"/>'
        f'<circle class="ring" cx="{x:.1f}" cy="{y:.1f}" r="8.5"/>'
        + both(word_x, word_y, zh, en, kind="knee", anchor=anchor)
        + both(
            word_x,
            word_y + 17,
            f"解决能解决的 {part:.0%}",
            f"{part:.0%} of those who can be helped",
            kind="knee quiet",
            anchor=anchor,
        )
    )
