/* Tools of the map: what a click does, and what each tool wants to know first. */

import { withAdded, withArea, withStreet } from "./scenario.js";
import { checkArea } from "./scenario_file.js";
import { button, el, oneOf, slider, whenThere } from "./view_dom.js";
import { homeFields } from "./view_homes.js";
import { hoverLine, repaintEdits } from "./view_map.js";
import { tell } from "./view_messages.js";
import { callIt, firstKind, placeAt, sizeRange, sizeText } from "./view_places.js";
import { addPart, kindsOf, serviceNow, showAll, view } from "./view_state.js";
import { edit } from "./view_steps.js";
import { isInsideArea, pickedLevel, unitAtPlace } from "./view_units.js";
import { inTongue, say, unitWord } from "./whatif_words.js";

const STREET_PX = 14;
/** The tools, each with the strokes of its sign in a square of 20. */
const TOOLS = [
  ["select", "M5 3 L15 11 L10.5 11.5 L13 17 L11 18 L8.5 12.5 L5 15.5 Z"],
  ["add", "M10 3.5 V16.5 M3.5 10 H16.5"], ["remove", "M5 5 L15 15 M15 5 L5 15"],
  ["resize", "M10 3 V17 M6.5 6.5 L10 3 L13.5 6.5 M6.5 13.5 L10 17 L13.5 13.5"],
  ["area", "M4 8 L11 3.5 L17 9 L14 16.5 L6 15.5 Z"],
  ["road", "M6 3 L4 17 M14 3 L16 17 M10 4 V7 M10 13 V16 M6.5 10 H13.5"],
];

/** The bar of tools with the wishes of the one in hand. */
export function buildTools() {
  const bar = el("div", { class: "tool-bar" }), wishes = el("div", { class: "wishes" });
  const node = el("div", { class: "tools" }, bar, wishes);
  addPart({ all() {
    bar.replaceChildren(oneOf("tool", say("tools"), TOOLS.map(([tool, sign]) =>
      [tool, [toolSign(sign), el("span", {}, say(tool))]]), view.tool, takeTool, "tool-group"));
    wishes.replaceChildren(el("p", {}, say(`${view.tool}_hint`)), ...wishesOf());
  } });
  return node;
}

function toolSign(strokes) {
  const [svg, path] = ["svg", "path"].map((tag) =>
    document.createElementNS("http://www.w3.org/2000/svg", tag));
  for (const [name, value] of [["viewBox", "0 0 20 20"], ["width", "20"], ["height", "20"],
    ["aria-hidden", "true"]]) {
    svg.setAttribute(name, value);
  }
  path.setAttribute("d", strokes);
  svg.append(path);
  return svg;
}

/** Take a tool in hand; what another had begun is given up. */
function takeTool(tool) {
  view.tool = tool;
  view.drawing = tool === "area" ? [] : null;
  const isOffered = kindsOf(serviceNow()).some(({ kind }) => kind.name === view.adding?.kind);
  if (tool === "add" && !isOffered) view.adding = firstKind();
  if (tool !== "select" && view.shown !== "change") view.shown = "scenario";
  hoverLine(null);
  view.map.getContainer().dataset.tool = tool;
  showAll();
}

function wishesOf() {
  if (view.tool === "add") return addWishes();
  if (view.tool === "area") return areaWishes();
  if (view.tool === "road" && !view.engine.walking.lineAt) return [el("p", { class: "warn" },
    say("no_streets"))];
  return [];
}

// ---- adding ----------------------------------------------------------------------------------

function addWishes() {
  const kinds = kindsOf(serviceNow());
  if (!kinds.length || !view.adding) return [];
  const choose = el("select", { "data-key": "add:kind", "aria-label": say("kind"),
    onchange: (event) => {
    const kind = kinds.find((one) => one.kind.name === event.target.value).kind;
    view.adding = { service: kind.service, kind: kind.name, size: sizeRange(kind).min };
    showAll();
  } }, kinds.map(({ kind }) => el("option", { value: kind.name,
    selected: kind.name === view.adding.kind },
    inTongue(kind.label || kind.name))));
  const kind = kinds.find((one) => one.kind.name === view.adding.kind).kind;
  return [el("label", { class: "wish" }, el("span", {}, say("kind")), choose),
    sizeWish("add:size", kind, view.adding.size, (size) => { view.adding.size = size; })];
}

