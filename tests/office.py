"""Word files as LibreOffice prints them."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from pypdf import PdfReader


def printed_pages(document: Path) -> list[str]:
    """The text of each page of a Word file.

    Without LibreOffice the test is skipped, or fails where PLANNING_REQUIRE_OFFICE=1.
    """
    soffice = shutil.which("soffice")
    if soffice is None:
        if os.environ.get("PLANNING_REQUIRE_OFFICE") == "1":
            pytest.fail("PLANNING_REQUIRE_OFFICE=1, but no soffice is on the path")
        pytest.skip("no soffice: LibreOffice Writer is not installed")
    folder = document.parent
    home = f"-env:UserInstallation={(folder / 'office').as_uri()}"
    command = [soffice, home, "--headless", "--convert-to", "pdf", "--outdir", str(folder)]
    subprocess.run([*command, str(document)], check=True, capture_output=True, timeout=180)
    return [page.extract_text() for page in PdfReader(document.with_suffix(".pdf")).pages]
