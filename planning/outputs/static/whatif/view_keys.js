/* Keys that work wherever the focus is. */

import { dropCorner, escape, finishArea } from "./view_tools.js";
import { view } from "./view_state.js";
import { step } from "./view_steps.js";

const TYPED_IN = /^(INPUT|SELECT|TEXTAREA)$/;

/** Undo, redo, and the keys of the outline that is drawn. */
export function listenToKeyboard() {
  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]")) return;
    const isTyping = TYPED_IN.test(event.target.tagName || "") && event.target.type !== "range";
    const key = event.key.toLowerCase();
    if ((event.ctrlKey || event.metaKey) && !isTyping && (key === "z" || key === "y")) {
      event.preventDefault();
      step(key === "z" && !event.shiftKey);
    } else if (key === "escape") escape();
    else if (view.tool === "area" && [document.body,
      view.map.getContainer()].includes(event.target)) {
      if (key === "backspace") { event.preventDefault(); dropCorner(); }
      else if (key === "enter") finishArea();
    }
  });
}
