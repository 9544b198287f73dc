/* The page of a run: population cells by walking minutes, clauses by unit, facilities and sites.

   Everything is drawn on five canvases (20 000 cells as SVG or GeoJSON layers take seconds), and
   picked by our own search, because stacked canvases would hide each other's events.
   Every text of the content goes to the page through textContent or fillText, never as HTML. */
(function () {
"use strict";

const UNREACHABLE = 65535;
const EDGES = [0, 5, 10, 15, 20, 30]; // [min] upper ends count as within
const BANDS = ["#123f5f", "#2f7ca3", "#6fb0c8", "#a5d0da", "#d3e7e8"]; // near is dark
const BEYOND = "#f0a35e";
const NOWHERE = "#5b5b5b";
const VERDICT = { met: "#8cc4b4", not_met: "#c4513a", not_assessable: "#c9c5bc" };
const SITE = "#a3195b";
const INK = "#22272b";
const LEVELS = ["province", "city", "county", "district", "street", "community", "residential_area"];
const FONT = '"Noto Sans CJK SC","Microsoft YaHei","PingFang SC",sans-serif';
const NARROW = 700; // [px]

// ---- words -----------------------------------------------------------------------------------

const WORDS = {
  reach: ["步行可达", "Walking reach"], clauses: ["条文体检", "Clause check"],
  service: ["服务", "Service"], state: ["状态", "State"],
  now: ["现状", "Now"], after: ["规划后", "With plan"],
  limit: ["步行时间上限", "Walking time limit"], min: ["分钟", "min"], person: ["人", "people"],
  back: ["恢复标准", "Reset"],
  within: ["{0} 分钟内", "Within {0} min"], beyond: ["超过 {0} 分钟", "Beyond {0} min"],
  nowhere: ["步行不可达", "Not reachable"], total: ["合计", "Total"],
  legend: ["图例", "Legend"], layers: ["图层", "Layers"], notes: ["说明", "Notes"],
  cells: ["人口格网", "Population cells"], shading: ["条文体检着色", "Clause shading"],
  basemap: ["基础底图", "Base map"], facilities: ["现有设施", "Existing facilities"],
  others: ["其他服务的设施", "Facilities of other services"],
  sites: ["推荐选址", "Proposed sites"], boundary: ["{0}界", "{0} boundary"],
  clause: ["条文", "Clause"], met: ["达标", "Met"], not_met: ["未达标", "Not met"],
  not_assessable: ["无法评定", "Not assessable"], no_finding: ["无此条结论", "No finding"],
  measured: ["现状", "Measured"], required: ["要求", "Required"], gap: ["缺口", "Gap"],
  verdict: ["结论", "Verdict"], because: ["依据", "Because"],
  here: ["此处人口格", "Cell here"],
  type: ["类型", "Type"], places: ["规模（个/床）", "Places"], floor: ["建筑面积", "Floor"],
  land: ["用地面积", "Land"], cost: ["投资", "Cost"], wan: ["万元", "10k yuan"],
  source: ["来源", "Source"], reason: ["理由", "Reason"], services: ["服务", "Services"],
  status: ["状态", "Status"], count: ["{0} 处", "{0}"], unnamed: ["（未命名）", "(no name)"],
  more: ["展开图例与图层", "Show legend and layers"], less: ["收起", "Hide"],
  north: ["北", "N"], zoom_in: ["放大", "Zoom in"], zoom_out: ["缩小", "Zoom out"],
  close: ["关闭", "Close"], none: ["本单元没有条文结论", "No findings for this unit"],
  map: ["地图：方向键平移，加减号缩放，回车查看中心", "Map: arrows pan, + − zoom, Enter inspects"],
  province: ["省", "Province"], city: ["市", "City"], county: ["区县", "County"],
  district: ["区", "District"], street: ["街道（镇）", "Street"], community: ["社区", "Community"],
  residential_area: ["居住区", "Residential area"],
  disclaimer: ["界线仅为示意，不作为划界依据；公开展示前请办理地图审核",
    "Boundaries are indicative only; have the map reviewed before showing it in public"],
};

// ---- content ---------------------------------------------------------------------------------

const mercatorX = (lon) => lon / 360 + 0.5;
const mercatorY = (lat) =>
  0.5 - Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) / (2 * Math.PI);

/** Many outlines in flat arrays, in world coordinates 0…1, with a box each. */
class Outlines {
  constructor(counts) {
    this.start = new Int32Array(counts.length + 1);
    counts.forEach((n, i) => { this.start[i + 1] = this.start[i] + n; });
    this.length = counts.length;
    this.x = new Float64Array(this.start[this.length]);
    this.y = new Float64Array(this.start[this.length]);
    this.box = new Float64Array(4 * this.length);
  }

  close() {
    for (let i = 0; i < this.length; i++) {
      let w = Infinity, n = Infinity, e = -Infinity, s = -Infinity;
      for (let k = this.start[i]; k < this.start[i + 1]; k++) {
        w = Math.min(w, this.x[k]); e = Math.max(e, this.x[k]);
        n = Math.min(n, this.y[k]); s = Math.max(s, this.y[k]);
      }
      this.box.set([w, n, e, s], 4 * i);
    }
    return this;
  }

  seen(i, v) {
    const b = this.box, k = 4 * i;
    return b[k] <= v.east && b[k + 2] >= v.west && b[k + 1] <= v.south && b[k + 3] >= v.north;
  }

  /** Add outline i to a path; `snap` puts corners on whole pixels, so that cells meet unseamed. */
  trace(path, i, v, closed, snap) {
    for (let k = this.start[i]; k < this.start[i + 1]; k++) {
      let px = this.x[k] * v.scale - v.ox, py = this.y[k] * v.scale - v.oy;
      if (snap) { px = Math.round(px); py = Math.round(py); }
      if (k === this.start[i]) path.moveTo(px, py); else path.lineTo(px, py);
    }
    if (closed) path.closePath();
  }

  /** How often a ray from the point crosses outline i: odd is inside. */
  crossings(i, x, y) {
    const b = this.box, q = 4 * i;
    if (x < b[q] || x > b[q + 2] || y < b[q + 1] || y > b[q + 3]) return 0;
    let crossed = 0;
    for (let k = this.start[i], j = this.start[i + 1] - 1; k < this.start[i + 1]; j = k++) {
      if ((this.y[k] > y) !== (this.y[j] > y) &&
          x < ((this.x[j] - this.x[k]) * (y - this.y[k])) / (this.y[j] - this.y[k]) + this.x[k]) {
        crossed++;
      }
    }
    return crossed;
  }
}

function outlinesFromPaths(paths, bounds) {
  const out = new Outlines(paths.map((p) => p.length / 2));
  let k = 0;
  for (const path of paths) {
    let lon = 0, lat = 0;
    for (let j = 0; j < path.length; j += 2, k++) {
      lon += path[j]; lat += path[j + 1];
      out.x[k] = mercatorX(bounds[0] + lon * 1e-5);
      out.y[k] = mercatorY(bounds[1] + lat * 1e-5);
    }
  }
  return out.close();
}

function outlinesFromCells(cells, bounds) {
  const out = new Outlines(cells.count);
  let lon = Math.round(bounds[0] * 1e6), lat = Math.round(bounds[1] * 1e6), at = 0;
  for (let i = 0; i < cells.count.length; i++) {
    let u = lon, v = lat;
    for (let k = out.start[i]; k < out.start[i + 1]; k++) {
      u += cells.step[at++]; v += cells.step[at++];
      if (k === out.start[i]) { lon = u; lat = v; }
      out.x[k] = mercatorX(u * 1e-6); out.y[k] = mercatorY(v * 1e-6);
    }
  }
  return out.close();
}

function located(rows) {
  return rows.map((row) =>
    Object.assign(row, { x: mercatorX(row.at[0]), y: mercatorY(row.at[1]) }));
}

/** One mark for each place; a place may offer several services. */
function joinedSites(rows) {
  const byPlace = new Map();
  for (const row of located(rows)) {
    const key = `${row.candidate_id}@${row.at}`;
    if (!byPlace.has(key)) byPlace.set(key, Object.assign({ rows: [] }, row));
    byPlace.get(key).rows.push(row);
  }
  return [...byPlace.values()];
}

function readContent() {
  const c = JSON.parse(document.getElementById("map-content").textContent);
  c.shapes = outlinesFromCells(c.cells, c.bounds);
  c.base = {};
  for (const kind of Object.keys(c.basemap)) {
    c.base[kind] = {
      lines: outlinesFromPaths(c.basemap[kind].lines, c.bounds),
      areas: outlinesFromPaths(c.basemap[kind].areas, c.bounds),
    };
  }
  c.units = located(c.units);
  for (const unit of c.units) unit.shape = outlinesFromPaths(unit.rings, c.bounds);
  const rank = (level) => (LEVELS.includes(level) ? LEVELS.indexOf(level) : LEVELS.length);
  c.levels = [...new Set(c.units.map((u) => u.level))].sort((a, b) => rank(a) - rank(b));
  c.unitById = new Map(c.units.map((u) => [u.id, u]));
  c.facilities = located(c.facilities);
  for (const f of c.facilities) f.keys = String(f.services || "").split("|");
  c.sites = joinedSites(c.sites);
  c.serviceByKey = new Map(c.services.map((s) => [s.key, s]));
  c.clauses = clausesOf(c);
  return c;
}

/** The clauses to choose from: one entry for each clause and level. */
function clausesOf(c) {
  const found = new Map();
  for (const f of c.findings) {
    const key = JSON.stringify([f.clause_id, f.level]);
    if (!found.has(key)) found.set(key, Object.assign({ key, byUnit: new Map() }, f));
    found.get(key).byUnit.set(f.unit_id, f);
  }
  return [...found.values()];
}

// ---- numbers ---------------------------------------------------------------------------------

/** Halves go to the even side, as Python's do: the tables and this page must print one figure. */
function whole(value) {
  const near = Math.round(value);
  return value % 1 === 0.5 && near % 2 ? near - 1 : near;
}

/** One decimal; a double is a true half of a tenth only where it is an odd number of quarters. */
const tenths = (value) => ((value * 4) % 2 === 1 ? whole(value * 10) / 10 : value).toFixed(1);

/** A number as a planner reads it: thousands separated, few decimals, a dash where absent. */
function number(value, decimals) {
  if (value === null || value === undefined || value === "") return "—";
  if (typeof value !== "number") return String(value);
  const places = decimals !== undefined ? decimals : Number.isInteger(value) ? 0 : 2;
  let text = places === 1 ? tenths(value) : places ? value.toFixed(places) : String(whole(value));
  if (places && decimals === undefined) text = text.replace(/\.?0+$/, "");
  if (Number(text) === 0 && value !== 0) text = value.toPrecision(2);
  const [digits, rest] = text.split(".");
  return digits.replace(/\B(?=(\d{3})+$)/g, ",") + (rest ? `.${rest}` : "");
}

const share = (part, all) => (all > 0 ? `${tenths((part / all) * 100)}%` : "—");

/** The last code [0.1 min] within `limit`; the service's own limit may lie between two codes. */
const limitCode = (limit, service) => (limit === service.limit ? service.limitCode : limit * 10);

/** People within, beyond and unreachable, as whole persons that add up to the total.
    Within and unreachable are rounded, beyond is what remains. */
function ledger(people, codes, last) {
  let within = 0, nowhere = 0, total = 0;
  for (let i = 0; i < people.length; i++) {
    total += people[i];
    if (codes[i] <= last) within += people[i];
    else if (codes[i] === UNREACHABLE) nowhere += people[i];
  }
  const covered = whole(within), all = whole(total);
  const unreachable = Math.min(whole(nowhere), all - covered);
  return { covered, unreachable, beyond: all - covered - unreachable, total: all, within, sum: total };
}

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

const shortened = (text, most) => {
  const signs = Array.from(text); // by character, so that no 4-byte one is cut in two
  return signs.length > most ? `${signs.slice(0, most).join("")}…` : text;
};

// ---- the page --------------------------------------------------------------------------------

/** An element; text children become text, never markup. */
function h(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  for (const child of children.flat()) if (child !== null) node.append(child);
  return node;
}

window.planningMap = function (map) {
  const begun = performance.now();
  const c = readContent();
  const state = startState(c);
  const t = (key, ...fill) =>
    (WORDS[key] ? WORDS[key][state.en ? 1 : 0] : key).replace("{0}", fill[0]);
  const service = () => c.serviceByKey.get(state.service);
  const codes = (when, key) => c.cells.minutes[`${when || state.when}:${key || state.service}`];
  const clause = () => c.clauses.find((one) => one.key === state.clause);
  const patterns = {};
  let panel, tip, marked = null;

  const sheets = {
    ground: sheet(map, "ground", 210, paintGround),
    theme: sheet(map, "theme", 220, paintTheme),
    streets: sheet(map, "streets", 230, paintStreets),
    units: sheet(map, "units", 240, paintUnits),
    points: sheet(map, "points", 250, paintPoints),
  };

  function repaint(...names) {
    for (const name of names.length ? names : Object.keys(sheets)) sheets[name].repaint();
  }

  // -- painting

  function paintGround(ctx, v) {
    if (!state.layers.basemap) return;
    for (const [kind, colour, zoom] of
      [["green", "#dde7d3", 0], ["water", "#c5dae4", 0], ["building", "#e2dcd1", 15]]) {
      if (!c.base[kind] || v.zoom < zoom) continue;
      ctx.fillStyle = ctx.strokeStyle = colour;
      ctx.fill(traceAll(c.base[kind].areas, v, true), "evenodd");
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
      const finding = unit.level === chosen.level && chosen.byUnit.get(unit.id);
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
      ctx.strokeStyle = "rgba(255,255,255,.9)";
      ctx.lineWidth = 1.2;
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
      const noise = state.theme === "clauses" && state.layers.shading && kind !== "road_major";
      if (!c.base[kind] || v.zoom < (noise ? 15 : zoom)) continue;
      const path = traceAll(c.base[kind].lines, v, false);
      if (kind === "road_major") { // a thin casing, so that it is seen on bare ground too
        ctx.strokeStyle = "rgba(120,110,95,.28)";
        ctx.lineWidth = width * grow + 1.2;
        ctx.stroke(path);
      }
      ctx.strokeStyle = `rgba(255,255,255,${alpha})`;
      ctx.lineWidth = Math.max(0.5, width * grow);
      ctx.stroke(path);
    }
  }

  function paintUnits(ctx, v) {
    paintApron(ctx, v);
    const widths = [2.2, 1.3, 0.8, 0.6], labels = [];
    c.levels.map((level, rank) => [level, rank]).reverse().forEach(([level, rank]) => {
      if (!state.levels[level]) return;
      const path = new Path2D();
      for (const unit of c.units) if (unit.level === level) path.addPath(traceAll(unit.shape, v, true));
      ctx.setLineDash(rank >= 2 ? [4, 3] : []);
      ctx.strokeStyle = rank === 0 ? "#33383c" : "rgba(45,50,55,.75)";
      ctx.lineWidth = widths[Math.min(rank, widths.length - 1)];
      ctx.stroke(path);
    });
    ctx.setLineDash([]);
    for (const level of c.levels) {
      const of = c.units.filter((unit) => unit.level === level);
      if (state.levels[level] && of.length > 1) labels.push(...of);
    }
    paintNames(ctx, v, labels);
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

  /** Names of units, moved a little where a mark stands, left out where there is no room. */
  function paintNames(ctx, v, units) {
    const taken = [], marks = marksInTheWay(v);
    const meets = (one) => (o) => one[0] < o[2] && one[2] > o[0] && one[1] < o[3] && one[3] > o[1];
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    for (const unit of units) {
      const major = c.levels.indexOf(unit.level) < 2, size = major ? 13 : 11;
      ctx.font = `${major ? 600 : 400} ${size}px ${FONT}`;
      const text = shortened(unit.name, 12), half = ctx.measureText(text).width / 2;
      const x = unit.x * v.scale - v.ox, y = unit.y * v.scale - v.oy;
      if (roomOf(unit) * v.scale < half * 1.7) continue;
      const boxAt = (dy) => [x - half - 4, y + dy - size * 0.7, x + half + 4, y + dy + size * 0.7];
      const free = [0, -14, 14, -28, 28].filter((dy) => !taken.some(meets(boxAt(dy))));
      if (!free.length) continue;
      const shift = free.find((dy) => !marks.some(meets(boxAt(dy))));
      const dy = shift === undefined ? free[0] : shift;
      taken.push(boxAt(dy));
      halo(ctx, text, x, y + dy, major ? INK : "#4a5157");
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
    const around = (one, right) => {
      const x = one.x * v.scale - v.ox, y = one.y * v.scale - v.oy;
      return [x - 7, y - 7, x + right, y + 7];
    };
    const shown = (on, rows) => (on ? rows : []);
    return [
      ...shown(state.layers.facilities, c.facilities).filter(ownFacility).map((f) => around(f, 7)),
      ...shown(state.layers.sites, c.sites).filter(ownSite).map((site) => around(site, 50)),
    ].filter((box) => box[0] < v.max.x && box[2] > v.min.x && box[1] < v.max.y && box[3] > v.min.y);
  }

  function ownFacility(f) { return f.keys.includes(state.service); }

  function ownSite(site) { return site.rows.some((row) => row.service === state.service); }

  function paintPoints(ctx, v) {
    const r = Math.max(3, Math.min(7, 4.2 + (v.zoom - 13) * 0.9));
    if (state.layers.facilities) {
      for (const f of c.facilities) if (!ownFacility(f)) dot(ctx, v, f, r * 0.62, false);
      for (const f of c.facilities) if (ownFacility(f)) dot(ctx, v, f, r, true);
    }
    if (state.layers.sites) {
      for (const site of c.sites) if (!ownSite(site)) diamond(ctx, v, site, r * 0.9, false);
      for (const site of c.sites) if (ownSite(site)) diamond(ctx, v, site, r * 1.55, true);
      if (v.zoom >= 13) nameSites(ctx, v, c.sites.filter(ownSite), r);
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
    ctx.fillStyle = strong ? INK : "rgba(255,255,255,.85)";
    ctx.strokeStyle = strong ? "#fff" : "#6d747a";
    ctx.lineWidth = strong ? 1.6 : 1;
    ctx.fill();
    ctx.stroke();
  }

  function diamond(ctx, v, site, r, strong) {
    const x = site.x * v.scale - v.ox, y = site.y * v.scale - v.oy;
    ctx.beginPath();
    for (const [dx, dy] of [[0, -r], [r, 0], [0, r], [-r, 0]]) ctx.lineTo(x + dx, y + dy);
    ctx.closePath();
    ctx.fillStyle = strong ? SITE : "rgba(255,255,255,.9)";
    ctx.strokeStyle = strong ? "#fff" : SITE;
    ctx.lineWidth = strong ? 1.8 : 1.2;
    ctx.fill();
    ctx.stroke();
  }

  function nameSites(ctx, v, sites, r) {
    ctx.font = `600 11px ${FONT}`;
    ctx.textAlign = "left";
    ctx.textBaseline = "middle";
    for (const site of sites) {
      halo(ctx, shortened(String(site.candidate_id), 14), site.x * v.scale - v.ox + r * 1.55 + 4,
        site.y * v.scale - v.oy, SITE);
    }
  }

  // -- ledger and legend

  function swatch(kind, colour) {
    const node = h("i", { class: `swatch ${kind}`, "aria-hidden": "true" });
    if (colour) node.style.setProperty("--colour", colour);
    return node;
  }

  const legendRow = (mark, text, value) => h("li", {}, mark, h("span", {}, text),
    value === undefined ? null : h("b", {}, value));

  function showReach() {
    const last = limitCode(state.limit, service()), sums = ledger(c.cells.people, codes(), last);
    const shown = number(state.limit);
    const minutes = codes(), bands = new Array(BANDS.length).fill(0);
    c.cells.people.forEach((people, i) => {
      if (minutes[i] <= last) bands[bandOf(minutes[i])] += people;
    });
    const parts = [...bands, sums.beyond, sums.unreachable];
    panel.headline.replaceChildren(h("span", {}, `${t("within", shown)} `),
      h("strong", {}, number(sums.covered)), ` ${t("person")}${state.en ? " (" : "（"}${share(sums.within, sums.sum)}${state.en ? ")" : "）"}`);
    panel.rest.replaceChildren(...[[t("beyond", shown), sums.beyond],
      [t("nowhere"), sums.unreachable], [t("total"), sums.total]]
      .map(([word, n]) => h("span", {}, word, h("b", {}, number(n)))));
    panel.bar.replaceChildren(...[...BANDS, BEYOND, NOWHERE].map((colour, i) => {
      const piece = h("i", { class: i === 6 ? "hatched" : "" });
      piece.style.flexGrow = parts[i] / (sums.sum || 1);
      piece.style.setProperty("--colour", colour);
      return piece;
    }));
    const rows = BANDS.map((colour, i) => {
      const top = i === BANDS.length - 1 ? state.limit : Math.min(EDGES[i + 1], state.limit);
      return EDGES[i] < state.limit
        ? legendRow(swatch("cell", colour), `${EDGES[i]}–${number(top)} ${t("min")}`) : null;
    });
    panel.legend.replaceChildren(...rows.filter(Boolean),
      legendRow(swatch("cell", BEYOND), t("beyond", shown)),
      legendRow(swatch("cell hatched", NOWHERE), t("nowhere")), ...pointLegend());
    report(sums);
  }

  function pointLegend() {
    const rows = [];
    if (c.facilities.length) {
      rows.push(legendRow(swatch("dot"), t("facilities")), legendRow(swatch("dot faint"), t("others")));
    }
    if (c.sites.length) rows.push(legendRow(swatch("diamond"), t("sites")));
    return rows;
  }

  function showClause() {
    const chosen = clause(), counts = { met: 0, not_met: 0, not_assessable: 0 };
    if (chosen) for (const finding of chosen.byUnit.values()) counts[finding.verdict]++;
    const judged = counts.met + counts.not_met;
    panel.headline.replaceChildren(h("span", {}, `${t("met")} `), h("strong", {}, number(counts.met)),
      ` / ${number(judged)} ${chosen ? t(chosen.level) : ""}`);
    panel.rest.textContent = chosen ? shortened(`${chosen.article} ${chosen.clause_zh}`, 40) : "";
    panel.bar.replaceChildren(...Object.keys(VERDICT).map((verdict) => {
      const piece = h("i", { class: verdict });
      piece.style.flexGrow = counts[verdict];
      piece.style.setProperty("--colour", VERDICT[verdict]);
      return piece;
    }));
    panel.legend.replaceChildren(...Object.keys(VERDICT).map((verdict) =>
      legendRow(swatch(`cell ${verdict}`, VERDICT[verdict]), t(verdict), number(counts[verdict]))),
    ...pointLegend());
    report(counts);
  }

  /** Figures for machines: tests and colleagues read them from the document. */
  function report(figures) {
    const { covered, beyond, unreachable, total, met, not_met, not_assessable } = figures;
    const out = { theme: state.theme, service: state.service, state: state.when, limit: state.limit,
      covered, beyond, unreachable, total, met, notMet: not_met, notAssessable: not_assessable };
    for (const [name, value] of Object.entries(out)) {
      if (value === undefined) delete document.body.dataset[name];
      else document.body.dataset[name] = value;
    }
  }

  function refresh(...names) {
    const from = performance.now();
    if (state.theme === "clauses") showClause(); else showReach();
    if (panel.slider) {
      panel.slider.value = state.limit;
      panel.limit.textContent = `${number(state.limit)} ${t("min")}`;
      panel.reset.hidden = state.limit === service().limit;
      panel.reset.textContent = `${t("back")} ${number(service().limit)} ${t("min")}`;
    }
    repaint(...names);
    document.body.dataset.paintMs = (performance.now() - from).toFixed(1);
  }

  let waiting = false;
  function soon(...names) { // a dragged slider asks more often than a screen can show
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; refresh(...names); });
  }

  // -- panel

  function choice(name, label, options, current, choose, kind) {
    return h("fieldset", { class: kind || "pills" }, h("legend", {}, label),
      options.map(([value, text]) => h("label", {},
        h("input", { type: "radio", name, value, checked: value === current, onchange: () => choose(value) }),
        h("span", { title: text }, text))));
  }

  function check(text, on, choose) {
    return h("label", { class: "check" },
      h("input", { type: "checkbox", checked: on, onchange: (e) => choose(e.target.checked) }),
      h("span", {}, text));
  }

  function buildPanel() {
    const open = panel ? panel.open : window.innerWidth > NARROW;
    const body = h("div", { class: "body", id: "panel-body" });
    const next = { open, headline: h("p", { class: "headline", "aria-live": "polite" }),
      rest: h("p", { class: "rest" }), bar: h("div", { class: "bar", "aria-hidden": "true" }),
      legend: h("ul", { class: "legend" }), slider: null };
    const fold = h("button", { type: "button", class: "fold", "aria-controls": "panel-body",
      onclick: () => unfold(!panel.open) });
    const node = h("aside", { class: "panel", "aria-label": c.title },
      h("header", {}, h("h1", {}, c.title), h("p", {}, c.subtitle),
        h("button", { type: "button", class: "language", lang: state.en ? "zh-CN" : "en",
          onclick: () => { state.en = !state.en; map.closePopup(); buildPage(); } }, state.en ? "中文" : "EN")),
      h("div", { class: "glance" }, next.headline, next.bar, next.rest), body, fold);
    function unfold(wanted) {
      panel.open = wanted;
      body.hidden = !wanted;
      fold.setAttribute("aria-expanded", String(wanted));
      fold.textContent = t(wanted ? "less" : "more");
    }
    if (panel) panel.node.replaceWith(node); else document.body.append(node);
    L.DomEvent.disableScrollPropagation(node);
    panel = Object.assign(next, { node, unfold });
    body.append(...themeControls(), ...legendAndLayers(), ...lists());
    unfold(panel.open);
  }

  function themeControls() {
    const parts = [];
    if (c.clauses.length) {
      parts.push(choice("theme", "", [["reach", t("reach")], ["clauses", t("clauses")]], state.theme,
        (value) => { state.theme = value; followClause(); buildPanel(); refresh(); }, "tabs"));
    }
    return parts.concat(state.theme === "clauses" ? [clauseSelect()] : reachControls());
  }

  function reachControls() {
    const groups = new Map(), parts = [];
    for (const s of c.services) groups.set(s.group, [...(groups.get(s.group) || []), [s.key, s.label]]);
    for (const [group, options] of groups) {
      parts.push(choice("service", group, options, state.service, (value) => {
        state.service = value;
        state.limit = service().limit;
        refresh("theme", "units", "points");
      }));
    }
    if (c.states.length > 1) {
      parts.push(choice("state", t("state"), c.states.map((s) => [s, t(s)]), state.when,
        (value) => { state.when = value; refresh("theme"); }));
    }
    panel.limit = h("output", { for: "limit" });
    panel.reset = h("button", { type: "button", class: "reset",
      onclick: () => { state.limit = service().limit; refresh("theme"); } });
    panel.slider = h("input", { id: "limit", type: "range", min: 1, step: 1,
      max: Math.max(30, ...c.services.map((s) => Math.ceil(s.limit))),
      oninput: (e) => { state.limit = Number(e.target.value); soon("theme"); } });
    parts.push(h("div", { class: "limit" }, h("label", { for: "limit" }, t("limit")), panel.limit,
      panel.reset, panel.slider));
    return parts;
  }

  /** The marks and boundaries shown are those the chosen clause speaks of. */
  function followClause() {
    const chosen = clause();
    if (state.theme !== "clauses" || !chosen) return;
    if (c.levels.includes(chosen.level)) state.levels[chosen.level] = true;
    if (!c.serviceByKey.has(chosen.service) || chosen.service === state.service) return;
    state.service = chosen.service;
    state.limit = service().limit;
  }

  function clauseSelect() {
    const select = h("select", { id: "clause", onchange: (e) => {
      state.clause = e.target.value;
      followClause();
      buildPanel();
      refresh();
    } });
    const groups = new Map();
    for (const one of c.clauses) {
      const known = c.serviceByKey.get(one.service), group = known ? known.label : one.service || "—";
      if (!groups.has(group)) groups.set(group, h("optgroup", { label: group }));
      groups.get(group).append(h("option", { value: one.key, selected: one.key === state.clause },
        shortened(`${one.article} ${one.clause_zh}`, 34) + `（${t(one.level)}）`));
    }
    select.append(...groups.values());
    return h("div", { class: "clause" }, h("label", { for: "clause" }, t("clause")), select);
  }

  function legendAndLayers() {
    const theme = state.theme === "clauses" ? "shading" : "cells";
    const toggle = (key) => (on) => { state.layers[key] = on; repaint(); }; // names give way to marks
    const layers = [check(t(theme), state.layers[theme], toggle(theme)),
      check(t("basemap"), state.layers.basemap, toggle("basemap")),
      ...c.levels.map((level) => check(t("boundary", t(level)), state.levels[level],
        (on) => { state.levels[level] = on; repaint("units"); }))];
    if (c.facilities.length) {
      layers.push(check(t("facilities"), state.layers.facilities, toggle("facilities")));
    }
    if (c.sites.length) layers.push(check(t("sites"), state.layers.sites, toggle("sites")));
    return [h("h2", {}, t("legend")), panel.legend, h("h2", {}, t("layers")),
      h("div", { class: "checks" }, layers)];
  }

  function lists() {
    const parts = [];
    if (c.sites.length) {
      const costs = c.sites.flatMap((s) => s.rows).map((row) => row.cost_wan);
      // Where one cost is absent the sum is not known, and is not shown.
      const cost = costs.includes(null) ? null : costs.reduce((sum, one) => sum + one, 0);
      parts.push(h("details", {}, h("summary", {}, `${t("sites")} ${t("count", c.sites.length)}` +
        (cost === null ? "" : ` · ${number(cost, 1)} ${t("wan")}`)),
      h("ul", { class: "sites" }, c.sites.map((site) => h("li", {}, h("button", { type: "button",
        onclick: () => goTo(site) }, h("b", {}, site.candidate_id),
      ` ${site.rows.map((row) => `${serviceName(row.service)} ${number(row.places)}`).join("、")}`))))));
    }
    if (c.notes.length) {
      parts.push(h("details", {}, h("summary", {}, t("notes")),
        h("ul", { class: "notes" }, c.notes.map((note) => h("li", {}, note)))));
    }
    return parts;
  }

  const serviceName = (key) => (c.serviceByKey.has(key) ? c.serviceByKey.get(key).label : key);

  // -- looking at one thing

  function worldOf(latlng) { return [mercatorX(latlng.lng), mercatorY(latlng.lat)]; }

  function pointAt(latlng) {
    const at = map.latLngToLayerPoint(latlng), near = (rows) => {
      let best = null, least = 11;
      for (const row of rows) {
        const d = at.distanceTo(map.latLngToLayerPoint([row.at[1], row.at[0]]));
        if (d < least) { least = d; best = row; }
      }
      return best;
    };
    const site = state.layers.sites && near(c.sites);
    if (site) return { site };
    const facility = state.layers.facilities && near(c.facilities);
    return facility ? { facility } : null;
  }

  function cellAt(x, y) {
    for (let i = 0; i < c.shapes.length; i++) if (c.shapes.crossings(i, x, y) % 2) return i;
    return -1;
  }

  function unitAt(x, y) {
    const wanted = state.theme === "clauses" && clause() ? [clause().level]
      : c.levels.filter((level) => state.levels[level]).reverse();
    for (const level of wanted.length ? wanted : [...c.levels].reverse()) {
      for (const unit of c.units) {
        if (unit.level !== level) continue;
        let crossed = 0;
        for (let i = 0; i < unit.shape.length; i++) crossed += unit.shape.crossings(i, x, y);
        if (crossed % 2) return unit;
      }
    }
    return null;
  }

  const minutesText = (code) =>
    (code === UNREACHABLE ? t("nowhere") : `${number(code / 10, 1)} ${t("min")}`);

  const table = (head, rows) => h("table", {},
    head ? h("thead", {}, h("tr", {}, head.map((word) => h("th", { scope: "col" }, word)))) : null,
    h("tbody", {}, rows.map((row) => h("tr", {}, row.map((cell, i) =>
      (cell instanceof Node ? h("td", {}, cell)
        : h(i === 0 && !head ? "th" : "td", i === 0 && !head ? { scope: "row" } : {}, cell)))))));

  function cellCard(i) {
    const rows = c.services.map((s) => [s.label,
      ...c.states.map((when) => minutesText(codes(when, s.key)[i]))]);
    return h("section", {}, h("h3", {}, `${t("here")}　${number(c.cells.people[i], 1)} ${t("person")}`),
      table([t("services"), ...c.states.map((when) => t(when))], rows));
  }

  function parents(unit) {
    const line = [unit];
    while (line.length <= c.levels.length && c.unitById.has(line[0].parent)) {
      line.unshift(c.unitById.get(line[0].parent));
    }
    return line;
  }

  function unitCard(unit, line) {
    const card = h("section", {});
    const show = (one) => {
      const found = c.clauses.filter((k) => k.level === one.level && k.byUnit.has(one.id))
        .map((k) => k.byUnit.get(one.id));
      const rows = found.map((f) => [
        h("span", { title: f.because_zh || "" }, h("b", {}, f.clause_zh),
          h("small", {}, [f.article, f.unit].filter(Boolean).join(" · "))),
        number(f.measured), number(f.required), number(f.gap),
        h("span", { class: `verdict ${f.verdict}` }, t(f.verdict))]);
      const chain = h("nav", {}, line.map((u) => h("button", { type: "button",
        "aria-current": u === one ? "true" : false, onclick: () => show(u) }, u.name || t("unnamed"))));
      card.replaceChildren(line.length > 1 ? chain : "", h("h3", {}, one.name || t("unnamed"),
        h("small", {}, ` ${t(one.level)}`)), rows.length
        ? table([t("clause"), t("measured"), t("required"), t("gap"), t("verdict")], rows)
        : h("p", {}, t("none")), becauses(found));
      marked = one.shape;
      repaint("points");
    };
    show(unit);
    return card;
  }

  function becauses(found) {
    const said = found.filter((f) => f.because_zh);
    return said.length ? h("details", {}, h("summary", {}, t("because")),
      h("ul", { class: "notes" }, said.map((f) => h("li", {}, `${f.clause_zh}：${f.because_zh}`)))) : "";
  }

  function facilityCard(f) {
    return h("section", {}, h("h3", {}, swatch("dot"), f.name || t("unnamed")), table(null, [
      [t("type"), f.type || "—"], [t("services"), f.keys.map(serviceName).join("、") || "—"],
      [t("places"), number(f.places)], [t("status"), f.status || "—"]]));
  }

  function siteCard(site) {
    const measure = (value, unit) => (value === null ? "—" : `${number(value)} ${unit}`);
    return h("section", {}, h("h3", {}, swatch("diamond"), `${t("sites")} ${site.candidate_id}`),
      site.rows.map((row) => table(null, [
        [t("service"), serviceName(row.service)], [t("places"), number(row.places)],
        [t("floor"), measure(row.floor_m2, "m²")], [t("land"), measure(row.land_m2, "m²")],
        [t("cost"), measure(row.cost_wan, t("wan"))], [t("source"), row.source_class || "—"],
        [t("reason"), row.because_zh || "—"]])));
  }

  function inspect(latlng) {
    const [x, y] = worldOf(latlng), point = pointAt(latlng), parts = [];
    marked = null;
    if (point) parts.push(point.site ? siteCard(point.site) : facilityCard(point.facility));
    else {
      const cell = state.theme === "reach" && state.layers.cells ? cellAt(x, y) : -1;
      const unit = unitAt(x, y);
      if (cell >= 0) parts.push(cellCard(cell));
      if (unit) parts.push(unitCard(unit, parents(unit)));
    }
    if (!parts.length) { map.closePopup(); repaint("points"); return; }
    openCard(point ? (point.site || point.facility).at : [latlng.lng, latlng.lat], parts);
  }

  function openCard(at, parts) {
    const wide = window.innerWidth > NARROW;
    const card = h("div", { class: "card", lang: "zh-CN" }, parts);
    tip.hidden = true;
    L.popup({ maxWidth: wide ? 400 : window.innerWidth - 60, minWidth: wide ? 260 : 200,
      maxHeight: Math.round(window.innerHeight * (wide ? 0.6 : 0.42)),
      autoPanPaddingTopLeft: wide ? [panel.node.offsetWidth + 24, 16] : [8, panel.node.offsetHeight + 12],
      autoPanPaddingBottomRight: [16, 40] })
      .setLatLng([at[1], at[0]]).setContent(card).openOn(map);
    const close = document.querySelector(".leaflet-popup-close-button");
    if (close) close.setAttribute("aria-label", t("close"));
  }

  function goTo(site) {
    if (window.innerWidth <= NARROW) panel.unfold(false);
    map.setView([site.at[1], site.at[0]], Math.max(map.getZoom(), 14.5), { animate: false });
    openCard(site.at, [siteCard(site)]);
  }

  function hover(event) {
    const [x, y] = worldOf(event.latlng), point = pointAt(event.latlng);
    const lines = point ? hoverPoint(point) : state.theme === "clauses" ? hoverClause(x, y) : hoverCell(x, y);
    tip.hidden = !lines.length;
    if (tip.hidden) return;
    tip.replaceChildren(...lines.map((text, i) => h(i ? "span" : "b", {}, text)));
    const flip = event.containerPoint.x > map.getSize().x - 240;
    tip.style.left = `${event.containerPoint.x + (flip ? -12 - tip.offsetWidth : 14)}px`;
    tip.style.top = `${Math.min(event.containerPoint.y + 14, map.getSize().y - tip.offsetHeight - 30)}px`;
  }

  function hoverPoint({ site, facility }) {
    if (facility) {
      return [facility.name || t("unnamed"),
        `${facility.type || ""} · ${t("places")} ${number(facility.places)}`];
    }
    return [`${t("sites")} ${site.candidate_id}`,
      ...site.rows.map((row) => `${serviceName(row.service)} ${number(row.places)}`)];
  }

  function hoverCell(x, y) {
    const unit = unitAt(x, y), cell = state.layers.cells ? cellAt(x, y) : -1, lines = [];
    if (cell >= 0) {
      lines.push(`${number(c.cells.people[cell], 1)} ${t("person")}`);
      for (const when of c.states) lines.push(`${t(when)}：${minutesText(codes(when)[cell])}`);
    }
    if (unit) lines.push(unit.name);
    return lines;
  }

  function hoverClause(x, y) {
    const unit = unitAt(x, y), chosen = clause(), f = unit && chosen && chosen.byUnit.get(unit.id);
    if (!unit) return [];
    if (!f) return [unit.name, t("no_finding")];
    return [unit.name, t(f.verdict), `${t("measured")} ${number(f.measured)} · ` +
      `${t("required")} ${number(f.required)} ${f.unit || ""}`];
  }

  // -- the frame

  function northArrow() {
    const svg = (tag, attributes) => {
      const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
      for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
      return node;
    };
    const arrow = svg("svg", { viewBox: "0 0 24 30", width: 24, height: 30, "aria-hidden": "true" });
    arrow.append(svg("path", { d: "M12 1 L20 28 L12 22 Z", fill: "#fff", stroke: INK }),
      svg("path", { d: "M12 1 L4 28 L12 22 Z", fill: INK, stroke: INK }));
    return h("div", { class: "north" }, h("span", {}, t("north")), arrow);
  }

  function buildPage() {
    document.documentElement.lang = state.en ? "en" : "zh-CN";
    document.body.classList.toggle("en", state.en);
    buildPanel();
    for (const old of document.querySelectorAll(".north, .foot")) old.remove();
    document.body.append(northArrow(), h("footer", { class: "foot" }, h("span", {}, t("disclaimer")),
      h("span", {}, c.attribution.join(" · "))));
    const name = { "leaflet-control-zoom-in": "zoom_in", "leaflet-control-zoom-out": "zoom_out" };
    for (const [mark, word] of Object.entries(name)) {
      const button = document.querySelector(`.${mark}`);
      if (button) { button.title = t(word); button.setAttribute("aria-label", t(word)); }
    }
    map.getContainer().setAttribute("aria-label", t("map"));
    makeRoom();
    refresh();
  }

  /** Scale bar and zoom buttons stand on the credits, however many lines these take. */
  function makeRoom() {
    const foot = document.querySelector(".foot").offsetHeight;
    document.body.style.setProperty("--foot", `${foot}px`);
  }

  function frame() {
    const [west, south, east, north] = c.bounds, wide = window.innerWidth > NARROW;
    map.fitBounds([[south, west], [north, east]], { animate: false, maxZoom: 17,
      paddingTopLeft: wide ? [panel.node.offsetWidth + 28, 14] : [10, panel.node.offsetHeight + 16],
      paddingBottomRight: wide ? [56, 40] : [10, document.querySelector(".foot").offsetHeight + 10] });
  }

  function listen() {
    map.on("click", (event) => inspect(event.latlng));
    map.on("mousemove", hover);
    map.on("mouseout dragstart zoomstart", () => { tip.hidden = true; });
    map.on("resize", () => {
      if (window.innerWidth > NARROW) panel.unfold(true); // the fold button is for phones only
      makeRoom();
    });
    map.on("popupclose", () => { marked = null; repaint("points"); });
    const box = map.getContainer(), keys = (on) => () => box.classList.toggle("keys", on);
    box.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target === box) inspect(map.getCenter());
    });
    box.addEventListener("keyup", (event) => { // a mark shows what Enter will inspect
      if (/^(Tab|Arrow)/.test(event.key)) keys(true)();
    });
    for (const end of ["pointerdown", "blur"]) box.addEventListener(end, keys(false), true);
  }

  tip = h("div", { class: "tip", hidden: true });
  map.getContainer().append(tip);
  map.zoomControl.setPosition(window.innerWidth > NARROW ? "topright" : "bottomright");
  L.control.scale({ imperial: false, position: "bottomright", maxWidth: 120 }).addTo(map);
  followClause();
  buildPage();
  frame();
  listen();
  openFromAddress(c, goTo, inspect);
  document.body.dataset.cells = c.shapes.length;
  document.body.dataset.loadMs = (performance.now() - begun).toFixed(1);
  document.body.dataset.ready = "1";
};

