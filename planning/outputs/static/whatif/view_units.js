/* Units: borders, names, which unit a place is in. */

import { cutText } from "./view_numbers.js";
import { unitLevels, view } from "./view_state.js";
import { SHEET_FONT, SHEET_INK, haloed, inMetres, pixelsWide, wiped } from "./view_sheet.js";

const BORDER_PX = [2.2, 1.3, 0.8, 0.6];

let drawn = null;

/** Every unit of a level: its rings (interleaved x, y), its box and a place for its name. */
export function drawnUnits() {
  if (drawn) return drawn;
  drawn = {};
  for (const level of unitLevels()) {
    drawn[level] = view.content.units[level].ids.map((_, index) => drawnUnit(level, index));
  }
  return drawn;
}

function drawnUnit(level, index) {
  const rings = view.locating.outline(level, index);
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const ring of rings) {
    for (let k = 0; k < ring.length; k += 2) {
      box[0] = Math.min(box[0], ring[k]); box[2] = Math.max(box[2], ring[k]);
      box[1] = Math.min(box[1], ring[k + 1]); box[3] = Math.max(box[3], ring[k + 1]);
    }
  }
  return { index, name: view.content.units[level].names[index], rings, box, at: middleOf(rings,
    box) };
}

/** The centre of the widest stretch half way up: within the unit, whatever its shape. */
function middleOf(rings, [west, south, east, north]) {
  const y = (south + north) / 2, cuts = [];
  for (const ring of rings) {
    for (let k = 0, j = ring.length - 2; k < ring.length; j = k, k += 2) {
      if (ring[j + 1] <= y === ring[k + 1] <= y) continue;
      cuts.push(ring[j] + ((y - ring[j + 1]) / (ring[k + 1] - ring[j + 1])) * (ring[k] - ring[j]));
    }
  }
  cuts.sort((a, b) => a - b);
  let best = [west, east], widest = 0;
  for (let i = 0; i + 1 < cuts.length; i += 2) {
    if (cuts[i + 1] - cuts[i] > widest) { widest = cuts[i + 1] - cuts[i]; best = [cuts[i],
      cuts[i + 1]]; }
  }
  return [(best[0] + best[1]) / 2, y];
}

/** The unit of a level at a place, or undefined. */
export const unitAtPlace = (level, x, y) => drawnUnits()[level][view.locating.unitsAt(x, y)[level]];

/** Whether a place lies in the study area: in a unit of the coarsest level. */
export const isInsideArea = (x, y) => Boolean(unitAtPlace(unitLevels()[0], x, y));

/** The level whose units a click picks: the second where there are several. */
export const pickedLevel = () => unitLevels()[Math.min(1, unitLevels().length - 1)];

/** West, south, east, north of all units. */
export function wholeBox() {
  const boxes = drawnUnits()[unitLevels()[0]].map((unit) => unit.box);
  return [0, 1].map((i) => Math.min(...boxes.map((b) => b[i])))
    .concat([2, 3].map((i) => Math.max(...boxes.map((b) => b[i]))));
}

// ---- painting --------------------------------------------------------------------------------

/** Borders from the finest shown to the coarsest; the unit picked in the accent. */
export function paintUnitSheet(ctx, v) {
  wiped(ctx, v);
  const origin = wholeBox().slice(0, 2);
  inMetres(ctx, v, origin);
  ctx.lineJoin = "round";
  paintOutside(ctx, v, origin);
  unitLevels().map((level, rank) => [level, rank]).reverse().forEach(([level, rank]) => {
    if (rank >= 2 && v.scale < 0.16) return; // the finest are many thin lines: from nearer
    ctx.setLineDash(rank >= 2 ? [4, 3].map((one) => pixelsWide(v, one)) : []);
    ctx.strokeStyle = rank === 0 ? "#33383c" : "rgba(45,50,55,.75)";
    ctx.lineWidth = pixelsWide(v, BORDER_PX[Math.min(rank, 3)]);
    ctx.stroke(pathOf(drawnUnits()[level], origin));
  });
  ctx.setLineDash([]);
  if (!view.unit) return;
  const path = pathOf([drawnUnits()[view.unit.level][view.unit.index]], origin);
  for (const [colour, width] of [["#fff", 6], ["#22272b", 3]]) {
    ctx.strokeStyle = colour;
    ctx.lineWidth = pixelsWide(v, width);
    ctx.stroke(path);
  }
}

function pathOf(units, [x0, y0]) {
  const path = new Path2D();
  for (const { rings } of units) {
    for (const ring of rings) {
      path.moveTo(ring[0] - x0, ring[1] - y0);
      for (let k = 2; k < ring.length; k += 2) path.lineTo(ring[k] - x0, ring[k + 1] - y0);
      path.closePath();
    }
  }
  return path;
}

/** What lies outside the study area steps back. */
function paintOutside(ctx, v, origin) {
  const path = pathOf(drawnUnits()[unitLevels()[0]], origin);
  path.rect(v.west - origin[0], v.south - origin[1], v.east - v.west, v.north - v.south);
  ctx.fillStyle = "rgba(244,242,236,.6)";
  ctx.fill(path, "evenodd");
}

/** Names where they have room; none covers another. */
export function paintNameSheet(ctx, v) {
  wiped(ctx, v);
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  const taken = [], levels = unitLevels();
  levels.forEach((level, rank) => {
    if ((rank === 0 && levels.length > 1) || (rank >= 2 && v.scale < 0.3)) return;
    for (const unit of drawnUnits()[level]) nameUnitHere(ctx, v, unit, rank, taken);
  });
}

function nameUnitHere(ctx, v, unit, rank, taken) {
  const size = (rank < 2 ? 13 : 11) * v.ratio;
  ctx.font = `${rank < 2 ? 600 : 400} ${size}px ${SHEET_FONT}`;
  const text = cutText(unit.name, 12), half = ctx.measureText(text).width / 2;
  if ((unit.box[2] - unit.box[0]) * v.scale * v.ratio < half * 1.6) return;
  const x = v.px(unit.at[0]), y = v.py(unit.at[1]);
  const box = [x - half - 4, y - size * 0.7, x + half + 4, y + size * 0.7];
  if (taken.some((o) => box[0] < o[2] && box[2] > o[0] && box[1] < o[3] && box[3] > o[1])) return;
  taken.push(box);
  haloed(ctx, text, x, y, rank < 2 ? SHEET_INK : "#4a5157", v.ratio);
}
