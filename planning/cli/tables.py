"""Results as tables on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planning.provenance import Note
    from planning.result import StudyResult, Town
    from planning.siting.plan import Action, SitingPlan, Unmet


def print_table(title: str, head: list[str], rows: list[list[str]], *, figures: int = 0) -> None:
    """Print a table; its last `figures` columns are numbers and are never broken."""
    # Only here, because rich is slow to import and `planning --help` must answer at once.
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(
        title=escape(title), title_justify="left", header_style="bold", box=SIMPLE_HEAD,
        pad_edge=False, show_lines=any("\n" in cell for row in rows for cell in row),
    )  # fmt: skip
    for at, name in enumerate(head):
        if at >= len(head) - figures:
            table.add_column(escape(name), justify="right", no_wrap=True)
        else:
            table.add_column(escape(name), overflow="fold")
    for row in rows:
        table.add_row(*map(escape, row))
    Console().print(table)


def print_notes(notes: Sequence[Note]) -> None:
    """Remarks on the inputs, in both languages."""
    for note in notes:
        print(f"  · {note.about}: {note.zh}\n    {note.en}")


_MOST_CHECKED = 60
_MOST_ROWS = 12
_DONE = {"rejected": "剔除 rejected", "repaired": "改读 repaired", "doubtful": "存疑 doubtful"}


def print_data_check(town: Town) -> None:
    """The rows of a register that are not counted as they stand, and why."""
    if not town.row_notes:
        return
    counts = {done: sum(note.done == done for note in town.row_notes) for done in _DONE}
    title = "数据检查 data check: " + "，".join(f"{_DONE[d]} {n}" for d, n in counts.items() if n)
    print_table(
        title,
        ["表 table", "行 row", "编号 id", "处理 done", "原因 because"],
        [
            [note.table, str(note.row), note.id, _DONE[note.done], f"{note.zh}\n{note.en}"]
            for note in town.row_notes[:_MOST_CHECKED]
        ],
    )
    if len(town.row_notes) > _MOST_CHECKED:
        rest = len(town.row_notes) - _MOST_CHECKED
        print(f"其余 {rest} 行见 data_check.csv 或 --json; the rest is in data_check.csv or --json")


def print_areas(town: Town) -> None:
    """The residential areas with planned people: which figure they answer to and why."""
    from planning.outputs.frames.results import residential_frame

    areas = town.area.residential
    table = residential_frame(town)
    planned = [at for at, held_to in enumerate(table["held_to"]) if held_to == "planned"]
    if areas is None or not planned:
        return
    print_table(
        f"规划居住区 planned residential areas: {len(planned)}",
        [
            "居住区\narea",
            "适用标准\nheld as",
            "户数\nhomes",
            "规划人口\nplanned",
            "计入居民\nmoved in",
        ],
        [
            [
                f"{areas.names[at]}\n{areas.ids[at]}",
                "\n".join(areas.described(at)),
                figure(int(areas.households[at]) if areas.households[at] >= 0 else None),
                figure(int(areas.planned_people[at])),
                f"{table['moved_in'][at]:,.0f}",
            ]
            for at in planned[:_MOST_ROWS]
        ],
        figures=3,
    )
    if len(planned) > _MOST_ROWS:
        print(f"其余 {len(planned) - _MOST_ROWS} 个见 --json; the rest is in --json")


def figure(value: object) -> str:
    """A value as a reader wants it; a dash where there is none."""
    if value is None:
        return "—"
    if isinstance(value, float):
        return f"{value:,.1f}" if value % 1 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def print_coverage(result: StudyResult) -> None:
    """The ledger of the whole area, by service, now and after the plan."""
    rows = []
    states = [("现状\nnow", result.situation)]
    if result.plan is not None:
        states.append(("规划后\nafter", result.plan.situation))
    for service, spec in result.town.study.services.items():
        for label, situation in states:
            ledger = situation.coverage[service].ledger(situation.demand.people[spec.group])
            share = "—" if ledger.share is None else f"{ledger.share:.1%}"
            figures = (
                ledger.people, ledger.covered, ledger.backup, ledger.unserved, ledger.unreachable,
            )  # fmt: skip
            rows.append(
                [
                    f"{spec.label}\n≤ {spec.limit_min:g} min",  # figures need the width
                    label,
                    *(f"{f:,.0f}" for f in figures),
                    share,
                ]
            )
    print_table(
        "步行覆盖 walking coverage\n" + " ".join(result.town.demand.of_year),
        [
            "服务\nservice",
            "",
            "人数\npeople",
            "圈内\ncovered",
            "两处\nbackup",
            "超时\nunserved",
            "走不到\nunreached",
            "覆盖\nshare",
        ],
        rows,
        figures=6,
    )


def print_speed_band(result: StudyResult) -> None:
    """Today's coverage at the slow, the study's and the fast walking speed."""
    services = result.town.study.services
    rows = [
        [
            f"{services[row.service].label} ≤ {services[row.service].limit_min:g} min",
            f"{row.speed_m_s:g}",
            f"{row.ledger.covered:,.0f}",
            "—" if row.ledger.share is None else f"{row.ledger.share:.1%}",
        ]
        for row in result.speed_band
    ]
    if rows:
        print_table(
            "步速敏感性（现状） by walking speed, today",
            ["服务 service", "步速 m/s", "圈内 covered", "覆盖 share"],
            rows,
            figures=3,
        )


_ACTION_WORDS: Mapping[Action, str] = {"build": "", "change": "改 ", "close": "关 "}
"""What is done with what stands; what is built needs no word."""


def _missing(unmet: Unmet) -> tuple[str, str]:
    """What it leaves short and in which unit."""
    from planning.standards.words import UNIT_WORDS

    if unmet.unit == "share":
        return f"{100 * unmet.missing:,.1f}", "个百分点"
    return f"{unmet.missing:,.1f}", UNIT_WORDS[unmet.unit][0]


def _how_good(plan: SitingPlan) -> str:
    """How near to the best a plan is, where a best one was sought."""
    if plan.status == "picked":
        return "人工方案，未求最优 picked by hand, no best one was sought"
    if not plan.is_cost_sought:
        return f"费用不是目标 cost is no aim（{plan.status}）"
    bound = f"下界 bound {plan.bound_yuan / 1e4:,.1f}"
    return f"{bound}，差距 gap {plan.gap:.2%}（{plan.status}）"


def print_plan(result: StudyResult) -> None:
    """The sites proposed, and what cannot be met."""
    plan = result.plan
    if plan is None:
        return
    labels = {name: spec.label for name, spec in result.town.study.services.items()}
    assumed = {s.candidate for s in plan.sites if plan.candidates.assumed[s.candidate]}
    # Only here: what writes files is slow to import, and `planning --help` must answer at once.
    from planning.outputs.cards import names_of
    from planning.outputs.goings import site_numbers

    numbers, names = site_numbers(result), names_of(result)
    titles = {c.id: f"{c.article} {c.title_zh}" for c in result.town.profile.clauses}
    print_table(
        f"选址方案 plan: {len({s.candidate for s in plan.sites})} 处 sites，"
        f"{plan.objective_yuan / 1e4:,.1f} 万元，{_how_good(plan)}\n"
        + " ".join(result.town.demand.of_year),
        ["编号", "候选", "设施", "托位", "床位", "建筑㎡", "用地㎡", "万元", "为什么 why"],
        [
            [
                numbers[s.candidate_id],
                _ACTION_WORDS[s.action] + s.candidate_id + " *" * (s.candidate in assumed),
                labels[s.service] + f" {s.module}" * (s.module != s.service),
                f"{s.places:,}",
                f"{s.beds:,}",
                f"{s.floor_m2:,.0f}",
                f"{s.land_m2:,.0f}",
                f"{s.cost_yuan / 1e4:,.1f}",
                s.because_zh,
            ]
            for s in plan.sites[:_MOST_ROWS]
        ],
    )
    if len(plan.sites) > _MOST_ROWS:
        print(f"其余 {len(plan.sites) - _MOST_ROWS} 行见 plan.csv; the rest is in plan.csv")
    if assumed:
        print(
            f"* {len(assumed)} 处含假定，见 plan.csv 的 assumed 一栏，采用前须现场核实\n"
            f"* {len(assumed)} sites are assumed in part, see `assumed` in plan.csv: look at them "
            "before use"
        )
    if len(plan.years) > 1:
        print_table(
            "分年实施 by year",
            ["年份", "新开处数 sites", "万元", "年末仍缺服务人次\npeople left without"],
            [
                [f"{y.year}", f"{y.sites:,}", f"{y.yuan / 1e4:,.1f}", f"{y.people_short:,.0f}"]
                for y in plan.years
            ],
        )
    open_ends = sum(
        f.role == "requirement" and f.verdict == "not_assessable" for f in plan.findings
    )
    if open_ends:
        print(
            f"另有 {open_ends} 条要求无法评估（见 findings.csv），方案没有为它们安排\n"
            f"{open_ends} requirements cannot be assessed: nothing is planned for them"
        )
    if plan.unmet:
        print_table(
            f"仍不能满足 cannot be met: {len(plan.unmet)}",
            ["条文 clause", "单元 unit", "仍缺 missing", "原因 because"],
            [
                [
                    titles.get(u.clause_id, u.clause_id),
                    names.get((u.level, u.unit_id), u.unit_id),
                    " ".join(_missing(u)),
                    u.because_zh,
                ]
                for u in plan.unmet[:_MOST_ROWS]
            ],
        )
        if len(plan.unmet) > _MOST_ROWS:
            print(f"其余 {len(plan.unmet) - _MOST_ROWS} 条见 unmet.csv; the rest is in unmet.csv")
    if plan.not_posed:
        because: dict[tuple[str, str], int] = {}
        for one in plan.not_posed:
            why = one.because_zh, one.because_en
            because[why] = because.get(why, 0) + 1
        print_table(
            f"不靠选址解决 not for sites to meet: {len(plan.not_posed)}",
            ["条数", "为什么 why"],
            [[f"{n}", f"{zh} {en}"] for (zh, en), n in because.items()],
        )
