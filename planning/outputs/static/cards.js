/* Looking at one thing: what lies under the pointer, and its card.

   Things are picked by our own search, because stacked canvases would hide each other's events. */

function worldOf(latlng) { return [mercatorX(latlng.lng), mercatorY(latlng.lat)]; }

function pointAt(latlng) {
  const at = map.latLngToLayerPoint(latlng), near = (rows) => {
    let best = null, least = 11;
    for (const row of rows) {
      const d = at.distanceTo(map.latLngToLayerPoint([row.at[1], row.at[0]]));
      if (d < least) { least = d; best = row; }
    }
    return best;
  };
  const site = state.layers.sites && near(c.sites);
  if (site) return { site };
  const facility = state.layers.facilities && near(c.facilities);
  return facility ? { facility } : null;
}

function cellAt(x, y) {
  for (let i = 0; i < c.shapes.length; i++) if (c.shapes.crossings(i, x, y) % 2) return i;
  return -1;
}

function unitAt(x, y) {
  const wanted = state.theme === "clauses" && clause() ? [clause().level] : levelsShown().reverse();
  for (const level of wanted.length ? wanted : [...c.levels].reverse()) {
    for (const unit of c.units) {
      if (unit.level !== level) continue;
      let crossed = 0;
      for (let i = 0; i < unit.shape.length; i++) crossed += unit.shape.crossings(i, x, y);
      if (crossed % 2) return unit;
    }
  }
  return null;
}

const table = (head, rows) => h("table", {},
  head ? h("thead", {}, h("tr", {}, head.map((word) => h("th", { scope: "col" }, word)))) : null,
  h("tbody", {}, rows.map((row) => h("tr", {}, row.map((cell, i) =>
    (cell instanceof Node ? h("td", {}, cell)
      : h(i === 0 && !head ? "th" : "td", i === 0 && !head ? { scope: "row" } : {}, cell)))))));

/** Persons of every group, as far as they are known. */
const counts = (people, decimals) => h("p", {}, c.groups.map((g, k) => (people[k] === null ? null
  : h("span", { class: "count" }, `${inWords(g.label)} ${number(people[k], decimals)} ${inWords(g.unit)}`))));

function cellCard(i) {
  const rows = c.services.map((s) => [h("span", {}, s.label, h("small", {}, groupName(s.group))),
    number(peopleOf(s.group)[i], 1),
    ...c.states.map((when) => minutesText(codes(when, s.key)[i]))]);
  return h("section", {}, h("h3", {}, t("here")),
    counts(c.groups.map((g) => peopleOf(g.key)[i]), 1),
    table([t("services"), t("people"), ...c.states.map((when) => t(when))], rows));
}

function parents(unit) {
  const line = [unit];
  while (line.length <= c.levels.length && c.unitById.has(line[0].parent)) {
    line.unshift(c.unitById.get(line[0].parent));
  }
  return line;
}

function unitCard(unit, line) {
  const card = h("section", {});
  const show = (one) => {
    const found = c.clauses.filter((k) => k.level === one.level)
      .map((k) => c.states.map((when) => k.in[when].get(one.id)).filter(Boolean))
      .filter((states) => states.length);
    const rows = found.map((states) => [
      h("span", {}, h("b", {}, clauseName(states[0])), h("small", {}, states[0].article)),
      course(states.map((f) => amount(f.measured, f.unit))),
      course(states.map((f) => amount(f.required, f.unit))),
      course(states.map((f) => amount(f.gap, f.unit, true))),
      course(states.map((f) => t(f.verdict)), states.map((f) => `verdict ${f.verdict}`))]);
    const chain = h("nav", {}, line.map((u) => h("button", { type: "button",
      "aria-current": u === one ? "true" : false, onclick: () => show(u) }, u.name || t("unnamed"))));
    card.replaceChildren(line.length > 1 ? chain : "", h("h3", {}, one.name || t("unnamed"),
      h("small", {}, ` ${t(one.level)}`)), counts(one.people, 0), rows.length
      ? table([t("clause"), t("measured"), t("required"), t("gap"), t("verdict")], rows)
      : h("p", {}, t("none")), becauses(found));
    marked = one.shape;
    repaint("points");
  };
  show(unit);
  return card;
}

