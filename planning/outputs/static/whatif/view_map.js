/* The map: Leaflet in metres of the study, with our canvases and marks. */

import { CellRaster, paintCellSheet } from "./view_cells.js";
import { el, whenThere } from "./view_dom.js";
import { countWord, groupWord, minutesOf } from "./view_figures.js";
import { placeMarks } from "./view_marks.js";
import { candidatesFor, facilityById, rowOf, siteById } from "./view_places.js";
import { SITE_RED, inMetres, newSheet, paintedTogether, pixelsWide, wiped } from "./view_sheet.js";
import { addPart, answerShown, arrayOf, serviceNow, servedBy, view } from "./view_state.js";
import { paintCircle, paintClosed, paintHomes, paintStreetEdges, paintStreetLines, streetPaths,
  traceSteps } from "./view_streets.js";
import { paintNameSheet, paintUnitSheet, wholeBox } from "./view_units.js";
import { say } from "./whatif_words.js";

const sheets = {};
let streets = null, raster = null;
const shownOnMap = { circle: null, hovered: null, snap: null };

const GROUND_COLOURS = { green: "#d3e2c6", water: "#bfd8e6" };

/** Build the map in its box; `used(place, event)` is told of a click, a double click, a hover. */
export function buildMap(box, used) {
  view.map = L.map(box, { crs: L.CRS.Simple, minZoom: -7, maxZoom: 3, zoomSnap: 0.25,
    zoomDelta: 0.5,
    attributionControl: false, zoomControl: false, doubleClickZoom: false,
      wheelPxPerZoomLevel: 90 });
  const [west, south, east, north] = wholeBox();
  view.map.setView([(south + north) / 2, (west + east) / 2], -3, { animate: false });
  streets = streetPaths(view.content.ground_map);
  raster = new CellRaster(view.content.people);
  sheets.ground = newSheet(view.map, "ground", 210, paintGroundSheet);
  sheets.cells = newSheet(view.map, "cells", 220, (ctx, v) => paintCellSheet(ctx, v, raster), (v) =>
    raster.place(v));
  sheets.streets = newSheet(view.map, "streets", 230, (ctx, v) => paintStreetLines(ctx, v,
    streets));
  sheets.units = newSheet(view.map, "units", 240, paintUnitSheet);
  sheets.edits = newSheet(view.map, "edits", 250, paintEditSheet);
  sheets.names = newSheet(view.map, "names", 260, paintNameSheet);
  view.map.createPane("marks").style.zIndex = 620;
  L.control.zoom({ position: "topright" }).addTo(view.map);
  L.control.scale({ imperial: false, position: "bottomright", maxWidth: 110 }).addTo(view.map);
  view.map.on("click", (event) => used.click(placeUnder(event), event.originalEvent));
  view.map.on("dblclick", (event) => used.doubleClick(placeUnder(event), event.originalEvent));
  view.map.on("mousemove", (event) => used.hover(placeUnder(event), event));
  view.map.on("mouseout movestart", () => used.hover(null, null));
  view.map.on("moveend", placeMarks);
  listenToKeys(box, used);
  new ResizeObserver(() => view.map.invalidateSize({ pan: false })).observe(box);
  addPart({ figures: showOnMap, all: () => { nameMap(box); showOnMap(false); } });
}

const placeUnder = (event) => ({ x: event.latlng.lng, y: event.latlng.lat });

/** Show the whole area in what the box has free. */
export function showWhole() {
  const [west, south, east, north] = wholeBox();
  view.map.invalidateSize({ pan: false });
  view.map.fitBounds([[south, west], [north, east]], { animate: false, padding: [14, 14] });
}

/** Draw the map for paper, and afterwards for the screen again. */
export function drawForPaper() {
  let seen = null;
  const drawn = (isPrinting) => () => {
    seen = isPrinting ? view.map.getBounds() : seen;
    document.body.classList.toggle("printing", isPrinting);
    view.map.invalidateSize({ pan: false });
    view.map.fitBounds(seen, { animate: false });
    if (isPrinting) paintedTogether(Object.values(sheets));
  };
  window.addEventListener("beforeprint", drawn(true));
  window.addEventListener("afterprint", drawn(false));
}

