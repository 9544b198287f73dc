"""A page in Chromium that judges clauses as the what-if page does, driven from Python.

What the page's engine would give it (facilities, people, who walks to what in time) is worked out
in Python.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
from playwright.sync_api import Browser, Page, Route

from planning.demand import Demand
from planning.facilities import Facilities
from planning.outputs.inlining import inert_json
from planning.outputs.whatif.arrays import packed
from planning.outputs.whatif.choices_data import Choices, choices_data
from planning.outputs.whatif.judged_data import judged_data
from planning.outputs.whatif.modules import module_text
from planning.outputs.whatif.units_data import units_data
from planning.siting import Module
from planning.standards import Finding, Profile, Situation, evaluate

FAR_MS = 2**31 - 1
_AMOUNTS = (
    "places", "beds", "nursing_beds", "floor_m2", "elder_floor_m2", "elder_land_m2", "far",
)  # fmt: skip

_SCRIPT = """
import { typedArray } from "./arrays.js";
import { Locating, outlineTouches } from "./locating.js";
import { Judge } from "./worlds.js";

const FAR = 0x7fffffff;
const rows = new Map();

/** Times to the nearest that counts, worked out anew each time. */
function nearestOf(said, counts) {
  const ms = new Int32Array(said.people.n).fill(FAR);
  said.facilities.forEach((facility, at) => {
    if (!counts(facility)) return;
    rows.get(said.rows[at]).forEach((t, i) => { if (t < ms[i]) ms[i] = t; });
  });
  return ms;
}

window.begin = (content) => {
  rows.clear();
  window.locating = new Locating(content.units);
  window.judge = new Judge(content, window.locating);
};

/** What the page finds; people that are not given are those of the time before. */
window.answer = (said) => {
  for (const [key, row] of Object.entries(said.new_rows)) rows.set(key, typedArray(row));
  if (said.people) {
    const { n, x, y, groups, place } = said.people;
    const unpacked = (some) => (
      Object.fromEntries(Object.entries(some).map(([name, one]) => [name, typedArray(one)])));
    window.people = { n, x: typedArray(x), y: typedArray(y), groups: unpacked(groups),
      place: unpacked(place) };
  }
  const { facilities, scenario } = said, { people } = window;
  const moved = said.moved === null ? null : facilities[said.moved];
  const nearest = (key, counts) => nearestOf({ ...said, people }, counts);
  return window.judge.judge({ scenario, facilities, people, moved, nearest });
};
window.locate = (units) => { window.locating = new Locating(units); };
window.unitsAt = (points) => points.map(([x, y]) => window.locating.unitsAt(x, y));
window.holding = (outline) => window.locating.unitHolding(outline);
window.touching = (outline, points) => points.map(([x, y]) => outlineTouches(outline, x, y));
window.isReady = true;
"""

PRESENT: dict[str, Any] = {
    "added": [], "moved": {}, "removed": [], "resized": {}, "closed_streets": [], "areas": [],
    "limits": {}, "speed_m_s": None,
}  # fmt: skip
"""A scenario that changes nothing, as scenario.js has it."""


@contextmanager
def judging_page(browser: Browser) -> Iterator[Page]:
    """A page with the judging modules loaded, and nothing else."""
    page = browser.new_page()
    page.route("**/*", _serve)
    page.goto("http://whatif.test/")
    page.wait_for_function("window.isReady === true")
    yield page
    page.close()


def _serve(route: Route) -> None:
    name = route.request.url.rpartition("/")[2]
    if name == "":
        body = '<!doctype html><meta charset="utf-8"><script type="module" src="test.js"></script>'
        route.fulfill(body=body, content_type="text/html")
    elif name == "test.js":
        route.fulfill(body=_SCRIPT, content_type="text/javascript")
    elif name.endswith(".js"):
        route.fulfill(body=module_text(name), content_type="text/javascript")
    else:
        route.fulfill(status=404)


@dataclass
class Judged:
    """One town in the page: what the page was told of it, and what was found of its present."""

    page: Page
    content: dict[str, Any]
    findings: tuple[Finding, ...]
    sent: set[str] = field(default_factory=set)
    people: Demand | None = None

    @classmethod
    def begin(
        cls,
        page: Page,
        profile: Profile,
        situation: Situation,
        levels: Mapping[str, Sequence[str]],
        kinds: Sequence[Module] = (),
        **more: Any,
    ) -> Judged:
        """Give the page the content of a town; `more` is content beside that of the clauses."""
        choices = Choices()
        findings = evaluate(profile, situation, levels)
        judged = judged_data(
            profile, situation, levels, findings, choices, kinds, drawn_year=situation.year
        )
        content = {
            **more,
            "judged": judged,
            "choices": choices_data(
                choices,
                situation.facilities,
                kinds,
                year=situation.year,
                strict_tiers=profile.readings["tiers"] == "strict",
            ),
            "units": units_data(situation.area),
        }
        text = inert_json(content)
        page.evaluate("content => window.begin(JSON.parse(content))", text)
        return cls(page, json.loads(text), findings)

    def judge(
        self,
        situation: Situation,
        ms: Mapping[str, npt.NDArray[np.int32]],
        *,
        rows: Sequence[int] | None = None,
        kinds: Sequence[int] | None = None,
        dragged: int | None = None,
        **scenario: Any,
    ) -> list[dict[str, Any]]:
        """What the page finds of an edited situation.

        `ms` are the times from all points to each facility, by a name for where it stands, in
        their order. `rows` are the rows of its facilities in the present, −1 of those added, and
        `kinds` what these are; `dragged` is the only one that is not as it was. `scenario` are the
        edits, as scenario.js has them.
        """
        facilities, demand = situation.facilities, situation.demand
        n = len(facilities)
        said = {
            "facilities": page_facilities(facilities, rows or range(n), kinds or [-1] * n),
            "people": None if demand is self.people else page_people(demand),
            "scenario": PRESENT | scenario,
            "moved": dragged,
            "rows": list(ms),
            "new_rows": {
                name: packed(row, "i32") for name, row in ms.items() if name not in self.sent
            },
        }
        self.sent |= set(ms)
        self.people = demand
        return list(self.page.evaluate("said => window.answer(said)", said))


def page_facilities(
    facilities: Facilities, rows: Sequence[int], kinds: Sequence[int]
) -> list[dict[str, Any]]:
    """Facilities as the page's engine has them."""
    return [
        {
            "id": facilities.ids[at],
            "name": facilities.names[at],
            "row": row,
            "kind": kind,
            "x": float(facilities.x_m[at]),
            "y": float(facilities.y_m[at]),
            "place": {level: int(unit[at]) for level, unit in facilities.place.items()},
            **{name: float(getattr(facilities, name)[at]) for name in _AMOUNTS},
        }
        for at, (row, kind) in enumerate(zip(rows, kinds, strict=True))
    ]


