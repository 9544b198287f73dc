/* The people of a study: how many of a group are covered, in all and in every unit. */

import { typedArray } from "./arrays.js";
import { sketchedPoints } from "./sketching.js";

const RESIDENTIAL = "residential_area";

/** Demand points with people by group and the unit of each at every level, those of the study
    first, those of sketched areas behind them. */
export class People {
  constructor({ x, y, groups, place, totals }) {
    this.n = x.length;
    this.x = x;
    this.y = y;
    this.groups = groups;
    this.place = place;
    this.totals = totals; // [persons] of the study's own, as it was counted there
  }

  static of(content) {
    const unpacked = (some) =>
      Object.fromEntries(Object.entries(some).map(([name, one]) => [name, typedArray(one)]));
    return new People({
      x: typedArray(content.x_m), y: typedArray(content.y_m), totals: content.totals,
      groups: unpacked(content.groups), place: unpacked(content.place),
    });
  }

  /** With the people of sketched areas: {outline, people}, the first being area number `first`.

      They are spread evenly over the area, and as young and as old as everybody. */
  withAreas(areas, first, unitsAt) {
    if (!areas.length) return this;
    const points = areas.flatMap((area, number) => pointsOf(area, first + number, unitsAt));
    const joined = (old, more) => {
      const both = new old.constructor(old.length + more.length);
      both.set(old);
      both.set(more, old.length);
      return both;
    };
    return new People({
      x: joined(this.x, points.map((point) => point.x)),
      y: joined(this.y, points.map((point) => point.y)),
      groups: mapped(this.groups, (people, name) =>
        joined(people, points.map((point) => point.people * this.shareOf(name)))),
      place: mapped(this.place, (units, level) =>
        joined(units, points.map((point) => point.place[level] ?? -1))),
      totals: this.totals,
    });
  }

  shareOf(group) {
    return group === "total" ? 1 : this.totals[group] / this.totals.total;
  }

  /** Persons of a group of whom `ms` to the nearest is within the limit; all where ms is null. */
  within(group, ms, limit_ms) {
    const people = this.groups[group];
    let sum = 0;
    for (let i = 0; i < this.n; i++) if (ms === null || ms[i] <= limit_ms) sum += people[i];
    return sum;
  }

  /** The same in every unit of a level, Float64Array (units,). */
  withinByUnit(group, level, units, ms, limit_ms) {
    const people = this.groups[group], place = this.place[level];
    const sums = new Float64Array(units);
    for (let i = 0; i < this.n; i++) {
      if (place[i] >= 0 && (ms === null || ms[i] <= limit_ms)) sums[place[i]] += people[i];
    }
    return sums;
  }
}

function pointsOf(area, number, unitsAt) {
  const { x, y } = sketchedPoints(area.outline);
  return Array.from(x, (_, i) => ({
    x: x[i], y: y[i], people: area.people / x.length,
    place: { ...unitsAt(x[i], y[i]), [RESIDENTIAL]: number },
  }));
}

const mapped = (some, made) =>
  Object.fromEntries(Object.entries(some).map(([name, one]) => [name, made(one, name)]));
