"""What two sides have in common: whether it is one area, and which units are the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planning.errors import Fault, InputError, raise_all
from planning.outputs.comparison.ground import Ground, moved_units
from planning.outputs.comparison.sides import Side, UnitKey, units_in_order


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """`units` are on both sides with the same borders; `moved` have one id and other borders.

    Totals of the area are comparable where it is one area, `is_one_area`: every unit is on both
    sides with the same borders.
    """

    units: frozenset[UnitKey]
    moved: frozenset[UnitKey]
    only_base: tuple[UnitKey, ...]
    only_other: tuple[UnitKey, ...]

    @property
    def is_one_area(self) -> bool:
        """Whether totals of the whole area may be set off against each other."""
        is_same = not (self.only_base or self.only_other)
        return is_same and not any(level != "residential_area" for level, _ in self.moved)


def shared_with(base: Side, other: Side, grounds: tuple[Ground, Ground]) -> Shared:
    """What the other side has in common with the base."""
    mine, theirs = units_in_order([base]), units_in_order([other])
    moved = moved_units(grounds)
    if base.run.summary["study"] != other.run.summary["study"]:
        # One id may stand for two places: the name has to agree as well.
        moved |= {key for key in mine.keys() & theirs.keys() if mine[key] != theirs[key]}
    return Shared(
        units=frozenset((mine.keys() & theirs.keys()) - moved),
        moved=moved,
        only_base=tuple(key for key in mine if key not in theirs),
        only_other=tuple(key for key in theirs if key not in mine),
    )


def check_common_ground(sides: Sequence[Side], shared: Sequence[Shared]) -> None:
    """Refuse sides that have nothing in common with the base: another CRS, or no common unit."""
    base, faults = sides[0].run, []
    for side, common in zip(sides[1:], shared, strict=True):
        mine, theirs = base.summary, side.run.summary
        has_units = bool(units_in_order([sides[0]]) and units_in_order([side]))
        if mine["epsg"] != theirs["epsg"]:
            faults.append(
                Fault(
                    where=str(side.run.folder),
                    found=(f"投影 EPSG:{theirs['epsg']}", f"EPSG:{theirs['epsg']}"),
                    expected=(f"与 {base.folder} 相同的 EPSG:{mine['epsg']}",
                              f"EPSG:{mine['epsg']} as in {base.folder}"),
                    to_do=("比较同一地方的成果", "compare runs of one place"),
                )
            )  # fmt: skip
        elif (has_units and not common.units) or (
            not has_units and mine["study"] != theirs["study"]
        ):
            faults.append(
                Fault(
                    where=str(side.run.folder),
                    found=(
                        f"研究“{theirs['study']}”，没有一个相同的单元",
                        f"the study '{theirs['study']}' without one common unit",
                    ),
                    expected=(
                        f"与研究“{mine['study']}”至少有一个编号、界线都相同的单元",
                        f"at least one unit of the same id and borders as in '{mine['study']}'",
                    ),
                    to_do=("比较同一地方的成果", "compare runs of one place"),
                )
            )
    raise_all(InputError, faults)
