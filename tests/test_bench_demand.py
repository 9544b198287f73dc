"""The benchmark of demand runs anywhere, and what it makes adds up."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
SCRIPT = ROOT / "scripts" / "bench_demand.py"
BEGIN, END = "<!-- demand: begin -->", "<!-- demand: end -->"


def test_a_small_city_adds_up_and_is_written_to_its_own_place(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    others = "<!-- bench: begin -->\n\nothers\n\n<!-- bench: end -->\n"
    page.write_text(f"{others}{BEGIN}\nold\n{END}\nrest\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, SCRIPT, "--quick", "--runs", "1", "--write", page],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    written = page.read_text(encoding="utf-8")
    assert written.startswith(others) and written.endswith(f"{END}\nrest\n")
    assert "22,500 demand points" in written and "old" not in written
    assert "1 province, 4 city, 16 county, 256 street, 4,096 community" in written


def test_the_page_keeps_a_place_for_it() -> None:
    page = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert page.count(BEGIN) == page.count(END) == 1
