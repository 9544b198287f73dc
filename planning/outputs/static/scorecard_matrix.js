/* Units × clauses, coloured by verdict; the sign in a cell says the same without colour. */

/** Columns are clauses of one document, in their order, those of one service side by side. */
function columnsOf(rows) {
  const found = new Map();
  for (const row of rows) {
    const key = `${row.document}/${row.clause}`;
    if (!found.has(key)) found.set(key, { key, document: row.document, clause: row.clause, cells: new Map() });
    found.get(key).cells.set(row.unit, row);
  }
  const group = (column) => (state.document < 0 ? column.document : SERVICE_ORDER.indexOf(c.clauses[column.clause].service));
  return [...found.values()].sort((a, b) => group(a) - group(b) || a.document - b.document || a.clause - b.clause);
}

const groupOf = (column) => (state.document < 0 ? c.documents[column.document].short
  : t(c.clauses[column.clause].service));

/** Neighbours of one group, as a heading over all of them. */
function groupsOf(columns) {
  const groups = [];
  for (const column of columns) {
    const name = groupOf(column), last = groups[groups.length - 1];
    if (last && last.name === name) last.n++; else groups.push({ name, n: 1 });
  }
  return groups;
}

function cell(row) {
  if (!row) return h("td", { class: "blank" });
  const words = `${nameOf(unitOf(row))}：${titleOf(row)}，${t(row.verdict)}`;
  const classes = ["cell", row.verdict, row.role, isStrictest(row) ? "strictest" : "",
    row === state.row ? "chosen" : ""].filter(Boolean).join(" ");
  return h("td", { class: classes, "data-row": row.at, tabindex: row === state.row ? 0 : -1,
    "aria-label": words, title: words }, MARKS[row.verdict]);
}

/** The matrix; none where there is one unit, of which the card below says everything. */
function matrix(rows) {
  const units = [...new Set(rows.map((row) => row.unit))].sort((a, b) => a - b);
  if (units.length < 2) return null;
  const columns = columnsOf(rows);
  const heads = columns.map((column, i) => h("th", { scope: "col", "data-column": column.key,
    class: [column.key === state.column ? "chosen" : "", i && groupOf(columns[i - 1]) !== groupOf(column) ? "first" : ""].join(" "),
    title: pick(c.clauses[column.clause].title) },
  h("button", { type: "button" }, shortened(pick(c.clauses[column.clause].title), state.en ? 26 : 14))));
  const body = units.map((unit) => h("tr", {},
    h("th", { scope: "row", class: unit === state.unit ? "chosen" : "", "data-unit": unit, title: pathOf(c.units[unit]) },
      h("button", { type: "button" }, nameOf(c.units[unit]))),
    columns.map((column) => cell(column.cells.get(unit)))));
  const wide = h("table", { class: "matrix" }, h("thead", {},
    h("tr", { class: "groups" }, h("td", {}), groupsOf(columns).map((group) =>
      h("th", { colspan: group.n, scope: "colgroup" }, group.name))),
    h("tr", {}, h("td", { class: "corner" }, `${units.length} × ${columns.length}`), heads)),
  h("tbody", {}, body));
  wide.addEventListener("click", choose);
  wide.addEventListener("keydown", step);
  document.body.dataset.cells = rows.length;
  return h("section", { class: "sheet", "aria-label": t("matrix") },
    h("p", { class: "hint no-print" }, t("matrix")), h("div", { class: "scroll" }, wide));
}

function choose(event) {
  const at = event.target.closest("[data-row], [data-unit], [data-column]");
  if (!at) return;
  if (at.dataset.row) select(c.rows[Number(at.dataset.row)]);
  else if (at.dataset.unit) { state.unit = Number(at.dataset.unit); state.column = ""; show(); }
  else { state.column = at.dataset.column; show(); }
}

/** Arrow keys walk from cell to cell, Enter opens one. */
function step(event) {
  const here = event.target.closest("td[data-row]");
  if (!here) return;
  if (event.key === "Enter" || event.key === " ") { event.preventDefault(); select(c.rows[Number(here.dataset.row)]); return; }
  const [down, right] = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] }[event.key] || [0, 0];
  if (!down && !right) return;
  event.preventDefault();
  let tr = here.parentElement, i = here.cellIndex;
  do {
    i += right;
    tr = down > 0 ? tr.nextElementSibling : down < 0 ? tr.previousElementSibling : tr;
  } while (tr && tr.cells[i] && !tr.cells[i].dataset.row && i > 0);
  if (tr && tr.cells[i] && tr.cells[i].dataset.row) {
    here.tabIndex = -1;
    tr.cells[i].tabIndex = 0;
    tr.cells[i].focus();
  }
}