/** Show a box of metres. */
export const showBox = ([west, south, east, north]) =>
  view.map.fitBounds([[south, west], [north, east]], { animate: false, padding: [30, 30],
    maxZoom: 0 });

/** Space and Enter on the map use the tool at its centre, where a cross shows; an outline ends with
    Enter (view_keys.js). */
function listenToKeys(box, used) {
  box.addEventListener("keydown", (event) => {
    if (event.target !== box) return;
    if (event.key === " " || (event.key === "Enter" && view.tool !== "area")) {
      const { lat, lng } = view.map.getCenter();
      event.preventDefault();
      used.click({ x: lng, y: lat }, event);
    }
  });
  box.addEventListener("keyup", (event) => {
    if (/^(Tab|Arrow|Enter| )/.test(event.key)) box.classList.toggle("keys", event.target === box);
  });
  for (const end of ["pointerdown", "blur"]) box.addEventListener(end, () =>
    box.classList.remove("keys"), true);
}

function nameMap(box) {
  box.setAttribute("aria-label", say("map"));
  for (const [mark, word] of [["in", "zoom_in"], ["out", "zoom_out"]]) {
    const node = box.querySelector(`.leaflet-control-zoom-${mark}`);
    node.title = say(word);
    node.setAttribute("aria-label", say(word));
  }
}

/** The points of sketched areas, which the engine counts behind all others. */
function extraPoints() {
  const { people, counted } = view.engine;
  return { x: people.x.subarray(counted.n), y: people.y.subarray(counted.n) };
}

function showOnMap(isLive) {
  raster.sketch(view.shown === "scenario" || view.shown === "change" ? extraPoints()
    : { x: [], y: [] });
  sheets.cells.repaint();
  if (isLive) return;
  placeMarks();
  for (const name of ["units", "edits"]) sheets[name].repaint();
}

/** Repaint what edits look like: closed streets, outlines, the circle, candidates. */
export const repaintEdits = () => sheets.edits.repaint();

// ---- ground ----------------------------------------------------------------------------------

function paintGroundSheet(ctx, v) {
  wiped(ctx, v);
  const { kinds, origin } = view.content.ground_map;
  inMetres(ctx, v, origin);
  for (const [kind, colour] of Object.entries(GROUND_COLOURS)) {
    if (!kinds[kind]) continue;
    const areas = new Path2D(), lines = new Path2D();
    for (const steps of kinds[kind].areas) traceSteps(areas, steps);
    for (const steps of kinds[kind].lines) traceSteps(lines, steps);
    ctx.fillStyle = ctx.strokeStyle = colour;
    ctx.fill(areas); // holes run against their outline
    ctx.lineWidth = pixelsWide(v, 3);
    ctx.stroke(lines);
  }
  paintStreetEdges(ctx, v, streets);
}

// ---- edits and marks without an element ------------------------------------------------------

function paintEditSheet(ctx, v) {
  wiped(ctx, v);
  paintCircle(ctx, v, shownOnMap.circle);
  paintClosed(ctx, v, shownOnMap.hovered);
  paintHomes(ctx, v);
  if (view.shown === "scenario" || view.shown === "change") {
    paintCandidates(ctx, v);
    for (const id of view.scenario.removed) paintRemoved(ctx, v, rowOf(id));
  }
}

