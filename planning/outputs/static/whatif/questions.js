/* Who is how far from the nearest of some facilities: asked again and again, reckoned once.

   While a site is dragged, what all others give is kept, and only the site's own row laid over it. */

import { lowered, nearestOf } from "./nearest.js";

export class Questions {
  /** `rowOf(facility)` gives whom a facility reaches: {point, ms}. */
  constructor(n_points, facilities, rowOf) {
    this.n = n_points;
    this.facilities = facilities;
    this.rowOf = rowOf;
    this.kept = new Map(); // by the question's key: {counts, ms, others}
    this.passing = null; // the row of the dragged site where it is right now
  }

  /** Times [ms] to the nearest facility that `counts(facility)`, FAR where there is none, (n,).

      `key` stands for the question: under one key the same facilities count. */
  nearest(key, counts) {
    let asked = this.kept.get(key);
    if (!asked) {
      const ms = nearestOf(this.n, this.rowsOf(counts));
      asked = { counts, ms, others: null };
      this.kept.set(key, asked);
    }
    return asked.ms;
  }

  /** A site is about to be dragged: what all others give is reckoned where it counts. */
  leaveOut(facility) {
    for (const asked of this.kept.values()) {
      asked.others = asked.counts(facility)
        ? nearestOf(this.n, this.rowsOf((one) => one.id !== facility.id && asked.counts(one)))
        : null;
    }
  }

  /** The dragged site as it stands now, and whom it reaches from there. */
  takeIn(moved, row) {
    this.facilities = this.facilities.map((one) => (one.id === moved.id ? moved : one));
    this.passing = { id: moved.id, row };
    for (const asked of this.kept.values()) {
      if (asked.others) {
        asked.ms.set(asked.others);
        lowered(asked.ms, row);
      }
    }
  }

  rowsOf(counts) {
    const { id, row } = this.passing ?? {};
    return this.facilities.filter(counts).map((one) => (one.id === id ? row : this.rowOf(one)));
  }
}
