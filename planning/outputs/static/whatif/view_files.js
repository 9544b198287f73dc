/* Scenarios as files, and the table of figures as CSV. */

import { wholePersons } from "./engine.js";
import { editsOf } from "./scenario.js";
import { readScenario, scenarioText } from "./scenario_file.js";
import { wordsOfEdit } from "./view_edits.js";
import { countWord, groupWord } from "./view_figures.js";
import { askedFindings, unitOfFinding } from "./view_findings.js";
import { tell } from "./view_messages.js";
import { plainly } from "./view_numbers.js";
import { view } from "./view_state.js";
import { edit } from "./view_steps.js";
import { isInsideArea } from "./view_units.js";
import { inTongue, say, speaking } from "./whatif_words.js";

/** Let the browser keep a text as a file. */
function keepFile(name, text, type) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(address), 10000);
}

/** The name of a file: what no system takes is left out. */
const fileName = (end) => {
  const said = [view.content.study, view.scenario.name || say("scenario")].join("-");
  return said.replace(/[\\/:*?"<>|\u0000-\u001f]+/g, "_").slice(0, 80) + end;
};

/** 存为情景文件. */
export function saveScenario() {
  const name = fileName(".json");
  keepFile(name, scenarioText(view.scenario, view.content), "application/json");
  tell(say("saved", name));
}

/** 打开情景文件: the file, or what is wrong with it. */
export async function openScenario(file) {
  const { scenario, faults } = readScenario(await file.text(), view.content, isInsideArea);
  if (!scenario) {
    tell(faults.map(({ zh, en }) => inTongue([zh, en])), "fault");
    return;
  }
  if (await edit(() => scenario)) tell(say("opened", scenario.name || file.name));
}

// ---- the table -------------------------------------------------------------------------------

const COMPUTED = /^[=+\-@\t\r\n＝＋－＠]/;

/** A cell of CSV; a text that Excel would compute is quoted, as in the tables of the run. */
function csvCell(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "";
  const inert = COMPUTED.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(inert) ? `"${inert.replace(/"/g, '""')}"` : inert;
}

/** 导出表格: covered people, clauses, edits; UTF-8 with BOM, as Excel in China opens it. */
export function saveTable() {
  const rows = [...peopleRows(), [], ...findingRows(), [], ...editRows()];
  const name = fileName(".csv");
  keepFile(name, `\ufeff${rows.map((row) => row.map(csvCell).join(",")).join("\n")}\n`, "text/csv");
  tell(say("exported", name));
}

function peopleRows() {
  const states = [["present", view.engine.present], ["scenario", view.answer],
    ["plan", view.engine.plan]].filter(([, one]) => one);
  const head = [say("service"), say("limit"), say("group"), "", say("whole"), ...states.map(([key]) =>
    say(key)), say("difference")];
  return [head, ...view.content.services.flatMap((service, number) => {
    const served = states.map(([, one]) => one.services[number]);
    return Object.keys(view.content.people.groups).map((group) => {
      const covered = served.map((one) => wholePersons(one.covered[group]));
      return [service.label, served[1].limit_ms / 60000, groupWord(group),
        countWord(group), wholePersons(served[1].people[group]),
        ...covered, covered[1] - covered[0]];
    });
  })];
}

function findingRows() {
  const { clauses } = view.content.judged;
  return [[say("clauses"), "", say("unit_of"), say("role"), say("scenario"), say("measured"), say("required"),
    say("gap"), "", say("not_live")],
    ...askedFindings(view.answer).map((one) => {
      const clause = clauses[one.clause];
      return [clause.article, speaking.en ? clause.title_en : clause.title_zh, unitOfFinding(one),
        say(one.role), say(one.verdict),
        plainly(one.measured), plainly(one.required), plainly(one.gap), one.unit || "", one.live
          ? "" : say("not_live")];
    })];
}

const editRows = () => [[say("edits")], ...editsOf(view.scenario).map(wordsOfEdit)];
