/* The streets as Python built them, edge by edge (planning/outputs/whatif/streets_data.py).

   An edge runs from tail to head over its shape; a line of the source is one edge or several. */

import { typedArray } from "./arrays.js";
import { Ground } from "./snapping.js";
import { Timed } from "./timing.js";

const EDGE_ARRAYS = [
  "tail", "head", "shape_xy", "shape_start", "length_m", "speed", "extra_edge", "extra_us",
  "forward_ok", "backward_ok", "private", "line", "highway",
];

export class Streets {
  constructor(data) {
    for (const name of EDGE_ARRAYS) this[name] = typedArray(data[name]);
    this.n_nodes = data.n_nodes;
    this.n_edges = this.tail.length;
    this.compound = data.compound
      ? typedArray(data.compound) : new Int32Array(this.n_edges).fill(-1);
    this.compounds = data.compounds.map((rings) => rings.map(typedArray));
    this.flat_forward_um = flatUm(data.flat_forward_um, this.length_m);
    this.flat_backward_um = flatUm(data.flat_backward_um, this.length_m);
    this.speeds_m_s = data.speeds_m_s;
    this.factors = data.factors;
    this.speed_m_s = data.speed_m_s;
    this.highways = data.highways;
    this.to_site = data.direction === "to_site";
    this.max_snap_m = data.max_snap_m;
    this.island_km = data.island_km;
  }

  /** The streets at a speed [m/s], without some lines. */
  timed(speed_m_s, closed) {
    return new Timed(new Ground(this, closed), speed_m_s);
  }

  /** The edges of a line of the source. */
  edgesOf(line) {
    const edges = [];
    for (let e = 0; e < this.n_edges; e++) if (this.line[e] === line) edges.push(e);
    return edges;
  }

  /** The pieces of a line to draw, each x, y, x, y, … [m]. */
  linePath(line) {
    const { shape_xy, shape_start } = this;
    return this.edgesOf(line)
      .map((e) => shape_xy.slice(2 * shape_start[e], 2 * shape_start[e + 1]));
  }
}

/** Micrometres on the flat that take as long; without a slope they are the length itself. */
function flatUm(packed, length_m) {
  return packed ? typedArray(packed) : length_m.map((m) => Math.round(m * 1e6));
}
