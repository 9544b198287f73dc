/* What stays short, why, and the least that would meet it; and what no site can be asked to meet. */

function relaxationsOf(row) {
  if (!row.relaxations.length) return h("span", { class: "quiet" }, t("no_relaxation"));
  return h("ul", { class: "ways" }, row.relaxations.map((one) => h("li", { "data-kind": one.kind }, pick(one.said),
    one.suffices ? null : h("small", {}, t("needed")), one.is_least ? null : h("small", {}, t("at_most")))));
}

/** Rows of one clause under one heading, a line for each unit. */
function byClause(rows, isPosed) {
  const groups = new Map();
  for (const row of rows) groups.set(row.clause, [...(groups.get(row.clause) || []), row]);
  const words = ["unit", "missing", "cause", ...(isPosed ? ["smallest"] : [])];
  return [...groups].map(([name, some]) => {
    const clause = clauseOf(name);
    return h("section", { class: "short" },
      h("h3", {}, pick(clause.title), h("small", {}, `${clause.document} ${clause.article}`), h("span", { class: "count" }, t("all_of", some.length))),
      clause.quote ? h("blockquote", {}, clause.quote) : null,
      h("table", {}, h("thead", {}, h("tr", {}, words.map((word) => h("th", { scope: "col" }, t(word))))),
        h("tbody", {}, some.map((row) => h("tr", {},
          h("td", { "data-word": t("unit") }, h("b", {}, row.unit), h("small", {}, t(row.level))),
          h("td", { class: "amount", "data-word": t("missing") }, amount(row.missing, row.amount, true)),
          h("td", { "data-word": t("cause") }, h("span", {}, pick(row.because)), h("small", {}, pick(row.found))),
          isPosed ? h("td", { "data-word": t("smallest") }, relaxationsOf(row)) : null)))));
  });
}
