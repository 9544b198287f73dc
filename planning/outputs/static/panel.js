/* The panel on the left: heading, figures, and what can be chosen. */

function buildPanel() {
  const open = panel ? panel.open : window.innerWidth > NARROW;
  const body = h("div", { class: "body", id: "panel-body" });
  const next = { open, figures: h("div", { "aria-live": "polite" }), rest: h("p", { class: "rest" }),
    hint: h("p", { class: "hint" }), legend: h("div", { class: "legend" }), slider: null };
  const fold = h("button", { type: "button", class: "fold", "aria-controls": "panel-body",
    onclick: () => unfold(!panel.open) });
  const title = c.title.split(/(?=（)/).map((piece) => h("span", {}, piece));
  const node = h("aside", { class: "panel", "aria-label": c.title },
    h("header", {}, h("h1", {}, title), h("p", {}, inWords(c.subtitle)),
      h("p", { class: "of-year" }, inWords(c.of_year)),
      h("button", { type: "button", class: "language", lang: state.en ? "zh-CN" : "en",
        onclick: () => { state.en = !state.en; map.closePopup(); buildPage(); } }, state.en ? "中文" : "EN")),
    stateControls(),
    h("div", { class: "glance" }, next.figures, next.rest, next.hint),
    body, fold, search.node);
  function unfold(wanted) {
    panel.open = wanted;
    body.hidden = !wanted;
    fold.setAttribute("aria-expanded", String(wanted));
    fold.textContent = t(wanted ? "less" : "more");
  }
  if (panel) panel.node.replaceWith(node); else document.body.append(node);
  L.DomEvent.disableScrollPropagation(node);
  panel = Object.assign(next, { node, unfold });
  body.append(...themeControls(), ...legendAndLayers(), ...lists());
  unfold(panel.open);
}
