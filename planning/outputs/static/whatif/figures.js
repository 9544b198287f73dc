/* Figures in words, as `planning.standards.words` has them. */

import { ratioNumber, ratioOfDouble, ratioCompare } from "./fractions.js";

/** 12345 as 12,345. */
export const thousandsSaid = (whole) => String(whole).replace(/\B(?=(\d{3})+(?!\d))/g, ",");

/** A double with so many decimals, halves to the even digit. */
export function decimalsSaid(value, decimals) {
  const { n, d } = ratioOfDouble(Math.abs(value)), scaled = n * 10n ** BigInt(decimals);
  let whole = scaled / d;
  const rest = 2n * (scaled - whole * d);
  if (rest > d || (rest === d && whole % 2n === 1n)) whole += 1n;
  const digits = String(whole).padStart(decimals + 1, "0"), end = digits.length - decimals;
  const point = decimals ? `.${digits.slice(end)}` : "";
  return `${value < 0 ? "-" : ""}${digits.slice(0, end)}${point}`;
}

const shorn = (text) => text.replace(/0+$/, "").replace(/\.$/, "");

/** A figure with at most two decimals and thousands separators. */
export function plainFigure(r) {
  if (r.n % r.d === 0n) return thousandsSaid(r.n / r.d);
  const [whole, part] = decimalsSaid(ratioNumber(r), 2).split(".");
  return shorn(`${thousandsSaid(whole)}.${part}`);
}

/** At most two decimals and no separators. */
export const pointsSaid = (r) => shorn(decimalsSaid(ratioNumber(r), 2));

const percentOf = (r) => ratioNumber({ n: 100n * r.n, d: r.d });

/** A share with one decimal, or as many as tell it from a goal that it does not reach. */
export function percentSaid(r, unlike = null) {
  let text = "";
  for (const decimals of [1, 2, 4]) {
    text = `${decimalsSaid(percentOf(r), decimals)}%`;
    if (!unlike || ratioCompare(r, unlike) === 0) break;
    if (text !== `${decimalsSaid(percentOf(unlike), decimals)}%`) break;
  }
  return text;
}

const UNIT_SAID = {
  places: ["个托位", "places"], beds: ["张床位", "beds"], m2: ["平方米", "m²"],
  facilities: ["处", "facilities"], units: ["个单元", "units"], persons: ["人", "people"],
  areas: ["个居住区", "areas"], levels: ["级", "levels"],
};
const ONE_SAID = {
  places: "place", beds: "bed", facilities: "facility", units: "unit", people: "person",
  areas: "area", levels: "level",
};
const isOne = (r) => r.n === r.d;

/** A figure with its unit, [中文, English]. */
export function figureSaid(r, unit) {
  const [zh, en] = UNIT_SAID[unit];
  return [plainFigure(r) + zh, `${plainFigure(r)} ${(isOne(r) && ONE_SAID[en]) || en}`];
}

const AMOUNT_SAID = {
  places: [(n) => `${n}个托位`, "places"], beds: [(n) => `${n}张养老床位`, "beds"],
  nursing_beds: [(n) => `${n}张护理型床位`, "nursing beds"],
  floor_m2: [(n) => `建筑面积${n}平方米`, "m² of floor"],
  elder_floor_m2: [(n) => `养老用房${n}平方米`, "m² of elder-care rooms"],
  elder_land_m2: [(n) => `独立占地${n}平方米`, "m² of plots"],
  facilities: [(n) => `${n}处`, "facilities"],
};

/** So much of an amount, [中文, English]. */
export function amountSaid(amount, r) {
  const [zh, en] = AMOUNT_SAID[amount], said = plainFigure(r), words = en.split(" ");
  const last = words.pop();
  words.push((isOne(r) && ONE_SAID[last]) || last);
  return [zh(said), `${said} ${words.join(" ")}`];
}
