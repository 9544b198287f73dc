/* What a server adds to the page: saved scenarios, their comparison, sitings, deliverables. */

import { button, el } from "./view_dom.js";
import { jobsSection, stopWatching, watchJobs } from "./view_desk_jobs.js";
import { comparisonSection, filesSection, listScenarios, scenariosSection } from "./view_desk_scenarios.js";
import { faultText, tell } from "./view_messages.js";
import { addHeadItem } from "./view_state.js";
import { inTongue } from "./whatif_words.js";

const DESK = ["情景库", "Scenarios"];
const CLOSE = ["关闭", "Close"];

/** A button in the head that opens the desk. */
export function addDesk() {
  addHeadItem(() => button("desk", inTongue(DESK), openDesk, { class: "small" }));
}

function openDesk() {
  const sections = el("div", { class: "desk-sections" });
  const box = el("dialog", { class: "desk", "aria-label": inTongue(DESK) }, el("h2", {}, inTongue(DESK)), sections,
    button("desk:close", inTongue(CLOSE), () => box.close(), { class: "main" }));
  const show = () => sections.replaceChildren(
    scenariosSection(doing), comparisonSection(doing), jobsSection(doing), filesSection());
  const doing = deskOf(show);
  box.addEventListener("close", () => { stopWatching(); box.remove(); });
  document.body.append(box);
  box.showModal();
  doing(async () => { await listScenarios(); await watchJobs(show); });
}

/** Runs what a button asks for, then shows all anew; what goes wrong is told. */
function deskOf(show) {
  return async (job) => {
    try { await job(); } catch (fault) { tell(faultText(fault), "fault"); }
    show();
  };
}
