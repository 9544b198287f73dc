"""Machine code of an older version is never run."""

import shutil
from pathlib import Path

import pytest

import planning
from planning import kernels
from planning.travel import search


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    root = tmp_path / "planning"
    source = Path(planning.__file__).parent
    shutil.copytree(source, root, ignore=shutil.ignore_patterns("__pycache__"))
    return root


def test_the_kept_code_is_that_of_this_version(copy: Path) -> None:
    assert kernels.kernels_digest(copy) == kernels.kernels_digest(kernels_root())
    assert kernels._folder().name.endswith(kernels.kernels_digest(copy))
    spread = search.spread
    assert str(kernels._folder()) in spread._cache.cache_path  # type: ignore[attr-defined]


@pytest.mark.parametrize("changed", ["travel/search.py", "network/routing.py"])
def test_a_change_in_any_file_of_kernels_starts_anew(copy: Path, changed: str) -> None:
    """numba itself would keep what calls into the changed file."""
    before = kernels.kernels_digest(copy)
    file = copy / changed
    file.write_text(file.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    assert kernels.kernels_digest(copy) != before


def test_every_kernel_stands_where_the_digest_looks() -> None:
    root = kernels_root()
    homes = {
        file.relative_to(root).parts[0]
        for file in root.rglob("*.py")
        if "\n@kernel\n" in file.read_text(encoding="utf-8")
    }
    assert homes == set(kernels.HOMES)


def test_a_change_elsewhere_keeps_the_code(copy: Path) -> None:
    before = kernels.kernels_digest(copy)
    (copy / "workflow.py").write_text("changed", encoding="utf-8")
    assert kernels.kernels_digest(copy) == before


def kernels_root() -> Path:
    return Path(kernels.__file__).parent
