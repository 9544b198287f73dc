/* People by unit, added up as Python does it: from the fewest on, then to whole persons. */

import { typedArray } from "./arrays.js";

const BELOW_LEVELS = ["community", "street", "county", "city", "province"]; // smallest first

/** The people of one world: `people` as the engine has them, the sketched ones last. */
export class Counting {
  constructor(judged, people) {
    this.judged = judged;
    this.people = people;
    this.rising = new Map();
    this.said = new Map();
    this.planned = null;
  }

  hasGroup(group) { return group in this.people.groups; }

  /** Whole persons of a group in each of n units, all or those of `flags` by point. */
  persons(level, n, group, flags = null) {
    const people = this.people.groups[group], unit = this.people.place[level];
    const sums = new Float64Array(n);
    for (const at of unit ? this.order(group) : []) {
      if (unit[at] >= 0 && (!flags || flags[at])) sums[unit[at]] += people[at];
    }
    return sums.map(halfUp);
  }

  order(group) {
    if (!this.rising.has(group)) {
      const people = this.people.groups[group];
      const order = Int32Array.from({ length: this.people.n }, (_, at) => at);
      this.rising.set(group, order.sort((a, b) => people[a] - people[b] || a - b));
    }
    return this.rising.get(group);
  }

  /** What is said of every point's units: the smallest that says anything, else "". */
  attribute(name) {
    if (!this.said.has(name)) this.said.set(name, saidAt(this.judged, name, this.people));
    return this.said.get(name);
  }

  /** Which points lie in units that are so; `only` is as the content has it. */
  so(only) {
    const key = JSON.stringify(only);
    if (!this.said.has(key)) {
      const isSo = (at) => only.every(([name, words]) => words.includes(this.attribute(name)[at]));
      this.said.set(key, flagsOf(this.people.n, isSo));
    }
    return this.said.get(key);
  }

  /** Of which points nobody says whether they do. */
  unsaid(only) {
    return flagsOf(this.people.n, (at) => only.some(([name]) => this.attribute(name)[at] === ""));
  }

  /** Limits by point [ms] from those by zone; null where the zone of an inhabited one is unsaid. */
  limits(limit, byZone) {
    const zone = this.attribute("zone"), limits = new Float64Array(this.people.n);
    for (let at = 0; at < limits.length; at++) {
      limits[at] = byZone[zone[at]] ?? limit ?? NaN;
      if (Number.isNaN(limits[at]) && this.isInhabited(at)) return null;
    }
    return limits;
  }

  isInhabited(at) {
    return Object.values(this.people.groups).some((people) => people[at] > 0);
  }

  /** Which points stand for people of planned areas; null where none does. */
  isPlanned() {
    if (this.planned === null) this.planned = { flags: plannedFlags(this.judged, this.people) };
    return this.planned.flags;
  }
}

function halfUp(sum) {
  const whole = Math.floor(sum);
  return whole + (sum - whole >= 0.5 ? 1 : 0); // what is over whole persons is exact in doubles
}

function plannedFlags(judged, people) {
  const there = judged.is_planned && typedArray(judged.is_planned);
  const n = judged.n_points;
  if (!there && people.n === n) return null;
  return flagsOf(people.n, (at) => (at >= n ? 1 : there ? there[at] : 0));
}

function flagsOf(n, test) {
  const flags = new Uint8Array(n);
  for (let at = 0; at < n; at++) flags[at] = test(at) ? 1 : 0;
  return flags;
}

function saidAt(judged, name, people) {
  const found = Array(people.n).fill("");
  for (let at = 0; at < people.n; at++) {
    found[at] = saidOf(judged, name, (level) => people.place[level]?.[at] ?? -1);
  }
  return found;
}

/** What is said of whatever lies in `unitOf(level)`: by the smallest unit that says anything. */
export function saidOf(judged, name, unitOf) {
  for (const level of BELOW_LEVELS) {
    const words = judged.attributes[level]?.[name], unit = words ? unitOf(level) : -1;
    if (unit >= 0 && words[unit]) return words[unit];
  }
  return "";
}
