/* What the page carries, made ready for drawing and counting. */

const UNREACHABLE = 65535;
const NO_FACILITY = 65534; // on the network, but no such facility is open: beyond every limit
const LEVELS = ["province", "city", "county", "district", "street", "community", "residential_area"];

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

/** Rows out of a table packed by columns, in which texts stand as numbers of words. */
function unpacked({ rows, words, texts, columns }) {
  const found = Array.from({ length: rows }, () => ({}));
  for (const [name, values] of Object.entries(columns)) {
    const isText = texts.includes(name);
    values.forEach((value, i) => {
      found[i][name] = isText && value !== null ? words[value] : value;
    });
  }
  return found;
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
  for (const f of c.facilities) f.keys = String(f.services || "").split("|").filter(Boolean);
  c.sites = joinedSites(c.sites);
  c.serviceByKey = new Map(c.services.map((s) => [s.key, s]));
  c.groupByKey = new Map(c.groups.map((g) => [g.key, g]));
  c.findings = unpacked(c.findings);
  c.clauses = clausesOf(c);
  return c;
}

/** Findings by clause and level, in the order of the findings; within these by state and unit. */
function clausesOf(c) {
  const found = new Map();
  for (const f of c.findings) {
    const key = JSON.stringify([f.clause_id, f.level]);
    if (!found.has(key)) {
      const states = Object.fromEntries(c.states.map((when) => [when, new Map()]));
      found.set(key, Object.assign({ key, in: states }, f));
    }
    found.get(key).in[f.state].set(f.unit_id, f);
  }
  return [...found.values()];
}

// ---- who is within ---------------------------------------------------------------------------

/** The last code [0.1 min] within `limit`; the service's own limit may lie between two codes. */
const limitCode = (limit, service) =>
  Math.min(limit === service.limit ? service.limitCode : limit * 10, NO_FACILITY - 1);

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

const service = () => c.serviceByKey.get(state.service);
const codes = (when, key) => c.cells.minutes[`${when}:${key || state.service}`];
/** The group whose people are counted: that of the service, or the one chosen by itself. */
const groupKey = () => (state.theme === "people" ? state.group : service().group);
/** Persons of a group in each cell; of all residents where none is named. */
const peopleOf = (key) => c.cells.people[key || c.groups[0].key];
const inWords = (words) => words[state.en ? 1 : 0];
const groupName = (key) => inWords(c.groupByKey.get(key).label);
const countedIn = (key) => inWords(c.groupByKey.get(key).unit);
const serviceName = (key) =>
  (c.serviceByKey.has(key) ? c.serviceByKey.get(key).label : t(`service_${key}`));
const clauseName = (one) => (state.en ? one.clause_en : one.clause_zh);
const becauseOf = (one) => (state.en ? one.because_en : one.because_zh);

/** The findings shown: those of one clause at one level. */
const clause = () => c.clauses.find((one) => one.key === state.clause);

const isOpen = (f) => f.status !== "not_open";
const ownFacility = (f) => f.keys.includes(state.service);
/** What of a site no register says; where even the place is assumed, the program made it. */
const assumedOf = (site) => String(site.assumed || "").split("|").filter(Boolean);
const isMade = (site) => assumedOf(site).includes("place");
const isClosed = (site) => site.rows.every((row) => row.action === "close");
/** The number by which report, sheets and workbook call the site. */
const siteNumber = (site) => String(site.site || site.candidate_id);
const ownSite = (site) => site.rows.some((row) => row.service === state.service);

/** Of one clause at several levels: the coarsest that compares units, else the first. */
function mostTelling(clauses) {
  return clauses.find((one) => one.in.now.size > 1) || clauses[0];
}

/** Levels whose boundaries are drawn: those ticked, and that of which the clause speaks. */
function levelsShown() {
  const chosen = state.theme === "clauses" ? clause() : null;
  return c.levels.filter((level) => state.levels[level] || (chosen && chosen.level === level));
}
