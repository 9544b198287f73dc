"""A table as a GeoPackage of one layer, with its rows in canonical order and a digest of them."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

Cell = int | float | str | bytes | None

_LARGEST_EXACT = 2**53
"""Whole numbers beyond it are torn by readers that hold numbers as floats, so they stay text."""
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_ODD = re.compile(r"[^\w.-]")
_LITTLE_ENDIAN = b"GP\x00\x01"
_FOR_EVER = "1970-01-01T00:00:00.000Z"
_GEOPACKAGE = (
    "PRAGMA application_id = 0x47504B47",
    "PRAGMA user_version = 10300",
    "CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, "
    "organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, "
    "definition TEXT NOT NULL, description TEXT)",
    "CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, "
    "identifier TEXT UNIQUE, description TEXT DEFAULT '', last_change DATETIME NOT NULL, "
    "min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER)",
    "CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL PRIMARY KEY, "
    "column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, "
    "z TINYINT NOT NULL, m TINYINT NOT NULL)",
    "INSERT INTO gpkg_spatial_ref_sys VALUES ('', -1, 'NONE', -1, 'undefined', NULL), "
    "('', 0, 'NONE', 0, 'undefined', NULL)",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerCrs:
    """The CRS of a layer: its number in the database, that in EPSG's register, and in WKT 1."""

    name: str
    srid: int
    epsg: int | None
    wkt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TableCopy:
    """Where a table was copied to, the SHA-256 of its columns and rows, and how many these are."""

    path: Path
    sha256: str
    rows: int


def write_copy(
    folder: Path,
    *,
    name: str,
    columns: Sequence[str],
    crs: LayerCrs | None,
    rows: Iterable[Sequence[Cell]],
) -> TableCopy:
    """Copy rows, the last cell of each being its geometry as WKB where there is a CRS.

    They are sorted by their cells from left to right, numbers before text and text by its bytes, so
    that nothing depends on the order in which a database gives them; no more than a few are held in
    memory. A column becomes one of whole numbers, of numbers or of text by what is in it.
    """
    folder.mkdir(parents=True)
    path, aside = folder / f"{_ODD.sub('_', name)}.gpkg", folder / "unsorted.sqlite"
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            for database in ("main", "unsorted"):
                if database == "unsorted":
                    db.execute("ATTACH ? AS unsorted", (str(aside),))
                db.execute(f"PRAGMA {database}.journal_mode = OFF")
                db.execute(f"PRAGMA {database}.synchronous = OFF")
            db.execute("BEGIN")
            kinds = _gathered(db, columns, crs, rows)
            for statement in _GEOPACKAGE:
                db.execute(statement)
            _lay_out(db, name, dict(zip(columns, kinds, strict=True)), crs)
            db.execute("COMMIT")
            count, sha256 = _digest(db, name, columns, crs)
    except sqlite3.OperationalError as error:
        raise OSError(f"{path}: {error}") from None
    aside.unlink()
    return TableCopy(path=path, sha256=sha256, rows=count)


def _gathered(
    db: sqlite3.Connection,
    columns: Sequence[str],
    crs: LayerCrs | None,
    rows: Iterable[Sequence[Cell]],
) -> list[str]:
    """Take the rows in as they come; the kind of each column."""
    width = len(columns) + (crs is not None)
    db.execute(f"CREATE TABLE unsorted.rows ({', '.join(f'c{k}' for k in range(width))})")
    head = b"" if crs is None else _LITTLE_ENDIAN + crs.srid.to_bytes(4, "little", signed=True)
    db.executemany(
        f"INSERT INTO unsorted.rows VALUES ({', '.join('?' * width)})",
        ([head + cell if isinstance(cell, bytes) else cell for cell in row] for row in rows),
    )
    return [_kind(db, f"c{k}") for k in range(len(columns))]


def _kind(db: sqlite3.Connection, cell: str) -> str:
    """What every cell of a column can be kept as without loss."""
    kinds = {kind for (kind,) in db.execute(f"SELECT DISTINCT typeof({cell}) FROM unsorted.rows")}
    if kinds <= {"integer", "null"} and "integer" in kinds:
        low, high = db.execute(f"SELECT min({cell}), max({cell}) FROM unsorted.rows").fetchone()
        return "INTEGER" if max(-low, high) <= _LARGEST_EXACT else "TEXT"
    return "REAL" if kinds <= {"integer", "real", "null"} and "real" in kinds else "TEXT"


def _lay_out(
    db: sqlite3.Connection, name: str, columns: dict[str, str], crs: LayerCrs | None
) -> None:
    """Make the layer of a GeoPackage and put the sorted rows into it."""
    fid, geom = _free("fid", columns), _free("geom", columns)
    typed = [f"{_quoted(column)} {kind}" for column, kind in columns.items()]
    into = [_quoted(column) for column in columns]
    if crs is not None:
        typed.append(f"{geom} BLOB")
        into.append(geom)
        told = (crs.name, crs.srid, "NONE" if crs.epsg is None else "EPSG", crs.epsg or crs.srid)
        db.execute(
            "INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, NULL)", (*told, crs.wkt)
        )
        db.execute(
            "INSERT INTO gpkg_geometry_columns VALUES (?, ?, 'GEOMETRY', ?, 2, 2)",
            (name, geom, crs.srid),
        )
    db.execute(
        "INSERT INTO gpkg_contents VALUES (?, ?, ?, '', ?, NULL, NULL, NULL, NULL, ?)",
        (name, "attributes" if crs is None else "features", name, _FOR_EVER, crs and crs.srid),
    )
    table = _quoted(name)
    db.execute(f"CREATE TABLE {table} ({', '.join([f'{fid} INTEGER PRIMARY KEY', *typed])})")
    cells = ", ".join(f"c{k}" for k in range(len(into)))
    db.execute(
        f"INSERT INTO {table} ({', '.join(into)}) "
        f"SELECT {cells} FROM unsorted.rows ORDER BY {cells}"
    )


def _digest(
    db: sqlite3.Connection, name: str, columns: Sequence[str], crs: LayerCrs | None
) -> tuple[int, str]:
    """How many rows there are, and the SHA-256 of the column names, the CRS and all rows.

    Each is a line of JSON, the geometry as hexadecimal WKB.
    """
    known = None if crs is None else crs.name if crs.epsg is not None else crs.wkt
    digest = hashlib.sha256(_line([*columns, known]))
    count, begin = 0, len(_LITTLE_ENDIAN) + 4
    for _, *cells in db.execute(f"SELECT * FROM {_quoted(name)} ORDER BY 1"):
        count += 1
        digest.update(_line([c[begin:].hex() if isinstance(c, bytes) else c for c in cells]))
    return count, digest.hexdigest()


def _line(values: Sequence[Cell]) -> bytes:
    return (_JSON.encode(values) + "\n").encode()


def _free(name: str, taken: Iterable[str]) -> str:
    """A name that no column has, in any case."""
    lower = {column.lower() for column in taken}
    while name in lower:
        name += "_"
    return name


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
