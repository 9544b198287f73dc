/* What can be chosen in the panel: state, theme, service, limit, group, clause, layers. */

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

/** Today, with the plan, or both beside a divider: where there is a plan, and where it matters. */
function stateControls() {
  if (c.states.length < 2 || state.theme === "people") return "";
  return choice("state", t("state"), [...c.states, "compare"].map((s) => [s, t(s)]), state.when,
    (value) => { state.when = value; refresh("theme", "points", "labels"); }, "switch");
}

function themeControls() {
  const themes = ["reach", "people", ...(c.clauses.length ? ["clauses"] : [])];
  const names = { reach: t("reach"), people: t("people_theme"), clauses: t("clauses") };
  const tabs = choice("theme", "", themes.map((theme) => [theme, names[theme]]), state.theme,
    (value) => { state.theme = value; followClause(); buildPanel(); refresh(); }, "tabs");
  const own = { reach: reachControls, people: peopleControls, clauses: clauseControls };
  return [tabs, ...own[state.theme]()];
}

function reachControls() {
  const groups = new Map(), parts = [];
  for (const s of c.services) groups.set(s.group, [...(groups.get(s.group) || []), [s.key, s.label]]);
  for (const [group, options] of groups) {
    parts.push(choice("service", groupName(group), options, state.service, (value) => {
      state.service = value;
      state.limit = service().limit;
      refresh("theme", "points", "labels");
    }));
  }
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

function peopleControls() {
  return [choice("group", t("group"), c.groups.map((g) => [g.key, inWords(g.label)]), state.group,
    (value) => { state.group = value; refresh("theme"); })];
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
    const group = one.service ? serviceName(one.service) : "—";
    if (!groups.has(group)) groups.set(group, h("optgroup", { label: group }));
    groups.get(group).append(h("option", { value: one.clause_id,
      selected: one.clause_id === chosen.clause_id },
    shortened(`${one.article} ${clauseName(one)}`, 34)));
  }
  select.append(...groups.values());
  return [h("div", { class: "clause" }, h("label", { for: "clause" }, t("clause")), select),
    choice("level", t("level"), levels.map((one) => [one.key, t(one.level)]), chosen.key,
      (key) => choose(c.clauses.find((one) => one.key === key)))];
}

function legendAndLayers() {
  const theme = state.theme === "clauses" ? "shading" : "cells";
  const toggle = (key) => (on) => { state.layers[key] = on; refresh(); }; // names give way to marks
  const layers = [check(t(theme), state.layers[theme], toggle(theme)),
    check(t("basemap"), state.layers.basemap, toggle("basemap")),
    ...c.levels.map((level) => check(t("boundary", t(level)), state.levels[level],
      (on) => { state.levels[level] = on; refresh("units", "labels"); }))];
  if (c.facilities.length) {
    layers.push(check(t("facilities"), state.layers.facilities, toggle("facilities")));
  }
  if (c.sites.length) layers.push(check(t("sites"), state.layers.sites, toggle("sites")));
  if (c.tiles) layers.push(check(t("tiles"), state.layers.tiles, showTiles));
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
      h("button", { type: "button", onclick: () => goTo(site) }, h("b", {}, siteNumber(site)),
        site.rows.map((row) => h("span", {}, `${row.kind} ${sizeOf(row)}`))))))));
  }
  if (c.notes.length) {
    parts.push(part("notes", `${t("notes")} ${t("items", c.notes.length)}`,
      h("ul", { class: "notes" }, c.notes.map((note) => h("li", {}, inWords(note))))));
  }
  return parts;
}
