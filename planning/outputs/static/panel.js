/* The panel on the left: figures, legend, and what can be chosen. */

const legendRow = (mark, text, value) => h("li", {}, mark, h("span", {}, text),
  value === undefined ? null : h("b", {}, value));

function showReach() {
  const last = limitCode(state.limit, service()), people = peopleOf(), minutes = codes();
  const sums = ledger(people, minutes, last), shown = number(state.limit);
  const group = shortened(groupName(), 24), bands = new Array(BANDS.length).fill(0);
  people.forEach((persons, i) => {
    if (minutes[i] <= last) bands[bandOf(minutes[i])] += persons;
  });
  const parts = [...bands, sums.beyond, sums.unreachable];
  panel.headline.replaceChildren(h("span", { class: "who" }, `${t("within", shown)} ${group} `),
    h("strong", {}, number(sums.covered)), ` ${t("person")}${state.en ? " (" : "（"}${share(sums.within, sums.sum)}${state.en ? ")" : "）"}`);
  const none = state.when === "now" && !c.facilities.some((f) => ownFacility(f) && isOpen(f));
  panel.hint.textContent = none ? t("no_facility") : "";
  panel.rest.replaceChildren(...[[t("beyond", shown), sums.beyond],
    [t("nowhere"), sums.unreachable], [group, sums.total]]
    .map(([word, n]) => h("span", {}, word, h("b", {}, number(n)))));
  panel.bar.replaceChildren(...[...BANDS, BEYOND, NOWHERE].map((colour, i) => {
    const piece = h("i", { class: i === 6 ? "hatched" : "" });
    piece.style.flexGrow = parts[i] / (sums.sum || 1);
    piece.style.setProperty("--colour", colour);
    return piece;
  }));
  const rows = BANDS.map((colour, i) => {
    const top = i === BANDS.length - 1 ? state.limit : Math.min(EDGES[i + 1], state.limit);
    return EDGES[i] < state.limit
      ? legendRow(swatch("cell", colour), `${EDGES[i]}–${number(top)} ${t("min")}`) : null;
  });
  panel.legend.replaceChildren(h("ul", {}, rows,
    legendRow(swatch("cell", BEYOND), t("beyond", shown)),
    legendRow(swatch("cell hatched", NOWHERE), t("nowhere"))), pointLegend());
  report(sums);
}

function pointLegend() {
  const rows = [];
  if (c.facilities.length) {
    rows.push(legendRow(swatch("dot"), t("facilities")));
    if (!c.facilities.every(isOpen)) rows.push(legendRow(swatch("dot idle"), t("not_open_yet")));
    rows.push(legendRow(swatch("dot faint"), t("others")));
  }
  if (!c.sites.every(isMade)) rows.push(legendRow(swatch("diamond"), t("sites")));
  if (c.sites.some(isMade)) rows.push(legendRow(swatch("diamond made"), t("made_sites")));
  return h("ul", {}, rows);
}

function showClause() {
  const chosen = clause(), counts = { met: 0, not_met: 0, not_assessable: 0 };
  const found = chosen ? findingsOf(chosen) : new Map();
  for (const finding of found.values()) counts[finding.verdict]++;
  const judged = counts.met + counts.not_met;
  panel.headline.replaceChildren(h("span", {}, `${t("met")} `), h("strong", {}, number(counts.met)),
    ` / ${number(judged)} ${chosen ? t(chosen.level) : ""}`);
  panel.rest.textContent = chosen ? shortened(`${chosen.article} ${chosen.clause_zh}`, 40) : "";
  // A clause that speaks of units which the study has not says so itself.
  const drawn = chosen && c.units.some((u) => u.level === chosen.level && found.has(u.id));
  const [said] = found.values();
  panel.hint.textContent = chosen && !drawn ? (said && said.because_zh) || t("none") : "";
  panel.bar.replaceChildren(...Object.keys(VERDICT).map((verdict) => {
    const piece = h("i", { class: verdict });
    piece.style.flexGrow = counts[verdict];
    piece.style.setProperty("--colour", VERDICT[verdict]);
    return piece;
  }));
  panel.legend.replaceChildren(h("ul", {}, Object.keys(VERDICT).map((verdict) =>
    legendRow(swatch(`cell ${verdict}`, VERDICT[verdict]), t(verdict), number(counts[verdict])))),
  pointLegend());
  report(counts);
}

