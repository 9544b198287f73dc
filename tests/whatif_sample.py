"""whatif.html of the invented town, made once a worker."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path
from unittest.mock import patch

from planning.outputs.whatif.writing import write_whatif
from planning.sample import write_sample
from planning.workflow import run


def sample_page(folder: Path) -> Path:
    """The page, written into a folder."""
    path = folder / "whatif.html"
    path.write_text(_html(), encoding="utf-8")
    return path


@functools.cache
def _html() -> str:
    """The page alone: the other deliverables of a run take far longer than what it is made from."""
    with (
        tempfile.TemporaryDirectory() as place,
        patch("planning.workflow.write_run", return_value=Path(place)) as written,
    ):
        write_sample(Path(place))
        result, _ = run(Path(place) / "study.yaml", out_dir=Path(place) / "out")
        page = Path(place) / "whatif.html"
        write_whatif(page, result, written.call_args.args[1], lang="zh")
        return page.read_text(encoding="utf-8")
