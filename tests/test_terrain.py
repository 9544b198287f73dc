"""Heights between the cells of an elevation model, and the models that cannot be used."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from hypothesis import given
from hypothesis import strategies as st
from rasterio.errors import NotGeoreferencedWarning
from rasterio.transform import Affine

from planning.errors import InputError
from planning.inputs.roads.terrain import read_dem
from planning.network.terrain import Dem
from planning.projection import WGS84, transformer

# Cells of one degree; the centre of the first is at (100.5, 39.5).
DEGREES = (1.0, 0.0, 100.0, 0.0, -1.0, 40.0)


def dem(heights_m: Any, affine: Any = DEGREES, crs: str = "EPSG:4326") -> Dem:
    return Dem(heights_m=np.array(heights_m, dtype=float), affine=affine, crs=crs)


SLOPING = dem([[0.0, 10.0, 20.0], [100.0, 110.0, 120.0], [200.0, 210.0, 220.0]])


def test_a_centre_has_the_height_of_its_cell() -> None:
    lon, lat = np.meshgrid([100.5, 101.5, 102.5], [39.5, 38.5, 37.5])
    np.testing.assert_array_equal(SLOPING.at(lon, lat), SLOPING.heights_m)


def test_between_centres_the_ground_is_a_plane() -> None:
    assert SLOPING.at(101.0, 39.0) == pytest.approx(55.0)
    assert SLOPING.at(100.75, 37.75) == pytest.approx(0.25 * 10 + 175)
    warped = dem([[0.0, 0.0], [0.0, 8.0]])
    assert warped.at(101.0, 39.0) == pytest.approx(2.0), "a quarter of each of the four"
    assert warped.at(101.5, 39.0) == pytest.approx(4.0)


def test_beyond_the_outermost_centres_there_is_no_height() -> None:
    lon = [100.4, 102.6, 101.0, 101.0, 0.0, np.nan, np.inf, 1000.0]
    lat = [39.0, 39.0, 39.6, 37.4, 0.0, 39.0, 39.0, 39.0]
    assert np.isnan(SLOPING.at(lon, lat)).all()


def test_a_gap_among_the_four_leaves_no_height() -> None:
    holed = dem([[1.0, 1.0, 1.0], [1.0, 1.0, np.nan], [1.0, 1.0, 1.0]])
    lon, lat = [101.0, 102.0, 102.0, 101.49, 101.51], [39.0, 39.0, 38.0, 39.0, 39.0]
    assert np.isnan(holed.at(lon, lat)).tolist() == [False, True, True, False, True]


def test_any_shape_of_places() -> None:
    assert SLOPING.at(101.0, 39.0).shape == ()
    assert SLOPING.at([], []).shape == (0,)
    assert SLOPING.at(np.full((2, 3), 101.0), np.full((2, 3), 39.0)).shape == (2, 3)


heights = st.floats(-400, 8000)


@given(
    corners=st.tuples(heights, heights, heights, heights),
    east=st.floats(0, 1),
    south=st.floats(0, 1),
)
def test_no_height_lies_outside_those_around_it(
    corners: tuple[float, ...], east: float, south: float
) -> None:
    model = dem(np.reshape(corners, (2, 2)))
    found = float(model.at(100.5 + east, 39.5 - south))
    assert min(corners) - 1e-6 <= found <= max(corners) + 1e-6


def test_a_model_in_metres_is_asked_in_degrees() -> None:
    """A plane in Gauss-Krüger, rising 1 m for 100 m east and falling 2 m for 100 m north."""
    affine = (30.0, 0.0, 500_000.0, 0.0, -30.0, 3_400_000.0)
    column, row = np.meshgrid(np.arange(60), np.arange(50))
    x, y = 500_015 + 30 * column, 3_399_985 - 30 * row
    model = dem((x - 500_000) / 100 - (y - 3_400_000) / 50, affine, "EPSG:4547")
    rng = np.random.default_rng(7)
    x, y = rng.uniform(500_100, 501_600, 200), rng.uniform(3_398_700, 3_399_900, 200)
    lon, lat = transformer(4547, WGS84).transform(x, y)
    expected = (x - 500_000) / 100 - (y - 3_400_000) / 50
    np.testing.assert_allclose(model.at(lon, lat), expected, atol=1e-4)
    assert model.spacing_m == pytest.approx(30.0, rel=1e-3)


def test_rows_may_run_from_south_to_north() -> None:
    flipped = dem(SLOPING.heights_m[::-1], (1.0, 0.0, 100.0, 0.0, 1.0, 37.0))
    lon, lat = [100.7, 102.1], [38.2, 39.4]
    np.testing.assert_allclose(flipped.at(lon, lat), SLOPING.at(lon, lat))


def test_the_spacing_is_in_metres_also_where_cells_are_in_degrees() -> None:
    second = 1 / 3600
    model = dem(np.zeros((10, 10)), (second, 0.0, 121.0, 0.0, -second, 31.0))
    assert model.spacing_m == pytest.approx(np.sqrt(26.5 * 30.8), rel=0.01)


def test_nobody_changes_the_heights() -> None:
    given_heights = np.zeros((2, 2))
    model = dem(given_heights)
    with pytest.raises(ValueError, match="read-only"):
        model.heights_m[0, 0] = 1.0
    own = Dem(heights_m=given_heights, affine=DEGREES, crs="EPSG:4326")
    given_heights[:] = 9.0
    assert own.heights_m.max() == 0.0


@pytest.mark.parametrize("shape", [(1, 5), (5, 1), (4,), (2, 2, 2)])
def test_heights_that_are_no_grid(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="expected at least"):
        dem(np.zeros(shape))


def test_cells_without_area() -> None:
    with pytest.raises(ValueError, match="without area"):
        dem(np.zeros((2, 2)), (0.0, 0.0, 100.0, 0.0, -1.0, 40.0))


# --- files ------------------------------------------------------------------------------------


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a GeoTIFF: heights that lie flat at 12 m unless said otherwise."""

    def call(heights_m: Any = None, *, bands: int = 1, **profile: Any) -> Path:
        values = np.full((4, 5), 12.0, np.float32) if heights_m is None else np.array(heights_m)
        path = tmp_path / "dem.tif"
        settings = {
            "driver": "GTiff", "height": values.shape[0], "width": values.shape[1],
            "count": bands, "dtype": values.dtype, "crs": "EPSG:4490",
            "transform": Affine(0.001, 0.0, 121.0, 0.0, -0.001, 31.0), **profile,
        }  # fmt: skip
        with rasterio.open(path, "w", **settings) as target:
            for band in range(1, bands + 1):
                target.write(values, band)
        return path

    return call


