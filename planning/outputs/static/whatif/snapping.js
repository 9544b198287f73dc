/* Points find their place on the streets: the twin of planning/network/snapping.py.

   On an edge of the compound the point lies in, or of none; never on a street that leads nowhere
   if another is near enough. Of edges equally near the public one, then the first. */

import { SegmentGrid } from "./segment_grid.js";

/** Streets without some lines, and where points stand on them, whatever the speed. */
export class Ground {
  constructor(streets, closed) {
    this.streets = streets;
    this.grid = gridOf(streets);
    this.open = new Uint8Array(streets.n_edges).fill(1);
    if (closed.size) {
      for (let e = 0; e < streets.n_edges; e++) if (closed.has(streets.line[e])) this.open[e] = 0;
    }
    this.mainland = mainlandOf(streets, this.open);
  }

  /** The edge a point stands on, −1 if none; `share` and `leg_m` say where. */
  find(x, y) {
    const { streets, grid } = this, max_m = streets.max_snap_m;
    const zone = grid.zoneOf(x, y);
    const near = grid.nearest(x, y, zone, this.open, max_m);
    if (near < 0 || this.mainland[near]) return near;
    const other = grid.nearest(x, y, zone, this.mainland, max_m);
    return other < 0 ? near : other;
  }

  /** The share of the edge found last, from its tail [1]. */
  get share() {
    return this.grid.share;
  }

  /** From the place to the edge found last [m]. */
  get leg_m() {
    return this.grid.leg_m;
  }
}

/** One grid for all grounds of the same streets. */
function gridOf(streets) {
  streets.grid ??= new SegmentGrid(streets);
  return streets.grid;
}

/** The open edges of connected parts that are no islands; the longest part never is one. */
function mainlandOf(streets, open) {
  const part = connectedParts(streets, open), metres = new Float64Array(streets.n_nodes);
  for (let e = 0; e < streets.n_edges; e++) {
    if (open[e]) metres[part[streets.tail[e]]] += streets.length_m[e];
  }
  let longest = 0;
  for (let n = 1; n < metres.length; n++) if (metres[n] > metres[longest]) longest = n;
  return open.map((is_open, e) => {
    const own = part[streets.tail[e]];
    return is_open && (own === longest || metres[own] / 1000 >= streets.island_km) ? 1 : 0;
  });
}

/** For each node the first one that it is connected with. */
function connectedParts(streets, open) {
  const parent = Int32Array.from({ length: streets.n_nodes }, (_, n) => n);
  const root = (n) => {
    while (parent[n] !== n) n = parent[n] = parent[parent[n]];
    return n;
  };
  for (let e = 0; e < streets.n_edges; e++) {
    if (!open[e]) continue;
    const a = root(streets.tail[e]), b = root(streets.head[e]);
    parent[Math.max(a, b)] = Math.min(a, b);
  }
  return parent.map((_, n) => root(n));
}
