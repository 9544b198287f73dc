"""Isochrones are drawings, but true ones: of what is reached, cut where the time runs out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import shapely
from shapely.ops import substring
from streets import (
    ONE_WAY,
    PRIVATE,
    STREET,
    GridCity,
    Plan,
    Tags,
    cone,
    metric,
    standing,
    times_ms,
)

from planning.network import IMPASSABLE, PROFILES, Snaps, StreetNetwork, at_nodes
from planning.travel import isochrone, isochrones
from planning.travel.isochrones import STREET_HALF_WIDTH_M

PROFILE = pytest.mark.parametrize("profile", ["elder", "drive"])


# --- the plain way ---


def reached_pieces(
    network: StreetNetwork, site: Snaps, limit_ms: int
) -> Iterator[shapely.LineString]:
    """Pieces of street within the limit of one site, from times to nodes; no private streets."""
    assert not network.private.any()
    nodes = at_nodes(network, np.arange(network.n_nodes))
    left = limit_ms - times_ms(network, site, nodes)[0]
    to_site = network.profile.direction == "to_site"
    for edge, line in enumerate(network.lines().tolist()):
        forward, backward = int(network.forward_ms[edge]), int(network.backward_ms[edge])
        # The search leaves the tail by the time of walking towards it, where people come to it.
        out, back = (backward, forward) if to_site else (forward, backward)
        tail, head = left[network.tail[edge]], left[network.head[edge]]
        if out < IMPASSABLE and tail > 0:
            yield substring(line, 0.0, min(1.0, tail / out), normalized=True)
        if back < IMPASSABLE and head > 0:
            yield substring(line, max(0.0, 1.0 - head / back), 1.0, normalized=True)
        if edge == site.edge[0]:
            here, over = site.forward_ms[0] / network.paces()[0][edge], limit_ms - site.leg_ms[0]
            if over > 0 and out < IMPASSABLE:
                yield substring(line, here, min(1.0, here + over / out), normalized=True)
            if over > 0 and back < IMPASSABLE:
                yield substring(line, max(0.0, here - over / back), here, normalized=True)


def plain(network: StreetNetwork, site: Snaps, limit_ms: int) -> shapely.Geometry:
    pieces = np.array(list(reached_pieces(network, site, limit_ms)), dtype=object)
    return shapely.union_all(shapely.buffer(pieces, STREET_HALF_WIDTH_M, quad_segs=16))


def likeness(one: shapely.Geometry, other: shapely.Geometry) -> float:
    """Intersection over union."""
    return float(shapely.intersection(one, other).area / shapely.union(one, other).area)


def winding(a: tuple[int, int], b: tuple[int, int]) -> Tags | None:
    """A city with gaps and, for cars, many one-way streets."""
    if (3 * a[0] + 5 * a[1] + 2 * b[1]) % 7 == 0:
        return None
    return ONE_WAY if (a[0] + a[1]) % 3 == 0 else STREET


@pytest.fixture(scope="module", params=["elder", "drive", "elder on a hill"])
def town(request: pytest.FixtureRequest) -> tuple[StreetNetwork, Snaps]:
    """A bent city and facilities scattered over it."""
    city = GridCity(columns=12, rows=12, block_m=130.0, degrees=17.0, kind=winding)
    plan = city.plan()
    rng = np.random.default_rng(8)
    bent = Plan(
        places=[(x + a, y + b) for (x, y), (a, b) in zip(
            plan.places, rng.uniform(-40, 40, (len(plan.places), 2)).tolist(), strict=True
        )],
        runs=plan.runs,
        tags=plan.tags,
    )  # fmt: skip
    hill = {"dem": cone(0.1, top_m=(500, 900)), "slope": "tobler"}
    profile, _, on_hill = request.param.partition(" ")
    network = bent.network(profile, **(hill if on_hill else {}))
    sites = standing(network, city.at(rng.uniform(0, 11 * 130, (9, 2))))
    return network, sites.take(np.flatnonzero(sites.on_network))


def test_each_is_the_buffer_of_the_streets_reached(town: tuple[StreetNetwork, Snaps]) -> None:
    network, sites = town
    limit_ms = 60_000 if network.profile.name == "drive" else 400_000
    drawn = isochrones(network, sites, limit_ms=limit_ms)
    truths = [plain(network, sites.take(np.array([s])), limit_ms) for s in range(len(sites))]
    found = [likeness(one, truth) for one, truth in zip(drawn, truths, strict=True)]
    assert min(truth.area for truth in truths) > 5_000
    assert np.mean(found) >= 0.997
    assert min(found) >= 0.993


def test_that_of_all_facilities_is_the_union_of_those_of_each(
    town: tuple[StreetNetwork, Snaps],
) -> None:
    network, sites = town
    limit_ms = 25_000 if network.profile.name == "drive" else 170_000
    together = isochrone(network, sites, limit_ms=limit_ms)
    each = isochrones(network, sites, limit_ms=limit_ms)
    assert likeness(together, shapely.union_all(each)) >= 0.999
    truth = shapely.union_all(
        [plain(network, sites.take(np.array([s])), limit_ms) for s in range(len(sites))]
    )
    assert likeness(together, truth) >= 0.997


def test_nested_by_time_valid_and_within_the_walk(town: tuple[StreetNetwork, Snaps]) -> None:
    network, sites = town
    limits_s = (20, 50, 80, 120) if network.profile.name == "drive" else (120, 300, 600, 900)
    # Nobody comes down a hill faster than Tobler's walkers.
    fastest_m_s = 25 / 3.6 if network.profile.name == "drive" else 1 / 0.839
    site = sites.take(np.array([0]))
    line = network.lines()[site.edge[0]]
    share = site.forward_ms[0] / network.forward_ms[site.edge[0]]
    foot = shapely.line_interpolate_point(line, share, normalized=True)
    inner = shapely.Point()
    for limit_s in limits_s:
        shape = isochrone(network, site, limit_ms=limit_s * 1_000)
        walk_m = limit_s * fastest_m_s + STREET_HALF_WIDTH_M
        assert shapely.is_valid(shape)
        assert shape.area > inner.area
        assert shapely.difference(inner, shape).area < 0.01
        assert shapely.covers(shape, foot)
        assert shapely.hausdorff_distance(foot, shape) <= walk_m + 4.0
        assert shape.area < 0.8 * np.pi * walk_m**2
        inner = shape


def test_threads_change_nothing_and_a_coarser_cell_little(
    town: tuple[StreetNetwork, Snaps],
) -> None:
    network, sites = town
    alone = isochrones(network, sites, limit_ms=60_000)
    assert np.all(shapely.equals_exact(alone, isochrones(network, sites, limit_ms=60_000)))
    by_two = isochrones(network, sites, limit_ms=60_000, threads=2)
    assert np.all(shapely.equals_exact(alone, by_two))
    coarse = isochrones(network, sites, limit_ms=60_000, cell_m=10.0)
    assert np.mean([likeness(a, b) for a, b in zip(alone, coarse, strict=True)]) > 0.97


# --- by hand ---


def drawn_m(network: StreetNetwork, site: tuple[float, float], limit_s: float) -> float:
    """Metres of street under the isochrone of a site, whose ends are half discs."""
    shape = isochrone(network, standing(network, site), limit_ms=int(1_000 * limit_s))
    return float(shapely.intersection(shape, shapely.union_all(network.lines())).length)


def test_a_street_is_cut_where_the_time_runs_out_on_both_sides_of_the_facility() -> None:
    network = Plan(places=[(0, 0), (1_000, 0)], runs=[[0, 1]]).network("elder")
    assert drawn_m(network, (400, 0), 200) == pytest.approx(2 * (200 + 25), abs=1)
    # 60 of the 200 seconds are walked from the door to the street.
    assert drawn_m(network, (400, 60), 200) == pytest.approx(2 * (140 + 25), abs=1)
    assert drawn_m(network, (400, 60), 60) == 0
    # Beyond the end of the street there is nothing.
    assert drawn_m(network, (100, 0), 300) == pytest.approx(100 + 300 + 25, abs=1)


def test_a_long_street_reached_from_both_ends_keeps_its_unreached_middle() -> None:
    ring = Plan(
        places=[(0, 0), (0, 500), (1_000, 500), (1_000, 0)], runs=[[0, 1], [1, 2], [2, 3], [3, 0]]
    ).network("elder")
    shape = isochrone(ring, standing(ring, (500, 0)), limit_ms=1_200_000)
    middle = shapely.points(*(v[0] for v in metric([(500, 500)])))
    ends = [shapely.points(*(v[0] for v in metric([(x, 500)]))) for x in (150, 850)]
    assert not shapely.intersects(shape, middle)
    assert all(shapely.covers(shape, end) for end in ends)
    gap_m = ring.length_m.sum() - shapely.intersection(
        shape, shapely.union_all(ring.lines())
    ).length  # fmt: skip
    assert gap_m == pytest.approx(3_000 - 2_400 - 2 * 25, abs=1)
    whole = isochrone(ring, standing(ring, (500, 0)), limit_ms=1_500_000)
    assert shapely.covers(whole, middle)
    assert shapely.get_num_interior_rings(shapely.get_parts(whole)[0]) == 1


def test_a_car_is_drawn_only_where_it_may_drive_and_a_walker_both_ways() -> None:
    plan = Plan(places=[(0, 0), (1_000, 0)], runs=[[0, 1]], tags=ONE_WAY)
    car, walker = plan.network("drive"), plan.network("elder")
    per_s = 25 / 3.6
    assert drawn_m(car, (400, 0), 30) == pytest.approx(30 * per_s + 2 * 25, abs=1)
    ahead = isochrone(car, standing(car, (400, 0)), limit_ms=30_000)
    x_m, _ = metric([(400, 0)])
    assert shapely.bounds(ahead)[0] == pytest.approx(x_m[0] - 25, abs=1)
    assert drawn_m(walker, (400, 0), 100) == pytest.approx(2 * (100 + 25), abs=1)


def test_people_walk_with_the_one_way_belt_to_the_facility_so_it_is_drawn_upstream() -> None:
    belt = Plan(
        places=[(0, 0), (1_000, 0)], runs=[[0, 1]], tags={**STREET, "conveying": "forward"}
    ).network("elder")
    shape = isochrone(belt, standing(belt, (400, 0)), limit_ms=100_000)
    x_m, _ = metric([(400, 0)])
    assert shapely.bounds(shape)[[0, 2]] == pytest.approx([x_m[0] - 125, x_m[0] + 25], abs=1)


def test_the_drawing_goes_into_a_private_street_and_not_through_it() -> None:
    plan = Plan(
        places=[(-300, 0), (0, 0), (200, 0), (500, 0)],
        runs=[[0, 1], [1, 2], [2, 3]],
        tags=[STREET, PRIVATE, STREET],
    )
    network = plan.network("elder")
    from_outside = isochrone(network, standing(network, (-100, 0)), limit_ms=600_000)
    x_m, _ = metric([(-300, 0), (200, 0)])
    assert shapely.bounds(from_outside)[[0, 2]] == pytest.approx([x_m[0] - 25, x_m[1] + 25], abs=1)
    assert drawn_m(network, (100, 0), 200) == pytest.approx(2 * (200 + 25), abs=1)


@PROFILE
def test_no_site_on_the_network_and_no_site_at_all_give_empty_drawings(profile: str) -> None:
    network = Plan(places=[(0, 0), (100, 0)], runs=[[0, 1]]).network(profile)
    nowhere = standing(network, [(0, 9_000), (-9_000, 0)])
    assert isochrone(network, nowhere, limit_ms=900_000).is_empty
    assert all(shape.is_empty for shape in isochrones(network, nowhere, limit_ms=900_000))
    nobody = nowhere.take(np.empty(0, dtype=np.int64))
    assert isochrone(network, nobody, limit_ms=900_000).is_empty
    assert len(isochrones(network, nobody, limit_ms=900_000)) == 0
    assert PROFILES[profile].name == network.profile.name
