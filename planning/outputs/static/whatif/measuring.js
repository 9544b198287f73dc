/* Amounts in a unit against what is asked for: as the modules of planning.standards.measures.

   A measure gets {clause, level, at, row, ledger}, and answers {zh, en, unit, low, high, required,
   people, perPerson}: exact fractions, `high` null where nobody knows, `required` null where no
   figure is printed. */

import {
  heldAsked, isKnownWhole, personsAsked, thereSaid, whoSaid,
} from "./asking.js";
import { amountSaid, percentSaid, plainFigure, thousandsSaid } from "./figures.js";
import {
  ratio, ratioCeil, ratioFloor, ratioOfPair, ratioOver, ratioPlus, ratioTimes,
} from "./fractions.js";

const UNIT_OF = {
  places: "places", beds: "beds", nursing_beds: "beds", floor_m2: "m2", elder_floor_m2: "m2",
  elder_land_m2: "m2", facilities: "facilities",
};
const isDownward = (operator) => operator === ">" || operator === "<=";

/** The whole number that decides for whole things. */
export function wholeBound(figure, operator) {
  return ratio(isDownward(operator) ? ratioFloor(figure) : ratioCeil(figure));
}

export function perThousand(one) {
  const { ask, value, operator } = one.clause, persons = personsAsked(one, ask.group);
  if (persons.isUnanswered) return persons;
  const held = heldAsked(one, ask.which, ask.amount);
  if (held.isUnanswered) return held;
  const [whoZh, whoEn] = whoSaid(one, ask.group, persons);
  const [thereZh, thereEn] = thereSaid(held, ask.amount), unit = UNIT_OF[ask.amount];
  if (!value) {
    const rate = plainFigure(ratioOver(ratioTimes(ratio(1000), held.low), ratio(persons)));
    return { zh: `${whoZh}，${thereZh}，每千人${rate}`,
      en: `${whoEn}; ${thereEn}: ${rate} per 1,000`, unit, ...held, required: null, people: 0 };
  }
  const asked = ratioTimes(value, ratio(persons, 1000));
  const required = unit === "m2" ? asked : wholeBound(asked, operator);
  const [zh, en] = amountSaid(ask.amount, required);
  const [roundZh, roundEn] = unit === "m2" ? ["", ""]
    : isDownward(operator) ? ["舍尾", ", rounded down"] : ["进位", ", rounded up"];
  const figure = plainFigure(value);
  return {
    zh: `${whoZh}×${figure}/千人，${roundZh}需${zh}，${thereZh}`,
    en: `${whoEn} × ${figure} per 1,000${roundEn}: ${en}; ${thereEn}`,
    unit, ...held, required, people: persons, perPerson: ratioOver(value, ratio(1000)),
  };
}

export function landPerResident(one) {
  const { ask, value } = one.clause, persons = personsAsked(one, ask.group);
  if (persons.isUnanswered) return persons;
  const own = heldAsked(one, ask.which, "elder_land_m2");
  if (own.isUnanswered) return own;
  const shared = sharedLand(one), land = ask.counts_both ? together(own, shared) : own;
  const [whoZh, whoEn] = whoSaid(one, ask.group, persons);
  const [thereZh, thereEn] = landSaid(own, shared, ask.counts_both);
  if (!value) {
    const each = plainFigure(ratioOver(land.low, ratio(persons)));
    return { zh: `${whoZh}，${thereZh}，人均${each}平方米`,
      en: `${whoEn}; ${thereEn}`, unit: "m2", ...land, required: null, people: 0 };
  }
  const required = ratioTimes(value, ratio(persons));
  return {
    zh: `${whoZh}×${plainFigure(value)}平方米，需${plainFigure(required)}平方米，${thereZh}`,
    en: `${whoEn} × ${plainFigure(value)} m²: ${plainFigure(required)} m² needed; ${thereEn}`,
    unit: "m2", ...land, required, people: persons, perPerson: value,
  };
}

function sharedLand({ clause, level, at, ledger }) {
  const only = clause.only[level] ?? [], table = ledger.shared(level, clause.ask.which, only);
  const exact = (text) => text && ratioOfPair(text.split("/"));
  return { low: exact(table.low[at]), high: exact(table.high[at]) };
}

function together(own, more) {
  const high = own.high && more.high ? ratioPlus(own.high, more.high) : null;
  return { ...own, low: ratioPlus(own.low, more.low), high };
}

function landSaid(own, shared, countsBoth) {
  const [zh, en] = thereSaid(own, "elder_land_m2"), isKnown = isKnownWhole(shared);
  if (isKnown && shared.low.n === 0n) return [zh, en];
  const more = plainFigure(shared.low) + (isKnown ? "" : "+");
  return [`${zh}，另按容积率分摊${more}平方米${countsBoth ? "" : "（不计）"}`,
    `${en}, ${more} m² apportioned${countsBoth ? "" : " (not counted)"}`];
}

