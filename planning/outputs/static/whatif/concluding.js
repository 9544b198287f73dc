/* From what was found to a verdict, what is missing, and the sentence that says so. */

import { figureSaid, pointsSaid, thousandsSaid } from "./figures.js";
import {
  NO_RATIO, ratio, ratioCeil, ratioCompare, ratioMinus, ratioMost, ratioOver, ratioTimes,
} from "./fractions.js";

/** Whether the measured, {low, high}, is as required; what is unknown decides nothing. */
export function heldAgainst({ low, high }, sign, required) {
  const least = ratioCompare(low, required), most = high && ratioCompare(high, required);
  const isBelow = (limit) => high !== null && most < limit;
  let isSure, isLost;
  if (sign === ">=") [isSure, isLost] = [least >= 0, isBelow(0)];
  else if (sign === ">") [isSure, isLost] = [least > 0, isBelow(1)];
  else if (sign === "<=") [isSure, isLost] = [isBelow(1), least > 0];
  else if (sign === "<") [isSure, isLost] = [isBelow(0), least >= 0];
  else [isSure, isLost] = [least === 0 && most === 0 && high !== null, least > 0 || isBelow(0)];
  return isSure ? "met" : isLost ? "not_met" : "not_assessable";
}

/** Why a clause asks nothing of so few people, [中文, English]; null where it does. */
export function saidOfPeople({ people_min: least, people_over: over }, persons) {
  const n = thousandsSaid(persons);
  if (least && ratioCompare(ratio(persons), ratio(...least)) < 0) {
    const said = thousandsSaid(least[0]);
    return [`${n}人，不足${said}人`, `${n} people, under ${said}`];
  }
  if (over && ratioCompare(ratio(persons), ratio(...over)) <= 0) {
    const said = thousandsSaid(over[0]);
    return [`${n}人，未超过${said}人`, `${n} people, not over ${said}`];
  }
  return null;
}

export function verdictOf(clause, row, outcome) {
  if (clause.strength === "info" || row.part) return "not_assessable";
  if (outcome.isUnanswered || !outcome.required) return "not_assessable";
  return heldAgainst(outcome, clause.sign, outcome.required);
}

/** What is missing, or too much; null where there is no verdict. */
export function missingOf(clause, outcome, verdict) {
  if (outcome.isUnanswered || !outcome.required || verdict === "not_assessable") return null;
  if (verdict === "met") return NO_RATIO;
  const missing = ratioMinus(outcome.required, outcome.low), over = { n: -missing.n, d: missing.d };
  if (clause.sign === ">=" || clause.sign === ">") return ratioMost(NO_RATIO, missing);
  return clause.sign === "=" && over.n < 0n ? missing : ratioMost(NO_RATIO, over);
}

/** The people left without; null where there is no verdict. */
export function shortOf(outcome, missing) {
  if (missing === null) return null;
  if (missing.n === 0n || !outcome.people) return 0;
  const { perPerson } = outcome;
  if (!perPerson) return outcome.people;
  if (perPerson.n === 0n) return 0;
  const without = ratioCeil(ratioOver(missing, perPerson));
  return without < BigInt(outcome.people) ? Number(without) : outcome.people;
}

// ---- the sentence ------------------------------------------------------------------------------

/** What was found, and how much is missing, [中文, English]. */
export function becauseOf(clause, row, outcome, verdict, missing, short) {
  const said = [outcome.zh, outcome.en];
  const both = (zh, en) => [said[0] + zh, said[1] + en];
  if (verdict === "not_met" && missing !== null) {
    return both(...lackSaid(clause, outcome, missing, short));
  }
  if (outcome.isUnanswered) return said;
  if (row.part) {
    const [zh, en] = clause.total_of;
    return both(
      `（总量属${zh}一级，此处只列其中的数量）`, ` (a total of ${en}, here only its part)`);
  }
  if (clause.strength === "info") {
    return both("（背景数据，不判达标）", " (background, not scored)");
  }
  if (outcome.required) return said;
  if (clause.set_by) {
    return both(`；无本地数值，由${clause.set_by}另定`, "; no local value, it is set locally");
  }
  if (clause.is_borrowed) {
    return both("；文件未定时限和合格线，时限为借用",
      "; the document prints neither limit nor pass mark, the limit is borrowed");
  }
  if (clause.kind === "travel_time_coverage") {
    return both("；文件未定合格线", "; the document prints no pass mark");
  }
  return both("；文件未定数值", "; the document prints no figure");
}

function lackSaid({ operator }, outcome, missing, short) {
  const isTooMuch = ratioCompare(outcome.low, outcome.required) > 0;
  const isKnown = outcome.high !== null && ratioCompare(outcome.low, outcome.high) === 0;
  const [upZh, upEn] = isKnown ? ["", ""]
    : isTooMuch ? ["至少", "at least "] : ["至多", "at most "];
  if (outcome.unit === "share" && outcome.perPerson) {
    const n = thousandsSaid(short);
    return [`，${upZh}差${n}人`, `, ${upEn}${n} short`];
  }
  if (outcome.unit === "share") {
    const points = pointsSaid(ratioTimes(missing, ratio(100)));
    return [`，${upZh}差${points}个百分点`, `, ${upEn}${points} points off`];
  }
  if (missing.n === 0n && operator === "<") {
    return ["，须低于而未低于", ", to stay below and does not"];
  }
  if (missing.n === 0n) return ["，须超过而未超过", ", to be passed and is not"];
  const [zh, en] = figureSaid(missing, outcome.unit);
  if (isTooMuch) return [`，${upZh}超出${zh}`, `, ${upEn}${en} too many`];
  return [`，${upZh}缺${zh}`, `, ${upEn}${en} short`];
}
