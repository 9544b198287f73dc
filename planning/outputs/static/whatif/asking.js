/* What measures ask of the sums: whom a clause counts, what a unit holds; and how that is said. */

import { ALL_LISTED, NONE_LISTED, PARTLY_LISTED } from "./choosing.js";
import { amountSaid, thousandsSaid } from "./figures.js";
import { ratioCompare } from "./fractions.js";
import { exactAmount } from "./holding.js";

/** No answer, and why. */
export const unanswered = (zh, en) => ({ zh, en, unit: "figure", isUnanswered: true });

const KIND_UNSAID = unanswered(
  "部分单元未注明所属类别", "nobody says of what kind some units are");
const NOBODY = unanswered("无居民，不评估", "nobody lives there, not assessed");

/** What a clause says of the smaller units in a large one: only these count. */
export const onlyOf = ({ clause, level }) => clause.only?.[level] ?? [];

/** Whole persons of a group, planned ones where the area answers for them; or why not. */
export function personsAsked(one, group) {
  const { ledger, level, at, row } = one, only = onlyOf(one);
  if (row.planned !== null && group === "total") return row.planned || NOBODY;
  if (!ledger.counting.hasGroup(group)) return groupUnknown(ledger, group);
  if (only.length && ledger.unsaid(level, only)[at]) return KIND_UNSAID;
  const persons = only.length
    ? ledger.personsSo(level, group, only) : ledger.persons(level, group);
  return persons[at] || NOBODY;
}

function groupUnknown(ledger, group) {
  const [zh, en] = ledger.judged.group_words[group] ?? [group, group];
  return unanswered(
    `研究未给出${zh}人口（groups.${group}）`, `the study has no ${en} (groups.${group})`);
}

/** Which people are counted, and how many of them have moved into planned areas. */
export function whoSaid({ ledger, level, at, row }, group, persons) {
  const { judged } = ledger, n = thousandsSaid(persons);
  if (group !== "total") {
    const [zh, en] = judged.group_words[group] ?? [group, group];
    const [ofZh, ofEn] = judged.counted_words;
    return [`${ofZh}${zh}${n}人`, `${n} ${ofEn}${en}`];
  }
  if (row.planned !== null) return [`规划人口${n}人`, `${n} planned people`];
  const [zh, en] = judged.base_words, moved = ledger.movedIn(level)?.[at] ?? 0;
  if (!moved) return [`${zh}${n}人`, `${n} ${en}`];
  const those = thousandsSaid(moved);
  return [`${zh}${n}人（含规划居住区${those}人）`, `${n} ${en} (${those} of planned areas)`];
}

/** Why the register cannot tell of a choice; null where it can. */
export function unlisted({ ledger }, choice) {
  if (ledger.listing[choice] !== NONE_LISTED) return null;
  const { zh, en } = ledger.choices[choice];
  return unanswered(
    `台账不含此类设施（${zh}）`, `the register lists none of the kind (${en})`);
}

export const isPartlyListed = ({ ledger }, choice) => ledger.listing[choice] === PARTLY_LISTED;
export const isListedWhole = ({ ledger }, choice) => ledger.listing[choice] === ALL_LISTED;

/** What the unit holds of an amount, {low, high, unclear}, `high` null unknown; or why not. */
export function heldAsked(one, choice, amount) {
  const { ledger, level, at } = one, only = onlyOf(one);
  const why = unlisted(one, choice);
  if (why) return why;
  const unsaid = only.length ? ledger.unsaidHeld(level, choice, only)[at] : 0;
  if (unsaid) {
    return unanswered(`${unsaid}处设施所在单元未注明所属类别`,
      `nobody says of what kind the units of ${unsaid} are`);
  }
  return rangeAt(one, ledger.held(level, choice, amount, only), at, choice, amount);
}

/** One row of what units hold. */
export function rangeAt(one, table, at, choice, amount) {
  const isOpen = table.endless[at] > 0 || isPartlyListed(one, choice);
  return {
    low: exactAmount(table.low[at], amount),
    high: isOpen ? null : exactAmount(table.high[at], amount),
    unclear: table.unclear[at],
  };
}

export const isKnownWhole = ({ low, high }) => high !== null && ratioCompare(low, high) === 0;

/** How much there is, and how much nobody knows. */
export function thereSaid(held, amount) {
  const [zh, en] = amountSaid(amount, held.low);
  if (!held.unclear && isKnownWhole(held)) return [`现有${zh}`, `${en} there`];
  if (!held.unclear) {
    return [`已知${zh}，台账不含其中部分类别的设施`,
      `${en} known, of some of the kinds the register lists none`];
  }
  return [`已知${zh}，另有${held.unclear}处不详`,
    `${en} known, of ${held.unclear} more facilities it is not`];
}
