"""data/raw/CATALOGUE: what each file is, whose, under which licence, from where, and its digest.

A YAML file with an entry a data set. A digest stands there only once somebody has measured it: the
first fetch writes it, every later one is held against it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path, PurePosixPath
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from planning.errors import InputError, MissingFileError, fail

NAME = "CATALOGUE"
ABOUT = ("what", "publisher", "licence", "vintage")
"""What every entry says in words."""
_FILE_KEYS = {"file", "url", "sha256", "bytes", "fetched"}
_KEY = re.compile(r"\w[\w-]*")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RawFile:
    """One file of an entry: where it lies below the data folder, and where it comes from.

    `urls` are tried in this order; `sha256` is "" where nobody has measured it yet.
    """

    key: str
    file: str
    urls: tuple[str, ...]
    sha256: str


class Register:
    """The entries of a register, in their order; `record` and `add` write the file anew."""

    def __init__(self, data: Path) -> None:
        """Read the register of a data folder. Raises InputError with what is wrong in it."""
        self.path = data / NAME
        if not self.path.is_file():
            raise fail(
                MissingFileError,
                str(self.path),
                found=("没有登记册", "no register"),
                expected=("数据目录中的 CATALOGUE", "CATALOGUE in the data folder"),
                to_do=("从项目的 data/raw 复制一份", "copy the one of the project's data/raw"),
            )
        self._yaml = YAML()
        self._yaml.width = 1000
        try:
            self._entries = self._yaml.load(self.path.read_text(encoding="utf-8")) or {}
        except (YAMLError, UnicodeDecodeError) as error:
            raise self._wrong("", " ".join(str(error).split())) from None
        if not isinstance(self._entries, dict):
            raise self._wrong("", "not a mapping of keys to entries")
        for key, entry in self._entries.items():
            self._check(str(key), entry)

    def _wrong(self, key: str, what: str) -> Exception:
        return fail(
            InputError,
            f"{self.path}{f' {key}' if key else ''}",
            found=(what, what),
            expected=(
                "what、publisher、licence、vintage 与 files（file、url）",
                "what, publisher, licence, vintage and files (file, url)",
            ),
            to_do=("改正登记册", "mend the register"),
        )

    def _check(self, key: str, entry: Any) -> None:
        if not _KEY.fullmatch(key):
            raise self._wrong(key, "a key that is no word")
        if not isinstance(entry, dict) or not isinstance(entry.get("files"), list):
            raise self._wrong(key, "no list of files")
        if missing := [name for name in ABOUT if not str(entry.get(name) or "").strip()]:
            raise self._wrong(key, f"nothing under {', '.join(missing)}")
        for one in entry["files"]:
            if not isinstance(one, dict) or not {"file", "url"} <= set(one) <= _FILE_KEYS:
                raise self._wrong(key, f"a file with {one!r}")
            place = PurePosixPath(str(one["file"]))
            if place.is_absolute() or ".." in place.parts or "\\" in str(place):
                raise self._wrong(key, f"{place}: outside the data folder")
            if any(not url.startswith(("https://", "http://")) for url in _urls(one)):
                raise self._wrong(key, f"{one['url']}: no address of the web")
            if "sha256" in one and not _DIGEST.fullmatch(str(one["sha256"])):
                raise self._wrong(key, f"{one['sha256']!r}: no SHA-256")

    def entries(self) -> Iterator[tuple[str, dict[str, str], tuple[RawFile, ...]]]:
        """Key, what is said of it in words, and its files."""
        for key, entry in self._entries.items():
            about = {name: str(entry[name]) for name in (*ABOUT, "note") if name in entry}
            yield str(key), about, self.files(str(key))

    def files(self, key: str) -> tuple[RawFile, ...]:
        """The files of one entry. Raises InputError where there is none of that key."""
        if key not in self._entries:
            known = ", ".join(map(str, self._entries)) or "—"
            raise fail(
                InputError,
                f"{self.path.name}: {key}",
                found=(f"没有“{key}”", f"no '{key}'"),
                expected=(f"登记册中的键：{known}", f"a key of the register: {known}"),
                to_do=("用 --list 查看", "see --list"),
            )
        return tuple(
            RawFile(key=key, file=one["file"], urls=_urls(one), sha256=str(one.get("sha256", "")))
            for one in self._entries[key]["files"]
        )

    def __contains__(self, key: str) -> bool:
        return key in self._entries

    def record(self, raw: RawFile, *, sha256: str, n_bytes: int, on: str) -> None:
        """Write the digest that was measured, the size [bytes] and the day."""
        for one in self._entries[raw.key]["files"]:
            if one["file"] == raw.file:
                one.update({"sha256": sha256, "bytes": n_bytes, "fetched": on})
        self._write()

    def add(self, key: str, about: dict[str, str], *, file: str, url: str) -> RawFile:
        """A new entry of one file, or the same one again; written once it has been fetched."""
        entry = self._entries.setdefault(key, {**about, "files": [{"file": file, "url": url}]})
        entry.update(about)
        entry["files"][0]["url"] = url
        self._check(key, entry)
        return self.files(key)[0]

    def _write(self) -> None:
        text = StringIO()
        self._yaml.dump(self._entries, text)
        aside = self.path.with_name(f"{NAME}.{os.getpid()}")
        aside.write_text(text.getvalue(), encoding="utf-8", newline="\n")
        aside.replace(self.path)


def _urls(one: dict[str, Any]) -> tuple[str, ...]:
    given: str | Sequence[str] = one["url"]
    return (given,) if isinstance(given, str) else tuple(map(str, given))