/** One figure through the states, e.g. 68 → 0; once, where it stays. */
function course(texts, classes) {
  const kept = texts.filter((text, i) => i === 0 || text !== texts[i - 1]);
  return h("span", { class: "course" }, kept.flatMap((text, i) =>
    [i ? " " : "", h("span", {}, i ? "→ " : "", h("span",
      { class: classes ? classes[texts.indexOf(text)] : null }, text))]));
}

function becauses(found) {
  const said = found.flatMap((states) => states.filter((f, i) =>
    becauseOf(f) && (i === 0 || becauseOf(f) !== becauseOf(states[i - 1]))));
  const when = (f) => (f.state === "now" ? "" : inBrackets(t(f.state)));
  const colon = state.en ? ": " : "：";
  return said.length ? h("details", {}, h("summary", {}, t("because")), h("ul", { class: "notes" },
    said.map((f) => h("li", {}, `${clauseName(f)}${when(f)}${colon}${becauseOf(f)}`)))) : "";
}

/** Nursery places where there is a nursery; a place of elder care is told by its floor and land. */
function facilityCard(f) {
  return h("section", {}, h("h3", {}, swatch("dot"), f.name || t("unnamed")), table(null, [
    [t("type"), f.type || "—"], [t("services"), listed(f.keys.map(serviceName)) || "—"],
    ...(f.places === null ? [[t("places"), t("unknown")]]
      : f.places ? [[t("places"), number(f.places)]] : []),
    ...(f.floor_m2 || !f.places ? [[t("floor"), f.floor_m2 ? amount(f.floor_m2, "m2") : "—"]] : []),
    ...(f.elder_land_m2 === null ? [[t("elder_land"), t("unknown")]]
      : f.elder_land_m2 ? [[t("elder_land"), amount(f.elder_land_m2, "m2")]] : []),
    [t("status"), f.status ? t(f.status) : "—"]]));
}

/** A sentence a line. */
const reasons = (text) => h("div", {}, String(text || "—").split(/；|; /).map((one) => h("p", {}, one)));

const heading = (site) =>
  `${t(isClosed(site) ? "close_site" : isMade(site) ? "made_sites" : "sites")} ${siteNumber(site)}`;

function siteCard(site) {
  const measure = (value, unit) => (value === null ? "—" : `${number(value)} ${unit}`);
  const action = (row) => t(row.action === "close" ? "close_site" : row.action);
  const mark = isClosed(site) ? h("i", { class: "swatch cross" }, "✕")
    : swatch(isMade(site) ? "diamond made" : "diamond");
  return h("section", {}, h("h3", {}, mark, heading(site),
    h("small", {}, ` ${t("candidate")} ${site.candidate_id}`)),
  site.unit_name ? h("p", {}, `${t("where")} ${site.unit_name}`) : null,
  site.rows.map((row) => table(null, [
    [t("service"), serviceName(row.service)], [t("kind"), row.kind || "—"],
    [t("action"), row.action ? action(row) : "—"],
    ...(row.year ? [[t("year"), String(row.year)]] : []),
    ...(row.places ? [[t("places"), number(row.places)]] : []),
    ...(row.beds ? [[t("beds"), number(row.beds)]] : []),
    [t("floor"), measure(row.floor_m2, "m²")], [t("land"), measure(row.land_m2, "m²")],
    [t("cost"), measure(row.cost_wan, t("wan"))], [t("source"), row.source_class || "—"],
    ...(row.assumed ? [[t("assumed"), listed(assumedOf(row).map((f) => t(`of_${f}`)))]] : []),
    [t("reason"), reasons(becauseOf(row))]])));
}

function inspect(latlng) {
  const [x, y] = worldOf(latlng), point = pointAt(latlng), parts = [];
  marked = null;
  if (point) parts.push(point.site ? siteCard(point.site) : facilityCard(point.facility));
  else {
    const cell = state.theme !== "clauses" && state.layers.cells ? cellAt(x, y) : -1;
    const unit = unitAt(x, y);
    if (cell >= 0) parts.push(cellCard(cell));
    if (unit) parts.push(unitCard(unit, parents(unit)));
  }
  if (!parts.length) { map.closePopup(); repaint("points"); return; }
  openCard(point ? (point.site || point.facility).at : [latlng.lng, latlng.lat], parts);
}