/** The view a link asks for: map.html#service=meal&state=after&limit=10&theme=clauses&lang=en */
function asked() { return new URLSearchParams(window.location.hash.slice(1)); }

function startState(c) {
  const want = asked(), has = (list, value) => list.includes(value);
  const key = has(c.services.map((s) => s.key), want.get("service"))
    ? want.get("service") : c.services[0].key;
  const limit = Number(want.get("limit")) || c.serviceByKey.get(key).limit;
  const chosen = c.clauses.find((one) => one.clause_id === want.get("clause")) || c.clauses[0];
  const levels = {};
  // The finest level is many thin lines: shown when asked for.
  c.levels.forEach((level, rank) => { levels[level] = rank < Math.max(1, Math.min(2, c.levels.length)); });
  return {
    service: key, limit: Math.max(0.1, limit), levels, en: want.get("lang") === "en",
    when: has(c.states, want.get("state")) ? want.get("state") : "now",
    theme: c.clauses.length && want.get("theme") === "clauses" ? "clauses" : "reach",
    clause: chosen ? chosen.key : "",
    layers: { cells: true, shading: true, basemap: true, facilities: true, sites: true },
  };
}

function openFromAddress(c, goTo, inspect) {
  const want = asked();
  const site = c.sites.find((one) => String(one.candidate_id) === want.get("site"));
  const unit = c.unitById.get(want.get("unit"));
  if (site) goTo(site); else if (unit) inspect(L.latLng(unit.at[1], unit.at[0]));
}
})();
