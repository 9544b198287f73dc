"""What a table of PostgreSQL holds: columns, geometry, its CRS, and the rows a few at a time.

Numbers come as numbers, all else as the text that PostgreSQL writes for it.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, LiteralString

from psycopg import Connection
from psycopg.sql import SQL, Composable, Identifier
from pyproj import CRS
from pyproj.exceptions import CRSError

from planning.errors import InputError, fail
from planning.inputs.old_datums import refuse_old_datum
from planning.inputs.postgis.address import TableAddress
from planning.inputs.postgis.table_copy import Cell, LayerCrs

Server = Connection[tuple[Any, ...]]

_ROWS_AT_ONCE = 2_000
_NAMED = 10
_BEYOND_INT64 = 2**63
_RELATIONS = ["r", "p", "f", "v", "m"]
"""Tables, partitioned and foreign ones too; views, materialized ones too."""
_NUMBERS = frozenset({"int2", "int4", "int8", "float4", "float8", "numeric"})
_SHAPES = frozenset({"geometry", "geography"})
_SCHEMA_OF_POSTGIS = """
SELECT n.nspname FROM pg_catalog.pg_extension e
JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'postgis'"""
_IS_THERE = """
SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = %s AND c.relname = %s AND c.relkind = ANY(%s)"""
_ALL_THERE = """
SELECT n.nspname || '.' || c.relname
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = ANY(%s) AND n.nspname !~ '^(pg_|information_schema$)' ORDER BY 1"""
_TYPES = """
SELECT t.oid, t.typname, n.nspname
FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
WHERE t.oid = ANY(%s::oid[])"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table that is there: which of its columns are numbers, and where its geometry is."""

    name: str
    where: str
    sql: Identifier
    is_number: dict[str, bool]
    geometry: str | None
    other_geometries: tuple[str, ...]
    postgis: str


def found_table(connection: Server, address: TableAddress, where: str) -> Table:
    """The table or view of that very name, its case included, and its columns."""
    named = (address.schema, address.table, _RELATIONS)
    if connection.execute(_IS_THERE, named).fetchone() is None:
        raise _not_there(connection, address, where)
    table = Identifier(address.schema, address.table)
    columns = connection.execute(SQL("SELECT * FROM {} LIMIT 0").format(table)).description or []
    kinds = {
        oid: (name, schema)
        for oid, name, schema in connection.execute(
            _TYPES, ([column.type_code for column in columns],)
        )
    }
    postgis = next((name for (name,) in connection.execute(_SCHEMA_OF_POSTGIS)), "")
    is_shape = {(shape, postgis) for shape in _SHAPES}
    shapes = [column.name for column in columns if kinds[column.type_code] in is_shape]
    geometry = _chosen(shapes, address, where)
    cells = [column for column in columns if column.name not in shapes]
    _refuse_alike([column.name for column in cells], where)
    return Table(
        name=address.name,
        where=where,
        sql=table,
        is_number={column.name: kinds[column.type_code][0] in _NUMBERS for column in cells},
        geometry=geometry,
        other_geometries=tuple(name for name in shapes if name != geometry),
        postgis=postgis,
    )


def _chosen(shapes: list[str], address: TableAddress, where: str) -> str | None:
    """The column of geometry: the one named, else the only one; None in a table without any."""
    if address.geometry in shapes or not (shapes or address.geometry):
        return address.geometry
    if address.geometry is None and len(shapes) == 1:
        return shapes[0]
    listed = ("、".join(shapes) or "无", ", ".join(shapes) or "none")
    if address.geometry is None:
        found = (f"{len(shapes)} 个几何列", f"{len(shapes)} columns of geometry")
    else:
        name = address.geometry
        found = (f"没有几何列“{name}”", f"no column of geometry '{name}'")
    raise fail(
        InputError,
        where,
        found=found,
        expected=(f"其中一列：{listed[0]}", f"one of the columns {listed[1]}"),
        to_do=("在地址末尾写明 &geometry=列名", "name it as &geometry=column in the address"),
    )


def _refuse_alike(names: list[str], where: str) -> None:
    """Refuse names that differ in case alone: in a GeoPackage they are one."""
    twice = sorted({name for name in names if [n.lower() for n in names].count(name.lower()) > 1})
    if twice:
        raise fail(
            InputError,
            where,
            found=(
                f"只有大小写不同的列名：{'、'.join(twice)}",
                f"columns whose names differ in case alone: {', '.join(twice)}",
            ),
            expected=("不分大小写也不重复的列名", "names that differ in more"),
            to_do=("建一个改了列名的视图", "make a view that names them otherwise"),
        )


