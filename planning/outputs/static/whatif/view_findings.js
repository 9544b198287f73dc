/* Clauses: how many are met, what changed since the present, what is not met and by how much. */

import { button, el } from "./view_dom.js";
import { showBox } from "./view_map.js";
import { amountText, cutText, figure } from "./view_numbers.js";
import { addPart, showAll, view } from "./view_state.js";
import { drawnUnits } from "./view_units.js";
import { levelWord, say, speaking } from "./whatif_words.js";

const MOST_ROWS = 40;
const ASKED = ["requirement", "goal", "benchmark"];
const VERDICT_ORDER = ["met", "not_met", "not_assessable"];

/** The section of clauses. */
export function buildFindings() {
  const node = el("section", { class: "findings" });
  let shown = null;
  const show = (isLive) => {
    const held = comparison();
    const now = JSON.stringify([held.changed.length, held.tally, held.unmet.map((f) =>
      [keyOfFinding(f), f.measured])]);
    if (isLive && now === shown) return; // while dragging most moves change no verdict
    shown = now;
    node.replaceChildren(...findingSections(held));
  };
  addPart({ figures: show, all: () => show(false) });
  return node;
}

/** Findings that are asked of units, of one answer; none where the answer has none. */
export const askedFindings = (answer) =>
  (answer.findings ?? []).filter((one) => ASKED.includes(one.role) && one.verdict !== "not_applicable");

const keyOfFinding = (one) => (one.number >= 0 ? String(one.number) : `${one.clause}|${one.area}`);
const isPick = (one) => one.level === view.unit.level && one.at === view.unit.index;
const isInPick = (one) => !view.unit || isPick(one) || isBelow(one, view.unit);

/** Whether the unit of a finding lies in the unit picked. */
function isBelow(one, { level, index }) {
  const levels = Object.keys(view.content.units);
  let at = one.at, from = levels.indexOf(one.level);
  const to = levels.indexOf(level);
  if (from < 0 || at < 0) return false;
  for (; from > to && at >= 0; from--) at = view.content.units[levels[from]].parents[at];
  return from === to && at === index;
}

/** What a document requires of units; with the rest only where the planner wants to see it. */
const listedFindings = (answer) =>
  askedFindings(answer).filter(({ role }) => view.withReference || role === "requirement");

function comparison() {
  const before = new Map(listedFindings(view.engine.present).map((one) => [keyOfFinding(one), one]));
  const now = listedFindings(view.answer).filter(isInPick);
  const changed = now.map((one) => [before.get(keyOfFinding(one)), one])
    .filter(([was, is]) => !was || was.verdict !== is.verdict)
    .sort(([, a], [, b]) => VERDICT_ORDER.indexOf(b.verdict) - VERDICT_ORDER.indexOf(a.verdict));
  return {
    changed, unmet: now.filter((one) => one.verdict === "not_met"),
    tally: tallyOf(now), before: tallyOf([...before.values()].filter(isInPick)),
    plan: view.engine.plan && tallyOf(listedFindings(view.engine.plan).filter(isInPick)),
  };
}

/** How many findings are met, not met, not assessable, and how many are not worked out here. */
function tallyOf(findings) {
  const tally = { met: 0, not_met: 0, not_assessable: 0, not_live: 0 };
  for (const one of findings) tally[one.live ? one.verdict : "not_live"]++;
  return tally;
}

function findingSections(held) {
  return [
    el("h2", {}, say("clauses"), unitChip()),
    tallyTable(held),
    referenceSwitch(),
    held.tally.not_live ? el("p", { class: "hint" }, say("not_live_why")) : null,
    el("h3", {}, say("changed"), ` ${held.changed.length}`),
    held.changed.length ? el("ul", { class: "rows changed" },
      shortList(held.changed).map(changedRow))
      : el("p", { class: "hint" }, say("none_changed")),
    moreButton("changed", held.changed),
    el("h3", {}, say("unmet_list"), ` ${held.unmet.length}`),
    held.unmet.length ? el("ul", { class: "rows unmet" }, shortList(held.unmet).map(unmetRow))
      : el("p", { class: "hint" }, say("none_unmet")),
    moreButton("unmet", held.unmet),
  ].filter(Boolean);
}

