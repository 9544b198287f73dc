"""The GIS package of a run, opened again by the libraries that a user would use."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from planning import workflow
from planning.demand import TOTAL, Demand, GridOutlines
from planning.outputs.frames.results import plan_frame
from planning.outputs.gis import writing
from planning.outputs.gis.contents import described
from planning.outputs.gis.fields import Field
from planning.outputs.gis.geopackage import layers_of
from planning.outputs.gis.minutes_raster import COG, NOBODY, UNREACHABLE, WALKED
from planning.outputs.gis.pixels import pixels_of
from planning.outputs.gis.shapefiles import CUT_TABLE, FIELD_TABLE, write_shapefiles
from planning.projection import transformer
from planning.provenance import file_sha256
from planning.result import StudyResult
from planning.run_record import record_of

LAYERS = ("demand", "facilities", "candidates", "isochrones", "units", "residential", "plan")


@pytest.fixture(scope="module")
def run(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[StudyResult, Path]:
    return workflow.run(sample_folder / "study.yaml", out_dir=tmp_path_factory.mktemp("out"))


def centres(demand: Demand, raster: rasterio.DatasetReader, epsg: int) -> Iterator[tuple[int, int]]:
    """The pixel of every demand cell's centre, as the file itself says it."""
    x, y = transformer(epsg, raster.crs.to_wkt()).transform(demand.x_m, demand.y_m)
    rows, columns = rasterio.transform.rowcol(raster.transform, x, y)
    yield from zip(np.asarray(rows, dtype=int), np.asarray(columns, dtype=int), strict=True)


def test_every_cell_of_the_raster_is_found_again_in_minutes_and_status(
    run: tuple[StudyResult, Path],
) -> None:
    result, folder = run
    demand = result.town.demand
    assert isinstance(demand.outline, GridOutlines)
    source = json.loads((folder / "metadata.json").read_text(encoding="utf-8"))["raster"]
    with (
        rasterio.open(folder / "minutes.tif") as minutes,
        rasterio.open(folder / "minutes_status.tif") as status,
    ):
        assert minutes.count == status.count == 4
        assert minutes.dtypes[0] == "float32" and np.isnan(minutes.nodata)
        assert status.nodata == NOBODY
        assert minutes.descriptions == tuple(source["bands"])
        values, codes = minutes.read(), status.read()
        at = list(centres(demand, minutes, result.town.area.epsg))
        assert len(set(at)) == len(demand)
        band = 0
        for state in ("now", "after"):
            for within in result.situation_of(state).coverage.values():
                for cell, (row, column) in enumerate(at):
                    ms, found = within.nearest.ms[cell], values[band, row, column]
                    if ms >= 0:
                        assert found == np.float32(ms / 60_000)
                        assert codes[band, row, column] == WALKED
                    else:
                        assert np.isnan(found)
                        assert codes[band, row, column] == UNREACHABLE
                empty = np.ones(codes.shape[1:], dtype=bool)
                empty[tuple(np.transpose(at))] = False
                assert (codes[band][empty] == NOBODY).all()
                assert np.isnan(values[band][empty]).all()
                band += 1
    assert source["native_cells"] and source["demand_cells_not_shown"] == 0


def test_the_raster_lies_on_the_grid_of_the_population(
    run: tuple[StudyResult, Path], sample_folder: Path
) -> None:
    _, folder = run
    with (
        rasterio.open(sample_folder / "population_2025.tif") as people,
        rasterio.open(folder / "minutes.tif") as minutes,
    ):
        assert people.crs == minutes.crs
        assert minutes.res == pytest.approx(people.res, rel=1e-12)
        own, source = minutes.transform, people.transform
        column, row = (own.c - source.c) / source.a, (own.f - source.f) / source.e
        assert (column, row) == pytest.approx((round(column), round(row)), abs=1e-6)
        left, top = round(column), round(row)
        window = rasterio.windows.Window(left, top, minutes.width, minutes.height)
        inside = people.read(1, window=window, masked=True).filled(0)
        # Where a walk is known somebody is counted.
        assert (inside[~np.isnan(minutes.read(1))] > 0).all()


