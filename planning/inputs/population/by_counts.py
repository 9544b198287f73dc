"""Rates of growth out of documents that print the people of two years, and often their share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from planning.demand import TOTAL, Demand, between, grown, yearly_rate
from planning.provenance import Note
from planning.study import CountSpec, GrowthSpec, ProjectionSpec, Study

Floats = npt.NDArray[np.float64]


def rates_between(
    study: Study, spec: ProjectionSpec, demand: Demand
) -> tuple[dict[str, float], tuple[Note, ...]]:
    """The yearly rate [share a year] of every group that has counts, and of all residents.

    Where the counts name no total, that of a group with shares is implied; else all residents stay
    as they are, and a note says so.
    """
    counts = with_total(spec.counts)
    notes = [
        note
        for group, growth in spec.counts.items()
        for note in _on_counts(study.labels[group], growth, demand, spec.year)
    ]
    if TOTAL not in counts:
        notes.append(
            Note(
                about="projection.counts",
                zh=f"没有全体居民的两年人数（total），全体居民仍为 {demand.year} 年",
                en=f"no counts of all residents (total): they stay as in {demand.year}",
            )
        )
    elif TOTAL not in spec.counts:
        first, last = counts[TOTAL].first, counts[TOTAL].last
        rate = rate_between(counts[TOTAL])
        notes.append(
            Note(
                about="projection.counts",
                zh="全体居民由人群人数与所占比重推出："
                f"{first.people:,.0f}（{first.year}）到 {last.people:,.0f} 人（{last.year}），"
                f"年均 {rate:+.2%}",
                en="all residents follow from the people of a group and their share: "
                f"{first.people:,.0f} ({first.year}) to {last.people:,.0f} ({last.year}), "
                f"{rate:+.2%} a year",
            )
        )
    rates = {group: rate_between(growth) for group, growth in counts.items()}
    return {TOTAL: 0.0, **rates}, tuple(dict.fromkeys(notes))


def with_total(counts: Mapping[str, GrowthSpec]) -> dict[str, GrowthSpec]:
    """The counts, and those of all residents where a group with its shares implies them."""
    found = dict(counts)
    for growth in counts.values():
        first, last = _whole(growth.first), _whole(growth.last)
        if first is not None and last is not None:
            found.setdefault(TOTAL, growth.model_copy(update={"first": first, "last": last}))
    return found


def _whole(count: CountSpec) -> CountSpec | None:
    """All residents, of whom the count is a share; None without a share."""
    if count.share is None:
        return None
    return count.model_copy(update={"people": count.people / float(count.share), "share": None})


def rate_between(growth: GrowthSpec) -> float:
    """The yearly rate [share a year] that leads from the first count to the last."""
    years = growth.last.year - growth.first.year
    found = yearly_rate(*_ends(growth), years=years)
    return float(found[0])


def people_in(growth: GrowthSpec, years: Sequence[int]) -> list[float]:
    """The people of every year [persons]: between the two counts, or with their rate carried on."""
    (first, last), rate = _ends(growth), np.array([rate_between(growth)])
    found = []
    for year in years:
        if growth.first.year <= year <= growth.last.year:
            span = {"first_year": growth.first.year, "last_year": growth.last.year}
            people = between(first, last, **span, year=year)
        elif year > growth.last.year:
            people = grown(last, rate, years=year - growth.last.year)
        else:
            people = grown(first, rate, years=year - growth.first.year)
        found.append(float(people[0]))
    return found


def _ends(growth: GrowthSpec) -> tuple[Floats, Floats]:
    return np.array([growth.first.people]), np.array([growth.last.people])


def _on_counts(
    label: tuple[str, str], growth: GrowthSpec, demand: Demand, year: int
) -> Iterator[Note]:
    first, last = growth.first, growth.last
    rate = rate_between(growth)
    yield Note(
        about="projection.counts",
        zh=f"{label[0]}由 {first.people:,.0f}（{first.year}）到 {last.people:,.0f} 人"
        f"（{last.year}），年均 {rate:+.2%}：{growth.source}",
        en=f"{label[1]}: {first.people:,.0f} ({first.year}) to {last.people:,.0f} ({last.year}), "
        f"{rate:+.2%} a year: {growth.source}",
    )
    assert demand.year is not None  # the study file says so
    if year > last.year or demand.year < first.year:
        yield Note(
            about="projection.counts",
            zh=f"{demand.year}—{year} 年超出 {first.year}—{last.year} 年，按同一增长率外推",
            en=f"{demand.year}–{year} lies beyond {first.year}–{last.year}: "
            "the same rate is carried on",
        )
