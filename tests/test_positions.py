"""Where the rows of registers are: detected, declared, or refused; exchanged numbers put back."""

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from planning import workflow
from planning.inputs.coordinates.datum import gcj02_from_wgs84
from planning.projection import transformer
from planning.result import Town
from planning.sample import write_sample

ROOT = Path(__file__).parents[1]


@pytest.fixture
def sample(tmp_path: Path) -> Callable[..., Town]:
    """The sample town with changed coordinates of its facilities."""
    write_sample(tmp_path)

    def check(change: Callable[[pd.DataFrame], None], coords: str = "wgs84") -> Town:
        file, study = tmp_path / "facilities.csv", tmp_path / "study.yaml"
        table = pd.read_csv(file, dtype=str, encoding="utf-8-sig")
        change(table)
        table.to_csv(file, index=False, encoding="utf-8-sig")
        text = study.read_text(encoding="utf-8").replace("coords: wgs84", f"coords: {coords}")
        study.write_text(text, encoding="utf-8")
        return workflow.check(study)

    return check


def as_they_are(_: pd.DataFrame) -> None:
    pass


def exchange(table: pd.DataFrame) -> None:
    table.loc[2, ["经度", "纬度"]] = table.loc[2, ["纬度", "经度"]].to_numpy()


def test_a_row_with_its_numbers_exchanged_is_put_right_and_told(
    sample: Callable[..., Town], tmp_path: Path
) -> None:
    before = sample(as_they_are)
    after = sample(exchange)
    np.testing.assert_array_equal(after.facilities.x_m, before.facilities.x_m)
    (note,) = after.row_notes
    assert (note.table, note.row, note.id, note.done) == ("facilities", 4, "F03", "repaired")
    assert "stand in each other's column" in note.en


@pytest.mark.parametrize("coords", ["EPSG:4490", "EPSG:4544"])
def test_numbers_are_put_right_in_a_declared_crs_too(
    sample: Callable[..., Town], coords: str
) -> None:
    def in_crs(table: pd.DataFrame) -> None:
        lon, lat = (table[name].astype(float).to_numpy() for name in ("经度", "纬度"))
        table["经度"], table["纬度"] = transformer(4490, coords).transform(lon, lat)
        table.loc[2, ["经度", "纬度"]] = table.loc[2, ["纬度", "经度"]].to_numpy()

    before = sample(as_they_are)
    after = sample(in_crs, coords=coords)
    np.testing.assert_allclose(after.facilities.x_m, before.facilities.x_m, atol=0.01)
    (note,) = after.row_notes
    assert (note.id, note.done) == ("F03", "repaired")


def test_a_row_that_is_no_place_in_the_declared_crs_is_left_out(
    sample: Callable[..., Town],
) -> None:
    """Metres among degrees: PROJ gives infinities, and nothing stands there."""

    def metres(table: pd.DataFrame) -> None:
        table.loc[2, ["经度", "纬度"]] = ["500910", "3386200"]

    town = sample(metres, coords="EPSG:4490")
    assert "F03" not in town.facilities.ids
    assert np.isfinite(town.facilities.x_m).all()
    (note,) = town.row_notes
    assert (note.row, note.id, note.done) == (4, "F03", "rejected")
    assert "a place in the CRS that coords says" in note.en


def test_cgcs2000_degrees_are_wgs84_degrees(sample: Callable[..., Town]) -> None:
    one, other = sample(as_they_are), sample(as_they_are, coords="cgcs2000")
    np.testing.assert_array_equal(one.facilities.x_m, other.facilities.x_m)


