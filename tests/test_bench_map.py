"""The benchmark of the map opens a page, finds it silent, and writes its table in its own place."""

import subprocess
import sys
from pathlib import Path

from browser import chromium_or_skip

ROOT = Path(__file__).parent.parent
SCRIPT = ROOT / "scripts" / "bench_map.py"
BEGIN, END = "<!-- map: begin -->", "<!-- map: end -->"


def test_a_small_map_is_opened_and_written_to_its_own_place(tmp_path: Path) -> None:
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
    assert "2,000 cells" in written and "old" not in written


def test_the_page_keeps_a_place_for_it() -> None:
    page = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert page.count(BEGIN) == page.count(END) == 1
    assert "20,000 cells" in page.split(BEGIN)[1].split(END)[0]
