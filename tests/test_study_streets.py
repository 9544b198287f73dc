"""What a study can say of its streets: terrain, planned roads, links, walls, spreading, speeds."""

import json
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely

from planning import workflow
from planning.judging import coverage_of
from planning.projection import WGS84, transformer
from planning.result import Town
from planning.sample import write_sample

Say = Callable[..., Town]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_sample(tmp_path)
    return tmp_path


@pytest.fixture
def town(folder: Path) -> Say:
    """The sample town checked, with lines put under `network:` or under `population:`."""

    def check(*network: str, population: str | None = None) -> Town:
        study = folder / "study.yaml"
        text = study.read_text(encoding="utf-8")
        lines = "".join(f"\n  {line}" for line in network)
        changed = text.replace("\nnetwork:", f"\nnetwork:{lines}", 1)
        if population:
            changed = changed.replace("\npopulation:", f"\npopulation:\n  {population}", 1)
        (folder / "changed.yaml").write_text(changed, encoding="utf-8")
        return workflow.check(folder / "changed.yaml")

    return check


def said(town: Town, about: str) -> str:
    return " ".join(note.en for note in town.notes if note.about == about)


def minutes(town: Town) -> float:
    """Mean walk of all people to the nearest elder care [min]."""
    within = coverage_of(town)["elder_care"].nearest
    there = within.ms >= 0
    return float(np.average(within.ms[there] / 60_000, weights=town.demand.people["total"][there]))


def dem(folder: Path, town: Town, *, rise: float, part: float = 1.0) -> None:
    """A plane that rises to the north, over the western `part` of the streets."""

    lon, lat = transformer(town.network.epsg, WGS84).transform(town.network.x_m, town.network.y_m)
    west, north = lon.min() - 0.01, lat.max() + 0.01
    step = 30 / 111_000
    columns = int((lon.max() + 0.01 - west) / step * part)
    rows = int((north - lat.min() + 0.01) / step)
    heights = np.repeat((np.arange(rows)[::-1] * 30 * rise)[:, None], columns, axis=1)
    with rasterio.open(
        folder / "dem.tif", "w", driver="GTiff", width=columns, height=rows, count=1,
        dtype="float32", crs="EPSG:4326",
        transform=rasterio.Affine(step, 0.0, west, 0.0, -step, north),
    ) as out:  # fmt: skip
        out.write(heights.astype("float32"), 1)


def test_flat_terrain_changes_nothing_and_a_hill_does(folder: Path, town: Say) -> None:
    plain = town()
    dem(folder, plain, rise=0.0)
    flat = town("dem: {path: dem.tif}")
    assert minutes(flat) == pytest.approx(minutes(plain), abs=0.002)
    dem(folder, plain, rise=0.10)
    steep = town("dem: {path: dem.tif}")
    assert minutes(steep) > minutes(plain) * 1.03
    assert "speed depends on slope (tobler); 0.0 km" in said(steep, "network.dem")
    other = town("dem: {path: dem.tif}", "slope: minetti")
    assert minutes(other) != pytest.approx(minutes(steep), abs=0.01)


def test_a_terrain_model_of_half_the_town_says_how_many_kilometres_it_lacks(
    folder: Path, town: Say
) -> None:
    dem(folder, town(), rise=0.05, part=0.5)
    half = town("dem: {path: dem.tif}")
    total_km = half.network.length_m.sum() / 1e3
    assert 0.1 * total_km < half.network.no_height_km < 0.9 * total_km
    assert f"{half.network.no_height_km:,.1f} km of streets have no height" in said(
        half, "network.dem"
    )


def ends(town: Town) -> tuple[np.ndarray, np.ndarray]:
    """Degrees of two street ends far apart."""

    network = town.network
    main = np.flatnonzero(network.component == 0)
    far = main[[np.argmin(network.x_m[main]), np.argmax(network.x_m[main])]]
    lon, lat = transformer(network.epsg, WGS84).transform(network.x_m[far], network.y_m[far])
    return np.asarray(lon), np.asarray(lat)


def test_a_planned_road_and_a_link_make_ways_shorter(folder: Path, town: Say) -> None:
    plain = town()
    lon, lat = ends(plain)
    line = shapely.LineString(np.column_stack([lon, lat]))
    gpd.GeoDataFrame({"highway": ["residential"]}, geometry=[line], crs=4326).to_file(
        folder / "planned.geojson", driver="GeoJSON"
    )
    planned = town("planned_roads: {path: planned.geojson}")
    assert planned.network.length_m.sum() > plain.network.length_m.sum() + 1000
    assert minutes(planned) <= minutes(plain)
    assert "1 planned lines: 2 ends joined" in said(planned, "network.planned_roads")
    linked = town(f"links: [[{lon[0]}, {lat[0]}, {lon[1]}, {lat[1]}]]")
    assert linked.network.length_m.sum() == pytest.approx(planned.network.length_m.sum(), rel=1e-6)


def test_a_link_that_ends_nowhere_is_refused(
    folder: Path, town: Say, planning_cli: Callable[..., tuple[int, str, str]]
) -> None:
    lon, lat = ends(town())
    with pytest.raises(ValueError, match=r"network\.links\[0\]"):
        town(f"links: [[{lon[0]}, {lat[0]}, {lon[0] - 0.1}, {lat[0]}]]")


