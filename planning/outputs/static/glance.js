/* The figures at the head of the panel, and the legend: what the map shows, in numbers. */

const legendRow = (mark, text, value) => h("li", {}, mark, h("span", {}, text),
  value === undefined ? null : h("b", {}, value));

const inBrackets = (text) => (state.en ? ` (${text})` : `（${text}）`);

/** A bar of parts; hatches tell classes apart without colour. */
function bar(parts, whole) {
  return h("div", { class: "bar", "aria-hidden": "true" }, parts.map(([share, colour, kind]) => {
    const piece = h("i", { class: kind || "" });
    piece.style.flexGrow = share / (whole || 1);
    piece.style.setProperty("--colour", colour);
    return piece;
  }));
}

/** One headline, or in a comparison two side by side, each with its bar. */
function showFigures(who, figures, rest) {
  const blocks = figures.map(({ when, strong, unit, parts, whole }) => h("div", { class: "figure" },
    figures.length > 1 ? h("span", { class: "when" }, t(when)) : null,
    h("p", { class: "headline" }, figures.length > 1 ? null : h("span", { class: "who" }, who),
      h("strong", {}, strong), " ", h("span", { class: "unit" }, unit)), bar(parts, whole)));
  panel.figures.replaceChildren(
    figures.length > 1 ? h("p", { class: "headline who" }, who) : "",
    h("div", { class: "figures" }, blocks));
  panel.rest.replaceChildren(...rest.map(([word, value]) =>
    h("span", {}, word, value === undefined ? null : h("b", {}, value))));
}

function showReach() {
  const last = limitCode(state.limit, service()), people = peopleOf(groupKey());
  const shown = number(state.limit), group = shortened(groupName(groupKey()), 24);
  const unit = countedIn(groupKey());
  const found = statesShown().map((when) => {
    const minutes = codes(when), bands = new Array(BANDS.length).fill(0);
    people.forEach((persons, i) => {
      if (minutes[i] <= last) bands[bandOf(minutes[i])] += persons;
    });
    return { when, bands, sums: ledger(people, minutes, last) };
  });
  const figures = found.map(({ when, bands, sums }) => ({ when, strong: number(sums.covered),
    unit: unit + inBrackets(share(sums.within, sums.sum)), whole: sums.sum,
    parts: [...bands.map((part, i) => [part, BANDS[i]]), [sums.beyond, BEYOND],
      [sums.unreachable, NOWHERE, "hatched"]] }));
  const { sums } = found[found.length - 1], before = found[0].sums;
  showFigures(`${t("within", shown)} ${group} `, figures, found.length > 1
    ? [[t("gained"), signed(sums.covered - before.covered)],
      [t("still_beyond", shown), number(sums.beyond)], [group, number(sums.total)]]
    : [[t("beyond", shown), number(sums.beyond)], [t("nowhere"), number(sums.unreachable)],
      [group, number(sums.total)]]);
  const none = statesShown()[0] === "now" && !c.facilities.some((f) => ownFacility(f) && isOpen(f));
  panel.hint.textContent = none ? t("no_facility") : "";
  const rows = BANDS.map((colour, i) => {
    const top = i === BANDS.length - 1 ? state.limit : Math.min(EDGES[i + 1], state.limit);
    return EDGES[i] < state.limit
      ? legendRow(swatch("cell", colour), `${EDGES[i]}–${number(top)} ${t("min")}`) : null;
  });
  panel.legend.replaceChildren(h("ul", {}, rows,
    legendRow(swatch("cell", BEYOND), t("beyond", shown)),
    legendRow(swatch("cell hatched", NOWHERE), t("nowhere")), groundLegend()), pointLegend());
  const { covered, beyond, unreachable, total } = sums;
  report({ service: state.service, limit: state.limit, covered, beyond, unreachable, total,
    coveredNow: found.length > 1 ? before.covered : undefined });
}

function showPeople() {
  const { edges, key } = c.groupByKey.get(state.group), people = peopleOf(key);
  const held = new Array(edges.length + 1).fill(0), unit = countedIn(key);
  let sum = 0, cells = 0, most = 0;
  for (const persons of people) {
    sum += persons;
    if (!persons) continue;
    held[peopleClass(persons, edges)] += persons;
    cells++;
    most = Math.max(most, persons);
  }
  const colour = (k) => peopleColour(k, edges);
  showFigures(groupName(key), [{ strong: number(whole(sum)), unit, whole: sum,
    parts: held.map((persons, k) => [persons, colour(k)]) }],
  [[t("cells_held"), number(cells)], [t("most_in_cell"), `${number(most, 1)} ${unit}`]]);
  panel.hint.textContent = "";
  const text = (k) => (!edges.length ? t("any") : k === edges.length ? `> ${number(edges[k - 1])}`
    : k ? `${number(edges[k - 1])}–${number(edges[k])}` : `≤ ${number(edges[0])}`);
  panel.legend.replaceChildren(h("ul", {}, h("li", { class: "caption" }, t("per_cell", unit)),
    held.map((_, k) => legendRow(swatch("cell", colour(k)), text(k))), groundLegend()), pointLegend());
  report({ group: key, total: whole(sum), cellsHeld: cells });
}

