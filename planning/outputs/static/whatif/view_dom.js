/* Elements of the page. Every text goes in as text, never as markup. */

/** An element with attributes, `on…` listeners and children; null children are left out. */
export function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name,
      value);
  }
  for (const child of children.flat(2)) if (child !== null && child !== "") node.append(child);
  return node;
}

/** A button; `key` lets it keep the focus when its part is built anew. */
export const button = (key, text, press, more) =>
  el("button", { type: "button", "data-key": key, onclick: press, ...more }, text);

/** A group of buttons of which one is pressed down. */
export function oneOf(key, label, options, chosen, choose, look) {
  return el("div", { class: look, role: "radiogroup", "aria-label": label, onkeydown: stepAmong },
    options.map(([value, text, why]) => el("button", { type: "button", role: "radio",
      "data-key": `${key}:${value}`, "aria-checked": String(value === chosen), title: why || null,
      tabindex: value === chosen || !options.some(([v]) => v === chosen) ? "0" : "-1",
      onclick: () => choose(value) }, text)));
}

/** Arrow keys go from one radio to the next, as they do in a group of native ones. */
function stepAmong(event) {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  event.stopPropagation();
  const all = [...event.currentTarget.querySelectorAll("[role=radio]")];
  const next = all[(all.indexOf(document.activeElement) + step + all.length) % all.length];
  next.focus();
  next.click();
}

/** A number field beside a slider that always agree. `live` hears every step, `done` the last. */
export function slider(key, { label, value, min, max, step, unit, live, done }) {
  const said = (v) => `${Math.round(v * 1000) / 1000}`;
  const range = el("input", { type: "range", "data-key": `${key}:range`, "aria-label": label,
    min, max, step, value });
  const field = el("input", { type: "number", "data-key": `${key}:number`, "aria-label": label,
    min, max, step, value: said(value) });
  range.addEventListener("input",
    () => { field.value = said(range.valueAsNumber); if (live) live(range.valueAsNumber); });
  range.addEventListener("change", () => done(range.valueAsNumber, range.value));
  field.addEventListener("change", () => {
    if (done(field.valueAsNumber, field.value) === false) field.value = said(value);
  });
  return el("div", { class: "slider" }, el("span", { class: "name" }, label), range, field,
    el("span", { class: "unit" }, unit));
}

/** Rebuild parts of the page, and give the focus back to what had it. */
export function keepingFocus(rebuild) {
  const had = document.activeElement;
  const key = had && had.dataset ? had.dataset.key : undefined;
  rebuild();
  if (!key || document.activeElement === had) return;
  const again = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (again) again.focus({ preventScroll: true });
}

/** Use a value now, or when a server has sent it. */
export function whenThere(value, use) {
  if (value instanceof Promise) value.then(use, () => use(null));
  else use(value);
}
