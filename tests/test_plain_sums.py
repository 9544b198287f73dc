"""Each measure against the formula of STANDARDS in a few plain lines, over towns at random.

Registers are complete, so that there is one answer; every sign is tried at, below and above.
"""

import operator
from collections.abc import Callable
from fractions import Fraction
from math import ceil
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from situation_form import Situation
from situation_town import town

from planning.standards import evaluate

Holds = Callable[[Any, Any], bool]
SIGNS: dict[str, Holds] = {
    ">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt, "=": operator.eq,
}  # fmt: skip
STREETS = ("一街", "二街", "三街")


@st.composite
def towns(draw: st.DrawFn) -> dict[str, Any]:
    """Streets of some people, some of none; nurseries and homes with all that is asked of them."""
    stands = [
        {"at": draw(st.sampled_from(STREETS)), "name": f"托{n}", "does": "nursery",
         "places": draw(st.integers(0, 9)), "opened": draw(st.integers(2021, 2024)),
         "is_so": {"inclusive": draw(st.sampled_from(["yes", "no"]))},
         "state": draw(st.sampled_from(["open", "open", "preparing", "closed"]))}
        for n in range(draw(st.integers(1, 4)))
    ] + [
        {"at": draw(st.sampled_from(STREETS)), "name": f"院{n}", "does": "elder_institution",
         "beds": (beds := draw(st.integers(0, 9))), "nursing_beds": draw(st.integers(0, beds)),
         "floor_m2": draw(st.sampled_from([749.9, 750, 1500])), "opened": 2020,
         "elder_floor_m2": draw(st.sampled_from([0, 20.2, 40.4])),
         "elder_land_m2": draw(st.sampled_from([0, 9.9, 10.1, 60.6]))}
        for n in range(draw(st.integers(1, 3)))
    ]  # fmt: skip
    homes = [
        {"at": at, "people": n, "groups": {"elderly": n, "households": n},
         "walk_min": {f"院{s}": draw(st.sampled_from([14.9, 15, 15.1]))
                      for s in draw(st.sets(st.integers(0, 2))) if s < len(stands)
                      and any(row["name"] == f"院{s}" for row in stands)}}
        for at in draw(st.lists(st.sampled_from(STREETS), min_size=1, max_size=4))
        for n in [draw(st.sampled_from(["0.4", "0.5", 1, 101, 202, "333.5"]))]
    ]  # fmt: skip
    return {"stands": stands, "homes": homes}


def half_up(people: Fraction) -> int:
    return int(people + Fraction(1, 2))


def people_of(said: dict[str, Any], at: tuple[str, ...] = STREETS) -> int:
    """Whole persons, halves up."""
    return half_up(sum((Fraction(h["people"]) for h in said["homes"] if h["at"] in at), Fraction()))


def open_of(said: dict[str, Any], does: str) -> list[dict[str, Any]]:
    return [
        row for row in said["stands"] if row["does"] == does and row.get("state", "open") == "open"
    ]


def of(rows: list[dict[str, Any]], name: str) -> Fraction:
    return sum((Fraction(str(row[name])) for row in rows), Fraction())


