"""Built networks are kept by content: the second run reads the same network, or builds it anew."""

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from planning.inputs.roads import network_cache, streets
from planning.inputs.roads.network_cache import cache_folder
from planning.inputs.study_file import read_study
from planning.network import RoutingGraph, StreetNetwork
from planning.sample import write_sample


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PLANNING_CACHE", str(tmp_path / "cache"))
    write_sample(tmp_path / "town")
    return tmp_path / "town"


def read(town: Path) -> streets.Streets:
    study = read_study(town / "study.yaml", None)
    paths = {"network": town / study.network.path}
    return streets.read_streets(study, paths, epsg=4544)


def kept() -> list[Path]:
    folder = cache_folder()
    assert folder is not None
    return sorted(folder.glob("*.npz"))


def test_a_kept_network_is_the_network_that_was_built(town: Path) -> None:
    built, loaded = read(town), read(town)
    assert len(kept()) == 1
    parts = [
        (name, getattr(built.network, name), getattr(loaded.network, name))
        for name in (f.name for f in fields(StreetNetwork))
        if name != "routing"
    ]
    parts += zip(RoutingGraph._fields, built.network.routing, loaded.network.routing, strict=True)
    for name, a, b in parts:
        if isinstance(a, np.ndarray):
            assert a.dtype == b.dtype, name
            np.testing.assert_array_equal(a, b, err_msg=name)
        else:
            assert a == b, name
    assert built.notes == loaded.notes
    assert built.basemap["kind"].tolist() == loaded.basemap["kind"].tolist()
    assert built.basemap.geometry.equals(loaded.basemap.geometry)


def test_another_file_or_speed_is_another_network(town: Path) -> None:
    read(town)
    study = town / "study.yaml"
    study.write_text(
        study.read_text(encoding="utf-8").replace("profile: elder ", "profile: adult "),
        encoding="utf-8",
    )
    assert read(town).network.profile.name == "adult"
    assert len(kept()) == 2
    roads = town / "roads.osm.pbf"
    roads.write_bytes(roads.read_bytes() + b"")
    read(town)
    assert len(kept()) == 2


def test_a_broken_file_is_as_good_as_none(town: Path) -> None:
    built = read(town)
    (path,) = kept()
    path.write_bytes(path.read_bytes()[:1000])
    again = read(town)
    np.testing.assert_array_equal(built.network.forward_ms, again.network.forward_ms)
    assert path.stat().st_size > 1000


def test_the_oldest_networks_go(town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network_cache, "KEEP", 1)
    read(town)
    (first,) = kept()
    study = town / "study.yaml"
    study.write_text(
        study.read_text(encoding="utf-8").replace("profile: elder ", "profile: adult "),
        encoding="utf-8",
    )
    read(town)
    assert len(kept()) == 1 and kept() != [first]


def test_an_empty_value_keeps_nothing(town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANNING_CACHE", "")
    assert cache_folder() is None
    assert read(town).network.n_edges > 0


def test_a_folder_that_cannot_be_made_is_no_fault(
    town: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    monkeypatch.setenv("PLANNING_CACHE", str(tmp_path / "file"))
    assert read(town).network.n_edges > 0
