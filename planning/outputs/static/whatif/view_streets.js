/* Streets as lines: by class and by squares of a kilometre, so that only what is seen is drawn. */

import { view } from "./view_state.js";
import { ACCENT_BLUE, inMetres, pixelsWide, wiped } from "./view_sheet.js";

const TILE_M = 1000;
/** Kind of the ground, width [px] at 0.25 px/m, from which scale [px/m] on, opacity, edge. */
const CLASSES = [
  ["path", 0.8, 0.35, 0.6, "#e2ddd2"], ["road_minor", 1.1, 0.09, 0.75, "#dcd6c9"],
  ["road_major", 2.2, 0, 0.95, "#cfc8b8"],
];

/** The streets of the ground, ready to be stroked. */
export function streetPaths(ground) {
  const tiles = new Map();
  CLASSES.forEach(([kind], k) => {
    for (const steps of ground.kinds[kind]?.lines ?? []) {
      const column = Math.floor(steps[0] / TILE_M), row = Math.floor(steps[1] / TILE_M);
      const key = `${column},${row}`;
      if (!tiles.has(key)) tiles.set(key, { column, row, paths: CLASSES.map(() => new Path2D()) });
      traceSteps(tiles.get(key).paths[k], steps);
    }
  });
  return { origin: ground.origin, tiles: [...tiles.values()] };
}

/** A line of steps from corner to corner, the first from the origin. */
export function traceSteps(path, steps) {
  let x = steps[0], y = steps[1];
  path.moveTo(x, y);
  for (let i = 2; i < steps.length; i += 2) path.lineTo(x += steps[i], y += steps[i + 1]);
}

const SPREAD_M = 2 * TILE_M; // a street reaches beyond the square it begins in

function isSeen({ column, row }, v, [x0, y0]) {
  const west = x0 + column * TILE_M, south = y0 + row * TILE_M;
  return west - SPREAD_M < v.east && west + TILE_M + SPREAD_M > v.west &&
    south - SPREAD_M < v.north && south + TILE_M + SPREAD_M > v.south;
}

const widthOf = (v, width) => Math.max(0.5, width * Math.min(6, Math.pow(v.scale / 0.25, 0.55)));

/** Streets below the cells: on bare ground they need an edge. */
export function paintStreetEdges(ctx, v, streets) {
  eachClass(ctx, v, streets, (k, width) => {
    ctx.strokeStyle = CLASSES[k][4];
    ctx.lineWidth = pixelsWide(v, width + 1.2);
  });
}

/** Streets above the cells, white. */
export function paintStreetLines(ctx, v, streets) {
  wiped(ctx, v);
  eachClass(ctx, v, streets, (k, width) => {
    ctx.strokeStyle = `rgba(255,255,255,${CLASSES[k][3]})`;
    ctx.lineWidth = pixelsWide(v, width);
  });
}

function eachClass(ctx, v, streets, style) {
  inMetres(ctx, v, streets.origin);
  ctx.lineCap = ctx.lineJoin = "round";
  const seen = streets.tiles.filter((tile) => isSeen(tile, v, streets.origin));
  CLASSES.forEach(([, width, from], k) => {
    if (v.scale < from) return;
    style(k, widthOf(v, width));
    for (const tile of seen) ctx.stroke(tile.paths[k]);
  });
}

/** Lines (each interleaved x, y) in one colour. */
function strokeLines(ctx, v, lines, colour, width, dash) {
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  ctx.beginPath();
  for (const line of lines) {
    for (let k = 0; k < line.length; k += 2) {
      if (k) ctx.lineTo(v.px(line[k]), v.py(line[k + 1])); else ctx.moveTo(v.px(line[k]),
        v.py(line[k + 1]));
    }
  }
  ctx.setLineDash(dash.map((one) => one * v.ratio));
  ctx.strokeStyle = colour;
  ctx.lineWidth = width * v.ratio;
  ctx.lineCap = dash.length ? "butt" : "round";
  ctx.stroke();
  ctx.setLineDash([]);
}

/** Streets that are closed: white, with dark bars across, told apart without colour. */
export function paintClosed(ctx, v, hovered) {
  const { walking } = view.engine;
  const closed = view.shown === "scenario" || view.shown === "change" ? view.scenario.closed_streets
    : [];
  const path = (line) => walking.linePath(line);
  if (hovered !== null) strokeLines(ctx, v, path(hovered), "rgba(163,25,91,.45)", 7, []);
  const lines = closed.flatMap(path);
  strokeLines(ctx, v, lines, "#fff", 6, []);
  strokeLines(ctx, v, lines, "#7a1f3d", 5, [3, 4]);
}

/** The pieces of street (x0, y0, x1, y1, …) within reach of the mark picked. */
export function paintCircle(ctx, v, pieces) {
  if (!pieces || !pieces.length) return;
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  const path = new Path2D();
  for (let k = 0; k < pieces.length; k += 4) {
    path.moveTo(v.px(pieces[k]), v.py(pieces[k + 1]));
    path.lineTo(v.px(pieces[k + 2]), v.py(pieces[k + 3]));
  }
  ctx.lineCap = "round";
  for (const [colour, width] of [["rgba(255,255,255,.9)", 4.2], ["#e8b900", 2.4]]) {
    ctx.strokeStyle = colour;
    ctx.lineWidth = width * v.ratio;
    ctx.stroke(path);
  }
}

/** Outlines of planned homes, and the one being drawn. */
export function paintHomes(ctx, v) {
  const shown = view.shown === "scenario" || view.shown === "change" ? view.scenario.areas : [];
  const closed = shown.map((area) => [...area.outline, area.outline[0]].flat());
  strokeLines(ctx, v, closed, "#fff", 4, []);
  strokeLines(ctx, v, closed, ACCENT_BLUE, 2.2, [7, 3]);
  if (!view.drawing || !view.drawing.length) return;
  strokeLines(ctx, v, [view.drawing.flat()], "#fff", 4.5, []);
  strokeLines(ctx, v, [view.drawing.flat()], "#a3195b", 2.2, []);
  for (const [x, y] of view.drawing) {
    ctx.beginPath();
    ctx.arc(v.px(x), v.py(y), 4 * v.ratio, 0, 7);
    ctx.fillStyle = "#fff";
    ctx.fill();
    ctx.lineWidth = 2 * v.ratio;
    ctx.stroke();
  }
}
