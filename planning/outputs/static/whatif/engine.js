/* The city's answer to a scenario: who is covered, which clauses are met, what it costs.

   Rows (who reaches a place in how many ms) come from `walking`, which walks in the page or asks a
   server; they are kept by place, so that a dragged site costs one search. */

import { typedArray } from "./arrays.js";
import { People } from "./people.js";
import { Questions } from "./questions.js";
import { PRESENT } from "./scenario.js";

const MS_PER_MIN = 60000;

export class Engine {
  /** `judge` judges the clauses (judging.js), `stock` is what can stand (standing.js). */
  constructor(content, { walking, stock, judge }) {
    this.content = content;
    this.walking = walking;
    this.stock = stock;
    this.judge = judge;
    this.counted = People.of(content.people);
    this.people = this.counted;
    this.rows = new Map(); // by place, all of one speed, one set of streets, and one farthest walk
    this.walks = ""; // what the rows hang on
    this.scenario = PRESENT;
    this.dragged = null;
    this.number = 0; // of the last question that was asked
    this.turn = Promise.resolve(); // when all before are answered
  }

  /** The present and the recommended plan, to be held against. Asks the present first. */
  async start() {
    this.present = kept(await this.apply(PRESENT), this);
    this.plan = this.content.plan && planned(this.content.plan, this);
    return this.present;
  }

  /** Take a scenario and answer it; null where a later question came in before its turn. */
  apply(scenario) {
    return this.inTurn(async () => {
      this.dragged = null;
      await this.walkAs(scenario);
      const facilities = this.stock.standing(scenario);
      await this.walkTo(facilities);
      this.scenario = scenario;
      this.facilities = facilities;
      this.questions = new Questions(this.people.n, facilities,
        (facility) => this.rows.get(placeOf(facility)));
      return this.answer();
    });
  }

  /** A site while it is dragged; null where a later move came in before its turn. Nothing is kept
      of it: where it is dropped, the scenario with the site moved is applied. */
  drag(id, x, y) {
    return this.inTurn(async () => {
      const was = this.facilities.find((facility) => facility.id === id);
      const [row] = await this.walking.rows([[x, y]], this.farthest_ms);
      if (this.dragged !== id) this.questions.leaveOut(was);
      this.dragged = id;
      const moved = { ...was, x, y, place: this.stock.unitsAt(x, y) };
      this.facilities = this.facilities.map((one) => (one === was ? moved : one));
      this.questions.takeIn(moved, row);
      return this.answer(moved);
    });
  }

  /** Questions are answered one after the other: a server may be slow, and rows are shared. */
  inTurn(job) {
    const number = ++this.number;
    const mine = this.turn.then(() => (number === this.number ? job() : null));
    this.turn = mine.catch(() => {}); // what went wrong is told to who asked
    return mine;
  }

  // ---- walking ---------------------------------------------------------------------------------

  /** Make the streets and the people what a scenario has them, where that changes. */
  async walkAs({ speed_m_s, closed_streets, areas, limits }) {
    const walks = JSON.stringify([speed_m_s, closed_streets, areas, limits]);
    if (walks === this.walks) return;
    this.walks = ""; // until all of it is done: a server may fail halfway
    const n_areas = this.content.units.residential_area?.ids.length ?? 0;
    const sketched = areas.map((area) => ({ ...area, people: this.peopleOf(area) }));
    this.people = this.counted.withAreas(sketched, n_areas, this.stock.unitsAt);
    this.farthest_ms = Math.max(this.judge.farthest_ms,
      ...this.content.services.map((service) => limitOf(service, limits)));
    const { n } = this.counted;
    await this.walking.set({
      speed_m_s: speed_m_s ?? this.content.speed_m_s,
      closed: new Set(closed_streets),
      extra: { x: this.people.x.subarray(n), y: this.people.y.subarray(n) },
      areas,
    });
    this.rows.clear();
    this.walks = walks;
  }

  /** Fetch the rows of places that have none yet. */
  async walkTo(facilities) {
    const places = new Map(facilities.map((one) => [placeOf(one), [one.x, one.y]]));
    for (const known of this.rows.keys()) places.delete(known);
    const rows = await this.walking.rows([...places.values()], this.farthest_ms);
    [...places.keys()].forEach((place, i) => this.rows.set(place, rows[i]));
  }

  peopleOf(area) {
    return area.households * (area.persons_per_household ?? this.content.persons_per_household);
  }

  // ---- answers ---------------------------------------------------------------------------------

  /** What holds now; `moved` is the only facility that is not as in the answer before. */
  answer(moved = null) {
    const { limits } = this.scenario;
    const services = this.content.services.map((service, number) => {
      const ms = this.questions.nearest(`service ${number}`,
        (facility) => this.stock.offers(facility, number));
      return this.covered(service.key, ms, limitOf(service, limits));
    });
    const findings = this.judge.judge({
      scenario: this.scenario, facilities: this.facilities, people: this.people, moved,
      nearest: (key, counts) => this.questions.nearest(key, counts),
    });
    return { services, findings, ...this.stock.cost(this.scenario), facilities: this.facilities };
  }

  /** The people of every group within the limit of a service. */
  covered(key, ms, limit_ms) {
    const { people } = this, groups = Object.keys(people.groups);
    const persons = (times) =>
      Object.fromEntries(groups.map((name) => [name, people.within(name, times, limit_ms)]));
    return {
      key, ms, limit_ms, people: persons(null), covered: persons(ms),
      byUnit: (group, level) =>
        people.withinByUnit(group, level, this.content.units[level].ids.length, ms, limit_ms),
    };
  }
}

/** A limit as whole milliseconds, rounded down as Python does. */
export function limitOf(service, limits) {
  // 7.1 min are 426,000 ms as people write them, and a little less as a double.
  return Math.floor((limits[service.key] ?? service.limit_min) * MS_PER_MIN + 1e-6);
}

/** Whole persons, half up. */
export function wholePersons(people) {
  const whole = Math.floor(people);
  return people - whole >= 0.5 ? whole + 1 : whole;
}

const placeOf = (facility) => `${facility.x} ${facility.y}`;

/** An answer whose times no later question writes over. */
function kept(answer, engine) {
  const services = answer.services.map(({ key, ms, limit_ms }) =>
    engine.covered(key, ms.slice(), limit_ms));
  return { ...answer, services };
}

/** The plan as an answer: its times, verdicts and cost come with the page; of its findings nothing
    but the verdict is the plan's. */
function planned(plan, engine) {
  const services = engine.content.services.map((service) =>
    engine.covered(service.key, typedArray(plan.ms[service.key]), limitOf(service, {})));
  const findings = engine.present.findings.map((one, i) => ({ ...one, verdict: plan.verdicts[i] }));
  return { ...plan, services, findings };
}
