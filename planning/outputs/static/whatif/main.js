/* The page that opens from a file: it reads its content, starts its engine, and shows itself. */

import { openedEngine } from "./opened_engine.js";
import { el } from "./view_dom.js";
import { faultText } from "./view_messages.js";
import { showPage } from "./view_page.js";
import { say, speaking } from "./whatif_words.js";

/** Let the browser paint what is there before the next long stretch of work. */
const painted = () => new Promise((done) => { requestAnimationFrame(() => setTimeout(done)); });

async function startPage() {
  speaking.en = document.documentElement.lang === "en";
  const said = document.getElementById("whatif-content").textContent;
  document.body.replaceChildren(el("p", { class: "getting-ready", role: "status" }, say("getting_ready")));
  await painted();
  try {
    const content = JSON.parse(said);
    const { engine, locating } = await openedEngine(content);
    await showPage(content, engine, locating);
  } catch (fault) {
    document.body.replaceChildren(el("p", { class: "getting-ready", role: "alert" }, say("failed_start", faultText(fault))));
    throw fault;
  }
}

startPage();
