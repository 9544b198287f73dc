/* Marks of facilities and sites: buttons on the map that are dragged, focused and moved by keys. */

import { cutText, figure } from "./view_numbers.js";
import { callIt, facilityById, movedTo, placeAt, shownFacilities, siteById,
  takenAway } from "./view_places.js";
import { showAll, view } from "./view_state.js";
import { dragTo, drop, edit } from "./view_steps.js";
import { tell } from "./view_messages.js";
import { isInsideArea } from "./view_units.js";
import { say } from "./whatif_words.js";

const STIRRED_PX = 3; // a hand is not quite still when it clicks
const KEY_STEPS_M = [10, 100];

const marks = new Map(); // id → {marker, node, facility}
let dragged = null;
let listener = {};

/** `onPick(id)`, `onOpen(id)`, `onDrag(place)`, `onDropped()`. */
export const listenToMarks = (said) => { listener = said; };

const mayEdit = () => view.shown === "scenario" || view.shown === "change";

/** Make the marks fit what is shown; what stays keeps its element, and with it the focus. */
export function placeMarks() {
  const bounds = view.map.getBounds().pad(0.3), wanted = new Map();
  for (const facility of shownFacilities()) {
    if (bounds.contains([facility.y, facility.x]) ||
      facility.id === view.selected) wanted.set(facility.id, facility);
  }
  for (const [id, mark] of marks) {
    if (wanted.has(id) || mark === dragged) continue;
    mark.marker.remove();
    marks.delete(id);
  }
  for (const [id, facility] of wanted) {
    if (!marks.has(id)) marks.set(id, newMark(id, facility));
    dressMark(marks.get(id), facility);
  }
}

function newMark(id, facility) {
  const node = document.createElement("div");
  const icon = L.divIcon({ className: "mark-box", html: node, iconSize: [28, 28] });
  const marker = L.marker([facility.y, facility.x], { icon, keyboard: false, interactive: false,
    pane: "marks" }).addTo(view.map);
  const mark = { id, marker, node: marker.getElement(), face: node, facility };
  mark.node.setAttribute("data-key", `mark:${id}`);
  mark.node.setAttribute("data-mark", id);
  mark.node.setAttribute("role", "button");
  mark.node.tabIndex = 0;
  L.DomEvent.disableClickPropagation(mark.node);
  mark.node.addEventListener("pointerdown", (event) => startDrag(event, mark));
  mark.node.addEventListener("keydown", (event) => onKey(event, mark));
  mark.node.addEventListener("pointerenter", () => listener.onHover(id));
  mark.node.addEventListener("pointerleave", () => listener.onHover(null));
  return mark;
}

function dressMark(mark, facility) {
  mark.facility = facility;
  if (mark !== dragged) mark.marker.setLatLng([facility.y, facility.x]);
  const site = numberOf(mark.id), isMoved = Boolean(view.scenario.moved[mark.id]);
  const kind = site ? "site" : isMoved && mayEdit() ? "moved" : facility.isOpen ? "open" : "idle";
  mark.face.className = `mark-face ${kind}${mark.id === view.selected ? " picked" : ""}`;
  mark.face.textContent = site || "";
  mark.marker.setZIndexOffset(site ? 2000 : mark.id === view.selected ? 1000 : 0);
  mark.node.setAttribute("aria-label", markLabel(mark.id, facility));
  mark.node.setAttribute("aria-pressed", String(mark.id === view.selected));
  mark.node.classList.toggle("still", !mayEdit());
  mark.node.classList.toggle("own", Boolean(site));
}

function numberOf(id) {
  const sites = view.shown === "plan" ? shownFacilities().filter((one) => one.row < 0).map((one) =>
    one.id)
    : view.shown === "present" ? [] : view.scenario.added.map((site) => site.id);
  const at = sites.indexOf(id);
  return at < 0 ? "" : String(at + 1);
}

function markLabel(id, facility) {
  const word = facility.row < 0 ? say("mark_site") : say("mark_facility");
  return `${word} ${cutText(callIt(id), 40)} ${figure(facility.x, 0)}, ${figure(facility.y, 0)}`;
}

// ---- dragging --------------------------------------------------------------------------------