/** A number and slider, or the steps a kind comes in. `done(size, isLast)`. */
export function sizeWish(key, kind, size, done, { live = null, candidate = null } = {}) {
  const { sizes, min, max, top, step } = sizeRange(kind, candidate);
  if (sizes) {
    return el("label", { class: "wish" }, el("span", {}, say("size")),
      el("select", { "data-key": key, "aria-label": say("size"), onchange: (event) =>
        done(Number(event.target.value)) },
        sizes.map((one) => el("option", { value: one, selected: one === size }, sizeText(kind,
          one)))));
  }
  return slider(key, { label: say("size"), value: size, min, max: Math.max(max, size), step,
    unit: unitWord(kind.sized_in).trim(), live, done: (value, typed) => {
      if (!Number.isInteger(value) || value < min || value > top) {
        tell(say("bad_number", say("size"), typed, min, Number.isFinite(top) ? top : "∞"), "fault");
        return false;
      }
      done(value);
      return true;
    } });
}

async function addAt({ x, y }, isFree) {
  const site = view.adding;
  if (!site) return;
  const place = placeAt(x, y, site, isFree);
  if (!isInsideArea(place.x_m, place.y_m)) { tell(say("outside_add"), "fault"); return; }
  const before = new Set(view.scenario.added.map((one) => one.id));
  const isTaken = await edit((scenario) => withAdded(scenario, { ...site, name: "", yuan: null,
    ...place }));
  if (!isTaken) return;
  const added = view.scenario.added.find((one) => !before.has(one.id));
  view.selected = added.id;
  tell(say("added_said", callIt(added.id)) + (place.candidate
    ? ` · ${say("snapped", place.candidate)}` : ""));
  showAll();
}

// ---- homes -----------------------------------------------------------------------------------

function areaWishes() {
  return [
    ...homeFields("area", view.homes, (change) => Object.assign(view.homes, change)),
    el("p", { class: "corners" }, say("corners", (view.drawing || []).length), " ",
      button("area:finish", say("finish"), finishArea, { class: "small" })),
  ];
}

/** End the outline that is drawn, as planned homes. */
export async function finishArea() {
  const outline = view.drawing || [];
  if (outline.length < 3) { tell(say("few_corners", outline.length), "fault"); return; }
  const faults = [];
  checkArea({ ...view.homes, id: say("area"), outline }, view.content, isInsideArea,
    (zh, en) => faults.push(inTongue([zh, en])));
  if (faults.length) { tell(faults, "fault"); showAll(); return; }
  const homes = { ...view.homes, outline };
  view.drawing = [];
  if (await edit((scenario) => withArea(scenario, homes))) takeTool("select");
}

/** Take the last corner back. */
export function dropCorner() {
  if (view.drawing && view.drawing.pop()) showAll();
}

// ---- streets ---------------------------------------------------------------------------------

const withinOfStreet_m = () => STREET_PX / view.map.options.crs.scale(view.map.getZoom());
const streetAt = ({ x, y }) => view.engine.walking.lineAt(x, y, withinOfStreet_m());

const toggleStreet = (place) => edit(async (scenario) => {
  const found = await streetAt(place);
  if (found) {
    return withStreet(scenario, found.line, !scenario.closed_streets.includes(found.line));
  }
  tell(say("no_street_here", Math.round(withinOfStreet_m())), "fault");
  return scenario;
});

// ---- what a click does -----------------------------------------------------------------------

/** A click on the map that hits no mark. */
export function useTool(place, event) {
  if (view.tool === "add") addAt(place, event.altKey);
  else if (view.tool === "area") { view.drawing.push([place.x, place.y]); showAll(); }
  else if (view.tool === "road") toggleStreet(place);
  else pickUnit(place);
}

/** A double click ends an outline; its second click has set a corner twice. */
export function endTool(place) {
  if (view.tool !== "area") {
    view.map.setZoomAround([place.y, place.x], view.map.getZoom() + 1);
    return;
  }
  const corners = view.drawing, last = corners.length - 1;
  const near = 4 / view.map.options.crs.scale(view.map.getZoom());
  const apart = (i) => corners[last][i] - corners[last - 1][i];
  if (last > 0 && Math.hypot(apart(0), apart(1)) < near) corners.pop();
  finishArea();
}

/** What the tool would take hold of under the pointer. */
export function hoverTool(place) {
  if (view.tool !== "road") return;
  whenThere(place && streetAt(place), (found) => hoverLine(found ? found.line : null));
}

/** Esc: the outline, the tool, the pick, the unit, one after the other. */
export function escape() {
  if (view.drawing && view.drawing.length) { view.drawing = []; showAll(); repaintEdits(); }
  else if (view.tool !== "select") takeTool("select");
  else if (view.selected || view.home) { view.selected = view.home = null; showAll(); }
  else if (view.unit) { view.unit = null; showAll(); }
}

function pickUnit({ x, y }) {
  if (view.selected) { view.selected = null; showAll(); return; }
  const level = pickedLevel(), unit = unitAtPlace(level, x, y);
  const isSame = unit && view.unit && view.unit.index === unit.index && view.unit.level === level;
  view.unit = unit && !isSame ? { level, index: unit.index } : null;
  showAll();
}
