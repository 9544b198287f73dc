/* Limit and speed: what a walk may take, and how fast people are. */

import { LIMITS_MIN, SPEEDS_M_S, withLimit, withSpeed } from "./scenario.js";
import { button, el, slider } from "./view_dom.js";
import { tell } from "./view_messages.js";
import { figure } from "./view_numbers.js";
import { addPart, serviceNow, view } from "./view_state.js";
import { edit, preview } from "./view_steps.js";
import { say } from "./whatif_words.js";

const SLIDER_MIN = [5, 30]; // the field takes more
const SLIDER_M_S = [0.6, 1.6];

/** The sliders. */
export function buildConditions() {
  const node = el("section", { class: "conditions" });
  addPart({ all() {
    node.replaceChildren(limitLine(), ...(isOnWheels() ? [] : [speedLine()]));
  } });
  return node;
}

/** Wheels go as fast as each street allows: there is no one speed to set. */
const isOnWheels = () => view.content.streets?.factors === null;

/** Whether a number typed is one to work with; says so where it is not. */
function isFine(label, value, typed, [least, most]) {
  if (value >= least && value <= most) return true;
  tell(say("bad_number", label, typed, least, most), "fault");
  return false;
}

function limitLine() {
  const service = serviceNow(), { key } = service, own = service.limit_min;
  const value = view.scenario.limits[key] ?? own;
  const change = (minutes) => (scenario) => withLimit(scenario, key, minutes === own ? null
    : minutes);
  return conditionLine("limit", slider("limit", { label: say("limit"), value, min: SLIDER_MIN[0],
    max: Math.max(SLIDER_MIN[1], value), step: 1, unit: say("min"),
    live: (minutes) => preview(change(minutes), performance.now()),
    done: (minutes, typed) => isFine(say("limit"), minutes, typed, LIMITS_MIN) &&
      Boolean(edit(change(minutes), `limit:${key}`)) }),
  own, value, () => edit(change(own)));
}

function speedLine() {
  const own = view.content.speed_m_s, value = view.scenario.speed_m_s ?? own;
  const change = (speed) => (scenario) => withSpeed(scenario, speed === own ? null : speed);
  return conditionLine("speed", slider("speed", { label: say("speed"), value,
    min: Math.min(SLIDER_M_S[0], value), max: Math.max(SLIDER_M_S[1], value), step: 0.05,
    unit: say("metres_second"),
    live: (speed) => preview(change(speed), performance.now()),
    done: (speed, typed) => isFine(say("speed"), speed, typed, SPEEDS_M_S) &&
      Boolean(edit(change(speed), "speed")) }),
  own, value, () => edit(change(own)));
}

function conditionLine(key, line, own, value, reset) {
  line.append(value === own ? el("small", {}, say("default_value", figure(own)))
    : button(`${key}:reset`, `${say("reset")} ${figure(own)}`, reset, { class: "link" }));
  return line;
}
