"""Who may pass where: sets of OSM tags with the outcome a planner expects, for each traveller."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.network.passage import (
    ACCESS_VALUES,
    CAR_BARRIERS,
    CLOSED_BARRIERS,
    CONTRAFLOW,
    CONVEYING,
    NOT_A_WAY,
    ONEWAY,
    OPEN_BY_DEFAULT,
    Passage,
    line_passage,
    node_passage,
)
from planning.network.profiles import PROFILES, Profile
from planning.network.roads import TAG_KEYS

ADULT, ELDER, STROLLER, CHAIR, METRES, EBIKE, CAR = PROFILES.values()


def tagged(text: str) -> dict[str, str]:
    """ "highway=steps foot=yes" as tags; a bare word is a value of highway."""
    words = (word if "=" in word else f"highway={word}" for word in text.split())
    return dict(word.split("=", 1) for word in words)


def seen(passage: Passage | None) -> str:
    """- closed, = both ways, > or < one way; p where it is no through-route."""
    if passage is None:
        return "-"
    arrow = {(True, True): "=", (True, False): ">", (False, True): "<"}
    return arrow[passage.forward, passage.backward] + ("p" if passage.private else "")


# tags, then how elder, stroller, wheelchair, e-bike and car use the line
LINES = """
residential                                             = = = = =
service                                                 = = = = =
living_street                                           = = = = =
primary                                                 = = = = =
footway                                                 = = = = -
pedestrian                                              = = = = -
path                                                    = = = = -
track                                                   = = - = -
track wheelchair=yes                                    = = = = -
cycleway                                                - - - = -
cycleway foot=designated                                = = = = -
cycleway sidewalk=right                                 = = = = -
bridleway                                               - - - - -
bridleway foot=yes                                      = = = - -
busway                                                  - - - - -
busway foot=yes                                         = = = - -
corridor indoor=yes                                     = = = = -
elevator                                                = = = - -
motorway                                                - - - - >
motorway oneway=no                                      - - - - =
motorway_link                                           - - - - >
platform                                                - - - - -
platform foot=yes                                       = = = - -
construction                                            - - - - -
construction foot=yes motor_vehicle=yes                 - - - - -
proposed                                                - - - - -
something_new                                           - - - - -
trunk                                                   = = = = =
trunk bridge=yes                                        = = = = =
trunk motorroad=yes                                     - - - - =
trunk motorroad=yes foot=yes                            = = = - =
trunk sidewalk=no                                       - - - = =
trunk sidewalk=no foot=yes                              = = = = =
trunk sidewalk=separate                                 = = = = =
trunk_link                                              = = = = =
trunk_link bridge=yes foot=yes                          = = = = =
secondary sidewalk=separate                             = = = = =
secondary sidewalk=no                                   = = = = =
secondary foot=use_sidepath                             - - - = =
secondary bicycle=use_sidepath                          = = = - =
residential access=private                              =p =p =p =p =p
residential foot=private                                =p =p =p = =
residential access=customers                            =p =p =p =p =p
residential access=permissive                           = = = = =
residential access=residents                            =p =p =p =p =p
residential access=delivery                             =p =p =p =p =p
residential access=destination                          = = = =p =p
residential access=unknown                              = = = = =
residential access=no                                   - - - - -
residential access=no foot=yes                          = = = - -
residential access=private foot=yes                     = = = =p =p
residential access=private bicycle=yes                  =p =p =p = =p
residential access=yes foot=no                          - - - = =
residential access=military                             - - - - -
residential access=agricultural                         = = = - -
residential access=forestry                             = = = - -
residential vehicle=no                                  = = = - -
residential vehicle=no bicycle=yes                      = = = = -
residential motor_vehicle=no                            = = = = -
residential motor_vehicle=no motorcar=yes               = = = = =
residential motor_vehicle=destination                   = = = = =p
residential motor_vehicle=private                       = = = = =p
residential bicycle=no                                  = = = - =
residential bicycle=dismount                            = = = = =
residential wheelchair=no                               = = - = =
footway bicycle=no                                      = = = - -
footway bicycle=yes                                     = = = = -
footway foot=private                                    =p =p =p =p -
footway access=no                                       - - - - -
footway access=no bicycle=designated                    - - - = -
pedestrian vehicle=destination                          = = = =p =p
pedestrian vehicle=no                                   = = = = -
pedestrian motor_vehicle=delivery                       = = = = =p
service service=emergency_access                        = = = - -
residential oneway=yes                                  = = = > >
residential oneway=-1                                   = = = < <
residential oneway=yes oneway:bicycle=no                = = = = >
residential oneway=yes cycleway=opposite_lane           = = = = >
residential oneway=yes oneway:foot=yes                  > > > > >
residential oneway:foot=-1                              < < < = =
residential oneway=yes oneway:foot=no                   = = = > >
residential oneway=reversible                           = = = - -
residential oneway=alternating                          = = = = =
residential junction=roundabout                         = = = > >
residential junction=roundabout oneway=-1               = = = < <
footway oneway=yes                                      = = = = -
steps                                                   = - - - -
steps ramp=yes                                          = - - - -
steps ramp=separate                                     = - - - -
steps ramp:stroller=yes                                 = = - = -
steps ramp:wheelchair=yes                               = = = = -
steps ramp:bicycle=yes                                  = - - = -
steps ramp:bicycle=yes bicycle=no                       = - - - -
steps wheelchair=yes                                    = - = - -
steps motor_vehicle=yes                                 = - - - -
steps foot=no                                           - - - - -
steps conveying=forward                                 > - - - -
steps conveying=backward                                < - - - -
steps conveying=yes                                     = - - - -
steps conveying=reversible                              = - - - -
steps conveying=forward oneway:foot=-1                  - - - - -
footway conveying=forward                               > > > > -
pedestrian area=yes                                     = = = - -
footway area=yes                                        = = = - -
service area=yes                                        - - - - -
elevator area=yes                                       - - - - -
""".strip().splitlines()


@pytest.mark.parametrize("line", LINES, ids=[line.split("  ")[0] for line in LINES])
def test_how_each_traveller_uses_a_line(line: str) -> None:
    *words, elder, stroller, chair, ebike, car = line.split()
    tags = tagged(" ".join(words))
    found = [seen(line_passage(tags, p)) for p in (ELDER, STROLLER, CHAIR, EBIKE, CAR)]
    assert found == [elder, stroller, chair, ebike, car]


# tags, then elder, stroller, wheelchair, e-bike, car: open, residents or closed
NODES = """
highway=crossing                                        open open open open open
highway=crossing access=no                              open open open open open
highway=bus_stop foot=no                                open open open open open
barrier=gate                                            open open open open open
barrier=gate access=private                             residents residents residents residents residents
barrier=gate access=no foot=yes                         open open open closed closed
barrier=gate access=private foot=yes                    open open open residents residents
barrier=gate foot=private                               residents residents residents open open
barrier=gate access=customers                           residents residents residents residents residents
barrier=gate access=permissive                          open open open open open
barrier=gate access=no                                  closed closed closed closed closed
barrier=gate locked=yes                                 closed closed closed closed closed
barrier=gate locked=yes access=private                  residents residents residents residents residents
barrier=gate locked=yes foot=yes                        open open open closed closed
barrier=lift_gate                                       open open open open residents
barrier=lift_gate motor_vehicle=yes                     open open open open open
barrier=swing_gate                                      open open open open residents
barrier=bollard                                         open open open open closed
barrier=bollard access=yes                              open open open open closed
barrier=bollard motor_vehicle=yes                       open open open open open
barrier=cycle_barrier                                   open open closed closed closed
barrier=cycle_barrier wheelchair=yes                    open open open closed closed
barrier=cycle_barrier bicycle=yes                       open open closed open closed
barrier=kissing_gate                                    open closed closed closed closed
barrier=stile                                           open closed closed closed closed
barrier=stile foot=yes                                  open closed closed closed closed
barrier=turnstile                                       open closed closed closed closed
barrier=full-height_turnstile                           open closed closed closed closed
barrier=block                                           open open closed open closed
barrier=wall                                            closed closed closed closed closed
barrier=wall foot=yes                                   open closed closed closed closed
barrier=wall wheelchair=yes                             closed closed closed closed closed
barrier=fence                                           closed closed closed closed closed
barrier=hedge                                           closed closed closed closed closed
barrier=yes                                             open open closed closed closed
barrier=chain                                           open open closed closed closed
barrier=kerb                                            open open open open open
barrier=kerb wheelchair=no                              open open closed open open
barrier=toll_booth                                      open open open open open
barrier=border_control                                  closed closed closed closed closed
barrier=border_control access=yes                       open closed closed closed closed
barrier=height_restrictor                               open open open open open
barrier=entrance                                        open open open open open
barrier=something_new                                   open open open open closed
entrance=main                                           open open open open open
entrance=yes access=private                             residents residents residents residents residents
entrance=service foot=no                                closed closed closed open open
highway=elevator                                        open open open closed closed
highway=elevator access=no                              closed closed closed closed closed
highway=elevator wheelchair=no                          open open closed closed closed
""".strip().splitlines()  # noqa: E501


@pytest.mark.parametrize("line", NODES, ids=[line.split("  ")[0] for line in NODES])
def test_whom_a_gate_lets_through(line: str) -> None:
    *words, elder, stroller, chair, ebike, car = line.split()
    tags = tagged(" ".join(words))
    found = [node_passage(tags, p)[0] for p in (ELDER, STROLLER, CHAIR, EBIKE, CAR)]
    assert found == [elder, stroller, chair, ebike, car]


def passing(tags: str, name: str = "elder") -> Passage:
    passage = line_passage(tagged(tags), PROFILES[name])
    assert passage is not None
    return passage


def km_h(tags: str, name: str) -> float:
    return passing(tags, name).speed_m_s * 3.6


def test_an_elderly_person_walks_at_her_speed_on_any_street() -> None:
    streets = ("primary maxspeed=60", "footway", "path", "corridor", "living_street maxspeed=5")
    assert {passing(street).speed_m_s for street in streets} == {1.0}


def test_steps_are_walked_at_three_fifths_and_say_that_they_are_steps() -> None:
    steps = passing("steps")
    assert (steps.speed_m_s, steps.steps) == (0.6, True)
    assert not passing("footway").steps


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("secondary", 15),
        ("cycleway", 15),
        ("path", 15),
        ("footway", 4),
        ("pedestrian", 4),
        ("footway bicycle=yes", 15),
        ("residential bicycle=dismount", 4),
        ("steps ramp:bicycle=yes", 2),
        ("living_street maxspeed=10", 10),
    ],
)
def test_where_an_e_bike_is_ridden_and_where_it_is_pushed(tags: str, expected: float) -> None:
    assert km_h(tags, "e-bike") == pytest.approx(expected)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("motorway", 90),
        ("primary", 65),
        ("tertiary_link", 20),
        ("residential", 25),
        ("service", 15),
        ("road", 10),
        ("pedestrian motor_vehicle=yes", 10),
        ("primary maxspeed=60", 48),
        ("primary maxspeed=40", 32),
        ("primary maxspeed=200", 65),
        ("residential maxspeed=60", 25),
        ("primary maxspeed=none", 65),
        ("primary maxspeed=CN:urban", 65),
        ("primary maxspeed=0", 65),
        ("primary maxspeed=60;80", 65),
        ("primary maxspeed=-30", 65),
        ("primary maxspeed=40mph", 40 * 1.609344 * 0.8),
        ("residential maxspeed=30km/h", 24),
    ],
)
def test_a_car_drives_at_the_pace_of_the_class_or_four_fifths_of_the_limit(
    tags: str, expected: float
) -> None:
    assert km_h(tags, "drive") == pytest.approx(expected)


def test_a_limit_in_miles_may_be_written_with_a_space() -> None:
    tags = {"highway": "motorway", "maxspeed": "50 mph"}
    passage = line_passage(tags, CAR)
    assert passage is not None
    assert passage.speed_m_s * 3.6 == pytest.approx(50 * 1.609344 * 0.8)


@pytest.mark.parametrize(
    ("tags", "level"),
    [
        ("footway", False),
        ("footway bridge=yes", True),
        ("footway bridge=no", False),
        ("primary bridge=viaduct layer=1", True),
        ("primary layer=1", False),
        ("footway tunnel=yes", True),
        ("footway tunnel=building_passage", True),
        ("footway indoor=yes", True),
        ("corridor", True),
        ("elevator", True),
    ],
)
def test_a_height_model_does_not_hold_on_bridges_in_tunnels_and_indoors(
    tags: str, level: bool
) -> None:
    assert passing(tags).level is level


def test_crossings_cost_what_the_profile_says_and_only_where_they_are_mapped() -> None:
    waits = profile_with(crossing_s=5.0, signal_s=20.0)
    cost = {
        tags: getattr(line_passage(tagged(tags), waits), "extra_s", None)
        for tags in (
            "footway",
            "footway footway=crossing",
            "path path=crossing",
            "footway footway=crossing crossing=traffic_signals",
            "footway footway=sidewalk crossing=traffic_signals",
        )
    }
    assert list(cost.values()) == [0.0, 5.0, 5.0, 20.0, 0.0]
    assert passing("footway footway=crossing").extra_s == 0.0


def profile_with(*, crossing_s: float, signal_s: float) -> Profile:
    return replace(
        ELDER,
        crossing=replace(ELDER.crossing, value=crossing_s),
        signal=replace(ELDER.signal, value=signal_s),
    )


def test_a_lift_costs_its_wait_as_a_line_and_as_a_node() -> None:
    assert passing("elevator").extra_s == 110.0
    assert node_passage(tagged("highway=elevator"), ELDER) == ("open", 110.0)


def test_a_signal_on_the_carriageway_costs_those_on_wheels_only() -> None:
    signal = tagged("highway=traffic_signals")
    assert [node_passage(signal, p)[1] for p in (ELDER, CHAIR, EBIKE, CAR)] == [0, 0, 2, 2]


def test_no_tags_are_no_road_and_an_open_node() -> None:
    for profile in PROFILES.values():
        assert line_passage({}, profile) is None
        assert node_passage({}, profile) == ("open", 0.0)


# --- what must hold whatever the tags ---

_ACCESS = sorted({*ACCESS_VALUES["foot"], "dismount", "unknown", "yes;no", ""})
_FLAGS = ["yes", "no", ""]
VALUES: Mapping[str, list[str]] = {
    "highway": sorted({*NOT_A_WAY, "busway", "bridleway", "platform", "new"}.union(
        *OPEN_BY_DEFAULT.values()
    )),
    **dict.fromkeys(
        ("access", "foot", "bicycle", "vehicle", "motor_vehicle", "motorcar"), _ACCESS
    ),
    **dict.fromkeys(
        ("motorroad", "area", "bridge", "tunnel", "indoor", "ramp", "locked", "wheelchair",
         "ramp:stroller", "ramp:wheelchair", "ramp:bicycle"), _FLAGS
    ),
    **{key: sorted(ONEWAY) for key in ("oneway", "oneway:foot", "oneway:bicycle")},
    "conveying": [*CONVEYING, "yes", "reversible"],
    "junction": ["roundabout", "circular", "yes"],
    "sidewalk": ["both", "left", "no", "none", "separate"],
    "cycleway": [*sorted(CONTRAFLOW), "lane", "crossing"],
    "footway": ["crossing", "sidewalk"],
    "path": ["crossing"],
    "crossing": ["traffic_signals", "zebra"],
    "service": ["emergency_access", "driveway"],
    "maxspeed": ["0", "0.5", "5", "60", "60 mph", "999", "none", "CN:urban", "-1", "1e9", "٣٠"],
    "barrier": sorted({*CAR_BARRIERS, "new"}.union(*CLOSED_BARRIERS.values())),
    "entrance": ["main", "service"],
}  # fmt: skip

PROFILE = st.sampled_from(sorted(PROFILES)).map(PROFILES.__getitem__)
TAGS = st.fixed_dictionaries(
    {"highway": st.sampled_from(VALUES["highway"])},
    optional={k: st.sampled_from(v) for k, v in VALUES.items() if k != "highway"},
)


def without(tags: Mapping[str, str], *keys: str) -> dict[str, str]:
    return {key: value for key, value in tags.items() if key not in keys}


def ways(passage: Passage | None) -> set[str]:
    found = {} if passage is None else {"forward": passage.forward, "backward": passage.backward}
    return {direction for direction, is_open in found.items() if is_open}


class Watched(dict[str, str]):
    """Tags that remember which keys were asked for."""

    asked: set[str]

    def __init__(self, tags: Mapping[str, str]) -> None:
        super().__init__(tags)
        self.asked = set()

    def get(self, key: str, default: str | None = None) -> str | None:  # type: ignore[override]
        self.asked.add(key)
        return super().get(key, default)

    def __contains__(self, key: object) -> bool:
        self.asked.add(str(key))
        return super().__contains__(key)


@given(tags=TAGS, profile=PROFILE)
def test_a_passage_always_has_a_speed_a_direction_and_a_cost(
    tags: dict[str, str], profile: Profile
) -> None:
    passage = line_passage(tags, profile)
    if passage is not None:
        assert 0 < passage.speed_m_s <= profile.fastest_m_s
        assert passage.forward or passage.backward
        assert math.isfinite(passage.extra_s)
        assert passage.extra_s >= 0


@given(tags=TAGS, profile=PROFILE)
def test_taking_a_one_way_sign_down_never_closes_a_direction(
    tags: dict[str, str], profile: Profile
) -> None:
    tags = without(tags, "junction")  # a roundabout is one-way without a sign
    if tags["highway"].startswith("motorway"):
        return
    signed = ways(line_passage(tags, profile))
    assert signed <= ways(line_passage(without(tags, "oneway"), profile))


@given(tags=TAGS)
def test_on_foot_the_vehicles_one_way_sign_says_nothing(tags: dict[str, str]) -> None:
    bare = without(tags, "oneway", "oneway:bicycle", "junction", "maxspeed")
    assert line_passage(tags, ELDER) == line_passage(bare, ELDER)


@given(tags=TAGS)
def test_who_walks_with_wheels_goes_nowhere_that_a_walker_does_not(tags: dict[str, str]) -> None:
    walker = ways(line_passage(tags, ELDER))
    for rolling in (STROLLER, CHAIR):
        assert ways(line_passage(tags, rolling)) <= walker
        if node_passage(tags, ELDER)[0] == "closed":
            assert node_passage(tags, rolling)[0] == "closed"


@given(tags=TAGS)
def test_an_adult_and_an_elderly_person_use_the_same_ways(tags: dict[str, str]) -> None:
    assert seen(line_passage(tags, ADULT)) == seen(line_passage(tags, ELDER))
    assert node_passage(tags, ADULT) == node_passage(tags, ELDER)


@given(tags=TAGS)
def test_metres_are_counted_wherever_one_may_walk_and_a_second_is_one(tags: dict[str, str]) -> None:
    assert seen(line_passage(tags, METRES)) == seen(line_passage(tags, ELDER))
    assert node_passage(tags, METRES) == (node_passage(tags, ELDER)[0], 0.0)
    passage = line_passage(tags, METRES)
    assert passage is None or (passage.speed_m_s, passage.extra_s) == (1.0, 0.0)


@given(tags=TAGS, profile=PROFILE)
def test_forbidding_all_access_to_the_own_key_closes_the_line(
    tags: dict[str, str], profile: Profile
) -> None:
    own = {"foot": "foot", "bicycle": "bicycle", "motor": "motorcar"}[profile.means]
    assert line_passage({**tags, own: "no"}, profile) is None


@given(tags=TAGS, profile=PROFILE)
def test_the_same_tags_give_the_same_answer_and_are_not_changed(
    tags: dict[str, str], profile: Profile
) -> None:
    before = dict(tags)
    assert line_passage(tags, profile) == line_passage(tags, profile)
    assert node_passage(tags, profile) == node_passage(tags, profile)
    assert tags == before


@given(tags=TAGS, profile=PROFILE)
def test_only_keys_that_the_readers_keep_are_looked_at(
    tags: dict[str, str], profile: Profile
) -> None:
    watched = Watched(tags)
    line_passage(watched, profile)
    node_passage(watched, profile)
    assert watched.asked <= set(TAG_KEYS)
