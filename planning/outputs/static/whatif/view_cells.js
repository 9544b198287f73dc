/* Population cells in colours. Which cell lies under which pixel is worked out once for a view; a
   repaint then only looks colours up, whatever the number of cells. */

import { answerShown, arrayOf, servedBy, view } from "./view_state.js";

export const EDGES_MIN = [0, 5, 10, 15, 20, 30]; // upper ends count as within
export const BAND_COLOURS = ["#123f5f", "#2f7ca3", "#6fb0c8", "#a5d0da", "#d3e7e8"]; // near is dark
export const BEYOND_COLOUR = "#f0a35e";
export const NOWHERE_COLOUR = "#84898d";
export const CHANGE_COLOURS = { gained: "#14967f", lost: "#e0812c", within: "#b9c9d2",
  beyond: "#e6e0d2" };

const OPACITY = 0.88;
const SKETCHED_M = 50; // side of the squares a sketched area is cut into
const POINT_M = 60; // side of the square that stands for a point
const EDGED_PX = 11; // cells so large get an edge

const DECIMETRES = 10;

/** The corners of the cells in metres: {xy, start,
  of}; a point without an outline gets a square. */
function cellRings(people) {
  const count = arrayOf(people.cells.count), step = arrayOf(people.cells.step);
  const x = arrayOf(people.x_m), y = arrayOf(people.y_m), half = POINT_M / 2;
  const xy = [], start = [0];
  for (let cell = 0, k = 0; cell < count.length; cell++) {
    if (!count[cell]) {
      for (const [dx, dy] of [[-1, -1], [1, -1], [1, 1], [-1, 1]]) xy.push(x[cell] + dx * half,
        y[cell] + dy * half);
    }
    for (let corner = 0, u = 0, w = 0; corner < count[cell]; corner++, k += 2) {
      u += step[k]; w += step[k + 1];
      xy.push(u / DECIMETRES, w / DECIMETRES);
    }
    start.push(xy.length / 2);
  }
  return { xy: Float64Array.from(xy), start, of: Int32Array.from(count, (_, cell) => cell) };
}

/** Upright squares around points, numbered from `first`. */
function squares(x, y, side_m, first) {
  const xy = new Float64Array(8 * x.length), start = new Int32Array(x.length + 1);
  const of = new Int32Array(x.length), half = side_m / 2;
  for (let i = 0; i < x.length; i++) {
    xy.set([x[i] - half, y[i] - half, x[i] + half, y[i] - half, x[i] + half, y[i] + half,
      x[i] - half, y[i] + half], 8 * i);
    start[i + 1] = 4 * (i + 1);
    of[i] = first + i;
  }
  return { xy, start, of };
}

/** Which cell is under which pixel, and the painting of them: only what changed is painted anew. */
export class CellRaster {
  constructor(people) {
    this.rings = cellRings(people);
    this.n = people.n;
    this.sketched = null;
    this.placed = null;
  }

  /** Points of sketched areas, {x, y}, which come behind all others. */
  sketch({ x, y }) {
    const key = `${x.join()} ${y.join()}`;
    if (key === this.sketchedKey) return;
    this.sketchedKey = key;
    this.sketched = x.length ? squares(x, y, SKETCHED_M, this.n) : null;
    this.placed = null;
  }

  get count() { return this.n + (this.sketched ? this.sketched.of.length : 0); }

  /** Find the pixels of every cell: stretches of rows, cell after cell. */
  place(v) {
    this.placed = v;
    this.index = new Int32Array(v.width * v.height); // cell + 1, 0 for none
    this.image = new ImageData(v.width, v.height);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.found = new Uint8Array(this.count).fill(UNPAINTED);
    this.stretches = [];
    this.first = new Int32Array(this.count + 1);
    for (const rings of [this.rings, this.sketched]) if (rings) this.scan(rings, v);
    this.first[this.count] = this.stretches.length;
  }

  scan({ xy, start, of }, v) {
    for (let cell = 0; cell < of.length; cell++) {
      this.first[of[cell]] = this.stretches.length;
      this.scanCell(xy, start[cell], start[cell + 1], of[cell] + 1, v);
    }
  }

  /** Fill one cell by even and odd crossings of the middle of each row of pixels. */
  scanCell(xy, a, b, mark, v) {
    let top = Infinity, bottom = -Infinity, left = Infinity, right = -Infinity;
    for (let k = a; k < b; k++) {
      const x = v.px(xy[2 * k]), y = v.py(xy[2 * k + 1]);
      top = Math.min(top, y); bottom = Math.max(bottom, y);
      left = Math.min(left, x); right = Math.max(right, x);
    }
    if (right < 0 || left > v.width || bottom < 0 || top > v.height) return;
    const edge = right - left >= EDGED_PX * v.ratio ? 1 : 0;
    const from = Math.max(0, Math.ceil(top - 0.5));
    const to = Math.min(v.height, Math.ceil(bottom - 0.5) - edge);
    for (let row = from; row < to; row++) {
      const found = crossings(xy, a, b, row + 0.5, v);
      for (let i = 0; i + 1 < found.length; i += 2) {
        const begin = Math.max(0, Math.ceil(found[i] - 0.5)) + row * v.width;
        const end = Math.min(v.width, Math.ceil(found[i + 1] - 0.5) - edge) + row * v.width;
        if (end <= begin) continue;
        this.index.fill(mark, begin, end);
        this.stretches.push(begin, end);
      }
    }
  }

