/* The page that opens from a file: its content stands in it. */

import { openedEngine } from "./opened_engine.js";
import { startPage } from "./starting.js";

async function openedHere() {
  const content = JSON.parse(document.getElementById("whatif-content").textContent);
  return { content, ...await openedEngine(content) };
}

startPage(openedHere);
