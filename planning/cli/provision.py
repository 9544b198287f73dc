"""Who gets a place, and how evenly places lie, as tables on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning.cli.tables import print_table

if TYPE_CHECKING:
    from planning.access import Assignment
    from planning.provision import Access
    from planning.result import State, StudyResult

_STATES: dict[State, str] = {"now": "现状\nnow", "after": "规划后\nafter"}
_RULES = {
    "nearest_first": "近者先得\nnearest first",
    "transport_optimum": "统筹调配\nshared out",
}
_HUNDRED = 100


def print_capacity(result: StudyResult) -> None:
    """Who gets a place in the whole area, beside who is covered; nothing where nobody asks."""
    asked = [
        (state, service, provided.assignments[service])
        for service in result.town.study.services
        for state, provided in result.provision.items()
        if service in provided.assignments
    ]
    if not asked:
        return
    print_table(
        "有没有位子 places within capacity\n" + " ".join(result.town.demand.of_year),
        [
            "服务\nservice",
            "",
            "规则\nrule",
            "要位子\nasking",
            "圈内\ncovered",
            "有位子\nserved",
            "已满\nfull",
            "占比\nshare",
        ],
        [
            _served(result, state, service, assignment)
            for state, service, assignments in asked
            for assignment in assignments
        ],
        figures=5,
    )
    for state, service, assignments in asked:
        label = result.town.study.services[service].label
        if unknown := int(assignments[0].unknown.sum()):
            near = max(each.ledger(each.people).perhaps for each in assignments)
            zh, en = _STATES[state].split("\n")
            print(
                f"{label}（{zh}）：{unknown} 处设施容量不详，未参加分配；"
                f"没有位子者中至多 {near:,.0f} 人在其附近\n"
                f"{service} ({en}): {unknown} facilities do not say their places and are left out; "
                f"up to {near:,.0f} of those without a place live near one"
            )


def _served(result: StudyResult, state: State, service: str, assignment: Assignment) -> list[str]:
    ledger = assignment.ledger(assignment.people)
    plain = result.situation_of(state).coverage[service].ledger(assignment.people)
    counts = (ledger.people, plain.covered, ledger.served, ledger.full)
    return [
        result.town.study.services[service].label,
        _STATES[state],
        _RULES[assignment.rule],
        *(f"{count:,.0f}" for count in counts),
        "—" if ledger.share is None else f"{ledger.share:.1%}",
    ]


def print_access(result: StudyResult) -> None:
    """How much the people of each service have, and how evenly; nothing where nobody asks."""
    asked = [
        (state, service, access)
        for service in result.town.study.services
        for state, provided in result.provision.items()
        for access in provided.access.get(service, ())
    ]
    if not asked:
        return
    print_table(
        "可达性与公平 access and equity\n" + " ".join(result.town.demand.of_year),
        [
            "服务\nservice",
            "",
            "指标\nmeasure",
            "人均\nmean",
            "最差一成\nworst 10%",
            "基尼\nGini",
            "帕尔马\nPalma",
        ],
        [_evenness(result, *each) for each in asked],
        figures=4,
    )
    for state, service, access in asked:
        _tell_unknown(result, state, service, access)


def _tell_unknown(result: StudyResult, state: State, service: str, access: Access) -> None:
    """People whose access is not known, or is more than is said."""
    spec = result.town.study.services[service]
    people = result.town.demand.people[spec.group]
    left_out = access.disparity(people).left_out
    fewer = float(people[access.understated].sum())
    zh, en = _STATES[state].split("\n")
    zh, en = f"{spec.label}（{zh}）{access.measure}", f"{service} ({en}) {access.measure}"
    if left_out:
        print(
            f"{zh}：{left_out:,.0f} 人走不到这么多设施，不计\n"
            f"{en}: {left_out:,.0f} people cannot walk to so many facilities and are left out"
        )
    if fewer:
        print(
            f"{zh}：{fewer:,.0f} 人附近有容量不详的设施，实际不少于此\n"
            f"{en}: {fewer:,.0f} people live near facilities that do not say their places, and "
            "have at least so much"
        )


def _evenness(result: StudyResult, state: State, service: str, access: Access) -> list[str]:
    # Only here: what writes files is slow to import, and `planning --help` must answer at once.
    from planning.outputs.access_words import access_unit_words, measure_words

    (zh, en), (unit_zh, unit_en) = measure_words(access.measure), access_unit_words(access.unit)
    spec = result.town.study.services[service]
    found = access.disparity(result.town.demand.people[spec.group])
    return [
        spec.label,
        _STATES[state],
        f"{zh}，{unit_zh}\n{en}, {unit_en}",
        *map(_three_digits, (found.mean, found.worst_tenth, found.gini, found.palma)),
    ]


def _three_digits(value: float | None) -> str:
    """Three digits tell places apart; a dash where there is no value."""
    if value is None:
        return "—"
    return f"{value:,.0f}" if value >= _HUNDRED else f"{value:.3g}"
