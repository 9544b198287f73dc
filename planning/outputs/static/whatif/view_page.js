/* The page of trying: its parts put together around a content and an engine that has started. */

import { buildCard, focusCard } from "./view_card.js";
import { buildConditions } from "./view_conditions.js";
import { el } from "./view_dom.js";
import { buildCost, buildEdits } from "./view_edits.js";
import { buildFigures } from "./view_figures.js";
import { buildFindings } from "./view_findings.js";
import { buildHead } from "./view_head.js";
import { listenToKeyboard } from "./view_keys.js";
import { buildLegend } from "./view_legend.js";
import { buildMap, buildTip, cellLines, cellUnder, drawForPaper, showCircle,
  showWhole } from "./view_map.js";
import { listenToMarks, removeMark } from "./view_marks.js";
import { noteBoard } from "./view_messages.js";
import { callIt, facilityById, firstKind } from "./view_places.js";
import { addPart, showAll, view } from "./view_state.js";
import { beginSteps } from "./view_steps.js";
import { buildTools, endTool, hoverTool, useTool } from "./view_tools.js";
import { pickedLevel, unitAtPlace } from "./view_units.js";
import { inTongue, say, speaking } from "./whatif_words.js";

/** Show the page. `engine` has answered the present; `locating` tells the unit of a place. */
export async function showPage(content, engine, locating) {
  Object.assign(view, { content, engine, locating, service: content.services[0].key });
  speaking.en = document.documentElement.lang === "en";
  await beginSteps();
  view.adding = firstKind();
  const box = el("div", { id: "map", class: "map", tabindex: "0", role: "application" }),
    tip = buildTip();
  document.body.replaceChildren(buildHead(), el("main", {}, buildTools(),
    el("div", { class: "map-side" }, box, tip.node, buildLegend()), buildPanel()), buildFoot(),
      noteBoard());
  listenToMarks(marksHeard(tip));
  listenToKeyboard();
  drawForPaper();
  buildMap(box, mapHeard(tip));
  addPart({ all: () => showCircle(null) });
  showAll();
  showWhole();
  performance.mark("whatif:ready");
  document.body.dataset.ready = "1";
}

function mapHeard(tip) {
  return {
    click: useTool,
    doubleClick: endTool,
    hover(place, event) {
      hoverTool(place);
      if (!place) { tip.show([]); return; }
      const unit = unitAtPlace(pickedLevel(), place.x, place.y);
      tip.show([...(unit ? [unit.name] : []), ...cellLines(cellUnder(event))],
        event.containerPoint);
    },
  };
}

function marksHeard(tip) {
  const open = (id) => { view.selected = id; showAll(); };
  return {
    onPick(id) {
      if (view.tool === "remove" && (view.shown === "scenario" ||
        view.shown === "change")) { removeMark(id); return; }
      open(id);
      if (view.tool === "resize") focusCard();
    },
    onOpen(id) {
      open(id);
      document.body.classList.add("sheet-open"); // on a phone the card is in the sheet
      focusCard();
    },
    onHover(id) {
      const facility = id && facilityById(id);
      if (!facility) { tip.show([]); return; }
      tip.show([callIt(id)], view.map.latLngToContainerPoint([facility.y, facility.x]));
    },
    onDrag(place) {
      tip.show(place && place.candidate ? [say("snap_here", place.candidate)] : [],
        place && view.map.latLngToContainerPoint([place.y_m, place.x_m]));
      showCircle(place);
    },
  };
}

/** The panel of figures; on a phone a sheet at the foot of the page that unfolds. */
function buildPanel() {
  const handle = el("button", { type: "button", class: "handle", "data-key": "handle",
    onclick: () => {
    document.body.classList.toggle("sheet-open");
    nameHandle();
  } });
  function nameHandle() {
    const isOpen = document.body.classList.contains("sheet-open");
    handle.setAttribute("aria-expanded", String(isOpen));
    handle.textContent = say(isOpen ? "fold" : "unfold");
  }
  addPart({ all: nameHandle });
  return el("aside", { class: "panel" }, handle, buildFigures(),
    el("div", { class: "panel-rest" }, buildCard(), buildConditions(), buildEdits(), buildCost(),
      buildFindings()));
}

/** What must be said of boundaries, what the page was made from, and whose data these are. */
function buildFoot() {
  const node = el("footer", { class: "foot" });
  addPart({ all() {
    const { borders, document: clauses, people, traveller, ground_map, digest,
      attribution } = view.content;
    const made = [clauses, people.of_year, traveller, ...ground_map.notes, say("made_of", digest)];
    node.replaceChildren(el("span", {}, inTongue(borders)),
      el("span", { class: "made-of" }, made.map(inTongue).join(" · ")),
      el("span", {}, attribution.join(" · ")));
  } });
  return node;
}
