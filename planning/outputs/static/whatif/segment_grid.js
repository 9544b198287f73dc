/* The straight pieces of all edges in square cells, to find the nearest to a place. */

import { boundsOf, liesIn } from "./rings.js";

const CELL_M = 100; // changes speed only
export const ANY_ZONE = -2;

/** Segments by cell; where the edge that was found last is met stays in `share` and `leg_m`. */
export class SegmentGrid {
  constructor(streets) {
    this.streets = streets;
    this.boxes = streets.compounds.map(boundsOf);
    this.share = 0; // of the edge, from its tail [1]
    this.leg_m = 0; // from the place to the edge
    this.#measure(streets);
    this.#sort(streets);
  }

  /** The compound a place lies in, the first of several; −1 outside all. */
  zoneOf(x, y) {
    return this.streets.compounds.findIndex((rings, k) => {
      const [west, south, east, north] = this.boxes[k];
      return x >= west && x <= east && y >= south && y <= north && liesIn(rings, x, y);
    });
  }

  /** The nearest allowed edge of a zone, −1 if none within `max_m`: by rings of cells. */
  nearest(x, y, zone, allowed, max_m) {
    const { columns, rows, low_x, low_y } = this;
    if (!(low_x - max_m <= x && x <= low_x + columns * CELL_M + max_m)) return -1;
    if (!(low_y - max_m <= y && y <= low_y + rows * CELL_M + max_m)) return -1;
    const column = Math.floor((x - low_x) / CELL_M), row = Math.floor((y - low_y) / CELL_M);
    const off_x = x - low_x - column * CELL_M, off_y = y - low_y - row * CELL_M;
    const inner_m = Math.min(off_x, CELL_M - off_x, off_y, CELL_M - off_y);
    const rings = Math.floor(max_m / CELL_M) + 2;
    this.best2 = max_m * max_m;
    this.edge = -1;
    this.along_m = 0;
    for (let ring = 0; ring < rings; ring++) {
      const seen_m = (ring - 1) * CELL_M + inner_m; // all that lies within was met before
      if (ring > 0 && this.best2 < seen_m * seen_m) break;
      this.#lookAround(column, row, ring, x, y, zone, allowed);
    }
    if (this.edge < 0) return -1;
    const edge_m = this.edge_m[this.edge];
    this.leg_m = Math.sqrt(this.best2);
    this.share = edge_m > 0 ? Math.min(1, this.along_m / edge_m) : 0;
    return this.edge;
  }

