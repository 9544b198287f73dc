/* The map itself, drawn on canvases (20 000 cells as SVG or GeoJSON layers take seconds).

   From the ground up: water and green, the theme, streets, boundaries, marks, names. */

const EDGES = [0, 5, 10, 15, 20, 30]; // [min] upper ends count as within
const BANDS = ["#123f5f", "#2f7ca3", "#6fb0c8", "#a5d0da", "#d3e7e8"]; // near is dark
const BEYOND = "#f0a35e";
const NOWHERE = "#84898d";
const PEOPLE = ["#dfe6c4", "#bcd0a6", "#8fb79a", "#4b8a86", "#1f5a6e", "#10303f"]; // few is light
const SITE = "#a3195b";
const INK = "#22272b";
const FONT = '"Noto Sans CJK SC","Microsoft YaHei","PingFang SC",sans-serif';

function bandOf(code) {
  let band = 0;
  while (band < BANDS.length - 1 && code > EDGES[band + 1] * 10) band++;
  return band;
}

// ---- canvases --------------------------------------------------------------------------------

/** A canvas over the map that repaints itself; it only borrows Leaflet's renderer for placing. */
const Sheet = L.Renderer.extend({
  initialize(paint, options) {
    this._paintOn = paint;
    L.Renderer.prototype.initialize.call(this, options);
  },
  _initContainer() {
    this._container = document.createElement("canvas");
    this._container.setAttribute("aria-hidden", "true");
    this._ctx = this._container.getContext("2d");
  },
  _destroyContainer() { L.DomUtil.remove(this._container); },
  _updatePaths() {},
  _update() {
    if (this._map._animatingZoom && this._bounds) return;
    L.Renderer.prototype._update.call(this);
    const size = this._bounds.getSize(), ratio = Math.min(window.devicePixelRatio || 1, 2);
    L.DomUtil.setPosition(this._container, this._bounds.min);
    this._container.width = size.x * ratio;
    this._container.height = size.y * ratio;
    this._container.style.width = `${size.x}px`;
    this._container.style.height = `${size.y}px`;
    this._ratio = ratio;
    this.repaint();
  },
  repaint() {
    if (!this._bounds) return;
    const { min, max } = this._bounds, ctx = this._ctx, r = this._ratio;
    const scale = 256 * Math.pow(2, this._zoom), origin = this._map.getPixelOrigin();
    const v = { scale, ox: origin.x, oy: origin.y, zoom: this._zoom, min, max,
      west: (min.x + origin.x) / scale, east: (max.x + origin.x) / scale,
      north: (min.y + origin.y) / scale, south: (max.y + origin.y) / scale };
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.clearRect(0, 0, this._container.width, this._container.height);
    ctx.setTransform(r, 0, 0, r, -min.x * r, -min.y * r);
    this._paintOn(ctx, v);
  },
});

function sheet(map, name, order, paint) {
  map.createPane(name).style.zIndex = order;
  map.getPane(name).style.pointerEvents = "none";
  return new Sheet(paint, { pane: name, padding: 0.15 }).addTo(map);
}

/** Hatches tell classes apart without colour. */
function pattern(ctx, kind) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8;
  const c = tile.getContext("2d");
  c.strokeStyle = c.fillStyle = kind === "dots" ? "rgba(60,60,60,.5)" : "rgba(255,255,255,.45)";
  c.lineWidth = 1.2;
  c.beginPath();
  if (kind === "dots") c.arc(4, 4, 1, 0, 7);
  else for (const o of [-8, 0, 8]) { c.moveTo(o - 1, 9); c.lineTo(o + 9, -1); }
  if (kind === "dots") c.fill(); else c.stroke();
  return ctx.createPattern(tile, "repeat");
}

function traceAll(outlines, v, closed) {
  const path = new Path2D();
  for (let i = 0; i < outlines.length; i++) {
    if (outlines.seen(i, v)) outlines.trace(path, i, v, closed);
  }
  return path;
}

function halo(ctx, text, x, y, colour) {
  ctx.lineJoin = "round";
  ctx.lineWidth = 3;
  ctx.strokeStyle = "rgba(255,255,255,.88)";
  ctx.strokeText(text, x, y);
  ctx.fillStyle = colour;
  ctx.fillText(text, x, y);
}

// ---- what is painted -------------------------------------------------------------------------

const patterns = {};

/** Our own base map gives way to the tiles of a map service. */
const baseShown = () => state.layers.basemap && !state.layers.tiles;

