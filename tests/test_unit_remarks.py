"""Units that lie over each other, or beside those they are said to belong to, are told."""

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from planning import workflow
from planning.area import UnitLevel, overlaps
from planning.inputs.unit_remarks import unit_notes
from planning.sample import write_sample


def level(name: str, parents: list[str | None], *shapes: shapely.Geometry) -> UnitLevel:
    ids = tuple(f"{name[0].upper()}{k}" for k in range(len(shapes)))
    return UnitLevel(
        level=name,
        ids=ids,
        names=ids,
        parent_ids=tuple(parents),
        geometry=np.array(shapes, dtype=object),
    )


COUNTIES = level("county", [None, None], shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100))


def told(*shapes: shapely.Geometry, parents: list[str | None]) -> str:
    return " ".join(note.en for note in unit_notes([COUNTIES, level("street", parents, *shapes)]))


def test_units_that_only_touch_or_hardly_overlap_are_no_remark() -> None:
    left, right = shapely.box(0, 0, 50.4, 100), shapely.box(50, 0, 100, 100)
    assert told(left, right, parents=["C0", "C0"]) == ""
    assert told(left, right, parents=[None, None]) == ""


def test_units_over_each_other_are_told_with_the_most() -> None:
    shapes = [
        shapely.box(0, 0, 60, 100),
        shapely.box(40, 0, 100, 100),
        shapely.box(90, 0, 100, 100),
    ]
    said = told(*shapes, parents=["C0", "C0", "C0"])
    assert "overlap: 2, most of all S1 and S2 (100% of the smaller)" in said
    assert "count for the first by id" in said


def test_a_unit_beside_its_parent_is_told() -> None:
    said = told(shapely.box(0, 0, 50, 100), shapely.box(50, 0, 100, 100), parents=["C0", "C1"])
    assert "do not lie in their parent: 1 (S1)" in said


def test_what_pairs_share() -> None:
    assert len(overlaps(COUNTIES.geometry)[0]) == 0  # they fit edge by edge
    half = np.array([shapely.box(0, 0, 10, 10), shapely.box(5, 0, 25, 10)], dtype=object)
    one, other, share = overlaps(half)
    assert (one.tolist(), other.tolist(), share.tolist()) == ([0], [1], [0.5])


def test_levels_may_be_said_in_chinese(tmp_path: Path) -> None:
    write_sample(tmp_path)
    before = workflow.check(tmp_path / "study.yaml").area.levels
    words: Callable[[str], str] = {
        "county": "区县",
        "street": "街道",
        "community": "社区",
    }.__getitem__
    frame = gpd.read_file(tmp_path / "units.gpkg")
    frame.assign(level=frame["level"].map(words)).to_file(tmp_path / "units.gpkg")
    after = workflow.check(tmp_path / "study.yaml").area.levels
    assert [found.level for found in after] == [found.level for found in before]
    assert [found.ids for found in after] == [found.ids for found in before]
