"""The benchmark of a whole plan runs, and its plan is what its audit finds."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
BEGIN, END = "<!-- plan: begin -->", "<!-- plan: end -->"


def test_a_small_city_is_planned_audited_and_written_to_its_own_place(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "bench_plan.py", "--quick", "--write", page],
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr + done.stdout
    written = page.read_text(encoding="utf-8")
    assert written.startswith("before\n") and written.endswith(f"{END}\nafter\n")
    assert all(f"| {aim} |" in written for aim in ("people_left", "yuan", "sites"))


def test_the_page_keeps_a_place_for_it() -> None:
    page = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert page.count(BEGIN) == page.count(END) == 1
