#!/usr/bin/env python3
"""Make .venv beside this file, install the pinned packages once, then run a command in it.

Standard library only; the syntax stays readable to Python 3.6, so that an old one can be told so.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
LOG = VENV / "install.log"
STAMP = VENV / "installed.txt"  # written last: without it .venv is half made
CORE = ROOT / "requirements" / "core.txt"
APP = ROOT / "requirements" / "app.txt"  # holds every pin of CORE
DEV = ROOT / "requirements" / "dev.txt"  # holds every pin of both
LOCKS = {"test": DEV, "serve": APP}  # what a verb needs, CORE for all others

USAGE = """\
用法 Usage:
  python3 run.py demo              跑通示例，末尾给出成果目录 / run the sample, ends with its folder
  python3 run.py test [选项 args]  跑全部测试，选项交给 pytest / run all tests, args go to pytest
  python3 run.py serve 成果或研究  推演服务，在浏览器里打开 / the what-if page with a server
  python3 run.py 命令 STUDY        其他命令：run、check、assess… / any other planning command
首次运行先建 .venv：约 2 分钟（视网速）、下载约 260 MB、占盘约 1 GB；以后直接启动。
The first run makes .venv: about 2 minutes, 260 MB to download, 1 GB on disk; later runs do not."""
TOO_OLD = (
    "需要 Python 3.11 或更新版本，现在是 {}：请安装新版本，再用它运行 run.py。",
    "Python 3.11 or newer is needed, this is {}: install one and run run.py with it.",
)
NO_VENV = (
    "建不成 .venv：多半缺少 venv/ensurepip（Debian、Ubuntu 请先装 python3-venv），"
    "详情见 .venv/install.log。",
    "Cannot make .venv: venv/ensurepip is probably missing "
    "(Debian, Ubuntu: install python3-venv first), details in .venv/install.log.",
)
NO_PACKAGES = (
    "装不上依赖：多半没有网络或连不上软件源，接通后重新运行即可，详情见 .venv/install.log 末尾。",
    "Cannot install the packages: probably no network or no package index within reach; "
    "run again once there is; details at the end of .venv/install.log.",
)
NO_ACCESS = ("不能读写项目目录：{}。", "Cannot read or write the project folder: {}.")


class SetupError(Exception):
    """The environment cannot be made; the arguments say so in Chinese and in English."""


def say(*lines, **options):
    """Print lines at once, with ? for what the terminal cannot show."""
    encoding = sys.stdout.encoding or "utf-8"
    for line in lines:
        print(line.encode(encoding, "replace").decode(encoding), flush=True, **options)


def run(*command, **options):
    """Run a command to its end and return its exit code; on Ctrl-C let it end in its own way."""
    child = subprocess.Popen([str(part) for part in command], **options)
    try:
        code = child.wait()
    except KeyboardInterrupt:
        try:
            child.wait(timeout=10)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            child.kill()
        raise
    return code if code >= 0 else 128 - code


def install(refusal, *command):
    """Run one step of the installation, its output going to LOG."""
    with LOG.open("ab") as log:
        if run(*command, cwd=str(ROOT), stdout=log, stderr=log) != 0:
            raise SetupError(*refusal)


def prepare(lock, version):
    """Bring .venv to hold the pins of `lock`, doing only what the stamp does not list."""
    digests = {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in (CORE, APP, DEV)}
    home = f"python {version[0]}.{version[1]} {ROOT}"
    complete = STAMP.exists() and PYTHON.exists()
    stamp = STAMP.read_text(encoding="utf-8").splitlines() if complete else []
    usable = stamp[:1] == [home] and set(stamp[1:]) <= set(digests.values())
    if usable and digests[lock] in stamp:
        return
    start = time.time()
    if not usable:
        say("建环境 .venv（首次共约 2 分钟、占盘约 1 GB）… / making .venv (about 2 min, 1 GB) …")
        if VENV.exists():
            shutil.rmtree(str(VENV))
        VENV.mkdir()
        # The base interpreter, for `sys.executable` may lie in the .venv just removed.
        base = getattr(sys, "_base_executable", sys.executable)
        install(NO_VENV, base, "-m", "venv", VENV)
    name = lock.relative_to(ROOT).as_posix()
    say(f"装依赖 {name}（过程见 .venv/install.log）… / installing {name} …")
    pip = (PYTHON, "-m", "pip", "install", "--no-user", "--no-input")
    install(NO_PACKAGES, *pip, "-r", lock)
    install(NO_PACKAGES, *pip, "--no-deps", "-e", ROOT)
    held = {CORE: [CORE], APP: [CORE, APP], DEV: [CORE, APP, DEV]}[lock]
    STAMP.write_text("\n".join([home, *(digests[one] for one in held), ""]), encoding="utf-8")
    seconds = round(time.time() - start)
    say(f"环境就绪，用时 {seconds} 秒 / environment ready in {seconds} s")


def main(arguments, version=tuple(sys.version_info)):
    """Set up what the verb needs, run it, and return its exit code (2: could not set up)."""
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        say(USAGE)
        return 0
    verb = arguments[0]
    try:
        if version[:2] < (3, 11):
            found = "{}.{}.{}".format(*version)
            raise SetupError(*[text.format(found) for text in TOO_OLD])
        prepare(LOCKS.get(verb, CORE), version)
    except (SetupError, OSError) as problem:
        known = isinstance(problem, SetupError)
        lines = problem.args if known else [text.format(problem) for text in NO_ACCESS]
        say(*lines, file=sys.stderr)
        return 2
    if verb != "test":  # the sample lands in the project, a user's STUDY is where the user stands
        place = str(ROOT) if verb == "demo" else None
        return run(PYTHON, "-m", "planning", *arguments, cwd=place)
    code = run(PYTHON, "-m", "pytest", *arguments[1:], cwd=str(ROOT))
    say("tests: {} -> exit code {}".format(" ".join(["python -m pytest", *arguments[1:]]), code))
    return code


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
