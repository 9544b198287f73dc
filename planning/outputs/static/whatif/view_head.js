/* The head of the page: which place, service, what is shown, undo, files, language. */

import { PRESENT } from "./scenario.js";
import { button, el, oneOf } from "./view_dom.js";
import { openScenario, saveScenario, saveTable } from "./view_files.js";
import { clearNotes, openHelp, tell } from "./view_messages.js";
import { firstKind, notShown, planScenario } from "./view_places.js";
import { addPart, headItems, serviceNow, showAll, view } from "./view_state.js";
import { canRedo, canUndo, edit, step } from "./view_steps.js";
import { say, speaking } from "./whatif_words.js";

/** The head, with a field for files that nobody sees. */
export function buildHead() {
  const chosen = el("input", { type: "file", accept: ".json,application/json", hidden: true,
    id: "scenario-file",
    onchange: async () => {
      const [file] = chosen.files;
      chosen.value = "";
      if (file) await openScenario(file);
    } });
  const node = el("header", { class: "head" });
  addPart({ all() {
    document.documentElement.lang = speaking.en ? "en" : "zh-CN";
    document.body.classList.toggle("en", speaking.en);
    node.replaceChildren(titleOfPage(), serviceChoice(), shownChoice(), stepButtons(),
      fileMenu(chosen), ...headItems.map((make) => make()),
      button("language", say("language"), () => {
        speaking.en = !speaking.en;
        clearNotes();
        showAll();
      },
        { class: "small", lang: speaking.en ? "zh-CN" : "en" }),
      button("help", "?", openHelp, { class: "small", "aria-label": say("help"),
        title: say("help") }), chosen);
  } });
  return node;
}

const titleOfPage = () => el("div", { class: "title" }, el("h1", {}, say("tool_name")),
  el("p", { title: view.content.title }, view.content.title));

function serviceChoice() {
  return oneOf("service", say("service"), view.content.services.map((one) => [one.key, one.label]),
    view.service,
    chooseService, "pills");
}

/** Another service: its facilities, its limit, its kinds. */
function chooseService(key) {
  view.service = key;
  view.selected = null;
  if (!view.adding || !serviceNow().kinds[view.content.kinds.findIndex((one) =>
    one.name === view.adding.kind)]) {
    view.adding = firstKind();
  }
  showAll();
}

function shownChoice() {
  const all = ["scenario", "present", ...(view.engine.plan ? ["plan"] : []), "change"];
  return oneOf("shown", say("shown"), all.map((one) => [one, say(one)]), view.shown, (one) => {
    view.shown = one;
    showAll();
  }, "switch");
}

const stepButtons = () => el("div", { class: "steps" },
  button("undo", "↶", () => step(true), { class: "small", "aria-label": say("undo"),
    title: `${say("undo")} Ctrl+Z`, "aria-disabled": String(!canUndo()) }),
  button("redo", "↷", () => step(false), { class: "small", "aria-label": say("redo"),
    title: `${say("redo")} Ctrl+Y`, "aria-disabled": String(!canRedo()) }));

function fileMenu(chosen) {
  const menu = el("details", { class: "menu" });
  const item = (key, press) => button(`file:${key}`, say(key),
    () => { menu.open = false; press(); });
  menu.append(el("summary", { "data-key": "file" }, say("file")), el("div", { class: "menu-items" },
    item("save", saveScenario), item("open", () => chosen.click()), item("table", saveTable),
      item("print", () => window.print()),
    el("hr", {}), item("from_present", () => startFrom(PRESENT, say("starts_present"))),
      item("from_plan", startFromPlan)));
  menu.addEventListener("focusout",
    (event) => { if (!menu.contains(event.relatedTarget)) menu.open = false; });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    event.stopPropagation();
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  return menu;
}

async function startFrom(scenario, ...lines) {
  view.selected = null;
  if (await edit(() => scenario)) tell(lines, lines.length > 1 ? "fault" : "said");
}

function startFromPlan() {
  if (!view.content.plan) { tell(say("no_plan"), "fault"); return; }
  startFrom(planScenario(), say("starts_plan"), ...notShown());
}
