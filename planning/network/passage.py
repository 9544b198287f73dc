"""Who may pass along a road and through a gate, judged by its OSM tags alone.

Tags are read as the OSM wiki says; every table names its page. Three rules of reading:
the traveller's own key beats a broader one (Key:access, "Transport mode restrictions": foot beats
access; bicycle beats vehicle beats access), a broader `access` may close but not open a class of
road, and a value that the tables do not know says nothing.

Each distinct set of tags is judged once, so this is written for reading.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from planning.network.profiles import KM_H, Means, Profile

Tags = Mapping[str, str]
NodePassage = Literal["open", "residents", "closed"]

# Key:highway, OSMnx and OpenTripPlanner (OsmEntity, NON_ROUTABLE_HIGHWAYS): not there to be used,
# whatever other tags say. A way without `highway` (a ferry, a pier) is not judged here at all.
NOT_A_WAY = frozenset({
    "construction", "proposed", "planned", "abandoned", "razed", "historic", "no", "raceway",
    "bus_guideway", "services", "rest_area", "emergency_bay", "escape", "bus_stop", "via_ferrata",
})  # fmt: skip

_STREETS = frozenset({
    "trunk", "trunk_link", "primary", "primary_link", "secondary", "secondary_link", "tertiary",
    "tertiary_link", "unclassified", "residential", "living_street", "service", "road",
})  # fmt: skip
# OSM tags for routing/Access restrictions, "Default": what is open to whom where nothing is
# tagged. Departures: a car does not take a track (as OSRM, profiles/car.lua); a lift is for walkers
# (Tag:highway=elevator). Not open by default and so left to their tags: cycleway, bridleway, busway
# and platform on foot, which the table closes or does not list.
OPEN_BY_DEFAULT: Mapping[Means, frozenset[str]] = {
    "foot": _STREETS | {"pedestrian", "footway", "path", "steps", "track", "corridor", "elevator"},
    "bicycle": _STREETS | {"cycleway", "path", "track"},
    "motor": _STREETS | {"motorway", "motorway_link"},
}

# Key:access, "Transport mode restrictions": the keys of each means, the most specific first.
OWN_KEYS: Mapping[Means, tuple[str, ...]] = {
    "foot": ("foot",),
    "bicycle": ("bicycle", "vehicle"),
    "motor": ("motorcar", "motor_vehicle", "vehicle"),
}

# Key:access, "List of possible values". `residents` stands for everybody who has business there:
# they may pass, as through-route it is closed. Customers, deliveries and permit holders are such.
_ANYONE: dict[str, NodePassage] = {
    "yes": "open",
    "designated": "open",
    "official": "open",
    "permissive": "open",
    "public": "open",
    "private": "residents",
    "residents": "residents",
    "customers": "residents",
    "delivery": "residents",
    "permit": "residents",
    "no": "closed",
    "military": "closed",
    "emergency": "closed",
    "use_sidepath": "closed",  # Tag:foot=use_sidepath: the parallel way is mapped and compulsory
}
# "Local traffic only" and farm or forest traffic are signs for vehicles; a walker passes them, as
# in GraphHopper (CarAccessParser restricts the latter two, FootAccessParser does not).
_WALKER: dict[str, NodePassage] = {
    **_ANYONE,
    "destination": "open",
    "agricultural": "open",
    "forestry": "open",
}
_VEHICLE: dict[str, NodePassage] = {
    **_ANYONE,
    "destination": "residents",
    "agricultural": "closed",
    "forestry": "closed",
}
ACCESS_VALUES: Mapping[Means, Mapping[str, NodePassage]] = {
    "foot": _WALKER,
    "bicycle": _VEHICLE,
    "motor": _VEHICLE,
}

# Key:sidewalk. A pavement makes any road walkable. `separate` is neither: the pavement is a line of
# its own, but the carriageway stays walkable, for where the pavement's line is not joined to every
# side street, leaving the road out would lose connections that people have.
PAVEMENT = frozenset({"both", "left", "right", "yes"})
NO_PAVEMENT = frozenset({"no", "none"})

# Key:area. A square drawn as an area joins the streets that end on it, so on foot its rim is
# walked: never shorter than the way across. Every other area is not a line.
SQUARES = frozenset({"pedestrian", "footway", "path", "corridor"})

# Key:ramp: ramps built into a flight of steps, by who can use them (ramp:stroller "allows a
# stroller (and bicycles too)"). ramp=yes does not say for whom, ramp=separate is its own way.
RAMPS: Mapping[str, tuple[str, ...]] = {
    "stroller": ("ramp:stroller", "ramp:wheelchair"),
    "wheelchair": ("ramp:wheelchair",),
    "bicycle": ("ramp:bicycle", "ramp:stroller", "ramp:wheelchair"),
}
WHEELCHAIR_YES = frozenset({"yes", "designated"})
# GraphHopper, WheelchairAverageSpeedParser: no field tracks, unless Key:wheelchair says otherwise.
NOT_FOR_WHEELCHAIRS = frozenset({"track"})

# Key:bicycle (dismount) and OSRM (profiles/bicycle.lua, pedestrian_speeds): where a bicycle is not
# ridden but may be pushed, under the walkers' rules.
PUSHED = frozenset({"footway", "pedestrian", "steps", "corridor"})

# Key:oneway. Walkers heed only Key:oneway:foot and Key:conveying. `reversible` changes with the
# hour, so neither direction can be promised; `alternating` lets both through in turn.
ONEWAY: Mapping[str, tuple[bool, bool]] = {
    "yes": (True, False),
    "true": (True, False),
    "1": (True, False),
    "-1": (False, True),
    "reverse": (False, True),
    "no": (True, True),
    "false": (True, True),
    "0": (True, True),
    "alternating": (True, True),
    "reversible": (False, False),
}
CONVEYING: Mapping[str, tuple[bool, bool]] = {"forward": (True, False), "backward": (False, True)}
# Key:junction and Tag:highway=motorway imply oneway=yes; links as in OSRM.
ONEWAY_JUNCTIONS = frozenset({"roundabout", "circular"})
ONEWAY_ROADS = frozenset({"motorway", "motorway_link"})
# Key:cycleway: a lane against the one-way street.
CONTRAFLOW = frozenset({"opposite", "opposite_lane", "opposite_track", "opposite_share_busway"})

# Key:barrier with the permissions of OpenTripPlanner (OsmEntity, BARRIER_PERMISSIONS and
# WHEELCHAIR_INACCESSIBLE_BARRIERS): what stops whom where no access is tagged. A national border is
# not crossed on the way to a nursery. Added for wheels: narrow gates (Tag:barrier=kissing_gate)
# and a barrier that does not say what it is; for wheelchairs, the gates that slow bicycles.
_WALLS = frozenset({
    "wall", "fence", "hedge", "city_wall", "retaining_wall", "ditch", "wedge", "border_control",
})  # fmt: skip
_NARROW = frozenset({"stile", "horse_stile", "kissing_gate", "turnstile", "full-height_turnstile"})
_OBSTACLES = frozenset({
    "block", "bus_trap", "debris", "bar", "barrier_board", "chain", "jersey_barrier", "log",
    "tank_trap", "tyres", "guard_rail", "handrail", "cable_barrier", "rope", "yes",
})  # fmt: skip
CLOSED_BARRIERS: Mapping[str, frozenset[str]] = {
    "foot": _WALLS,
    "stroller": _WALLS | _NARROW,
    "wheelchair": _WALLS | _NARROW | _OBSTACLES | {"cycle_barrier"},
    "bicycle": _WALLS | _NARROW | (_OBSTACLES - {"block"}) | {"cycle_barrier", "wicket_gate"},
}
# OSRM (profiles/car.lua, barrier_whitelist): all other barriers stop a car. A boom or swing gate is
# for those who belong there (Tag:barrier=lift_gate: "motor_vehicle=private would be assumed").
CAR_BARRIERS: Mapping[str, NodePassage] = {
    "gate": "open",
    "entrance": "open",
    "no": "open",
    "cattle_grid": "open",
    "toll_booth": "open",
    "sally_port": "open",
    "height_restrictor": "open",
    "kerb": "open",
    "lift_gate": "residents",
    "swing_gate": "residents",
}

# Key:maxspeed: a number in km/h, or with its unit. Words ("none", "CN:urban") set no limit here.
_MAXSPEED = re.compile(r"(\d{1,3}(?:\.\d+)?) ?(km/h|kmh|kph|mph)?")
_KM_PER_MILE = 1.609344


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """How a traveller uses a line.

    `forward` is along the direction it was mapped. `private`: open to those who have business
    there, closed as a through-route. `speed_m_s` [m/s] on the flat; `extra_s` [s] is added once for
    the whole line (a crossing, a lift). `steps`: no slope is applied on top. `level`: bridge,
    tunnel or indoors, where a height model does not hold and heights run straight between the ends.
    """

    forward: bool
    backward: bool
    private: bool
    speed_m_s: float
    extra_s: float
    steps: bool
    level: bool


def line_passage(tags: Tags, profile: Profile) -> Passage | None:
    """How `profile` uses a line with these tags; None where it may or can not."""
    highway = tags.get("highway")
    if highway is None or highway in NOT_A_WAY:
        return None
    if tags.get("area") == "yes" and not (profile.means == "foot" and highway in SQUARES):
        return None
    if profile.means == "foot":
        return _walk(tags, profile, speed_m_s=profile.speed_m_s)
    if profile.means == "bicycle" and _is_pushed(tags):
        return _walk(tags, profile, speed_m_s=profile.push.value) if profile.push else None
    return _ride(tags, profile)


def node_passage(tags: Tags, profile: Profile) -> tuple[NodePassage, float]:
    """Whether `profile` passes a node on its way, and what that costs [s]."""
    return _gate(tags, profile), _node_extra_s(tags, profile)


# --- on foot, and pushing a bicycle ---


def _walk(tags: Tags, profile: Profile, *, speed_m_s: float) -> Passage | None:
    access = _foot_access(tags)
    on_steps = tags["highway"] == "steps"
    if on_steps:
        speed_m_s *= profile.steps.speed_factor
    if (
        access == "closed"
        or (on_steps and not _climbs(tags, profile))
        or (profile.rolls == "wheelchair" and _stops_wheelchair(tags))
    ):
        return None
    return _passage(
        tags,
        directions=_walking_directions(tags),
        access=access,
        speed_m_s=speed_m_s,
        extra_s=_walking_extra_s(tags, profile),
    )


def _foot_access(tags: Tags) -> NodePassage:
    values = ACCESS_VALUES["foot"]
    own = values.get(tags.get("foot", ""))
    if own is not None:
        return own
    if tags.get("motorroad") == "yes" or not _is_walked_by_default(tags):
        return "closed"
    return values.get(tags.get("access", ""), "open")


def _is_walked_by_default(tags: Tags) -> bool:
    highway, sidewalk = tags["highway"], tags.get("sidewalk")
    if sidewalk in PAVEMENT:
        return True
    if highway in ("trunk", "trunk_link") and sidewalk in NO_PAVEMENT:
        return False
    return highway in OPEN_BY_DEFAULT["foot"]


def _climbs(tags: Tags, profile: Profile) -> bool:
    """Whether a flight of steps can be used."""
    if profile.steps.passable != "with_ramp":
        return profile.steps.passable == "always"
    if profile.rolls == "wheelchair" and tags.get("wheelchair") in WHEELCHAIR_YES:
        return True
    ramps = RAMPS["bicycle" if profile.means == "bicycle" else profile.rolls]
    return any(tags.get(key) in ("yes", "automatic") for key in ramps)


def _stops_wheelchair(tags: Tags) -> bool:
    says = tags.get("wheelchair")
    return says == "no" or (says is None and tags["highway"] in NOT_FOR_WHEELCHAIRS)


def _walking_directions(tags: Tags) -> tuple[bool, bool]:
    with_signs = ONEWAY.get(tags.get("oneway:foot", ""), (True, True))
    on_belt = CONVEYING.get(tags.get("conveying", ""), (True, True))
    return with_signs[0] and on_belt[0], with_signs[1] and on_belt[1]


def _walking_extra_s(tags: Tags, profile: Profile) -> float:
    if _is_lift(tags):
        return profile.elevator_s
    # Tag:footway=crossing, and its sisters on paths and cycleways.
    if all(tags.get(key) != "crossing" for key in ("footway", "path", "cycleway")):
        return 0.0
    if profile.means == "foot" and tags.get("crossing") == "traffic_signals":
        return profile.signal_s
    return profile.crossing_s


# --- on wheels ---


def _is_pushed(tags: Tags) -> bool:
    if tags.get("bicycle") == "dismount":
        return True
    values = ACCESS_VALUES["bicycle"]
    if tags["highway"] == "steps":
        return values.get(tags.get("bicycle", "")) != "closed"
    return (
        tags["highway"] in PUSHED
        and tags.get("bicycle") not in values
        and values.get(tags.get("vehicle", "")) in (None, "closed")
    )


def _ride(tags: Tags, profile: Profile) -> Passage | None:
    access = _wheel_access(tags, profile)
    if access == "closed" or tags["highway"] == "steps":
        return None
    return _passage(
        tags,
        directions=_wheel_directions(tags, means=profile.means),
        access=access,
        speed_m_s=_wheel_speed_m_s(tags, profile),
        extra_s=0.0,
    )


def _wheel_access(tags: Tags, profile: Profile) -> NodePassage:
    own = _own_access(tags, profile.means)
    if own is not None:
        return own
    if tags["highway"] not in OPEN_BY_DEFAULT[profile.means]:
        return "closed"
    # Key:motorroad, Tag:service=emergency_access.
    if profile.means == "bicycle" and tags.get("motorroad") == "yes":
        return "closed"
    if tags.get("service") == "emergency_access":
        return "closed"
    return ACCESS_VALUES[profile.means].get(tags.get("access", ""), "open")


def _own_access(tags: Tags, means: Means) -> NodePassage | None:
    """What the most specific key that says something understood says; None where none does."""
    values = ACCESS_VALUES[means]
    said = (values.get(tags.get(key, "")) for key in OWN_KEYS[means])
    return next((verdict for verdict in said if verdict is not None), None)


def _wheel_directions(tags: Tags, *, means: Means) -> tuple[bool, bool]:
    if means == "bicycle":
        own = ONEWAY.get(tags.get("oneway:bicycle", ""))
        if own is not None:
            return own
        if tags.get("cycleway") in CONTRAFLOW:
            return True, True
    tagged = ONEWAY.get(tags.get("oneway", ""))
    if tagged is not None:
        return tagged
    implied = tags.get("junction") in ONEWAY_JUNCTIONS or tags["highway"] in ONEWAY_ROADS
    return True, not implied


def _wheel_speed_m_s(tags: Tags, profile: Profile) -> float:
    by_class = profile.class_speeds.m_s if profile.class_speeds else {}
    usual = by_class.get(tags["highway"], profile.speed_m_s)
    limit = _limit_m_s(tags)
    if limit is None or profile.maxspeed_factor is None:
        return usual
    return min(usual, limit * profile.maxspeed_factor.value)


def _limit_m_s(tags: Tags) -> float | None:
    """The posted limit [m/s]; None where none is tagged, or not as a number of at least 1."""
    match = _MAXSPEED.fullmatch(tags.get("maxspeed", "").strip())
    if match is None or float(match[1]) < 1:
        return None
    return float(match[1]) * (_KM_PER_MILE if match[2] == "mph" else 1.0) / KM_H


# --- nodes ---


def _gate(tags: Tags, profile: Profile) -> NodePassage:
    """Access tags of any other node (a crossing, a bus stop) are not about the way through it."""
    if not (_is_lift(tags) or "barrier" in tags or "entrance" in tags):
        return "open"
    physical = _physical(tags, profile)
    own = _own_access(tags, profile.means)
    general = ACCESS_VALUES[profile.means].get(tags.get("access", ""))
    if profile.rolls != "nothing" and physical == "closed":
        return "closed"
    if own == "open" or (own is None and general == "open" and profile.means == "foot"):
        return "open"
    said = own if own is not None else general
    # Key:locked: with no word on who has the key, nobody can be promised to pass.
    if said is None and tags.get("locked") == "yes":
        return "closed"
    return _stricter(physical, said or "open")


def _physical(tags: Tags, profile: Profile) -> NodePassage:
    """Whether the thing itself lets this traveller through, before anybody is asked."""
    barrier = tags.get("barrier", "entrance")
    if profile.means != "foot" and _is_lift(tags):
        return "closed"
    if profile.means == "motor":
        return CAR_BARRIERS.get(barrier, "closed")
    traveller = profile.means if profile.rolls == "nothing" else profile.rolls
    if traveller == "wheelchair" and "wheelchair" in tags:
        if tags["wheelchair"] == "no":
            return "closed"
        if tags["wheelchair"] in WHEELCHAIR_YES:
            traveller = "foot"
    return "closed" if barrier in CLOSED_BARRIERS[traveller] else "open"


def _is_lift(tags: Tags) -> bool:
    return tags.get("highway") == "elevator"


def _stricter(one: NodePassage, other: NodePassage) -> NodePassage:
    order: tuple[NodePassage, ...] = ("open", "residents", "closed")
    return max(one, other, key=order.index)


def _node_extra_s(tags: Tags, profile: Profile) -> float:
    if _is_lift(tags):
        return profile.elevator_s
    # Tag:highway=traffic_signals is on the carriageway: walkers meet the signal on their crossing.
    if tags.get("highway") == "traffic_signals" and profile.means != "foot":
        return profile.signal_s
    return 0.0


# --- both ---


def _passage(
    tags: Tags,
    *,
    directions: tuple[bool, bool],
    access: NodePassage,
    speed_m_s: float,
    extra_s: float,
) -> Passage | None:
    forward, backward = directions
    if not (forward or backward):
        return None
    return Passage(
        forward=forward,
        backward=backward,
        private=access == "residents",
        speed_m_s=speed_m_s,
        extra_s=extra_s,
        steps=tags["highway"] == "steps",
        level=any(_has(tags, key) for key in ("bridge", "tunnel", "indoor"))
        or tags["highway"] in ("corridor", "elevator"),
    )


def _has(tags: Tags, key: str) -> bool:
    """Whether `key` is tagged with anything but no."""
    return tags.get(key, "no") != "no"
