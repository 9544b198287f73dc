/* The file of a scenario: an override of the study that `planning run --scenario FILE` takes too. */

import { checkOutline } from "./outlines.js";
import { LIMITS_MIN, MOST_SITES, PRESENT, SPEEDS_M_S, frozen } from "./scenario.js";

const SCENARIO_FORMAT = "planning-scenario/1";
const MOST_CHARACTERS = 4_000_000;
const MOST_FAULTS = 20;

/** The scenario as the text of a file; `content` says of which study and run it is. */
export function scenarioText(scenario, content) {
  const { name, limits, speed_m_s, ...what_if } = scenario;
  const services = Object.fromEntries(
    Object.entries(limits).map(([key, limit_min]) => [key, { limit_min }]));
  const override = { what_if: { epsg: content.epsg, ...what_if } };
  if (Object.keys(services).length) override.services = services;
  if (speed_m_s !== null) override.network = { speed_m_s };
  const file = {
    format: SCENARIO_FORMAT, study: content.study, base: content.base, ground: content.ground,
    name, override,
  };
  return `${JSON.stringify(file, null, 1)}\n`;
}

/** What a file says: {scenario, faults}; the scenario is null where anything is wrong with it.

    `isInside(x, y)` tells whether a place lies in the study area. */
export function readScenario(text, content, isInside) {
  const faults = [];
  const say = (zh, en) => { if (faults.length < MOST_FAULTS) faults.push({ zh, en }); };
  const file = parsed(text, say);
  if (file) checkOrigin(file, content, say);
  if (faults.length) return { scenario: null, faults };
  const override = isObject(file.override) ? file.override : {};
  const changes = isObject(override.what_if) ? override.what_if : {};
  const scenario = frozen({
    ...PRESENT,
    name: typeof file.name === "string" ? file.name : "",
    ...partsOf(changes),
    limits: limitsOf(override, say),
    speed_m_s: isObject(override.network) ? override.network.speed_m_s ?? null : null,
  });
  checkScenario(scenario, content, isInside, say);
  return { scenario: faults.length ? null : scenario, faults };
}

function parsed(text, say) {
  if (text.length > MOST_CHARACTERS) {
    say("文件过大，不是情景文件", "the file is too large for a scenario");
    return null;
  }
  try {
    const file = JSON.parse(text);
    if (isObject(file) && file.format === SCENARIO_FORMAT) return file;
    say(`不是情景文件（应含 "format": "${SCENARIO_FORMAT}"）`,
      `no scenario file ("format": "${SCENARIO_FORMAT}" is expected)`);
  } catch {
    say("文件不是有效的 JSON，可能已损坏", "the file is no JSON; it may be broken");
  }
  return null;
}

/** A scenario speaks of facilities and streets by their ids: it fits the run it was made in. */
function checkOrigin(file, content, say) {
  if (file.study !== content.study || (file.base ?? null) !== content.base) {
    const [theirs, ours] = [file, content].map((one) => [one.study, one.base].filter(Boolean).join(" · "));
    say(`该情景文件属于另一个研究（${theirs}），本页为 ${ours}`,
      `the scenario is of another study (${theirs}); this page is of ${ours}`);
  } else if (file.ground !== content.ground) {
    say("该情景文件来自另一次运行：数据已不同。请用 planning run --scenario 运行，或在原页面打开",
      "the scenario is from another run, with other data: use planning run --scenario, or its own page");
  }
}

function partsOf(changes) {
  const lists = ["added", "removed", "closed_streets", "areas"];
  const maps = ["moved", "resized"];
  return Object.fromEntries([
    ...lists.map((name) => [name, Array.isArray(changes[name]) ? changes[name] : []]),
    ...maps.map((name) => [name, isObject(changes[name]) ? changes[name] : {}]),
  ]);
}

function limitsOf(override, say) {
  const limits = {};
  for (const [key, said] of Object.entries(isObject(override.services) ? override.services : {})) {
    if (isObject(said) && "limit_min" in said) limits[key] = said.limit_min;
    if (Object.keys(said ?? {}).some((name) => name !== "limit_min")) {
      say(`服务“${key}”另有本页不能推演的改动`, `service ${key}: changes that this page can not show`);
    }
  }
  for (const name of Object.keys(override)) {
    if (!["what_if", "services", "network"].includes(name)) {
      say(`“${name}”的改动本页不能推演`, `changes of ${name} can not be shown on this page`);
    }
  }
  return limits;
}

// ---- what a scenario may say -------------------------------------------------------------------

/** Every fault of a scenario, told through `say(zh, en)`. */
export function checkScenario(scenario, content, isInside, say) {
  if (scenario.added.length > MOST_SITES) {
    say(`新增设施 ${scenario.added.length} 处，至多 ${MOST_SITES} 处`,
      `${scenario.added.length} sites added, at most ${MOST_SITES}`);
    return;
  }
  const known = new Set(content.facilities.ids), taken = new Set(known);
  for (const site of scenario.added) checkAdded(site, content, taken, isInside, say);
  checkStanding(scenario, known, isInside, say);
  for (const area of scenario.areas) checkArea(area, content, isInside, say);
  checkFigures(scenario, content, say);
}

