"""The site is built from the pages without a warning, offline, and finds Chinese words."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import chromium_or_skip

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(path.relative_to(DOCS).with_suffix("").as_posix() for path in DOCS.rglob("*.md"))
PHONE = {"width": 390, "height": 844}
_SECONDS = 300


def built(pages: Path, out: Path) -> subprocess.CompletedProcess[str]:
    """Sphinx on a folder of pages, every warning an error."""
    options = ["-W", "-n", "--keep-going", "-q", "-b", "html", "-d", str(out / "trees")]
    command = [sys.executable, "-m", "sphinx", *options, str(pages), str(out / "site")]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=_SECONDS, check=False, cwd=ROOT
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site")
    done = built(DOCS, out)
    assert done.returncode == 0, done.stderr
    return out / "site"


def test_it_is_built_without_a_warning_and_holds_every_page(site: Path) -> None:
    for page in PAGES:
        assert (site / f"{page}.html").is_file(), page


def test_every_page_is_listed_beside_the_others(site: Path) -> None:
    """From the first page every other can be reached by the sidebar."""
    sidebar = (site / "index.html").read_text(encoding="utf-8")
    listed = set(re.findall(r'class="reference internal" href="([^"#]+)\.html"', sidebar))
    below = {page for page in PAGES if page.startswith(("decisions/0", "standards/"))}
    assert set(PAGES) - below - {"index"} <= listed
    for parent in ("standards", "decisions/README"):
        text = (site / f"{parent}.html").read_text(encoding="utf-8")
        for page in below:
            if page.startswith(parent.partition("/")[0] + "/"):
                assert Path(page).name in text, page


def test_no_page_asks_the_network_for_anything(site: Path) -> None:
    asks = re.compile(r"""(?:src|srcset)=["']?(?:https?:)?//|<link[^>]+href=["'](?:https?:)?//""")
    for path in site.rglob("*.html"):
        assert asks.search(path.read_text(encoding="utf-8")) is None, path
    for path in (site / "_static").rglob("*.css"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"url\(\s*[\"']?(?:https?:)?//|@import", text), path


def test_formulas_are_drawn_by_the_browser_itself(site: Path) -> None:
    text = (site / "methods.html").read_text(encoding="utf-8")
    assert text.count("<math") > 60
    assert "\\frac" not in text and "$" not in re.sub(r"<script.*?</script>", "", text, flags=re.S)


def test_a_link_that_leads_nowhere_is_a_failure(tmp_path: Path) -> None:
    pages = tmp_path / "docs"
    (pages / "_extensions").mkdir(parents=True)
    for source in (DOCS / "_extensions").glob("*.py"):
        shutil.copy(source, pages / "_extensions")
    (pages / "_static").mkdir()
    (pages / "_static" / "site.css").write_text("", encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "0"\n', encoding="utf-8")
    conf = (DOCS / "conf.py").read_text(encoding="utf-8")
    (pages / "conf.py").write_text(conf, encoding="utf-8")
    text = "# One\n\n[a](#there) [b](../nowhere.md) [c](../pyproject.toml)\n"
    (pages / "index.md").write_text(text, encoding="utf-8")
    done = built(pages, tmp_path)
    assert done.returncode != 0
    assert "there" in done.stderr and "nowhere" in done.stderr
    assert "pyproject" not in done.stderr


@pytest.fixture
def page(site: Path, browser: Any) -> Iterator[Any]:
    """A window of the site's own, which refuses and keeps every request beyond the disk."""
    chromium_or_skip()
    context = browser.new_context(viewport=PHONE)
    found = context.new_page()
    found.beyond = []
    found.on(
        "request",
        lambda asked: (
            found.beyond.append(asked.url) if not asked.url.startswith(("file:", "data:")) else None
        ),
    )
    yield found
    context.close()


@pytest.mark.parametrize("name", ["index", "methods", "glossary", "reference/study-file"])
def test_a_page_fits_a_phone_and_asks_for_nothing(page: Any, site: Path, name: str) -> None:
    """Wide tables and formulas scroll by themselves; the page does not."""
    page.goto((site / f"{name}.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.beyond == []


def test_chinese_words_are_found(page: Any, site: Path) -> None:
    page.goto((site / "search.html").as_uri() + "?q=覆盖率")
    page.wait_for_selector("#search-results li a")
    found = page.eval_on_selector_all("#search-results li a", "all => all.map(a => a.href)")
    assert any("concepts" in one for one in found)
    page.goto((site / "search.html").as_uri() + "?q=鲸鱼鲸鱼")
    page.wait_for_function("document.querySelector('.search-summary')?.textContent.length > 0")
    assert page.query_selector_all("#search-results li a") == []


def test_the_index_of_words_is_not_too_large(site: Path) -> None:
    text = (site / "searchindex.js").read_text(encoding="utf-8")
    words = json.loads(text.removeprefix("Search.setIndex(").removesuffix(")"))
    assert "覆盖" in words["terms"]
    assert len(text) < 5_000_000
