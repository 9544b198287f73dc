/* Facilities and sites as the page knows them: which serve, what they hold,
  where they may stand. */

import { PRESENT, isAdded, withMoved, withRemoved } from "./scenario.js";
import { figure } from "./view_numbers.js";
import { answerShown, kindsOf, serviceIndex, serviceNow, view } from "./view_state.js";
import { inTongue, listed, say, unitWord } from "./whatif_words.js";

const SNAP_PX = 12;

/** The facilities of what is shown that offer its service. */
export function shownFacilities() {
  const number = serviceIndex(), { stock } = view.engine;
  const all = view.shown === "plan" ? stock.standing(planScenario()) : answerShown().facilities;
  return all.filter((facility) => stock.offers(facility, number));
}

/** The recommended plan as a scenario to start from. */
export const planScenario = () => Object.freeze({ ...PRESENT, ...view.content.plan.scenario });

/** What the plan does to facilities that no edit of the page does, in one line; none if nothing. */
export function notShown() {
  const left = view.content.plan.not_shown;
  if (!left.length) return [];
  const named = left.slice(0, 3).map(({ id, module, action }) =>
    (action === "close" ? say("plan_close", callIt(id)) : say("plan_change", callIt(id), module)));
  return [say("plan_left_out", left.length, listed(named), left.length > 3 ? "…" : "")];
}

/** A facility that stands in the scenario, by its id. */
export const facilityById = (id) => view.answer.facilities.find((one) => one.id === id);

/** The row of a facility of the register, −1 for none. */
export const rowOf = (id) => view.content.facilities.ids.indexOf(id);

/** An added site of the scenario, or undefined. */
export const siteById = (id) => view.scenario.added.find((site) => site.id === id);

/** What the planner calls it: a name, else number and kind. */
export function callIt(id) {
  const site = siteById(id);
  if (site) return [id, site.name || kindLabel(site)].join(" ");
  const row = rowOf(id);
  return row < 0 ? String(id) : inTongue(view.content.facilities.names[row]) || say("unnamed");
}

/** The kind of a site, by service and name. */
export const kindOfSite = (site) =>
  view.content.kinds.find((kind) => kind.service === site.service && kind.name === site.kind);

export function kindLabel(site) {
  const kind = kindOfSite(site);
  return kind ? inTongue(kind.label || kind.name) : site.kind;
}

/** A size with the unit of its kind. */
export const sizeText = (kind, size) => figure(size) + unitWord(kind.sized_in);

/** Least, most and step of a kind's size, within what its premises can host.

    A kind without a top goes to five times its least on the slider, and further in the field. */
export function sizeRange(kind, candidate = null) {
  const hosted = candidate ? view.engine.stock.sizesIn(candidate, numberOfKind(kind)) : null;
  const isHosted = (size) => !hosted || hosted.some(([least, most]) => size >= least &&
    size <= most);
  const sizes = kind.sizes ? kind.sizes.filter(isHosted) : null;
  if (sizes) return { sizes, min: sizes[0], max: sizes[sizes.length - 1], step: 1,
    top: sizes[sizes.length - 1] };
  const min = hosted ? Math.min(...hosted.map(([least]) => least)) : kind.min;
  const top = hosted ? Math.max(...hosted.map(([, most]) => most)) : kind.max ?? Infinity;
  const max = Number.isFinite(top) ? top : Math.max(5 * min, min + 100);
  return { sizes: null, min, max, top, step: kind.sized_in === "m2" && max - min > 200 ? 10 : 1 };
}

/** The number of a kind in the content. */
const numberOfKind = (kind) => view.content.kinds.indexOf(kind);

/** Candidates that can host `site`, {kind, service,
  size}; without it those for the service shown. */
export function candidatesFor(site = null) {
  const { candidates } = view.engine.stock, offering = serviceNow().kinds;
  const kind = site && numberOfKind(kindOfSite(site));
  const hosts = ([of, least, most]) => (site ? of === kind && site.size >= least &&
    site.size <= most : offering[of]);
  return [...candidates.values()].filter((one) => one.options.some(hosts));
}

/** The nearest candidate within the reach of a snap that can host the site, or null. */
function candidateNear(x, y, site) {
  const reach = SNAP_PX / view.map.options.crs.scale(view.map.getZoom());
  let best = null, least = reach;
  for (const one of candidatesFor(site)) {
    const away = Math.hypot(one.x_m - x, one.y_m - y);
    if (away <= least) { least = away; best = one; }
  }
  return best;
}

/** A place, at a candidate where one is near and `isFree` does not forbid it. */
export function placeAt(x, y, site, isFree) {
  const near = isFree || !site ? null : candidateNear(x, y, site);
  return near ? { x_m: near.x_m, y_m: near.y_m, candidate: near.id } : { x_m: x, y_m: y,
    candidate: null };
}

/** The edit that moves a site or facility; a facility of the register is never "at" a candidate. */
export const movedTo = (id, place) => (scenario) => {
  if (!isAdded(scenario, id)) return withMoved(scenario, id, place);
  const next = withMoved(scenario, id, place);
  // What it cost here says nothing of there.
  return Object.freeze({ ...next, added: next.added.map((site) => (site.id === id ? { ...site,
    yuan: null } : site)) });
};

export const takenAway = (id) => (scenario) => withRemoved(scenario, id);

/** The first kind of the service shown, with its least size: what 增设 begins with. */
export function firstKind() {
  const [first] = kindsOf(serviceNow());
  if (!first) return null;
  return { service: first.kind.service, kind: first.kind.name, size: sizeRange(first.kind).min };
}