@pytest.mark.parametrize(("coords", "off_m"), [("gcj02", 0.0), ("auto", 500.0)])
def test_a_layer_may_hold_the_degrees_of_a_map_vendor(
    sample: Callable[..., Town], tmp_path: Path, coords: str, off_m: float
) -> None:
    """As exports of web maps do, under the name of WGS 84: no CRS could say otherwise."""
    before = sample(as_they_are)
    table = pd.read_csv(tmp_path / "facilities.csv", dtype=str, encoding="utf-8-sig")
    lon, lat = gcj02_from_wgs84(
        table["经度"].astype(float).to_numpy(), table["纬度"].astype(float).to_numpy()
    )
    layer = gpd.GeoDataFrame(
        table.drop(columns=["经度", "纬度"]), geometry=gpd.points_from_xy(lon, lat), crs=4326
    )
    layer.to_file(tmp_path / "facilities.gpkg")
    study = tmp_path / "study.yaml"
    text = study.read_text(encoding="utf-8").replace("coords: wgs84", f"coords: {coords}")
    study.write_text(text.replace("facilities.csv", "facilities.gpkg"), encoding="utf-8")
    after = workflow.check(study)
    away_m = np.hypot(
        after.facilities.x_m - before.facilities.x_m, after.facilities.y_m - before.facilities.y_m
    )
    assert away_m.max() == pytest.approx(off_m, abs=0.01 if off_m == 0.0 else 150.0)


def as_layer(folder: Path, east: float, *, coords: str, columns: str = "{}") -> Town:
    """The register as a layer; its columns of longitudes say places that far from its geometry."""
    write_sample(folder)
    table = pd.read_csv(folder / "facilities.csv", dtype=str, encoding="utf-8-sig")
    lon, lat = (table[name].astype(float) for name in ("经度", "纬度"))
    table["经度"] = (lon + east).astype(str)
    frame = gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(lon, lat), crs=4326)
    frame.to_file(folder / "facilities.gpkg")
    text = (folder / "study.yaml").read_text(encoding="utf-8")
    text = text.replace("coords: wgs84", f"coords: {coords}\n  columns: {columns}")
    text = text.replace("facilities.csv", "facilities.gpkg")
    (folder / "layer.yaml").write_text(text, encoding="utf-8")
    return workflow.check(folder / "layer.yaml")


def said(town: Town) -> str:
    return " ".join(note.en for note in town.notes if note.about == "facilities")


def test_the_geometry_of_a_layer_counts_and_not_columns_beside_it(tmp_path: Path) -> None:
    """Exports of web maps keep their shifted degrees as attributes of a layer put right since."""
    same = as_layer(tmp_path, 0.0, coords="auto")
    other = as_layer(tmp_path, 0.005, coords="auto")
    np.testing.assert_array_equal(other.facilities.x_m, same.facilities.x_m)
    assert "say other places" not in said(same)
    assert "15 rows whose geometry and columns (经度、纬度) say other places" in said(other)
    columns = as_layer(tmp_path, 0.005, coords="wgs84", columns="{x: 经度, y: 纬度}")
    assert np.min(columns.facilities.x_m - same.facilities.x_m) > 400


def test_coords_of_a_layer_that_says_its_own(tmp_path: Path) -> None:
    assert "coords: EPSG:4549 is passed over" in said(as_layer(tmp_path, 0.0, coords="EPSG:4549"))
    with pytest.raises(ValueError, match="found 'gcj2'"):
        as_layer(tmp_path, 0.0, coords="gcj2")


def test_columns_that_are_not_used_are_named(sample: Callable[..., Town]) -> None:
    """A misspelt one would be missed otherwise."""
    assert "not used" not in said(sample(as_they_are))

    def misspell(table: pd.DataFrame) -> None:
        table["托位总数"] = table.pop("托位数")
        table["联系人"] = "张三"

    assert "not used: 托位总数、联系人" in said(sample(misspell))


def test_a_hyphen_in_the_name_of_a_datum_is_no_matter(sample: Callable[..., Town]) -> None:
    shifted, plain = sample(as_they_are, coords="GCJ-02"), sample(as_they_are, coords="gcj02")
    np.testing.assert_array_equal(shifted.facilities.x_m, plain.facilities.x_m)


