/* A scenario: what a planner changes of the present. Scenarios are frozen; an edit gives another.

   Coordinates are metres of the study's CRS, to the centimetre, so that the page and `planning run
   --scenario FILE` put a site in the very same place. */

export const MOST_SITES = 2000;
export const LIMITS_MIN = [1, 60]; // what a walk may take [min]
export const SPEEDS_M_S = [0.3, 3];

/** Nothing changed. */
export const PRESENT = frozen({
  name: "", added: [], moved: {}, removed: [], resized: {}, closed_streets: [], areas: [],
  limits: {}, speed_m_s: null,
});

export function frozen(scenario) {
  return Object.freeze(scenario);
}

export const centimetre = (m) => Math.round(m * 100) / 100;

// ---- edits -----------------------------------------------------------------------------------

/** One more site: {service, kind, size, x_m, y_m, candidate, yuan, name}; it gets an id of its own. */
export function withAdded(scenario, site) {
  const id = site.id ?? freeId(scenario.added, "W");
  return frozen({ ...scenario, added: [...scenario.added, placed({ ...site, id }, site)] });
}

/** A site, added or standing, elsewhere; `candidate` is the premises it is moved into, or null. */
export function withMoved(scenario, id, { x_m, y_m, candidate = null }) {
  if (isAdded(scenario, id)) {
    return changed(scenario, id, (site) => placed(site, { x_m, y_m, candidate }));
  }
  const to = [centimetre(x_m), centimetre(y_m)];
  return frozen({ ...scenario, moved: { ...scenario.moved, [id]: to } });
}

/** A site taken away: one that was added leaves no trace. */
export function withRemoved(scenario, id) {
  if (isAdded(scenario, id)) {
    return frozen({ ...scenario, added: scenario.added.filter((site) => site.id !== id) });
  }
  const { [id]: _moved, ...moved } = scenario.moved;
  const { [id]: _resized, ...resized } = scenario.resized;
  return frozen({ ...scenario, removed: [...scenario.removed, id], moved, resized });
}

/** Another size of an added site, in the unit of its kind. */
export function withSize(scenario, id, size) {
  return changed(scenario, id, (site) => ({ ...site, size }));
}

/** Other amounts ({places, beds, nursing_beds, floor_m2}) of a facility that stands. */
export function withAmounts(scenario, id, amounts) {
  const both = { ...scenario.resized[id], ...amounts };
  return frozen({ ...scenario, resized: { ...scenario.resized, [id]: both } });
}

/** A street, by the id of its line, closed or open. */
export function withStreet(scenario, line, isClosed) {
  const others = scenario.closed_streets.filter((one) => one !== line);
  return frozen({ ...scenario, closed_streets: isClosed ? [...others, line] : others });
}

/** A sketched residential area: {name, households, persons_per_household, outline}. */
export function withArea(scenario, area) {
  const id = area.id ?? freeId(scenario.areas, "P");
  const outline = area.outline.map(([x, y]) => [centimetre(x), centimetre(y)]);
  const others = scenario.areas.filter((one) => one.id !== id);
  return frozen({ ...scenario, areas: [...others, { name: "", ...area, id, outline }] });
}

/** Without a sketched area. */
export function withoutArea(scenario, id) {
  return frozen({ ...scenario, areas: scenario.areas.filter((area) => area.id !== id) });
}

/** Another limit of a service [min]; the study's own where null. */
export function withLimit(scenario, service, minutes) {
  const { [service]: _old, ...others } = scenario.limits;
  const limits = minutes === null ? others : { ...others, [service]: minutes };
  return frozen({ ...scenario, limits });
}

/** Another walking speed; the study's own where null. */
export function withSpeed(scenario, speed_m_s) {
  return frozen({ ...scenario, speed_m_s });
}

/** The scenario without one of its edits, see `editsOf`. */
export function withoutEdit(scenario, { what, id }) {
  const { [id]: _taken, ...others } = scenario[what];
  switch (what) {
    case "added": return withRemoved(scenario, id);
    case "areas": return withoutArea(scenario, id);
    case "closed_streets": return withStreet(scenario, id, false);
    case "removed":
      return frozen({ ...scenario, removed: scenario.removed.filter((one) => one !== id) });
    case "limits": return withLimit(scenario, id, null);
    case "speed_m_s": return withSpeed(scenario, null);
    default: return frozen({ ...scenario, [what]: others });
  }
}

/** Every edit of a scenario: {what, id}. */
export function editsOf(scenario) {
  const of = (what, ids) => ids.map((id) => ({ what, id }));
  return [
    ...of("added", scenario.added.map((site) => site.id)),
    ...of("moved", Object.keys(scenario.moved)),
    ...of("removed", scenario.removed),
    ...of("resized", Object.keys(scenario.resized)),
    ...of("areas", scenario.areas.map((area) => area.id)),
    ...of("closed_streets", scenario.closed_streets),
    ...of("limits", Object.keys(scenario.limits)),
    ...of("speed_m_s", scenario.speed_m_s === null ? [] : [""]),
  ];
}

export const isAdded = (scenario, id) => scenario.added.some((site) => site.id === id);

function changed(scenario, id, change) {
  const added = scenario.added.map((site) => (site.id === id ? change(site) : site));
  return frozen({ ...scenario, added });
}

function placed(site, { x_m, y_m, candidate = null }) {
  return { ...site, x_m: centimetre(x_m), y_m: centimetre(y_m), candidate };
}

function freeId(ones, letter) {
  const taken = new Set(ones.map((one) => one.id));
  let number = 1;
  while (taken.has(`${letter}${number}`)) number++;
  return `${letter}${number}`;
}

// ---- undo ------------------------------------------------------------------------------------

/** Scenarios one after the other, and which of them is looked at. */
export class History {
  constructor(first) {
    this.all = [first];
    this.at = 0;
  }

  get now() { return this.all[this.at]; }
  get canUndo() { return this.at > 0; }
  get canRedo() { return this.at < this.all.length - 1; }

  /** Another scenario; what was undone before is forgotten. */
  push(scenario) {
    this.all.splice(this.at + 1, Infinity, scenario);
    this.at++;
  }

  undo() { if (this.canUndo) this.at--; return this.now; }
  redo() { if (this.canRedo) this.at++; return this.now; }
}