  /** Paint every cell whose class is another than before. */
  paint(ctx, v, classes) {
    let top = v.height, bottom = -1;
    if (!this.placed) { // other squares: what the old ones covered is to be seen again
      this.place(v);
      [top, bottom] = [0, v.height - 1];
    }
    for (let cell = 0; cell < classes.length; cell++) {
      if (this.found[cell] === classes[cell]) continue;
      this.found[cell] = classes[cell];
      const from = this.first[cell], to = this.first[cell + 1];
      if (from === to) continue;
      for (let k = from; k < to; k += 2) {
        this.fill(this.stretches[k], this.stretches[k + 1], cell, classes[cell], v);
      }
      top = Math.min(top, Math.floor(this.stretches[from] / v.width));
      bottom = Math.max(bottom, Math.floor(this.stretches[to - 2] / v.width));
    }
    if (bottom >= top) ctx.putImageData(this.image, 0, 0, 0, top, v.width, bottom - top + 1);
  }

  /** One stretch in the colour of its class; a pixel that a later cell covers stays as it is. */
  fill(begin, end, cell, kind, v) {
    if (STRIPED[kind] === PLAIN[kind] && !this.sketched) {
      this.pixels.fill(PLAIN[kind], begin, end);
      return;
    }
    const wide = v.ratio > 1 ? 15 : 7, row = Math.floor(begin / v.width);
    for (let p = begin, x = begin - row * v.width; p < end; p++, x++) {
      if (this.index[p] !== cell + 1) continue;
      this.pixels[p] = ((x + row) & wide) < 3 ? STRIPED[kind] : PLAIN[kind];
    }
  }

  /** The cell under a pixel, −1 for none. */
  under(px, py) {
    if (!this.placed) return -1;
    const { width, height } = this.placed;
    if (px < 0 || py < 0 || px >= width || py >= height) return -1;
    return this.index[Math.floor(py) * width + Math.floor(px)] - 1;
  }
}

const cuts = [];

function crossings(xy, a, b, middle, v) {
  cuts.length = 0;
  for (let k = a, j = b - 1; k < b; j = k++) {
    const y0 = v.py(xy[2 * j + 1]), y1 = v.py(xy[2 * k + 1]);
    if (y0 <= middle === y1 <= middle) continue;
    const x0 = v.px(xy[2 * j]), x1 = v.px(xy[2 * k]);
    cuts.push(x0 + ((middle - y0) / (y1 - y0)) * (x1 - x0));
  }
  return cuts.length > 2 ? cuts.sort((p, q) => p - q) : orderedPair(cuts);
}

function orderedPair(pair) {
  if (pair.length === 2 && pair[0] > pair[1]) pair.reverse();
  return pair;
}

// ---- which colour ----------------------------------------------------------------------------

/** A colour as one number of an image's bytes (red lowest), with the opacity of the cells. */
function packedColour(hex) {
  const rgb = parseInt(hex.slice(1), 16);
  return ((Math.round(OPACITY * 255) << 24) | ((rgb & 255) << 16) | (rgb & 0xff00) | (rgb >> 16)) >>> 0;
}

const lightened = (hex) => `#${[1, 3, 5].map((i) =>
  Math.round(parseInt(hex.slice(i, i + 2), 16) * 0.45 + 255 * 0.55).toString(16).padStart(2,
    "0")).join("")}`;

/** Which band so many milliseconds are in. */
function bandOfMs(ms) {
  let band = 0;
  while (band < BAND_COLOURS.length - 1 && ms > EDGES_MIN[band + 1] * 60000) band++;
  return band;
}

const PALETTE = [...BAND_COLOURS, BEYOND_COLOUR, NOWHERE_COLOUR, ...Object.values(CHANGE_COLOURS)];
const UNPAINTED = 255;
const [BEYOND_CLASS, NOWHERE_CLASS, GAINED, LOST, WITHIN, STILL_BEYOND] = [5, 6, 7, 8, 9, 10];
const PLAIN = PALETTE.map(packedColour);
const STRIPED = PALETTE.map((hex, k) =>
  ([NOWHERE_CLASS, LOST].includes(k) ? packedColour(lightened(hex)) : PLAIN[k]));

/** The class of every point for what is shown. */
function classes(n) {
  const served = servedBy(answerShown()), onNetwork = view.engine.walking.on_network;
  const found = new Uint8Array(n);
  const within = (one, i) => i < one.ms.length && one.ms[i] <= one.limit_ms;
  const before = servedBy(view.engine.present);
  for (let i = 0; i < n; i++) {
    if (view.shown === "change") {
      const was = within(before, i), is = within(served, i);
      found[i] = is ? (was ? WITHIN : GAINED) : was ? LOST : STILL_BEYOND;
    } else if (within(served, i)) found[i] = bandOfMs(served.ms[i]);
    else found[i] = onNetwork && onNetwork[i] === 0 ? NOWHERE_CLASS : BEYOND_CLASS;
  }
  return found;
}

/** Paint the cells of the service shown. */
export function paintCellSheet(ctx, v, raster) {
  raster.paint(ctx, v, classes(raster.count));
}
