/* What is asked of planned homes: before they are drawn, and in their card afterwards. */

import { withArea, withoutArea } from "./scenario.js";
import { button, el } from "./view_dom.js";
import { showBox } from "./view_map.js";
import { tell } from "./view_messages.js";
import { showAll, view } from "./view_state.js";
import { edit } from "./view_steps.js";
import { say } from "./whatif_words.js";

const MOST_HOUSEHOLDS = 200000;
const PERSONS = [0.5, 12]; // of a household

/** Fields of name, households and their size; `take(change)` gets what a field now says. */
export function homeFields(key, homes, take) {
  const ofStudy = view.content.persons_per_household;
  const field = (name, label, value, more) =>
    el("label", { class: "wish" }, el("span", {}, label),
      el("input", { "data-key": `${key}:${name}`, value: value ?? "", ...more }));
  const households = numberTaken(say("households"), homes.households, [1, MOST_HOUSEHOLDS],
    (value) => { if (value !== null) take({ households: Math.round(value) }); });
  const persons = numberTaken(say("per_household"), homes.persons_per_household ?? "", PERSONS,
    (value) => take({ persons_per_household: value }));
  return [
    field("name", say("area_name"), homes.name, { type: "text", maxlength: 40,
      onchange: (event) => take({ name: event.target.value }) }),
    field("households", say("households"), homes.households, { type: "number", min: 1, step: 1,
      onchange: households }),
    field("persons", say("per_household"), homes.persons_per_household, { type: "number",
      min: PERSONS[0], max: PERSONS[1], step: 0.1, onchange: persons,
      placeholder: ofStudy === null ? say("to_fill") : say("as_study", ofStudy) }),
  ];
}

/** Hear a number of a field, null where it is empty; one out of range is told and put back. */
const numberTaken = (label, before, [least, most], take) => (event) => {
  const { value: typed } = event.target, value = typed === "" ? null : Number(typed);
  if (value === null || (value >= least && value <= most)) { take(value); return; }
  tell(say("bad_number", label, typed, least, most), "fault");
  event.target.value = before;
};

/** Pick homes that are drawn, for their card, and show them. */
export function pickHomes(id) {
  const { outline } = view.scenario.areas.find((one) => one.id === id);
  const [x, y] = [0, 1].map((i) => outline.map((corner) => corner[i]));
  Object.assign(view, { selected: null, home: id });
  showBox([Math.min(...x), Math.min(...y), Math.max(...x), Math.max(...y)]);
  showAll();
}

/** The card of the homes picked; none where no homes are. */
export function homesCard() {
  const homes = view.scenario.areas.find((one) => one.id === view.home);
  if (!homes || view.selected) return [];
  const take = (change) => {
    const next = { ...homes, ...change };
    if (next.persons_per_household ?? view.content.persons_per_household) {
      edit((scenario) => withArea(scenario, next));
    } else tell(say("no_persons"), "fault");
  };
  return [
    el("h2", {}, el("span", { class: "tag" }, say("edit_area")), homes.name || homes.id),
    ...homeFields("home", homes, take),
    el("p", { class: "card-actions" }, button("home:remove", say("take_away"),
      () => edit((scenario) => withoutArea(scenario, homes.id)), { class: "small" })),
  ];
}
