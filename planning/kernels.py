"""Compiled kernels, kept for the next run for as long as none of them changes."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

Kernel = TypeVar("Kernel", bound=Callable[..., object])

HOMES = ("network", "travel", "access", "siting")
"""The packages whose kernels call into each other."""
_KEEP = 3
"""So many versions are kept: those that are in use side by side while two are compared."""


def kernel(function: Kernel) -> Kernel:
    """Compile a function on its first call, without Python's lock, and keep the machine code.

    numba recompiles a kernel when its own file changes, but not when one that it calls does, or a
    constant, in another file: it would go on with the old code. So each version of all kernels
    together has a folder of its own.
    """
    config: Any = numba.config
    before = config.CACHE_DIR
    config.CACHE_DIR = str(_folder())
    try:
        return cast(Kernel, numba.njit(cache=True, nogil=True)(function))
    finally:
        config.CACHE_DIR = before


def kernels_digest(root: Path) -> str:
    """Hexadecimal digits that change when any source file that may hold kernels does."""
    digest = hashlib.sha256()
    for home in HOMES:
        for file in sorted((root / home).glob("*.py")):
            digest.update(f"{file.name}\0".encode() + file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


@cache
def _folder() -> Path:
    """Beside Python's own compiled files; the folders of versions long gone are taken away."""
    root = Path(__file__).parent
    folder = root / "__pycache__" / f"kernels-{kernels_digest(root)}"
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        folder.touch()
        kept = sorted(folder.parent.glob("kernels-*"), key=lambda path: path.stat().st_mtime)
        for old in kept[:-_KEEP]:
            shutil.rmtree(old, ignore_errors=True)
    return folder
