/* Scenarios kept by the server: saved, opened, taken away, compared; and the run's deliverables. */

import { askJson } from "./asking_server.js";
import { readScenario, scenarioText } from "./scenario_file.js";
import { button, el } from "./view_dom.js";
import { figure } from "./view_numbers.js";
import { view } from "./view_state.js";
import { edit } from "./view_steps.js";
import { isInsideArea } from "./view_units.js";
import { inTongue } from "./whatif_words.js";

const WORDS = {
  saved: ["已存的情景", "Saved scenarios"], none: ["还没有已存的情景", "None is saved yet"],
  save: ["保存当前情景", "Save this scenario"], save_over: ["保存到“{0}”", "Save over \"{0}\""],
  open: ["打开", "Open"], remove: ["删除", "Delete"], compare: ["比较勾选的情景", "Compare those ticked"],
  comparison: ["比较", "Comparison"], yuan: ["费用（万元）", "Cost (10k yuan)"], met: ["达标", "Met"],
  not_met: ["未达标", "Not met"], not_assessable: ["无法评估", "Not assessable"],
  present: ["现状", "Present"], plan: ["推荐方案", "Proposed plan"],
  true_figures: ["以下由 planning assess 正式体检得出", "Figures of planning assess"],
  unnamed: ["情景 {0}", "Scenario {0}"], files: ["成果文件", "Deliverables"],
  nested: ["文件夹中的 {0} 个文件", "{0} files in folders"],
  unpriced: ["（另有 {0} 处无依据）", " (and {0} without a basis)"],
  tick: ["参与比较：{0}", "Compare {0}"], busy: ["正在体检…", "Assessing…"],
};
const word = (key, ...fill) =>
  inTongue(WORDS[key]).replace(/\{(\d)\}/g, (_, i) => String(fill[Number(i)]));

const desk = { saved: [], ticked: new Set(), opened: null, compared: null, files: [], isBusy: false };

/** Fetch what is saved, and which deliverables there are. */
export async function listScenarios() {
  [desk.saved, desk.files] = await Promise.all([askJson("GET", "/api/scenarios"), askJson("GET", "/api/files")]);
}

/** The scenario shown as a file says it, under a name. */
export function scenarioSaid() {
  const said = JSON.parse(scenarioText(view.scenario, view.content));
  const time = new Date().toTimeString().slice(0, 8);
  return { ...said, name: said.name.trim() || word("unnamed", time) };
}

export function scenariosSection(doing) {
  const over = desk.saved.find((one) => one.id === desk.opened?.id);
  return el("section", {}, el("h3", {}, word("saved")),
    el("div", { class: "row" },
      button("desk:save", word("save"), () => doing(saveNew), { class: "main" }),
      over ? button("desk:over", word("save_over", over.name), () => doing(() => saveOver(over)), { class: "small" }) : null),
    desk.saved.length ? el("ul", { class: "desk-list" }, desk.saved.map((one) => savedRow(one, doing)))
      : el("p", { class: "hint" }, word("none")));
}

function savedRow(one, doing) {
  const tick = el("input", { type: "checkbox", "data-key": `desk:tick:${one.id}`, "aria-label": word("tick", one.name),
    onchange: () => { desk.ticked[tick.checked ? "add" : "delete"](one.id); } });
  tick.checked = desk.ticked.has(one.id);
  return el("li", {}, tick, el("span", { class: "name" }, one.name),
    el("time", { datetime: one.saved_at }, one.saved_at.replace("T", " ").slice(0, 16)),
    button(`desk:open:${one.id}`, word("open"), () => doing(() => openSaved(one.id)), { class: "small" }),
    button(`desk:remove:${one.id}`, word("remove"), () => doing(() => removeSaved(one)), { class: "small" }));
}

async function saveNew() {
  desk.opened = await askJson("POST", "/api/scenarios", { scenario: scenarioSaid() });
  await listScenarios();
}

