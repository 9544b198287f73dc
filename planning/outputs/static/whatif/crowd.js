/* People as the search meets them: at the crossings at both ends of their street. */

import { FAR } from "./nearest.js";
import { IMPASSABLE } from "./timing.js";

export class Crowd {
  constructor(graph, footing) {
    this.graph = graph;
    this.timed = graph.timed;
    this.n = footing.n;
    this.on_network = new Uint8Array(footing.n);
    this.best = new Int32Array(footing.n).fill(FAR);
    this.#seat(footing);
    this.#stand(footing.edge);
    this.#line(footing.edge);
  }

  /** Everyone within the limit of a seat, after `search` went out from it, by rising point. */
  met(search, seat, limit_ms) {
    this.#meetAtCrossings(search, limit_ms);
    this.#meetOnOwnStreet(seat, limit_ms);
    return this.#taken();
  }

  #meetAtCrossings(search, limit_ms) {
    const { start, rows, best } = this, { touched, label, count } = search;
    for (let i = 0; i < count; i++) {
      const copy = touched[i], here = label[copy], end = 2 * start[copy + 1];
      for (let row = 2 * start[copy]; row < end; row += 2) {
        const point = rows[row], ms = here + rows[row + 1];
        if (ms <= limit_ms && ms < best[point]) best[point] = ms;
      }
    }
  }

  #meetOnOwnStreet(seat, limit_ms) {
    const { best, edge_start, edge_points } = this;
    for (let i = edge_start[seat.edge]; i < edge_start[seat.edge + 1]; i++) {
      const point = edge_points[i];
      const theirs = {
        out_ms: this.out_ms[point], back_ms: this.back_ms[point], leg_ms: this.leg_ms[point],
      };
      const ms = this.timed.straightMs(seat, theirs);
      if (ms <= limit_ms && ms < best[point]) best[point] = ms;
    }
  }

  /** Whom was met and when; and nobody is met any more. */
  #taken() {
    const { best, n } = this;
    let count = 0;
    for (let p = 0; p < n; p++) if (best[p] !== FAR) count++;
    const point = new Int32Array(count), ms = new Int32Array(count);
    for (let p = 0, i = 0; i < count; p++) {
      if (best[p] === FAR) continue;
      point[i] = p;
      ms[i++] = best[p];
      best[p] = FAR;
    }
    return { point, ms };
  }

  #seat({ n, edge, share, leg_m }) {
    for (const name of ["out_ms", "back_ms", "leg_ms", "from_tail", "from_head"]) {
      this[name] = new Int32Array(n);
    }
    for (let p = 0; p < n; p++) {
      if (edge[p] < 0) continue;
      const seat = this.timed.seat(edge[p], share[p], leg_m[p]);
      this.on_network[p] = 1;
      this.out_ms[p] = seat.out_ms;
      this.back_ms[p] = seat.back_ms;
      this.leg_ms[p] = seat.leg_ms;
      this.from_tail[p] = seat.from_tail;
      this.from_head[p] = seat.from_head;
    }
  }

  /** Points at copy v in `rows[2 * start[v]]` and on: who, and how far from there [ms]. */
  #stand(edge) {
    const start = new Int32Array(this.graph.size + 1);
    this.#eachRow(edge, (copy) => start[copy + 1]++);
    for (let v = 0; v < this.graph.size; v++) start[v + 1] += start[v];
    const rows = new Int32Array(2 * start[this.graph.size]), at = start.slice();
    this.#eachRow(edge, (copy, point, ms) => {
      const row = 2 * at[copy]++;
      rows[row] = point;
      rows[row + 1] = ms;
    });
    this.start = start;
    this.rows = rows;
  }

  #eachRow(edge, use) {
    const { leave, common, arrive, streets } = this.graph;
    for (let p = 0; p < this.n; p++) {
      const e = edge[p];
      if (e < 0) continue;
      for (const copies of streets.private[e] ? [leave, arrive] : [common]) {
        if (this.from_tail[p] < IMPASSABLE) use(copies[streets.tail[e]], p, this.from_tail[p]);
        if (this.from_head[p] < IMPASSABLE) use(copies[streets.head[e]], p, this.from_head[p]);
      }
    }
  }

  /** The points of every edge. */
  #line(edge) {
    const start = new Int32Array(this.graph.streets.n_edges + 1);
    for (const e of edge) if (e >= 0) start[e + 1]++;
    for (let e = 0; e + 1 < start.length; e++) start[e + 1] += start[e];
    this.edge_points = new Int32Array(start[start.length - 1]);
    const at = start.slice();
    edge.forEach((e, p) => { if (e >= 0) this.edge_points[at[e]++] = p; });
    this.edge_start = start;
  }
}
