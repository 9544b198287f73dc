/* What the search runs on: crossings joined by streets, seen from the site outward.

   A crossing of private streets is there once for those who leave the site's own compound and once
   for those who arrive at their own. Steps of no time lead from the first copy to public streets
   and from these to the second, never back: nobody walks through a compound (decision 6). */

/** Copies of crossings and the arcs between them, at the times of `timed`. */
export class WalkGraph {
  constructor(timed) {
    this.timed = timed;
    this.streets = timed.streets;
    this.#copy(this.streets);
    this.#join();
  }

  /** The copy of an edge's end from which whoever stands on the edge leaves. */
  leavingCopy(edge, node) {
    return this.streets.private[edge] ? this.leave[node] : this.common[node];
  }

  /** Numbers of every node's copies, −1 where there is none. */
  #copy({ n_nodes, n_edges, tail, head, private: is_private }) {
    const touched = new Uint8Array(n_nodes); // 1: by a public street, 2: by a private one
    for (let e = 0; e < n_edges; e++) {
      const kind = is_private[e] ? 2 : 1;
      touched[tail[e]] |= kind;
      touched[head[e]] |= kind;
    }
    this.leave = new Int32Array(n_nodes).fill(-1);
    this.common = new Int32Array(n_nodes).fill(-1);
    this.arrive = new Int32Array(n_nodes).fill(-1);
    this.size = 0;
    for (let n = 0; n < n_nodes; n++) {
      if (touched[n] & 2) this.leave[n] = this.size++;
      if (touched[n] & 1) this.common[n] = this.size++;
      if (touched[n] & 2) this.arrive[n] = this.size++;
    }
  }

  /** Arcs of copy v in `arcs[2 * start[v]]` and on: where to, and how long [ms]. */
  #join() {
    const start = new Int32Array(this.size + 1);
    this.#eachArc((from) => start[from + 1]++);
    for (let v = 0; v < this.size; v++) start[v + 1] += start[v];
    const arcs = new Int32Array(2 * start[this.size]), at = start.slice();
    this.#eachArc((from, to, ms) => {
      const arc = 2 * at[from]++;
      arcs[arc] = to;
      arcs[arc + 1] = ms;
    });
    this.start = start;
    this.arcs = arcs;
  }

  #eachArc(use) {
    const { leave, common, arrive, streets } = this, { open } = this.timed.ground;
    const { out_ms, out_ok, back_ms, back_ok } = this.timed;
    const both = (copies, e) => {
      const tail = copies[streets.tail[e]], head = copies[streets.head[e]];
      if (out_ok[e]) use(tail, head, out_ms[e]);
      if (back_ok[e]) use(head, tail, back_ms[e]);
    };
    for (let e = 0; e < streets.n_edges; e++) {
      if (!open[e]) continue;
      if (!streets.private[e]) both(common, e);
      else for (const copies of [leave, arrive]) both(copies, e);
    }
    for (let n = 0; n < streets.n_nodes; n++) {
      if (leave[n] < 0 || common[n] < 0) continue;
      use(leave[n], common[n], 0);
      use(common[n], arrive[n], 0);
    }
  }
}
