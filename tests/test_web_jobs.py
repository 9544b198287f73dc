"""Sitings from the page: watched, stopped, bounded, and told of truly after a kill."""

from __future__ import annotations

import json
import os
import queue
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from test_web_guard import refused
from web_desk import opened, scenario, server

from planning import workflow
from planning.errors import Fault
from planning.progress import silent
from planning.web import jobs as module
from planning.web.child import Told
from planning.web.database import Database
from planning.web.jobs import JobBounds, Jobs
from planning.web.processes import Child, Outcome
from planning.web.refusals import Refused
from planning.web.subject import Subject, subject_of

UNKNOWN = "0" * 16
FAULT = Fault(where="x", found=("甲", "a"), expected=("乙", "b"), to_do=("丙", "c"))


class Puppet:
    """A child that does what a test says."""

    made: queue.SimpleQueue[Puppet]

    def __init__(self, task: Mapping[str, Any]) -> None:
        self.task, self.heard = task, []
        self.ends: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
        self.tell: Callable[[Mapping[str, Any]], None]

    def stop(self) -> None:
        self.heard.append("stop")

    def kill(self) -> None:
        self.heard.append("kill")
        self.ends.put(Outcome())

    def outcome(self, tell: Callable[[Mapping[str, Any]], None]) -> Outcome:
        self.tell = tell
        Puppet.made.put(self)
        return self.ends.get()


@contextmanager
def at_work(subject: Subject, bounds: JobBounds | None = None) -> Iterator[Jobs]:
    database = Database(subject.store)
    jobs = Jobs(database, subject, bounds=bounds)
    try:
        yield jobs
    finally:
        jobs.close()
        database.close()