export function floorPer100Households(one) {
  const { clause: { ask, value }, row, ledger, level, at } = one;
  if (row.households === null && !ledger.counting.hasGroup("households")) {
    return { zh: "户数未知", en: "the number of households is not known", unit: "figure",
      isUnanswered: true };
  }
  const households = row.households ?? ledger.persons(level, "households")[at];
  if (!households) {
    return { zh: "无住户，不评估", en: "no households, not assessed", unit: "figure",
      isUnanswered: true };
  }
  const held = heldAsked(one, ask.which, "elder_floor_m2");
  if (held.isUnanswered) return held;
  const [thereZh, thereEn] = thereSaid(held, "elder_floor_m2"), n = thousandsSaid(households);
  if (!value) {
    return { zh: `${n}户，${thereZh}`, en: `${n} households; ${thereEn}`, unit: "m2", ...held,
      required: null, people: 0 };
  }
  const required = ratioTimes(value, ratio(households, 100)), figure = plainFigure(value);
  return {
    zh: `${n}户×${figure}平方米/百户，需${plainFigure(required)}平方米，${thereZh}`,
    en: `${n} households × ${figure} m² per 100: ${plainFigure(required)} m² needed; ${thereEn}`,
    unit: "m2", ...held, required, people: 0,
  };
}

/** Qualifying facilities in a unit: presence where people live, a plain count anywhere. */
export function facilitiesThere(one) {
  const { clause: { ask, value, kind, strength, of_year }, row, ledger, level, at } = one;
  const persons = row.planned ?? ledger.persons(level, "total")[at];
  if (kind === "presence" && !persons) {
    return { zh: "无居民，不评估", en: "nobody lives there, not assessed", unit: "figure",
      isUnanswered: true };
  }
  const held = heldAsked(one, ask.which, "facilities");
  if (held.isUnanswered) return held;
  let [zh, en] = facilitiesSaid(ledger.choices[ask.which], held, value, strength);
  if (of_year !== null) [zh, en] = [`${of_year}年：${zh}`, `in ${of_year}: ${en}`];
  return { zh, en, unit: "facilities", ...held, required: value,
    people: held.low.n === 0n ? persons : 0 };
}

function facilitiesSaid(choice, held, value, strength) {
  const [thereZh, thereEn] = thereSaid(held, "facilities");
  if (!value) return [`${choice.zh}：${thereZh}`, `${choice.en}: ${thereEn}`];
  const figure = plainFigure(value);
  if (strength === "info") {
    return [`${choice.zh}：${thereZh}；文件所载${figure}处`,
      `${choice.en}: ${thereEn}; the document tells of ${figure}`];
  }
  return [`需${choice.zh}${figure}处，${thereZh}`, `${figure} needed (${choice.en}); ${thereEn}`];
}

export function totalThere(one) {
  const { clause: { ask, value, strength }, ledger } = one, choice = ledger.choices[ask.which];
  const held = heldAsked(one, ask.which, ask.amount);
  if (held.isUnanswered) return held;
  const [thereZh, thereEn] = thereSaid(held, ask.amount);
  let zh = `${choice.zh}：${thereZh}`, en = `${choice.en}: ${thereEn}`;
  if (value) {
    const [needZh, needEn] = amountSaid(ask.amount, value), isTold = strength === "info";
    zh += `；${isTold ? "文件所载" : "需"}${needZh}`;
    en += `; ${needEn} ${isTold ? "told of by the document" : "required"}`;
  }
  return { zh, en, unit: UNIT_OF[ask.amount], ...held, required: value, people: 0 };
}

/** The people of a group, and their share of all. */
export function peopleThere(one) {
  const { clause: { ask, value }, ledger, level, at } = one, persons = personsAsked(one, ask.group);
  if (persons.isUnanswered) return persons;
  const [whoZh, whoEn] = whoSaid(one, ask.group, persons), [yearZh, yearEn] = yearSaid(ledger);
  let zh = `${yearZh}：${whoZh}`, en = `${yearEn}: ${whoEn}`;
  if (ask.group !== "total") {
    const of = ledger.persons(level, "total")[at];
    const share = of ? percentSaid(ratio(persons, of)) : "–";
    [zh, en] = [`${zh}，占${share}`, `${en}, ${share}`];
  }
  if (value) {
    const printed = thousandsSaid(ratioFloor(value));
    [zh, en] = [`${zh}；文件所印${printed}人`, `${en}; the document prints ${printed}`];
  }
  const found = ratio(persons);
  return { zh, en, unit: "persons", low: found, high: found, required: value, people: 0 };
}

/** Of which year people are, and whether those of planned areas are among them. */
function yearSaid(ledger) {
  const [zh, en] = ledger.judged.of_year;
  if (!ledger.counting.isPlanned()) return [zh, en];
  return [`${zh}，另加规划居住区`, `${en}, and those of planned areas`];
}
