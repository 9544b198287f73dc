"""Where a table begins: title rows above the header, blanks that nobody sees, names used twice."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain

import numpy as np
import pandas as pd

from planning.errors import Fault, InputError, raise_all
from planning.inputs.tables.merged_headings import lower_names
from planning.inputs.tables.sheet import Remark, Sheet, unreadable
from planning.inputs.vocabulary import vocabulary

_LOOKED_AT = 30
"""So many rows may stand above the header."""
_WORDS_OF_A_HEADER = 2
_MOST_FAULTS = 50
MOST_COLUMNS = 16_384
"""As many as a spreadsheet has; a table of more was parted at the wrong character."""
MOST_CELLS = 16_000_000
"""A table may have so many: a million rows of 16 columns, which take some 3 GB of memory."""
_EXAMPLES = 5

_ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff"
_BLANKS = "\u00a0\u1680\u180e\u3000" + "".join(map(chr, range(0x2000, 0x200B))) + "\u202f\u205f"
_AROUND = " \t\r\n\f\v\x1a" + _BLANKS + _ZERO_WIDTH
_IN_NAMES = re.compile(rf"[\r\n{_ZERO_WIDTH}]")
_BETWEEN = re.compile(rf"(?<=[\u4e00-\u9fff])[ {_BLANKS}]+(?=[\u4e00-\u9fff])")


def stripped(cell: object) -> object:
    """A cell without blanks around it, the unseen ones too (NBSP, full-width, zero-width)."""
    return cell.strip(_AROUND) if isinstance(cell, str) else cell


def name_of(cell: object) -> str:
    """A heading as a column name: in one line, without blanks around it."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return _IN_NAMES.sub("", str(cell)).strip(_AROUND)


def _heading(cell: object, known: frozenset[str]) -> str:
    """A column name; one written wide, as 编 号 or 名　称, is the known word without its blanks."""
    name = name_of(cell)
    close = _BETWEEN.sub("", name)
    return close if close in known and name not in known else name


def known_words(key: str) -> frozenset[str]:
    """Column names the vocabulary knows for a table, or for any where the table is not its."""
    tables = vocabulary()["columns"]
    chosen = [tables[key]] if key in tables else tables.values()
    return frozenset(chain.from_iterable(chain.from_iterable(t.values()) for t in chosen))


def words_among(cells: Sequence[object], known: frozenset[str]) -> int:
    """How many different known column names stand in a row."""
    return len({_heading(cell, known) for cell in cells} & known)


def headed(
    cells: Sequence[Sequence[object]],
    key: str,
    where: str,
    *,
    remarks: Sequence[Remark] = (),
    even: bool = False,
) -> Sheet:
    """The table in the rows of a file, the first of them being row 1.

    The header is the first row with two known column words, else the first that is not blank; its
    merged cells take their names from the row below. With `even`, a row of more cells than the
    header is a fault, and one of fewer is told.
    """
    rows = [[c.strip(_AROUND) if isinstance(c, str) else c for c in row] for row in cells]
    filled = [k for k, row in enumerate(rows) if any(row) or _width(row)]
    widest = max((len(rows[k]) for k in filled), default=0)
    if widest > MOST_COLUMNS or widest * len(filled) > MOST_CELLS:
        raise too_wide(len(filled), widest, where)
    if not filled:
        raise unreadable(
            where, "空表", "it is empty", to_do=("检查导出过程", "see how it was made")
        )
    header, lines = _header(rows, filled, known_words(key))
    top, last = lines[0], lines[-1]
    below = [k for k in filled if k > last]
    widest = _width(header)
    width = widest if even else max([widest, *(_width(rows[k]) for k in below)])
    short = _short(rows, below, width, where) if even else {}
    table = [_fitted(rows[k], width) for k in below]
    said = list(remarks)
    if top != filled[0]:
        said.append((f"表头在第{top + 1}行，其上为标题", f"header in row {top + 1}, below titles"))
    if last != top:
        said.append(
            (
                f"表头占第{top + 1}—{last + 1}行，合并的标题按其下一行的名称",
                f"a header in rows {top + 1} to {last + 1}: under merged cells the lower names "
                "count",
            )
        )
    names = _names(_fitted(header, width), table, known_words(key), where, said)
    return Sheet(
        rows=pd.DataFrame(table, columns=pd.Index(names, dtype=object), dtype=object),
        numbers=np.array(below, dtype=np.int64) + 1,
        remarks=tuple(said),
        short=short,
    )