async function saveOver({ id, version }) {
  const known = desk.opened.id === id ? desk.opened.version : version;
  desk.opened = await askJson("PUT", `/api/scenarios/${id}`, { scenario: scenarioSaid() },
    { "if-match": `"${known}"` });
  await listScenarios();
}

async function openSaved(id) {
  const saved = await askJson("GET", `/api/scenarios/${id}`);
  const { scenario, faults } = readScenario(JSON.stringify(saved.scenario), view.content, isInsideArea);
  if (!scenario) throw faults[0];
  if (await edit(() => scenario)) desk.opened = saved;
}

async function removeSaved({ id, version }) {
  await askJson("DELETE", `/api/scenarios/${id}`, undefined, { "if-match": `"${version}"` });
  desk.ticked.delete(id);
  await listScenarios();
}

// ---- comparison --------------------------------------------------------------------------------

export function comparisonSection(doing) {
  return el("section", {}, el("h3", {}, word("comparison")),
    button("desk:compare", desk.isBusy ? word("busy") : word("compare"), () => doing(() => compare(doing)), { class: "small" }),
    desk.compared ? comparisonTable(desk.compared.columns) : null);
}

async function compare(doing) {
  desk.isBusy = true;
  await doing(async () => {});
  try {
    desk.compared = await askJson("GET", `/api/comparison?ids=${[...desk.ticked].slice(0, 6).join(",")}`);
  } finally { desk.isBusy = false; }
}

function comparisonTable(columns) {
  const named = (one) => (one.id || !WORDS[one.name] ? one.name : word(one.name));
  const row = (label, said) => el("tr", {}, el("th", { scope: "row" }, label), columns.map((one) => el("td", {}, said(one))));
  return el("div", { class: "desk-scroll" }, el("p", { class: "hint" }, word("true_figures")), el("table", { class: "desk-table" },
    el("thead", {}, el("tr", {}, el("th", {}), columns.map((one) => el("th", { scope: "col" }, named(one))))),
    el("tbody", {}, row(word("yuan"), costSaid),
      ["met", "not_met", "not_assessable"].map((verdict) => row(word(verdict), ({ requirements }) => figure(requirements[verdict]))),
      view.content.services.map((service) => row(service.label, (one) => shareOf(one, service))))));
}

/** What a column costs, and how many of its sites nobody has priced. */
function costSaid({ yuan, what_if: edits }) {
  if (yuan === null || yuan === undefined) return "—";
  const unknown = edits?.yuan_unknown ?? 0;
  return figure(yuan / 1e4, 1) + (unknown ? word("unpriced", unknown) : "");
}

/** The share of a service's own group within its limit. */
function shareOf({ coverage }, { key, group, limit_min: limit }) {
  const found = coverage.find((one) => one.service === key && one.group === group && one.limit_min === limit)
    ?? coverage.find((one) => one.service === key && one.group === group);
  return found ? `${(100 * found.share).toFixed(1)}%` : "—";
}

// ---- deliverables --------------------------------------------------------------------------------

export function filesSection() {
  if (!desk.files.length) return el("section", {});
  return el("section", {}, el("h3", {}, word("files")), linksTo(desk.files, "/files/"));
}

/** Links to files below an address, those of folders in a box that unfolds. */
export function linksTo(files, below) {
  const link = ({ path, bytes, zh, en }) => el("li", {},
    el("a", { href: below + path.split("/").map(encodeURIComponent).join("/"), target: "_blank", rel: "noopener" }, path),
    zh ? ` ${inTongue([zh, en])}` : null, el("span", { class: "hint" }, ` ${figure(Math.ceil(bytes / 1024))} KB`));
  const [top, nested] = [false, true].map((is) => files.filter(({ path }) => path.includes("/") === is));
  return el("div", { class: "desk-files" }, el("ul", {}, top.map(link)),
    nested.length ? el("details", {}, el("summary", {}, word("nested", nested.length)), el("ul", {}, nested.map(link))) : null);
}
