"""The documents in the package, by id or by their short name."""

from __future__ import annotations

from functools import cache
from importlib import resources

from ruamel.yaml import YAML

from planning.errors import StudyError, fail
from planning.standards.clauses import Standard


def standards_in_library() -> tuple[str, ...]:
    """Ids of the documents in the library, sorted."""
    folder = resources.files("planning.standards") / "library"
    return tuple(
        sorted(f.name.removesuffix(".yaml") for f in folder.iterdir() if f.name.endswith(".yaml"))
    )


def standard_text(standard_id: str) -> str:
    """The library file of one document, as it stands."""
    known = standards_in_library()
    if standard_id not in known:
        raise fail(
            StudyError,
            "standards.profile",
            found=(f"“{standard_id}”", f"'{standard_id}'"),
            expected=(f"以下之一：{'、'.join(known)}", f"one of {', '.join(known)}"),
            to_do=("改用库中已有的文件", "name a document of the library"),
        )
    file = resources.files("planning.standards") / "library" / f"{standard_id}.yaml"
    return file.read_text(encoding="utf-8")


@cache
def load_standard(standard_id: str) -> Standard:
    """Read one document of the library."""
    return Standard.model_validate(YAML(typ="safe", pure=True).load(standard_text(standard_id)))
