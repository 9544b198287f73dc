/* One unit's scorecard, or one clause over all units; and everything about one line. */

const verdictMark = (verdict) => h("span", { class: `mark ${verdict}` },
  h("i", { "aria-hidden": "true" }, MARKS[verdict]), t(verdict));

const badge = (document) => h("span", { class: "badge" }, c.documents[document].short);

/** Whether a line asks most; where every document asks the same, that. */
function star(row) {
  if (!isStrictest(row)) return null;
  const [, less] = c.comparisons[row.compared];
  return h("span", { class: "star" }, t(row.rank === "only" ? "strictest" : less.length ? "equal" : "same"));
}

/** A figure in the unit of the document, and in brackets what it comes to. */
function figureOf(row, name) {
  const amount = said(row, `${name}_amount`);
  return [h("span", {}, said(row, name)), amount ? h("small", {}, `（${amount}）`) : null];
}

function line(row, byUnit) {
  const clause = clauseOf(row), title = byUnit ? nameOf(unitOf(row)) : titleOf(row);
  const inherited = clause.document !== c.documents[row.document].name;
  const under = byUnit ? "" : `${inherited ? `${clause.document} ` : ""}${clause.article}`;
  return h("tr", { "data-row": row.at, class: row === state.row ? "chosen" : "" },
    h("td", { class: "what" }, h("button", { type: "button" }, state.document < 0 ? badge(row.document) : null, title),
      row.role === "requirement" ? null : h("span", { class: "tag" }, t(row.role)), star(row),
      under ? h("small", {}, under) : null,
      h("p", { class: "print-only" }, `“${clause.quote}”`), h("p", { class: "print-only" }, said(row, "because"))),
    [["current", figureOf(row, "current")], ["target", figureOf(row, "target")], ["gap", said(row, "gap")]]
      .map(([word, what]) => h("td", { class: "figure", "data-word": t(word) }, what)),
    h("td", { class: "verdict" }, verdictMark(row.verdict)));
}

/** Rows of one unit, or of one clause where its heading was chosen. */
function card(rows) {
  const byUnit = state.column !== "";
  const chosen = rows.filter((row) => (byUnit ? `${row.document}/${row.clause}` === state.column : row.unit === state.unit));
  const [first] = chosen;
  const name = !first ? "" : byUnit ? t("units_of", titleOf(first)) : t("card_of", pathOf(unitOf(first)));
  const table = h("table", { class: "card" },
    h("thead", {}, h("tr", {}, [byUnit ? "unit" : "item", "current", "target", "gap", "verdicts"].map((word, i) =>
      h("th", { scope: "col", class: i && i < 4 ? "figure" : "" }, t(word))))),
    h("tbody", {}, chosen.map((row) => line(row, byUnit))));
  table.addEventListener("click", choose);
  document.body.dataset.lines = chosen.length;
  return h("section", { class: "sheet" }, h("h2", {}, name),
    chosen.length ? h("div", { class: "scroll" }, table) : h("p", { class: "hint" }, t("nothing")));
}

const entry = (word, ...what) => [h("dt", {}, t(word)), h("dd", {}, ...what)];

function compared(row) {
  if (row.compared < 0) return null;
  const [most, less, silent] = c.comparisons[row.compared].map((group) => group.map((at) => c.rows[at]));
  const item = (one, word) => h("li", { class: one === row ? "here" : "" }, badge(one.document),
    h("span", { class: "asks" }, word === "no_figure" ? t("no_figure") : said(one, "target"),
      h("small", {}, ` ${pick(clauseOf(one).due)}${one.role === "requirement" ? "" : ` · ${t(one.role)}`}`)),
    word === "strictest" && less.length ? h("span", { class: "star" }, t("strictest")) : null,
    h("span", { class: `mark ${one.verdict}` }, h("i", { title: t(one.verdict) }, MARKS[one.verdict])));
  return h("div", { class: "compare" }, h("h3", {}, t("compare")), h("ul", {},
    most.map((one) => item(one, "strictest")), less.map((one) => item(one, "")),
    silent.map((one) => item(one, "no_figure"))));
}

function detail(row) {
  if (!row) return h("aside", { class: "detail empty no-print" }, h("p", { class: "hint" }, t("choose")));
  const clause = clauseOf(row), document = c.documents[row.document], via = c.vias[row.via];
  const people = c.columns.people_short[row.at], mine = clause.document === document.name;
  return h("aside", { class: "detail no-print", "aria-live": "polite" },
    h("header", {}, h("p", { class: "where" }, pathOf(unitOf(row))),
      h("h2", {}, titleOf(row)), verdictMark(row.verdict), star(row)),
    h("div", { class: "figures" }, [["current", figureOf(row, "current")], ["target", figureOf(row, "target")],
      ["gap", [h("span", {}, said(row, "gap"))]]].map(([word, what]) =>
      h("div", {}, h("small", {}, t(word)), h("b", {}, what)))),
    h("p", { class: "because" }, said(row, "because")),
    h("blockquote", {}, h("p", {}, `“${clause.quote}”`),
      h("cite", {}, `${clause.document} ${clause.article}`)),
    h("dl", {},
      ...entry("inheritance", badge(row.document), ` ${state.en ? via[2] : via[1]}${mine ? "" : `：${clause.document}`}`),
      ...entry("role", `${t(row.role)} · ${pick(clause.strength)}`),
      ...entry("due", pick(clause.due) || t("standing")),
      ...(pick(clause.where) ? entry("where", pick(clause.where)) : []),
      ...entry("measure", pick(clause.measure) + (clause.per ? `，${clause.per}` : "")),
      ...(people > 0 ? entry("short_people", `${number(people)} ${t("person")}`) : []),
      ...entry("reading", pick(clause.reading))),
    compared(row), h("p", { class: "id" }, clause.id));
}
