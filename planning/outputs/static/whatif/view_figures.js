/* Who is covered: the scenario against the present and the recommended plan. */

import { wholePersons } from "./engine.js";
import { el } from "./view_dom.js";
import { figure, percent, withSign } from "./view_numbers.js";
import { addPart, servedBy, serviceNow, view } from "./view_state.js";
import { inTongue, say, speaking } from "./whatif_words.js";

/** What a group of people is called. */
export function groupWord(group) {
  const words = view.content.people.labels[group];
  return words[speaking.en ? 1 : 0];
}

/** What a group is counted in: persons or households. */
export const countWord = (group) => inTongue(view.content.people.counted_in[group]);

/** A limit in minutes as it is read. */
export const minutesOf = (limit_ms) => figure(Math.round(limit_ms / 600) / 100);

/** The section of covered people. */
export function buildFigures() {
  const node = el("section", { class: "figures", "aria-live": "polite" });
  const show = () => node.replaceChildren(...sections());
  addPart({ figures: show, all: show });
  return node;
}

const states = () => [["present", view.engine.present], ["scenario", view.answer],
  ...(view.engine.plan ? [["plan", view.engine.plan]] : [])];

function sections() {
  const served = servedBy(view.answer), { group } = serviceNow();
  const before = servedBy(view.engine.present), plan = view.engine.plan &&
    servedBy(view.engine.plan);
  const covered = (one) => wholePersons(one.covered[group]);
  const against = [[say("against_present"), covered(served) - covered(before)]];
  if (plan) against.push([say("against_plan"), covered(served) - covered(plan)]);
  return [
    el("p", { class: "who" }, say("within", minutesOf(served.limit_ms), groupWord(group))),
    el("p", { class: "headline" }, el("strong", { "data-figure": "covered" },
      figure(covered(served))), ` ${countWord(group)} `,
      el("span", { class: "share" }, percent(served.covered[group], served.people[group]))),
    el("p", { class: "against" }, against.map(([word, change]) => el("span", {}, word, " ",
      el("b", { class: change > 0 ? "more" : change < 0 ? "less" : "" }, withSign(change))))),
    el("div", { class: "bars" }, states().map(([key, answer]) => barRow(key, servedBy(answer),
      group))),
    groupTable(served, before, plan),
    ...unitLine(served, before, group),
  ];
}

function barRow(key, served, group) {
  const part = served.covered[group] / (served.people[group] || 1), bar = el("i", {});
  bar.style.width = `${(100 * part).toFixed(2)}%`;
  return el("div", { class: `bar-row ${key}` }, el("span", {}, say(key === "plan" ? "plan_column"
    : key)), el("div", { class: "bar", "aria-hidden": "true" }, bar),
    el("b", {}, percent(served.covered[group], served.people[group])));
}

function groupTable(served, before, plan) {
  const groups = Object.keys(view.content.people.groups);
  const cell = (one, group) => el("td", {}, figure(wholePersons(one.covered[group])));
  return el("table", { class: "groups" },
    el("caption", {}, say("covered_people")),
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, say("group")),
      el("th", { scope: "col" }, say("present")),
      el("th", { scope: "col" }, say("scenario")), el("th", { scope: "col" }, "±"),
      plan ? el("th", { scope: "col" }, say("plan_column")) : null)),
    el("tbody", {}, groups.map((group) => {
      const change = wholePersons(served.covered[group]) - wholePersons(before.covered[group]);
      return el("tr", { class: group === serviceNow().group ? "own" : null },
        el("th", { scope: "row" }, groupWord(group)), cell(before, group),
        el("td", { "data-covered": group }, figure(wholePersons(served.covered[group])),
          el("small", {}, percent(served.covered[group], served.people[group]))),
        el("td", { class: change > 0 ? "more" : change < 0 ? "less" : "" }, withSign(change)),
        plan ? cell(plan, group) : null);
    })));
}

/** The unit picked, in one line. */
function unitLine(served, before, group) {
  if (!view.unit) return [];
  const { level, index } = view.unit, units = view.content.units[level],
    { people, counted } = view.engine;
  const at = (who, ms, limit_ms) => who.withinByUnit(group, level, units.ids.length, ms,
    limit_ms)[index];
  const all = at(people, null, 0), now = at(people, served.ms, served.limit_ms);
  const was = at(counted, before.ms, before.limit_ms);
  return [el("p", { class: "unit-line" }, el("b", {}, units.names[index]), " ",
    figure(wholePersons(now)), " ", countWord(group),
    ` (${percent(now, all)}) `, withSign(wholePersons(now) - wholePersons(was)))];
}