def page_people(demand: Demand) -> dict[str, Any]:
    """People as the page has them."""
    return {
        "n": len(demand),
        "x": packed(demand.x_m, "f64"),
        "y": packed(demand.y_m, "f64"),
        "groups": {name: packed(people, "f64") for name, people in demand.people.items()},
        "place": {level: packed(unit, "i32") for level, unit in demand.place.items()},
    }


FIGURES = ("measured", "at_most", "required", "gap")


def differences(found: Mapping[str, Any], expected: Finding, *, said: bool = True) -> Iterator[str]:
    """How a finding of the page differs from that of Python."""
    for name in FIGURES:
        pair = found[name]
        exact = None if pair is None else Fraction(int(pair[0]), int(pair[1]))
        if exact != getattr(expected, name):
            yield f"{name} {exact}, expected {getattr(expected, name)}"
    names = ("verdict", "role", "level", "people_short", "unit")
    for name in (*names, *(("because_zh", "because_en") if said else ())):
        if found[name] != _without_metres(getattr(expected, name)):
            yield f"{name} {found[name]!r}, expected {getattr(expected, name)!r}"


_METRES = re.compile(r"；[\d,.]+米内[\d.]+%|; [\d.]+% within [\d,.]+ m(?=;|$)")


def _without_metres(said: Any) -> Any:
    """What the page leaves out of a sentence: the same circle in metres, which it does not walk."""
    return _METRES.sub("", said) if isinstance(said, str) else said


def against(
    found: Sequence[Mapping[str, Any]], expected: Sequence[Finding], **how: bool
) -> list[str]:
    """All differences of findings in their order, of those that are live."""
    assert len(found) == len(expected)
    return [
        f"{one.clause_id} {one.unit_name}: {text}"
        for mine, one in zip(found, expected, strict=True)
        if mine["live"]
        for text in differences(mine, one, **how)
    ]