function paintCandidates(ctx, v) {
  const isWanted = view.tool === "add" || siteById(view.selected), r = (isWanted ? 3.8
    : 2.2) * v.ratio;
  ctx.globalAlpha = isWanted ? 1 : 0.55;
  ctx.lineWidth = (isWanted ? 1.3 : 0.9) * v.ratio;
  for (const one of candidatesFor(view.tool === "add" ? view.adding : siteById(view.selected) ||
    null)) {
    const x = v.px(one.x_m), y = v.py(one.y_m);
    if (x < 0 || y < 0 || x > v.width || y > v.height) continue;
    ctx.beginPath();
    for (const [dx, dy] of [[0, -r], [r, 0], [0, r], [-r, 0]]) ctx.lineTo(x + dx, y + dy);
    ctx.closePath();
    ctx.fillStyle = "rgba(255,255,255,.9)";
    ctx.strokeStyle = SITE_RED;
    ctx.fill();
    ctx.stroke();
  }
  ctx.globalAlpha = 1;
  if (!shownOnMap.snap) return;
  ctx.beginPath();
  ctx.arc(v.px(shownOnMap.snap.x_m), v.py(shownOnMap.snap.y_m), 15 * v.ratio, 0, 7);
  ctx.lineWidth = 2 * v.ratio;
  ctx.strokeStyle = SITE_RED;
  ctx.stroke();
}

/** A cross where a facility was taken away. */
function paintRemoved(ctx, v, row) {
  if (row < 0) return;
  const x = v.px(arrayOf(view.content.facilities.x_m)[row]),
    y = v.py(arrayOf(view.content.facilities.y_m)[row]);
  const r = 5 * v.ratio;
  ctx.beginPath();
  for (const s of [1, -1]) { ctx.moveTo(x - r, y - s * r); ctx.lineTo(x + r, y + s * r); }
  for (const [colour, width] of [["#fff", 5], [SITE_RED, 2.4]]) {
    ctx.strokeStyle = colour;
    ctx.lineWidth = width * v.ratio;
    ctx.stroke();
  }
}

let circlesAsked = 0;

/** The circle of the mark picked, at the place it has or is dragged to. */
export function showCircle(place) {
  const facility = place ? null : facilityById(view.selected), number = ++circlesAsked;
  const at = place ? [place.x_m, place.y_m] : facility ? [facility.x, facility.y] : null;
  shownOnMap.snap = place && place.candidate ? place : null;
  const { limit_ms: limit } = servedBy(answerShown());
  whenThere(at && view.engine.walking.circle(at[0], at[1], limit), (pieces) => {
    if (number === circlesAsked) shownOnMap.circle = pieces;
    repaintEdits();
  });
}

/** The street under the pointer of the tool, by its line; null for none. */
export function hoverLine(line) {
  if (shownOnMap.hovered === line) return;
  shownOnMap.hovered = line;
  repaintEdits();
}

/** The cell under a point of the map's box, −1 for none. */
export function cellUnder(event) {
  const v = sheets.cells._view(), at = event.latlng;
  return raster.under(v.px(at.lng), v.py(at.lat));
}

/** Lines of a tip for a cell: people of the service's group, minutes. */
export function cellLines(cell) {
  const people = view.content.people;
  if (cell < 0 || cell >= people.n) return [];
  const group = serviceNow().group, persons = arrayOf(people.groups[group])[cell];
  const { ms, limit_ms } = servedBy(answerShown());
  const walk = ms[cell] <= limit_ms ? say("minutes_here", (ms[cell] / 60000).toFixed(1))
    : say("beyond", minutesOf(limit_ms));
  return [say("residents_here", groupWord(group), persons.toFixed(1), countWord(group)), walk];
}

/** The tip beside the pointer. */
export function buildTip() {
  const tip = el("div", { class: "tip", hidden: true });
  return { node: tip, show(lines, point) {
    tip.hidden = !lines.length;
    if (tip.hidden) return;
    tip.replaceChildren(...lines.map((text, i) => el(i ? "span" : "b", {}, text)));
    const size = view.map.getSize(), flip = point.x > size.x - 220;
    tip.style.left = `${point.x + (flip ? -12 - tip.offsetWidth : 14)}px`;
    tip.style.top = `${Math.max(4, Math.min(point.y + 14, size.y - tip.offsetHeight - 8))}px`;
  } };
}
