/* Numbers as a planner reads them; rounded as the tables of the run are. */

import { speaking, unitWord } from "./whatif_words.js";

/** Halves go to the even side, as Python's do: tables and page must print one figure. */
function wholeNumber(value) {
  const near = Math.round(value);
  return value % 1 === 0.5 && near % 2 ? near - 1 : near;
}

/** One decimal; a double is a true half of a tenth only where it is an odd number of quarters. */
const toTenths = (value) => ((value * 4) % 2 === 1 ? wholeNumber(value * 10) / 10
  : value).toFixed(1);

/** Thousands separated, few decimals, a dash where absent. */
export function figure(value, decimals) {
  if (value === null || value === undefined || Number.isNaN(value)) return "—";
  const places = decimals !== undefined ? decimals : Number.isInteger(value) ? 0 : 2;
  let text = places === 1 ? toTenths(value) : places ? value.toFixed(places)
    : String(wholeNumber(value));
  if (places && decimals === undefined) text = text.replace(/\.?0+$/, "");
  if (Number(text) === 0 && value !== 0) text = value.toPrecision(2);
  const [digits, rest] = text.split(".");
  return digits.replace("-", "−").replace(/\B(?=(\d{3})+$)/g, ",") + (rest ? `.${rest}` : "");
}

/** A change with its sign; none is ±0. */
export const withSign = (value, decimals) =>
  (value > 0 ? "+" : value === 0 ? "±" : "") + figure(value, decimals);

/** Part of a whole in per cent; a dash where there is no whole. */
export const percent = (part, all) => (all > 0 ? `${toTenths((part / all) * 100)}%` : "—");

/** Yuan as 万元, one decimal. */
export const wanOf = (yuan) => figure(yuan / 10000, 1);

/** A figure of a finding as a number: exact fractions come as [numerator, denominator]. */
export function plainly(value) {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return Number(value[0]) / Number(value[1]);
  return typeof value === "bigint" ? Number(value) : value;
}

/** A figure of a finding with its unit; a share is a percentage, a gap of shares points. */
export function amountText(value, unit, isGap) {
  const number = plainly(value);
  if (number === null || Number.isNaN(number)) return "—";
  if (unit !== "share") return figure(number) + unitWord(unit);
  return isGap ? toTenths(number * 100) + (speaking.en ? " points" : " 个百分点")
    : `${toTenths(number * 100)}%`;
}

/** A text cut after so many characters. */
export function cutText(text, most) {
  const signs = Array.from(String(text));
  return signs.length > most ? `${signs.slice(0, most).join("")}…` : signs.join("");
}
