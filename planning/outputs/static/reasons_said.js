/* How the page says money, people, clauses: the same everywhere. */

const pick = (pair) => pair[state.en ? 1 : 0];

/** Yuan as a planner reads them: in Chinese in ten thousands. */
const money = (yuan) => (yuan === null || yuan === undefined ? "—" : state.en ? `${number(whole(yuan))} yuan`
  : `${number(yuan / 10000, Math.abs(yuan) < 10000 ? 2 : 1)} ${t("wan")}`);

/** People to be counted by the whole one; less than half a one is still somebody. */
const heads = (count) => (count > 0 && count < 0.5 ? "<1" : number(whole(count)));
const people = (count) => `${heads(count)} ${state.en && heads(count) === "1" ? "person" : t("person")}`;
const groupOf = (name) => (GROUPS[name] ? pick(GROUPS[name]) : name);
const serviceOf = (name) => c.services[name] || name;
const kindOf = (one) => (one.module === one.service ? serviceOf(one.service) : one.module);

/** Several words put into a text. */
const filled = (key, ...values) => values.reduce((text, value, at) => text.replace(`{${at}}`, value), pick(WORDS[key]));

/** What a module holds, in a few words. */
function holds(one) {
  return [one.places ? amount(one.places, "places") : "", one.beds ? amount(one.beds, "beds") : "",
    amount(one.floor_m2, "m2")].filter(Boolean).join(state.en ? ", " : "，");
}

const clauseOf = (name) => c.clauses[name] || { document: "", article: "", quote: "", title: [name, name] };

/** Lines of one clause together: what is said of each unit, then its title, article and words.
    Words that are `quoted` already in the same card are not said again. */
function cited(lines, quoted, mark) {
  const groups = new Map();
  for (const line of lines) groups.set(line.clause, [...(groups.get(line.clause) || []), line]);
  return h("ul", { class: "cited" }, [...groups].map(([name, some]) => {
    const clause = clauseOf(name), isNew = clause.quote && !quoted.has(name);
    quoted.add(name);
    return h("li", {}, h("p", { class: "said" }, some.map((line, at) => [
      at ? h("span", { class: "and" }, state.en ? "; " : "；") : null, h("span", {}, pick(line.said)),
      mark ? mark(line) : null]).flat()),
    h("p", { class: "clause" }, h("b", {}, pick(clause.title)), ` ${clause.document} ${clause.article}`,
      isNew ? h("q", {}, clause.quote) : null));
  }));
}