@pytest.fixture
def subject(sample_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Subject:
    Puppet.made = queue.SimpleQueue()
    monkeypatch.setattr(module, "Child", Puppet)
    return subject_of(sample_folder / "study.yaml", data_dir=None, scenario=None, out_dir=tmp_path)


def until(jobs: Jobs | TestClient, id: str, *states: str) -> dict[str, Any]:
    """A job once it is in one of the states; the whole test is bounded, this is not."""
    while True:
        job = jobs.read(id) if isinstance(jobs, Jobs) else jobs.get(f"/api/jobs/{id}").json()
        if job["state"] in states:
            return job
        assert job["state"] in ("queued", "running", "stopping"), job
        time.sleep(0.01)


def begun(jobs: Jobs, name: str = "甲") -> tuple[str, Puppet]:
    id = jobs.ask(scenario(name))["id"]
    puppet = Puppet.made.get(timeout=60)
    until(jobs, id, "running")
    return id, puppet


def test_a_job_tells_how_far_it_is_and_where_its_files_are(subject: Subject) -> None:
    with at_work(subject) as jobs:
        id, puppet = begun(jobs)
        assert puppet.task["task"] == "site"
        said = json.loads(Path(puppet.task["scenario"]).read_text(encoding="utf-8"))
        assert said == scenario("甲")
        puppet.tell({"step": {"zh": "求解", "en": "solving", "total": None}})
        puppet.tell({"said": {"zh": "好", "en": "good"}, "figures": {"found": 5, "bound": 4}})
        job = jobs.read(id)
        assert job["progress"]["figures"] == {"found": 5, "bound": 4}
        assert job["elapsed_s"] >= 0
        puppet.tell({"step": {"zh": "写出", "en": "writing", "total": 4}})
        assert "figures" not in jobs.read(id)["progress"]
        puppet.ends.put(Outcome(result={"folder": "sample-1"}))
        job = until(jobs, id, "done")
        assert job["folder"] == "sample-1"
        assert job["error"] is None
        assert job["began_at"] <= job["ended_at"]
        assert jobs.folder_of(id) == subject.store / "jobs" / id / "sample-1"


def test_one_at_a_time_in_the_order_asked_for(subject: Subject) -> None:
    with at_work(subject) as jobs:
        first, puppet = begun(jobs, "一")
        second = jobs.ask(scenario("二"))["id"]
        assert jobs.read(second)["state"] == "queued"
        puppet.ends.put(Outcome(result={"folder": "x"}))
        until(jobs, first, "done")
        until(jobs, second, "running")
        assert [job["name"] for job in jobs.listed()] == ["二", "一"]


def test_a_job_that_is_stopped_gives_the_best_it_has(subject: Subject) -> None:
    with at_work(subject) as jobs:
        id, puppet = begun(jobs)
        assert jobs.stop(id)["state"] == "stopping"
        assert puppet.heard == ["stop"]
        puppet.ends.put(Outcome(result={"folder": "sample-1"}))
        job = until(jobs, id, "stopped")
        assert job["folder"] == "sample-1"


def test_asked_twice_it_ends_at_once(subject: Subject) -> None:
    with at_work(subject) as jobs:
        id, puppet = begun(jobs)
        jobs.stop(id)
        jobs.stop(id)
        assert puppet.heard == ["stop", "kill"]
        assert until(jobs, id, "stopped")["folder"] is None


def test_one_that_waits_is_stopped_before_it_begins(subject: Subject) -> None:
    with at_work(subject) as jobs:
        first, puppet = begun(jobs, "一")
        second, third = (jobs.ask(scenario(name))["id"] for name in ("二", "三"))
        assert jobs.stop(second)["state"] == "stopped"
        puppet.ends.put(Outcome(result={"folder": "x"}))
        until(jobs, first, "done")
        until(jobs, third, "running")
        assert jobs.read(second)["state"] == "stopped"


def test_what_is_wrong_with_a_scenario_is_told(subject: Subject) -> None:
    with at_work(subject) as jobs:
        id, puppet = begun(jobs)
        puppet.ends.put(Outcome(faults=(FAULT,)))
        assert until(jobs, id, "failed")["error"]["found_zh"] == "甲"


def test_one_that_takes_too_long_is_stopped_and_says_so(subject: Subject) -> None:
    with at_work(subject, JobBounds(limit_s=0.05, grace_s=0.05)) as jobs:
        id = jobs.ask(scenario())["id"]
        puppet = Puppet.made.get(timeout=60)
        job = until(jobs, id, "stopped")
        assert puppet.heard == ["stop", "kill"]
        assert "0.05" in job["error"]["found_en"]


def test_too_many_that_wait_and_too_many_that_are_kept_are_refused(subject: Subject) -> None:
    with at_work(subject, JobBounds(waiting=2, kept=4)) as jobs:
        first, puppet = begun(jobs)
        for name in ("二", "三"):
            jobs.ask(scenario(name))
        with pytest.raises(Refused) as refusal:
            jobs.ask(scenario("四"))
        assert refusal.value.status == 429
        assert refusal.value.headers["retry-after"]
        puppet.ends.put(Outcome(result={"folder": "x"}))
        until(jobs, first, "done")
        until(jobs, jobs.listed()[1]["id"], "running")
        jobs.ask(scenario("四"))
        Puppet.made.get(timeout=60).ends.put(Outcome())
        until(jobs, jobs.listed()[1]["id"], "running")
        with pytest.raises(Refused) as refusal:
            jobs.ask(scenario("五"))
        assert refusal.value.status == 409
        assert len(list((subject.store / "jobs").iterdir())) == 4
        assert jobs.stop(first) is None
        jobs.ask(scenario("五"))


def test_one_that_has_ended_is_taken_away_with_its_files(subject: Subject) -> None:
    with at_work(subject) as jobs:
        id, puppet = begun(jobs)
        puppet.ends.put(Outcome(result={"folder": "x"}))
        until(jobs, id, "done")
        assert (subject.store / "jobs" / id).is_dir()
        assert jobs.stop(id) is None
        assert not (subject.store / "jobs" / id).exists()
        with pytest.raises(Refused) as refusal:
            jobs.read(id)
        assert refusal.value.status == 404


def test_when_the_server_ends_what_ran_and_waited_is_interrupted(subject: Subject) -> None:
    with at_work(subject) as jobs:
        first, puppet = begun(jobs)
        second = jobs.ask(scenario("二"))["id"]
        partial = subject.store / "jobs" / first / ".sample.partial-1"
        partial.mkdir()
    assert puppet.heard == ["kill"]
    assert not partial.exists()
    with at_work(subject) as later:
        assert {later.read(id)["state"] for id in (first, second)} == {"interrupted"}
        assert later.read(first)["progress"] == {}


# --- with true processes ---


@pytest.fixture(scope="module")
def client(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with opened(sample_folder / "study.yaml", tmp_path_factory.mktemp("jobs")) as one:
        yield one


def test_a_siting_is_that_of_planning_run(
    client: TestClient, sample_folder: Path, tmp_path: Path
) -> None:
    over = scenario("快步", network={"speed_m_s": 1.1})
    asked = client.post("/api/jobs", json={"scenario": over})
    assert asked.status_code == 202
    id = asked.json()["id"]
    job = until(client, id, "done")
    path = tmp_path / "over.json"
    path.write_text(json.dumps(over), encoding="utf-8")
    _, folder = workflow.run(
        sample_folder / "study.yaml", scenario=str(path), out_dir=tmp_path / "out"
    )
    assert job["folder"] == folder.name
    for name in ("plan.csv", "coverage.csv", "findings.csv"):
        ours = client.get(f"/jobs/{id}/files/{name}").content
        assert ours == (folder / name).read_bytes()
    listed = {one["path"] for one in client.get(f"/api/jobs/{id}/files").json()}
    assert {"map.html", "report.docx", "summary.json"} <= listed
    assert "scenario.json" not in listed
    refused(client.get(f"/jobs/{id}/files/..%2fscenario.json"), 404)


def test_faults_of_a_scenario_come_from_where_they_are_found(client: TestClient) -> None:
    over = scenario("错", services={"elder_care": {"limit_min": -1}})
    id = client.post("/api/jobs", json={"scenario": over}).json()["id"]
    error = until(client, id, "failed")["error"]
    assert "limit_min" in error["where"]
    assert error["found_en"] == "'-1'"
    assert str(Path.cwd()) not in json.dumps(error)


def test_other_scenarios_and_ids_are_refused(client: TestClient) -> None:
    refused(client.post("/api/jobs", json={"scenario": scenario(study="huangpu")}), 422)
    refused(client.post("/api/jobs", json={"scenario": {}}), 422)
    for path in (f"/api/jobs/{UNKNOWN}", f"/api/jobs/{UNKNOWN}/files", f"/jobs/{UNKNOWN}/files/x"):
        refused(client.get(path), 404)
    refused(client.delete(f"/api/jobs/{UNKNOWN}"), 404)
    refused(client.get("/api/jobs/..%2f.."), 404)
    refused(client.get("/api/jobs/x"), 422)


def test_a_child_that_breaks_says_so_without_a_trace(capfd: pytest.CaptureFixture[str]) -> None:
    outcome = Child({"task": "no such task"}).outcome([].append)
    assert outcome.ours
    assert outcome.result is None
    assert "Traceback" not in outcome.faults[0].found[1]
    assert "KeyError" in capfd.readouterr().err


def test_a_child_that_is_stopped_before_it_searches_just_ends(sample_folder: Path) -> None:
    child = Child(
        {"task": "site", "study": str(sample_folder / "study.yaml"), "data": str(sample_folder),
         "scenario": None, "out": "/nowhere/at/all"}
    )  # fmt: skip
    child.kill()
    assert child.outcome([].append) == Outcome()


def test_lines_are_whole_and_steps_are_told(tmp_path: Path) -> None:
    with (tmp_path / "lines").open("w", encoding="utf-8") as stream:
        told = Told(stream)
        with told.step("求解", "solving", 10.0) as step:
            step.advance(3.0)
            step.say("好", "good", {"found": 2.5, "aim": "yuan"})
    lines = [json.loads(line) for line in (tmp_path / "lines").read_text("utf-8").splitlines()]
    assert lines == [
        {"step": {"zh": "求解", "en": "solving", "total": 10.0}},
        {"done": 3.0},
        {"said": {"zh": "好", "en": "good"}, "figures": {"found": 2.5, "aim": "yuan"}},
    ]
    with silent().step("", "") as step:
        step.say("", "", {"found": 1.0})


def children_of(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    found = []
    for task in path.parents[1].iterdir():
        found += map(int, (task / "children").read_text(encoding="ascii").split())
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="children are looked up in /proc")
def test_a_kill_during_a_siting_loses_no_scenario_and_leaves_no_process(
    sample_folder: Path, tmp_path: Path
) -> None:
    study = sample_folder / "study.yaml"
    with server(study, "--out", tmp_path) as first:
        saved = first.client.post("/api/scenarios", json={"scenario": scenario("在")}).json()
        job = first.client.post("/api/jobs", json={"scenario": scenario("求")}).json()
        while not (children := children_of(first.process.pid)):
            time.sleep(0.01)
        first.kill()
    for child in children:
        while is_alive(child):
            time.sleep(0.05)
    with server(study, "--out", tmp_path) as second:
        assert second.client.get("/api/scenarios").json() == [saved]
        assert second.client.get(f"/api/jobs/{job['id']}").json()["state"] == "interrupted"


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    return state != "Z"


def test_a_search_that_is_stopped_gives_an_audited_plan(shared_data: Path, tmp_path: Path) -> None:
    """Huangpu takes its time; stopped while it searches, it gives the best it has by then."""
    study = Path(__file__).parents[1] / "scripts" / "studies" / "huangpu.yaml"
    child = Child(
        {"task": "site", "study": str(study), "data": str(shared_data), "scenario": "chengdu",
         "out": str(tmp_path)}
    )  # fmt: skip
    seen: list[Mapping[str, Any]] = []

    def tell(said: Mapping[str, Any]) -> None:
        figures = said.get("figures") or {}
        if figures.get("aim") == "yuan" and not seen:
            seen.append(figures)
            child.stop()

    outcome = child.outcome(tell)
    assert seen, "it was never told how far the search is"
    assert seen[0]["bound"] <= seen[0]["found"]
    assert outcome.result is not None
    summary = json.loads((tmp_path / outcome.result["folder"] / "summary.json").read_text("utf-8"))
    assert summary["plan"]["sites"]
    assert summary["plan"]["bound_yuan"] <= summary["plan"]["objective_yuan"]
