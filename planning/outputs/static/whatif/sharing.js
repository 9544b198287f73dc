/* Shares: of an amount in another, and of facilities; as in planning.standards.measures. */

import {
  heldAsked, isKnownWhole, isListedWhole, isPartlyListed, onlyOf, unanswered,
} from "./asking.js";
import { amountSaid, percentSaid, plainFigure } from "./figures.js";
import {
  NO_RATIO, ratio, ratioLeast, ratioMost, ratioOver,
} from "./fractions.js";

const ALL_OF_IT = ratio(1);

/** part / whole between bounds; null where the whole may be nothing. */
function shareBetween(part, whole) {
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
  const found = shareBetween(part, whole);
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
  const found = shareBetween(part, whole), what = ledger.choices[ask.which];
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
