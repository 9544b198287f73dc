/* Elements of a page. */

/** An element; text children become text, never markup. */
function h(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  for (const child of children.flat()) if (child !== null) node.append(child);
  return node;
}

/** Whether a page opens in English: its address may say so, else the language it was written in. */
const opensInEnglish = (want) => (want.get("lang") || document.documentElement.lang) === "en";

function swatch(kind, colour) {
  const node = h("i", { class: `swatch ${kind}`, "aria-hidden": "true" });
  if (colour) node.style.setProperty("--colour", colour);
  return node;
}