def test_the_rasters_are_cloud_optimised_and_their_overviews_never_mix(tmp_path: Path) -> None:
    side = 700
    demand = town_of(*np.meshgrid(np.arange(side), np.arange(side)), size=1.0)
    pixels = pixels_of(demand, epsg=4549)
    assert pixels is not None
    values = np.where(pixels.cell % 2 == 0, 5.0, np.nan).astype(np.float32)
    with rasterio.open(
        tmp_path / "m.tif", "w", width=values.shape[1], height=values.shape[0], count=1,
        dtype="float32", nodata=np.nan, crs="EPSG:4549", transform=pixels.transform,
        **COG,
    ) as raster:  # fmt: skip
        raster.write(values, 1)
    with rasterio.open(tmp_path / "m.tif") as raster:
        assert raster.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert raster.overviews(1)
        small = raster.read(1, out_shape=(side // 4, side // 4))
        assert set(small[~np.isnan(small)]) == {5.0}


def town_of(
    x: np.ndarray, y: np.ndarray, *, size: float, people: np.ndarray | None = None
) -> Demand:
    """Demand of square polygons with these centres."""
    x, y = (np.asarray(axis, dtype=float).ravel() for axis in (x, y))
    return Demand(
        x_m=x,
        y_m=y,
        people={TOTAL: np.ones(len(x)) if people is None else people},
        place={},
        outline=shapely.box(x - size / 2, y - size / 2, x + size / 2, y + size / 2),
        people_in_source=1.0,
        people_outside=0.0,
    )


@given(
    spots=st.lists(
        st.tuples(
            st.floats(400_000, 400_600), st.floats(3_000_000, 3_000_600), st.floats(0.1, 900)
        ),
        min_size=1,
        max_size=40,
    ),
    size=st.sampled_from([0.5, 8.0, 100.0]),
)
@settings(max_examples=60, deadline=None)
def test_where_people_are_polygons_the_pixel_of_a_centre_shows_its_cell_or_one_of_more_people(
    spots: list[tuple[float, float, float]], size: float
) -> None:
    x, y, people = map(np.array, zip(*spots, strict=True))
    pixels = pixels_of(town_of(x, y, size=size, people=people), epsg=4549)
    assert pixels is not None and not pixels.is_native
    rows, columns = rasterio.transform.rowcol(pixels.transform, x, y)
    at = list(zip(np.asarray(rows, dtype=int), np.asarray(columns, dtype=int), strict=True))
    unshown = 0
    for cell, pixel in enumerate(at):
        shown = pixels.cell[pixel]
        if shown != cell:
            unshown += 1
            assert at[shown] == pixel and people[shown] >= people[cell]
    assert unshown == pixels.unshown


def test_a_pixel_without_a_centre_shows_the_cell_that_covers_its_middle() -> None:
    pixels = pixels_of(
        town_of(np.array([50.0, 250.0]), np.array([50.0, 50.0]), size=100.0), epsg=4549
    )
    assert pixels is not None
    counts = np.bincount(pixels.cell[pixels.cell >= 0])
    assert counts.tolist() == [4, 4]  # pixels are half as wide as a cell, 2 × 2 a cell
    assert pixels_of(town_of(np.array([]), np.array([]), size=1.0), epsg=4549) is None


def test_shapefiles_are_gbk_and_hold_what_the_geopackage_holds(
    run: tuple[StudyResult, Path],
) -> None:
    _, folder = run
    table = pd.read_csv(folder / "shapefile_gbk" / FIELD_TABLE)
    assert set(table["文字编码 encoding"]) == {"GBK"}
    shapefiles = sorted((folder / "shapefile_gbk").glob("*.shp"))
    assert {path.stem.split("_")[0] for path in shapefiles} == set(LAYERS)
    for path in shapefiles:
        assert path.with_suffix(".cpg").read_bytes() == b"GBK"
        assert path.with_suffix(".dbf").read_bytes()[29] == 0x4D
        assert path.with_suffix(".prj").read_text().startswith("PROJCS")
        shape = gpd.read_file(path)
        layer = gpd.read_file(folder / "result.gpkg", layer=path.stem)
        named = table[table["Shapefile"] == path.stem]
        assert named["字段 field"].tolist() == shape.columns.drop("geometry").tolist()
        assert all(len(name.encode("gbk")) <= 10 for name in named["字段 field"])
        assert len(shape) == len(layer)
        assert np.allclose(shape.geometry.bounds, layer.geometry.bounds, atol=1e-6)
        assert np.allclose(shape.geometry.area, layer.geometry.area)
        for short, column in zip(
            named["字段 field"], named["result.gpkg 字段 column"], strict=True
        ):
            if column == "–":
                continue
            assert_same(shape[short], layer[column])


def assert_same(short: pd.Series, full: pd.Series) -> None:
    """A column is what it was: numbers equal, texts equal but for what is cut and for m²."""
    assert short.isna().tolist() == full.replace("", None).isna().tolist(), short.name
    for one, other in zip(short.dropna(), full.replace("", None).dropna(), strict=True):
        if isinstance(other, str):
            plain = other.replace("²", "2").rstrip()
            assert one == plain or (len(one.encode("gbk")) >= 253 and plain.startswith(one))
        else:
            assert float(one) == pytest.approx(float(other), rel=1e-12)


def test_numbers_that_are_absent_are_named_in_their_row(run: tuple[StudyResult, Path]) -> None:
    _, folder = run
    named = 0
    for path in (folder / "shapefile_gbk").glob("*.shp"):
        shape = gpd.read_file(path)
        numbers = [name for name in shape.select_dtypes("number") if not str(name).endswith("_gap")]
        for _, row in shape.iterrows():
            missing = {name for name in numbers if pd.isna(row[name])}
            text = row.get("absent")
            assert set((text if isinstance(text, str) else "").split()) == missing
            named += len(missing)
    assert named > 0


RARE = "㙍𠮷"


def layer_of(texts: list[str | None], shapes: list[shapely.Geometry]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"name": texts, "n": pd.array([1, *[None] * (len(texts) - 1)], dtype="Int64")},
        geometry=shapes,
        crs=4549,
    )


FIELDS = [
    Field(name="name", alias="name", zh="名称", en="name", unit=""),
    Field(name="n", alias="n", zh="数", en="number", unit="persons"),
]


def test_rare_characters_are_kept_in_gb18030_and_said(tmp_path: Path) -> None:
    point = shapely.Point(1, 2)
    frame = layer_of([RARE, "<script>alert('x')</script>", "=1+1", None], [point] * 4)
    (written,) = write_shapefiles({"x": frame}, {"x": FIELDS}, tmp_path / "shp")
    assert written.encoding == "GB18030"
    assert (tmp_path / "shp" / "x.cpg").read_bytes() == b"GB18030"
    assert (tmp_path / "shp" / "x.dbf").read_bytes()[29] == 0x4D
    found = gpd.read_file(tmp_path / "shp" / "x.shp")
    assert found["name"].tolist()[:3] == [RARE, "<script>alert('x')</script>", "=1+1"]
    assert pd.isna(found["name"][3])
    assert found["absent"].tolist()[0] is None or pd.isna(found["absent"][0])
    assert found["absent"].tolist()[1:] == ["n"] * 3
    table = pd.read_csv(tmp_path / "shp" / FIELD_TABLE)
    assert set(table["文字编码 encoding"]) == {"GB18030"}


@given(
    text=st.text(
        st.characters(codec="gb18030", exclude_categories=["Cc", "Zs", "Zl", "Zp"]),
        min_size=60, max_size=300,
    )
)  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_long_texts_are_cut_between_characters_and_given_whole_beside(
    text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("long") / "shp"
    (written,) = write_shapefiles(
        {"x": layer_of([text], [shapely.Point(0, 0)])}, {"x": FIELDS}, folder
    )
    plain = text.replace("²", "2")
    kept = gpd.read_file(folder / "x.shp")["name"][0]
    assert plain.startswith(kept)
    size = len(kept.encode(written.encoding))
    assert size <= 254
    if kept != plain:
        assert size > 250
        cut = pd.read_csv(folder / CUT_TABLE, keep_default_na=False)
        assert cut["text"][0].removeprefix("'") == plain.removeprefix("'")
        assert written.cut == 1
    else:
        assert not (folder / CUT_TABLE).exists()


def test_a_layer_of_several_kinds_of_geometry_or_too_many_fields_is_several_files(
    tmp_path: Path,
) -> None:
    shapes = [shapely.Point(0, 0), shapely.box(0, 0, 1, 1), shapely.LineString([(0, 0), (1, 1)])]
    mixed = layer_of(list("abc"), shapes)
    many = gpd.GeoDataFrame(
        {f"f{n}": [float(n)] for n in range(600)}, geometry=shapes[:1], crs=4549
    )
    fields = [Field(name=f"f{n}", alias=f"f{n}", zh="", en="", unit="") for n in range(600)]
    written = write_shapefiles(
        {"mixed": mixed, "many": many}, {"mixed": FIELDS, "many": fields}, tmp_path / "shp"
    )
    assert [one.path.stem for one in written] == [
        "mixed_point", "mixed_line", "mixed_polygon", "many_1", "many_2", "many_3",
    ]  # fmt: skip
    found = [gpd.read_file(tmp_path / "shp" / f"many_{n}.shp") for n in (1, 2, 3)]
    assert all(len(frame.columns) <= 256 and frame["f0"][0] == 0 for frame in found)
    columns = [name for frame in found for name in frame.columns if name.startswith("f")]
    assert len(set(columns)) == 600
    assert sum(len(gpd.read_file(one.path)) for one in written[:3]) == 3


def test_geoparquet_holds_the_layers(run: tuple[StudyResult, Path]) -> None:
    pytest.importorskip("pyarrow")
    result, folder = run
    for name, frame in layers_of(result, plan_frame(result)).items():
        found = gpd.read_parquet(folder / "parquet" / f"{name}.parquet")
        assert found.columns.tolist() == frame.columns.tolist()
        assert found.crs == frame.crs
        assert found.geometry.geom_equals_exact(frame.geometry, 0).all()
        for column in frame.select_dtypes("number"):
            pd.testing.assert_series_equal(
                found[column].astype(float), frame[column].astype(float), check_names=False
            )


def test_without_pyarrow_the_metadata_say_so(
    run: tuple[StudyResult, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result, _ = run
    monkeypatch.setattr(writing, "can_write_parquet", lambda: False)
    written = writing.write_gis(result, plan_frame(result), tmp_path)
    writing.write_gis_metadata(result, written, tmp_path, record=record_of(result))
    assert not (tmp_path / "parquet").exists()
    said = json.loads((tmp_path / "metadata.json").read_text(encoding="utf-8"))
    assert "pyarrow" in said["left_out"][0]["zh"] and "pyarrow" in said["left_out"][0]["en"]
    assert "pyarrow" in (tmp_path / "元数据.txt").read_text(encoding="utf-8-sig")


def test_a_layer_too_large_for_a_shapefile_is_left_out_and_said(
    run: tuple[StudyResult, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result, _ = run
    monkeypatch.setattr(writing, "SHAPEFILE_ROWS", 100)
    written = writing.write_gis(result, plan_frame(result), tmp_path)
    assert "demand_人口格网" not in {one.layer for one in written.shapefiles}
    assert not list((tmp_path / "shapefile_gbk").glob("demand*"))
    assert any("693" in zh and "demand_人口格网" in en for zh, en in written.left_out)
    assert "demand_人口格网" in gpd.list_layers(tmp_path / "result.gpkg")["name"].tolist()


def test_the_metadata_name_every_file_with_its_digest_and_meaning(
    run: tuple[StudyResult, Path],
) -> None:
    result, folder = run
    said = json.loads((folder / "metadata.json").read_text(encoding="utf-8"))
    files = {one["name"]: one for one in said["files"]}
    assert set(files) == {path.name for path in folder.iterdir()}
    for name, one in files.items():
        assert one["zh"] and one["en"] and described(name) == (one["zh"], one["en"])
        if "sha256" in one:
            assert one["sha256"] == file_sha256(folder / name)
        for inner in one.get("files", []):
            assert inner["sha256"] == file_sha256(folder / name / inner["name"])
    assert {one["sha256"] for one in said["sources"]} == {s.sha256 for s in result.town.sources}
    assert [one["licence"] for one in said["sources"]] == [s.licence for s in result.town.sources]
    assert said["crs"]["epsg"] == result.town.area.epsg
    assert said["people"]["year"] == result.town.demand.year
    text = (folder / "元数据.txt").read_text(encoding="utf-8-sig")
    assert "审图号" in text and result.digest in text


def test_the_same_result_gives_the_same_bytes_and_holds_no_clock(
    run: tuple[StudyResult, Path], tmp_path: Path
) -> None:
    result, _ = run
    folders = [tmp_path / "one", tmp_path / "two"]
    for n, folder in enumerate(folders):
        folder.mkdir()
        record = replace(record_of(result), seconds={"write": float(n)})
        written = writing.write_gis(result, plan_frame(result), folder)
        writing.write_gis_metadata(result, written, folder, record=record)
    one, two = (
        {p.relative_to(f).as_posix(): p.read_bytes() for p in f.rglob("*") if p.is_file()}
        for f in folders
    )
    assert one == two


def test_without_a_plan_only_today_is_written(
    run: tuple[StudyResult, Path], tmp_path: Path
) -> None:
    result, _ = run
    assessed = replace(result, plan=None, provision={"now": result.provision["now"]})
    written = writing.write_gis(assessed, plan_frame(assessed), tmp_path)
    writing.write_gis_metadata(assessed, written, tmp_path, record=record_of(assessed), lang="en")
    with rasterio.open(tmp_path / "minutes.tif") as minutes:
        assert minutes.count == 2
    assert "plan_推荐选址" not in {one.layer for one in written.shapefiles}
    assert "Borders are indicative only" in (tmp_path / "元数据.txt").read_text("utf-8-sig")
