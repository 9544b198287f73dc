/* The start of the page: its content is got, its engine started, itself shown. */

import { el } from "./view_dom.js";
import { faultText } from "./view_messages.js";
import { showPage } from "./view_page.js";
import { say, speaking } from "./whatif_words.js";

/** Let the browser paint what is there before the next long stretch of work. */
const painted = () => new Promise((done) => { requestAnimationFrame(() => setTimeout(done)); });

/** `open()` gives {content, engine, locating}, the engine started. */
export async function startPage(open) {
  speaking.en = document.documentElement.lang === "en";
  const note = el("p", { class: "getting-ready", role: "status" }, say("getting_ready"));
  document.body.replaceChildren(note);
  await painted();
  try {
    const { content, engine, locating } = await open();
    await showPage(content, engine, locating);
  } catch (fault) {
    note.setAttribute("role", "alert");
    document.body.replaceChildren(note);
    note.textContent = say("failed_start", faultText(fault));
    throw fault;
  }
}
