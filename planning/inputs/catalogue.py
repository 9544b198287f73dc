"""Which files and tables a study reads, where they lie, and under which licence."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from planning.errors import Fault, InputError, MissingFileError, fail, raise_all
from planning.inputs.postgis.address import TableAddress, address_of
from planning.inputs.postgis.table_copy import TableCopy
from planning.progress import Progress
from planning.provenance import OSM_LICENCE, Note, Source, Tell, content_sha256
from planning.study import Input, Study

_OSM_SUFFIXES = (".pbf", ".osm", ".osm.gz", ".osm.bz2", ".json", ".json.gz", ".graphml")
_GEODATABASE = ".gdb"
_NOT_STATED = "未注明许可 licence not stated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """Every input of a study by its key, as a file or .gdb folder, and where it came from."""

    paths: dict[str, Path]
    sources: tuple[Source, ...]
    notes: tuple[Note, ...]


@contextmanager
def locate_inputs(
    study: Study, data_dir: Path, progress: Progress, *, keys: tuple[str, ...] | None = None
) -> Iterator[Located]:
    """Find every input, and copy those that are tables of a database to where readers find files.

    The copies last as long as the block. Every missing file is named at once, and so is every table
    that cannot be read. `keys` are those of the study whose files are wanted, all where None.
    """
    inputs = {
        key: given
        for key, given in study.inputs().items()
        if keys is None or key.partition(".")[0] in keys
    }
    addresses = {key: address_of(given.path, f"{key}.path") for key, given in inputs.items()}
    tables = {key: address for key, address in addresses.items() if address is not None}
    paths = {key: data_dir / inputs[key].path for key in inputs if key not in tables}
    _check_files(paths, inputs, data_dir)
    notes: list[Note] = []
    with tempfile.TemporaryDirectory(prefix="planning-", ignore_cleanup_errors=True) as folder:
        copies: dict[str, TableCopy] = {}
        if tables:
            with progress.step("读取数据库", "reading the database"):
                copies = _copies(tables, Path(folder), notes.append)
        sha256 = {key: content_sha256(path) for key, path in paths.items()}
        sha256 |= {key: copy.sha256 for key, copy in copies.items()}
        yield Located(
            paths=paths | {key: copy.path for key, copy in copies.items()},
            sources=tuple(
                Source(
                    key=key,
                    name=given.path,
                    sha256=sha256[key],
                    licence=given.licence or _default_licence(given.path, key in tables),
                    vintage=given.vintage,
                )
                for key, given in inputs.items()
            ),
            notes=tuple(notes),
        )


def _check_files(paths: Mapping[str, Path], inputs: Mapping[str, Input], data_dir: Path) -> None:
    raise_all(
        MissingFileError,
        [
            Fault(
                where=f"{key}: {inputs[key].path}",
                found=_instead(path),
                expected=(
                    f"{data_dir} 下的文件（或 .gdb 文件夹）",
                    f"a file (or a .gdb folder) below {data_dir}",
                ),
                to_do=("检查路径或用 --data 指定数据目录", "check the path, or give --data DIR"),
            )
            for key, path in paths.items()
            if not path.is_file() and not (path.is_dir() and path.suffix.lower() == _GEODATABASE)
        ],
    )


def _instead(path: Path) -> tuple[str, str]:
    return ("文件夹", "a folder") if path.is_dir() else ("没有这个文件", "no such file")


def _copies(tables: Mapping[str, TableAddress], folder: Path, tell: Tell) -> dict[str, TableCopy]:
    """Copies of tables, where there is the driver that the extra `postgis` brings."""
    try:
        import psycopg  # noqa: F401
    except ImportError as error:
        raise fail(
            InputError,
            ", ".join(f"{key}.path" for key in tables),
            found=(f"没有 PostgreSQL 驱动（{error}）", f"no driver for PostgreSQL ({error})"),
            expected=("已安装 psycopg", "psycopg installed"),
            to_do=(
                '运行 pip install "yilao-planning[postgis]"',
                'run pip install "yilao-planning[postgis]"',
            ),
        ) from None
    from planning.inputs.postgis.server import copy_tables

    return copy_tables(tables, folder, tell=tell)


def _default_licence(name: str, is_table: bool) -> str:
    is_osm = not is_table and name.lower().endswith(_OSM_SUFFIXES)
    return OSM_LICENCE if is_osm else _NOT_STATED
