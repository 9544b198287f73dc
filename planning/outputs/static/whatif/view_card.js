/* The card of the mark picked: what it is, and what can be changed of it. */

import { AMOUNTS } from "./scenario_file.js";
import { frozen, withAmounts, withSize, withoutEdit } from "./scenario.js";
import { button, el, slider } from "./view_dom.js";
import { homesCard } from "./view_homes.js";
import { removeMark } from "./view_marks.js";
import { tell } from "./view_messages.js";
import { figure } from "./view_numbers.js";
import { callIt, facilityById, kindLabel, kindOfSite, rowOf, siteById } from "./view_places.js";
import { addPart, unitLevels, view } from "./view_state.js";
import { edit, preview } from "./view_steps.js";
import { sizeWish } from "./view_tools.js";
import { fieldWord, listed, say, unitWord } from "./whatif_words.js";

/** The section of the mark picked; hidden where none is. */
export function buildCard() {
  const node = el("section", { class: "card", hidden: true });
  addPart({ all() {
    const facility = view.selected && facilityById(view.selected);
    if (view.selected && !facility) view.selected = null;
    const parts = facility ? cardParts(facility) : homesCard();
    node.hidden = !parts.length || view.shown === "present" || view.shown === "plan";
    node.setAttribute("aria-label", facility ? callIt(facility.id) : say("edit_area"));
    node.replaceChildren(...parts);
  } });
  return node;
}

/** Give the card the focus: its first field. */
export function focusCard() {
  const first = document.querySelector(".card input, .card select, .card button");
  if (first) first.focus();
}

function cardParts(facility) {
  const { id } = facility, site = siteById(id), isStanding = !site;
  const place = placeWords(facility);
  return [
    el("h2", {}, el("span", { class: `tag ${isStanding ? "stands" : "added"}` },
      say(isStanding ? "facility" : "site")), callIt(id)),
    el("p", { class: "hint" }, isStanding ? view.content.facilities.types[rowOf(id)]
      : kindLabel(site),
      isStanding && !facility.isOpen ? ` · ${say("not_open")}` : ""),
    el("p", { class: "hint" }, `${place} · `, el("span", { class: "coordinates" },
      `${facility.x.toFixed(2)}, ${facility.y.toFixed(2)}`)),
    ...(isStanding ? amountFields(facility) : siteFields(site)),
    el("p", { class: "card-actions" },
      button("card:remove", say("take_away"), () => removeMark(id), { class: "small" }),
      view.scenario.moved[id] ? button("card:back", say("put_back"), () => edit((scenario) =>
        withoutEdit(scenario, { what: "moved", id })), { class: "small" }) : null,
      view.scenario.resized[id] ? button("card:original", say("reset"), () => edit((scenario) =>
        withoutEdit(scenario, { what: "resized", id })), { class: "small" }) : null),
  ];
}

/** The unit it stands in, by the finest level that has one. */
function placeWords(facility) {
  const level = [...unitLevels()].reverse().find((one) => facility.place[one] >= 0);
  return level ? view.content.units[level].names[facility.place[level]] : "—";
}

const withSite = (scenario, id, change) =>
  frozen({
    ...scenario,
    added: scenario.added.map((site) => (site.id === id ? { ...site, ...change } : site)),
  });

function siteFields(site) {
  const kind = kindOfSite(site), { id, candidate } = site;
  const name = el("label", { class: "wish" }, el("span", {}, say("area_name")),
    el("input", { type: "text", maxlength: 40, "data-key": "card:name", value: site.name || "",
      onchange: (event) => {
        const text = event.target.value;
        edit((scenario) => withSite(scenario, id, { name: text }));
      } }));
  const sized = (value) => (scenario) => withSize(scenario, id, value);
  const size = sizeWish("card:size", kind, site.size,
    (value) => edit(sized(value), `size:${id}`),
    { candidate, live: (value) => preview(sized(value), performance.now()) });
  const cost = candidate ? el("p", { class: "hint" }, premisesWords(candidate))
    : el("label", { class: "wish" }, el("span", {}, say("own_cost")),
      el("input", { type: "number", min: 0, step: 1, "data-key": "card:yuan",
        value: site.yuan == null ? "" : site.yuan / 10000,
        onchange: (event) => setYuan(event.target, id) }));
  return [size, name, cost];
}

/** The candidate it stands on: from which register, and what no register says of it. */
function premisesWords(candidate) {
  const { source_class: of, assumed } = view.engine.stock.candidates.get(candidate);
  const fields = assumed.split("|").filter(Boolean).map(fieldWord);
  return [`${say("candidate")} ${candidate}`, of,
    fields.length ? say("assumed", listed(fields)) : ""].filter(Boolean).join(" · ");
}

function setYuan(field, id) {
  const yuan = field.value === "" ? null : Math.round(field.valueAsNumber * 10000);
  if (yuan !== null && !(yuan >= 0 && yuan <= 1e12)) {
    tell(say("bad_number", say("own_cost"), field.value, 0, 100000000), "fault");
    return;
  }
  edit((scenario) => withSite(scenario, id, { yuan }));
}

/** What a facility holds, each with a number and a slider up to three times what it has. */
function amountFields(facility) {
  const { id } = facility, row = rowOf(id), first = view.engine.stock.register[row];
  const isAsked = (name) =>
    first[name] > 0 || facility[name] > 0 || Number.isNaN(first[name]);
  return AMOUNTS.filter(isAsked).map((name) => {
    const value = facility[name], least = name === "floor_m2" ? 1000 : 30;
    const most = Math.max(3 * (first[name] || 0), value || 0, least);
    const resized = (to) => (scenario) => withAmounts(scenario, id, { [name]: to });
    const done = (to, typed) => {
      if (!Number.isInteger(to) || to < 0 || to > 1e7) {
        tell(say("bad_number", say(name), typed, 0, 10000000), "fault");
        return false;
      }
      edit(resized(to), `amount:${id}:${name}`);
      return true;
    };
    const line = slider(`card:${name}`, { label: say(name), value: Number.isNaN(value) ? 0 : value,
      min: 0, max: most, step: 1,
      unit: unitWord(name).trim(), done, live: (to) => preview(resized(to), performance.now()) });
    if (Number.isNaN(value)) line.append(el("small", {}, say("unknown")));
    else if (value !== first[name]) line.append(el("small", {},
      `${say("original")} ${figure(first[name])}`));
    return line;
  });
}

