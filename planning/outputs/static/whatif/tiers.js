/* Lower units that hold enough: a share of them, and tiers of them that are complete. */

import { rangeAt, unanswered, unlisted } from "./asking.js";
import { heldAgainst, saidOfPeople } from "./concluding.js";
import { amountSaid, plainFigure } from "./figures.js";
import { ratio, ratioOfPair, ratioTimes } from "./fractions.js";
import { wholeBound } from "./measuring.js";

export function shareOfUnits(one) {
  const { clause: { ask, value, operator }, ledger } = one;
  const rows = unitsAsked(one);
  if (rows.isUnanswered) return rows;
  const holds = rangesOf(one), atLeast = ratioOfPair(ask.at_least);
  const verdicts = rows.map((row) => heldAgainst(holds(row), ">=", atLeast));
  const low = verdicts.filter((verdict) => verdict === "met").length;
  const high = low + verdicts.filter((verdict) => verdict === "not_assessable").length;
  let [zh, en] = unitsSaid(one, rows.length, low, high);
  const found = { low: ratio(low), high: ratio(high), unit: "units" };
  if (!value) return { zh, en, ...found, required: null, people: 0 };
  const required = wholeBound(ratioTimes(value, ratio(rows.length, 100)), operator);
  zh += `；${plainFigure(value)}%即需${required.n}个`;
  en += `; ${plainFigure(value)} % is ${required.n}`;
  const persons = ledger.persons(ask.of_level, "total", true);
  const people = rows.reduce(
    (sum, row, i) => sum + (verdicts[i] === "not_met" ? persons[row] : 0), 0);
  return { zh, en, ...found, required, people };
}

function unitsSaid({ clause: { ask }, ledger }, n, low, high) {
  const [eachZh, eachEn] = amountSaid(ask.amount, ratioOfPair(ask.at_least));
  const { zh, en } = ledger.choices[ask.which], said = low === high ? `${low}` : `${low}—${high}`;
  const limit = ask.limit_min && plainFigure(ratioOfPair(ask.limit_min));
  const byZh = limit ? `（半数以上居民步行${limit}分钟内可及）` : "";
  const byEn = limit ? `, half of the people within ${limit} min on foot` : "";
  return [`${n}个${ask.level_zh}中${said}个有${zh}${eachZh}及以上${byZh}`,
    `${said} of ${n} ${ask.level_en} have ${eachEn} or more (${en})${byEn}`];
}

/** The lower units that a share is of: lived in, and as the clause has them; or why none. */
function unitsAsked(one) {
  const { clause: { ask }, level, at, ledger } = one, unlistedWhy = unlisted(one, ask.which);
  if (unlistedWhy) return unlistedWhy;
  if (!ledger.nUnits(ask.of_level)) {
    return unanswered(`研究没有${ask.level_zh}一级的单元`, `the study has no ${ask.level_en}`);
  }
  const inside = ledger.judged.inside[ask.of_level][level] ?? [];
  const persons = ledger.persons(ask.of_level, "total", true);
  const rows = [], unsaid = [];
  for (let row = 0; row < inside.length; row++) {
    if (inside[row] !== at || !persons[row] || ask.applies[row] === 1) continue;
    if (saidOfPeople(ask, persons[row])) continue;
    (ask.applies[row] === 2 ? unsaid : rows).push(row);
  }
  if (unsaid.length) {
    const [zh, en] = ledger.judged.texts[ask.why[unsaid[0]]], n = unsaid.length;
    return unanswered(`${n}个${ask.level_zh}：${zh}`, `${n} ${ask.level_en}: ${en}`);
  }
  if (rows.length) return rows;
  return unanswered(`没有适用的${ask.level_zh}（或均无居民）`,
    `no ${ask.level_en} it applies to, or nobody lives there`);
}

/** What each lower unit holds; where one is walked to, 1 where half of its people reach it. */
function rangesOf(one) {
  const { clause: { ask }, ledger } = one;
  if (ask.walked < 0) {
    const table = ledger.held(ask.of_level, ask.which, ask.amount, [], true);
    return (row) => rangeAt(one, table, row, ask.which, ask.amount);
  }
  const persons = ledger.persons(ask.of_level, "total", true);
  const [sure, most] = [0, 1].map((atMost) => ledger.within(
    ask.of_level, "total", [[ask.walked, Boolean(atMost)]], ask.limit_ms, [], true));
  const half = (covered, row) => ratio(2 * covered[row] >= persons[row] ? 1 : 0);
  return (row) => ({ low: half(sure, row), high: half(most, row) });
}

// ---- tiers -------------------------------------------------------------------------------------

/** Tiers whose every unit has its facility; one of which nothing can be told is left open. */
export function tiersComplete(one) {
  const { clause: { ask, value } } = one, found = ask.tiers.map((tier) => tierOf(one, tier));
  const zh = found.map((tier) => tier.zh).join("；"), en = found.map((tier) => tier.en).join("; ");
  const complete = found.filter((tier) => tier.isComplete).length;
  const open = found.filter((tier) => tier.isOpen).length;
  if (open === found.length) return unanswered(zh, en);
  return { zh, en, unit: "levels", low: ratio(complete), high: ratio(complete + open),
    required: value, people: 0 };
}

function tierOf(one, tier) {
  const zh = `${tier.level_zh}（${tier.what_zh}）`, en = `${tier.level_en} (${tier.what_en})`;
  const rows = unitsAsked({ ...one, clause: { ask: tier } });
  if (rows.isUnanswered) return { zh: `${zh}：${rows.zh}`, en: `${en}: ${rows.en}`, isOpen: true };
  const table = one.ledger.held(tier.of_level, tier.which, "facilities", [], true);
  const verdicts = rows.map((row) => (
    heldAgainst(rangeAt(one, table, row, tier.which, "facilities"), ">=", ratio(1))));
  const met = verdicts.filter((verdict) => verdict === "met").length;
  return {
    zh: `${zh}${met}/${rows.length}`, en: `${en} ${met}/${rows.length}`,
    isComplete: met === rows.length, isOpen: met < rows.length && !verdicts.includes("not_met"),
  };
}
