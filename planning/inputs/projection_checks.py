"""What a study may not say about a projection, found before any file is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from planning.demand import RATE, TOTAL, is_rate
from planning.errors import Fault
from planning.study import GrowthSpec, ProjectionSpec, Study

_FARTHEST_YEARS = 50
"""Two generations: beyond them no rate of today says anything. A bound of sense, not a policy."""
_METHODS = ("rate", "rates", "counts", "cohorts")
_BY_RATES = ("rate", "rates")


Wrong = Callable[..., Fault]
"""Makes a fault of a place of the study, what was found there, and what was expected."""


def projection_faults(study: Study, wrong: Wrong) -> Iterator[Fault]:
    """Every contradiction between the projection, the population and the groups."""
    spec = study.projection
    if spec is None:
        return
    yield from _years(study, spec, wrong)
    given = [name for name in _METHODS if getattr(spec, name) not in (None, {})]
    if len(given) != 1:
        yield wrong(
            ("projection",),
            ("、".join(given) or "无推算方法", ", ".join(given) or "no method"),
            (
                "rate、rates、counts、cohorts 四者之一",
                "exactly one of rate, rates, counts, cohorts",
            ),
        )
    if spec.group_rates and not set(given) & set(_BY_RATES):
        yield wrong(
            ("projection", "group_rates"),
            ("没有 rate 或 rates", "neither rate nor rates"),
            ("随 rate 或 rates 使用", "it beside rate or rates"),
        )
    for key, names, known in (
        ("group_rates", spec.group_rates, list(study.groups)),
        ("counts", spec.counts, [TOTAL, *study.groups]),
    ):
        for name in names:
            if name not in known:
                yield wrong(
                    ("projection", key, name),
                    (f"“{name}”", f"'{name}'"),
                    (f"以下之一：{'、'.join(known) or '—'}", f"one of {', '.join(known) or '—'}"),
                )
    for name, growth in spec.counts.items():
        yield from _growth(name, growth, wrong)
    yield from _shares(spec, wrong)


def _years(study: Study, spec: ProjectionSpec, wrong: Wrong) -> Iterator[Fault]:
    base = study.population.year
    if base is None:
        yield wrong(
            ("population",),
            ("没有 year", "no year"),
            (
                "人口数据的年份，即推算的基年",
                "the year the people were counted in, from which to project",
            ),
        )
    elif not base < spec.year <= base + _FARTHEST_YEARS:
        yield wrong(
            ("projection", "year"),
            (f"{spec.year}（基年 {base}）", f"{spec.year} (from {base})"),
            (
                f"{base + 1}—{base + _FARTHEST_YEARS} 年",
                f"a year from {base + 1} to {base + _FARTHEST_YEARS}",
            ),
        )


def _growth(name: str, growth: GrowthSpec, wrong: Wrong) -> Iterator[Fault]:
    loc = ("projection", "counts", name)
    first, last = growth.first, growth.last
    if first.year >= last.year:
        yield wrong(
            loc,
            (f"{first.year} 年至 {last.year} 年", f"from {first.year} to {last.year}"),
            ("first 早于 last", "first before last"),
        )
    elif not is_rate((last.people / first.people) ** (1 / (last.year - first.year)) - 1):
        yield wrong(
            loc,
            (
                f"{first.people:,.0f} 人变为 {last.people:,.0f} 人",
                f"{first.people:,.0f} people become {last.people:,.0f}",
            ),
            RATE,
        )
    if (first.share is None) != (last.share is None):
        yield wrong(
            loc,
            ("只有一个年份的 share", "a share of one year"),
            ("两个年份都写或都不写", "both or none"),
        )


def _shares(spec: ProjectionSpec, wrong: Wrong) -> Iterator[Fault]:
    """Shares of all residents agree with the total where that is given, else imply it, once."""
    shared = [
        name
        for name, growth in spec.counts.items()
        if growth.first.share is not None and growth.last.share is not None
    ]
    total = spec.counts.get(TOTAL)
    if TOTAL in shared:
        yield wrong(
            ("projection", "counts", TOTAL),
            ("全体居民的 share", "a share of all residents"),
            ("人群才有比重", "shares of groups only"),
        )
    elif total is None and len(shared) > 1:
        yield wrong(
            ("projection", "counts"),
            (
                f"{'、'.join(shared)} 各自推出总人口",
                f"totals implied by each of {', '.join(shared)}",
            ),
            ("写明 total，或只留一处 share", "total itself, or the share of one group only"),
        )
    elif total is not None:
        for name in shared:
            yield from _disagreeing(name, spec.counts[name], total, wrong)


def _disagreeing(name: str, growth: GrowthSpec, total: GrowthSpec, wrong: Wrong) -> Iterator[Fault]:
    for end in ("first", "last"):
        part, whole = getattr(growth, end), getattr(total, end)
        if part.year != whole.year:
            continue
        found = part.people / whole.people
        if abs(found - float(part.share)) > _half_a_digit(part.share):
            yield wrong(
                ("projection", "counts", name, end, "share"),
                (
                    f"{float(part.share):.4%}，而人数之比为 {found:.4%}",
                    f"{float(part.share):.4%}, where the people are {found:.4%}",
                ),
                ("与人数相符的比重", "a share that agrees with the people"),
            )


def _half_a_digit(share: Fraction) -> float:
    """Half of the last decimal a share is printed with: 0.1798 stands for all within 0.00005."""
    digits = 0
    while 10**digits % share.denominator and digits < 12:
        digits += 1
    return 0.5 * 10.0**-digits
