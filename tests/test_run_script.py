"""run.py on machines that lack something, and what it remembers between runs.

Each test works in a copy of the tree; the real .venv is never touched.
"""

import ast
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
WITHOUT_ENSUREPIP = """\
print("The virtual environment was not created successfully because ensurepip is not available.")
raise SystemExit(1)
"""
# ensurepip takes most of the seconds of a real environment: the same without it, pip copied in.
QUICK_VENV = """\
import os, shutil, sys
from pathlib import Path
sys.path.remove(str(Path(__file__).parent))
import venv
venv.create(sys.argv[-1], symlinks=os.name != "nt")
packages = next(Path(sys.argv[-1]).rglob("site-packages"))
shutil.copytree(os.environ["PIP_SOURCE"], packages / "pip")
"""
OLD_PYTHON = """\
import runpy, subprocess, sys
sys.version_info = (3, 6, 9, "final", 0)
sys.argv = ["run.py", "demo"]
runpy.run_path("run.py", run_name="__main__")
"""


@pytest.fixture
def tree(tmp_path):
    """Copy what run.py needs, without a .venv."""
    copy = tmp_path / "项目 tree"
    copy.mkdir()
    for name in ("run.py", "pyproject.toml"):
        shutil.copy(ROOT / name, copy)
    shutil.copytree(ROOT / "requirements", copy / "requirements")
    return copy


