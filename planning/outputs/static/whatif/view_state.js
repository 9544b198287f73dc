/* What the page shows at the moment, and who wants to hear of it. */

import { typedArray } from "./arrays.js";
import { keepingFocus } from "./view_dom.js";

/** The state of the page; the parts read it and redraw from it. */
export const view = {
  content: null, // as the run wrote it
  engine: null,
  locating: null, // which unit a place is in
  map: null, // Leaflet's
  scenario: null, // what is being tried; frozen
  answer: null, // the engine's to the scenario, or to the drag under way
  service: "", // key of the service shown
  shown: "scenario", // scenario | present | plan | change
  tool: "select",
  selected: null, // key of a mark
  home: null, // id of planned homes whose card is open
  unit: null, // {level, index}: findings of this unit alone
  adding: null, // {kind, size} of the next site
  drawing: null, // corners of the outline under way
  homes: { households: 1000, persons_per_household: null, name: "" },
  withReference: false, // findings that no requirement asks for are listed too
  isListOpen: false, // all findings listed, however many
};

const parts = [];
export const headItems = []; // makers of what else stands in the head

/** Something more in the head of the page: `make()` gives it anew whenever the head is built. */
export const addHeadItem = (make) => { headItems.push(make); };

/** A part of the page: `figures(isLive)` after every answer, `all()` after anything else. */
export const addPart = (part) => { parts.push(part); };

/** Repaint what depends on figures; `isLive` while something is being dragged. */
export function showFigures(isLive) {
  for (const part of parts) if (part.figures) part.figures(isLive);
}

/** Build everything anew from the state. */
export function showAll() {
  keepingFocus(() => { for (const part of parts) if (part.all) part.all(); });
}

const unpacked = new WeakMap();

/** A packed array of the content as a typed array, unpacked once. */
export function arrayOf(packed) {
  if (!packed || !packed.b64) return packed;
  if (!unpacked.has(packed)) unpacked.set(packed, typedArray(packed));
  return unpacked.get(packed);
}

/** The service shown, as the content has it. */
export const serviceNow = () => view.content.services.find((one) => one.key === view.service);

/** Its place among the services. */
export const serviceIndex = () => view.content.services.findIndex((one) =>
  one.key === view.service);

/** Kinds that offer a service, with their numbers in the content. */
export const kindsOf = (service) =>
  view.content.kinds.map((kind, index) => ({ kind, index })).filter(({ index }) =>
    service.kinds[index]);

/** The answer behind what is shown. */
export function answerShown() {
  if (view.shown === "present") return view.engine.present;
  if (view.shown === "plan" && view.engine.plan) return view.engine.plan;
  return view.answer;
}

/** What an answer says of the service shown. */
export const servedBy = (answer) => answer && answer.services.find((one) =>
  one.key === view.service);

/** Levels of units from the coarsest to the finest; residential areas are no level of these. */
export const unitLevels = () => Object.keys(view.content.units).filter((one) =>
  one !== "residential_area");
