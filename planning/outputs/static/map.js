/* The page of a run: population cells by walking minutes, clauses by unit, facilities and sites.

   The files of this folder are one script. Every text of the content goes to the page through
   textContent or fillText, never as HTML. */

const NARROW = 700; // [px]

let map, c, state; // Leaflet's map, the content, and what is chosen
let sheets, panel, tip, divider, search;
let marked = null; // outline of the unit whose card is open

function repaint(...names) {
  for (const name of names.length ? names : Object.keys(sheets)) sheets[name].repaint();
}

// ---- the frame -------------------------------------------------------------------------------

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
  search.inLanguage();
  buildPanel();
  for (const old of document.querySelectorAll(".north")) old.remove();
  document.body.append(northArrow());
  buildFoot();
  const name = { "leaflet-control-zoom-in": "zoom_in", "leaflet-control-zoom-out": "zoom_out" };
  for (const [mark, word] of Object.entries(name)) {
    const button = document.querySelector(`.${mark}`);
    if (button) { button.title = t(word); button.setAttribute("aria-label", t(word)); }
  }
  map.getContainer().setAttribute("aria-label", t("map"));
  refresh();
}

/** What must be said of boundaries, the number of the map review, and whose data these are. */
function buildFoot() {
  const credits = [...c.attribution, ...(state.layers.tiles ? [inWords(c.tiles.credit)] : [])];
  const foot = h("footer", { class: "foot" }, h("span", {}, inWords(c.borders)),
    h("span", {}, credits.join("\u00a0· ")));
  const old = document.querySelector(".foot");
  if (old) old.replaceWith(foot); else document.body.append(foot);
  makeRoom();
}

/** Scale bar and zoom buttons stand on the credits, however many lines these take. */
function makeRoom() {
  const foot = document.querySelector(".foot").offsetHeight;
  document.body.style.setProperty("--foot", `${foot}px`);
}

/** Show so much of the map, in what panel and credits leave free. */
function fit(bounds, maxZoom) {
  const foot = document.querySelector(".foot").offsetHeight, wide = window.innerWidth > NARROW;
  map.fitBounds(bounds, { animate: false, maxZoom,
    paddingTopLeft: wide ? [panel.node.offsetWidth + 24, 16] : [10, panel.node.offsetHeight + 16],
    paddingBottomRight: wide ? [56, 14 + foot] : [10, foot + 10] });
}

function frame() {
  const [west, south, east, north] = c.bounds;
  fit([[south, west], [north, east]], 17);
}

/** Tiles of a map service, below all else; they are asked for only once somebody wants them. */
let tiles = null;
function showTiles(on) {
  tiles = tiles || c.tiles.addresses.map((address) =>
    L.tileLayer(address, { subdomains: "01234567", maxZoom: 18, keepBuffer: 1 }));
  for (const layer of tiles) { if (on) layer.addTo(map); else layer.remove(); }
  state.layers.tiles = on;
  buildFoot();
  refresh();
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

// ---- the view a link asks for ----------------------------------------------------------------

/** map.html#service=meal&state=after&limit=10&lang=en, #theme=clauses&clause=ID&level=street,
    #theme=people&group=KEY, #state=compare, #site=S001 */
function asked() { return new URLSearchParams(window.location.hash.slice(1)); }

function startState() {
  const want = asked(), has = (list, value) => list.includes(value);
  const key = has(c.services.map((s) => s.key), want.get("service"))
    ? want.get("service") : c.services[0].key;
  const limit = Number(want.get("limit")) || c.serviceByKey.get(key).limit;
  const named = c.clauses.filter((one) => one.clause_id === want.get("clause"));
  const chosen = named.find((one) => one.level === want.get("level")) ||
    mostTelling(named.length ? named : c.clauses);
  const levels = {};
  // The finest level is many thin lines: shown when asked for.
  c.levels.forEach((level, rank) => { levels[level] = rank < Math.max(1, Math.min(2, c.levels.length)); });
  const states = c.states.length > 1 ? [...c.states, "compare"] : c.states;
  const themes = ["reach", "people", ...(c.clauses.length ? ["clauses"] : [])];
  const groups = c.groups.map((g) => g.key);
  return {
    service: key, limit: Math.max(0.1, limit), levels, en: (want.get("lang") || c.lang) === "en",
    when: has(states, want.get("state")) ? want.get("state") : "now",
    theme: has(themes, want.get("theme")) ? want.get("theme") : "reach",
    group: has(groups, want.get("group")) ? want.get("group") : groups[0],
    clause: chosen ? chosen.key : "",
    split: window.innerWidth > NARROW ? (326 / window.innerWidth + 1) / 2 : 0.5,
    layers: { cells: true, shading: true, basemap: true, tiles: false, facilities: true, sites: true },
    unfolded: { layers: window.innerHeight > 800, sites: false, notes: false }, // parts of the panel
  };
}

function openFromAddress() {
  const want = asked();
  const site = c.sites.find((one) =>
    [siteNumber(one), String(one.candidate_id)].includes(want.get("site")));
  const facility = c.facilities.find((one) => one.facility_id === want.get("facility"));
  const unit = c.unitById.get(want.get("unit"));
  if (site) goTo(site);
  else if (facility) openCard(facility.at, [facilityCard(facility)]);
  else if (unit) openCard(unit.at, [unitCard(unit, parents(unit))]);
}

window.planningMap = function (drawn) {
  const begun = performance.now();
  map = drawn;
  c = readContent();
  state = startState();
  sheets = {
    ground: sheet(map, "ground", 210, paintGround),
    theme: sheet(map, "theme", 220, paintTheme),
    streets: sheet(map, "streets", 230, paintStreets),
    units: sheet(map, "units", 240, paintUnits),
    points: sheet(map, "points", 250, paintPoints),
    labels: sheet(map, "labels", 260, paintLabels),
  };
  tip = h("div", { class: "tip", hidden: true });
  map.getContainer().append(tip);
  divider = buildDivider();
  search = buildSearch();
  map.zoomControl.setPosition(window.innerWidth > NARROW ? "topright" : "bottomright");
  L.control.scale({ imperial: false, position: "bottomright", maxWidth: 120 }).addTo(map);
  followClause();
  buildPage();
  frame();
  listen();
  openFromAddress();
  document.body.dataset.cells = c.shapes.length;
  document.body.dataset.loadMs = (performance.now() - begun).toFixed(1);
  document.body.dataset.ready = "1";
};