def plain(said: dict[str, Any], name: str, sign: str, figure: Fraction) -> bool | None:
    """Whether the figure holds, by the formula of STANDARDS alone; None where it is not defined."""
    holds, people = SIGNS[sign], people_of(said)
    nurseries, homes = open_of(said, "nursery"), open_of(said, "elder_institution")
    lived_in = [at for at in STREETS if people_of(said, (at,)) > 0]
    if name == "rate":  # N ≥ ceil(rate · P / 1000) says the same as N ≥ rate · P / 1000 (D-4)
        need = figure * people / 1000
        return (
            holds(of(nurseries, "places"), ceil(need) if sign == "=" else need) if people else None
        )
    if name == "land":  # L / P (A-1, D-1)
        return holds(of(homes, "elder_land_m2"), figure * people) if people else None
    if name == "rooms":  # A / (H / 100), pro rata (A-18, D-9)
        return holds(of(homes, "elder_floor_m2"), figure * people / 100) if people else None
    if name == "large":  # one of the size, no sum (A-17, D-3)
        large = sum(Fraction(str(row["floor_m2"])) >= 750 for row in homes)
        return SIGNS[">=" if sign == "=" else sign](large, figure) if people else None
    if name == "streets":  # units with one over units where people live (A-27, D-10)
        has = sum(any(row["at"] == at for row in nurseries) for at in lived_in)
        need = figure * len(lived_in) / 100
        return holds(has, ceil(need) if sign == "=" else need) if lived_in else None
    if name == "nursing":  # BN / B
        beds = of(homes, "beds")
        return holds(of(homes, "nursing_beds") / beds, figure / 100) if beds else None
    if name == "inclusive":
        places = of(nurseries, "places")
        good = of([r for r in nurseries if r["is_so"]["inclusive"] == "yes"], "places")
        return holds(good / places, figure / 100) if places else None
    if name == "added":  # what the year brings (D-17)
        added = of([row for row in nurseries if row["opened"] == 2023], "places")
        return SIGNS[">=" if sign == "=" else sign](added, figure)
    near = [h for h in said["homes"] if any(m <= 15 for m in h["walk_min"].values())]
    if name == "circle":  # Σ people with T ≤ 15 over all (A-9, D-14)
        reached = people_of({"homes": near})
        return holds(Fraction(min(reached, people), people), figure / 100) if people else None
    assert name == "closing"
    left: dict[str, Fraction] = {}
    for home in near:
        within = [site for site, minutes in home["walk_min"].items() if minutes <= 15]
        if len(within) == 1:
            left[within[0]] = left.get(within[0], Fraction()) + Fraction(home["people"])
    worst = half_up(max(left.values(), default=Fraction()))
    return holds(worst, figure) if people else None


NURSERY, HOME = {"does": "nursery"}, {"does": "elder_institution"}
ASKED: dict[str, tuple[dict[str, Any], list[str]]] = {
    "rate": ({"kind": "per_thousand", "amount": "places", "which": NURSERY}, ["4.5", "10", "20"]),
    "land": ({"kind": "land_per_resident", "which": HOME}, ["0.1", "0.2"]),
    "rooms": ({"kind": "floor_per_100_households", "which": HOME}, ["20", "10"]),
    "large": ({"kind": "presence", "which": {**HOME, "min_floor_m2": "750"}}, ["1", "2"]),
    "streets": (
        {"kind": "share_of_units", "of_level": "street", "which": NURSERY}, ["60", "50", "100"],
    ),
    "nursing": (
        {"kind": "share_of_capacity", "amount": "beds", "which": HOME,
         "part_amount": "nursing_beds"}, ["55", "50", "100"],
    ),
    "inclusive": (
        {"kind": "share_of_capacity", "amount": "places", "which": NURSERY,
         "part": {**NURSERY, "traits": {"inclusive": True}}}, ["50", "60"],
    ),
    "added": ({"kind": "yearly_additions", "amount": "places", "which": NURSERY}, ["3", "5"]),
    "circle": (
        {"kind": "travel_time_coverage", "which": HOME, "group": "elderly", "limit_min": 15},
        ["50", "90", "100"],
    ),
    "closing": (
        {"kind": "closure", "which": HOME, "group": "elderly", "limit_min": 15}, ["0", "1", "101"],
    ),
}  # fmt: skip


CLAUSES = [
    {"id": f"{name} {sign} {figure}", "measure": ask, "operator": sign, "value": figure,
     "levels": ["county"], **({"when": "in", "year": 2023} if name == "added" else {})}
    for name, (ask, figures) in ASKED.items() for figure in figures for sign in SIGNS
]  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(said=towns())
def test_every_verdict_is_that_of_the_formula(said: dict[str, Any]) -> None:
    units = [{"county": "甲县"}, *({"street": at, "in": "甲县"} for at in STREETS)]
    form = Situation.model_validate(
        {"zh": "甲", "en": "a", "year": 2024, **said, "units": units, "clauses": CLAUSES}
    )
    here, profile = town(form)
    was_closed = any(row.get("state") == "closed" for row in said["stands"])
    for finding in evaluate(profile, here):
        name, sign, figure = finding.clause_id.split()
        if name == "added" and was_closed:
            continue  # what is closed since may have been added then
        holds = plain(said, name, sign, Fraction(figure))
        verdict = {True: "met", False: "not_met", None: "not_assessable"}[holds]
        assert finding.verdict == verdict, (finding.clause_id, finding.because_zh)
