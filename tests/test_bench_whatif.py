"""The benchmark of the what-if page holds its walks against the program's and writes its table."""

import subprocess
import sys
from pathlib import Path

from browser import chromium_or_skip

ROOT = Path(__file__).parent.parent
SCRIPT = ROOT / "scripts" / "bench_whatif.py"
BEGIN, END = "<!-- walks: begin -->", "<!-- walks: end -->"


def test_an_invented_town_is_walked_and_written_to_its_own_place(tmp_path: Path) -> None:
    chromium_or_skip()
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nrest\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, SCRIPT, "--quick", "--write", page],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    written = page.read_text(encoding="utf-8")
    assert written.startswith("before\n") and written.endswith(f"{END}\nrest\n")
    assert "2,116 个节点" in written and "old" not in written


def test_the_page_keeps_a_place_for_it() -> None:
    page = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert page.count(BEGIN) == page.count(END) == 1
    assert "黄浦 Huangpu" in page.split(BEGIN)[1].split(END)[0]
