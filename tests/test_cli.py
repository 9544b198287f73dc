"""The command line: what it prints, where it writes, and with which code it ends."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

from planning.errors import AuditError, Fault

Cli = Callable[..., Any]

COMMANDS = (
    "assess", "check", "close", "compare", "demand", "demo", "district", "doctor", "fetch",
    "isochrones", "run", "schema", "serve", "site", "standards check", "standards list",
    "standards show",
)  # fmt: skip
LIBRARY = Path(__file__).parents[1] / "planning/standards/library"
SICHUAN = (LIBRARY / "sichuan-2021-57.yaml").read_text(encoding="utf-8")
CLAUSES = set(re.findall(r"^  - id: (\S+)$", SICHUAN, flags=re.MULTILINE))
SHOWN = (
    "SC-2021-57/1.0/nursery-rate-2025",
    "SC-2021-57/2.1/elder-land",
    "SC-2021-57/2.1/elder-land#new-areas",
    "SC-2021-57/2.1/nursery-new",
    "SC-2021-57/2.1/nursery-built",
    "SC-2021-57/2.3/circle-15min",
)
HAN = re.compile(r"[\u4e00-\u9fff]{2}")
LATIN = re.compile(r"[A-Za-z]{2,}")


def python(*arguments: object, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """A fresh interpreter, as a user's shell would start it."""
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def everything_below(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file and folder with its size and time of change."""
    return {
        str(path.relative_to(folder)): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in folder.rglob("*")
    }


@pytest.fixture
def study(sample_folder: Path) -> Path:
    return sample_folder / "study.yaml"


@pytest.fixture(scope="module")
def runs(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Run folders of the sample, at 1.0 and at 0.8 m/s."""
    from planning import workflow

    study, out = sample_folder / "study.yaml", tmp_path_factory.mktemp("runs")
    _, base = workflow.run(study, out_dir=out)
    _, slow = workflow.run(study, out_dir=out, scenario="slow")
    return base, slow


def summary(run: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((run / "summary.json").read_text(encoding="utf-8"))
    return found


# --- help -----------------------------------------------------------------------------------


def _commands() -> dict[str, Any]:
    from typer.main import get_command

    from planning.cli import app

    def walk(group: Any, before: str = "") -> Iterator[tuple[str, Any]]:
        for name, command in group.commands.items():
            if hasattr(command, "commands"):
                yield from walk(command, f"{before}{name} ")
            else:
                yield f"{before}{name}", command

    return dict(walk(get_command(app)))


def test_these_are_the_commands() -> None:
    assert sorted(_commands()) == sorted(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_is_in_chinese_and_english(planning_cli: Cli, command: str) -> None:
    done = planning_cli(*command.split(), "--help")
    assert (done.code, done.err) == (0, "")
    known = _commands()[command]
    for text in (known.help, *(param.help for param in known.params if param.name != "help")):
        assert HAN.search(text), text
        assert LATIN.search(text), text
        assert text.split()[0] in done.out


def test_help_of_the_whole_lists_every_command(planning_cli: Cli) -> None:
    done = planning_cli("--help")
    assert done.code == 0
    assert "一老一小设施规划" in done.out
    assert "Elder-care and nursery siting" in done.out
    for command in COMMANDS:
        assert re.search(rf"(?m)^  {command.split()[0]} ", done.out), command


def test_help_imports_nothing_heavy(tmp_path: Path) -> None:
    script = """
import sys
sys.argv = ["planning", "--help"]
from planning.cli import main
try:
    main()
except SystemExit as stop:
    loaded = {name.partition(".")[0] for name in sys.modules}
    print(stop.code, *sorted(loaded), file=sys.stderr)
"""
    done = python("-c", script, cwd=tmp_path)
    code, *loaded = done.stderr.split()
    assert (code, done.returncode) == ("0", 0)
    assert {"planning", "typer"} <= set(loaded)
    heavy = {
        "folium", "geopandas", "highspy", "numba", "numpy", "osmium", "osmnx", "pandas",
        "pyogrio", "pyproj", "rasterio", "rich", "scipy", "shapely",
    }  # fmt: skip
    assert heavy & set(loaded) == set()


def test_a_run_imports_no_scipy_module_that_only_some_studies_need(tmp_path: Path) -> None:
    """Half a second that every run would wait for."""
    script = """
import sys
import planning.workflow
print(*(name for name in sys.modules if name.startswith("scipy.")))
"""
    loaded = python("-c", script, cwd=tmp_path).stdout.split()
    assert {"scipy.spatial", "scipy.sparse", "scipy.linalg", "scipy.optimize"} & set(
        loaded
    ) == set()


# --- exit codes -----------------------------------------------------------------------------


def test_strict_ends_with_1_where_a_clause_is_not_met(
    planning_cli: Cli, study: Path, tmp_path: Path
) -> None:
    plain = planning_cli("assess", study, "--out", tmp_path / "out")
    strict = planning_cli("assess", study, "--out", tmp_path / "out", "--strict")
    assert (plain.code, strict.code) == (0, 1)
    # Rate and circle, land of C1 and 3 streets, places of 5 built, places and land of 2 new areas.
    assert "未达标 not met 15" in plain.out
    assert strict.out == plain.out
    assert (plain.err, strict.err) == ("", "")


def test_strict_asks_about_the_plan_where_there_is_one(
    planning_cli: Cli, study: Path, tmp_path: Path
) -> None:
    done = planning_cli("run", study, "--out", tmp_path / "out", "--strict", "--json")
    plan = json.loads(done.out)["plan"]
    assert plan["findings_after"]["not_met"] == 2  # S2 has too few plots, R3 no candidate
    assert done.code == 1


def test_strict_ends_with_0_where_nothing_binds(
    planning_cli: Cli, sample_folder: Path, tmp_path: Path
) -> None:
    text = (sample_folder / "study.yaml").read_text(encoding="utf-8")
    adopted = "    SC-2021-57/1.0/nursery-rate-2025: [county]"
    assert text.count(adopted) == 1
    nowhere = "\n".join(f"    {clause}: []" for clause in sorted(CLAUSES))
    study = tmp_path / "study.yaml"
    study.write_text(text.replace(adopted, nowhere), encoding="utf-8")
    done = planning_cli(
        "run", study, "--data", sample_folder, "--out", tmp_path / "out", "--strict", "--json"
    )
    assert done.code == 0, done.err
    said = json.loads(done.out)
    assert said["plan"]["findings_before"] == dict.fromkeys(
        ("met", "not_met", "not_assessable", "not_applicable"), 0
    )
    assert (said["plan"]["sites"], said["plan"]["cost_yuan"]) == ([], 0)


def test_a_fault_of_our_own_ends_with_3_and_asks_to_be_reported(
    planning_cli: Cli, study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the third cog is loose")

    monkeypatch.setattr("planning.running.findings_of", broken)
    done = planning_cli("run", study, "--out", tmp_path / "out")
    assert done.code == 3
    assert done.out == ""
    assert "RuntimeError: the third cog is loose" in done.err
    assert done.err.splitlines()[-2:] == [
        "✗ 程序自身的错误，请把以上内容发给我们。",
        "✗ This is our own fault: please send us the above.",
    ]
    assert not list(tmp_path.glob("out/*"))


def test_a_plan_that_fails_its_audit_ends_with_3_and_is_not_written(
    planning_cli: Cli, study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def differs(*_: object, **__: object) -> None:
        raise AuditError(
            Fault(
                where="plan",
                found=("80 人", "80 people"),
                expected=("90 人", "90 people"),
                to_do=("报告", "report it"),
            )
        )

    monkeypatch.setattr("planning.proposing.audit", differs)
    done = planning_cli("run", study, "--out", tmp_path / "out")
    assert done.code == 3
    assert done.out == ""
    assert done.err.splitlines() == [
        "✗ plan：发现 80 人；应为 90 人；请报告。",
        "✗ plan: found 80 people; expected 90 people; report it.",
    ]
    assert not list(tmp_path.glob("out/*"))


def test_interrupting_is_not_mistaken_for_a_clause_that_is_not_met(
    planning_cli: Cli, study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("planning.outputs.run_folder.write_map", interrupt)
    done = planning_cli("run", study, "--out", tmp_path / "out", "--strict")
    assert done.code == 130
    assert "Traceback" not in done.err
    assert [path.name for path in tmp_path.glob("out/*")] == [".stages"]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["run"], "STUDY"),
        (["fly"], "fly"),
        (["run", "study.yaml", "--speed", "9"], "--speed"),
        (["standards"], "list"),
    ],
)
def test_a_wrong_call_ends_with_2_and_no_traceback(
    planning_cli: Cli, arguments: list[str], named: str
) -> None:
    done = planning_cli(*arguments)
    assert done.code == 2
    assert named in done.out + done.err
    assert "Traceback" not in done.err


def test_a_refusal_as_the_shell_sees_it(tmp_path: Path) -> None:
    done = python(
        "-m", "planning", "run", "没有.yaml", cwd=tmp_path, LC_ALL="C", PYTHONIOENCODING="ascii"
    )
    assert done.returncode == 2
    assert done.stdout == ""
    zh, en = done.stderr.splitlines()
    assert zh == "✗ 没有.yaml：发现 没有这个文件；应为 研究文件（YAML）；请检查路径。"
    assert en == "✗ 没有.yaml: found no such file; expected a study file (YAML); check the path."
    assert list(tmp_path.iterdir()) == []


# --- JSON and quiet -------------------------------------------------------------------------


def test_check_prints_json(planning_cli: Cli, study: Path) -> None:
    done = planning_cli("check", study, "--json")
    assert (done.code, done.err) == (0, "")
    said = json.loads(done.out)
    assert said["study"] == "sample"
    about = {note["about"] for note in said["notes"]}
    assert about == {
        "area.units",
        "population",
        "network",
        "facilities",
        "candidates",
        "reach",
        "residential_areas",
    }
    assert all(HAN.search(note["zh"]) and LATIN.search(note["en"]) for note in said["notes"])


def test_run_prints_the_summary_it_writes(planning_cli: Cli, study: Path, tmp_path: Path) -> None:
    done = planning_cli("run", study, "--out", tmp_path / "out", "--json")
    assert (done.code, done.err) == (0, "")
    (folder,) = (tmp_path / "out").iterdir()
    said = json.loads(done.out)
    assert said == summary(folder)
    assert folder.name == f"sample-{said['digest']}"
    assert said["plan"]["status"] == "optimal"


def test_assess_prints_json_without_a_plan(
    planning_cli: Cli, study: Path, tmp_path: Path, runs: tuple[Path, Path]
) -> None:
    done = planning_cli("assess", study, "--out", tmp_path / "out", "--json")
    assert (done.code, done.err) == (0, "")
    said = json.loads(done.out)
    assert said["plan"] is None
    assert {row["state"] for row in said["findings"]} == {"now"}
    whole = summary(runs[0])
    assert said["findings"] == [row for row in whole["findings"] if row["state"] == "now"]
    assert said["digest"] != whole["digest"]


def test_site_prints_the_plan(
    planning_cli: Cli, study: Path, tmp_path: Path, runs: tuple[Path, Path]
) -> None:
    done = planning_cli("site", study, "--out", tmp_path / "out", "--json")
    assert (done.code, done.err) == (0, "")
    assert json.loads(done.out) == summary(runs[0])["plan"]


@pytest.mark.parametrize("command", ["check", "assess", "site", "run"])
def test_quiet_prints_nothing(planning_cli: Cli, study: Path, tmp_path: Path, command: str) -> None:
    out = [] if command == "check" else ["--out", tmp_path / "out"]
    done = planning_cli(command, study, "--quiet", *out)
    assert done == (0, "", "")
    assert len(list(tmp_path.glob("out/*"))) == (0 if command == "check" else 1)


def test_json_is_printed_even_when_quiet(planning_cli: Cli, study: Path) -> None:
    done = planning_cli("check", study, "--quiet", "--json")
    assert (done.code, done.err) == (0, "")
    assert json.loads(done.out)["study"] == "sample"


# --- what is written, and where -------------------------------------------------------------


def test_check_writes_no_file(
    planning_cli: Cli, study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = everything_below(study.parent)
    done = planning_cli("check", study)
    assert done.code == 0
    assert "可以运行 ready to run" in done.out
    assert everything_below(tmp_path) == {}
    assert everything_below(study.parent) == before


def test_run_changes_no_input(planning_cli: Cli, study: Path, tmp_path: Path) -> None:
    before = everything_below(study.parent)
    assert planning_cli("assess", study, "--out", tmp_path / "out").code == 0
    assert everything_below(study.parent) == before


def test_demo_makes_the_sample_and_does_the_whole_job(
    planning_cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, study: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    done = planning_cli("demo", "--json")
    assert (done.code, done.err) == (0, "")
    said = json.loads(done.out)
    made = tmp_path / "data" / "raw" / "sample"
    assert {path.name for path in made.iterdir()} == {p.name for p in study.parent.iterdir()}
    folder = tmp_path / "data" / "processed" / f"sample-{said['digest']}"
    assert summary(folder) == said
    assert (folder / "map.html").stat().st_size > 100_000


# --- scenarios ------------------------------------------------------------------------------


def test_a_scenario_has_its_own_digest_speed_and_title(runs: tuple[Path, Path]) -> None:
    base, slow = map(summary, runs)
    assert base["digest"] != slow["digest"]
    assert runs[0].name != runs[1].name
    assert (base["scenario"], slow["scenario"]) == (None, "slow")
    assert (base["walking"]["speed_m_s"], slow["walking"]["speed_m_s"]) == (1.0, 0.8)
    assert slow["title"] == "新禾新城（步速0.8米/秒）"


def _refused(done: Any) -> tuple[str, str]:
    """The two lines of a refusal."""
    assert done.code == 2, done.err.splitlines()[-4:]
    assert done.out == ""
    zh, en = done.err.splitlines()
    assert "：发现 " in zh and "；应为 " in zh and "；请" in zh
    assert ": found " in en and "; expected " in en
    return zh, en


# --- isochrones -----------------------------------------------------------------------------


def test_isochrones_are_nested_polygons_round_the_facilities(
    planning_cli: Cli, study: Path, tmp_path: Path
) -> None:
    package, collection = tmp_path / "circles.gpkg", tmp_path / "circles.geojson"
    for out in (package, collection):
        done = planning_cli("isochrones", study, "--minutes", "5,10,15", "--out", out)
        assert (done.code, done.err) == (0, "")
        assert done.out == f"6 个等时圈 isochrones → {out}\n"
    metric = gpd.read_file(package, layer="isochrones")
    degrees = gpd.read_file(collection)
    assert (metric.crs.to_epsg(), degrees.crs.to_epsg()) == (4544, 4326)
    for frame in (metric, degrees):
        assert sorted(zip(frame["service"], frame["minutes"], strict=True)) == [
            (service, limit) for service in ("elder_care", "nursery") for limit in (5, 10, 15)
        ]
        assert frame.is_valid.all()
        assert set(frame.geom_type) <= {"Polygon", "MultiPolygon"}
    # Reprojecting bends the edges between corners: millimetres, over some kilometres of outline.
    for frame, slack_m2 in ((metric, 1e-3), (degrees.to_crs(4544), 25.0)):
        for _, rings in frame.sort_values("minutes").groupby("service"):
            small, middle, large = rings.geometry
            assert small.difference(middle).area < slack_m2
            assert middle.difference(large).area < slack_m2
            assert 10_000 < small.area < middle.area < large.area < 9e6
    nurseries = metric[metric["service"] == "nursery"].sort_values("minutes").geometry.iloc[0]
    at = gpd.GeoSeries([shapely.Point(*_place_of(study, "F05"))], crs=4326).to_crs(4544).iloc[0]
    assert nurseries.distance(at) < 100  # the street it snaps to is drawn


def _place_of(study: Path, facility: str) -> tuple[float, float]:
    lines = (study.parent / "facilities.csv").read_text(encoding="utf-8-sig").splitlines()
    header = lines[0].split(",")
    (row,) = [line.split(",") for line in lines if line.startswith(facility + ",")]
    return float(row[header.index("经度")]), float(row[header.index("纬度")])


def test_isochrones_make_the_folder_they_go_to(
    planning_cli: Cli, study: Path, tmp_path: Path
) -> None:
    out = tmp_path / "made" / "on the way" / "circles.gpkg"
    done = planning_cli("isochrones", study, "--minutes", "5", "--out", out)
    assert (done.code, done.err) == (0, "")
    assert set(gpd.read_file(out, layer="isochrones")["service"]) == {"elder_care", "nursery"}


def test_isochrones_replace_those_of_before(planning_cli: Cli, study: Path, tmp_path: Path) -> None:
    for minutes in ("5,10", "7"):
        done = planning_cli(
            "isochrones", study, "--minutes", minutes, "--out", tmp_path / "i.gpkg", "--quiet"
        )
        assert done == (0, "", "")
    assert set(gpd.read_file(tmp_path / "i.gpkg", layer="isochrones")["minutes"]) == {7}


@pytest.mark.parametrize(
    "minutes", ["", "0", "-5", "5,-10", "five", "5;10", "5,,10", "nan", "5,nan", "inf", "1e99"]
)
def test_minutes_that_are_none_are_refused(
    planning_cli: Cli, study: Path, tmp_path: Path, minutes: str
) -> None:
    out = tmp_path / "i.gpkg"
    zh, en = _refused(planning_cli("isochrones", study, f"--minutes={minutes}", "--out", out))
    assert zh.startswith(f"✗ --minutes：发现 “{minutes}”")
    assert en.startswith(f"✗ --minutes: found '{minutes}'; expected minutes above 0")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["circles.dxf", "circles.txt"])
def test_isochrones_in_a_format_we_do_not_write_are_refused(
    planning_cli: Cli, study: Path, tmp_path: Path, name: str
) -> None:
    zh, en = _refused(planning_cli("isochrones", study, "--out", tmp_path / name))
    assert ".gpkg" in zh and ".geojson" in en
    assert list(tmp_path.iterdir()) == []


# --- the library of clauses -----------------------------------------------------------------


def test_the_list_of_clauses_as_json(planning_cli: Cli) -> None:
    done = planning_cli("standards", "list", "--json")
    assert (done.code, done.err) == (0, "")
    documents = {document["id"]: document for document in json.loads(done.out)}
    clauses = documents["sichuan-2021-57"]["clauses"]
    assert {clause["id"] for clause in clauses} == CLAUSES >= {*SHOWN}
    assert len(clauses) == 59  # the 52 items, seven of which are two clauses
    assert all(HAN.search(clause["quote"]) and clause["article"] for clause in clauses)


def test_the_list_of_clauses_on_the_terminal(
    planning_cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    done = planning_cli("standards", "list")
    assert done.code == 0
    for clause in CLAUSES:
        assert clause in done.out
    assert "川办发〔2021〕57号" in done.out


@pytest.mark.parametrize("clause", SHOWN)
def test_a_clause_with_its_quote(planning_cli: Cli, clause: str) -> None:
    shown, said = (
        planning_cli("standards", "show", clause),
        planning_cli("standards", "show", clause, "--json"),
    )
    assert (shown.code, said.code) == (0, 0)
    found = json.loads(said.out)
    assert found["id"] == clause
    assert found["quote"] in shown.out
    assert found["title_zh"] in shown.out and found["title_en"] in shown.out


def test_the_figure_of_a_clause_is_the_printed_one(planning_cli: Cli) -> None:
    found = json.loads(planning_cli("standards", "show", "SC-2021-57/2.1/elder-land", "--json").out)
    assert found["value"] in ("0.1", "1/10")
    assert found["quote"] == "按照人均用地不少于0．1平方米的标准"


def test_a_clause_that_is_not_there(planning_cli: Cli) -> None:
    zh, en = _refused(planning_cli("standards", "show", "SC-2021-57/9.9/none"))
    assert "没有条文“SC-2021-57/9.9/none”" in zh
    assert "no clause 'SC-2021-57/9.9/none'" in en
    assert "planning standards list" in zh and "planning standards list" in en
