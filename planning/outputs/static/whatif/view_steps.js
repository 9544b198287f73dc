/* One step after the other: every edit is asked of the engine in its turn, and can be undone. */

import { History, PRESENT } from "./scenario.js";
import { clearFaults, faultText, tell } from "./view_messages.js";
import { showAll, showFigures, view } from "./view_state.js";
import { say } from "./whatif_words.js";

const ONE_STEP_MS = 1200; // key strokes so close together are one step

let history = null;
let turn = Promise.resolve();
let underWay = 0;
let lastStep = { name: "", at: 0 };

/** Begin with nothing changed. */
export async function beginSteps() {
  history = new History(PRESENT);
  view.scenario = PRESENT;
  view.answer = await view.engine.apply(PRESENT);
}

export const canUndo = () => history.canUndo;
export const canRedo = () => history.canRedo;

/** Do something when all before it is done; nothing overtakes. */
function inTurn(job) {
  underWay++;
  document.body.dataset.busy = "1";
  const mine = turn.then(job).catch((fault) => tell(faultText(fault), "fault"));
  turn = mine.then(() => { if (!--underWay) delete document.body.dataset.busy; });
  return mine;
}

/** Change the scenario: `change` gets the one that stands and gives the next, now or when a server
    has said what it must know. True when taken.

    Edits of one `name` shortly after each other are one step of the history. */
export function edit(change, name = "") {
  return inTurn(async () => {
    const next = await change(view.scenario);
    if (next === view.scenario || !(await taken(next))) { showAll(); return false; }
    const now = performance.now();
    const isSameStep = name && name === lastStep.name && now - lastStep.at < ONE_STEP_MS;
    if (isSameStep) history.all[history.at] = next; else history.push(next);
    lastStep = { name, at: now };
    showAll();
    return true;
  });
}

/** Ask the engine for a scenario; where it refuses, what stood before stands again. */
async function taken(next) {
  try {
    view.answer = await view.engine.apply(next);
    view.scenario = next;
    clearFaults();
    if (view.shown === "present" || view.shown === "plan") view.shown = "scenario";
    return true;
  } catch (fault) {
    tell(say("refused", faultText(fault)), "fault");
    view.answer = await view.engine.apply(view.scenario);
    return false;
  }
}

/** One step back, or forward again. */
export function step(isBack) {
  return inTurn(async () => {
    if (isBack ? !history.canUndo : !history.canRedo) {
      tell(say(isBack ? "nothing_undo" : "nothing_redo"));
      return;
    }
    await taken(isBack ? history.undo() : history.redo());
    lastStep = { name: "", at: 0 };
    showAll();
  });
}

// ---- while something moves -------------------------------------------------------------------

let wanted = null; // the newest of what is asked for; what it overtook is never reckoned
let isAsking = false;

function latest(ask, stamp) {
  wanted = { ask, stamp };
  if (isAsking) return;
  isAsking = true;
  inTurn(async () => {
    try {
      while (wanted) {
        const { ask: asked, stamp: since } = wanted;
        wanted = null;
        view.answer = (await asked()) || view.answer; // nothing where a later question came in
        showFigures(true);
        performance.measure("whatif:drag", { start: since, end: performance.now() });
      }
    } finally { isAsking = false; }
  });
}

/** A mark is dragged to here; `stamp` is the time of the pointer's event. */
export const dragTo = (id, { x_m, y_m }, stamp) =>
  latest(() => view.engine.drag(id, x_m, y_m), stamp);

/** A slider is being moved: figures only, no step yet. */
export const preview = (change, stamp) =>
  latest(() => view.engine.apply(change(view.scenario)), stamp);

/** The drag is over: `change` is its edit, null where nothing came of it. */
export function drop(change) {
  wanted = null;
  if (change) return edit(change);
  return inTurn(async () => {
    view.answer = await view.engine.apply(view.scenario);
    showAll();
    return false;
  });
}
