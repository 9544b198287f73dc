"""PostgreSQL servers, asked for their tables: read only, in one snapshot, for a limited time.

The password, where one is needed, libpq finds itself: in PGPASSWORD, ~/.pgpass or a service file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from planning.errors import Fault, InputError, fail, raise_all
from planning.inputs.postgis.address import TableAddress
from planning.inputs.postgis.table import Server, Table, crs_of, found_table, rows_of
from planning.inputs.postgis.table_copy import LayerCrs, TableCopy, write_copy
from planning.provenance import Note, Tell

CONNECT_S = 10
STATEMENT_S = 300
_SETTINGS = {
    "statement_timeout": f"{STATEMENT_S}s",
    # Whatever is no number comes as text, which must not depend on how the server is set up.
    "timezone": "UTC",
    "datestyle": "ISO, YMD",
    "intervalstyle": "iso_8601",
    "bytea_output": "hex",
    "lc_monetary": "C",
    "extra_float_digits": "3",
}


def copy_tables(
    asked: Mapping[str, TableAddress], folder: Path, *, tell: Tell
) -> dict[str, TableCopy]:
    """A copy of every table below `folder`, by its key in the study.

    Tables of one server are of one snapshot; one that is asked for twice is copied once. Raises
    InputError with the faults of all.
    """
    first_key: dict[TableAddress, str] = {}
    for key, address in asked.items():
        first_key.setdefault(address, key)
    copies: dict[TableAddress, TableCopy] = {}
    faults: list[Fault] = []
    for server in dict.fromkeys(address.server for address in first_key):
        tables = {at: key for at, key in first_key.items() if at.server == server}
        try:
            with _connected(server, ", ".join(tables.values())) as connection:
                for address, key in tables.items():
                    try:
                        below = folder / str(len(copies) + len(faults))
                        copies[address] = _copied(connection, address, key, below, tell)
                    except InputError as error:
                        faults.extend(error.faults)
        except InputError as error:
            faults.extend(error.faults)
    raise_all(InputError, faults)
    return {key: copies[address] for key, address in asked.items()}


@contextmanager
def _connected(server: tuple[tuple[str, str], ...], where: str) -> Iterator[Server]:
    """A connection that reads, in one snapshot, and stops what takes too long."""
    told: dict[str, Any] = dict(server)
    with _refusing(where, ("连不上数据库", "no connection")):
        connection = psycopg.connect(
            **told,
            connect_timeout=CONNECT_S,
            client_encoding="UTF8",
            application_name="yilao-planning",
            prepare_threshold=None,
        )
    with _refusing(where), connection:
        connection.read_only = True
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        for name, value in _SETTINGS.items():
            connection.execute("SELECT pg_catalog.set_config(%s, %s, true)", (name, value))
        yield connection


def _copied(
    connection: Server, address: TableAddress, key: str, folder: Path, tell: Tell
) -> TableCopy:
    where = f"{key}: {address.name}"
    with _refusing(where), connection.transaction():
        table = found_table(connection, address, where)
        crs = crs_of(connection, table)
        copy = write_copy(
            folder,
            name=address.name,
            columns=tuple(table.is_number),
            crs=crs,
            rows=rows_of(connection, table),
        )
    if not copy.rows:
        raise fail(
            InputError,
            where,
            found=("没有任何行", "no row"),
            expected=("至少一行", "at least one row"),
            to_do=("检查表名与视图的条件", "check the table's name and what its view asks for"),
        )
    tell(_note(key, table, crs, copy))
    return copy


def _note(key: str, table: Table, crs: LayerCrs | None, copy: TableCopy) -> Note:
    """What was read, and what was not."""
    zh = f"从数据库表 {table.name} 读取 {copy.rows:,} 行"
    en = f"{copy.rows:,} rows read from table {table.name}"
    if crs is not None:
        zh += f"，几何列 {table.geometry}，{crs.name}"
        en += f", geometry in {table.geometry}, {crs.name}"
    if table.other_geometries:
        left = table.other_geometries
        zh += f"；未读几何列 {'、'.join(left)}"
        en += f"; left out: geometry in {', '.join(left)}"
    return Note(about=key, zh=zh, en=en)


@contextmanager
def _refusing(
    where: str, what: tuple[str, str] = ("数据库报错", "an error of the database")
) -> Iterator[None]:
    """Turns what the server or the driver says into a refusal of the table."""
    try:
        yield
    except psycopg.errors.QueryCanceled:
        raise fail(
            InputError,
            where,
            found=(f"{STATEMENT_S} 秒内没有答复", f"no answer within {STATEMENT_S} s"),
            expected=("能按时读完的表", "a table that can be read in time"),
            to_do=(
                "改用物化视图，或导出为文件",
                "name a materialized view, or export it as a file",
            ),
        ) from None
    except (psycopg.Error, UnicodeDecodeError) as error:
        raise fail(
            InputError,
            where,
            found=(f"{what[0]}（{error}）", f"{what[1]} ({error})"),
            expected=("有权读取的 PostgreSQL 表", "a table of PostgreSQL that may be read"),
            to_do=(
                "检查地址、权限，以及 ~/.pgpass、PGSERVICE 等设置",
                "check the address, your rights, and ~/.pgpass, PGSERVICE and the like",
            ),
        ) from None