function openCard(at, parts) {
  const wide = window.innerWidth > NARROW;
  const card = h("div", { class: "card", lang: state.en ? "en" : "zh-CN" }, parts);
  tip.hidden = true;
  L.popup({ maxWidth: wide ? 440 : window.innerWidth - 60, minWidth: wide ? 260 : 200,
    maxHeight: Math.round(window.innerHeight * (wide ? 0.6 : 0.42)),
    autoPanPaddingTopLeft: wide ? [panel.node.offsetWidth + 24, 16] : [8, panel.node.offsetHeight + 12],
    autoPanPaddingBottomRight: [16, 40] })
    .setLatLng([at[1], at[0]]).setContent(card).openOn(map);
  const close = document.querySelector(".leaflet-popup-close-button");
  if (close) close.setAttribute("aria-label", t("close"));
}

function goTo(site) {
  lookAt(site.at, 14.5);
  openCard(site.at, [siteCard(site)]);
}

function goToFacility(facility) {
  lookAt(facility.at, 15);
  openCard(facility.at, [facilityCard(facility)]);
}

function goToUnit(unit) {
  if (window.innerWidth <= NARROW) panel.unfold(false);
  const lon = (x) => (x - 0.5) * 360, { box, length } = unit.shape;
  const lat = (y) => (Math.atan(Math.exp((0.5 - y) * 2 * Math.PI)) * 360) / Math.PI - 90;
  const ends = (k, pick) => pick(...Array.from({ length }, (_, i) => box[4 * i + k]));
  if (length) {
    fit([[lat(ends(3, Math.max)), lon(ends(0, Math.min))], [lat(ends(1, Math.min)), lon(ends(2, Math.max))]], 16);
  }
  openCard(unit.at, [unitCard(unit, parents(unit))]);
}

function lookAt(at, zoom) {
  if (window.innerWidth <= NARROW) panel.unfold(false);
  map.setView([at[1], at[0]], Math.max(map.getZoom(), zoom), { animate: false });
}

function hover(event) {
  if (event.originalEvent.target.closest(".grip")) { tip.hidden = true; return; }
  const [x, y] = worldOf(event.latlng), point = pointAt(event.latlng);
  const lines = point ? hoverPoint(point) : state.theme === "clauses" ? hoverClause(x, y) : hoverCell(x, y);
  tip.hidden = !lines.length;
  if (tip.hidden) return;
  tip.replaceChildren(...lines.map((text, i) => h(i ? "span" : "b", {}, text)));
  const flip = event.containerPoint.x > map.getSize().x - 240;
  tip.style.left = `${event.containerPoint.x + (flip ? -12 - tip.offsetWidth : 14)}px`;
  tip.style.top = `${Math.min(event.containerPoint.y + 14, map.getSize().y - tip.offsetHeight - 30)}px`;
}

function hoverPoint({ site, facility }) {
  if (facility) {
    return [facility.name || t("unnamed"),
      [facility.type, sizeOf(facility),
        isOpen(facility) ? "" : t("not_open")].filter(Boolean).join(" · ")];
  }
  return [heading(site), ...site.rows.map((row) => `${row.kind || serviceName(row.service)} ${sizeOf(row)}`)];
}

function hoverCell(x, y) {
  const unit = unitAt(x, y), cell = state.layers.cells ? cellAt(x, y) : -1, lines = [];
  if (cell >= 0) {
    const shown = state.theme === "people" ? c.groups.map((g) => g.key)
      : [...new Set([c.groups[0].key, groupKey()])];
    for (const key of shown) lines.push(`${groupName(key)} ${number(peopleOf(key)[cell], 1)} ${countedIn(key)}`);
    if (state.theme === "reach") {
      for (const when of c.states) lines.push(`${t(when)}${state.en ? ": " : "："}${minutesText(codes(when)[cell])}`);
    }
  }
  if (unit) lines.push(unit.name);
  return lines;
}

function hoverClause(x, y) {
  const unit = unitAt(x, y), chosen = clause();
  if (!unit) return [];
  const found = chosen ? statesShown().map((when) => findingsOf(chosen, when).get(unit.id)).filter(Boolean) : [];
  if (!found.length) return [unit.name, t("no_finding")];
  const told = (say) => [...new Set(found.map(say))].join(" → ");
  return [unit.name, told((f) => t(f.verdict)),
    `${t("measured")} ${told((f) => amount(f.measured, f.unit))}`,
    `${t("required")} ${told((f) => amount(f.required, f.unit))}`];
}
