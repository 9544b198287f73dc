/* People with a facility within the limit of a walk. */

import { isPartlyListed, onlyOf, personsAsked, unanswered, unlisted } from "./asking.js";
import { percentSaid, thousandsSaid } from "./figures.js";
import { ratio, ratioCompare, ratioOfPair } from "./fractions.js";

export function travelTimeCoverage(one) {
  const { ask } = one.clause, persons = personsAsked(one, ask.group);
  if (persons.isUnanswered) return persons;
  const limit = limitAsked(one);
  if (limit === null) {
    return unanswered("部分居民所在单元未注明城乡", "nobody says the zone of some units");
  }
  const why = ask.walked.map((choice) => unlisted(one, choice)).find(Boolean);
  if (why) return why;
  const [low, high] = [false, true].map((atMost) => (
    ratio(Math.min(coveredIn(one, limit, atMost), persons), persons)));
  const required = ratioOfPair(ask.required);
  const [zh, en] = coverageSaid(ask, persons, low, high, required);
  return { zh, en, unit: "share", low, high, required, people: persons,
    perPerson: ratio(1, persons) };
}

/** The limit [ms], or limits by point; null where the zone of somebody is unsaid. */
function limitAsked({ clause: { ask }, ledger }) {
  const byZone = ask.limit_by_zone;
  if (!Object.keys(byZone).length) return ask.limit_ms;
  const name = JSON.stringify([ask.limit_ms, byZone]);
  ledger.counting.byZone ??= new Map();
  const kept = ledger.counting.byZone;
  if (!kept.has(name)) {
    const byPoint = ledger.counting.limits(ask.limit_ms, byZone);
    kept.set(name, byPoint && { name, byPoint });
  }
  return kept.get(name);
}

/** Whole persons within; of kinds that the register does not list one may stand anywhere. */
function coveredIn(one, limit, atMost) {
  const { clause: { ask }, ledger, level, at } = one, only = onlyOf(one);
  const asked = ask.walked.filter((choice) => !(atMost && isPartlyListed(one, choice)))
    .map((choice) => [choice, atMost]);
  if (asked.length) return ledger.within(level, ask.group, asked, limit, only)[at];
  const all = only.length
    ? ledger.personsSo(level, ask.group, only) : ledger.persons(level, ask.group);
  return all[at];
}

function coverageSaid(ask, persons, low, high, required) {
  const covered = thousandsSaid(low.n), all = thousandsSaid(persons);
  const share = percentSaid(low, required);
  let zh = `${ask.limit_zh}${covered}人，共${all}人，占${share}`;
  let en = `${covered} of ${all} ${ask.limit_en}, ${share}`;
  if (ratioCompare(high, low) > 0) {
    const most = percentSaid(high, required);
    zh += `（计入不详的设施至多${most}）`;
    en += ` (at most ${most}, with facilities not fully known)`;
  }
  if (ask.of_all) [zh, en] = [`${zh}（按全体居民计）`, `${en} (of all residents)`];
  if (required) {
    zh += `；目标${percentSaid(required)}`;
    en += `; goal ${percentSaid(required)}`;
  }
  return [zh, en];
}