def test_few_rows_that_tell_nothing_are_refused(sample: Callable[..., Town]) -> None:
    with pytest.raises(ValueError, match="coordinates that cannot be told") as caught:
        sample(as_they_are, coords="auto")
    assert "under coords; ask who sent it" in str(caught.value)


def test_no_coords_in_the_study_means_that_they_are_detected() -> None:
    from planning.study import PlacesSpec

    assert PlacesSpec(path="a.csv").coords == "auto"


def test_huangpus_registers_are_told_without_a_word(shared_data: Path, tmp_path: Path) -> None:
    """The facilities within a metre of the truth, the candidates as when they are declared."""
    study = ROOT / "scripts" / "studies" / "huangpu.yaml"
    text = study.read_text(encoding="utf-8")
    bare = text.replace("  coords: gcj02\n", "")
    begin, end = bare.index("  coords: EPSG:4549"), bare.index("  licence: 示意候选点")
    bare = f"{bare[:begin]}  columns: {{x: X坐标, y: Y坐标}}\n{bare[end:]}"
    assert "coords" not in bare
    (tmp_path / "bare.yaml").write_text(bare, encoding="utf-8")
    told = workflow.check(tmp_path / "bare.yaml", data_dir=shared_data)
    declared = workflow.check(study, data_dir=shared_data)
    notes = " ".join(note.en for note in told.notes)
    assert "coordinates taken for degrees of GCJ-02" in notes
    assert "EPSG:4549), northing in x (confidence 100.0%)" in notes
    assert told.candidates is not None and declared.candidates is not None
    np.testing.assert_allclose(told.candidates.x_m, declared.candidates.x_m, atol=0.01)
    np.testing.assert_allclose(told.candidates.y_m, declared.candidates.y_m, atol=0.01)
    truth = gpd.read_file(
        shared_data / "shanghai_huangpu" / "study" / "facilities_true_wgs84.geojson"
    ).to_crs(told.area.epsg)
    key = next(name for name in truth.columns if set(truth[name]) >= set(told.facilities.ids))
    at = truth.set_index(key).loc[list(told.facilities.ids)].geometry
    away_m = np.hypot(told.facilities.x_m - at.x, told.facilities.y_m - at.y)
    assert away_m.max() < 1.0


def test_every_planted_fault_is_found_and_nothing_else_is_touched(
    shared_data: Path, tmp_path: Path
) -> None:
    """The register with faults: absent, exchanged, negative, about, twice, from another city."""
    text = (ROOT / "scripts" / "studies" / "huangpu.yaml").read_text(encoding="utf-8")
    dirty = text.replace("facilities_gcj02.xlsx", "facilities_gcj02_dirty.xlsx")
    (tmp_path / "dirty.yaml").write_text(dirty, encoding="utf-8")
    found = workflow.check(tmp_path / "dirty.yaml", data_dir=shared_data)
    clean = workflow.check(ROOT / "scripts" / "studies" / "huangpu.yaml", data_dir=shared_data)
    assert [(note.row, note.id, note.done) for note in found.row_notes] == [
        (5, "F004", "rejected"),
        (7, "F006", "repaired"),
        (64, "F063", "rejected"),
        (65, "F064", "repaired"),
        (104, "F011", "rejected"),
        (105, "F900", "rejected"),
    ]
    kept = [k for k, name in enumerate(clean.facilities.ids) if name not in ("F004", "F063")]
    assert found.facilities.ids == tuple(clean.facilities.ids[k] for k in kept)
    np.testing.assert_array_equal(found.facilities.x_m, clean.facilities.x_m[kept])
    places = dict(zip(clean.facilities.ids, clean.facilities.places, strict=True)) | {"F064": 60}
    assert found.facilities.places.tolist() == [places[name] for name in found.facilities.ids]
    # Markup in a name is text, in every output.
    assert any("<script>" in name for name in found.facilities.names)
