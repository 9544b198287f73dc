/* Which facilities count for a clause: those that surely do, and those that may. */

import { typedArray } from "./arrays.js";
import { ratioAsWritten, ratioCompare, ratioOfPair } from "./fractions.js";

export const COUNTS_NOT = 0;
export const COUNTS = 1;
export const MAY_COUNT = 2;

/** The choices of the content, made ready for `counts`. */
export function readyChoices(choices) {
  return choices.map((choice) => ({
    ...choice,
    counts: typedArray(choice.counts),
    atLeast: [["floor_m2", choice.min_floor_m2], ["places", choice.min_places]]
      .filter(([, least]) => least)
      .map(([amount, least]) => (
        { amount, exact: ratioOfPair(least), about: least[0] / least[1] })),
  }));
}

/** Whether a facility of the page counts for a choice: COUNTS_NOT, COUNTS or MAY_COUNT. */
export function counts(choice, facility) {
  let found = facility.row >= 0 ? choice.counts[facility.row] : ofKind(choice, facility);
  for (const least of found ? choice.atLeast : []) {
    const size = facility[least.amount];
    if (Number.isNaN(size)) found = MAY_COUNT;
    else if (!isEnough(size, least)) return COUNTS_NOT;
  }
  return found;
}

/** One that is added counts as its kind does, if it bears a name that is asked for. */
function ofKind(choice, facility) {
  const isNamed = !choice.named.length || choice.named.some((part) => facility.name.includes(part));
  return isNamed ? choice.kind_counts[facility.kind] : COUNTS_NOT;
}

function isEnough(size, { exact, about }) {
  if (Math.abs(size - about) > 1e-6 * about) return size > about;
  return ratioCompare(ratioAsWritten(size), exact) >= 0;
}

/** What the register of a world lists: of which domains it holds anything. */
export function listedIn(judged, facilities) {
  const domains = new Set(judged.domains), closed = new Set(judged.closed);
  for (const facility of facilities) {
    if (facility.row < 0) judged.kind_domains[facility.kind].forEach((name) => domains.add(name));
  }
  return { domains, closed: facilities.some((facility) => closed.has(facility.row)) };
}

export const NONE_LISTED = 0;
export const PARTLY_LISTED = 1;
export const ALL_LISTED = 2;

/** Whether the register is about the facilities of a choice, about some of them, or about none. */
export function listedFor(choice, listed) {
  if (choice.closed && !listed.closed) return NONE_LISTED;
  const known = choice.domains.filter((names) => names.every((name) => listed.domains.has(name)));
  if (!known.length) return NONE_LISTED;
  return known.length < choice.domains.length ? PARTLY_LISTED : ALL_LISTED;
}
