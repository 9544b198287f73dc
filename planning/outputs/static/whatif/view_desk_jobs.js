/* Sitings that the server runs for a scenario: asked for, watched, cancelled. */

import { askJson } from "./asking_server.js";
import { linksTo, scenarioSaid } from "./view_desk_scenarios.js";
import { button, el } from "./view_dom.js";
import { faultText, tell } from "./view_messages.js";
import { figure } from "./view_numbers.js";
import { inTongue } from "./whatif_words.js";

const EVERY_MS = 700;
const ACTIVE = ["queued", "running", "stopping"];
const WORDS = {
  jobs: ["求解选址", "Siting"], ask: ["为当前情景求解选址", "Site this scenario"],
  queued: ["排队", "waiting"], running: ["求解中", "running"], stopping: ["正在收尾", "stopping"],
  done: ["完成", "done"], stopped: ["已取消", "cancelled"], failed: ["失败", "failed"],
  interrupted: ["中断", "interrupted"], cancel: ["取消", "Cancel"], remove: ["删除", "Delete"],
  found: ["目前最好", "best found"], bound: ["下界", "bound"], gap: ["差距", "gap"],
  seconds: ["{0} 秒", "{0} s"], files: ["成果", "Files"],
};
const word = (key, ...fill) =>
  inTongue(WORDS[key]).replace(/\{(\d)\}/g, (_, i) => String(fill[Number(i)]));

const watched = { jobs: [], files: {}, timer: 0, show: null };

/** Fetch the jobs now, and again while any runs; `show` is called whenever they changed. */
export async function watchJobs(show) {
  watched.show = show;
  watched.jobs = await askJson("GET", "/api/jobs");
  window.clearTimeout(watched.timer);
  if (watched.jobs.some(({ state }) => ACTIVE.includes(state))) {
    watched.timer = window.setTimeout(lookAgain, EVERY_MS);
  }
}

async function lookAgain() {
  try {
    await watchJobs(watched.show);
    watched.show();
  } catch (fault) { tell(faultText(fault), "fault"); }
}

export const stopWatching = () => window.clearTimeout(watched.timer);

export function jobsSection(doing) {
  const ask = async () => {
    await askJson("POST", "/api/jobs", { scenario: scenarioSaid() });
    await watchJobs(watched.show);
  };
  return el("section", {}, el("h3", {}, word("jobs")),
    button("desk:site", word("ask"), () => doing(ask), { class: "main" }),
    el("ul", { class: "desk-list" }, watched.jobs.map((job) => jobRow(job, doing))));
}

function jobRow(job, doing) {
  const isOn = ACTIVE.includes(job.state), said = job.progress?.said ?? job.progress?.step;
  const end = async () => {
    await askJson("DELETE", `/api/jobs/${job.id}`);
    await watchJobs(watched.show);
  };
  const listFiles = async () => { watched.files[job.id] = await askJson("GET", `/api/jobs/${job.id}/files`); };
  return el("li", { class: `job ${job.state}` },
    el("span", { class: "name" }, job.name), el("span", { class: "state" }, word(job.state)),
    job.elapsed_s === null ? null : el("span", {}, word("seconds", figure(Math.round(job.elapsed_s)))),
    button(`desk:end:${job.id}`, word(isOn ? "cancel" : "remove"), () => doing(end), { class: "small" }),
    job.folder ? button(`desk:files:${job.id}`, word("files"), () => doing(listFiles), { class: "small" }) : null,
    said && isOn ? el("p", { class: "hint", role: "status" }, inTongue([said.zh, said.en])) : null,
    isOn ? figuresOf(job.progress?.figures) : null,
    job.error ? el("p", { class: "warn" }, inTongue([job.error.found_zh, job.error.found_en])) : null,
    watched.files[job.id] ? linksTo(watched.files[job.id], `/jobs/${job.id}/files/`) : null);
}

/** The best found, the bound and the gap, as far as the search has them. */
function figuresOf(figures) {
  if (!figures || !("found" in figures)) return null;
  const said = (name, text) => [el("dt", {}, word(name)), el("dd", { "data-figure": name }, text)];
  return el("dl", { class: "job-figures" }, said("found", figure(figures.found)), said("bound", figure(figures.bound)),
    said("gap", Number.isFinite(figures.gap) ? `${(100 * figures.gap).toFixed(2)}%` : "—"));
}
