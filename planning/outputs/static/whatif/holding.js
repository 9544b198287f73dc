/* What the facilities of every unit hold, between what is known and what may be. */

import { COUNTS } from "./choosing.js";
import {
  NO_RATIO, ratioAsWritten, ratioHundredths, ratioOfDouble, ratioOver, ratioPair, ratioPlus,
} from "./fractions.js";

/** The amount of a facility; NaN where the register does not say, or says what cannot be. */
export function amountOf(facility, amount) {
  if (amount === "facilities") return 1;
  if (amount === "nursing_beds" && facility.nursing_beds > facility.beds) return NaN;
  return facility[amount];
}

/** The most that a facility may have of it; NaN where nothing bounds it. */
export function mostOf(facility, amount) {
  const isUnsaid = amount === "nursing_beds" && Number.isNaN(facility.nursing_beds);
  return isUnsaid ? facility.beds : amountOf(facility, amount);
}

/** Sums by unit of `chosen`, [[facility, COUNTS | MAY_COUNT, unit]], added in their order. */
export function heldByUnit(chosen, amount, n) {
  const [low, high, unclear, endless, sure] = Array.from({ length: 5 }, () => new Float64Array(n));
  for (const [facility, how, at] of chosen) {
    const each = amountOf(facility, amount), most = mostOf(facility, amount);
    const isBlank = Number.isNaN(each);
    if (how === COUNTS) sure[at] += 1;
    if (how === COUNTS && !isBlank) low[at] += each;
    else unclear[at] += 1;
    if (Number.isNaN(most)) endless[at] += 1;
    else high[at] += most;
  }
  return { low, high, unclear, endless, sure };
}

/** Of how many facilities of every unit each also counts otherwise, and of how many it may. */
export function bothByUnit(chosen, also, n) {
  const sure = new Float64Array(n), most = new Float64Array(n);
  for (const [facility, how, at] of chosen) {
    const other = also(facility);
    if (how === COUNTS && other === COUNTS) sure[at] += 1;
    if (other) most[at] += 1;
  }
  return { sure, most };
}

/** Land apportioned to rooms in buildings without a plot of their own, by unit: exact figures.

    Rooms of unknown size leave open how much; a ratio that nobody knows gives none. */
export function sharedByUnit(chosen, n) {
  const low = Array(n).fill(NO_RATIO), more = Array(n).fill(NO_RATIO), open = new Uint8Array(n);
  for (const [facility, how, at] of chosen) {
    if (facility.elder_land_m2 !== 0 || !(facility.far > 0)) continue;
    if (Number.isNaN(facility.elder_floor_m2)) open[at] = 1;
    else {
      const sums = how === COUNTS ? low : more;
      sums[at] = ratioPlus(sums[at], ratioOver(
        ratioAsWritten(facility.elder_floor_m2), ratioAsWritten(facility.far)));
    }
  }
  return {
    low: low.map((sum) => comparable(ratioHundredths(sum))),
    high: low.map((sum, at) => (
      open[at] ? null : comparable(ratioHundredths(ratioPlus(sum, more[at]))))),
  };
}

/** The same figure is the same text, so that a change is seen. */
const comparable = (r) => ratioPair(r).join("/");

const AREAS_M2 = new Set(["floor_m2", "elder_floor_m2", "elder_land_m2"]);

/** A sum as clauses compare it: areas at 0.01 m². */
export function exactAmount(sum, amount) {
  const exact = ratioOfDouble(sum);
  return AREAS_M2.has(amount) ? ratioHundredths(exact) : exact;
}
