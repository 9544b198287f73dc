/* In which unit of every level a point lies, as `StudyArea.locate` says it.

   A point on a border lies in it; of several units the first has it. The orientation of a point
   and a segment is exact: where doubles cannot tell, whole numbers do. */

import { typedArray } from "./arrays.js";
import { ratioOfDouble } from "./fractions.js";

/** The units of all levels, ready to be asked for points and for outlines. */
export class Locating {
  constructor(units) {
    this.levels = Object.entries(units).map(([name, level]) => [name, shapesOf(level.rings)]);
  }

  /** The unit of each level at a point, {level: index}, −1 where none. */
  unitsAt(x, y) {
    const found = {};
    for (const [name, shapes] of this.levels) found[name] = firstContaining(shapes, x, y);
    return found;
  }

  /** The unit of each level that an outline, [[x, y]…], lies in whole; null where it is of several
      or sticks out. */
  unitHolding(outline) {
    const found = {};
    for (const [name, shapes] of this.levels) {
      const at = firstContaining(shapes, ...outline[0]);
      const isIn = outline.every(([x, y]) => firstContaining(shapes, x, y) === at);
      found[name] = isIn && !meetsBorder(shapes, at, outline) ? at : null;
    }
    return found;
  }

  /** The rings of one unit, each a Float64Array of x, y by turns, to be drawn. */
  outline(level, at) {
    const shapes = this.levels.find(([name]) => name === level)[1];
    return ringsOf(shapes, at).map(([from, to]) => shapes.xy.subarray(2 * from, 2 * to));
  }
}

function shapesOf(rings) {
  const shapes = {
    xy: typedArray(rings.xy), ringEnd: typedArray(rings.ring_end),
    polygonEnd: typedArray(rings.polygon_end), shapeEnd: typedArray(rings.shape_end),
  };
  shapes.boxes = new Float64Array(4 * shapes.shapeEnd.length);
  for (let at = 0; at < shapes.shapeEnd.length; at++) shapes.boxes.set(boxOf(shapes, at), 4 * at);
  return shapes;
}

const before = (ends, i) => (i > 0 ? ends[i - 1] : 0);

/** The first and the last vertex, past the end, of every ring of a shape. */
function ringsOf({ ringEnd, polygonEnd, shapeEnd }, at) {
  const from = before(shapeEnd, at), to = shapeEnd[at], rings = [];
  const last = to > 0 ? polygonEnd[to - 1] : 0;
  for (let ring = from > 0 ? polygonEnd[from - 1] : 0; to > from && ring < last; ring++) {
    rings.push([before(ringEnd, ring), ringEnd[ring]]);
  }
  return rings;
}

function boxOf(shapes, at) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [from, to] of ringsOf(shapes, at)) {
    for (let i = 2 * from; i < 2 * to; i += 2) {
      const x = shapes.xy[i], y = shapes.xy[i + 1];
      box[0] = Math.min(box[0], x); box[1] = Math.min(box[1], y);
      box[2] = Math.max(box[2], x); box[3] = Math.max(box[3], y);
    }
  }
  return box;
}

function firstContaining(shapes, x, y) {
  const { boxes } = shapes;
  for (let at = 0; at < shapes.shapeEnd.length; at++) {
    const i = 4 * at;
    const isNear = x >= boxes[i] && y >= boxes[i + 1] && x <= boxes[i + 2] && y <= boxes[i + 3];
    if (isNear && touches(shapes, at, x, y)) return at;
  }
  return -1;
}

/** Whether a shape holds a point or has it on its border: a ray to the right leaves it oddly. */
function touches(shapes, at, x, y) {
  let isInside = false;
  for (const [from, to] of ringsOf(shapes, at)) {
    for (let i = from + 1; i < to; i++) {
      const crossed = crossing(shapes.xy, i, x, y);
      if (crossed < 0) return true;
      if (crossed) isInside = !isInside;
    }
  }
  return isInside;
}

/** Of the segment that ends at vertex i: 1 where the ray cuts it, −1 where the point is on it. */
function crossing(xy, i, x, y) {
  const x0 = xy[2 * i - 2], y0 = xy[2 * i - 1], x1 = xy[2 * i], y1 = xy[2 * i + 1];
  if (x0 < x && x1 < x) return 0;
  if (x === x1 && y === y1) return -1;
  if (y0 === y && y1 === y) return x >= Math.min(x0, x1) && x <= Math.max(x0, x1) ? -1 : 0;
  if (!((y0 > y && y1 <= y) || (y1 > y && y0 <= y))) return 0;
  const side = leftOf(x0, y0, x1, y1, x, y);
  if (side === 0) return -1;
  return (y1 < y0 ? -side : side) > 0 ? 1 : 0;
}

const DOUBT = 3.3306690738754716e-16; // (3 + 16ε)ε: beyond it the sign of the doubles is right

/** 1 where a point is left of a directed segment, −1 right of it, 0 on its line; exact. */
export function leftOf(x0, y0, x1, y1, x, y) {
  const one = (x0 - x) * (y1 - y), other = (y0 - y) * (x1 - x), found = one - other;
  if (Math.abs(found) > DOUBT * (Math.abs(one) + Math.abs(other))) return Math.sign(found);
  const [a, b, c, d, e, f] = sameScale([x0, y0, x1, y1, x, y]);
  const exact = (a - e) * (d - f) - (b - f) * (c - e);
  return exact > 0n ? 1 : exact < 0n ? -1 : 0;
}

/** Doubles as whole numbers of one small unit. */
function sameScale(values) {
  const exact = values.map(ratioOfDouble);
  const finest = exact.reduce((most, one) => (one.d > most ? one.d : most), 1n);
  return exact.map(({ n, d }) => n * (finest / d));
}

/** Whether the border of a shape is anywhere in an outline; of none (−1), that of any shape. */
function meetsBorder(shapes, at, outline) {
  const among = at < 0 ? [...shapes.shapeEnd.keys()] : [at];
  return among.some((one) => ringsOf(shapes, one).some(([from, to]) => {
    if (outlineTouches(outline, shapes.xy[2 * from], shapes.xy[2 * from + 1])) return true;
    for (let i = from + 1; i < to; i++) {
      const segment = shapes.xy.subarray(2 * i - 2, 2 * i + 2);
      if (outline.some((end, k) => meet(segment, outline.at(k - 1), end))) return true;
    }
    return false;
  }));
}

/** Whether two segments have a point in common. */
export function meet([x0, y0, x1, y1], [x2, y2], [x3, y3]) {
  const isApart = Math.max(x0, x1) < Math.min(x2, x3) || Math.max(x2, x3) < Math.min(x0, x1)
    || Math.max(y0, y1) < Math.min(y2, y3) || Math.max(y2, y3) < Math.min(y0, y1);
  if (isApart) return false;
  return leftOf(x0, y0, x1, y1, x2, y2) * leftOf(x0, y0, x1, y1, x3, y3) <= 0
    && leftOf(x2, y2, x3, y3, x0, y0) * leftOf(x2, y2, x3, y3, x1, y1) <= 0;
}

/** Whether an outline, [[x, y]…], holds a point or has it on its border. */
export function outlineTouches(outline, x, y) {
  const xy = Float64Array.from([...outline, outline[0]].flat());
  let isInside = false;
  for (let i = 1; i <= outline.length; i++) {
    const crossed = crossing(xy, i, x, y);
    if (crossed < 0) return true;
    if (crossed) isInside = !isInside;
  }
  return isInside;
}
