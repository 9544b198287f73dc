/* What stands in a scenario: facilities of the register, as they are or changed, and added sites. */

import { typedArray } from "./arrays.js";

export const HELD = [
  "places", "beds", "nursing_beds", "floor_m2", "elder_floor_m2", "elder_land_m2",
];

/** The register, the premises and the kinds of a study, ready to be asked what stands.

    `unitsAt(x, y)` gives the unit of a place at every level. */
export class Stock {
  constructor(content, unitsAt) {
    this.kinds = content.kinds;
    this.services = content.services.map((one) => ({ ...one, offers: typedArray(one.offers) }));
    this.unitsAt = unitsAt;
    this.candidates = premisesOf(content.candidates);
    this.register = registerOf(content.facilities);
  }

  /** Facilities that stand in a scenario, those of the register first. */
  standing(scenario) {
    const gone = new Set(scenario.removed);
    const kept = this.register.filter((facility) => !gone.has(facility.id));
    return [
      ...kept.map((facility) => this.changed(facility, scenario)),
      ...scenario.added.map((site) => this.added(site)),
    ];
  }

  /** Whether a facility offers a service, by the service's number. */
  offers(facility, service) {
    const { offers, kinds } = this.services[service];
    return facility.row >= 0 ? offers[facility.row] === 1 : kinds[facility.kind];
  }

  /** A facility of the register as the scenario has it. */
  changed(facility, scenario) {
    const to = scenario.moved[facility.id], amounts = scenario.resized[facility.id];
    if (!to && !amounts) return facility;
    const place = to ? { x: to[0], y: to[1], place: this.unitsAt(to[0], to[1]) } : {};
    return { ...facility, ...place, ...amounts };
  }

  /** A site that is added, as a register would list it. */
  added(site) {
    const at = this.kinds.findIndex((one) => one.service === site.service && one.name === site.kind);
    const kind = this.kinds[at], premises = this.candidates.get(site.candidate);
    const amounts = Object.fromEntries(
      HELD.map((name) => [name, kind.per_open[name] + kind.per_unit[name] * site.size]));
    if (premises && kind.takes_elder_land) amounts.elder_land_m2 = landOf(premises, kind) * site.size;
    const { x_m: x, y_m: y } = premises ?? site;
    return {
      id: site.id, name: site.name || site.id, row: -1, kind: at, size: site.size, isOpen: true,
      x, y, place: this.unitsAt(x, y), far: NaN, ...amounts,
    };
  }

  /** What the added sites cost: {yuan, unknown}, the number of those that nobody priced. */
  cost(scenario) {
    const opened = new Set();
    let yuan = 0, unknown = 0;
    for (const site of scenario.added) {
      const premises = this.candidates.get(site.candidate);
      if (!premises && site.yuan == null) { unknown++; continue; }
      yuan += premises ? this.conversion(site, premises) : site.yuan;
      if (premises && !opened.has(site.candidate)) yuan += premises.fixed_yuan;
      opened.add(site.candidate);
    }
    return { yuan, unknown };
  }

  conversion(site, premises) {
    const kind = this.kinds.find((one) => one.service === site.service && one.name === site.kind);
    return (kind.yuan_per_m2 ?? premises.yuan_per_m2) * kind.floor_m2_per_unit * site.size;
  }

  /** The sizes at which premises can host a kind: [[least, greatest], …]; none where they can not. */
  sizesIn(candidate, kind) {
    return this.candidates.get(candidate).options.filter(([of]) => of === kind)
      .map(([, least, most]) => [least, most]);
  }
}

const landOf = (premises, kind) => premises.land_m2 * kind.floor_m2_per_unit / premises.floor_m2;

function registerOf(facilities) {
  const held = Object.fromEntries(HELD.map((name) => [name, typedArray(facilities[name])]));
  const [x, y, far, isOpen] = ["x_m", "y_m", "far", "is_open"].map((name) => typedArray(facilities[name]));
  const place = Object.entries(facilities.place).map(([level, units]) => [level, typedArray(units)]);
  return facilities.ids.map((id, row) => ({
    id, name: facilities.names[row], row, kind: -1, size: null, isOpen: isOpen[row] === 1,
    x: x[row], y: y[row], far: far[row], place: at(place, row),
    ...Object.fromEntries(HELD.map((name) => [name, held[name][row]])),
  }));
}

function premisesOf(candidates) {
  const names = ["x_m", "y_m", "floor_m2", "land_m2", "yuan_per_m2", "fixed_yuan"];
  const columns = Object.fromEntries(names.map((name) => [name, typedArray(candidates[name])]));
  const options = typedArray(candidates.options);
  const premises = new Map(candidates.ids.map((id, row) => [id, {
    id, source_class: candidates.classes[row], assumed: candidates.assumed[row],
    options: [],
    ...Object.fromEntries(names.map((name) => [name, columns[name][row]])),
  }]));
  for (let i = 0; i < options.length; i += 4) {
    premises.get(candidates.ids[options[i]]).options.push([...options.subarray(i + 1, i + 4)]);
  }
  return premises;
}

const at = (place, row) => Object.fromEntries(place.map(([level, units]) => [level, units[row]]));