/** Whether findings are listed that no requirement asks for: goals, and figures held up to others. */
function referenceSwitch() {
  const box = el("input", { type: "checkbox", "data-key": "findings:reference",
    onchange: () => { view.withReference = box.checked; showAll(); } });
  box.checked = view.withReference;
  return el("label", { class: "hint" }, box, ` ${say("with_reference")}`);
}

function moreButton(key, rows) {
  if (rows.length <= MOST_ROWS || view.isListOpen) return null;
  return button(`${key}:more`, say("more_rows", rows.length - MOST_ROWS),
    () => { view.isListOpen = true; showAll(); }, { class: "link" });
}

const shortList = (rows) => (view.isListOpen ? rows : rows.slice(0, MOST_ROWS));

function unitChip() {
  if (!view.unit) return null;
  const name = view.content.units[view.unit.level].names[view.unit.index];
  return button("unit:clear", `${say("only_unit", name)} ×`, () => { view.unit = null; showAll(); },
    { class: "chip" });
}

function tallyTable({ tally, before, plan }) {
  const kinds = [...VERDICT_ORDER, "not_live"];
  const cell = (key, kind, n) => el("td", { "data-tally": key === "scenario" ? kind : null }, figure(n));
  const row = (key, one) => el("tr", { class: key },
    el("th", { scope: "row" }, say(key === "plan" ? "plan_column" : key)),
    kinds.map((kind) => cell(key, kind, one[kind])));
  return el("table", { class: "tally" },
    el("thead", {}, el("tr", {}, el("td", {}), kinds.map((kind) =>
      el("th", { scope: "col", class: `verdict ${kind}` }, say(kind))))),
    el("tbody", {}, row("present", before), row("scenario", tally), plan ? row("plan", plan)
      : null));
}

const clauseOf = (one) => view.content.judged.clauses[one.clause];
const titleOf = (one) => {
  const clause = clauseOf(one);
  return cutText(`${clause.article} ${speaking.en ? clause.title_en : clause.title_zh}`, 44);
};

/** The unit of a finding; of a planned area what the planner calls it. */
export function unitOfFinding(one) {
  const area = one.area && view.scenario.areas.find(({ id }) => id === one.area);
  if (area) return area.name || area.id;
  const units = view.content.units[one.level];
  return (one.at >= 0 && units && units.names[one.at]) || levelWord(one.level || "");
}

function changedRow([was, is]) {
  return findingRow(is, el("span", { class: "course" },
    el("span", { class: `verdict ${was ? was.verdict : "none"}` }, was ? say(was.verdict) : "—"),
      " → ",
    el("span", { class: `verdict ${is.verdict}` }, say(is.verdict))));
}

function unmetRow(one) {
  return findingRow(one, el("span", { class: "amounts" },
    `${say("measured")} ${amountText(one.measured, one.unit)} / ${say("required")} ${amountText(one.required, one.unit)}`,
    one.gap ? el("b", {}, ` ${say("gap")} ${amountText(one.gap, one.unit, true)}`) : null));
}

const becauseOfFinding = (one) => [speaking.en ? one.because_en : one.because_zh,
  speaking.en ? one.why_en : one.why_zh].filter(Boolean).join(" · ");

function findingRow(one, figures) {
  const go = () => {
    const unit = drawnUnits()[one.level] && drawnUnits()[one.level][one.at];
    if (!unit) return;
    showBox(unit.box);
  };
  return el("li", {}, button(`finding:${keyOfFinding(one)}`, [el("b", {}, unitOfFinding(one)),
    el("span", { class: "title" }, titleOf(one)),
    figures, one.live ? null : el("small", { class: "not-live" }, say("not_live"))], go,
      { title: becauseOfFinding(one) }));
}