def refusal(path: Path, *english: str) -> None:
    with pytest.raises(InputError) as caught:
        read_dem(path)
    assert len(caught.value.faults) == 1
    zh, en = caught.value.faults[0].lines()
    assert zh.startswith(f"network.dem: {path.name}：发现 ") and "；请" in zh
    assert all(word in en for word in english), en


def test_a_raster_becomes_a_model(write: Callable[..., Path]) -> None:
    values = np.arange(20, dtype=np.int16).reshape(4, 5)
    values[0, 0] = -32768
    model = read_dem(write(values, nodata=-32768))
    assert np.isnan(model.heights_m[0, 0])
    assert np.array_equal(model.heights_m.ravel()[1:], np.arange(1.0, 20.0))
    assert model.crs == "EPSG:4490"
    assert model.affine == pytest.approx((0.001, 0, 121.0, 0, -0.001, 31.0))
    assert model.at(121.0015, 30.9985) == pytest.approx(6.0)


def test_nan_is_a_gap_and_scales_are_applied(write: Callable[..., Path]) -> None:
    path = write(np.array([[np.nan, 100.0], [200.0, 300.0]], np.float32))
    with rasterio.open(path, "r+") as target:
        target.scales, target.offsets = [0.1], [5.0]
    model = read_dem(path)
    assert np.isnan(model.heights_m[0, 0])
    assert model.heights_m.ravel()[1:].tolist() == [15.0, 25.0, 35.0]


def test_a_crs_without_a_code(write: Callable[..., Path]) -> None:
    crs = "+proj=tmerc +lat_0=0 +lon_0=121.4 +k=1 +x_0=0 +y_0=-3457147.8 +ellps=GRS80 +units=m"
    path = write(crs=crs, transform=Affine(10.0, 0.0, 0.0, 0.0, -10.0, 100.0))
    model = read_dem(path)
    assert model.crs.startswith(("PROJCS", "PROJCRS"))
    assert model.spacing_m == pytest.approx(10.0, rel=1e-3)


