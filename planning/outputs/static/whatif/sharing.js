/* Shares: of an amount in another, of facilities, of units; as in planning.standards.measures. */

import {
  heldAsked, isKnownWhole, isListedWhole, isPartlyListed, onlyOf, rangeAt, unanswered, unlisted,
} from "./asking.js";
import { amountSaid, percentSaid, plainFigure } from "./figures.js";
import {
  NO_RATIO, ratio, ratioLeast, ratioMost, ratioOfPair, ratioOver, ratioTimes,
} from "./fractions.js";
import { heldAgainst, saidOfPeople } from "./concluding.js";
import { wholeBound } from "./measuring.js";

const ALL_OF_IT = ratio(1);

/** part / whole between bounds; null where the whole may be nothing. */
function shareOf(part, whole) {
  if (whole.low.n === 0n) return null;
  const low = whole.high ? ratioOver(part.low, whole.high) : NO_RATIO;
  const high = part.high ? ratioLeast(ALL_OF_IT, ratioOver(part.high, whole.low)) : ALL_OF_IT;
  return { low, high: ratioMost(low, high) };
}

export function shareOfCapacity(one) {
  const { clause: { ask }, ledger } = one, whole = heldAsked(one, ask.which, ask.amount);
  if (whole.isUnanswered) return whole;
  const part = heldAsked(one, ask.part, ask.part_amount);
  if (part.isUnanswered) return part;
  const found = shareOf(part, whole);
  if (!found) {
    const [zh, en] = whole.unclear
      ? ["总量不详", "of an unknown total"] : ["总量为0", "of nothing"];
    return unanswered(`${zh}，比例无从计算`, `a share ${en}`);
  }
  const [wholeZh, wholeEn] = amountSaid(ask.amount, whole.low);
  const [partZh, partEn] = amountSaid(ask.part_amount, part.low);
  const what = ask.names_part ? ledger.choices[ask.part] : { zh: "", en: "" };
  return againstShare(one.clause, found, `${wholeZh}中${what.zh}${partZh}`,
    `${what.en} ${partEn} of ${wholeEn}`.trim(), Math.max(part.unclear, whole.unclear));
}

export function shareOfFacilities(one) {
  const { clause: { ask }, ledger, level, at } = one;
  const whole = heldAsked(one, ask.which, "facilities");
  if (whole.isUnanswered) return whole;
  const isPartOpen = !isListedWhole(one, ask.part);
  const both = ledger.both(level, ask.which, ask.part, isPartOpen, onlyOf(one));
  const low = ratio(both.sure[at]), most = both.most[at];
  const part = { low, high: isPartlyListed(one, ask.which) ? null : ratio(most) };
  const found = shareOf(part, whole), what = ledger.choices[ask.which];
  if (!found) return ofNoFacility(whole, what);
  const of = ledger.choices[ask.part], n = plainFigure(low), all = plainFigure(whole.low);
  return againstShare(one.clause, found, `${all}处${what.zh}中${n}处为${of.zh}`,
    `${n} of ${all} (${what.en}) are ${of.en}`, whole.unclear + most - both.sure[at]);
}

function ofNoFacility(whole, what) {
  if (whole.unclear) {
    return unanswered(`${what.zh}：${whole.unclear}处不详，比例无从计算`,
      `of ${whole.unclear} it is not known whether they are ${what.en}`);
  }
  return unanswered(`没有${what.zh}，比例无从计算`, `there is no ${what.en} to take a share of`);
}

function againstShare({ value }, found, saidZh, saidEn, unclear) {
  const required = value && ratioOver(value, ratio(100));
  let zh = saidZh, en = saidEn;
  if (isKnownWhole(found)) {
    const share = percentSaid(found.low, required);
    [zh, en] = [`${zh}，占${share}`, `${en}: ${share}`];
  } else {
    const span = `${percentSaid(found.low)}—${percentSaid(found.high)}`;
    if (unclear) {
      [zh, en] = [`${zh}，另有${unclear}处不详，占${span}`, `${en}, ${unclear} not known: ${span}`];
    } else {
      zh = `${zh}，台账不含其中部分类别的设施，占${span}`;
      en = `${en}, of some of the kinds the register lists none: ${span}`;
    }
  }
  if (required) {
    zh += `；标准${percentSaid(required)}`;
    en += `; the standard is ${percentSaid(required)}`;
  }
  return { zh, en, unit: "share", ...found, required, people: 0 };
}

// ---- units -------------------------------------------------------------------------------------

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

