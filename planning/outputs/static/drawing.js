/* The map itself, drawn on canvases (20 000 cells as SVG or GeoJSON layers take seconds).

   From the ground up: water and green, the theme, streets, boundaries, marks, names. */

const EDGES = [0, 5, 10, 15, 20, 30]; // [min] upper ends count as within
const BANDS = ["#123f5f", "#2f7ca3", "#6fb0c8", "#a5d0da", "#d3e7e8"]; // near is dark
const BEYOND = "#f0a35e";
const NOWHERE = "#84898d";
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

function paintGround(ctx, v) {
  if (!state.layers.basemap) return;
  for (const [kind, colour, zoom] of
    [["green", "#dde7d3", 0], ["water", "#c5dae4", 0], ["building", "#e2dcd1", 15]]) {
    if (!c.base[kind] || v.zoom < zoom) continue;
    ctx.fillStyle = ctx.strokeStyle = colour;
    ctx.fill(traceAll(c.base[kind].areas, v, true)); // holes run against their outline
    ctx.lineWidth = 3;
    ctx.stroke(traceAll(c.base[kind].lines, v, false));
  }
}

function paintTheme(ctx, v) {
  patterns.slashes = patterns.slashes || pattern(ctx, "slashes");
  patterns.dots = patterns.dots || pattern(ctx, "dots");
  if (state.theme === "clauses") paintClauses(ctx, v); else if (state.layers.cells) paintCells(ctx, v);
}