def test_porto_alegre(shared_data: Path) -> None:
    model = read_dem(shared_data / "portoalegre_r5r" / "poa_elevation.tif")
    assert model.heights_m.shape == (403, 413)
    assert model.spacing_m == pytest.approx(28.7, abs=0.1)
    with rasterio.open(shared_data / "portoalegre_r5r" / "poa_elevation.tif") as source:
        centres = [source.xy(row, col) for row, col in ((0, 0), (200, 100), (402, 412))]
        band = source.read(1)
    lon, lat = np.transpose(centres)
    np.testing.assert_allclose(
        model.at(lon, lat), [band[0, 0], band[200, 100], band[402, 412]], atol=1e-4
    )


BAD_MODELS: dict[str, tuple[dict[str, Any], str]] = {
    "three bands": ({"bands": 3}, "3 bands"),
    "no CRS": ({"crs": None}, "without a CRS"),
    "an old datum": ({"crs": "EPSG:4610"}, "old datum"),
    "rotated": (
        {"transform": Affine(0.0009, -0.0003, 121.0, 0.0003, 0.0009, 31.0)},
        "rotated",
    ),
    "one row": ({"heights_m": np.zeros((1, 5), np.float32)}, "5 × 1 cells"),
    "one column": ({"heights_m": np.zeros((5, 1), np.float32)}, "1 × 5 cells"),
    "complex numbers": ({"heights_m": np.zeros((4, 5), np.complex64)}, "complex64"),
    "nothing but gaps": (
        {"heights_m": np.full((4, 5), -9999, np.float32), "nodata": -9999},
        "no cell with a height",
    ),
    "nothing but NaN": ({"heights_m": np.full((4, 5), np.nan, np.float32)}, "no cell with"),
    "gaps that are not declared": (
        {"heights_m": np.array([[3, -32768], [5, 6]], np.int16)},
        "such as -32768 m",
    ),
    "gaps declared as another number": (
        {"heights_m": np.array([[3, -9999], [5, 6]], np.float32), "nodata": -32768},
        "1 cells of impossible height (such as -9999 m)",
    ),
    "an overflow": ({"heights_m": np.array([[3, 65535], [5, 6]], np.uint16)}, "such as 65535 m"),
    "infinite": ({"heights_m": np.array([[3, np.inf], [5, 6]], np.float32)}, "such as inf m"),
    "centimetres": ({"heights_m": np.full((4, 5), 120_000, np.int32)}, "20 cells"),
}


@pytest.mark.parametrize("case", BAD_MODELS)
def test_a_model_that_cannot_be_used(case: str, write: Callable[..., Path]) -> None:
    options, word = BAD_MODELS[case]
    refusal(write(**options), word)


def test_a_mosaic_of_the_whole_country(tmp_path: Path) -> None:
    path = tmp_path / "china.tif"
    with rasterio.open(
        path, "w", driver="GTiff", width=60_000, height=50_000, count=1, dtype="int16",
        crs="EPSG:4490", transform=Affine(0.001, 0.0, 73.0, 0.0, -0.001, 54.0),
        tiled=True, sparse_ok=True,
    ):  # fmt: skip
        pass
    refusal(path, "60,000 × 50,000 cells", "clip it")


def test_heights_in_feet(write: Callable[..., Path]) -> None:
    path = write()
    with rasterio.open(path, "r+") as target:
        target.units = ["ft"]
    refusal(path, "heights in 'ft'", "convert them to metres")


def test_a_raster_that_lies_nowhere(write: Callable[..., Path]) -> None:
    with pytest.warns(NotGeoreferencedWarning):
        path = write(crs=None, transform=None)
    refusal(path, "without a CRS")
    with pytest.warns(NotGeoreferencedWarning):
        path = write(transform=None)
    refusal(path, "without a place on the ground")


@pytest.mark.parametrize("content", [b"", b"II*\x00", b"not a raster"])
def test_a_file_that_is_no_raster(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "dem.tif"
    path.write_bytes(content)
    refusal(path, "a raster that cannot be read")


def test_a_raster_cut_off(write: Callable[..., Path]) -> None:
    path = write(np.zeros((300, 300), np.float32))
    path.write_bytes(path.read_bytes()[:20_000])
    refusal(path, "a raster that cannot be read")


def test_a_raster_that_does_not_exist(tmp_path: Path) -> None:
    refusal(tmp_path / "none.tif", "a raster that cannot be read")
