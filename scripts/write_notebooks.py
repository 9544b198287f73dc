"""Write each notebook's .ipynb from its .py, after changing one.

The .py (jupytext's py:percent) is what is edited and reviewed; the .ipynb has the same cells for a
double click in Jupyter. It is written without outputs and with numbered cells, so that the same
text gives the same bytes and no stored figure can be older than the program.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jupytext

FOLDER = Path(__file__).parent.parent / "notebooks"


def notebook_of(page: Path) -> str:
    """The .ipynb of a py:percent page, as text."""
    read: dict[str, Any] = jupytext.read(page, fmt="py:percent")
    cells = []
    for number, cell in enumerate(read["cells"], 1):
        plain = {
            "cell_type": cell["cell_type"],
            "id": f"cell-{number:02d}",
            "metadata": {},
            "source": cell["source"].splitlines(keepends=True),
        }
        if cell["cell_type"] == "code":
            plain |= {"execution_count": None, "outputs": []}
        cells.append(plain)
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    book = {
        "cells": cells,
        "metadata": {"jupytext": {"formats": "ipynb,py:percent"}, "kernelspec": kernel},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(book, ensure_ascii=False, indent=1) + "\n"


def main() -> None:
    """Write every notebook beside its page."""
    for page in sorted(FOLDER.glob("*.py")):
        text = notebook_of(page)
        page.with_suffix(".ipynb").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