  #lookAround(column, row, ring, x, y, zone, allowed) {
    const last = Math.min(this.rows - 1, row + ring);
    for (let r = Math.max(0, row - ring); r <= last; r++) {
      const stride = Math.abs(r - row) === ring ? 1 : Math.max(1, 2 * ring);
      for (let c = column - ring; c <= column + ring; c += stride) {
        if (c >= 0 && c < this.columns) this.#lookInto(r * this.columns + c, x, y, zone, allowed);
      }
    }
  }

  #lookInto(cell, x, y, zone, allowed) {
    const { start, inside, segment_edge, segment_at, before_m } = this;
    const { shape_xy, compound } = this.streets;
    for (let i = start[cell]; i < start[cell + 1]; i++) {
      const s = inside[i], e = segment_edge[s], at = 2 * segment_at[s];
      if (!allowed[e] || (zone !== ANY_ZONE && compound[e] !== zone)) continue;
      const x0 = shape_xy[at], y0 = shape_xy[at + 1], x1 = shape_xy[at + 2], y1 = shape_xy[at + 3];
      const dx = x1 - x0, dy = y1 - y0, px = x - x0, py = y - y0;
      const long2 = dx * dx + dy * dy;
      const t = long2 > 0 ? Math.min(1, Math.max(0, (px * dx + py * dy) / long2)) : 0;
      // From the corner itself where it is nearest, so that edges that share it are equally near.
      const qx = t === 1 ? x - x1 : px - t * dx, qy = t === 1 ? y - y1 : py - t * dy;
      const d2 = qx * qx + qy * qy;
      if (d2 > this.best2) continue;
      const along_m = before_m[s] + t * Math.sqrt(long2);
      if (d2 < this.best2 || this.#goesBefore(e, along_m)) {
        this.best2 = d2;
        this.edge = e;
        this.along_m = along_m;
      }
    }
  }

  /** Of places equally near: public before private, then the first edge, then nearest its tail. */
  #goesBefore(e, along_m) {
    const is_private = this.streets.private, best = this.edge;
    if (best < 0) return true;
    if (is_private[e] !== is_private[best]) return is_private[e] < is_private[best];
    return e < best || (e === best && along_m < this.along_m);
  }

  /** Every segment's edge, first corner and metres before it; every edge's planar length. */
  #measure({ n_edges, shape_start, shape_xy }) {
    const count = shape_start[n_edges] - n_edges;
    this.segment_edge = new Int32Array(count);
    this.segment_at = new Int32Array(count);
    this.before_m = new Float64Array(count);
    this.edge_m = new Float64Array(n_edges);
    for (let e = 0, s = 0; e < n_edges; e++) {
      for (let at = shape_start[e]; at < shape_start[e + 1] - 1; at++, s++) {
        const dx = shape_xy[2 * at + 2] - shape_xy[2 * at];
        const dy = shape_xy[2 * at + 3] - shape_xy[2 * at + 1];
        this.segment_edge[s] = e;
        this.segment_at[s] = at;
        this.before_m[s] = this.edge_m[e];
        this.edge_m[e] += Math.sqrt(dx * dx + dy * dy);
      }
    }
  }

  /** Cells and the segments that touch them: counted, then filled. */
  #sort({ shape_xy }) {
    const [west, south, east, north] = boundsOf([shape_xy]);
    this.low_x = west;
    this.low_y = south;
    this.columns = shape_xy.length ? Math.floor((east - west) / CELL_M) + 1 : 0;
    this.rows = shape_xy.length ? Math.floor((north - south) / CELL_M) + 1 : 0;
    const start = new Int32Array(this.columns * this.rows + 1);
    this.#eachTouched((cell) => start[cell + 1]++);
    for (let cell = 0; cell < start.length - 1; cell++) start[cell + 1] += start[cell];
    const inside = new Int32Array(start[start.length - 1]), at = start.slice();
    this.#eachTouched((cell, s) => { inside[at[cell]++] = s; });
    this.start = start;
    this.inside = inside;
  }

  #eachTouched(use) {
    const { shape_xy } = this.streets, { low_x, low_y } = this;
    const cellOf = (m, low) => Math.floor((m - low) / CELL_M);
    for (let s = 0; s < this.segment_at.length; s++) {
      const at = 2 * this.segment_at[s];
      const x0 = shape_xy[at], y0 = shape_xy[at + 1], x1 = shape_xy[at + 2], y1 = shape_xy[at + 3];
      const west = cellOf(Math.min(x0, x1), low_x), east = cellOf(Math.max(x0, x1), low_x);
      const south = cellOf(Math.min(y0, y1), low_y), north = cellOf(Math.max(y0, y1), low_y);
      for (let row = south; row <= north; row++) {
        for (let column = west; column <= east; column++) {
          const x = low_x + column * CELL_M, y = low_y + row * CELL_M;
          if (crosses(x0, y0, x1 - x0, y1 - y0, x, y)) use(row * this.columns + column, s);
        }
      }
    }
  }
}

/** Whether a segment may touch a cell: its corners do not all lie on one side of the line. */
function crosses(x0, y0, dx, dy, west, south) {
  const a = dx * (south - y0) - dy * (west - x0), b = dx * CELL_M, c = dy * CELL_M;
  const slack = 1e-6 * (Math.abs(dx) + Math.abs(dy)) * CELL_M;
  return Math.min(a, a + b, a - c, a + b - c) <= slack
    && Math.max(a, a + b, a - c, a + b - c) >= -slack;
}
