"""The files of a run folder, and nothing beside it: a path is looked up, never put together."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from starlette.responses import FileResponse

from planning.outputs.gis.contents import described
from planning.web.refusals import refused

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json",
    ".geojson": "application/geo+json",
    ".txt": "text/plain; charset=utf-8",
    ".cpg": "text/plain; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".pdf": "application/pdf",
    ".tif": "image/tiff",
    ".gpkg": "application/geopackage+sqlite3",
    ".parquet": "application/vnd.apache.parquet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_SHOWN = (".html", ".pdf", ".png")
"""What a browser shows; all else is saved."""
_PAGE_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data: https:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""A deliverable is one file that asks for nothing, map tiles at most; its own policy is stricter.

Both hold: what runs in it can ask this server for nothing, not even what its reader may see.
"""


class Deliverables:
    """The files of one folder."""

    def __init__(self, folder: Path | None) -> None:
        """None where there is no folder: then there are no files."""
        self._folder = folder

    def listed(self) -> list[dict[str, str | int]]:
        """Every file: its path with slashes, its size and type, what it is (中文, English)."""
        listed: list[dict[str, str | int]] = []
        for name, path in sorted(self._files().items()):
            zh, en = described(name)
            listed.append(
                {
                    "path": name,
                    "bytes": path.stat().st_size,
                    "type": _type(path),
                    "zh": zh,
                    "en": en,
                }
            )
        return listed

    def answer(self, name: str) -> FileResponse:
        """A file as it is sent. Raises `Refused` (404) for whatever is none of the files."""
        path = self._files().get(name)
        if path is None:
            raise refused(
                404,
                "files",
                found=("没有这个成果文件", "no such deliverable"),
                expected=("/api/files 所列的文件", "a file that /api/files lists"),
                to_do=("改正地址", "mend the address"),
            )
        how = "inline" if path.suffix.lower() in _SHOWN else "attachment"
        headers = {
            "content-disposition": f"{how}; filename*=UTF-8''{quote(path.name, safe='')}",
            "cache-control": "no-cache",
        }
        if path.suffix.lower() == ".html":
            headers["content-security-policy"] = _PAGE_POLICY
        return FileResponse(path, headers=headers, media_type=_type(path))

    def _files(self) -> dict[str, Path]:
        """Plain files by their path with slashes; links and hidden ones are none."""
        if self._folder is None or not self._folder.is_dir():
            return {}
        named = {path.relative_to(self._folder).as_posix(): path for path in _plain(self._folder)}
        # A name that is no text at all cannot be said in an address.
        return {name: path for name, path in named.items() if name.isprintable()}


def _plain(folder: Path) -> Iterator[Path]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(".") or entry.is_symlink():
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _plain(Path(entry.path))
            elif entry.is_file(follow_symlinks=False):
                yield Path(entry.path)


def _type(path: Path) -> str:
    return _TYPES.get(path.suffix.lower(), "application/octet-stream")
