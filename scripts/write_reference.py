"""Write the pages of docs/reference from the program, after changing a key, an option or an error.

Run it as `python scripts/write_reference.py`; tests hold the pages equal to what it writes.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from command_reference import command_page
from error_reference import error_page
from study_reference import study_page

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "reference"
PAGES: Mapping[str, Callable[[], str]] = {
    "study-file": study_page,
    "commands": command_page,
    "errors": error_page,
}

if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, page in PAGES.items():
        (FOLDER / f"{name}.md").write_text(page(), encoding="utf-8")
