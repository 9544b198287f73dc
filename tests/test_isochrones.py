"""Isochrones are drawings, but true ones: nested, valid, never beyond what is reached."""

import numpy as np
import pytest
import shapely

from planning.inputs.osm import read_osm
from planning.network import PROFILES, StreetNetwork, build_network, snap
from planning.network.snapping import Snaps
from planning.sample import write_sample
from planning.travel import isochrone
from planning.travel.isochrones import STREET_HALF_WIDTH_M


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> tuple[StreetNetwork, Snaps]:
    folder = tmp_path_factory.mktemp("sample")
    write_sample(folder)
    lines, _ = read_osm(folder / "roads.osm.pbf")
    network = build_network(lines, epsg=4544, profile=PROFILES["elder"])
    middle = np.array([np.median(network.x_m)]), np.array([np.median(network.y_m)])
    return network, snap(network, *middle, max_snap_m=500)


def test_nested_by_time_valid_and_within_the_walk(town: tuple[StreetNetwork, Snaps]) -> None:
    network, site = town
    line = network.lines()[site.edge[0]]
    foot = shapely.line_interpolate_point(
        line, site.to_tail_ms[0] / network.ms[site.edge[0]], normalized=True
    )
    inner = shapely.Point()
    for minutes in (5, 10, 15):
        shape = isochrone(network, site, limit_ms=minutes * 60_000)
        walk_m = minutes * 60.0 + STREET_HALF_WIDTH_M
        assert shapely.is_valid(shape)
        assert shape.area > 0
        assert shapely.difference(inner, shape).area < 1.0
        assert shapely.hausdorff_distance(shapely.Point(foot), shape) <= walk_m + 1.0
        assert shape.area < np.pi * walk_m**2
        inner = shape


def test_an_edge_is_cut_where_time_runs_out(town: tuple[StreetNetwork, Snaps]) -> None:
    network, _ = town
    edge = int(np.argmax(network.length_m))
    line = network.lines()[edge]
    middle = shapely.line_interpolate_point(line, 0.5, normalized=True)
    site = snap(network, np.array([middle.x]), np.array([middle.y]), max_snap_m=1)
    shape = isochrone(network, site, limit_ms=20_000)
    reached = shapely.intersection(shape, line)
    assert reached.length == pytest.approx(2 * (20 + STREET_HALF_WIDTH_M), rel=0.05)


def test_no_site_on_the_network_gives_an_empty_drawing(town: tuple[StreetNetwork, Snaps]) -> None:
    network, _ = town
    nowhere = snap(network, np.array([0.0]), np.array([0.0]), max_snap_m=100)
    assert isochrone(network, nowhere, limit_ms=900_000).is_empty