def _not_there(connection: Server, address: TableAddress, where: str) -> Exception:
    there = [name for (name,) in connection.execute(_ALL_THERE, (_RELATIONS,))]
    near = difflib.get_close_matches(address.name, there, n=3) or there[:_NAMED]
    listed = ("、".join(near) or "（库中没有表）", ", ".join(near) or "(there is none)")
    return fail(
        InputError,
        where,
        found=(f"没有表或视图“{address.name}”", f"no table or view '{address.name}'"),
        expected=(f"库中的表，如 {listed[0]}", f"one of the database, such as {listed[1]}"),
        to_do=("改正 table=模式.表（区分大小写）", "mend table=schema.table (case counts)"),
    )


def crs_of(connection: Server, table: Table) -> LayerCrs | None:
    """The one CRS of all geometries, by the SRID of each; None in a table without."""
    if table.geometry is None:
        return None
    asked = SQL("SELECT DISTINCT {} FROM {} WHERE {} IS NOT NULL ORDER BY 1").format(
        _of_geometry(table, "st_srid"), table.sql, Identifier(table.geometry)
    )
    srids = [srid for (srid,) in connection.execute(asked)]
    if len(srids) != 1:
        raise _not_one_srid(srids, table)
    (srid,) = srids
    rows = SQL("SELECT auth_name, auth_srid, srtext FROM {} WHERE srid = %s").format(
        Identifier(table.postgis, "spatial_ref_sys")
    )
    said = connection.execute(rows, (srid,)).fetchone()
    if srid == 0 or said is None:
        raise _no_crs(srid, table)
    authority, code, wkt = said
    try:
        is_epsg = (authority or "").upper() == "EPSG"
        crs = CRS.from_epsg(code) if is_epsg else CRS.from_wkt(wkt or "")
    except CRSError:
        raise _no_crs(srid, table) from None
    refuse_old_datum(crs, table.where)
    name = f"EPSG:{code}" if is_epsg else crs.name
    return LayerCrs(name=name, srid=srid, epsg=code if is_epsg else None, wkt=wkt or crs.to_wkt())


def _of_geometry(table: Table, function: str, *more: LiteralString) -> Composable:
    """A function of PostGIS applied to the geometry, a geography being cast to one."""
    assert table.geometry is not None
    cast = SQL("{}::{}").format(Identifier(table.geometry), Identifier(table.postgis, "geometry"))
    given = SQL(", ").join([cast, *map(SQL, more)])
    return SQL("{}({})").format(Identifier(table.postgis, function), given)


def _not_one_srid(srids: list[int], table: Table) -> Exception:
    if not srids:
        return fail(
            InputError,
            table.where,
            found=(f"几何列 {table.geometry} 全部为空", f"no geometry in {table.geometry}"),
            expected=("带几何的行", "rows with geometry"),
            to_do=("检查该列，或建不含该列的视图", "see to it, or make a view without the column"),
        )
    listed = ", ".join(map(str, srids[:_NAMED]))
    return fail(
        InputError,
        table.where,
        found=(
            f"几何列 {table.geometry} 有 {len(srids)} 种坐标系（SRID {listed}）",
            f"{len(srids)} SRIDs in {table.geometry} ({listed})",
        ),
        expected=("同一坐标系", "one for all rows"),
        to_do=("用 ST_Transform 转换后建视图", "make a view with ST_Transform"),
    )


def _no_crs(srid: int, table: Table) -> Exception:
    return fail(
        InputError,
        table.where,
        found=(
            f"SRID {srid}，不知是什么坐标系",
            f"SRID {srid}, which says no CRS",
        ),
        expected=("spatial_ref_sys 中的 SRID，如 4490、4549", "one such as 4490 or 4549"),
        to_do=(
            "核实坐标系后用 UpdateGeometrySRID 登记",
            "find out which it is, and register it with UpdateGeometrySRID",
        ),
    )


def rows_of(connection: Server, table: Table) -> Iterator[list[Cell]]:
    """All rows, a few at a time: cells in the order of the columns, and the geometry as WKB."""
    asked: list[Composable] = [
        Identifier(name) if is_number else SQL("{}::text").format(Identifier(name))
        for name, is_number in table.is_number.items()
    ]
    if table.geometry is not None:
        asked.append(_of_geometry(table, "st_asbinary", "'NDR'"))
    with connection.cursor(name="planning") as cursor:
        cursor.itersize = _ROWS_AT_ONCE
        cursor.execute(SQL("SELECT {} FROM {}").format(SQL(", ").join(asked), table.sql))
        for row in cursor:
            yield [_cell(value) for value in row]


def _cell(value: Any) -> Cell:
    """A value as SQLite keeps it; no digit is lost of whole numbers, NaN is nothing."""
    if isinstance(value, Decimal):
        if value.is_nan():
            return None
        if abs(value) >= _BEYOND_INT64:
            return str(value)
        whole = int(value)
        return whole if whole == value else float(value)
    if isinstance(value, float) and math.isnan(value):
        return None
    return value  # type: ignore[no-any-return]
