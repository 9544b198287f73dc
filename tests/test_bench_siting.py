"""The benchmark of siting runs where there are no shared data, and what it finds agrees."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
BEGIN, END = "<!-- siting: begin -->", "<!-- siting: end -->"


def test_quick_race_is_written_to_its_own_place(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "bench_siting.py", "--quick", "--peer-limit", "5",
         "--data", tmp_path, "--write", page],
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr + done.stdout
    written = page.read_text(encoding="utf-8")
    assert written.startswith("before\n") and written.endswith(f"{END}\nafter\n")
    rows = [line for line in written.splitlines() if line.startswith("| ")][1:]
    assert {int(row.split("|")[1]) for row in rows} >= {3, 4}
    assert all("| ✓ " in row for row in rows)
    absent = "spopt is not installed" in written
    assert absent != any("| 1 |" in row for row in rows)


def test_the_page_keeps_a_place_for_it() -> None:
    page = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert page.count(BEGIN) == page.count(END) == 1