function paintCells(ctx, v) {
  const last = limitCode(state.limit, service()), minutes = codes();
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

/** A path of 20 000 cells takes half a second to fill, the same cells by the score 15 ms. */
function fillCells(ctx, v, cells, fill) {
  ctx.fillStyle = fill;
  for (let k = 0; k < cells.length; k += 64) {
    ctx.beginPath();
    for (const i of cells.slice(k, k + 64)) c.shapes.trace(ctx, i, v, true, true);
    ctx.fill();
    if (v.zoom >= 14.5) {
      ctx.strokeStyle = "rgba(255,255,255,.35)";
      ctx.lineWidth = 0.6;
      ctx.stroke();
    }
  }
}

function paintClauses(ctx, v) {
  const chosen = clause();
  if (!chosen || !state.layers.shading) return;
  for (const unit of c.units) {
    const finding = unit.level === chosen.level && findingsOf(chosen).get(unit.id);
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

function paintStreets(ctx, v) {
  if (!state.layers.basemap) return;
  const grow = Math.pow(1.28, v.zoom - 13);
  ctx.lineCap = ctx.lineJoin = "round";
  for (const [kind, width, alpha, zoom] of
    [["path", 0.6, 0.6, 14], ["road_minor", 0.8, 0.6, 12.5], ["road_major", 1.7, 0.9, 0]]) {
    // Under a hatch the small streets are only noise.
    const shaded = state.theme === "clauses" && state.layers.shading;
    if (!c.base[kind] || v.zoom < (shaded && kind !== "road_major" ? 15 : zoom)) continue;
    const path = traceAll(c.base[kind].lines, v, false);
    if (kind === "road_major") { // a thin casing, so that it is seen on bare ground too
      ctx.strokeStyle = "rgba(120,110,95,.28)";
      ctx.lineWidth = width * grow + 1.2;
      ctx.stroke(path);
    }
    ctx.strokeStyle = `rgba(255,255,255,${shaded ? alpha * 0.6 : alpha})`;
    ctx.lineWidth = Math.max(0.5, width * grow);
    ctx.stroke(path);
  }
}

function paintUnits(ctx, v) {
  paintApron(ctx, v);
  const widths = [2.2, 1.3, 0.8, 0.6], shown = levelsShown();
  c.levels.map((level, rank) => [level, rank]).reverse().forEach(([level, rank]) => {
    if (!shown.includes(level)) return;
    const path = new Path2D();
    for (const unit of c.units) if (unit.level === level) path.addPath(traceAll(unit.shape, v, true));
    ctx.setLineDash(rank >= 2 ? [4, 3] : []);
    ctx.strokeStyle = rank === 0 ? "#33383c" : "rgba(45,50,55,.75)";
    ctx.lineWidth = widths[Math.min(rank, widths.length - 1)];
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
  ctx.fillStyle = "rgba(244,242,236,.62)";
  ctx.fill(path, "evenodd");
}

const markSize = (v) => Math.max(3, Math.min(7, 4.2 + (v.zoom - 13) * 0.9)); // [px]

function paintPoints(ctx, v) {
  const r = markSize(v);
  if (state.layers.facilities) {
    for (const f of c.facilities) if (!ownFacility(f)) dot(ctx, v, f, r * 0.62, false);
    for (const f of c.facilities) if (ownFacility(f)) dot(ctx, v, f, r, true);
  }
  if (state.layers.sites) {
    for (const site of c.sites) if (!ownSite(site)) diamond(ctx, v, site, r * 0.9, false);
    for (const site of c.sites) if (ownSite(site)) diamond(ctx, v, site, r * 1.55, true);
  }
  if (marked) {
    const path = traceAll(marked, v, true);
    for (const [colour, width] of [["#fff", 4.5], [INK, 2]]) {
      ctx.strokeStyle = colour;
      ctx.lineWidth = width;
      ctx.stroke(path);
    }
  }
}

function dot(ctx, v, f, r, strong) {
  ctx.beginPath();
  ctx.arc(f.x * v.scale - v.ox, f.y * v.scale - v.oy, r, 0, 7);
  const solid = strong && isOpen(f);
  ctx.fillStyle = solid ? INK : "rgba(255,255,255,.9)";
  ctx.strokeStyle = solid ? "#fff" : strong ? INK : "#6d747a";
  ctx.lineWidth = strong ? 1.6 : 1;
  ctx.fill();
  ctx.stroke();
}

function diamond(ctx, v, site, r, strong) {
  const x = site.x * v.scale - v.ox, y = site.y * v.scale - v.oy;
  ctx.beginPath();
  for (const [dx, dy] of [[0, -r], [r, 0], [0, r], [-r, 0]]) ctx.lineTo(x + dx, y + dy);
  ctx.closePath();
  const solid = strong && !isMade(site);
  ctx.fillStyle = solid ? SITE : "rgba(255,255,255,.9)";
  ctx.strokeStyle = solid ? "#fff" : SITE;
  ctx.lineWidth = strong ? 1.8 : 1.2;
  ctx.fill();
  if (isMade(site)) ctx.setLineDash([r / 2, r / 4]); // broken: nobody has listed what stands there
  ctx.stroke();
  ctx.setLineDash([]);
}

// ---- names -----------------------------------------------------------------------------------

/** Names of units, then of sites. None covers another; what finds no room waits for a closer look. */
function paintLabels(ctx, v) {
  const taken = [], marks = marksInTheWay(v);
  ctx.textBaseline = "middle";
  ctx.textAlign = "center";
  for (const level of levelsShown()) {
    const units = c.units.filter((unit) => unit.level === level);
    if (units.length > 1) for (const unit of units) nameUnit(ctx, v, unit, taken, marks);
  }
  if (!state.layers.sites || v.zoom < 13) return;
  ctx.font = `600 11px ${FONT}`;
  for (const site of c.sites.filter(ownSite)) nameSite(ctx, v, site, taken, marks);
}

const meets = (one) => (o) => one[0] < o[2] && one[2] > o[0] && one[1] < o[3] && one[3] > o[1];

function nameUnit(ctx, v, unit, taken, marks) {
  const major = c.levels.indexOf(unit.level) < 2, size = major ? 13 : 11;
  ctx.font = `${major ? 600 : 400} ${size}px ${FONT}`;
  const text = shortened(unit.name, 12), half = ctx.measureText(text).width / 2;
  if (roomOf(unit) * v.scale < half * 1.7) return;
  const x = unit.x * v.scale - v.ox, y = unit.y * v.scale - v.oy, places = [];
  for (const dx of [0, -half * 0.7, half * 0.7]) {
    for (const dy of [0, -14, 14, -28, 28]) {
      const box = [x + dx - half - 4, y + dy - size * 0.7, x + dx + half + 4, y + dy + size * 0.7];
      if (taken.some(meets(box))) continue;
      places.push({ dx, dy, box, covered: marks.filter(meets(box)).length });
    }
  }
  if (!places.length) return;
  const best = places.reduce((least, one) => (one.covered < least.covered ? one : least));
  taken.push(best.box);
  halo(ctx, text, x + best.dx, y + best.dy, major ? INK : "#4a5157");
}

function nameSite(ctx, v, site, taken, marks) {
  const text = shortened(String(site.candidate_id), 14), half = ctx.measureText(text).width / 2;
  const away = markSize(v) * 1.55 + 4, x = site.x * v.scale - v.ox, y = site.y * v.scale - v.oy;
  for (const [dx, dy] of [[away + half, 0], [-away - half, 0], [0, away + 6], [0, -away - 6]]) {
    const box = [x + dx - half - 1, y + dy - 7, x + dx + half + 1, y + dy + 7];
    if (taken.some(meets(box)) || marks.some(meets(box))) continue;
    taken.push(box);
    halo(ctx, text, x + dx, y + dy, SITE);
    return;
  }
}

function roomOf(unit) {
  let room = 0;
  for (let i = 0; i < unit.shape.length; i++) {
    room = Math.max(room, unit.shape.box[4 * i + 2] - unit.shape.box[4 * i]);
  }
  return room;
}

function marksInTheWay(v) {
  const r = markSize(v), around = (size) => (one) => {
    const x = one.x * v.scale - v.ox, y = one.y * v.scale - v.oy;
    return [x - size, y - size, x + size, y + size];
  };
  const facilities = state.layers.facilities ? c.facilities : [];
  const sites = state.layers.sites ? c.sites : [];
  return [
    ...facilities.map((f) => around(ownFacility(f) ? r + 1 : r * 0.62)(f)),
    ...sites.map((site) => around(ownSite(site) ? r * 1.55 : r * 0.9)(site)),
  ].filter((box) => box[0] < v.max.x && box[2] > v.min.x && box[1] < v.max.y && box[3] > v.min.y);
}