def test_walls_make_ways_longer_and_are_counted(folder: Path, town: Say) -> None:
    plain = town()
    areas = gpd.read_file(folder / "residential_areas.geojson").to_crs(plain.network.epsg)
    built = areas.iloc[[0]]
    built.to_file(folder / "walls.gpkg", layer="walls")
    corner = shapely.Point(shapely.get_coordinates(built.geometry.iloc[0])[0])
    gpd.GeoDataFrame(geometry=[corner], crs=built.crs).to_file(
        folder / "gates.geojson", driver="GeoJSON"
    )
    walled = town("compounds: {path: walls.gpkg}", "gates: {path: gates.geojson}")
    assert "1 walled compounds" in said(walled, "network.compounds")
    assert walled.network.private.sum() > plain.network.private.sum()
    assert minutes(walled) >= minutes(plain)
    inside = shapely.contains_xy(built.geometry.iloc[0], walled.demand.x_m, walled.demand.y_m)
    edge = walled.demand_snaps.edge[inside]
    assert np.all(walled.network.compound[edge[edge >= 0]] == 0)


def test_cells_spread_along_streets_keep_everybody(town: Say) -> None:
    plain, spread = town().demand, town(population="spread_m: 40").demand
    assert len(spread) > len(plain)
    assert spread.people_in_source == pytest.approx(plain.people_in_source, rel=1e-12)
    inside = spread.total("total")
    assert inside + spread.people_outside == pytest.approx(plain.people_in_source, rel=1e-12)
    # Only the points of cells on the boundary may lie on its other side.
    assert inside == pytest.approx(plain.total("total"), rel=0.01)
    share = spread.people["elderly"] / spread.people["total"]
    assert np.ptp(share) < 1e-12


def test_own_figures_for_crossings_and_signals_are_those_of_the_profile(town: Say) -> None:
    slow = town("crossing_s: 15", "signal_s: 40")
    assert (slow.network.profile.crossing_s, slow.network.profile.signal_s) == (15, 40)
    assert slow.network.profile.crossing.source_en == "set by the study"


@pytest.mark.parametrize("profile", ["adult", "stroller", "wheelchair", "e-bike", "drive"])
def test_every_profile_walks_the_sample(folder: Path, profile: str) -> None:
    study = folder / "study.yaml"
    text = study.read_text(encoding="utf-8").replace("profile: elder ", f"profile: {profile} ")
    study.write_text(text, encoding="utf-8")
    town = workflow.check(study)
    assert town.network.profile.name == profile
    covered = coverage_of(town)["elder_care"].covered
    assert covered.any()


def test_the_speed_band_stands_in_its_own_table(folder: Path, tmp_path: Path) -> None:
    result, out = workflow.run(
        folder / "study.yaml", until="assess", speed_band=True, out_dir=tmp_path / "out"
    )
    table = pd.read_csv(out / "speed_band.csv")
    assert sorted(set(table["speed_m_s"])) == [0.8, 1.0, 1.2]
    for _, rows in table.groupby("service"):
        assert rows.sort_values("speed_m_s")["covered"].is_monotonic_increasing
    now = json.loads((out / "summary.json").read_text(encoding="utf-8"))["coverage"]
    for row in table[table["speed_m_s"] == 1.0].itertuples():
        (same,) = [
            r["covered"]
            for r in now
            if (r["state"], r["service"], r["limit_min"], r["group"], r["level"])
            == ("now", row.service, row.limit_min, row.group, "area")
        ]
        assert row.covered == pytest.approx(same, abs=1e-6)
    assert result.speed_band


def test_a_profile_without_a_band_says_so(folder: Path, tmp_path: Path) -> None:
    study = folder / "study.yaml"
    text = study.read_text(encoding="utf-8").replace("profile: elder ", "profile: drive ")
    study.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="no band of speeds for 'drive'"):
        workflow.run(study, until="assess", speed_band=True, out_dir=tmp_path / "out")


def test_a_cap_on_memory_changes_no_byte(folder: Path, tmp_path: Path) -> None:
    outs = [
        workflow.run(
            folder / "study.yaml", until="assess", out_dir=tmp_path / name, max_memory_bytes=cap
        )[1]
        for name, cap in (("free", None), ("capped", 1))
    ]
    free, capped = ((out / "reach.npz").read_bytes() for out in outs)
    assert free == capped


@pytest.mark.parametrize(
    ("text", "n_bytes"), [("500", 500), ("2K", 2048), ("1.5M", 1_572_864), ("2 GB", 2 << 30)]
)
def test_sizes_of_memory(text: str, n_bytes: int) -> None:
    from planning.units import memory_bytes

    assert memory_bytes(text) == n_bytes


@pytest.mark.parametrize("text", ["", "G", "-1G", "two", "1T", "1e9"])
def test_sizes_that_are_none(text: str) -> None:
    from planning.units import memory_bytes

    with pytest.raises(ValueError, match="expected a size such as"):
        memory_bytes(text)


def test_facilities_that_find_no_street_are_named_with_the_reason(folder: Path, town: Say) -> None:
    register = folder / "facilities.csv"
    lines = register.read_text(encoding="utf-8-sig").splitlines()
    row = lines[1].split(",")
    for number in range(1, 8):
        far = [f"X{number:02}", "远处", *row[2:3], "105.2", *row[4:]]
        lines.append(",".join(far))
    register.write_text("\n".join(lines) + "\n", encoding="utf-8-sig")
    notes = said(town(), "facilities")
    assert "22 facilities, 20 open, 15 inside the area, 7 off the network" in notes
    assert "7 with no street near: X01, X02, X03, X04, X05, …" in notes
