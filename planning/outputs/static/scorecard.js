/* The page of a scorecard: what is chosen, and everything drawn anew from it.

   The files of this page are one script. Every text goes to it through textContent, never as HTML. */

let c, state; // the content, and what is chosen

function startState() {
  const want = new URLSearchParams(window.location.hash.slice(1));
  const named = c.documents.findIndex((one) => one.short === want.get("document"));
  const real = c.levels.filter((level) => c.units.some((unit) => unit.level === level && unit.id));
  const verdicts = (want.get("verdict") || "met,not_met,not_assessable").split(",");
  const roles = (want.get("role") || "requirement,goal,benchmark").split(",");
  return {
    document: want.get("document") === "all" && c.documents.length > 1 ? -1 : Math.max(0, named),
    level: c.levels.includes(want.get("level")) ? want.get("level") : real[0] || c.levels[0],
    verdicts: Object.fromEntries(c.verdicts.map((one) => [one, verdicts.includes(one)])),
    roles: Object.fromEntries(c.roles.map((one) => [one, roles.includes(one)])),
    only: want.get("only") === "strictest", unit: -1, column: "", row: null,
    en: opensInEnglish(want),
  };
}

/** The line a link names by unit and clause. */
function openFromAddress() {
  const want = new URLSearchParams(window.location.hash.slice(1));
  const unit = c.units.findIndex((one) => one.id === want.get("unit") && one.level === state.level);
  if (unit < 0) return;
  state.unit = unit;
  const clause = c.clauses.findIndex((one) => one.id === want.get("clause"));
  state.row = rowsAsked().find((row) => row.unit === unit && row.clause === clause) || null;
}

const pill = (label, on, change, mark) => h("label", { class: "pill" },
  h("input", { type: "checkbox", checked: on, onchange: change }), h("span", {}, mark || null, label));

function choice(label, on, change) {
  return h("button", { type: "button", class: "tab", "aria-pressed": on ? "true" : "false", onclick: change }, label);
}

function bar(counts) {
  return h("span", { class: "bar" }, ["met", "not_met", "not_assessable"].map((verdict) => {
    const piece = h("i", { class: verdict });
    piece.style.flexGrow = counts[verdict];
    return piece;
  }));
}

function documentCard(at) {
  const one = c.documents[at], counts = countsOfDocument(at);
  return h("button", { type: "button", class: "document", "aria-pressed": state.document === at ? "true" : "false",
    onclick: () => { state.document = at; state.column = ""; state.row = null; show(); } },
  h("span", { class: "name" }, at < 0 ? t("all_documents") : [badge(at), one.name]),
  h("small", {}, at < 0 ? c.documents.map((d) => d.short).join(" · ")
    : [one.of, one.own ? t("own") : ""].filter(Boolean).join(" · ")),
  bar(counts),
  h("span", { class: "tally" }, ["met", "not_met", "not_assessable"].map((verdict) =>
    h("span", {}, `${t(verdict)} `, h("b", {}, number(counts[verdict]))))));
}

function controls() {
  const counts = countsOf(rowsAsked());
  const level = (one) => choice(h("span", {}, levelName(one), h("small", {}, ` ${c.units.filter((unit) => unit.level === one && unit.id).length || "–"}`)),
    one === state.level, () => { state.level = one; state.unit = -1; state.column = ""; state.row = null; show(); });
  return h("div", { class: "controls no-print" },
    h("div", { class: "tabs", role: "group", "aria-label": t("level") }, c.levels.map(level)),
    h("div", { class: "pills", role: "group", "aria-label": t("verdicts") }, c.verdicts.map((verdict) =>
      pill(h("span", {}, t(verdict), h("b", {}, ` ${number(counts[verdict])}`)), state.verdicts[verdict],
        (event) => { state.verdicts[verdict] = event.target.checked; show(); }, h("i", { class: `sign ${verdict}` }, MARKS[verdict])))),
    h("div", { class: "pills quiet", role: "group", "aria-label": t("roles") }, c.roles.map((role) =>
      pill(t(role), state.roles[role], (event) => { state.roles[role] = event.target.checked; show(); })),
    c.documents.length > 1 ? pill(t("only_strictest"), state.only, (event) => { state.only = event.target.checked; show(); }) : null));
}

function heading() {
  const year = c.year === null ? "" : t("judged_in", c.year);
  return h("header", { class: "top" },
    h("div", {}, h("h1", {}, c.title, h("span", {}, t("scorecard"))),
      h("p", {}, [year, pick(c.of_year), c.scenario ? t("scenario", c.scenario) : ""].filter(Boolean).join(" · "))),
    h("div", { class: "no-print" },
      h("button", { type: "button", onclick: () => window.print() }, t("print")),
      h("button", { type: "button", onclick: () => { state.en = !state.en; show(); } }, state.en ? "中文" : "English")));
}

/** One line is looked at; its unit's card is the one below. */
function select(row) {
  state.row = row;
  if (!state.column) state.unit = row.unit;
  show();
  const aside = document.querySelector(".detail");
  if (window.innerWidth <= NARROW_PX && aside) aside.scrollIntoView({ block: "start" });
}

const NARROW_PX = 900;

function show() {
  const rows = rowsShown(), units = new Set(rows.map((row) => row.unit));
  if (!units.has(state.unit)) state.unit = units.size ? Math.min(...units) : -1;
  if (!rows.includes(state.row)) state.row = worstOf(rows.filter((row) => row.unit === state.unit));
  document.documentElement.lang = state.en ? "en" : "zh-CN";
  const scrolled = document.querySelector(".matrix") ? [document.querySelector(".scroll").scrollLeft,
    document.querySelector(".scroll").scrollTop] : null;
  const documents = c.documents.length > 1 ? [-1, ...c.documents.keys()] : [0];
  document.body.dataset.cells = 0;
  const sheet = h("div", { class: "sheets" }, matrix(rows), card(rows));
  const page = h("main", {}, heading(), h("nav", { class: "documents" }, documents.map(documentCard)), controls(),
    h("div", { class: "columns" }, sheet, detail(state.row)),
    h("footer", {}, h("p", {}, t("foot")), h("p", {}, [...c.licences, c.digest].join(" · "))));
  const old = document.querySelector("main");
  if (old) old.replaceWith(page); else document.body.append(page);
  if (scrolled && document.querySelector(".matrix")) document.querySelector(".scroll").scrollTo(...scrolled);
  report(countsOf(rowsAsked()), rows);
}

/** Figures for machines: tests and colleagues read them from the document. */
function report(counts, rows) {
  Object.assign(document.body.dataset, {
    document: state.document < 0 ? "all" : c.documents[state.document].short, level: state.level,
    met: counts.met, notMet: counts.not_met, notAssessable: counts.not_assessable,
    notApplicable: counts.not_applicable, rows: rows.length, clause: state.row ? clauseOf(state.row).id : "",
    unit: state.unit < 0 ? "" : c.units[state.unit].id,
  });
}

const begun = performance.now();
c = readCards();
state = startState();
openFromAddress();
show();
document.body.dataset.loadMs = (performance.now() - begun).toFixed(1);
document.body.dataset.ready = "1";