function checkAdded(site, content, taken, isInside, say) {
  const id = String(site?.id ?? "");
  const kind = content.kinds.find((one) => one.name === site?.kind && one.service === site.service);
  if (!id || taken.has(id)) {
    say(`新增设施的编号“${id}”空缺或重复`, `the id '${id}' of an added site is blank or taken`);
  }
  taken.add(id);
  if (!kind) {
    say(`“${id}”的设施种类“${site?.kind}”不在研究之中`, `${id}: the study has no kind '${site?.kind}'`);
  } else if (!fits(kind, site.size)) {
    say(`“${id}”的规模 ${site.size} 不在 ${kind.min}—${kind.max ?? "∞"} 之内`,
      `${id}: size ${site.size} is not within ${kind.min} to ${kind.max ?? "any"}`);
  }
  if (site?.candidate != null && !content.candidates.ids.includes(site.candidate)) {
    say(`没有候选点“${site.candidate}”`, `there is no candidate '${site.candidate}'`);
  }
  checkPlace(id, site?.x_m, site?.y_m, isInside, say);
}

/** Whether a kind can be built at a size: its steps, or its range. */
export function fits(kind, size) {
  if (!Number.isInteger(size)) return false;
  if (kind.sizes) return kind.sizes.includes(size);
  return size >= kind.min && (kind.max === null || size <= kind.max);
}

function checkPlace(id, x_m, y_m, isInside, say) {
  if (!Number.isFinite(x_m) || !Number.isFinite(y_m)) {
    say(`“${id}”的坐标不是数`, `${id}: its coordinates are no numbers`);
  } else if (!isInside(x_m, y_m)) {
    say(`“${id}”在研究范围以外`, `${id} lies outside the study area`);
  }
}

function checkStanding(scenario, known, isInside, say) {
  for (const [id, place] of Object.entries(scenario.moved)) {
    checkPlace(id, place?.[0], place?.[1], isInside, say);
  }
  const named = [...Object.keys(scenario.moved), ...scenario.removed, ...Object.keys(scenario.resized)];
  for (const id of named) {
    if (!known.has(id)) say(`台账中没有设施“${id}”`, `the register has no facility '${id}'`);
  }
  for (const [id, amounts] of Object.entries(scenario.resized)) {
    for (const [name, value] of Object.entries(isObject(amounts) ? amounts : { size: amounts })) {
      if (!AMOUNTS.includes(name) || !(Number.isFinite(value) && value >= 0)) {
        say(`“${id}”的规模 ${name} = ${value} 无效`, `${id}: ${name} = ${value} is no amount`);
      }
    }
  }
}

export const AMOUNTS = ["places", "beds", "nursing_beds", "floor_m2"];

/** What is wrong with planned homes. */
export function checkArea(area, content, isInside, say) {
  checkOutline(area?.name || area?.id, area?.outline, isInside, say);
  const each = area?.persons_per_household ?? content.persons_per_household;
  if (!(each > 0)) {
    say(`规划居住区“${area?.name || area?.id}”的户均人数应大于 0，研究中也没有这个数`,
      `area ${area?.id}: persons per household are above 0, and the study has none`);
  }
  if (!(Number.isInteger(area?.households) && area.households > 0)) {
    say(`规划居住区“${area?.name || area?.id}”的户数应为正整数`, `area ${area?.id}: households are a whole number above 0`);
  }
}

function checkFigures(scenario, content, say) {
  const [least, most] = LIMITS_MIN, speed = scenario.speed_m_s;
  for (const [key, minutes] of Object.entries(scenario.limits)) {
    if (!content.services.some((service) => service.key === key)) {
      say(`研究中没有服务“${key}”`, `the study has no service '${key}'`);
    } else if (!(minutes >= least && minutes <= most)) {
      say(`时限应在 ${least}—${most} 分钟之间，现为 ${minutes}`,
        `a limit is ${least} to ${most} min, found ${minutes}`);
    }
  }
  if (speed !== null && content.streets?.factors === null) {
    say("本研究的出行方式按道路定速，步速不可改", "by this means each street has its own speed: none can be set");
  } else if (speed !== null && !(speed >= SPEEDS_M_S[0] && speed <= SPEEDS_M_S[1])) {
    say(`步速应在 ${SPEEDS_M_S[0]}—${SPEEDS_M_S[1]} 米/秒之间，现为 ${speed}`,
      `a walking speed is ${SPEEDS_M_S[0]} to ${SPEEDS_M_S[1]} m/s, found ${speed}`);
  }
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
