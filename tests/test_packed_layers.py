"""Geodatabases and zipped layers through a whole study, as if they were plain files."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
from conftest import Done

from planning import workflow
from planning.errors import MissingFileError
from planning.provenance import content_sha256, file_sha256

TINY = Path(__file__).parent / "tiny_town"


def facilities() -> gpd.GeoDataFrame:
    table = pd.read_csv(TINY / "facilities.csv", dtype={"托位数": "int32"}).astype(
        {"建筑面积": float, "占地面积": float}
    )
    points = gpd.points_from_xy(table.pop("x"), table.pop("y"))
    return gpd.GeoDataFrame(table, geometry=points, crs=4544)


def geodatabase(path: Path) -> Path:
    """Units, facilities and a table without geometry, in one folder."""
    units = gpd.read_file(TINY / "units.geojson")
    units.to_file(path, layer="单元", driver="OpenFileGDB")
    facilities().to_file(path, layer="设施", driver="OpenFileGDB")
    totals = pd.DataFrame({"单元编号": ["T", "W", "O"], "常住人口": [1500.0, 900.0, 600.0]})
    pyogrio.write_dataframe(totals, path, layer="人口", driver="OpenFileGDB")
    return path


def shapefile(path: Path, frame: gpd.GeoDataFrame, encoding: str) -> Path:
    """A Shapefile in a zip archive, as Windows packs it."""
    folder = path.parent / path.stem
    folder.mkdir()
    frame.to_file(folder / f"{path.stem}.shp", encoding=encoding)
    (folder / f"{path.stem}.cpg").unlink()
    return zipped(path, *folder.iterdir())


def zipped(path: Path, *files: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            for part in sorted(file.rglob("*")) if file.is_dir() else [file]:
                archive.write(part, str(part.relative_to(file.parent)))
    return path


@pytest.fixture
def town(tmp_path: Path) -> Path:
    folder = tmp_path / "town"
    shutil.copytree(TINY, folder)
    return folder


def edit(town: Path, *changes: tuple[str, str]) -> Path:
    study = town / "study.yaml"
    text = study.read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    study.write_text(text, encoding="utf-8")
    return study


def from_geodatabase(town: Path, name: str) -> Path:
    return edit(
        town,
        ("path: units.geojson,", f"path: {name}, layer: 单元,"),
        ("path: facilities.csv,", f"path: {name}, sheet: 设施,"),
        (
            "path: people.asc, unit: persons,",
            f"path: people.asc, unit: persons, totals: {{path: {name}, sheet: 人口}},",
        ),
    )


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
def test_units_facilities_and_totals_of_one_geodatabase(
    town: Path, packed: bool, planning_cli: Callable[..., Done]
) -> None:
    name = "plan.gdb.zip" if packed else "plan.gdb"
    base = geodatabase(town / "plan.gdb")
    if packed:
        zipped(town / name, base)
        shutil.rmtree(base)
    study = from_geodatabase(town, name)
    done = planning_cli("check", study)
    assert done.code == 0, done.err
    digest = content_sha256(town / name)[:10]
    for key in ("area.units", "facilities", "population.totals"):
        assert f"· {key}: {name} [{digest}]" in done.out
    found = workflow.check(study)
    plain = workflow.check(TINY / "study.yaml")
    assert found.facilities.ids == plain.facilities.ids
    assert found.facilities.x_m == pytest.approx(plain.facilities.x_m, abs=1e-3)
    assert [level.ids for level in found.area.levels] == [lev.ids for lev in plain.area.levels]
    assert found.area.levels[1].parent_ids == ("T", "T")
    assert found.demand.total("total") == pytest.approx(1500)
    told = [note for note in found.notes if "out of the archive is read" in note.en]
    assert {note.about for note in told} == (
        {"area.units", "facilities", "population.totals"} if packed else set()
    )


def test_the_layers_are_listed_where_none_is_named(
    town: Path, planning_cli: Callable[..., Done]
) -> None:
    geodatabase(town / "plan.gdb")
    study = edit(
        town,
        ("path: units.geojson,", "path: plan.gdb,"),
        ("path: facilities.csv,", "path: plan.gdb,"),
    )
    done = planning_cli("check", study)
    assert done.code == 2
    assert "area.units: plan.gdb：发现 2 个图层；应为 其中一个图层：单元、设施" in done.err
    assert "name it under layer" in done.err
    done = planning_cli("check", edit(town, ("path: plan.gdb,", "path: plan.gdb, layer: 单位,")))
    assert done.code == 2
    study = edit(town, ("layer: 单位,", "layer: 单元,"))
    assert "facilities" in planning_cli("check", study).err


def test_zipped_shapefiles_in_gbk(town: Path, planning_cli: Callable[..., Done]) -> None:
    units = gpd.read_file(TINY / "units.geojson").rename(columns={"name": "名称"})
    shapefile(town / "单元.zip", units, "GBK")
    shapefile(town / "设施.zip", facilities(), "GBK")
    study = edit(
        town,
        ("path: units.geojson,", "path: 单元.zip,"),
        ("path: facilities.csv,", "path: 设施.zip,"),
    )
    done = planning_cli("check", study)
    assert done.code == 0, done.err
    found = workflow.check(study)
    plain = workflow.check(TINY / "study.yaml")
    assert [lev.names for lev in found.area.levels] == [lev.names for lev in plain.area.levels]
    assert found.facilities.names == plain.facilities.names
    for key in ("area.units", "facilities"):
        said = [note.zh for note in found.notes if note.about == key]
        assert any("读取压缩包内的" in zh for zh in said)
        assert any("没有 .cpg，属性表按 GB18030 读取" in zh for zh in said), said


def test_roads_in_a_zip_and_in_a_geodatabase(town: Path) -> None:
    """The grid of the town as a layer, three ways: the same network."""
    lines = gpd.GeoSeries.from_wkt(
        [
            "LINESTRING (499950 3386000, 501700 3386000)",
            "LINESTRING (499950 3386000, 499950 3386900)",
        ],
        crs=4544,
    )
    roads = gpd.GeoDataFrame({"道路": ["支路", "人行道"]}, geometry=lines)
    roads.to_file(town / "roads.gpkg")
    roads.to_file(town / "roads.gdb", driver="OpenFileGDB")
    shapefile(town / "roads.zip", roads, "GBK")
    networks = []
    before = "path: town.osm,"
    for name in ("roads.gpkg", "roads.gdb", "roads.zip"):
        after = f"path: {name}, columns: {{highway: 道路}},"
        edit(town, (before, after), *([("siting: {gap: 0.0}", "siting: null")] * (not networks)))
        networks.append(workflow.check(town / "study.yaml").network)
        before = after
    for network in networks[1:]:
        assert network.length_m.tolist() == pytest.approx(networks[0].length_m.tolist(), abs=1e-3)
        assert network.highways == networks[0].highways


def test_a_folder_that_is_no_geodatabase(town: Path, planning_cli: Callable[..., Done]) -> None:
    (town / "layers").mkdir()
    done = planning_cli("check", edit(town, ("path: units.geojson,", "path: layers,")))
    assert done.code == 2
    assert "area.units: layers：发现 文件夹" in done.err
    assert "found a folder" in done.err and ".gdb" in done.err
    with pytest.raises(MissingFileError):
        workflow.check(edit(town, ("path: layers,", "path: gone.gdb,")))


def test_the_digest_of_a_folder_is_of_names_and_bytes(tmp_path: Path) -> None:
    def folder(name: str, files: dict[str, bytes]) -> str:
        for path, data in files.items():
            (tmp_path / name / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name / path).write_bytes(data)
        return content_sha256(tmp_path / name)

    first = folder("a.gdb", {"x": b"1", "y": b"2", "s/z": b"3"})
    assert len(first) == 64
    assert folder("b.gdb", {"s/z": b"3", "y": b"2", "x": b"1"}) == first
    assert folder("c.gdb", {"x": b"1", "y": b"2", "s/z": b"3", "_gdb.PC.1.sr.lock": b""}) == first
    others = [
        folder("d.gdb", {"x": b"1", "y": b"2", "s/z": b"4"}),
        folder("e.gdb", {"x": b"1", "y": b"2", "s/w": b"3"}),
        folder("f.gdb", {"x": b"2", "y": b"1", "s/z": b"3"}),
        folder("g.gdb", {"x": b"1", "y": b"2"}),
        folder("h.gdb", {"x": b"1", "y": b"2", "z": b"3"}),
    ]
    assert len({first, *others}) == 6
    assert content_sha256(tmp_path / "a.gdb" / "x") == file_sha256(tmp_path / "a.gdb" / "x")