function startDrag(event, mark) {
  if (event.button !== 0) return;
  event.stopPropagation();
  event.preventDefault();
  mark.node.focus({ preventScroll: true });
  const at = view.map.mouseEventToContainerPoint(event);
  const centre = view.map.latLngToContainerPoint(mark.marker.getLatLng());
  const drag = { mark, at, off: centre.subtract(at), has: false, place: null };
  mark.node.setPointerCapture(event.pointerId);
  const move = (e) => { if (e.pointerId === event.pointerId) follow(e, drag); };
  const end = (e) => {
    for (const [name, hear] of [["pointermove", move], ["pointerup", end], ["pointercancel",
      end]]) {
      mark.node.removeEventListener(name, hear);
    }
    document.removeEventListener("keydown", giveUp, true);
    finish(drag, e.type === "pointercancel");
  };
  const giveUp = (e) => { // Esc during the drag: back to where it was
    if (e.key !== "Escape" || !drag.has) return;
    e.stopPropagation();
    mark.node.releasePointerCapture(event.pointerId);
    end({ type: "pointercancel" });
  };
  for (const [name, hear] of [["pointermove", move], ["pointerup", end], ["pointercancel", end]]) {
    mark.node.addEventListener(name, hear);
  }
  document.addEventListener("keydown", giveUp, true);
}

const mayDrag = () => mayEdit() && (view.tool === "select" || view.tool === "resize" ||
  view.tool === "add");

function follow(event, drag) {
  const at = view.map.mouseEventToContainerPoint(event);
  if (!drag.has && (at.distanceTo(drag.at) <= STIRRED_PX || !mayDrag())) return;
  if (!drag.has) { drag.has = true; dragged = drag.mark; drag.mark.node.classList.add("dragged"); }
  const { lat, lng } = view.map.containerPointToLatLng(at.add(drag.off));
  drag.place = placeAt(lng, lat, siteById(drag.mark.id), event.altKey);
  drag.mark.marker.setLatLng([drag.place.y_m, drag.place.x_m]);
  listener.onDrag(drag.place);
  dragTo(drag.mark.id, drag.place, event.timeStamp);
}

function finish(drag, isCancelled) {
  const { mark, has, place } = drag;
  dragged = null;
  mark.node.classList.remove("dragged");
  listener.onDrag(null);
  if (!has) { if (!isCancelled) listener.onPick(mark.id); return; }
  const isFine = !isCancelled && isInsideArea(place.x_m, place.y_m);
  if (!isFine) {
    if (!isCancelled) tell(say("outside"), "fault");
    drop(null);
    return;
  }
  view.selected = mark.id;
  if (place.candidate) tell(say("snapped", place.candidate));
  drop(movedTo(mark.id, place));
}

// ---- by keys ---------------------------------------------------------------------------------

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

function onKey(event, mark) {
  const arrow = ARROWS[event.key];
  if (arrow) {
    event.preventDefault();
    event.stopPropagation(); // arrows would pan the map
    if (mayEdit()) moveByKeys(mark.id, arrow, KEY_STEPS_M[event.shiftKey ? 1 : 0]);
  } else if (event.key === "Delete" || event.key === "Backspace") {
    event.preventDefault();
    event.stopPropagation();
    if (mayEdit()) removeMark(mark.id);
  } else if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    event.stopPropagation();
    if (view.tool === "remove") removeMark(mark.id); else listener.onOpen(mark.id);
  }
}

/** Move by so many metres, from wherever the moves before have brought it. */
function moveByKeys(id, [right, up], metres) {
  if (view.selected !== id) { view.selected = id; showAll(); }
  let isOutside = false;
  edit((scenario) => {
    const facility = facilityById(id);
    const place = { x_m: facility.x + right * metres, y_m: facility.y + up * metres,
      candidate: null };
    isOutside = !isInsideArea(place.x_m, place.y_m);
    return isOutside ? scenario : movedTo(id, place)(scenario);
  }, `keys:${id}`).then(() => { if (isOutside) tell(say("outside"), "fault"); });
}

/** Take a mark away, and leave the focus on the map. */
export async function removeMark(id) {
  const name = callIt(id), had = document.activeElement === marks.get(id)?.node;
  if (view.selected === id) view.selected = null;
  if (await edit(takenAway(id))) tell(say("removed_said", name));
  if (had) view.map.getContainer().focus({ preventScroll: true });
}
