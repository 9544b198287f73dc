/* What the page's engine asks about, its scenario, facilities, people and walks, as a world that is
   judged. */

import { COUNTS } from "./choosing.js";
import { Judging } from "./judging.js";
import { outlineTouches } from "./locating.js";

const HOME_LEVEL = "residential_area";

export class Judge {
  /** `locating` finds the units of points and of outlines (locating.js). */
  constructor(content, locating) {
    this.judging = new Judging(content);
    this.locating = locating;
    this.content = content;
    this.first = content.units[HOME_LEVEL]?.ids.length ?? 0; // the number of the first area drawn
    this.farthest_ms = farthestAsked(content.judged.clauses);
    this.reached = new Map(); // flags by point, by who counts and within what
    this.keys = new Map();
    this.generation = 0;
    this.applied = 0; // the last generation in which anything may have changed
    this.drawn = { text: "[]", areas: [], placed: new WeakMap() };
  }

  /** Findings of a scenario; with `moved`, nothing else differs from what was asked last.

      `nearest(key, counts)` gives times [ms] to the nearest facility that counts, by point. */
  judge({ scenario, facilities, people, moved = null, nearest }) {
    this.generation += 1;
    if (!moved) {
      this.applied = this.generation;
      this.keys.clear();
      if (this.reached.size > 500) this.reached.clear();
    }
    this.moved = moved;
    this.nearest = nearest;
    this.facilities = facilities;
    const areas = this.areasOf(scenario.areas);
    const findings = this.judging.judge({
      facilities: areas.length ? facilities.map((one) => this.inDrawn(one)) : facilities,
      people,
      areas,
      moved: moved && areas.length ? this.inDrawn(moved) : moved,
      edits: differencesOf(scenario, moved),
      within: (choice, atMost, limit) => this.within(choice, atMost, limit),
    });
    return findings;
  }

  // ---- walks ---------------------------------------------------------------------------------

  /** Which points are within a limit of what counts for a choice; the same array while the same. */
  within(choice, atMost, limit) {
    const { ledger } = this.judging;
    const counts = (facility) => {
      const how = ledger.code(choice, facility);
      return atMost ? how > 0 : how === COUNTS;
    };
    const question = this.questionOf(`${choice}|${atMost}`, counts);
    const key = `${question}|${typeof limit === "number" ? limit : limit.name}`;
    const kept = this.reached.get(key);
    if (kept?.generation === this.generation) return kept.flags;
    const isSame = kept && this.moved && kept.generation >= this.applied && !counts(this.moved);
    const found = isSame
      ? kept.flags : sameOr(kept?.flags, withinOf(this.nearest(question, counts), limit));
    this.reached.set(key, { flags: found, generation: this.generation });
    return found;
  }

  /** Questions about the same facilities are one. */
  questionOf(name, counts) {
    if (!this.keys.has(name)) {
      this.keys.set(name, `clause ${this.facilities.map((one) => (counts(one) ? 1 : 0)).join("")}`);
    }
    return this.keys.get(name);
  }

  // ---- areas that are drawn --------------------------------------------------------------------

  areasOf(drawn) {
    const text = JSON.stringify(drawn);
    if (text !== this.drawn.text) {
      this.drawn = {
        text, placed: new WeakMap(),
        areas: drawn.map((area) => ({
          ...area,
          planned_people: Math.floor(area.households * this.householdOf(area) + 0.5),
          unit: this.locating.unitHolding(area.outline),
        })),
      };
    }
    return this.drawn.areas;
  }

  householdOf(area) {
    return area.persons_per_household ?? this.content.persons_per_household;
  }

  /** A facility with the area drawn that it lies in, if it lies in no other. */
  inDrawn(facility) {
    if (facility.place[HOME_LEVEL] >= 0) return facility;
    const { placed } = this.drawn;
    if (!placed.has(facility)) {
      const at = this.areaAt(facility.x, facility.y);
      const place = { ...facility.place, [HOME_LEVEL]: at };
      placed.set(facility, at < 0 ? facility : { ...facility, place });
    }
    return placed.get(facility);
  }

  areaAt(x, y) {
    const k = this.drawn.areas.findIndex(({ outline }) => outlineTouches(outline, x, y));
    return k < 0 ? -1 : this.first + k;
  }
}

/** Of what a scenario differs from the present. */
function differencesOf(scenario, moved) {
  const { added, removed, areas, closed_streets: closed, speed_m_s: speed } = scenario;
  const changed = Object.keys(scenario.moved).length + Object.keys(scenario.resized).length;
  return {
    facilities: Boolean(moved || added.length || removed.length || changed),
    areas: areas.length > 0,
    walks: closed.length > 0 || speed !== null,
  };
}

/** The longest walk that a clause judged in the page asks about [ms]. */
function farthestAsked(clauses) {
  const limits = clauses.flatMap(({ ask }) => (
    ask ? [ask.limit_ms ?? 0, ...Object.values(ask.limit_by_zone ?? {})] : []));
  return Math.max(0, ...limits);
}

function withinOf(ms, limit) {
  const flags = new Uint8Array(ms.length), { byPoint } = limit;
  for (let i = 0; i < ms.length; i++) flags[i] = ms[i] <= (byPoint ? byPoint[i] : limit) ? 1 : 0;
  return flags;
}

function sameOr(kept, flags) {
  if (kept?.length !== flags.length) return flags;
  for (let i = 0; i < flags.length; i++) if (flags[i] !== kept[i]) return flags;
  return kept;
}
