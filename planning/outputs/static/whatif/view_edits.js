/* What it costs, and the list of edits, of which any one can be undone. */

import { editsOf, frozen, withoutEdit } from "./scenario.js";
import { button, el } from "./view_dom.js";
import { pickHomes } from "./view_homes.js";
import { figure, wanOf } from "./view_numbers.js";
import { callIt, kindLabel, kindOfSite, notShown, rowOf, siteById, sizeText } from "./view_places.js";
import { addPart, arrayOf, showAll, view } from "./view_state.js";
import { edit } from "./view_steps.js";
import { say, unitWord } from "./whatif_words.js";

/** The section of cost. */
export function buildCost() {
  const node = el("section", { class: "cost" });
  const show = () => {
    const { yuan, unknown } = view.answer, { plan } = view.engine;
    node.replaceChildren(el("h2", {}, say("cost")),
      el("p", {}, say("added_cost"), " ", el("strong", { "data-figure": "cost" }, wanOf(yuan)),
        ` ${say("wan")}`,
        unknown ? el("span", { class: "warn" }, ` ${say("no_basis", unknown)}`) : null),
      plan ? el("p", { class: "hint" }, say("plan_cost", wanOf(plan.yuan))) : "",
      ...(plan ? notShown() : []).map((line) => el("p", { class: "warn" }, line)));
  };
  addPart({ figures: show, all: show });
  return node;
}

/** The section of edits. */
export function buildEdits() {
  const node = el("section", { class: "edits" });
  addPart({ all() {
    const edits = editsOf(view.scenario);
    node.replaceChildren(el("h2", {}, say("edits"), ` ${edits.length}`),
      el("label", { class: "wish" }, el("span", {}, say("scenario_name")),
        el("input", { type: "text", maxlength: 60, "data-key": "scenario:name",
          value: view.scenario.name,
          placeholder: say("unnamed_scenario"), onchange: (event) => {
            const name = event.target.value.trim();
            edit((scenario) => frozen({ ...scenario, name }), "name");
          } })),
      edits.length ? el("ol", {}, edits.map(editRow)) : el("p", { class: "hint" },
        say("no_edits")));
  } });
  return node;
}

function editRow(one, number) {
  const [what, text] = wordsOfEdit(one);
  const isHomes = one.what === "areas";
  const pick = () => {
    if (isHomes) pickHomes(one.id);
    else { view.selected = one.id; showAll(); }
  };
  const isPlace = isHomes || ["added", "moved", "resized"].includes(one.what);
  return el("li", {}, el("span", { class: "what" }, what),
    isPlace ? button(`edit:${number}`, text, pick, { class: "link" }) : el("span", {}, text),
    button(`unedit:${number}`, "×", () => edit((scenario) => withoutEdit(scenario, one)),
      { class: "plain", "aria-label": say("undo_edit", `${what} ${text}`) }));
}

/** What an edit is, and of what: two texts. */
export function wordsOfEdit({ what, id }) {
  const { scenario } = view;
  switch (what) {
    case "added": return [say("edit_added"), addedWords(siteById(id))];
    case "moved": return [say("edit_moved"),
      `${callIt(id)} ${say("by_metres", figure(movedMetres(id), 0))}`];
    case "removed": return [say("edit_removed"), callIt(id)];
    case "resized": return [say("edit_resized"),
      `${callIt(id)} ${amountsText(scenario.resized[id])}`];
    case "areas": {
      const area = scenario.areas.find((one) => one.id === id);
      return [say("edit_area"),
        `${area.name || area.id} ${figure(area.households)} ${say("households_unit")}`];
    }
    case "closed_streets": return [say("edit_closed"), say("line_no", id)];
    case "limits": return [say("edit_limit", view.content.services.find((one) =>
      one.key === id).label),
      `${figure(scenario.limits[id])} ${say("min")}`];
    default: return [say("edit_speed"), `${figure(scenario.speed_m_s)} ${say("metres_second")}`];
  }
}

function addedWords(site) {
  const kind = kindOfSite(site);
  return [site.id, site.name, kindLabel(site), kind ? sizeText(kind, site.size) : site.size,
    site.candidate]
    .filter(Boolean).join(" ");
}

function movedMetres(id) {
  const [x, y] = view.scenario.moved[id], row = rowOf(id), { x_m, y_m } = view.content.facilities;
  return Math.hypot(x - arrayOf(x_m)[row], y - arrayOf(y_m)[row]);
}

const amountsText = (amounts) =>
  Object.entries(amounts).map(([name, value]) =>
    `${say(name)} ${figure(value)}${unitWord(name)}`).join(" ");