const BUILDING_ZOOM = 15;
/** Kind, colour, from which zoom on. */
const GROUND = [["green", "#d3e2c6", 0], ["water", "#bfd8e6", 0], ["building", "#d6cebf", BUILDING_ZOOM]];

function paintGround(ctx, v) {
  if (!baseShown()) return;
  for (const [kind, colour, zoom] of GROUND) {
    if (!c.base[kind] || v.zoom < zoom) continue;
    ctx.fillStyle = ctx.strokeStyle = colour;
    ctx.fill(traceAll(c.base[kind].areas, v, true)); // holes run against their outline
    ctx.lineWidth = 3;
    ctx.stroke(traceAll(c.base[kind].lines, v, false));
  }
  // Bare ground is as light as the streets: there they need an edge.
  for (const [kind, width, zoom, colour] of STREETS) {
    if (!c.base[kind] || v.zoom < zoom) continue;
    ctx.lineCap = ctx.lineJoin = "round";
    ctx.strokeStyle = colour;
    ctx.lineWidth = Math.max(0.5, width * widening(v)) + 1.3;
    ctx.stroke(traceAll(c.base[kind].lines, v, false));
  }
}

function paintTheme(ctx, v) {
  patterns.slashes = patterns.slashes || pattern(ctx, "slashes");
  patterns.dots = patterns.dots || pattern(ctx, "dots");
  inHalves(ctx, v, (when, half) => {
    if (state.theme === "clauses") paintClauses(ctx, half, when);
    else if (!state.layers.cells) return;
    else if (state.theme === "people") paintPeople(ctx, half);
    else paintCells(ctx, half, when);
  });
}

function paintCells(ctx, v, when) {
  const last = limitCode(state.limit, service()), minutes = codes(when);
  const fills = [...BANDS, BEYOND, NOWHERE], batches = fills.map(() => []);
  for (let i = 0; i < c.shapes.length; i++) {
    if (!c.shapes.seen(i, v)) continue;
    const code = minutes[i];
    batches[code === UNREACHABLE ? 6 : code > last ? 5 : bandOf(code)].push(i);
  }
  ctx.globalAlpha = 0.86;
  batches.forEach((cells, kind) => fillCells(ctx, v, cells, fills[kind]));
  ctx.globalAlpha = 1;
  fillCells(ctx, v, batches[6], patterns.slashes);
}

/** Which class so many people in one cell are; an upper end belongs to its class. */
function peopleClass(persons, edges) {
  let k = 0;
  while (k < edges.length && persons > edges[k]) k++;
  return k;
}

const peopleColour = (k, edges) =>
  PEOPLE[Math.round((k * (PEOPLE.length - 1)) / Math.max(1, edges.length))];

function paintPeople(ctx, v) {
  const people = peopleOf(state.group), { edges } = c.groupByKey.get(state.group);
  const batches = Array.from({ length: edges.length + 1 }, () => []);
  for (let i = 0; i < c.shapes.length; i++) {
    if (people[i] > 0 && c.shapes.seen(i, v)) batches[peopleClass(people[i], edges)].push(i);
  }
  ctx.globalAlpha = 0.86;
  batches.forEach((cells, k) => fillCells(ctx, v, cells, peopleColour(k, edges)));
  ctx.globalAlpha = 1;
}

/** Cells that are upright rectangles on the screen are filled as such, twice as fast as outlines;
    these by the score, because one path of 20 000 takes half a second. */
function fillCells(ctx, v, cells, fill) {
  ctx.fillStyle = fill;
  const edged = v.zoom >= 14.5;
  const upright = edged ? null : uprightOf(v);
  const rest = edged ? cells : cells.filter((i) => !fillUpright(ctx, upright, i));
  for (let k = 0; k < rest.length; k += 64) {
    ctx.beginPath();
    for (const i of rest.slice(k, k + 64)) c.shapes.trace(ctx, i, v, true, true);
    ctx.fill();
    if (edged) {
      ctx.strokeStyle = "rgba(255,255,255,.35)";
      ctx.lineWidth = 0.6;
      ctx.stroke();
    }
  }
}

function fillUpright(ctx, upright, i) {
  if (!upright.is[i]) return false;
  const b = upright.box, k = 4 * i;
  ctx.fillRect(b[k], b[k + 1], b[k + 2], b[k + 3]);
  return true;
}

/** Which cells are upright rectangles on the screen, and where: worked out once a zoom, for the
    slider repaints them at every step. */
