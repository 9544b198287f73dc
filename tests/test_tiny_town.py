"""The tiny town: coverage, findings and plan equal the answers worked out by hand in its README."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import Done

from planning import workflow
from planning.projection import WGS84, transformer
from planning.result import StudyResult
from planning.standards import Finding

TOWN = Path(__file__).parent / "tiny_town"
ORIGIN = (500_000.0, 3_386_000.0)
CELLS = {
    "P1": (70, -30),
    "P2": (470, 370),
    "P3": (570, -330),
    "P4": (1170, 70),
    "P5": (1570, 770),
    "P6": (1370, -430),
    "P7": (870, 270),
}


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> StudyResult:
    found, _ = workflow.run(TOWN / "study.yaml", out_dir=tmp_path_factory.mktemp("out"))
    return found


def cell(result: StudyResult, name: str) -> int:
    x, y = CELLS[name]
    demand = result.town.demand
    here = np.hypot(demand.x_m - ORIGIN[0] - x, demand.y_m - ORIGIN[1] - y) < 0.01
    assert here.sum() == 1
    return int(np.flatnonzero(here)[0])


def test_network_is_as_drawn(result: StudyResult) -> None:
    network = result.town.network
    assert (network.n_nodes, network.n_edges, network.n_components) == (9, 8, 2)
    assert network.component_km() == pytest.approx([3.5, 0.2], abs=1e-4)
    lonlat = transformer(4544, WGS84).transform(network.x_m, network.y_m)
    assert np.all(np.abs(lonlat[0] - 105.0) < 0.02)


def test_people_are_all_accounted_for(result: StudyResult) -> None:
    demand = result.town.demand
    assert demand.people_in_source == 783
    assert demand.total("total") == 728
    assert demand.total("elderly") == 182
    assert demand.total("total", result.town.demand_snaps.on_network) == 700


@pytest.mark.parametrize(
    ("service", "seconds"),
    [
        ("elder_care", {"P1": 130, "P2": 770, "P3": 830, "P4": 1110, "P7": 1070}),
        ("nursery", {"P1": 1070, "P2": 670, "P3": 870, "P4": 550, "P7": 110}),
    ],
)
def test_walking_times(result: StudyResult, service: str, seconds: dict[str, int]) -> None:
    nearest = result.situation.coverage[service].nearest
    for name, by_hand in seconds.items():
        assert nearest.ms[cell(result, name)] / 1000 == pytest.approx(by_hand, abs=0.1), name
    for name in ("P5", "P6"):
        assert nearest.ms[cell(result, name)] == -1
        assert nearest.site[cell(result, name)] == -1


@pytest.mark.parametrize(
    ("service", "group", "by_hand"),
    [("elder_care", "elderly", (182, 115, 50, 17)), ("nursery", "total", (728, 560, 100, 68))],
)
def test_coverage(
    result: StudyResult, service: str, group: str, by_hand: tuple[int, int, int, int]
) -> None:
    ledger = result.situation.coverage[service].ledger(result.town.demand.people[group])
    assert (ledger.people, ledger.covered, ledger.unserved, ledger.unreachable) == by_hand


BY_HAND = {
    # clause, unit: verdict, measured, required, gap, people short
    ("nursery-rate-2025", "T"): ("met", 12, 4, 0, 0),
    ("elder-land", "T"): ("met", 300, Fraction("72.8"), 0, 0),
    ("elder-land", "W"): ("met", 300, 46, 0, 0),
    ("elder-land", "O"): ("not_met", 0, Fraction("26.8"), Fraction("26.8"), 268),
    ("elder-land#new-areas", "R2"): ("not_met", 0, 126, 126, 1260),
    ("nursery-new", "R2"): ("not_met", 0, 13, 13, 1260),
    ("nursery-built", "R1"): ("not_met", 0, 2, 2, 200),
    ("nursery-built", "R3"): ("met", 12, 1, 0, 0),
    ("nursery-built", "R4"): ("not_met", 0, 1, 1, 100),
    ("circle-15min", "T"): (
        "not_met",
        Fraction(115, 182),
        Fraction(9, 10),
        Fraction(9, 10) - Fraction(115, 182),
        49,
    ),
    **dict.fromkeys(
        (("rural-three-tier", "T"), ("lottery-55", "T")),
        ("not_assessable", None, None, None, None),
    ),
}


def test_findings_today(result: StudyResult) -> None:
    found = {
        (f.clause_id.rsplit("/")[-1], f.unit_id): (
            f.verdict,
            f.measured,
            f.required,
            f.gap,
            f.people_short,
        )
        for f in result.findings
        if f.role == "requirement"
    }
    assert found == BY_HAND


def sites(result: StudyResult) -> list[tuple[object, ...]]:
    assert result.plan is not None
    return [
        (s.candidate_id, s.service, s.places, s.floor_m2, s.land_m2, s.cost_yuan)
        for s in result.plan.sites
    ]


def test_plan(result: StudyResult) -> None:
    plan = result.plan
    assert plan is not None
    assert plan.status == "optimal"
    assert sites(result) == [
        ("K1", "elder_care", 0, 400, 50, 500_000),
        ("K3", "nursery", 20, 200, 0, 250_000),
        ("K4", "nursery", 20, 200, 0, 250_000),
    ]
    assert plan.objective_yuan == 1_000_000
    assert plan.bound_yuan == pytest.approx(1_000_000)
    assert plan.gap == pytest.approx(0.0)


def test_what_cannot_be_met_and_by_how_much(result: StudyResult) -> None:
    assert result.plan is not None
    land, places = result.plan.unmet
    assert (land.unit_id, land.missing, land.unit) == ("R2", 76, "m2")
    assert land.because_zh == "全部候选点用足也只能增加50，需要126"
    assert (places.unit_id, places.missing, places.unit) == ("R4", 1, "places")
    assert places.because_zh == "西里没有可设该服务的候选点"
    assert result.plan.people_short == pytest.approx(760 + 100)


def verdicts(findings: Sequence[Finding], verdict: str) -> list[str]:
    return [f.unit_id for f in findings if f.role == "requirement" and f.verdict == verdict]


def test_findings_after_the_plan(result: StudyResult) -> None:
    assert result.plan is not None
    assert len(verdicts(result.findings, "not_met")) == 6
    assert verdicts(result.plan.findings, "not_met") == ["R2", "R4"]
    assert verdicts(result.plan.findings, "not_assessable") == ["T"] * 2
    elderly = result.town.demand.people["elderly"]
    after = result.plan.situation.coverage["elder_care"]
    assert after.ledger(elderly).covered == 165
    assert after.nearest.ms[cell(result, "P4")] / 1000 == pytest.approx(180, abs=0.1)
    assert after.nearest.ms[cell(result, "P7")] / 1000 == pytest.approx(540, abs=0.1)


def test_a_clause_that_the_study_sets_aside_is_shown_and_not_planned_for(tmp_path: Path) -> None:
    aside = "SC-2021-57/2.1/elder-land#new-areas"
    text = (TOWN / "study.yaml").read_text(encoding="utf-8")
    assert text.count("  levels: {") == 1
    study = tmp_path / "study.yaml"
    study.write_text(text.replace("  levels: {", f"  levels: {{{aside}: [], "), encoding="utf-8")
    result, _ = workflow.run(study, data_dir=TOWN, out_dir=tmp_path / "out")
    (shown,) = [f for f in result.findings if f.clause_id == aside]
    assert (shown.role, shown.verdict, shown.unit_id) == ("benchmark", "not_met", "R2")
    assert len(verdicts(result.findings, "not_met")) == 5
    assert sites(result)[0] == ("K1", "elder_care", 0, 215, 26.875, 315_000)
    assert result.plan is not None
    assert result.plan.objective_yuan == 815_000
    assert verdicts(result.plan.findings, "not_met") == ["R4"]


def test_the_plan_explains_itself_on_the_command_line_and_on_its_page(
    planning_cli: Callable[..., Done], tmp_path: Path
) -> None:
    """What README.md works out by hand: which site holds which clause, and what is not there."""
    done = planning_cli("site", TOWN / "study.yaml", "--out", tmp_path)
    assert done.code == 0, done.err
    assert "理由书 reasons:" in done.out
    (folder,) = tmp_path.iterdir()
    page = (folder / "reasons.html").read_text(encoding="utf-8")
    plan, unmet = (pd.read_csv(folder / f"{name}.csv") for name in ("plan", "unmet"))
    for said in (*plan["lost_zh"], *unmet["relax_zh"]):
        for part in said.split("；"):
            assert part.rpartition("：")[2] in page or "步行圈" in part
    assert plan["lost_clauses"].sum() > 0
    assert set(unmet["relaxation"]) == {"candidates"}
