/* Whether a place lies in a walled compound, borders included: as GEOS says it, to the last bit. */

import { leftOf } from "./locating.js";

/** Whether a place lies in rings or on one; outer rings and holes alike, [x, y, x, y, …] closed. */
export function liesIn(rings, x, y) {
  let inside = false;
  for (const ring of rings) {
    for (let i = 2; i < ring.length; i += 2) {
      const x0 = ring[i - 2], y0 = ring[i - 1], x1 = ring[i], y1 = ring[i + 1];
      if (x0 < x && x1 < x) continue;
      if (x1 === x && y1 === y) return true;
      if (y0 === y && y1 === y) {
        if (Math.min(x0, x1) <= x && x <= Math.max(x0, x1)) return true;
        continue;
      }
      if (y0 > y === y1 > y) continue;
      const side = leftOf(x0, y0, x1, y1, x, y);
      if (side === 0) return true;
      if (side > 0 === y1 > y0) inside = !inside;
    }
  }
  return inside;
}

/** West, south, east and north of rings. */
export function boundsOf(rings) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i += 2) {
      box[0] = Math.min(box[0], ring[i]);
      box[1] = Math.min(box[1], ring[i + 1]);
      box[2] = Math.max(box[2], ring[i]);
      box[3] = Math.max(box[3], ring[i + 1]);
    }
  }
  return box;
}
