"""Column contracts: name, type, unit and meaning of every table that leaves the program."""

from collections.abc import Mapping

from planning.tables.closed import CLOSED
from planning.tables.column import Column
from planning.tables.districts import DISTRICTS
from planning.tables.judged import JUDGED
from planning.tables.planned import PLANNED
from planning.tables.reached import REACHED
from planning.tables.weighed import WEIGHED

TABLES: Mapping[str, tuple[Column, ...]] = {
    **JUDGED,
    **REACHED,
    **DISTRICTS,
    **PLANNED,
    **CLOSED,
    **WEIGHED,
}

__all__ = ["TABLES", "Column"]
