"""What the server says of scenarios is what `planning assess` says of them."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from test_web_guard import refused
from web_desk import opened, scenario

from planning import workflow
from planning.web import figures as module
from planning.web.figures import AT_ONCE, MOST_WAITING, Assessments
from planning.web.processes import Outcome
from planning.web.refusals import Refused
from planning.web.subject import Subject, subject_of

EPSG = 4544


@pytest.fixture(scope="module")
def client(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with opened(sample_folder / "study.yaml", tmp_path_factory.mktemp("figures")) as one:
        yield one


@pytest.fixture(scope="module")
def taken_away(sample_folder: Path) -> dict[str, Any]:
    """A scenario without three facilities, at another limit."""
    rows = (sample_folder / "facilities.csv").read_text("utf-8-sig").splitlines()[1:]
    removed = [row.split(",")[0] for row in rows[:3]]
    return scenario("撤三处", what_if={"epsg": EPSG, "removed": removed}, **LIMIT)


LIMIT = {"services": {"elder_care": {"limit_min": 10}}}


def test_an_assessment_is_that_of_planning_assess(
    client: TestClient, sample_folder: Path, tmp_path: Path, taken_away: dict[str, Any]
) -> None:
    answer = client.post("/api/assess", json={"scenario": taken_away})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    path = tmp_path / "over.json"
    path.write_text(json.dumps(taken_away), encoding="utf-8")
    _, folder = workflow.run(
        sample_folder / "study.yaml", scenario=str(path), until="assess", out_dir=tmp_path / "out"
    )
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert found["what_if"] == summary["what_if"]
    for table in ("coverage", "findings"):
        ours = found["now"][table]
        theirs = [row for row in summary[table] if row["state"] == "now"]
        assert ours == [{name: row[name] for name in ours[0]} for row in theirs]
    assert "after" not in found


def test_present_and_scenarios_are_compared(client: TestClient, taken_away: dict[str, Any]) -> None:
    saved = [
        client.post("/api/scenarios", json={"scenario": one}).json()["id"]
        for one in (taken_away, scenario("照旧"))
    ]
    answer = client.get("/api/comparison", params={"ids": ",".join([*saved, saved[0]])})
    assert answer.status_code == 200, answer.text
    present, without, same = answer.json()["columns"]
    assert [present["name"], without["name"], same["name"]] == ["present", "撤三处", "照旧"]
    assert same["coverage"] == present["coverage"]
    assert same["requirements"] == present["requirements"]
    assert same["turned"] == []
    assert without["requirements"]["not_met"] >= present["requirements"]["not_met"]
    assert without["what_if"]["removed"]
    elder = [row for row in without["coverage"] if row["service"] == "elder_care"]
    assert {row["limit_min"] for row in elder} == {10}


def test_unknown_scenarios_are_not_compared(client: TestClient) -> None:
    refused(client.get("/api/comparison", params={"ids": "0" * 16}), 404)
    refused(client.get("/api/comparison", params={"ids": "x"}), 422)
    refused(client.get("/api/comparison", params={"ids": ",".join(["0" * 16] * 7)}), 422)
    assert len(client.get("/api/comparison").json()["columns"]) == 1


@pytest.mark.parametrize(
    "override",
    [{"what_if": {"epsg": EPSG, "removed": ["no such facility"]}}, {"network": {"speed_m_s": 0}},
     {"what_if": {"epsg": 4326}}],
)  # fmt: skip
def test_what_is_wrong_with_a_scenario_is_said(
    client: TestClient, override: dict[str, Any]
) -> None:
    body = {"scenario": scenario("错", **override)}
    error = refused(client.post("/api/assess", json=body), 422)
    assert error["to_do_zh"]


@pytest.mark.parametrize(
    ("override", "where"),
    [({"facilities": {"path": "/etc/passwd"}}, "facilities"),
     ({"network": {"path": "/etc/passwd"}}, "network.path"),
     ({"siting": {"picked": {"path": "/etc/passwd"}}}, "siting.picked"),
     ({"standards": {"profile": "/etc/passwd"}}, "standards"),
     ({"services": {"elder_care": {"functions": []}}}, "services.elder_care.functions"),
     ({"services": 1}, "services"), ({"no such key": 1}, "no such key")],
)  # fmt: skip
def test_no_file_of_the_machine_is_read_by_a_scenario(
    client: TestClient, override: dict[str, Any], where: str
) -> None:
    scenario_of = scenario(f"探 {where}", **override)
    body = {"scenario": scenario_of}
    for route in ("/api/assess", "/api/jobs"):
        error = refused(client.post(route, json=body), 422)
        assert error["where"] == f"scenario.override.{where}"
    id = client.post("/api/scenarios", json=body).json()["id"]
    refused(client.get("/api/comparison", params={"ids": id}), 422)


class Counted:
    """A child that answers when it is let."""

    let = threading.Event()
    begun: list[Mapping[str, Any]] = []  # noqa: RUF012 (emptied by each test)

    def __init__(self, task: Mapping[str, Any]) -> None:
        self.text = Path(task["scenario"]).read_text(encoding="utf-8")
        self.begun.append(task)

    def outcome(self, tell: object) -> Outcome:
        del tell
        self.let.wait()
        return Outcome(result={"override": json.loads(self.text)["override"]})

    def kill(self) -> None:
        self.let.set()


@pytest.fixture
def assessments(
    sample_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Assessments:
    monkeypatch.setattr(module, "Child", Counted)
    Counted.let = threading.Event()
    Counted.begun = []
    subject: Subject = subject_of(
        sample_folder / "study.yaml", data_dir=None, scenario=None, out_dir=tmp_path
    )
    return Assessments(subject)


def test_one_question_is_answered_once_and_nobody_gets_anothers_answer(
    assessments: Assessments,
) -> None:
    asked = [scenario(f"第{n}个", number=n % 5) for n in range(15)]
    Counted.let.set()
    with ThreadPoolExecutor(15) as pool:
        found = list(pool.map(assessments.of, asked))
    assert found == [{"override": one["override"]} for one in asked]
    assert len(Counted.begun) == 5  # a name changes no figure


def test_few_at_a_time_and_not_too_many_waiting(assessments: Assessments) -> None:
    most = AT_ONCE + MOST_WAITING
    with ThreadPoolExecutor(most) as pool:
        asked = [pool.submit(assessments.of, scenario(number=n)) for n in range(most)]
        while assessments.waiting < most or len(Counted.begun) < AT_ONCE:
            pass
        assert len(Counted.begun) == AT_ONCE
        with pytest.raises(Refused) as refusal:
            assessments.of(scenario(number=most))
        assert refusal.value.status == 503
        Counted.let.set()
        assert [one.result()["override"]["number"] for one in asked] == list(range(most))
    assert assessments.of(scenario(number=most))["override"] == {"number": most}
