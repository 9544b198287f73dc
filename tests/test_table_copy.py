"""Copies of tables: rows in any order are the same file and digest, and nothing is lost."""

from __future__ import annotations

import hashlib
import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS

from planning.inputs.postgis.table_copy import Cell, LayerCrs, TableCopy, write_copy

CGCS = LayerCrs(name="EPSG:4549", srid=4549, epsg=4549, wkt=CRS.from_epsg(4549).to_wkt("WKT1_GDAL"))
ROW = st.tuples(
    st.none() | st.text(alphabet="ab甲𠮷'\"\n ", max_size=3),
    st.none() | st.integers(-(2**63), 2**63 - 1),
    st.none() | st.floats(allow_nan=False),
    st.none() | st.sampled_from([shapely.to_wkb(shapely.Point(x, 1)) for x in (1, 2)]),
)


def copied(
    folder: Path,
    rows: list[tuple[Cell, ...]],
    *columns: str,
    name: str = "a.b",
    crs: LayerCrs = CGCS,
) -> TableCopy:
    has_geometry = len(rows[0]) > len(columns)
    return write_copy(
        folder, name=name, columns=columns, crs=crs if has_geometry else None, rows=rows
    )


@settings(deadline=None, max_examples=40)
@given(rows=st.lists(ROW, min_size=1, max_size=6), order=st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_count(
    rows: list[tuple[Cell, ...]], order: np.random.Generator
) -> None:
    with TemporaryDirectory() as folder:
        first = copied(Path(folder, "1"), rows, "a", "b", "c")
        mixed = list(rows)
        order.shuffle(mixed)
        second = copied(Path(folder, "2"), mixed, "a", "b", "c")
        assert first.sha256 == second.sha256
        assert first.rows == len(rows)
        assert first.path.read_bytes() == second.path.read_bytes()


@settings(deadline=None, max_examples=40)
@given(rows=st.lists(ROW, min_size=1, max_size=5), data=st.data())
def test_any_other_row_is_another_digest(rows: list[tuple[Cell, ...]], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(rows) - 1))
    other = [*rows[:at], data.draw(ROW.filter(lambda row: row != rows[at])), *rows[at + 1 :]]
    with TemporaryDirectory() as folder:
        first = copied(Path(folder, "1"), rows, "a", "b", "c")
        second = copied(Path(folder, "2"), other, "a", "b", "c")
        same = sorted(map(repr, rows)) == sorted(map(repr, other))
        assert (first.sha256 == second.sha256) == same


def test_the_digest_is_that_of_lines_anybody_can_write(tmp_path: Path) -> None:
    point = shapely.to_wkb(shapely.Point(1, 2))
    found = copied(tmp_path / "1", [("乙", 2, point), ("甲", 1, None)], "名称", "人数")
    lines = [["名称", "人数", "EPSG:4549"], ["乙", 2, point.hex()], ["甲", 1, None]]
    text = "".join(json.dumps(x, ensure_ascii=False, separators=(",", ":")) + "\n" for x in lines)
    # 乙 comes before 甲, for U+4E59 comes before U+7532
    assert found.sha256 == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("what", ["name of a column", "crs"])
def test_columns_and_crs_count(tmp_path: Path, what: str) -> None:
    rows = [("a", shapely.to_wkb(shapely.Point(1, 2)))]
    first = copied(tmp_path / "1", rows, "a")
    other = LayerCrs(name="EPSG:4548", srid=4548, epsg=4548, wkt=CGCS.wkt)
    second = (
        copied(tmp_path / "2", rows, "b")
        if what == "name of a column"
        else copied(tmp_path / "2", rows, "a", crs=other)
    )
    assert first.sha256 != second.sha256


def test_what_was_copied_is_read_again(tmp_path: Path) -> None:
    shapes = [shapely.Point(1, 2), shapely.box(0, 0, 1, 1), None]
    rows = [
        ("甲", 1, 0.5, 2**53 + 1, None, shapely.to_wkb(shapes[0])),
        ("乙'; --", None, 2, 7, None, shapely.to_wkb(shapes[1])),
        (None, -3, None, None, None, None),
    ]
    found = copied(tmp_path / "1", rows, "text", "whole", "number", "code", "nothing")
    frame = gpd.read_file(found.path)
    assert frame.crs.to_epsg() == 4549
    assert pyogrio.list_layers(found.path).tolist() == [["a.b", "Unknown"]]
    assert frame["text"].isna().tolist() == [True, False, False]
    assert frame["text"].tolist()[1:] == ["乙'; --", "甲"]
    assert frame["whole"].tolist()[::2] == [-3, 1] and np.isnan(frame["whole"][1])
    assert frame["number"].tolist()[1:] == [2.0, 0.5]
    assert frame["code"].tolist()[1:] == ["7", str(2**53 + 1)], "no digit of a long code is lost"
    assert frame["nothing"].isna().all()
    assert frame.geometry.tolist() == [shapes[2], shapes[1], shapes[0]]


def test_a_table_without_geometry(tmp_path: Path) -> None:
    found = copied(tmp_path / "1", [("b", 2), ("a", 1)], "编号", "人数")
    assert pyogrio.list_layers(found.path).tolist() == [["a.b", None]]
    frame = gpd.read_file(found.path)
    assert not isinstance(frame, gpd.GeoDataFrame)
    pd.testing.assert_frame_equal(
        pd.DataFrame(frame), pd.DataFrame({"编号": ["a", "b"], "人数": [1, 2]})
    )


NAMES = ["fid", "FID_", "geom", 'a"b', "a;DROP TABLE x;--", "列 名", "select", "a'b", "100%", "c0"]


def test_columns_may_have_any_name(tmp_path: Path) -> None:
    rows = [(*map(str, range(len(NAMES))), shapely.to_wkb(shapely.Point(1, 2)))]
    found = copied(tmp_path / "1", rows, *NAMES, name='x"; DROP TABLE y; --/..')
    frame = gpd.read_file(found.path)
    assert [frame[name][0] for name in NAMES] == list(rows[0][:-1])
    assert found.path.parent == tmp_path / "1"


def test_few_rows_are_held_in_memory(tmp_path: Path) -> None:
    """A hundred thousand rows of over 1 kB, through a few MB."""

    def rows() -> Iterator[tuple[Cell, ...]]:
        for k in range(100_000):
            yield f"{k:06}" * 200, k

    tracemalloc.start()
    found = write_copy(tmp_path / "1", name="a.b", columns=["a", "b"], crs=None, rows=rows())
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.rows == 100_000
    assert found.path.stat().st_size > 100_000_000
    assert most < 5_000_000


def test_a_full_disk_is_no_fault_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planning.inputs.postgis.table_copy._quoted", str.upper)
    with pytest.raises(OSError, match=r"a\.b\.gpkg"):
        copied(tmp_path / "1", [("a",)], "a")
