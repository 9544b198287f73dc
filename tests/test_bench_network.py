"""The benchmark runs where there are no real data, and everybody finds the same."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_quick_race_prints_the_table_and_everybody_agrees(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "bench_network.py"), "--quick", "--data", tmp_path],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    head, _, *lines = [line for line in done.stdout.splitlines() if line.startswith("|")]
    assert head.startswith("| goal | on | what | peer |")
    assert all("| ✓ " in line for line in lines)
    # scipy, networkx, shapely and osmnx are always there.
    assert {int(line.split("|")[1]) for line in lines} >= {1, 2, 5, 7, 8, 9}
    for peer in ("pandana", "pyrosm", "iduedu"):
        absent = f"{peer} is not installed" in done.stdout
        assert absent != any(f"| {peer} " in line for line in lines)


def test_the_page_keeps_its_place_for_the_table() -> None:
    page = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert page.count("<!-- bench: begin -->") == page.count("<!-- bench: end -->") == 1