def bare_environment(tmp_path, **more):
    """Build the environment of a machine where nothing is set up."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)
    return kept | {"HOME": str(home), "PYTHONIOENCODING": "utf-8"} | more


def execute(tree, *command, **environment):
    """Run Python in the tree and return the finished process."""
    return subprocess.run(
        [sys.executable, *command],
        cwd=tree,
        env=bare_environment(tree.parent, **environment),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def assert_refused(done, chinese, english):
    """Check for exit code 2 and exactly one line in each language."""
    assert done.returncode == 2
    assert "Traceback" not in done.stdout + done.stderr
    lines = done.stderr.splitlines()
    assert len(lines) == 2
    assert chinese in lines[0]
    assert english in lines[1]


def fake_module(tree, name, source):
    """Put a module before the standard library and return the PYTHONPATH to use."""
    folder = tree.parent / "fakes"
    folder.mkdir()
    (folder / f"{name}.py").write_text(source, encoding="utf-8")
    return str(folder)


def test_the_syntax_is_readable_to_an_old_python():
    source = (ROOT / "run.py").read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 7))
    assert "from __future__" not in source


@pytest.mark.parametrize("arguments", [(), ("--help",), ("-h",)])
def test_usage_names_demo_and_test_and_sets_nothing_up(tree, arguments):
    done = execute(tree, "run.py", *arguments)
    assert done.returncode == 0
    assert "run.py demo" in done.stdout
    assert "run.py test" in done.stdout
    assert "用法 Usage" in done.stdout
    assert not (tree / ".venv").exists()


def test_a_terminal_without_chinese_still_gets_the_english(tree):
    done = execute(tree, "run.py", "--help", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert "The first run makes .venv" in done.stdout


def test_an_old_python_is_refused(tree):
    done = execute(tree, "-c", OLD_PYTHON)
    assert_refused(done, "需要 Python 3.11 或更新版本，现在是 3.6.9", "this is 3.6.9")
    assert not (tree / ".venv").exists()


@pytest.mark.parametrize(
    "source",
    [WITHOUT_ENSUREPIP, 'raise ModuleNotFoundError("No module named ensurepip")'],
    ids=["Debian's explanation", "no such module"],
)
def test_missing_ensurepip_is_refused_and_the_reason_logged(tree, source):
    done = execute(tree, "run.py", "demo", PYTHONPATH=fake_module(tree, "venv", source))
    assert_refused(done, "python3-venv", "install python3-venv first")
    assert "ensurepip" in (tree / ".venv" / "install.log").read_text(encoding="utf-8")
    assert not (tree / ".venv" / "installed.txt").exists()


def test_no_package_index_is_refused_and_leaves_no_stamp(tree):
    pip = importlib.util.find_spec("pip")
    if pip is None:
        pytest.skip("this environment has no pip to copy")
    done = execute(
        tree,
        "run.py",
        "demo",
        PYTHONPATH=fake_module(tree, "venv", QUICK_VENV),
        PIP_SOURCE=str(Path(pip.origin).parent),
        PIP_CONFIG_FILE=os.devnull,
        PIP_INDEX_URL="http://127.0.0.1:9/simple",
        PIP_RETRIES="0",
        PIP_NO_CACHE_DIR="1",
    )
    assert_refused(done, "没有网络", "no network")
    assert "建环境" in done.stdout
    assert "No matching distribution" in (tree / ".venv" / "install.log").read_text("utf-8")
    assert not (tree / ".venv" / "installed.txt").exists()


def test_a_missing_lock_is_refused(tree):
    (tree / "requirements" / "core.txt").unlink()
    assert_refused(execute(tree, "run.py", "demo"), "不能读写项目目录", "Cannot read or write")


@pytest.mark.skipif(os.name == "nt", reason="process groups are signalled otherwise on Windows")
def test_ctrl_c_ends_quietly_and_leaves_no_stamp(tree):
    slow = "import time; print('started', flush=True); time.sleep(60)"
    environment = bare_environment(tree.parent, PYTHONPATH=fake_module(tree, "venv", slow))
    log = tree / ".venv" / "install.log"
    with subprocess.Popen(
        [sys.executable, "run.py", "demo"],
        cwd=tree,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
        # Tests that run in the background would hand on that Ctrl-C is ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as child:
        deadline = time.monotonic() + 10
        while not (log.exists() and "started" in log.read_text("utf-8")):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        os.killpg(child.pid, signal.SIGINT)
        _, errors = child.communicate(timeout=10)
    assert child.returncode == 130
    assert errors == ""
    assert not (tree / ".venv" / "installed.txt").exists()


class Script:
    """run.py loaded from the copied tree, with its child processes recorded, not started."""

    def __init__(self, tree, monkeypatch):
        spec = importlib.util.spec_from_file_location("run_script", tree / "run.py")
        self.module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self.module)
        self.steps = []
        self.exit_code = 0
        monkeypatch.setattr(self.module, "run", self.record)

    def record(self, *command, **options):
        """Note one child in a word; making the environment makes its interpreter."""
        words = [str(part) for part in command]
        if words[1:3] == ["-m", "venv"]:
            self.module.PYTHON.parent.mkdir(parents=True)
            self.module.PYTHON.touch()
            self.steps.append("venv")
        elif "-r" in words:
            self.steps.append(Path(words[-1]).stem)
        elif "-e" in words:
            self.steps.append("project")
        else:
            self.steps.append((words[2:], options.get("cwd")))
            return self.exit_code
        return 0

    def __call__(self, *arguments, **options):
        """Run main and return the installation steps it took."""
        self.steps.clear()
        self.returned = self.module.main(list(arguments), **options)
        self.child, self.place = self.steps.pop()
        return self.steps.copy()


@pytest.fixture
def script(tree, monkeypatch):
    return Script(tree, monkeypatch)


def test_the_environment_is_made_once_and_test_adds_the_rest(script):
    assert script("demo") == ["venv", "core", "project"]
    assert script("demo") == []
    assert script("test") == ["dev", "project"]
    assert script("test") == []
    assert script("run", "study.yaml") == []


def test_test_first_serves_demo_too(script):
    assert script("test") == ["venv", "dev", "project"]
    assert script("demo") == []


def test_an_environment_without_its_stamp_is_made_again(script):
    script("demo")
    script.module.STAMP.unlink()
    assert script("demo") == ["venv", "core", "project"]


def test_a_changed_lock_is_installed_afresh(script):
    script("test")
    with script.module.CORE.open("a", encoding="utf-8") as lock:
        lock.write("# changed\n")
    assert script("demo") == ["venv", "core", "project"]


def test_the_server_takes_a_little_more_and_the_tests_have_it_all(script):
    script("demo")
    assert script("serve", "run") == ["app", "project"]
    assert script("demo") == []
    script("test")
    assert script("serve", "run") == []


def test_another_python_is_not_served_the_old_environment(script):
    script("demo", version=(3, 11, 2))
    assert script("demo", version=(3, 11, 9)) == []
    assert script("demo", version=(3, 12, 1)) == ["venv", "core", "project"]


def test_a_moved_folder_is_not_served_the_old_environment(tree, monkeypatch):
    Script(tree, monkeypatch)("demo")
    moved = tree.rename(tree.with_name("moved"))
    assert Script(moved, monkeypatch)("demo") == ["venv", "core", "project"]


def test_verbs_reach_planning_and_their_exit_code_comes_back(script, tree):
    script.exit_code = 7
    script("run", "study.yaml", "--quiet")
    assert script.child == ["planning", "run", "study.yaml", "--quiet"]
    assert script.place is None
    assert script.returned == 7
    script("demo")
    assert script.child == ["planning", "demo"]
    assert script.place == str(tree)


def test_test_reaches_pytest_and_says_how_it_ended(script, tree, capsys):
    script.exit_code = 1
    script("test", "-n", "2")
    assert script.child == ["pytest", "-n", "2"]
    assert script.place == str(tree)
    assert script.returned == 1
    last_line = capsys.readouterr().out.splitlines()[-1]
    assert last_line == "tests: python -m pytest -n 2 -> exit code 1"
