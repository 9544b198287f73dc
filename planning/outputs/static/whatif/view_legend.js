/* What the colours and marks of the map mean. */

import { BAND_COLOURS, BEYOND_COLOUR, CHANGE_COLOURS, EDGES_MIN,
  NOWHERE_COLOUR } from "./view_cells.js";
import { el } from "./view_dom.js";
import { minutesOf } from "./view_figures.js";
import { addPart, answerShown, servedBy, view } from "./view_state.js";
import { say } from "./whatif_words.js";

/** The legend, over a corner of the map; it can be folded. */
export function buildLegend() {
  const node = el("details", { class: "legend" });
  node.open = window.innerWidth > 700;
  const show = () => node.replaceChildren(el("summary", { "data-key": "legend" }, say("legend")),
    el("ul", {}, view.shown === "change" ? changeRows() : bandRows()), el("ul", {}, markRows()));
  addPart({ all: show });
  return node;
}

function colourRow(colour, text, look = "") {
  const swatch = el("i", { class: `swatch ${look}`, "aria-hidden": "true" });
  swatch.style.setProperty("--colour", colour);
  return el("li", {}, swatch, text);
}

const markRow = (look, text, sign = "") => el("li", {}, el("i", { class: `key ${look}`,
  "aria-hidden": "true" }, sign), text);

function bandRows() {
  const limit = servedBy(answerShown()).limit_ms / 60000;
  const bands = BAND_COLOURS.map((colour, k) => {
    if (EDGES_MIN[k] >= limit) return null;
    const top = k === BAND_COLOURS.length - 1 ? limit : Math.min(EDGES_MIN[k + 1], limit);
    return colourRow(colour, say("minutes", EDGES_MIN[k], minutesOf(top * 60000)));
  });
  return [...bands, colourRow(BEYOND_COLOUR, say("beyond", minutesOf(limit * 60000))),
    colourRow(NOWHERE_COLOUR, say("nowhere"), "hatched")];
}

const changeRows = () => [
  colourRow(CHANGE_COLOURS.gained, say("gained")), colourRow(CHANGE_COLOURS.lost, say("lost"),
    "hatched"),
  colourRow(CHANGE_COLOURS.within, say("still_within")), colourRow(CHANGE_COLOURS.beyond,
    say("still_beyond")),
];

function markRows() {
  const { scenario } = view, isScenario = view.shown === "scenario" || view.shown === "change";
  return [
    markRow("open", say("mark_facility")),
    view.engine.stock.register.some((one) => !one.isOpen) ? markRow("idle", say("mark_idle"))
      : null,
    view.shown !== "present" ? markRow("site", say(view.shown === "plan" ? "mark_plan" : "mark_site"), "1") : null,
    isScenario && Object.keys(scenario.moved).length ? markRow("moved", say("mark_moved")) : null,
    isScenario && scenario.removed.length ? markRow("cross", say("mark_removed"), "✕") : null,
    isScenario && view.content.candidates.ids.length ? markRow("diamond", say("mark_candidate"))
      : null,
    isScenario && view.selected ? markRow("circle",
      say("mark_circle")) : null,
    isScenario && scenario.closed_streets.length ? markRow("closed", say("mark_closed")) : null,
    isScenario && scenario.areas.length ? markRow("homes", say("mark_area")) : null,
  ];
}
