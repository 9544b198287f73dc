"""The table of a plan that somebody picked by hand, a row a site."""

from __future__ import annotations

import math
from pathlib import Path

from planning.errors import Fault, InputError, raise_all
from planning.inputs.tables.dates import YEARS, read_year
from planning.inputs.tables.sheet import cell_text
from planning.inputs.tables.sheets import read_sheet
from planning.inputs.vectors import check_columns, column_name
from planning.inputs.vocabulary import column_words
from planning.siting.picked import PickedSite
from planning.study.files import TableSpec
from planning.units import counted, plain_digits

KEY = "siting.picked"
_NEEDED = ("place", "module")
_AMOUNTS = ("places", "beds", "nursing_beds", "floor_m2")
Says = tuple[str, str]


def read_picked_plan(spec: TableSpec, path: Path) -> tuple[PickedSite, ...]:
    """The rows of a plan, plan.csv as it was written, or one typed in.

    Raises InputError with every cell that is no number or no year, and every row without a place or
    a kind.
    """
    sheet = read_sheet(path, KEY, sheet=spec.sheet)
    words = column_words("picked")
    check_columns(spec.columns, words, KEY)
    headings = {
        of: column_name(sheet.rows, known, spec.columns.get(of), where=KEY, needed=of in _NEEDED)
        for of, known in words.items()
    }
    faults: list[Fault] = []
    found = []
    for row in range(len(sheet)):
        where = f"{KEY}: {path.name} 第{sheet.numbers[row]}行 row {sheet.numbers[row]}"
        said = {
            of: "" if heading is None else cell_text(sheet.rows[heading].iloc[row])
            for of, heading in headings.items()
        }
        for of, name in (("place", _PLACE), ("module", _MODULE)):
            if not said[of]:
                faults.append(_fault(where, (f"{name[0]}空白", f"{name[1]} is blank"), name))
        found.append(
            PickedSite(
                where=where,
                place_id=said["place"],
                service=said["service"],
                module=said["module"],
                year=_year(said["year"], where, faults),
                **{of: _amount(said[of], where, faults) for of in _AMOUNTS},
            )
        )
    raise_all(InputError, faults)
    return tuple(found)


_PLACE = ("候选编号或设施编号", "the id of a candidate or of a facility")
_MODULE = ("设施种类（services.*.build、change 的名称）", "its kind, as build or change names it")


def _amount(said: str, where: str, faults: list[Fault]) -> float | None:
    if not said:
        return None
    try:
        amount = counted(plain_digits(said))
    except ValueError:
        amount = math.nan
    if not amount >= 0:
        faults.append(_fault(where, (f"“{said}”", f"'{said}'"), ("不小于 0 的数", "a number")))
    return amount


def _year(said: str, where: str, faults: list[Fault]) -> int | None:
    if not said:
        return None
    try:
        return read_year(said.removesuffix(".0"))
    except ValueError:
        expected = f"{YEARS[0]}—{YEARS[-1]}"
        faults.append(_fault(where, (f"年份“{said}”", f"year '{said}'"), (expected, expected)))
        return None


def _fault(where: str, found: Says, expected: Says) -> Fault:
    return Fault(where=where, found=found, expected=expected, to_do=("改正该行", "mend the row"))
