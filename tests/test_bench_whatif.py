"""The benchmarks of the what-if page and its server run, and write their tables in their places."""

import subprocess
import sys
from pathlib import Path

import pytest
from browser import chromium_or_skip

ROOT = Path(__file__).parent.parent
BENCHES = {
    "bench_whatif": ("walks", "2,116 个节点", "黄浦 Huangpu"),
    "bench_whatif_page": ("whatif-page", "拖动一步，经服务器", "拖动一步，页内"),
    "bench_serve": ("serve", "2,116 个节点", "200,000 个人口点"),
}
"""By script: the place of its table, what a quick run says, what the page says."""


@pytest.mark.parametrize("script", BENCHES)
def test_a_quick_run_is_written_to_its_own_place(script: str, tmp_path: Path) -> None:
    chromium_or_skip()
    name, said, _ = BENCHES[script]
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    page = tmp_path / "page.md"
    page.write_text(f"before\n{begin}\nold\n{end}\nrest\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / f"{script}.py", "--quick", "--write", page],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    written = page.read_text(encoding="utf-8")
    assert written.startswith("before\n") and written.endswith(f"{end}\nrest\n")
    assert said in written and "old" not in written


@pytest.mark.parametrize("script", BENCHES)
def test_the_page_keeps_a_place_for_it(script: str) -> None:
    name, _, said = BENCHES[script]
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    page = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert page.count(begin) == page.count(end) == 1
    assert said in page.split(begin)[1].split(end)[0]