/** Figures for machines: tests and colleagues read them from the document. */
function report(figures) {
  const one = state.theme === "clauses" ? clause() : null;
  const { covered, beyond, unreachable, total, met, not_met, not_assessable } = figures;
  const out = { theme: state.theme, service: state.service, state: state.when, limit: state.limit,
    clause: one ? one.clause_id : undefined, level: one ? one.level : undefined,
    covered, beyond, unreachable, total, met, notMet: not_met, notAssessable: not_assessable };
  for (const [name, value] of Object.entries(out)) {
    if (value === undefined) delete document.body.dataset[name];
    else document.body.dataset[name] = value;
  }
}

function refresh(...names) {
  const from = performance.now();
  if (state.theme === "clauses") showClause(); else showReach();
  if (panel.slider) {
    panel.slider.value = state.limit;
    panel.limit.textContent = `${number(state.limit)} ${t("min")}`;
    panel.reset.hidden = state.limit === service().limit;
    panel.reset.textContent = `${t("back")} ${number(service().limit)} ${t("min")}`;
  }
  repaint(...names);
  document.body.dataset.paintMs = (performance.now() - from).toFixed(1);
}

let waiting = false;
function soon(...names) { // a dragged slider asks more often than a screen can show
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; refresh(...names); });
}

// ---- choices ---------------------------------------------------------------------------------

function choice(name, label, options, current, choose, kind) {
  return h("fieldset", { class: kind || "pills" }, h("legend", {}, label),
    options.map(([value, text]) => h("label", {},
      h("input", { type: "radio", name, value, checked: value === current, onchange: () => choose(value) }),
      h("span", { title: text }, text))));
}

function check(text, on, choose) {
  return h("label", { class: "check" },
    h("input", { type: "checkbox", checked: on, onchange: (e) => choose(e.target.checked) }),
    h("span", {}, text));
}

/** A part that can be folded away, and stays as it was left when the panel is built again. */
function part(name, title, ...content) {
  return h("details", { open: state.unfolded[name],
    ontoggle: (e) => { state.unfolded[name] = e.target.open; } }, h("summary", {}, title), content);
}