def too_wide(rows: int, columns: int, where: str) -> Exception:
    """The refusal of a table that would fill the memory."""
    return unreadable(
        where,
        f"{rows:,} 行 × {columns:,} 列",
        f"{rows:,} rows × {columns:,} columns",
        expected=(
            f"至多 {MOST_COLUMNS:,} 列、{MOST_CELLS:,} 个单元格",
            f"at most {MOST_COLUMNS:,} columns and {MOST_CELLS:,} cells",
        ),
        to_do=("只保留所需的行与列", "keep the rows and columns that are needed"),
    )


def _header(
    rows: list[list[object]], filled: list[int], known: frozenset[str]
) -> tuple[list[object], list[int]]:
    """The cells of the header, and the rows it stands in."""
    at = next(
        (
            at
            for at, k in enumerate(filled[:_LOOKED_AT])
            if words_among(rows[k], known) >= _WORDS_OF_A_HEADER
        ),
        0,
    )
    if at and lower_names(rows[filled[at - 1]], rows[filled[at]]) is not None:
        at -= 1
    header, lines = rows[filled[at]], [filled[at]]
    for k in filled[at + 1 :]:
        longer = lower_names(header, rows[k])
        if longer is None:
            break
        header = longer
        lines.append(k)
    return header, lines


def _width(row: Sequence[object]) -> int:
    """Cells up to the last that is not blank."""
    if row and row[-1]:
        return len(row)
    return next((k for k in range(len(row), 0, -1) if row[k - 1] not in ("", None)), 0)


def _fitted(row: list[object], width: int) -> list[object]:
    return row if len(row) == width else row[:width] + [""] * (width - len(row))


def _short(rows: list[list[object]], below: list[int], width: int, where: str) -> dict[int, int]:
    """How many cells rows lack at their right end, by position below the header.

    Excel leaves the delimiters of blank cells there away, so that what lacks was blank. Where no
    row at all is as wide as the header, it is the header that was parted wrongly; and a row of more
    cells is shifted by a delimiter without quotes, from where on nobody can tell. Whoever wrote it
    does not quote, so that in other rows the same may be hidden by a blank: the file is refused.
    """
    count = [max(_width(rows[k]), min(len(rows[k]), width)) for k in below]
    none_is_whole = width not in count
    faults = [
        Fault(
            where=f"{where} 第{k + 1}行 row {k + 1}",
            found=(f"{cells} 个单元格", f"{cells} cells"),
            expected=(f"{width} 个，与表头相同", f"{width}, as in the header"),
            to_do=(
                "检查该行的分隔符与引号，或存为 .xlsx",
                "look at its delimiters and quotes, or save it as .xlsx",
            ),
        )
        for k, cells in zip(below, count, strict=True)
        if cells > width or (none_is_whole and cells < width)
    ]
    raise_all(InputError, faults[:_MOST_FAULTS])
    return {at: width - cells for at, cells in enumerate(count) if cells < width}


def _names(
    header: list[object],
    table: list[list[object]],
    known: frozenset[str],
    where: str,
    said: list[Remark],
) -> list[str]:
    """One name for each column; a known name over two different columns is refused."""
    first: dict[str, int] = {}
    names: dict[str, None] = {}
    numbers: Counter[str] = Counter()
    again: list[str] = []
    for k, cell in enumerate(header):
        name = _heading(cell, known) or f"第{k + 1}列"
        if name in first:
            if name in known and any(row[k] != row[first[name]] for row in table):
                raise unreadable(
                    where,
                    f"第{first[name] + 1}列与第{k + 1}列都叫“{name}”而内容不同",
                    f"columns {first[name] + 1} and {k + 1} are both called '{name}', and differ",
                    expected=("每列一个名称", "a name for each column"),
                    to_do=("给其中一列改名", "rename one of them"),
                )
            again.append(name)
            name = _free(name, names, numbers)
        else:
            first[name] = k
            if name in names:  # it stands in the header, and was given to another column
                name = _free(name, names, numbers)
        names[name] = None
    if again:
        listed = "、".join(again[:_EXAMPLES])
        said.append(
            (f"重复的列名 {listed}：取第一列", f"columns named twice, the first taken: {listed}")
        )
    return list(names)


def _free(name: str, taken: Mapping[str, None], numbers: Counter[str]) -> str:
    """The name with the first number that is not taken; `numbers` are the last ones given."""
    numbers[name] += 1
    while f"{name}.{numbers[name]}" in taken:
        numbers[name] += 1
    return f"{name}.{numbers[name]}"
