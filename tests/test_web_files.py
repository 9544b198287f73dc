"""A run folder that is served: its deliverables and nothing else, and the study behind it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from test_web_guard import refused
from web_desk import opened, scenario

from planning import workflow
from planning.errors import InputError
from planning.outputs.edition import Edition
from planning.web.deliverables import Deliverables
from planning.web.refusals import Refused
from planning.web.subject import subject_of


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, sample_folder: Path) -> Path:
    """A folder of data, and a run beside it."""
    place = tmp_path_factory.mktemp("place")
    shutil.copytree(sample_folder, place / "data")
    _, folder = workflow.run(place / "data" / "study.yaml", out_dir=place / "out")
    return folder


@pytest.fixture(scope="module")
def client(place: Path) -> Iterator[TestClient]:
    secret = place.parent / "secret.txt"
    secret.write_text("secret", encoding="utf-8")
    (place / "link.txt").symlink_to(secret)
    (place / "folder_link").symlink_to(place.parent)
    (place / ".hidden").write_text("secret", encoding="utf-8")
    with opened(place, place.parent) as one:
        yield one


def test_every_deliverable_is_listed_and_sent_as_it_is(client: TestClient, place: Path) -> None:
    listed = client.get("/api/files").json()
    names = {one["path"] for one in listed}
    assert {"map.html", "report.docx", "summary.json", "元数据.txt"} <= names
    assert not {name for name in names if "link" in name or name.startswith(".")}
    for one in listed:
        answer = client.get(f"/files/{one['path']}")
        assert answer.status_code == 200
        assert answer.content == (place / one["path"]).read_bytes()
        assert len(answer.content) == one["bytes"]
        assert answer.headers["content-type"] == one["type"]
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_name_in_chinese_is_saved_under_it(client: TestClient) -> None:
    said = client.get("/files/元数据.txt").headers["content-disposition"]
    assert said == "attachment; filename*=UTF-8''%E5%85%83%E6%95%B0%E6%8D%AE.txt"


def test_pages_keep_their_own_policy_and_may_ask_for_nothing(client: TestClient) -> None:
    answer = client.get("/files/map.html")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "connect-src" not in policy
    assert "frame-ancestors 'none'" in policy
    assert 'http-equiv="Content-Security-Policy"' in answer.text
    assert answer.headers["content-disposition"].startswith("inline")


@pytest.mark.parametrize(
    "path",
    ["..%2fsecret.txt", "%2e%2e/secret.txt", "%2e%2e%2fsecret.txt", "..%5csecret.txt",
     "....//secret.txt", "%252e%252e/secret.txt", "..%c0%afsecret.txt", "/etc/passwd",
     "%2fetc%2fpasswd", "//etc/passwd", "C:/windows/win.ini", "map.html%00", "map.html%00.txt",
     "", "map.html/", "MAP.HTML%20", "link.txt", "folder_link/secret.txt", ".hidden",
     "file:///etc/passwd", "~/.ssh/id_rsa", "\u202e", "%ff", "x" * 5_000],
)  # fmt: skip
def test_no_other_path_is_read(client: TestClient, path: str) -> None:
    answer = client.get(f"/files/{path}")
    assert "secret" not in answer.text
    assert "root:" not in answer.text
    refused(answer, 404)


def test_a_file_of_no_printable_name_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"\xff.txt")).write_text("x", encoding="utf-8")
    (tmp_path / "a\nb.txt").write_text("x", encoding="utf-8")
    (tmp_path / "好.txt").write_text("x", encoding="utf-8")
    assert [one["path"] for one in Deliverables(tmp_path).listed()] == ["好.txt"]


def test_no_folder_has_no_files(tmp_path: Path) -> None:
    for folder in (None, tmp_path / "gone"):
        assert Deliverables(folder).listed() == []
        with pytest.raises(Refused):
            Deliverables(folder).answer("map.html")


# --- the study of a run ---


def test_a_run_knows_its_study_and_its_plan(client: TestClient, place: Path) -> None:
    about = client.get("/api/study").json()
    assert about["run"] == place.name
    assert about["read_only"] is None
    assert about["has_plan"]
    assert about["changed_since_run"] == []


def test_present_and_plan_are_those_of_the_run(client: TestClient, place: Path) -> None:
    summary = json.loads((place / "summary.json").read_text(encoding="utf-8"))
    columns = client.get("/api/comparison").json()["columns"]
    assert [one["name"] for one in columns] == ["present", "plan"]
    for one, state, counts in zip(
        columns, ("now", "after"), ("findings_before", "findings_after"), strict=True
    ):
        whole = [
            row
            for row in summary["coverage"]
            if row["state"] == state
            and row["level"] == "area"
            and row["limit_min"] == summary["services"][row["service"]]["limit_min"]
        ]
        assert [row["covered"] for row in one["coverage"]] == [row["covered"] for row in whole]
        counted = summary["plan"][counts]
        assert one["requirements"] == {key: counted[key] for key in one["requirements"]}
    assert columns[0]["turned"] == []
    assert {turn["after"] for turn in columns[1]["turned"]} == {"met"}
    assert columns[1]["yuan"] == summary["plan"]["cost_yuan"]


def test_a_run_is_moved_together_with_its_data(place: Path, tmp_path: Path) -> None:
    moved = tmp_path / "moved"
    shutil.copytree(place.parents[1], moved, symlinks=True)
    subject = subject_of(moved / "out" / place.name, data_dir=None, scenario=None, out_dir=tmp_path)
    assert subject.lacking is None
    assert subject.study_path == (moved / "data" / "study.yaml").resolve()


@pytest.fixture
def orphan(place: Path, tmp_path: Path) -> Path:
    """The run folder alone, far from its study."""
    return Path(shutil.copytree(place, tmp_path / "far" / "away" / place.name, symlinks=True))


def test_without_its_study_a_run_can_be_looked_at(orphan: Path, tmp_path: Path) -> None:
    with opened(orphan, tmp_path) as client:
        about = client.get("/api/study").json()
        assert "study.yaml" in about["read_only"]["found_en"]
        page = client.get("/")
        assert page.status_code == 200
        assert "study.yaml" in page.text
        assert '<a href="/files/%E5%85%83%E6%95%B0%E6%8D%AE.txt">元数据.txt</a>' in page.text
        assert "<script" not in page.text
        assert client.get("/files/map.html").status_code == 200
        assert client.get("/api/scenarios").json() == []
        body = {"scenario": scenario()}
        for answer in (
            client.get("/api/content"),
            client.get("/api/comparison"),
            client.post("/api/rows", json={"places": [], "limit_ms": 1}),
            client.post("/api/scenarios", json=body),
            client.post("/api/assess", json=body),
            client.post("/api/jobs", json=body),
        ):
            assert "study.yaml" in refused(answer, 409)["found_zh"]


def test_another_study_in_its_place_is_not_taken_for_it(orphan: Path, tmp_path: Path) -> None:
    record = json.loads((orphan / "record.json").read_text(encoding="utf-8"))
    other = tmp_path / "far" / "away" / "other.yaml"
    text = (Path(__file__).parent / "tiny_town" / "study.yaml").read_text(encoding="utf-8")
    other.write_text(text, encoding="utf-8")
    record["made_from"]["study"] = "../other.yaml"
    (orphan / "record.json").write_text(json.dumps(record), encoding="utf-8")
    subject = subject_of(orphan, data_dir=None, scenario=None, out_dir=tmp_path)
    assert subject.lacking is not None
    assert subject.study_path is None


def test_a_run_for_publication_does_not_say_where_anything_lies(
    sample_folder: Path, tmp_path: Path
) -> None:
    _, folder = workflow.run(
        sample_folder / "study.yaml", out_dir=tmp_path, until="assess",
        edition=Edition(suppress_below=5),
    )  # fmt: skip
    record = (folder / "record.json").read_text(encoding="utf-8")
    assert json.loads(record)["made_from"] is None
    assert str(sample_folder) not in record
    assert subject_of(folder, data_dir=None, scenario=None, out_dir=tmp_path).lacking is not None


@pytest.mark.parametrize("name", ["nothing", "folder", "text.txt", "broken"])
def test_what_is_neither_run_nor_study_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "text.txt").write_text("x", encoding="utf-8")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "summary.json").write_text("[", encoding="utf-8")
    with pytest.raises(InputError, match=name):
        subject_of(tmp_path / name, data_dir=None, scenario=None, out_dir=tmp_path)


def test_inputs_that_changed_since_the_run_are_named(place: Path, tmp_path: Path) -> None:
    moved = tmp_path / "moved"
    shutil.copytree(place.parents[1], moved, symlinks=True)
    facilities = moved / "data" / "facilities.csv"
    facilities.write_bytes(facilities.read_bytes() + b"\n")
    with opened(moved / "out" / place.name, tmp_path) as client:
        assert client.get("/api/study").json()["changed_since_run"] == ["facilities"]
