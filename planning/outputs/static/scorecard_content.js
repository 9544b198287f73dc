/* What the page carries, made ready: lines as objects, texts put together when they are read. */

const LEVEL_ORDER = ["province", "city", "county", "street", "community", "residential_area", ""];

const SERVICE_ORDER = ["elder_care", "meals", "nursery", "both", "health", "other"];

/** Text number `at`: its pattern with the figures in the holes; "" where there is none. */
function textOf(at) {
  if (at < 0) return "";
  const [pattern, ...figures] = c.texts[at].split("|");
  let next = 0;
  return figures.length ? c.patterns[pattern].replace(/¤/g, () => figures[next++]) : c.patterns[pattern];
}

const said = (row, name) => textOf(c.columns[`${name}_${state.en ? "en" : "zh"}`][row.at]);
const pick = (pair) => pair[state.en ? 1 : 0];
const clauseOf = (row) => c.clauses[row.clause];
const unitOf = (row) => c.units[row.unit];
const titleOf = (row) => pick(clauseOf(row).title);
const nameOf = (unit) => unit.name || (unit.id ? unit.id : t("no_units"));
const levelName = (level) => (level ? t(level) : t("no_level"));
const isStrictest = (row) => row.rank === "only" || row.rank === "equal";

function readCards() {
  const content = JSON.parse(document.getElementById("scorecard-content").textContent);
  const of = content.columns;
  content.rows = of.document.map((document, at) => ({
    at, document, clause: of.clause[at], unit: of.unit[at], compared: of.compared[at],
    verdict: content.verdicts[of.verdict[at]], role: content.roles[of.role[at]],
    rank: content.ranks[of.rank[at]], via: of.via[at],
  }));
  const found = new Set(content.rows.map((row) => content.units[row.unit].level));
  content.levels = LEVEL_ORDER.filter((level) => found.has(level));
  return content;
}

/** The lines of the document and level chosen, of the roles chosen; of every verdict. */
function rowsAsked(document = state.document, level = state.level) {
  return c.rows.filter((row) => (document < 0 || row.document === document) &&
    unitOf(row).level === level && state.roles[row.role] && (!state.only || isStrictest(row)));
}

/** These, of the verdicts chosen. */
const rowsShown = () => rowsAsked().filter((row) => state.verdicts[row.verdict]);

function countsOf(rows) {
  const counts = Object.fromEntries(c.verdicts.map((verdict) => [verdict, 0]));
  for (const row of rows) counts[row.verdict]++;
  return counts;
}

/** What a document asks, over all levels: requirements and what is striven for. */
const countsOfDocument = (document) => countsOf(c.rows.filter((row) =>
  (document < 0 || row.document === document) && (row.role === "requirement" || row.role === "goal")));

/** What is asked most firmly, is not met and leaves most people without; else the first line. */
function worstOf(rows) {
  const weight = (row) => [row.verdict === "not_met" ? 1 : 0, -c.roles.indexOf(row.role), c.columns.people_short[row.at]];
  const isWorse = (a, b) => { for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i] > b[i]; return false; };
  return rows.reduce((worst, row) => (worst && !isWorse(weight(row), weight(worst)) ? worst : row), null);
}

/** Where a unit lies, the largest first. */
const pathOf = (unit) => [...unit.in.map((at) => c.units[at]), unit].map(nameOf).join(" ▸ ");