let placed = null;
function uprightOf(v) {
  const { start, x, y, length } = c.shapes;
  if (placed && placed.scale === v.scale && placed.ox === v.ox && placed.oy === v.oy) return placed;
  placed = { scale: v.scale, ox: v.ox, oy: v.oy, is: new Uint8Array(length), box: new Int32Array(4 * length) };
  for (let i = 0; i < length; i++) {
    const k = start[i];
    if (start[i + 1] - k !== 4) continue;
    const px = (j) => Math.round(x[k + j] * v.scale - v.ox), py = (j) => Math.round(y[k + j] * v.scale - v.oy);
    const x0 = px(0), y0 = py(0), x2 = px(2), y2 = py(2), x1 = px(1), y1 = py(1), x3 = px(3), y3 = py(3);
    if (!((x0 === x1 && x2 === x3 && y1 === y2 && y3 === y0) ||
      (y0 === y1 && y2 === y3 && x1 === x2 && x3 === x0))) continue;
    placed.is[i] = 1;
    placed.box.set([x0, y0, x2 - x0, y2 - y0], 4 * i);
  }
  return placed;
}

function paintClauses(ctx, v, when) {
  const chosen = clause();
  if (!chosen || !state.layers.shading) return;
  const found = findingsOf(chosen, when);
  for (const unit of c.units) {
    const finding = unit.level === chosen.level && found.get(unit.id);
    if (!finding) continue;
    const path = traceAll(unit.shape, v, true);
    ctx.globalAlpha = 0.8;
    ctx.fillStyle = VERDICT[finding.verdict];
    ctx.fill(path, "evenodd");
    ctx.globalAlpha = 1;
    if (finding.verdict !== "met") {
      ctx.fillStyle = finding.verdict === "not_met" ? patterns.slashes : patterns.dots;
      ctx.fill(path, "evenodd");
    }
    ctx.strokeStyle = VERDICT_EDGE[finding.verdict];
    ctx.lineWidth = 1.4;
    ctx.stroke(path);
  }
}

/** Kind, width [px] at zoom 13, from which zoom on, edge. */
const STREETS = [["path", 0.6, 14, "#e2ddd2"], ["road_minor", 0.8, 12.5, "#dcd6c9"], ["road_major", 1.7, 0, "#cfc8b8"]];
const widening = (v) => Math.pow(1.28, v.zoom - 13);

function paintStreets(ctx, v) {
  if (!baseShown()) return;
  ctx.lineCap = ctx.lineJoin = "round";
  if (c.base.building && v.zoom >= BUILDING_ZOOM) { // from near one sees on which house a cell lies
    ctx.strokeStyle = "rgba(255,255,255,.5)";
    ctx.lineWidth = 0.8;
    ctx.stroke(traceAll(c.base.building.areas, v, true));
  }
  for (const [kind, width, zoom] of STREETS) {
    // Under a hatch the small streets are only noise.
    const shaded = state.theme === "clauses" && state.layers.shading;
    if (!c.base[kind] || v.zoom < (shaded && kind !== "road_major" ? 15 : zoom)) continue;
    const alpha = kind === "road_major" ? 0.9 : 0.6;
    ctx.strokeStyle = `rgba(255,255,255,${shaded ? alpha * 0.6 : alpha})`;
    ctx.lineWidth = Math.max(0.5, width * widening(v));
    ctx.stroke(traceAll(c.base[kind].lines, v, false));
  }
}

const boundaryWidth = (rank) => [2.2, 1.3, 0.8, 0.6][Math.min(rank, 3)]; // [px]

function paintUnits(ctx, v) {
  paintApron(ctx, v);
  const shown = levelsShown();
  c.levels.map((level, rank) => [level, rank]).reverse().forEach(([level, rank]) => {
    if (!shown.includes(level)) return;
    const path = new Path2D();
    for (const unit of c.units) if (unit.level === level) path.addPath(traceAll(unit.shape, v, true));
    ctx.setLineDash(rank >= 2 ? [4, 3] : []);
    ctx.strokeStyle = rank === 0 ? "#33383c" : "rgba(45,50,55,.75)";
    ctx.lineWidth = boundaryWidth(rank);
    ctx.stroke(path);
  });
  ctx.setLineDash([]);
}

/** What lies outside the study area steps back. */
function paintApron(ctx, v) {
  const top = c.units.filter((unit) => unit.level === c.levels[0]);
  if (!top.length) return;
  const path = new Path2D();
  path.rect(v.min.x, v.min.y, v.max.x - v.min.x, v.max.y - v.min.y);
  for (const unit of top) path.addPath(traceAll(unit.shape, v, true));
  ctx.fillStyle = "rgba(244,242,236,.5)";
  ctx.fill(path, "evenodd");
}