function pointLegend() {
  const rows = [];
  if (c.facilities.length) {
    rows.push(legendRow(swatch("dot"), t("facilities")));
    if (!c.facilities.every(isOpen)) rows.push(legendRow(swatch("dot idle"), t("not_open_yet")));
    rows.push(legendRow(swatch("dot faint"), t("others")));
  }
  const sites = c.sites.filter((site) => !isClosed(site));
  if (sites.some((site) => !isMade(site))) rows.push(legendRow(swatch("diamond"), t("sites")));
  if (sites.some(isMade)) rows.push(legendRow(swatch("diamond made"), t("made_sites")));
  if (c.sites.some(isClosed)) rows.push(legendRow(h("i", { class: "swatch cross" }, "✕"), t("close_site")));
  for (const level of levelsShown()) {
    const rank = c.levels.indexOf(level), line = h("i", { class: `swatch line${rank >= 2 ? " dashed" : ""}` });
    line.style.borderTopWidth = `${Math.max(1, boundaryWidth(rank))}px`;
    rows.push(legendRow(line, t("boundary", t(level))));
  }
  return h("ul", {}, rows);
}

/** What the base map has of water, green and buildings. */
const groundLegend = () => (baseShown() ? GROUND.filter(([kind]) => c.base[kind])
  .map(([kind, colour]) => legendRow(swatch("cell", colour), t(kind))) : []);

function showClause() {
  const chosen = clause();
  const found = statesShown().map((when) => {
    const counts = { met: 0, not_met: 0, not_assessable: 0 };
    const findings = chosen ? findingsOf(chosen, when) : new Map();
    for (const finding of findings.values()) counts[finding.verdict]++;
    return { when, counts, findings };
  });
  const figures = found.map(({ when, counts, findings }) => ({ when, strong: number(counts.met),
    unit: `/ ${number(counts.met + counts.not_met)} ${chosen ? t(chosen.level) : ""}`,
    whole: findings.size, parts: Object.keys(VERDICT).map((v) => [counts[v], VERDICT[v], v]) }));
  showFigures(t("met"), figures, chosen
    ? [[shortened(`${chosen.article} ${clauseName(chosen)}`, 40)]] : []);
  const { counts, findings } = found[found.length - 1];
  // A clause that speaks of units which the study has not says so itself.
  const drawn = chosen && c.units.some((u) => u.level === chosen.level && findings.has(u.id));
  const [said] = findings.values();
  panel.hint.textContent = chosen && !drawn ? (said && becauseOf(said)) || t("none") : "";
  panel.legend.replaceChildren(h("ul", {}, Object.keys(VERDICT).map((verdict) =>
    legendRow(swatch(`cell ${verdict}`, VERDICT[verdict]), t(verdict),
      [...new Set(found.map((one) => number(one.counts[verdict])))].join(" → "))), groundLegend()),
  pointLegend());
  report({ clause: chosen ? chosen.clause_id : undefined, level: chosen ? chosen.level : undefined,
    met: counts.met, notMet: counts.not_met, notAssessable: counts.not_assessable,
    metNow: found.length > 1 ? found[0].counts.met : undefined });
}

const FIGURES = ["service", "limit", "group", "clause", "level", "covered", "coveredNow", "beyond",
  "unreachable", "total", "cellsHeld", "met", "metNow", "notMet", "notAssessable"];

/** Figures for machines: tests and colleagues read them from the document. */
function report(figures) {
  const out = Object.assign({ theme: state.theme, state: state.when }, figures);
  for (const name of [...FIGURES, "theme", "state"]) {
    if (out[name] === undefined) delete document.body.dataset[name];
    else document.body.dataset[name] = out[name];
  }
}

function refresh(...names) {
  const from = performance.now();
  ({ reach: showReach, people: showPeople, clauses: showClause })[state.theme]();
  if (panel.slider) {
    panel.slider.value = state.limit;
    panel.limit.textContent = `${number(state.limit)} ${t("min")}`;
    panel.reset.hidden = state.limit === service().limit;
    panel.reset.textContent = `${t("back")} ${number(service().limit)} ${t("min")}`;
  }
  divider.place();
  repaint(...names);
  document.body.dataset.paintMs = (performance.now() - from).toFixed(1);
}

let waiting = null;
/** A dragged slider asks more often than a screen can show. */
function soon(...names) {
  if (waiting) { for (const name of names) waiting.add(name); return; }
  waiting = new Set(names);
  requestAnimationFrame(() => { const all = [...waiting]; waiting = null; refresh(...all); });
}
