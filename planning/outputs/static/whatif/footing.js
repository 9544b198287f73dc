/* Where many points stand on the streets, whatever the speed. */

/** Edge (−1 nowhere), share of its length and leg [m] of n points. */
export class Footing {
  constructor(n) {
    this.n = n;
    this.edge = new Int32Array(n).fill(-1);
    this.share = new Float64Array(n);
    this.leg_m = new Float64Array(n);
  }

  /** Points on a ground. Those whose street is as it was in `before` stay where they were. */
  static of(ground, x_m, y_m, before = null) {
    const found = new Footing(x_m.length);
    for (let p = 0; p < found.n; p++) {
      if (before?.holds(p, ground)) found.#copy(p, before);
      else found.#put(p, ground.find(x_m[p], y_m[p]), ground);
    }
    return found;
  }

  /** These points, then others. */
  followedBy(other) {
    const both = new Footing(this.n + other.n);
    for (const name of ["edge", "share", "leg_m"]) {
      both[name].set(this[name]);
      both[name].set(other[name], this.n);
    }
    return both;
  }

  /** Whether a point stands on the same place of a ground with fewer streets than its own.

      Of fewer streets the nearest is still the nearest, and an island is no mainland where another
      part still is. */
  holds(p, ground) {
    return this.edge[p] < 0 || ground.mainland[this.edge[p]] === 1;
  }

  #copy(p, before) {
    this.edge[p] = before.edge[p];
    this.share[p] = before.share[p];
    this.leg_m[p] = before.leg_m[p];
  }

  #put(p, edge, ground) {
    this.edge[p] = edge;
    if (edge < 0) return;
    this.share[p] = ground.share;
    this.leg_m[p] = ground.leg_m;
  }
}
