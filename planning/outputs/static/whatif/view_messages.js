/* What the page tells beside its figures: short notes,
  and the help. Nothing waits for an answer. */

import { button, el } from "./view_dom.js";
import { helpLines, inTongue, say } from "./whatif_words.js";

const NOTE_MS = { said: 7000, fault: 30000 };
let notes = null;

/** The place where notes appear; `role` makes a reader speak them. */
export function noteBoard() {
  notes = el("div", { class: "notes-board", role: "status", "aria-live": "polite" });
  return notes;
}

/** A note that goes by itself; a `fault` stays longer. */
export function tell(text, kind = "said") {
  const lines = Array.isArray(text) ? text : [text];
  const note = el("div", { class: `note ${kind}` }, el("div", {}, lines.map((line) => el("p", {},
    line))),
    button("note:close", "×", () => note.remove(), { "aria-label": say("close"), class: "plain" }));
  for (const old of [...notes.children]) if (kind === "fault" ||
    !old.classList.contains("fault")) old.remove();
  notes.append(note);
  window.setTimeout(() => note.remove(), NOTE_MS[kind]);
}

/** Nothing is wrong any more. */
export function clearFaults() {
  for (const note of [...notes.children]) if (note.classList.contains("fault")) note.remove();
}

/** No note is left, as when another language is spoken. */
export const clearNotes = () => notes.replaceChildren();

/** What went wrong in the page or its engine, in the planner's language. */
export function faultText(fault) {
  if (fault && fault.zh) return inTongue([fault.zh, fault.en]);
  return fault && fault.message ? fault.message : String(fault);
}

/** The help, a box of its own over the page. */
export function openHelp() {
  const box = el("dialog", { class: "help", "aria-label": say("help_title") },
    el("h2", {}, say("help_title")),
    el("ul", {}, helpLines().map((line) => el("li", {}, line))),
    button("help:close", say("close"), () => box.close(), { class: "main" }));
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
}
