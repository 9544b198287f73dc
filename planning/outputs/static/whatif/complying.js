/* How many new residential areas meet every clause that binds them, counted by area. */

import { unanswered } from "./asking.js";
import { percentSaid, plainFigure } from "./figures.js";
import { ratio, ratioTimes } from "./fractions.js";
import { wholeBound } from "./measuring.js";

const NO_AREAS = unanswered("研究未给出居住区", "the study gives no residential areas");
const NONE_SUCH = unanswered("没有此类居住区", "there are no such residential areas");
const NO_CLAUSES = unanswered(
  "没有对居住区的定量条文", "no clause with a figure binds the areas");

/** `verdictsOf(area)` are the verdicts of the binding clauses of the services asked, by area. */
export function areasComply(one, verdictsOf) {
  const { clause: { ask, value, operator }, ledger } = one;
  if (!ledger.nUnits("residential_area")) return NO_AREAS;
  const rows = areasIn(one, ask.status);
  if (!rows.length) return NONE_SUCH;
  const said = rows.map(verdictsOf);
  if (!said.some((verdicts) => verdicts.length)) return NO_CLAUSES;
  const met = said.filter((all) => all.length && all.every((v) => v === "met")).length;
  const most = rows.length - said.filter((all) => all.includes("not_met")).length;
  return outcomeOf(value, operator, rows.length, met, most);
}

/** The areas of a status in the unit; one that is drawn is in the units it lies in whole. */
function areasIn({ level, at, ledger }, status) {
  const { judged, areas } = ledger, there = judged.area_status;
  const above = judged.inside.residential_area?.[level] ?? [];
  const isIn = (row) => (level === "residential_area" ? row === at : above[row] === at);
  const rows = there.map((_, row) => row).filter((row) => isIn(row) && there[row] === status);
  const drawn = areas.map((_, k) => there.length + k).filter((row, k) => (
    status === "new" && (level === "residential_area" ? row === at : areas[k].unit[level] === at)));
  return [...rows, ...drawn];
}

function outcomeOf(value, operator, n, low, high) {
  const said = low === high ? `${low}` : `${low}—${high}`;
  const zh = `${n}个居住区中${said}个达标`;
  const en = `${said} of ${n} residential areas meet every clause on areas`;
  const found = { unit: "areas", low: ratio(low), high: ratio(high), people: 0 };
  if (!value) {
    const share = percentSaid(ratio(low, n));
    return { ...found, zh: `${zh}，占${share}`, en: `${en}, ${share}`, required: null };
  }
  const required = wholeBound(ratioTimes(value, ratio(n, 100)), operator);
  return { ...found, zh: `${zh}；${plainFigure(value)}%即需${required.n}个`,
    en: `${en}; ${plainFigure(value)} % is ${required.n}`, required };
}