function buildPanel() {
  const open = panel ? panel.open : window.innerWidth > NARROW;
  const body = h("div", { class: "body", id: "panel-body" });
  const next = { open, headline: h("p", { class: "headline", "aria-live": "polite" }),
    rest: h("p", { class: "rest" }), hint: h("p", { class: "hint" }), bar: h("div", { class: "bar", "aria-hidden": "true" }),
    legend: h("div", { class: "legend" }), slider: null };
  const fold = h("button", { type: "button", class: "fold", "aria-controls": "panel-body",
    onclick: () => unfold(!panel.open) });
  const node = h("aside", { class: "panel", "aria-label": c.title },
    h("header", {}, h("h1", {}, c.title.split(/(?=（)/).map((piece) => h("span", {}, piece))), h("p", {}, c.subtitle),
      h("p", { class: "of-year" }, c.of_year[state.en ? 1 : 0]),
      h("button", { type: "button", class: "language", lang: state.en ? "zh-CN" : "en",
        onclick: () => { state.en = !state.en; map.closePopup(); buildPage(); } }, state.en ? "中文" : "EN")),
    h("div", { class: "glance" }, next.headline, next.bar, next.rest, next.hint),
    body, fold);
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

function themeControls() {
  const parts = [];
  if (c.clauses.length) {
    parts.push(choice("theme", "", [["reach", t("reach")], ["clauses", t("clauses")]], state.theme,
      (value) => { state.theme = value; followClause(); buildPanel(); refresh(); }, "tabs"));
  }
  return parts.concat(state.theme === "clauses" ? clauseControls() : reachControls());
}

/** Today or with the plan: where there is a plan, in both themes. */
function stateControls() {
  if (c.states.length < 2) return [];
  return [choice("state", t("state"), c.states.map((s) => [s, t(s)]), state.when,
    (value) => { state.when = value; refresh("theme"); })];
}

function reachControls() {
  const groups = new Map(), parts = [];
  for (const s of c.services) {
    const group = groupName(s);
    groups.set(group, [...(groups.get(group) || []), [s.key, s.label]]);
  }
  for (const [group, options] of groups) {
    parts.push(choice("service", group, options, state.service, (value) => {
      state.service = value;
      state.limit = service().limit;
      refresh("theme", "points", "labels");
    }));
  }
  parts.push(...stateControls());
  panel.limit = h("output", { for: "limit" });
  panel.reset = h("button", { type: "button", class: "reset",
    onclick: () => { state.limit = service().limit; refresh("theme"); } });
  panel.slider = h("input", { id: "limit", type: "range", min: 1, step: 1,
    max: Math.max(30, ...c.services.map((s) => Math.ceil(s.limit))),
    oninput: (e) => { state.limit = Number(e.target.value); soon("theme"); } });
  parts.push(h("div", { class: "limit" }, h("label", { for: "limit" }, t("limit")), panel.limit,
    panel.reset, panel.slider));
  return parts;
}

/** The marks shown are those of the service of which the chosen clause speaks. */
function followClause() {
  const chosen = clause();
  if (state.theme !== "clauses" || !chosen) return;
  if (!c.serviceByKey.has(chosen.service) || chosen.service === state.service) return;
  state.service = chosen.service;
  state.limit = service().limit;
}

function clauseControls() {
  const chosen = clause(), levels = c.clauses.filter((one) => one.clause_id === chosen.clause_id);
  const choose = (one) => { state.clause = one.key; followClause(); buildPanel(); refresh(); };
  const select = h("select", { id: "clause", onchange: (e) =>
    choose(mostTelling(c.clauses.filter((one) => one.clause_id === e.target.value))) });
  const groups = new Map();
  for (const one of new Map(c.clauses.map((k) => [k.clause_id, k])).values()) {
    const group = serviceName(one.service) || "—";
    if (!groups.has(group)) groups.set(group, h("optgroup", { label: group }));
    groups.get(group).append(h("option", { value: one.clause_id,
      selected: one.clause_id === chosen.clause_id }, shortened(`${one.article} ${one.clause_zh}`, 34)));
  }
  select.append(...groups.values());
  return [h("div", { class: "clause" }, h("label", { for: "clause" }, t("clause")), select),
    choice("level", t("level"), levels.map((one) => [one.key, t(one.level)]), chosen.key,
      (key) => choose(c.clauses.find((one) => one.key === key))), ...stateControls()];
}

function legendAndLayers() {
  const theme = state.theme === "clauses" ? "shading" : "cells";
  const toggle = (key) => (on) => { state.layers[key] = on; repaint(); }; // names give way to marks
  const layers = [check(t(theme), state.layers[theme], toggle(theme)),
    check(t("basemap"), state.layers.basemap, toggle("basemap")),
    ...c.levels.map((level) => check(t("boundary", t(level)), state.levels[level],
      (on) => { state.levels[level] = on; repaint("units", "labels"); }))];
  if (c.facilities.length) {
    layers.push(check(t("facilities"), state.layers.facilities, toggle("facilities")));
  }
  if (c.sites.length) layers.push(check(t("sites"), state.layers.sites, toggle("sites")));
  return [h("h2", {}, t("legend")), panel.legend,
    part("layers", t("layers"), h("div", { class: "checks" }, layers))];
}

function lists() {
  const parts = [];
  if (c.sites.length) {
    const costs = c.sites.flatMap((s) => s.rows).map((row) => row.cost_wan);
    // Where one cost is absent the sum is not known, and is not shown.
    const cost = costs.includes(null) ? null : costs.reduce((sum, one) => sum + one, 0);
    const title = `${t("sites")} ${t("count", c.sites.length)}` +
      (cost === null ? "" : ` · ${number(cost, 1)} ${t("wan")}`);
    parts.push(part("sites", title, h("ul", { class: "sites" }, c.sites.map((site) => h("li", {},
      h("button", { type: "button", onclick: () => goTo(site) }, h("b", {}, site.candidate_id),
        site.rows.map((row) => h("span", {}, `${serviceName(row.service)} ${sizeOf(row)}`))))))));
  }
  if (c.notes.length) {
    parts.push(part("notes", `${t("notes")} ${t("items", c.notes.length)}`,
      h("ul", { class: "notes" }, c.notes.map((note) => h("li", {}, note[state.en ? 1 : 0])))));
  }
  return parts;
}
