"""What every key of a study is made of, and the files and tables it names."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


class Model(BaseModel):
    """A part of a study: frozen, and without a key that we do not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _written(value: object) -> object:
    """A year or a day, which YAML reads as a number or a date, as it was written."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    return str(value) if whole or isinstance(value, dt.date) else value


LayerName = Annotated[
    str | None,
    Field(description="图层名，文件中不止一个时 the layer, where a file holds several"),
]
SheetName = Annotated[
    str | None,
    Field(description="工作表名，不止一张有内容时必填 the sheet, needed where several are filled"),
]
Columns = Annotated[
    dict[str, str],
    Field(
        description="字段对照：程序的字段名 → 表中的字段名，不同时写 our name of a column → the "
        "file's, where it is not a known one"
    ),
]


class Input(Model):
    """A file or table the study reads: where it is and under which licence it may be used."""

    path: str = Field(
        description="文件，或 PostGIS 中的表 a file, or postgis://host/database?table=schema.table"
    )
    licence: str = Field(default="", description="许可与署名 licence line, printed in every output")
    vintage: Annotated[str, BeforeValidator(_written)] = Field(
        default="", description="数据年份或日期 year or day of the data, printed with its source"
    )


class Layer(Input):
    """A vector layer; `columns` maps our names to the user's where they differ."""

    layer: LayerName = None
    columns: Columns = Field(default={})


class TableSpec(Input):
    """A table, its sheet, and the names of its columns where they differ from the known ones."""

    sheet: SheetName = None
    columns: Columns = Field(default={})


class UnitTable(TableSpec):
    """A table of figures by unit, at one level or at several; `ids` where its ids differ."""

    ids: dict[str, str] = Field(
        default={}, description="单元在表中的编号，与图层不同时 ids in the table where they differ"
    )
